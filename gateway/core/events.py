"""Events to downstream tools: CloudEvents 1.0 in JSON, with the Data Classification extension."""

import json
from datetime import datetime
from uuid import UUID

from gateway.core.complaint import Complaint
from gateway.core.notice import as_json_ld
from gateway.core.policy import DataUseNotice
from gateway.core.records import SanitisedRecord

SANITISED = "complaint.sanitised"
EVENT_TYPES = frozenset({SANITISED})
"""The events that a destination can ask for."""


def sanitised_event(
    *, event_id: UUID, source: str, now: datetime, complaint: Complaint, record: SanitisedRecord, notice: DataUseNotice,
    recipient: str,
) -> bytes:  # fmt: skip
    """Return the `complaint.sanitised` event for one destination as the bytes that will be signed and sent."""
    event = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": source,
        "type": SANITISED,
        "subject": complaint.reference,
        "time": now.isoformat(timespec="milliseconds"),
        "datacontenttype": "application/json",
        "dataclassification": "confidential",
        "datacategory": "pseudonymised",
        "dataregulation": notice.jurisdiction,
        "data": {
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
            "notice": as_json_ld(notice, recipient),
        },
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
