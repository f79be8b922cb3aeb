"""Calling a running gateway over HTTP, as a program outside would."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from typing import Any

from gateway.core.errors import GatewayError

WAIT_SECONDS = 120.0
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy in the environment is for the world outside, not for our own addresses."""


def post_json(url: str, body: dict[str, Any]) -> dict[str, Any]:
    """POST `body` as JSON and return the answer's JSON.

    Raises:
        GatewayError: the answer is not a success; names the status.
    """
    answer: dict[str, Any] = json.loads(_post(url, json.dumps(body).encode(), "application/json"))
    return answer


def post_form(url: str, fields: dict[str, str]) -> str:
    """POST `fields` as a browser does and return the page."""
    return _post(url, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded").decode()


def get_json(url: str) -> Any:
    """GET `url` and return its JSON."""
    with _DIRECTLY.open(url, timeout=10) as answer:
        return json.load(answer)


def events_until(sandbox: str, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
    """Return what the sandbox receiver has, as soon as it is `enough`.

    Raises:
        GatewayError: it was not enough in time.
    """
    deadline = time.monotonic() + WAIT_SECONDS
    events: list[dict[str, Any]] = []
    last = 0
    while time.monotonic() < deadline:
        answer = get_json(f"{sandbox}/events.json?after={last}")
        events, last = events + answer["events"], answer["last"]
        if enough(events):
            return events
        time.sleep(0.1)
    raise GatewayError(f"the sandbox receiver did not get everything within {WAIT_SECONDS:.0f} seconds")


def _post(url: str, body: bytes, kind: str) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": kind})  # noqa: S310  # our own http address
    try:
        with _DIRECTLY.open(request, timeout=30) as answer:
            return bytes(answer.read())
    except urllib.error.HTTPError as error:
        raise GatewayError(f"{urllib.parse.urlsplit(url).path} answered {error.code}") from None
