"""Webhooks: HTTP POST with the headers and signatures of Standard Webhooks 1.0.

What this does not do: follow redirects, use proxies or credentials from the environment, keep cookies, read or log what
the receiver answers. The name in an address is looked up for each attempt and the connection goes to the very address
that was checked, so a name that changes its mind gets nowhere.
"""

import base64
import hashlib
import hmac
import re
import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy

import requests
import urllib3
from requests_hardened import Config, Manager
from requests_hardened.ip_filter import InvalidIPAddress

from gateway.core.errors import DeliveryError, Fault, SettingsError
from gateway.core.policy import DestinationPolicy
from gateway.core.records import OutboxMessage
from gateway.destinations.deadline import keep_time

SECRET_PREFIX = "whsec_"  # noqa: S105  # the public prefix of the format
SECRET_SHORTEST, SECRET_LONGEST = 24, 64
"""Bytes."""

CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
ANSWER_LONGEST = 64 * 1024
"""Bytes of an answer that are read, and thrown away, to keep a connection open for the next message."""

_GONE = 410
_SECONDS = re.compile(r"\d{1,9}")


class WebhookSender:
    """Sends to one destination; threads may share it, each has a connection of its own that is kept open."""

    def __init__(self, destination: DestinationPolicy, keys: tuple[bytes, ...], timeout: tuple[float, float]) -> None:
        self._address = destination.address
        self._keys = keys
        self._timeout = timeout
        self._own = threading.local()
        self._manager = Manager(
            Config(
                ip_filter_enable=True,
                ip_filter_allow_loopback_ips=destination.allow_loopback,
                never_redirect=True,
                default_timeout=timeout,
                user_agent_override="complaint-gateway",
            )
        )

    def send(self, message: OutboxMessage, now: datetime) -> str:
        """Send `message` once, signed as of `now`, and return `http-2xx`.

        Raises:
            DeliveryError: `timeout`, `tls`, `address-refused`, `connection`, or the status, such as `http-503`.
        """
        started = time.monotonic()
        try:
            response = self._session().post(
                self._address, data=message.body, headers=headers(message, now, self._keys), stream=True
            )
        except InvalidIPAddress:
            raise DeliveryError("address-refused") from None
        except requests.Timeout:
            raise DeliveryError("timeout") from None
        except requests.exceptions.SSLError:
            raise DeliveryError("tls") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
            raise DeliveryError("connection") from None
        _throw_away(response, until=started + sum(self._timeout))
        return _outcome(response, now)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._own, "session", None)
        if session is None:
            session = self._own.session = self._manager.get_session()
            keep_time(session)
            session.trust_env = False
            session.headers.update({"Accept": "*/*", "Accept-Encoding": "identity"})
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        return session


def build(
    destination: DestinationPolicy, secret: str, *, timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS)
) -> WebhookSender:
    """Return a sender for `destination`.

    Args:
        destination: with an address that its policy file was checked for.
        secret: `whsec_` and base64 of 24 to 64 bytes; while it is being changed, the new and the old one with a space
            between them, and every message is signed with both.
        timeout: seconds to wait for a connection, and then for the head of the answer.

    Raises:
        SettingsError: the secret is missing or malformed; names the environment variable, not the value.
    """
    keys = tuple(_key(one, destination) for one in secret.split())
    if not keys:
        raise SettingsError(
            [Fault(variable(destination), "is not set, and the destination has no secret to sign with")]
        )
    return WebhookSender(destination, keys, timeout)


def variable(destination: DestinationPolicy) -> str:
    """Return the name of the environment variable that holds the destination's secret."""
    return f"GATEWAY_SECRET_{destination.name.upper()}"


def headers(message: OutboxMessage, now: datetime, keys: tuple[bytes, ...]) -> dict[str, str]:
    """Return the headers of one attempt; receivers refuse a time stamp that is more than five minutes off."""
    stamp = str(int(now.timestamp()))
    signed = b".".join((message.id.encode("ascii"), stamp.encode("ascii"), message.body))
    signatures = [base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode("ascii") for key in keys]
    return {
        "Content-Type": "application/cloudevents+json",
        "webhook-id": message.id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def _key(secret: str, destination: DestinationPolicy) -> bytes:
    key = _decoded(secret.removeprefix(SECRET_PREFIX)) if secret.startswith(SECRET_PREFIX) else b""
    if not SECRET_SHORTEST <= len(key) <= SECRET_LONGEST:
        form = f"{SECRET_PREFIX} and the base64 of {SECRET_SHORTEST} to {SECRET_LONGEST} random bytes"
        raise SettingsError([Fault(variable(destination), f"is not of the form {form}")])
    return key


def _decoded(encoded: str) -> bytes:
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        return b""


def _outcome(response: requests.Response, now: datetime) -> str:
    code = f"http-{response.status_code}"
    if 200 <= response.status_code < 300:  # noqa: PLR2004  # the class of success
        return code
    raise DeliveryError(
        code, permanent=response.status_code == _GONE, retry_after=_wait(response.headers.get("Retry-After", ""), now)
    )


def _wait(retry_after: str, now: datetime) -> int | None:
    """Return the seconds that a Retry-After header asks for, as seconds or as a date; None if it does not say."""
    if _SECONDS.fullmatch(retry_after.strip()):
        return int(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0, int((until - now).total_seconds()))


def _throw_away(response: requests.Response, *, until: float) -> None:
    """Read a short answer to its end, so that the connection can be used again; hang up on a long or slow one."""
    left = ANSWER_LONGEST
    try:
        while left > 0 and time.monotonic() < until:
            part = response.raw.read1(left)
            if not part:
                return
            left -= len(part)
    except (urllib3.exceptions.HTTPError, OSError):
        pass  # the status is known, and it alone counts
    response.close()
