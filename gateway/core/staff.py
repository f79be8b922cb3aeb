"""The people who work in the office."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=10)
PASSWORD_SHORTEST = 12


@dataclass(frozen=True, kw_only=True)
class User:
    """One account. `password_hash` is in argon2's own format; `must_change` marks a one-time password."""

    id: UUID
    username: str
    role: str
    password_hash: str
    must_change: bool = True
    disabled: bool = False


@dataclass(frozen=True, kw_only=True)
class Session:
    """One signed-in browser. `id_hash` is the SHA-256 of the opaque id in the cookie."""

    id_hash: bytes
    user: User
    created_at: datetime
    seen_at: datetime

    def expired(self, now: datetime) -> bool:
        """Say whether the session is over, by idleness or by age."""
        return now - self.seen_at > SESSION_IDLE or now - self.created_at > SESSION_LONGEST
