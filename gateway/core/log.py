"""The access log's entries: a closed schema without room for personal data.

An entry names things by opaque ids and by words from closed lists. What people write in their own words (a reason, say)
is sealed elsewhere; the entry carries only a salted digest of it.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum


class Action(StrEnum):
    """What was done, `resource:verb`."""

    COMPLAINT_HOLD = "complaint:hold"
    COMPLAINT_LIST = "complaint:list"
    COMPLAINT_READ = "complaint:read"
    COMPLAINT_RECEIVE = "complaint:receive"
    COMPLAINT_RETRY = "complaint:retry"
    COMPLAINT_SANITISE = "complaint:sanitise"
    DELIVERY_ATTEMPT = "delivery:attempt"
    DELIVERY_HOLD = "delivery:hold"
    KEY_CREATE = "key:create"
    PASSWORD_CHANGE = "password:change"  # noqa: S105  # the name of an action
    PASSWORD_RESET = "password:reset"  # noqa: S105  # the same
    SESSION_CREATE = "session:create"
    SESSION_END = "session:end"
    SESSION_REFUSE = "session:refuse"
    USER_CREATE = "user:create"
    USER_DISABLE = "user:disable"
    USER_ENABLE = "user:enable"


class Actor(StrEnum):
    """Actors that are not people; people appear by their user id."""

    INTAKE = "intake"
    OFFICE = "office"
    OPERATOR = "operator"
    WORKER = "worker"


@dataclass(frozen=True, kw_only=True)
class AccessLogEntry:
    """One line of the log, before it has its number.

    Attributes:
        actor: a user id, or one of `Actor`.
        role: the role under which the actor acted; empty for machines.
        object_id: opaque id of what was acted on; empty where there is none.
        purpose: code of the purpose, from the policies.
        outcome: `ok`, or a machine word saying what happened instead.
        reason_digest: hex SHA-256 of salt and sealed reason; empty where there is none.
    """

    at: datetime
    action: Action
    actor: str
    role: str = ""
    object_id: str = ""
    purpose: str = ""
    outcome: str = "ok"
    reason_digest: str = ""

    def canonical(self, sequence: int) -> bytes:
        """Return the entry numbered `sequence` as canonical JSON: sorted keys, no spaces, ASCII, UTC."""
        fields = {
            "action": self.action.value,
            "actor": self.actor,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "object": self.object_id,
            "outcome": self.outcome,
            "purpose": self.purpose,
            "reason": self.reason_digest,
            "role": self.role,
            "sequence": sequence,
            "v": 1,
        }
        return json.dumps(fields, sort_keys=True, separators=(",", ":")).encode("ascii")
