"""What tests of the office start from: a clock that they move, accounts, complaints, and what the log was told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from uuid import uuid4

from gateway.core.complaint import Complaint, Status
from gateway.core.log import AccessLogEntry
from gateway.core.records import DeliveryState, OutboxMessage, SanitisedRecord
from gateway.core.references import new_reference
from gateway.core.staff import Session, User
from gateway.sealing.passwords import Argon2Passwords
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.sign_in import start_session

PASSWORD = "an invented passphrase"
NARRATIVE = "My name is [PERSON_1], and nobody rang me on [PHONE_1]."


@cache
def _hashed() -> str:
    """Slow on purpose, so once is enough."""
    return Argon2Passwords().hash(PASSWORD)


@dataclass
class Desk:
    """One office for one test.

    Attributes:
        services: those of the fixture, with our clock, and with log and jobs overheard.
        logged: the entries of every transaction that committed.
        deferred: the jobs of every transaction that committed.
        now: what the clock says; tests move it.
    """

    real: Services
    now: datetime = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    logged: list[AccessLogEntry] = field(default_factory=list)
    deferred: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.services = replace(self.real, clock=lambda: self.now, transaction=self._overheard)

    def later(self, **by: float) -> None:
        self.now += timedelta(**by)

    def outcomes(self) -> list[tuple[str, str]]:
        return [(entry.action.value, entry.outcome) for entry in self.logged]

    def account(self, username: str = "d.osei", *, role: str = "handler", must_change: bool = False) -> User:
        user = User(
            id=uuid4(),
            username=username,
            role=role,
            password_hash=_hashed(),
            must_change=must_change,
        )
        with self.real.transaction() as tx:
            tx.staff.add(user)
        return user

    def session(self, username: str = "d.osei", *, role: str = "handler", must_change: bool = False) -> Session:
        return self.session_of(self.account(username, role=role, must_change=must_change))[1]

    def session_of(self, user: User) -> tuple[str, Session]:
        with self.real.transaction() as tx:
            return start_session(tx, user, self.services)

    def complaint(self, *, narrative: str = "", **facts: object) -> Complaint:
        fields = {
            "id": uuid4(),
            "reference": new_reference(),
            "received_at": self.now,
            "channel": "web",
            "language": "en",
            "status": Status.ASSESSING,
        }
        complaint = Complaint(**{**fields, **facts})
        with self.real.transaction() as tx:
            tx.complaints.add(complaint, uuid4().bytes * 2)
            tx.complaints.set_status(complaint.id, complaint.status, complaint.held_reason)
            if narrative:
                tx.records.add(self._record(complaint, narrative, "internal"))
                tx.records.add(self._record(complaint, "the public record", "public"))
        return complaint

    def delivery(self, complaint: Complaint, state: DeliveryState, *, code: str = "http-200") -> OutboxMessage:
        message = OutboxMessage(
            id=str(uuid4()),
            complaint_id=complaint.id,
            destination="sandbox",
            event_type="complaint.sanitised",
            body=b"{}",
            due_at=self.now,
            state=state,
            attempts=1,
            last_outcome=code,
        )
        with self.real.transaction() as tx:
            tx.outbox.add(message)
        return message

    def look(self, question: Callable[[Transaction], object]) -> object:
        with self.real.transaction() as tx:
            return question(tx)

    def _record(self, complaint: Complaint, narrative: str, profile: str) -> SanitisedRecord:
        return SanitisedRecord(
            complaint_id=complaint.id,
            profile=profile,
            texts={"narrative": narrative, "product": "Kettle"},
            counts={"PERSON": 1, "PHONE": 2},
            policy_version="9f3c" * 16,
            detector="invented detector 1.0",
            made_at=self.now,
        )

    @contextmanager
    def _overheard(self) -> Iterator[Transaction]:
        heard: list[AccessLogEntry] = []
        jobs: list[tuple[str, str]] = []
        with self.real.transaction() as tx:

            def append(entry: AccessLogEntry) -> None:
                tx.log.append(entry)
                heard.append(entry)

            def defer_again(task: str, object_id: str) -> None:
                tx.jobs.defer_again(task, object_id)
                jobs.append((task, object_id))

            overheard = {"log": SimpleNamespace(append=append), "jobs": SimpleNamespace(defer_again=defer_again)}
            yield SimpleNamespace(**{**vars(tx), **overheard})
        self.logged += heard
        self.deferred += jobs
