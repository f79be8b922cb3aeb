"""`gateway demo`: complaints through every channel, to the end of the line, checked as a stranger would."""

import base64
import json
import re
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from standardwebhooks import Webhook, WebhookVerificationError

from gateway.cli.calls import events_until, post_form, post_json
from gateway.cli.playground import Playground, playground
from gateway.cli.samples import INTERNET, WASHING_MACHINE
from gateway.core.errors import GatewayError
from gateway.core.references import ALPHABET
from gateway.services.office import office_services
from gateway.services.parts import secrets_in_force
from gateway.settings import Settings
from gateway.usecases.keep_moving import number_log

_REFERENCE = re.compile(rf"\b[{ALPHABET}]{{5}}-[{ALPHABET}]{{5}}\b(?!-)")
_TOKEN = re.compile(r"(\[[A-Z_]+_\d+\])")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of pictures and words.")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Use and keep this home; without it a temporary one is used and removed.",
)
def demo(*, as_json: bool, home: Path | None) -> None:
    """Send a complaint through every channel and show what a downstream tool receives.

    Starts a gateway of its own on free ports, waits for the signed events at the sandbox receiver, verifies their
    signatures with the `standardwebhooks` package, and prints original beside redacted. Exits 0, or says what failed.
    """
    console = Console(stderr=as_json)
    with console.status("starting a gateway of its own …") if not as_json else nullcontext(), playground(home) as place:
        sent = [_timed(place, channel, send) for channel, send in CHANNELS.items()]
        events = events_until(place.sandbox, lambda all_: all(_event_of(all_, one["reference"]) for one in sent))
        complaints = [_checked(one, events, place) for one in sent]
        log_size = _log_size(place.settings)
    if as_json:
        public = [{key: one[key] for key in PUBLIC_KEYS} for one in complaints]
        click.echo(json.dumps({"complaints": public, "log_size": log_size}, ensure_ascii=False))
    else:
        for one in complaints:
            _show(console, one)
        console.print(f"{log_size} entries in the access log.")
    if not all(one["signature_valid"] for one in complaints):
        raise GatewayError("an event arrived whose signature is not valid")


PUBLIC_KEYS = ("channel", "reference", "acknowledged_ms", "event", "signature_valid")


def _send_api(place: Playground) -> tuple[dict[str, Any], str]:
    answer = post_json(f"{place.intake}/api/v1/complaints", WASHING_MACHINE)
    return WASHING_MACHINE, answer["reference"]


def _send_web(place: Playground) -> tuple[dict[str, Any], str]:
    flat = {key: value for key, value in INTERNET.items() if isinstance(value, str)}
    fields = flat | {f"contact.{key}": value for key, value in INTERNET["contact"].items()}
    found = _REFERENCE.search(post_form(f"{place.intake}/", fields))
    if found is None:
        raise GatewayError("the web form's answer shows no reference")
    return INTERNET, found.group()


CHANNELS: dict[str, Callable[[Playground], tuple[dict[str, Any], str]]] = {"api": _send_api, "web": _send_web}


def _timed(place: Playground, channel: str, send: Callable[[Playground], tuple[dict[str, Any], str]]) -> dict[str, Any]:
    begun = time.perf_counter()
    original, reference = send(place)
    spent = round(1000 * (time.perf_counter() - begun), 1)
    return {"channel": channel, "reference": reference, "acknowledged_ms": spent, "original": original}


def _event_of(events: list[dict[str, Any]], reference: str) -> dict[str, Any] | None:
    return next((event for event in events if json.loads(event["body"])["subject"] == reference), None)


def _checked(one: dict[str, Any], events: list[dict[str, Any]], place: Playground) -> dict[str, Any]:
    received = _event_of(events, one["reference"])
    if received is None:
        raise GatewayError(f"no event arrived for {one['reference']}")
    valid = _signature_valid(received, secrets_in_force(place.settings)["SANDBOX"])
    return {**one, "event": json.loads(received["body"]), "signature_valid": valid}


def _signature_valid(received: dict[str, Any], secret: str) -> bool:
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = {name: received[name.replace("-", "_")] for name in names}
    try:
        Webhook(base64.b64decode(secret.removeprefix("whsec_"))).verify(received["body"], headers)
    except WebhookVerificationError:
        return False
    return True


def _log_size(settings: Settings) -> int:
    with office_services(settings) as services:
        number_log(services)
        with services.transaction() as tx:
            return tx.log.size()


def _show(console: Console, one: dict[str, Any]) -> None:
    texts = one["event"]["data"]["texts"]
    sides = Table.grid(padding=(0, 2), expand=True)
    sides.add_column(ratio=1)
    sides.add_column(ratio=1)
    sides.add_row(Text("what was sent", style="dim"), Text("what was passed on", style="dim"))
    for field in texts:
        sides.add_row(one["original"][field], _with_pills(texts[field]))
    verdict = "signature valid" if one["signature_valid"] else "SIGNATURE NOT VALID"
    title = f"{one['reference']} by {one['channel']}, acknowledged in {one['acknowledged_ms']} ms, {verdict}"
    console.print(Panel(sides, title=title))


def _with_pills(text: str) -> Text:
    shown = Text()
    for part in _TOKEN.split(text):
        shown.append(part, style="black on yellow" if _TOKEN.fullmatch(part) else "")
    return shown
