from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from gateway.core.complaint import Complaint, Status
from gateway.core.errors import DetectionError, StorageUnavailableError, UnsupportedLanguageError
from gateway.core.findings import Finding
from gateway.core.sealed import KeyRole
from gateway.core.submission import Contact, Submission
from gateway.usecases.keep_moving import PATIENCE, keep_moving
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.receive import ORIGINAL, receive_submission
from gateway.usecases.sanitise import sanitise_complaint

PLAIN = Submission(
    narrative="Jane Doe has a kettle that leaks.",
    channel="api",
    contact=Contact(name="Jane Doe", phone="212 555 0142"),
    desired_outcome="Call 212-555-0142.",
)


@pytest.fixture
def received(intake: Services) -> Callable[[Submission], Complaint]:
    def receive(submission: Submission) -> Complaint:
        receipt = receive_submission(submission, intake)
        with intake.transaction() as tx:
            return tx.complaints.find(receipt.complaint_id)

    return receive


def now(worker: Services, complaint: Complaint) -> Complaint:
    with worker.transaction() as tx:
        return tx.complaints.find(complaint.id)


def queued(worker: Services, complaint: Complaint) -> int:
    with worker.transaction() as tx:
        return len(tx.outbox.of_complaint(complaint.id))


@dataclass
class FailingDetector:
    """A detector that is down."""

    error: Exception
    name: str = "failing"

    def find(self, text: str, language: str, known: dict[str, str]) -> list[Finding]:
        raise self.error


def test_all_free_texts_share_one_numbering(worker: Services, received: Callable[[Submission], Complaint]) -> None:
    complaint = received(PLAIN)
    sanitise_complaint(complaint.id, worker)
    with worker.transaction() as tx:
        [record] = tx.records.find(complaint.id)
    assert record.texts == {
        "narrative": "[PERSON_1] has a kettle that leaks.",
        "desired_outcome": "Call [PHONE_1].",
    }
    assert record.policy_version == worker.policies.version
    assert record.detector == worker.detector.name


def test_sanitising_twice_does_nothing_the_second_time(
    worker: Services, received: Callable[[Submission], Complaint]
) -> None:
    complaint = received(PLAIN)
    sanitise_complaint(complaint.id, worker)
    sanitise_complaint(complaint.id, worker)
    assert queued(worker, complaint) == 1


def test_a_sanitising_that_was_lost_with_its_transaction_makes_the_same_events_when_it_is_done_again(
    worker: Services, received: Callable[[Submission], Complaint]
) -> None:
    complaint = received(PLAIN)
    ids = []

    @contextmanager
    def lost() -> Iterator[Transaction]:
        with worker.transaction() as tx:
            yield tx
            ids.extend(message.id for message in tx.outbox.of_complaint(complaint.id))
            raise StorageUnavailableError("gone")

    with pytest.raises(StorageUnavailableError):
        sanitise_complaint(complaint.id, replace(worker, transaction=lost))
    assert queued(worker, complaint) == 0
    sanitise_complaint(complaint.id, worker)
    with worker.transaction() as tx:
        assert [message.id for message in tx.outbox.of_complaint(complaint.id)] == ids


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (DetectionError("down"), "detection-failed"),
        (UnsupportedLanguageError("no detector"), "language-not-supported"),
    ],
)
def test_when_detection_fails_the_complaint_is_held_and_can_be_tried_again(
    error: Exception, reason: str, worker: Services, received: Callable[[Submission], Complaint]
) -> None:
    complaint = received(PLAIN)
    sanitise_complaint(complaint.id, replace(worker, detector=FailingDetector(error)))
    held = now(worker, complaint)
    assert (held.status, held.held_reason) == (Status.HELD, reason)
    assert queued(worker, complaint) == 0
    with worker.transaction() as tx:
        assert tx.originals.find(complaint.id, ORIGINAL, KeyRole.PIPELINE) is not None
        tx.complaints.set_status(complaint.id, Status.ACKNOWLEDGED)
    sanitise_complaint(complaint.id, worker)
    assert queued(worker, complaint) == 1


def test_a_language_that_nobody_can_judge_is_held(
    worker: Services, received: Callable[[Submission], Complaint]
) -> None:
    complaint = received(replace(PLAIN, language="cy"))
    sanitise_complaint(complaint.id, worker)
    assert now(worker, complaint).held_reason == "language-not-supported"


def test_two_cases_number_their_persons_independently(
    worker: Services, received: Callable[[Submission], Complaint]
) -> None:
    for name in ("Jane Doe", "Omar Haddad"):
        complaint = received(Submission(narrative=f"{name} wrote.", channel="api", contact=Contact(name=name)))
        sanitise_complaint(complaint.id, worker)
        with worker.transaction() as tx:
            [record] = tx.records.find(complaint.id)
        assert record.texts["narrative"] == "[PERSON_1] wrote."


def test_a_complaint_whose_job_was_lost_gets_a_new_one(
    worker: Services,
    received: Callable[[Submission], Complaint],
    run_jobs: Callable[[], None],
    sql: Callable[..., list[tuple[object, ...]]],
) -> None:
    complaint = received(PLAIN)
    sql("DELETE FROM procrastinate_jobs")
    assert keep_moving(worker) == 0, "it has not waited long yet"
    later = replace(worker, clock=lambda: worker.clock() + PATIENCE + timedelta(seconds=1))
    assert keep_moving(later) == 1
    run_jobs()
    assert now(worker, complaint).status is Status.ASSESSING


def test_what_nobody_foresaw_is_held_and_its_message_is_not_logged(
    worker: Services, received: Callable[[Submission], Complaint], caplog: pytest.LogCaptureFixture
) -> None:
    complaint = received(PLAIN)
    sanitise_complaint(complaint.id, replace(worker, detector=FailingDetector(ValueError("Jane Doe has a kettle"))))
    assert (now(worker, complaint).status, now(worker, complaint).held_reason) == (Status.HELD, "unforeseen")
    assert queued(worker, complaint) == 0
    assert "ValueError" in caplog.text
    assert "Jane" not in caplog.text


def test_a_database_that_goes_away_holds_nothing(worker: Services, received: Callable[[Submission], Complaint]) -> None:
    complaint = received(PLAIN)
    with pytest.raises(StorageUnavailableError):
        sanitise_complaint(complaint.id, replace(worker, detector=FailingDetector(StorageUnavailableError("away"))))
    assert now(worker, complaint).status is Status.ACKNOWLEDGED
