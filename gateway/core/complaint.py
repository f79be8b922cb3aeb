"""A Complaint: our record of one case. It holds no personal data; the original is sealed beside it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class Status(StrEnum):
    """Where a case stands (the words of ISO 10002, and four of ours)."""

    ACKNOWLEDGED = "acknowledged"
    ASSESSING = "assessing"
    CLOSED = "closed"
    ERASED = "erased"
    HELD = "held"
    INVESTIGATING = "investigating"
    RECEIVED = "received"
    RESPONDED = "responded"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """One case.

    Attributes:
        id: opaque and constant; what jobs, log entries and downstream tools carry.
        reference: what people read out; see `core.references`.
        held_reason: machine word, set while `status` is held.
        notice_id, notice_version: the data-use notice that the person was shown; empty if none was.
    """

    id: UUID
    reference: str
    received_at: datetime
    channel: str
    language: str
    status: Status = Status.ACKNOWLEDGED
    held_reason: str = ""
    notice_id: str = ""
    notice_version: str = ""

    def __post_init__(self) -> None:
        """Refuse a time without a zone: it would mean something else on another machine."""
        if self.received_at.tzinfo is None:
            raise ValueError("received_at needs a time zone")
