from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from gateway.core.complaint import Status
from gateway.core.errors import StorageUnavailableError
from gateway.core.records import DeliveryState
from gateway.core.references import new_reference
from gateway.usecases.ports import Services, Transaction
from tests.office_world import NARRATIVE, Desk
from tests.web.browser import Browser, browser_for, signed_in

HOSTILE = "<script>alert(1)</script> &amp; [PERSON_1] [<b>_2] [PERSON_<i>] \u202e[PHONE_3]{{ 7 * 7 }}"


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return signed_in(desk, desk.account())


def test_an_empty_list_says_how_to_send_a_first_complaint(desk: Desk, browser: Browser) -> None:
    page = browser.get("/").text
    assert "No complaints yet" in page
    assert f'<a href="{desk.services.source}">' in page
    assert f"curl {desk.services.source}/api/v1/complaints" in page


def test_the_list_names_facts_and_states_in_words_but_no_text(desk: Desk, browser: Browser) -> None:
    sanitised = desk.complaint(narrative="a redacted narrative")
    desk.delivery(sanitised, DeliveryState.DELIVERED)
    held = desk.complaint(status=Status.HELD, held_reason="language-not-supported", language="fr-CA", channel="api")

    page = browser.get("/").text

    for reference in (sanitised.reference, held.reference):
        assert f'href="/complaints/{reference}"' in page
    for words in ("22 Nov 2026, 09:00", "web form", "API", "French (fr-CA)", "assessing", "held", "1 delivered"):
        assert words in page
    assert "its language is not one that is searched" in page
    assert "a redacted narrative" not in page


def test_pages_of_the_list_are_linked_by_url(desk: Desk, browser: Browser) -> None:
    references = []
    for _ in range(51):
        desk.later(seconds=1)
        references.append(desk.complaint().reference)

    first = browser.get("/").text
    assert references[0] not in first
    assert 'href="/?before=2026-11-22T09:00:02Z">Older complaints</a>' in first

    second = browser.get("/?before=2026-11-22T09:00:02Z").text
    assert [reference in second for reference in references[:3]] == [True, False, False]
    assert "Back to the newest" in second
    assert "Older complaints" not in second
    assert "Nothing older" in browser.get("/?before=2026-11-22T09:00:01Z").text


def test_a_page_of_the_list_that_cannot_be_is_not_found(browser: Browser) -> None:
    for before in ("", "yesterday", "2026-11-22T09:00:02", "2026-13-01T00:00:00Z", "<script>", "\0"):
        assert browser.get("/", query_string={"before": before}).status_code == 404, before


def test_a_role_without_permissions_is_told_so(desk: Desk) -> None:
    desk.complaint()
    answer = signed_in(desk, desk.account(role="compliance_officer")).get("/")
    assert answer.status_code == 200
    assert "<b>compliance officer</b> may not see complaints" in answer.text
    assert "/complaints/" not in answer.text


def test_a_complaint_is_shown_with_its_redactions_facts_and_deliveries(desk: Desk, browser: Browser) -> None:
    complaint = desk.complaint(narrative=NARRATIVE, notice_id="service-handling", notice_version="2026-11")
    message = desk.delivery(complaint, DeliveryState.GIVEN_UP, code="http-503")

    page = browser.get(f"/complaints/{complaint.reference}").text

    assert '<span class="pill person"><span class="visually-hidden">redacted: </span>Person 1</span>' in page
    assert '<span class="pill contact"><span class="visually-hidden">redacted: </span>Phone 1</span>' in page
    for fact in ("Kettle", "service-handling, version 2026-11", "9f3c9f3c9f3c</code>", "invented detector 1.0"):
        assert fact in page
    for delivery in ("sandbox", message.id, "given up", "answered 503"):
        assert delivery in page
    assert "the public record" not in page
    assert "Look at it again" not in page


def test_hostile_text_stays_text(desk: Desk, browser: Browser) -> None:
    complaint = desk.complaint(narrative=HOSTILE)
    page = browser.get(f"/complaints/{complaint.reference}").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp;amp; <span" in page
    assert "[&lt;b&gt;_2] [PERSON_&lt;i&gt;]" in page
    assert "{{ 7 * 7 }}" in page
    assert "<script" not in page


def test_a_complaint_that_is_being_redacted_says_so(desk: Desk, browser: Browser) -> None:
    complaint = desk.complaint(status=Status.ACKNOWLEDGED)
    assert "The personal data is being taken out" in browser.get(f"/complaints/{complaint.reference}").text


def test_a_held_complaint_says_why_and_goes_back_to_work_by_one_button(desk: Desk, browser: Browser) -> None:
    complaint = desk.complaint(status=Status.HELD, held_reason="detection-failed")
    path = f"/complaints/{complaint.reference}"
    assert "Held: the search for personal data failed" in browser.get(path).text

    answer = browser.send_form(path, f"{path}/retry")

    assert (answer.status_code, answer.location) == (303, path)
    assert "Held:" not in browser.get(path).text
    assert desk.deferred == [("sanitise", str(complaint.id))]


def test_a_reason_without_words_of_its_own_is_shown_as_it_is_and_has_no_button(desk: Desk, browser: Browser) -> None:
    complaint = desk.complaint(status=Status.HELD, held_reason="court-order")
    page = browser.get(f"/complaints/{complaint.reference}").text
    assert "Held: court-order" in page
    assert "Look at it again" not in page


@pytest.mark.parametrize("action", ["", "/retry"])
def test_unknown_and_forbidden_get_the_same_answer(desk: Desk, action: str) -> None:
    complaint = desk.complaint(narrative=NARRATIVE, status=Status.HELD, held_reason="detection-failed")
    browser = signed_in(desk, desk.account(role="administrator"))
    answers = [
        browser.send_form("/", f"/complaints/{reference}{action}")
        if action
        else browser.get(f"/complaints/{reference}")
        for reference in (complaint.reference, new_reference())
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].data == answers[1].data
    assert dict(answers[0].headers) == dict(answers[1].headers)


def test_while_the_database_is_away_the_office_says_so(desk: Desk) -> None:
    def away() -> AbstractContextManager[Transaction]:
        raise StorageUnavailableError("the database cannot be reached")

    desk.services = replace(desk.services, transaction=away)
    browser = browser_for(desk)
    browser.client.set_cookie("gateway_office", "any")
    answer = browser.get("/")
    assert answer.status_code == 503
    assert "Please try again in a few minutes" in answer.text
