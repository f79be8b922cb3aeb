"""Events to downstream tools: CloudEvents 1.0 in JSON, with the Data Classification extension."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

from gateway.core.complaint import Complaint
from gateway.core.notice import as_json_ld, erase_by
from gateway.core.policy import DataUseNotice
from gateway.core.records import SanitisedRecord

SANITISED = "complaint.sanitised"
EVENT_TYPES = frozenset({SANITISED})
"""The events that a destination can ask for."""

MADE_HERE = frozenset({"detector", "erase_by", "id", "policy_version", "received_at", "time"})
"""Keys of an event whose values we make ourselves, out of nothing that a person wrote."""

DATA_SCHEMA = "https://w3id.org/complaint-gateway/events/complaint.sanitised/1"
"""Names the shape of `data`, described in `docs/notice.md`; a change that breaks readers gets another name."""

CLASSIFICATION = "confidential"
"""One of the extension's labels; no regulation that we know has labels of its own."""

CATEGORY = "sensitive"
"""One of the extension's labels for the GDPR. Free text may tell of health or belief, and nobody has looked yet."""

_REQUIRED = ("id", "source", "specversion", "type")
_NAME = re.compile(r"[a-z0-9]{1,20}")
_URI_REFERENCE = re.compile(r"(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def sanitised_event(
    *, event_id: UUID, source: str, now: datetime, complaint: Complaint, record: SanitisedRecord, notice: DataUseNotice,
    recipient: str,
) -> bytes:  # fmt: skip
    """Return the `complaint.sanitised` event for one destination as the bytes that will be signed and sent.

    Raises:
        ValueError: an attribute breaks the rules of CloudEvents; receivers would refuse the event.
    """
    attributes = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": source,
        "type": SANITISED,
        "subject": complaint.reference,
        "time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "dataschema": DATA_SCHEMA,
        "dataclassification": CLASSIFICATION,
        "datacategory": CATEGORY,
    }
    if notice.regulations:
        attributes["dataregulation"] = ",".join(notice.regulations)
    faults = "; ".join(attribute_faults(attributes))
    if faults:
        raise ValueError(f"not a CloudEvent: {faults}")
    data = _data(now, complaint, record, notice, recipient)
    return json.dumps({**attributes, "data": data}, ensure_ascii=False, separators=(",", ":")).encode("utf-8")


def attribute_faults(attributes: dict[str, str]) -> Iterator[str]:
    """Return what CloudEvents 1.0 and its Data Classification extension would refuse in `attributes`."""
    yield from (f"{name} is missing" for name in _REQUIRED if not attributes.get(name))
    for name, value in attributes.items():
        if not _NAME.fullmatch(name):
            yield f"{name} is not a name of at most 20 small letters and digits"
        if not value or _CONTROL.search(value):
            yield f"{name} is empty or has control characters"
    for name in ("source", "dataschema"):
        if not _URI_REFERENCE.fullmatch(attributes.get(name, "/")):
            yield f"{name} is not a URI reference"
    if any(not law or " " in law for law in attributes.get("dataregulation", "-").split(",")):
        yield "dataregulation is not a list of names without spaces"


def _data(
    now: datetime, complaint: Complaint, record: SanitisedRecord, notice: DataUseNotice, recipient: str
) -> dict[str, object]:
    return {
        "complaint": {
            "id": str(complaint.id),
            "reference": complaint.reference,
            "received_at": complaint.received_at.isoformat(timespec="seconds"),
            "channel": complaint.channel,
            "language": complaint.language,
        },
        "texts": record.texts,
        "redaction": {
            "profile": record.profile,
            "policy_version": record.policy_version,
            "detector": record.detector,
            "counts": record.counts,
            "reviewed_by_a_person": False,
        },
        "erase_by": erase_by(notice, now.astimezone(UTC).date()).isoformat(),
        "notice": as_json_ld(notice, recipient),
    }
