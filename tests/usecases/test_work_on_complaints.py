from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gateway.core.complaint import Status
from gateway.core.errors import NotFoundError
from gateway.core.policy import Permission
from gateway.core.records import DeliveryState
from gateway.core.references import new_reference
from gateway.core.staff import Session
from gateway.usecases.list_complaints import PAGE, list_complaints
from gateway.usecases.ports import Services
from gateway.usecases.read_complaint import read_complaint
from gateway.usecases.retry_held import retry_held
from tests.office_world import NARRATIVE, Desk

HELD = {"status": Status.HELD, "held_reason": "detection-failed"}
UseCase = Callable[[Session, str, Services], object]
USE_CASES = {"read": read_complaint, "retry": retry_held}


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


def test_the_list_shows_the_newest_first_and_counts_deliveries(desk: Desk) -> None:
    older = desk.complaint()
    desk.later(minutes=5)
    newer = desk.complaint(**HELD)
    for state in (DeliveryState.DELIVERED, DeliveryState.DELIVERED, DeliveryState.GIVEN_UP):
        desk.delivery(older, state)

    page = list_complaints(desk.session(), desk.services)

    assert [row.complaint for row in page.rows] == [newer, older]
    assert [row.deliveries for row in page.rows] == [{}, {DeliveryState.DELIVERED: 2, DeliveryState.GIVEN_UP: 1}]
    assert page.older is None
    assert desk.outcomes() == [("complaint:list", "ok")]


@pytest.mark.parametrize("count", [0, PAGE, PAGE + 1, 2 * PAGE + 3])
def test_pages_follow_one_another_without_gap_or_repetition(desk: Desk, count: int) -> None:
    references = []
    for _ in range(count):
        desk.later(seconds=1)
        references.insert(0, desk.complaint().reference)

    session, seen, before, pages = desk.session(), [], None, 0
    while pages == 0 or before:
        page = list_complaints(session, desk.services, before)
        assert len(page.rows) <= PAGE
        seen += [row.complaint.reference for row in page.rows]
        before, pages = page.older, pages + 1
    assert seen == references
    assert pages == max(1, -(-count // PAGE))


def test_reading_shows_the_record_made_for_staff_and_where_it_went(desk: Desk) -> None:
    complaint = desk.complaint(narrative=NARRATIVE)
    message = desk.delivery(complaint, DeliveryState.GIVEN_UP, code="http-503")
    session = desk.session()

    read = read_complaint(session, complaint.reference, desk.services)

    assert read.complaint == complaint
    assert (read.record.profile, read.record.texts["narrative"]) == ("internal", NARRATIVE)
    assert [(m.id, m.state, m.attempts, m.last_outcome) for m in read.deliveries] == [
        (message.id, DeliveryState.GIVEN_UP, 1, "http-503")
    ]
    assert read.may_retry is False
    assert [(e.action, e.actor, e.role, e.object_id) for e in desk.logged] == [
        ("complaint:read", str(session.user.id), "handler", str(complaint.id))
    ]


def test_a_reference_is_found_however_it_is_written(desk: Desk) -> None:
    complaint = desk.complaint()
    written = complaint.reference.replace("-", " ").lower().replace("0", "o").replace("1", "l")
    assert read_complaint(desk.session(), written, desk.services).complaint == complaint


def test_a_complaint_that_is_not_sanitised_has_no_record_yet(desk: Desk) -> None:
    complaint = desk.complaint(status=Status.ACKNOWLEDGED)
    assert read_complaint(desk.session(), complaint.reference, desk.services).record is None


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
def test_what_does_not_exist_is_not_found_and_that_it_was_asked_for_is_logged(desk: Desk, use_case: UseCase) -> None:
    session, references = desk.session(), (new_reference(), "", "no reference", "\0", "x" * 5000)
    for reference in references:
        with pytest.raises(NotFoundError):
            use_case(session, reference, desk.services)
    assert [(e.object_id, e.outcome) for e in desk.logged] == [("", "refused")] * len(references)


@pytest.mark.parametrize("use_case", USE_CASES.values(), ids=USE_CASES)
@pytest.mark.parametrize("role", ["administrator", "a role that the policies do not know"])
def test_forbidden_looks_like_missing_to_the_person_but_not_to_the_log(
    desk: Desk, use_case: UseCase, role: str
) -> None:
    complaint, session = desk.complaint(**HELD), desk.session(role=role)
    answers = []
    for reference in (complaint.reference, new_reference()):
        with pytest.raises(NotFoundError) as refused:
            use_case(session, reference, desk.services)
        answers.append(str(refused.value))
    assert answers[0] == answers[1]
    assert [(e.object_id, e.outcome) for e in desk.logged] == [(str(complaint.id), "refused"), ("", "refused")]
    assert desk.look(lambda tx: tx.complaints.find(complaint.id)) == complaint


def test_the_list_is_closed_to_a_role_without_permission(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        list_complaints(desk.session(role="administrator"), desk.services)
    assert desk.outcomes() == [("complaint:list", "refused")]


def test_nothing_is_open_before_the_one_time_password_is_changed(desk: Desk) -> None:
    complaint, session = desk.complaint(**HELD), desk.session(must_change=True)
    with pytest.raises(NotFoundError):
        list_complaints(session, desk.services)
    for use_case in USE_CASES.values():
        with pytest.raises(NotFoundError):
            use_case(session, complaint.reference, desk.services)


@pytest.mark.parametrize("reason", ["detection-failed", "language-not-supported", "cannot-open", "unforeseen"])
def test_a_held_complaint_goes_back_to_work(desk: Desk, reason: str) -> None:
    complaint, session = desk.complaint(status=Status.HELD, held_reason=reason), desk.session()
    assert read_complaint(session, complaint.reference, desk.services).may_retry is True

    retry_held(session, complaint.reference, desk.services)

    after = desk.look(lambda tx: tx.complaints.find(complaint.id))
    assert after == replace(complaint, status=Status.ACKNOWLEDGED, held_reason="")
    assert desk.deferred == [("sanitise", str(complaint.id))]
    assert desk.outcomes()[-1] == ("complaint:retry", "ok")


def test_pressing_the_button_twice_defers_one_job(desk: Desk) -> None:
    complaint, session = desk.complaint(**HELD), desk.session()
    for _ in range(2):
        retry_held(session, complaint.reference, desk.services)
    assert len(desk.deferred) == 1
    assert desk.outcomes() == [("complaint:retry", "ok"), ("complaint:retry", "not-held")]


def test_what_is_not_held_stays_as_it_is(desk: Desk) -> None:
    session = desk.session()
    complaints = [desk.complaint(status=status) for status in Status if status is not Status.HELD]
    for complaint in complaints:
        retry_held(session, complaint.reference, desk.services)
        assert desk.look(lambda tx, found=complaint: tx.complaints.find(found.id)) == complaint
    assert len(complaints) == len(Status) - 1
    assert desk.deferred == []


def test_a_complaint_held_for_a_reason_that_another_look_cannot_remove_stays_held(desk: Desk) -> None:
    complaint, session = desk.complaint(status=Status.HELD, held_reason="court-order"), desk.session()
    assert read_complaint(session, complaint.reference, desk.services).may_retry is False
    retry_held(session, complaint.reference, desk.services)
    assert desk.look(lambda tx: tx.complaints.find(complaint.id)) == complaint


def test_reading_and_retrying_are_permitted_apart(desk: Desk) -> None:
    only_reading = frozenset({Permission.COMPLAINT_READ})
    policies = replace(desk.services.policies, roles={"reader": only_reading})
    services = replace(desk.services, policies=policies)
    complaint, session = desk.complaint(**HELD), desk.session(role="reader")
    assert read_complaint(session, complaint.reference, services).may_retry is False
    with pytest.raises(NotFoundError):
        retry_held(session, complaint.reference, services)


def test_a_page_can_start_anywhere_in_time(desk: Desk) -> None:
    complaint = desk.complaint()
    session = desk.session()
    for before, rows in ((desk.now, 0), (desk.now + timedelta(microseconds=1), 1)):
        assert len(list_complaints(session, desk.services, before).rows) == rows
    assert complaint.received_at == desk.now
