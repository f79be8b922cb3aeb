"""Delivery against a sender that does as it is told; the real webhook is tested in tests/edges/test_webhook.py."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.errors import DeliveryError
from gateway.core.records import DeliveryState, OutboxMessage
from gateway.core.retry import DELAYS, JITTER
from gateway.core.submission import Contact, Submission
from gateway.usecases.deliver import LEASE, claim_due, deliver
from gateway.usecases.ports import Services
from gateway.usecases.receive import receive_submission
from gateway.usecases.sanitise import sanitise_complaint

START = datetime(2030, 1, 1, tzinfo=UTC)


@dataclass
class Told:
    """A sender that fails with each of `errors` in turn and then succeeds; keeps what was sent."""

    errors: list[Exception] = field(default_factory=list)
    sent: list[OutboxMessage] = field(default_factory=list)

    def send(self, message: OutboxMessage, now: datetime) -> str:
        del now
        if self.errors:
            raise self.errors.pop(0)
        self.sent.append(message)
        return "http-200"


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def queued(intake: Services, worker: Services, clock: Clock) -> OutboxMessage:
    submission = Submission(narrative="It leaks.", channel="api", contact=Contact(email="jo.mayer@example.com"))
    receipt = receive_submission(submission, replace(intake, clock=clock))
    sanitise_complaint(receipt.complaint_id, replace(worker, clock=clock))
    with worker.transaction() as tx:
        [message] = tx.outbox.of_complaint(receipt.complaint_id)
    return message


def as_stored(worker: Services, message: OutboxMessage) -> OutboxMessage:
    with worker.transaction() as tx:
        [stored] = tx.outbox.of_complaint(message.complaint_id)
    return stored


def deliver_next(services: Services) -> bool:
    """Deliver the message that is due longest; say whether there was one."""
    for claimed in claim_due(services, 1):
        deliver(claimed, services)
        return True
    return False


def test_a_delivered_message_is_not_sent_again(worker: Services, queued: OutboxMessage, clock: Clock) -> None:
    sender = Told()
    services = replace(worker, senders={"sandbox": sender}, clock=clock)
    assert deliver_next(services)
    assert not deliver_next(services)
    assert [message.id for message in sender.sent] == [queued.id]
    assert as_stored(worker, queued).state is DeliveryState.DELIVERED


def test_a_failed_message_is_due_again_after_the_delay_under_the_same_id(
    worker: Services, queued: OutboxMessage, clock: Clock
) -> None:
    sender = Told([DeliveryError("http-503")])
    services = replace(worker, senders={"sandbox": sender}, clock=clock)
    deliver_next(services)
    stored = as_stored(worker, queued)
    assert (stored.state, stored.last_outcome, stored.attempts) == (DeliveryState.PENDING, "http-503", 1)
    assert DELAYS[1] <= stored.due_at - START <= DELAYS[1] * (1 + JITTER)
    deliver_next(services)
    assert sender.sent == [], "it is not due yet"
    clock.now = stored.due_at
    deliver_next(services)
    assert [message.id for message in sender.sent] == [queued.id]


def test_after_the_last_attempt_it_is_given_up_and_stays_to_be_seen(
    worker: Services, queued: OutboxMessage, clock: Clock
) -> None:
    sender = Told([DeliveryError("timeout") for _ in DELAYS])
    services = replace(worker, senders={"sandbox": sender}, clock=clock)
    for _ in DELAYS:
        deliver_next(services)
        clock.now += timedelta(days=2)
    stored = as_stored(worker, queued)
    assert (stored.state, stored.attempts) == (DeliveryState.GIVEN_UP, len(DELAYS))


def test_a_destination_that_is_gone_is_not_tried_again(worker: Services, queued: OutboxMessage, clock: Clock) -> None:
    sender = Told([DeliveryError("http-410", permanent=True)])
    deliver_next(replace(worker, senders={"sandbox": sender}, clock=clock))
    assert as_stored(worker, queued).state is DeliveryState.GIVEN_UP


def test_a_message_claimed_by_a_worker_that_died_is_sent_when_its_lease_is_over(
    worker: Services, queued: OutboxMessage, clock: Clock
) -> None:
    class DiedError(BaseException):
        """Stands for SIGKILL: nothing after it runs."""

    sender = Told([DiedError()])
    services = replace(worker, senders={"sandbox": sender}, clock=clock)
    with pytest.raises(DiedError):
        deliver_next(services)
    deliver_next(services)
    assert sender.sent == [], "another worker may still be sending it"
    clock.now += LEASE
    deliver_next(services)
    assert [message.id for message in sender.sent] == [queued.id]


def test_the_last_gate_holds_a_message_with_the_persons_own_e_mail_address_in_any_writing(
    worker: Services, queued: OutboxMessage, clock: Clock, sql: Callable[..., list[tuple[object, ...]]]
) -> None:
    sender = Told()
    services = replace(worker, senders={"sandbox": sender}, clock=clock)
    slipped = queued.body.replace(b"It leaks.", b"It leaks, says Jo.Mayer @ EXAMPLE . com")
    sql("UPDATE outbox SET body = %s", slipped)
    deliver_next(services)
    stored = as_stored(worker, queued)
    assert (stored.state, stored.last_outcome) == (DeliveryState.HELD, "leak-gate")
    assert sender.sent == []


def test_an_error_that_nobody_foresaw_holds_the_message_and_its_text_is_not_logged(
    worker: Services, queued: OutboxMessage, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    sender = Told([ValueError("jo.mayer@example.com")])
    deliver_next(replace(worker, senders={"sandbox": sender}, clock=clock))
    stored = as_stored(worker, queued)
    assert (stored.state, stored.last_outcome) == (DeliveryState.HELD, "unforeseen")
    assert "ValueError in test_deliver.py" in caplog.text
    assert "jo.mayer" not in caplog.text


def test_a_reference_that_looks_like_todays_date_does_not_hold_every_message(
    intake: Services, worker: Services, clock: Clock
) -> None:
    sender, services = Told(), replace(worker, clock=clock)
    submission = Submission(narrative="It leaks.", channel="api", order_reference=f"{START:%Y%m%d}")
    receipt = receive_submission(submission, replace(intake, clock=clock))
    sanitise_complaint(receipt.complaint_id, services)
    deliver_next(replace(services, senders={"sandbox": sender}))
    assert len(sender.sent) == 1


def test_the_same_value_has_other_fingerprints_in_another_case(
    intake: Services, worker: Services, sql: Callable[..., list[tuple[object, ...]]]
) -> None:
    for _ in range(2):
        submission = Submission(narrative="It leaks.", channel="api", contact=Contact(phone="212 555 0142"))
        sanitise_complaint(receive_submission(submission, intake).complaint_id, worker)
    [(first,), (second,)] = sql("SELECT macs FROM identifiers")
    assert first
    assert not set(first) & set(second)


def test_a_destination_that_was_taken_out_of_the_policy_gets_nothing_more(
    worker: Services, queued: OutboxMessage, clock: Clock
) -> None:
    deliver_next(replace(worker, senders={}, clock=clock))
    stored = as_stored(worker, queued)
    assert (stored.state, stored.last_outcome) == (DeliveryState.HELD, "no-such-destination")
