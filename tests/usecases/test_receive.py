from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from gateway.core.complaint import Status
from gateway.core.errors import GatewayError, IdempotencyConflictError, InvalidSubmissionError, StorageUnavailableError
from gateway.core.submission import Consent, Contact, Submission
from gateway.jobs.queue import Queue
from gateway.store.transactions import engine_for, transactions
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.receive import receive_submission

LEAK = Submission(
    narrative="The kettle leaks.", channel="api", contact=Contact(email="jo@example.com"), order_reference="ORD-1"
)
TABLES = (
    "complaints",
    "sealed_objects",
    "subject_key_wraps",
    "lookups",
    "requests",
    "log_staged",
    "procrastinate_jobs",
)


Rows = Callable[[], dict[str, int]]


@pytest.fixture
def rows(sql: Callable[..., list[tuple[object, ...]]]) -> Rows:
    """Return a function that counts the rows of every table that receiving writes to."""
    return lambda: {table: sql(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES}


def test_one_submission_leaves_one_case_two_wraps_one_log_entry_and_one_job(rows: Rows, intake: Services) -> None:
    receipt = receive_submission(LEAK, intake)
    with intake.transaction() as tx:
        complaint = tx.complaints.find_by_reference(receipt.reference)
    assert complaint.status is Status.ACKNOWLEDGED
    assert rows() == {
        "complaints": 1,
        "sealed_objects": 1,
        "subject_key_wraps": 2,
        "lookups": 1,
        "requests": 0,
        "log_staged": 1,
        "procrastinate_jobs": 1,
    }


class BrokenAfterwardsError(Exception):
    pass


@contextmanager
def breaking_at_the_end(intake: Services) -> Iterator[Transaction]:
    """A transaction in which everything goes well until the very last moment."""
    with intake.transaction() as tx:
        yield tx
        raise BrokenAfterwardsError


def test_if_the_transaction_fails_nothing_is_left_not_even_the_job(rows: Rows, intake: Services) -> None:
    with pytest.raises(BrokenAfterwardsError):
        receive_submission(LEAK, replace(intake, transaction=lambda: breaking_at_the_end(intake)))
    assert set(rows().values()) == {0}


def test_the_same_key_and_content_get_the_same_receipt_and_one_case(rows: Rows, intake: Services) -> None:
    first = receive_submission(LEAK, intake, idempotency_key="k")
    second = receive_submission(LEAK, intake, idempotency_key="k")
    assert first == second
    assert rows()["complaints"] == 1


def test_requests_with_the_same_key_at_the_same_time_make_one_case(rows: Rows, intake: Services) -> None:
    with ThreadPoolExecutor(6) as pool:
        receipts = list(pool.map(lambda _: receive_submission(LEAK, intake, idempotency_key="k"), range(12)))
    assert len({receipt.reference for receipt in receipts}) == 1
    assert len({receipt.receipt_code for receipt in receipts}) == 1
    assert rows()["complaints"] == 1


def test_the_same_key_with_other_content_is_refused_and_nothing_is_stored(rows: Rows, intake: Services) -> None:
    receive_submission(LEAK, intake, idempotency_key="k")
    before = rows()
    with pytest.raises(IdempotencyConflictError):
        receive_submission(replace(LEAK, narrative="The toaster burns."), intake, idempotency_key="k")
    assert rows() == before


def test_without_a_key_every_submission_is_a_case_of_its_own(rows: Rows, intake: Services) -> None:
    receipts = [receive_submission(LEAK, intake) for _ in range(2)]
    assert len({receipt.receipt_code for receipt in receipts}) == 2
    assert rows()["complaints"] == 2


@pytest.mark.parametrize(
    ("consent", "pointer"),
    [
        (Consent(notice_id="no-such-notice", version="1"), "/consent/notice_id"),
        (Consent(notice_id="service-handling", version="0"), "/consent/version"),
    ],
)
def test_consent_to_a_notice_that_does_not_exist_is_refused(
    consent: Consent, pointer: str, rows: Rows, intake: Services
) -> None:
    with pytest.raises(InvalidSubmissionError) as refused:
        receive_submission(replace(LEAK, consent=consent), intake)
    assert [fault.pointer for fault in refused.value.faults] == [pointer]
    assert set(rows().values()) == {0}


def test_a_request_that_is_repeated_after_the_notice_changed_gets_its_first_answer(
    rows: Rows, intake: Services
) -> None:
    shown = intake.policies.notice_shown()
    submission = replace(LEAK, consent=Consent(notice_id=shown.id, version=shown.version))
    first = receive_submission(submission, intake, idempotency_key="k")
    newer = replace(intake.policies, notices={shown.id: replace(shown, version="next")})
    again = receive_submission(submission, replace(intake, policies=newer), idempotency_key="k")
    assert (again.reference, again.receipt_code) == (first.reference, first.receipt_code)
    assert rows()["complaints"] == 1


def test_the_intake_holds_no_private_key_no_detector_and_no_sender(intake: Services) -> None:
    with pytest.raises(GatewayError, match="the intake has no private key"):
        intake.pipeline.open(None)
    with pytest.raises(GatewayError, match="the intake has no detector"):
        intake.detector.find("", "en", {})
    assert intake.senders == {}


def test_without_a_database_nothing_is_acknowledged(intake: Services) -> None:
    nowhere = engine_for("postgresql://nobody@127.0.0.1:9/nothing")
    with pytest.raises(StorageUnavailableError):
        receive_submission(LEAK, replace(intake, transaction=transactions(nowhere, Queue().on)))
