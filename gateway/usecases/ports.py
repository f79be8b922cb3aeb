"""What the use cases need from outside, as Protocols; `gateway.services` fills them with the real parts.

A `Transaction` is one database transaction: leaving it by an exception rolls everything back, jobs included. Nothing in
here commits on its own.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from gateway.core.complaint import Complaint, Status
from gateway.core.findings import Finding
from gateway.core.log import AccessLogEntry
from gateway.core.policy import DestinationPolicy, PolicySet
from gateway.core.records import DeliveryOutcome, DeliveryState, OutboxMessage, SanitisedRecord
from gateway.core.sealed import KeyRole, SealedOriginal
from gateway.core.staff import Session, User


class Sealer(Protocol):
    """Seals with public keys only: what it sealed, it cannot open."""

    def seal(self, complaint_id: UUID, kind: str, plaintext: bytes) -> SealedOriginal:
        """Return `plaintext` sealed under fresh keys that are wrapped for every role."""


class Opener(Protocol):
    """Opens with the private key of one role."""

    role: KeyRole

    def open(self, original: SealedOriginal) -> bytes:
        """Return the plaintext.

        Raises:
            CannotOpenError: wrong key, wrong context, or a changed byte.
        """


class KeyedHashes(Protocol):
    """HMACs under a secret of the gateway, one independent key for each purpose."""

    def mac(self, purpose: str, value: str) -> bytes:
        """Return 32 bytes that tell nothing about `value` without the secret."""


class Detector(Protocol):
    """Looks for personal data."""

    name: str
    """Name and version, with the hash of its model; stands on every SanitisedRecord."""

    def find(self, text: str, language: str, known: dict[str, str]) -> list[Finding]:
        """Return settled findings in `text`.

        Args:
            text: as it was submitted; offsets refer to it, in code points.
            language: BCP 47.
            known: what the person told us about themselves, kind → value.

        Raises:
            UnsupportedLanguageError: no detector is able to judge this language.
            DetectionError: anything else went wrong.
        """


class Sender(Protocol):
    """Hands final bytes to one destination."""

    def send(self, message: OutboxMessage, now: datetime) -> str:
        """Deliver `message` and return the outcome's machine word, such as `http-200`.

        Raises:
            DeliveryError: it was not taken.
        """


class Passwords(Protocol):
    """Makes and checks password hashes (argon2id)."""

    def hash(self, password: str) -> str:
        """Return a salted hash."""

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Say whether they match; takes as long for None, so that time does not tell who has an account."""


class Complaints(Protocol):
    """The complaints and how to find them again."""

    def add(self, complaint: Complaint, receipt_mac: bytes) -> None:
        """Store a new complaint."""

    def find(self, complaint_id: UUID, *, lock: bool = False) -> Complaint | None:
        """Return the complaint; with `lock`, hold it until the transaction ends."""

    def find_by_reference(self, reference: str) -> Complaint | None:
        """Return the complaint; `reference` as `core.references.normalise` writes it."""

    def newest(self, limit: int, before: datetime | None = None) -> list[Complaint]:
        """Return the newest complaints, received before `before` if given."""

    def set_status(self, complaint_id: UUID, status: Status, held_reason: str = "") -> None:
        """Change where the case stands."""

    def waiting_since(self, moment: datetime, limit: int) -> list[UUID]:
        """Return the oldest complaints received before `moment` that have a pipeline wrap and are not held."""

    def add_lookups(self, complaint_id: UUID, tokens: dict[str, bytes]) -> None:
        """Store truncated blind indexes, kind → token."""

    def claim_request(self, key_mac: bytes, body_mac: bytes, complaint_id: UUID) -> tuple[bytes, UUID] | None:
        """Claim an idempotency key; return None if it is ours now, else the earlier (body_mac, complaint id)."""


class Originals(Protocol):
    """The sealed originals and their wraps."""

    def add(self, original: SealedOriginal) -> None:
        """Store ciphertext, wrapped data key and wraps."""

    def find(self, complaint_id: UUID, kind: str, role: KeyRole) -> SealedOriginal | None:
        """Return the object with the wrap for `role`; None if either is gone."""

    def take(self, complaint_id: UUID, kind: str, role: KeyRole) -> tuple[Complaint, SealedOriginal] | None:
        """Return the complaint, held until the transaction ends, with what `find` returns; None if that is None."""

    def delete_wraps(self, complaint_id: UUID, role: KeyRole) -> int:
        """Delete every wrap of the case for `role`; return how many there were."""


class Records(Protocol):
    """Sanitised records and the identifiers' keyed hashes for the last gate."""

    def add(self, record: SanitisedRecord) -> None:
        """Store a record."""

    def find(self, complaint_id: UUID) -> list[SanitisedRecord]:
        """Return the records of a complaint, one for each profile."""

    def add_identifiers(self, complaint_id: UUID, macs: frozenset[bytes]) -> None:
        """Store keyed hashes of the complainant's own identifiers."""


class Outbox(Protocol):
    """Messages on their way out: the truth about deliveries."""

    def add(self, message: OutboxMessage) -> None:
        """Store a message."""

    def claim(self, now: datetime, until: datetime, limit: int) -> list[tuple[OutboxMessage, frozenset[bytes]]]:
        """Claim up to `limit` messages that are due, longest first: count an attempt, keep others away `until` then.

        Return each with the fingerprints of its case. What another worker is claiming just now is passed over.
        """

    def of_complaint(self, complaint_id: UUID) -> list[OutboxMessage]:
        """Return the messages of a complaint."""

    def states(self, complaint_ids: Collection[UUID]) -> dict[UUID, dict[DeliveryState, int]]:
        """Return how many messages of each complaint stand where; complaints without messages are left out."""

    def record(self, message_id: str, outcome: DeliveryOutcome) -> None:
        """Store what the claimed attempt came to."""


class Log(Protocol):
    """The access log."""

    def append(self, entry: AccessLogEntry) -> None:
        """Stage an entry in this transaction; it gets its number soon after the commit."""

    def number(self, limit: int) -> int:
        """Number staged entries without gaps, one caller at a time; return how many."""

    def size(self) -> int:
        """Return how many entries have a number."""

    def entries(self, first: int, limit: int) -> list[bytes]:
        """Return up to `limit` numbered entries from number `first` on, as canonical JSON."""


class Jobs(Protocol):
    """The queue of complaints to sanitise. Arguments are opaque ids; the outbox is a queue of its own."""

    def defer(self, task: str, object_id: str) -> None:
        """Defer `task` for an object that is new in this transaction."""

    def defer_again(self, task: str, object_id: str) -> None:
        """Defer `task` for an object whose job may be lost; a job that waits still is not doubled."""


class Staff(Protocol):
    """Accounts and sessions."""

    def add(self, user: User) -> None:
        """Store an account."""

    def find(self, username: str) -> User | None:
        """Return the account."""

    def count(self) -> int:
        """Return how many accounts there are."""

    def all(self) -> list[User]:
        """Return every account, by username."""

    def set_disabled(self, user_id: UUID, *, disabled: bool) -> None:
        """Close an account, or open it again."""

    def set_password(self, user_id: UUID, password_hash: str, *, must_change: bool) -> None:
        """Store a password; `must_change` unless its owner chose it."""

    def add_session(self, session: Session) -> None:
        """Store a session."""

    def session(self, id_hash: bytes) -> Session | None:
        """Return the session with its user as it is now."""

    def touch_session(self, id_hash: bytes, seen_at: datetime) -> None:
        """Note that the session was used."""

    def end_sessions(self, *, id_hash: bytes | None = None, user_id: UUID | None = None) -> int:
        """End one session, or all of a user; return how many."""


class Transaction(Protocol):
    """One database transaction."""

    @property
    def complaints(self) -> Complaints:
        """The complaints."""

    @property
    def originals(self) -> Originals:
        """The sealed originals."""

    @property
    def records(self) -> Records:
        """The sanitised records."""

    @property
    def outbox(self) -> Outbox:
        """The messages on their way out."""

    @property
    def log(self) -> Log:
        """The access log."""

    @property
    def jobs(self) -> Jobs:
        """The queue."""

    @property
    def staff(self) -> Staff:
        """The accounts and sessions."""


@dataclass(frozen=True, kw_only=True)
class Services:
    """Everything that a use case may reach. Each surface gets only what it needs; the rest raises on use.

    Attributes:
        clock: returns the time, aware.
        source: CloudEvents `source`, the public URL of this gateway.
        destinations: those in force, by name.
        own_words: destination name → the strings that our own notice puts into each of its messages.
        senders: destination name → sender.
    """

    clock: Callable[[], datetime]
    source: str
    policies: PolicySet
    transaction: Callable[[], AbstractContextManager[Transaction]]
    hashes: KeyedHashes
    sealer: Sealer
    pipeline: Opener
    detector: Detector
    destinations: dict[str, DestinationPolicy]
    own_words: dict[str, frozenset[str]]
    senders: dict[str, Sender]
    passwords: Passwords
