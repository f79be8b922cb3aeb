"""The people who work in the office."""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.core.references import ALPHABET

SESSION_IDLE = timedelta(minutes=30)
SESSION_LONGEST = timedelta(hours=10)
SESSION_TOUCH = timedelta(minutes=1)
"""A session's use is noted at most this often, so that reading pages does not mean writing rows."""

PASSWORD_SHORTEST = 12
PASSWORD_LONGEST = 256
ONE_TIME_GROUPS, ONE_TIME_GROUP = 4, 4
"""A one-time password is 16 characters of base 32: 80 bits."""

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
"""What a user name may be; small letters only, so that nobody is let in twice."""


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


def new_session_id() -> str:
    """Return what goes into the cookie: 256 random bits in URL-safe base 64."""
    return secrets.token_urlsafe(32)


def session_hash(session_id: str) -> bytes:
    """Return what is stored of a session id: its SHA-256, so that who reads the table cannot use a session."""
    return hashlib.sha256(session_id.encode("utf-8")).digest()


def new_one_time_password() -> str:
    """Return a password such as `k3v9-0pxr-71qd-wz5m`, easy to read out and to type."""
    letters = [secrets.choice(ALPHABET).lower() for _ in range(ONE_TIME_GROUPS * ONE_TIME_GROUP)]
    return "-".join("".join(letters[i : i + ONE_TIME_GROUP]) for i in range(0, len(letters), ONE_TIME_GROUP))
