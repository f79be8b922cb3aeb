import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.channels.web_form import web_form
from gateway.core.references import normalise
from gateway.web.surface import create_surface
from tests.fakes import FakeStore, fake_services
from tests.web.reading import Page, faults

TOKEN = "t" * 22
STORY = "The washing machine leaks.\r\n  Nobody came & nobody rang. <b>Please</b> read this."
CONSENT = {"consent.notice_id": "service", "consent.version": "1"}


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def client(store: FakeStore) -> FlaskClient:
    app = create_surface(site_name="Example Home")
    app.register_blueprint(web_form(fake_services(store)))
    return app.test_client()


def send(client: FlaskClient, **fields: str) -> TestResponse:
    return client.post("/", data={"token": TOKEN, "language": "en", **CONSENT, **fields})


def test_the_form_is_well_made(client: FlaskClient) -> None:
    page = Page(client.get("/").text)
    assert faults(page) == []
    assert page.title == "Tell us what went wrong \N{EN DASH} Example Home"


def test_every_field_of_a_submission_can_be_given(client: FlaskClient, store: FakeStore) -> None:
    fields = {
        "narrative": "It leaks.",
        "desired_outcome": "A refund.",
        "product": "Washing machine",
        "issue": "Leak",
        "order_reference": "ORD-000123",
        "contact.name": "Mara Example",
        "contact.email": "mara@example.com",
        "contact.phone": "+1 212 555 0123",
        "contact.address": "1 Example Street\r\nExampletown",
    }
    assert send(client, **fields).status_code == 201
    original = store.originals[0].decode()
    for value in fields.values():
        assert value.replace("\r\n", "\\n") in original
    assert '"consent": {"notice_id": "service", "version": "1"}' in original
    assert '"channel": "web"' in original


def test_each_token_is_random_and_long_enough(client: FlaskClient) -> None:
    tokens = {Page(client.get("/").text).value("token") for _ in range(3)}
    assert len(tokens) == 3
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,64}", token) for token in tokens)


def test_a_complaint_is_confirmed_with_reference_code_and_notice(client: FlaskClient, store: FakeStore) -> None:
    answer = send(client, narrative=STORY)
    page = Page(answer.text)
    assert (answer.status_code, answer.headers["Cache-Control"], faults(page)) == (201, "no-store", [])
    reference, code = (element.text for element in page.all("p", class_="code"))
    assert reference == store.complaints[0].reference
    assert normalise(code) == code
    assert "Your original words are sealed" in page.one("main").text
    assert page.one("time").text == "22 November 2026, 14:01 UTC"


def test_the_confirmation_repeats_nothing_that_the_person_wrote(client: FlaskClient) -> None:
    answer = send(client, narrative=STORY, **{"contact.name": "Mara Example", "contact.email": "mara@example.com"})
    assert "washing machine" not in answer.text
    assert "mara" not in answer.text.lower()


def test_line_ends_become_unix_ones_and_nothing_is_stripped_from_the_story(
    client: FlaskClient, store: FakeStore
) -> None:
    send(client, narrative="  first\r\nsecond  \r\n")
    assert '"narrative": "  first\\nsecond  \\n"' in store.originals[0].decode()


def test_empty_and_blank_fields_count_as_not_given(client: FlaskClient, store: FakeStore) -> None:
    assert send(client, narrative="It leaks.", product="   ", **{"contact.email": ""}).status_code == 201
    assert '"product": ""' in store.originals[0].decode()


def test_a_mistake_keeps_everything_and_is_named_at_the_top_and_beside_the_field(
    client: FlaskClient, store: FakeStore
) -> None:
    typed = {"narrative": STORY, "contact.email": "mara@", "product": "Washing <machine>", "language": "ar"}
    answer = send(client, **typed)
    page = Page(answer.text)
    assert (answer.status_code, store.complaints, faults(page)) == (422, [], [])
    assert page.title.startswith("Error: ")
    assert page.one("a", href="#contact-email").text == "Enter an e-mail address like name@example.com"
    assert page.one("p", id="contact-email-error").text == "Error: Enter an e-mail address like name@example.com"
    assert page.field("contact.email").attrs["aria-invalid"] == "true"
    assert page.value("narrative") == STORY
    assert page.value("product") == "Washing <machine>"
    assert page.one("option", selected="").attrs["value"] == "ar"
    assert page.value("token") == TOKEN


def test_what_was_typed_never_becomes_markup(client: FlaskClient) -> None:
    nasty = "</textarea><script>alert(1)</script>\"'><img src=x>"
    page = Page(send(client, narrative=nasty, issue=nasty, **{"contact.email": nasty}).text)
    assert page.all("script") == page.all("img") == []
    assert page.value("narrative") == page.value("issue") == nasty


def test_a_story_that_begins_with_an_empty_line_keeps_it_through_a_mistake(client: FlaskClient) -> None:
    page = Page(send(client, narrative="\r\nfirst", **{"contact.email": "x"}).text)
    assert page.value("narrative").replace("\r\n", "\n") == "\nfirst"


def test_without_a_story_the_form_asks_for_it(client: FlaskClient) -> None:
    page = Page(send(client, narrative=" \r\n ").text)
    assert page.one("a", href="#narrative").text == "Tell us what happened"


def test_a_text_that_is_too_long_comes_back_with_its_length(client: FlaskClient) -> None:
    for length in (20_001, 600_000):
        answer = send(client, narrative="x" * length)
        assert answer.status_code == 422
        assert f"longer than 20,000 characters; it has {length:,}" in answer.text
        assert len(Page(answer.text).value("narrative")) == length


def test_a_text_beyond_all_measure_is_not_even_read(client: FlaskClient, store: FakeStore) -> None:
    answer = send(client, narrative="x" * 1_100_000)
    assert (answer.status_code, store.complaints) == (413, [])
    assert "Nothing was stored" in answer.text


def test_errors_stand_in_the_order_of_the_form(client: FlaskClient) -> None:
    page = Page(send(client, narrative="", product="x" * 201, **{"contact.email": "x"}).text)
    assert [e.attrs["href"] for e in page.all("a")[1:]] == ["#narrative", "#product", "#contact-email"]


def test_the_longest_story_in_any_script_fits_through(client: FlaskClient) -> None:
    assert send(client, narrative="\U0001f9fa" * 20_000).status_code == 201


def test_a_double_click_makes_one_complaint_and_shows_the_same_code(client: FlaskClient, store: FakeStore) -> None:
    first, second = send(client, narrative=STORY), send(client, narrative=STORY)
    assert len(store.complaints) == 1
    codes = [[e.text for e in Page(answer.text).all("p", class_="code")] for answer in (first, second)]
    assert codes[0] == codes[1]


def test_the_same_form_with_another_story_is_shown_again_with_a_new_token(
    client: FlaskClient, store: FakeStore
) -> None:
    send(client, narrative=STORY)
    answer = send(client, narrative="Something else.")
    page = Page(answer.text)
    assert (answer.status_code, len(store.complaints)) == (409, 1)
    assert page.value("narrative") == "Something else."
    assert page.value("token") != TOKEN
    assert send(client, narrative="Something else.", token=page.value("token")).status_code == 201


@pytest.mark.parametrize("token", ["", "short", "x" * 65, "t" * 21 + "!", "t" * 22 + "\n"])
def test_a_token_of_another_shape_is_ignored(client: FlaskClient, store: FakeStore, token: str) -> None:
    send(client, narrative=STORY, token=token)
    send(client, narrative=STORY, token=token)
    assert len(store.complaints) == 2


def test_a_notice_that_changed_meanwhile_is_shown_again_before_anything_is_stored(
    client: FlaskClient, store: FakeStore
) -> None:
    answer = send(client, narrative=STORY, **{"consent.version": "0"})
    page = Page(answer.text)
    assert (answer.status_code, store.complaints) == (422, [])
    assert page.one("a", href="#notice").text.startswith("What we say about your data has changed")
    assert page.value("consent.version") == "1"
    assert faults(page) == []


def test_a_field_that_the_form_does_not_have_is_not_taken(client: FlaskClient, store: FakeStore) -> None:
    assert send(client, narrative=STORY, channel="api", channel_detail="x", surprise="y").status_code == 201
    assert '"channel_detail": ""' in store.originals[0].decode()


def test_a_store_that_fails_loses_nothing_that_was_typed_and_logs_nothing_of_it(
    client: FlaskClient, store: FakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError(STORY)

    store.fails = fail
    answer = send(client, narrative=STORY)
    page = Page(answer.text)
    assert (answer.status_code, store.complaints) == (503, [])
    assert page.value("narrative") == STORY
    assert page.value("token") == TOKEN
    assert "RuntimeError" in caplog.text
    assert "washing machine" not in caplog.text


def test_who_leaves_no_way_to_be_reached_is_told_so(client: FlaskClient) -> None:
    assert "You left no way to reach you" in send(client, narrative=STORY).text
    reachable = send(client, narrative=STORY, token="u" * 22, **{"contact.phone": "+1 212 555 0123"})
    assert "You left no way to reach you" not in reachable.text


def test_the_confirmation_is_marked_as_being_in_the_language_of_the_complaint(client: FlaskClient) -> None:
    page = Page(send(client, narrative=STORY, language="ar").text)
    assert "شكرا" in page.one("div", lang="ar", dir="auto").text


def test_the_notice_stands_there_for_people_and_for_machines(client: FlaskClient) -> None:
    page = Page(client.get("/notice").text)
    assert faults(page) == []
    assert page.one("h1").text == "How we use what you tell us"
    table = " ".join(page.one("table").text.split())
    assert "reidentify cg:Reidentify" in table
    assert "1 year" in table
    assert "GDPR, Article 6(1)(f)" in table


def test_the_notice_is_given_in_a_language_that_the_browser_asks_for(client: FlaskClient) -> None:
    page = Page(client.get("/notice", headers={"Accept-Language": "ar-EG, en;q=0.5"}).text)
    assert page.one("div", lang="ar").attrs["dir"] == "auto"
