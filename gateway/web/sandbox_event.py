"""What the sandbox receiver reads in an event. It plays a stranger: it believes nothing that it did not check."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.core.notice import digest

_REQUIRED = ("id", "source", "specversion", "type")
_LONG = {"narrative": "What happened", "desired_outcome": "What would put it right"}
_SHORT = {"product": "Product", "issue": "Problem"}


class UnreadableEventError(Exception):
    """The body is no event that this receiver understands; the message says why, without its content."""


@dataclass(frozen=True, kw_only=True)
class NoticeView:
    """The data-use notice in short; the terms are compact IRIs."""

    id: str
    version: str
    unchanged: bool
    permitted: list[str]
    prohibited: list[str]
    obligations: list[str]
    purposes: list[str]
    retention: str


@dataclass(frozen=True, kw_only=True)
class EventView:
    """An event as a page shows it; what it lacks is empty.

    Attributes:
        texts: heading → redacted text.
        about: the same for texts of a few words.
        counts: kind of personal data → how many were replaced.
    """

    type: str
    reference: str
    time: str
    texts: dict[str, str]
    about: dict[str, str]
    counts: dict[str, int]
    profile: str
    detector: str
    policy_version: str
    notice: NoticeView | None
    pretty: str


def check_event(body: str, webhook_id: str) -> None:
    """Refuse what is not a CloudEvent 1.0 in JSON whose id is the one that was signed.

    Raises:
        UnreadableEventError: says what is wrong.
    """
    event = _parse(body)
    if not isinstance(event, dict):
        raise UnreadableEventError("the body is not a JSON object")
    missing = [name for name in _REQUIRED if not isinstance(event.get(name), str) or not event[name]]
    if missing:
        raise UnreadableEventError(f"the event lacks {', '.join(missing)}")
    if event["specversion"] != "1.0":
        raise UnreadableEventError("the event is not CloudEvents 1.0")
    if event["id"] != webhook_id:
        raise UnreadableEventError("the event's id is not the webhook-id")


def view(body: str) -> EventView:
    """Return what to show of an event; never fails."""
    event = _mapping(_parse(body))
    data = _mapping(event.get("data"))
    redaction = _mapping(data.get("redaction"))
    texts = {name: text for name, text in _mapping(data.get("texts")).items() if isinstance(text, str)}
    counts = {kind: n for kind, n in _mapping(redaction.get("counts")).items() if isinstance(n, int)}
    unknown = {name: name for name in texts if name not in _LONG | _SHORT}
    return EventView(
        type=_text(event.get("type")),
        reference=_text(event.get("subject")),
        time=_text(event.get("time")),
        texts={heading: texts[name] for name, heading in {**_LONG, **unknown}.items() if name in texts},
        about={heading: texts[name] for name, heading in _SHORT.items() if name in texts},
        counts=counts,
        profile=_text(redaction.get("profile")),
        detector=_text(redaction.get("detector")),
        policy_version=_text(redaction.get("policy_version")),
        notice=_notice(_mapping(data.get("notice"))),
        pretty=json.dumps(event, indent=2, ensure_ascii=False) if event else body,
    )


def _notice(document: dict[str, Any]) -> NoticeView | None:
    if not document:
        return None
    return NoticeView(
        id=_text(document.get("cg:noticeId")),
        version=_text(document.get("cg:version")),
        unchanged=document.get("cg:sha256") == digest(document),
        permitted=_actions(document.get("odrl:permission")),
        prohibited=_actions(document.get("odrl:prohibition")),
        obligations=_actions(document.get("odrl:obligation")),
        purposes=[one for one in _list(document.get("dpv:hasPurpose")) if isinstance(one, str)],
        retention=_text(document.get("dpv:hasDuration")),
    )


def _actions(rules: object) -> list[str]:
    actions = [_mapping(rule).get("odrl:action") for rule in _list(rules)]
    return [action for action in actions if isinstance(action, str)]


def _parse(body: str) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
