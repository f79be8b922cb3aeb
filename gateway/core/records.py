"""What leaves: SanitisedRecord, OutboxMessage, DeliveryOutcome."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class SanitisedRecord:
    """The redacted fields of one complaint under one redaction profile.

    Attributes:
        texts: field name → redacted text.
        counts: entity → how many findings, over all fields.
        policy_version: sha256 of the policy set in force (see `core.policy.PolicySet`).
        detector: name and version of what looked, with the hash of its model.
    """

    complaint_id: UUID
    profile: str
    texts: dict[str, str]
    counts: dict[str, int]
    policy_version: str
    detector: str
    made_at: datetime


class DeliveryState(StrEnum):
    """Where an outbox message stands."""

    DELIVERED = "delivered"
    GIVEN_UP = "given_up"
    HELD = "held"
    PENDING = "pending"


@dataclass(frozen=True, kw_only=True)
class OutboxMessage:
    """One message to one destination. `id` is the event id and the webhook-id, the same on every attempt.

    Attributes:
        body: the final bytes; what passed the last gate is what is sent.
        attempts: how many were made.
        due_at: when the next attempt may be made.
    """

    id: str
    complaint_id: UUID
    destination: str
    event_type: str
    body: bytes
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_outcome: str = ""


@dataclass(frozen=True, kw_only=True)
class DeliveryOutcome:
    """What one attempt came to: a machine word such as `delivered`, `http-503`, `timeout`, `leak-gate`."""

    code: str
    state: DeliveryState
    due_at: datetime
