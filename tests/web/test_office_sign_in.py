import re

import pytest

from gateway.usecases.ports import Services
from tests.office_world import PASSWORD, Desk
from tests.web.browser import OURS, Browser, browser_for, signed_in

NEW = "another invented passphrase"
PAGES = ["/", "/password", "/complaints/7QK2M-9XW4T"]
ACTIONS = ["/sign-out", "/password", "/complaints/7QK2M-9XW4T/retry"]


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return signed_in(desk, desk.account())


def test_signing_in_leads_to_the_list_and_signing_out_back(desk: Desk) -> None:
    desk.account()
    browser = browser_for(desk)

    answer = browser.sign_in()
    assert (answer.status_code, answer.location) == (303, "/")
    assert "d.osei · handler" in browser.get("/").text

    answer = browser.send_form("/", "/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert browser.cookie() == ""
    assert desk.outcomes()[-1] == ("session:end", "ok")


def test_a_wrong_password_an_unknown_name_and_a_closed_account_get_the_same_page(desk: Desk) -> None:
    desk.account()
    browser = browser_for(desk)
    answers = [browser.sign_in(*tried) for tried in (("d.osei", "wrong"), ("nobody", PASSWORD), ("", ""))]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert len({answer.data for answer in answers}) == 1
    assert not any("Set-Cookie" in answer.headers for answer in answers)
    assert "You were not signed in" in answers[0].text


@pytest.mark.parametrize(
    ("scheme", "flags"),
    [
        ("http", {"HttpOnly", "Path=/", "SameSite=Strict"}),
        ("https", {"HttpOnly", "Path=/", "SameSite=Strict", "Secure"}),
    ],
)
def test_the_cookie_is_for_this_host_only_and_out_of_reach_of_scripts(desk: Desk, scheme: str, flags: set[str]) -> None:
    desk.account()
    app = browser_for(desk).client
    answer = app.post(
        "/sign-in",
        data={"username": "d.osei", "password": PASSWORD},
        headers=OURS,
        base_url=f"{scheme}://office.example",
    )
    pair, *rest = answer.headers["Set-Cookie"].split("; ")
    assert set(rest) == flags
    assert re.fullmatch(r"gateway_office=[\w-]{43}" if scheme == "http" else r"__Host-gateway_office=[\w-]{43}", pair)


def test_over_https_a_cookie_without_the_prefix_is_no_session(browser: Browser) -> None:
    assert browser.get("/").status_code == 200
    assert browser.get("/", base_url="https://localhost").location == "/sign-in"


def test_without_a_session_every_page_leads_to_the_sign_in(desk: Desk) -> None:
    browser = browser_for(desk)
    for path in PAGES:
        answer = browser.get(path)
        assert (answer.status_code, answer.location) == (303, "/sign-in"), path


def test_a_session_that_is_over_leads_to_the_sign_in(desk: Desk, browser: Browser) -> None:
    assert browser.get("/").status_code == 200
    desk.later(hours=1)
    assert browser.get("/").location == "/sign-in"


def test_who_is_signed_in_is_not_asked_again(browser: Browser) -> None:
    assert browser.get("/sign-in").location == "/"


def test_a_one_time_password_opens_only_the_page_on_which_it_is_changed(desk: Desk) -> None:
    browser = signed_in(desk, desk.account(must_change=True))
    for path in ("/", "/complaints/7QK2M-9XW4T"):
        assert browser.get(path).location == "/password"
    assert browser.send_form("/password", "/complaints/7QK2M-9XW4T/retry").location == "/password"

    before = browser.cookie()
    changed = browser.send_form("/password", "/password", {"old": PASSWORD, "new": NEW, "again": NEW})

    assert (changed.status_code, changed.location) == (303, "/password?changed=1")
    assert "Your password is changed" in browser.get(changed.location).text
    assert browser.cookie() not in {"", before}
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"old": "not my password", "new": NEW, "again": NEW}, "old"),
        ({"old": PASSWORD, "new": "too few", "again": "too few"}, "new"),
        ({"old": PASSWORD, "new": NEW, "again": NEW + "!"}, "again"),
        ({}, "new"),
    ],
)
def test_a_mistake_is_named_at_its_field_and_no_password_comes_back(
    browser: Browser, fields: dict[str, str], wrong: str
) -> None:
    before = browser.cookie()
    answer = browser.send_form("/password", "/password", fields)
    assert answer.status_code == 422
    assert f'id="{wrong}-error"' in answer.text
    assert f'<a href="#{wrong}">' in answer.text
    assert not any(typed in answer.text for typed in fields.values())
    assert browser.cookie() == before


def test_a_form_without_the_session_s_own_token_changes_nothing(desk: Desk, browser: Browser) -> None:
    fields = {"old": PASSWORD, "new": NEW, "again": NEW}
    for token in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "é"}):
        for path in ACTIONS:
            assert browser.post(path, {**fields, **token}).status_code == 403, (path, token)
    assert desk.logged == []
    assert browser.get("/").status_code == 200


def test_the_token_of_another_session_is_refused(desk: Desk, browser: Browser) -> None:
    other = signed_in(desk, desk.account("i.moreau"))
    theirs = re.search(r'name="csrf" value="(\w{64})"', other.get("/").text)
    assert browser.post("/sign-out", {"csrf": theirs[1]}).status_code == 403


FORGED = [
    {},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
    {"Origin": "null"},
    {"Origin": "http://evil.example"},
    {"Origin": "http://localhost.evil.example"},
    {"Origin": "http://localhost:8080"},
    {"Origin": "http://["},
    {"Referer": "http://localhost/"},
]


def test_a_post_that_no_page_of_ours_sent_changes_nothing(desk: Desk, browser: Browser) -> None:
    token = re.search(r'name="csrf" value="(\w{64})"', browser.get("/").text)
    desk.logged.clear()
    fields = {"csrf": token[1], "username": "d.osei", "password": PASSWORD, "old": PASSWORD, "new": NEW, "again": NEW}
    for headers in FORGED:
        for path in ("/sign-in", *ACTIONS):
            answer = browser.client.post(path, data=fields, headers=headers)
            assert answer.status_code == 403, (path, headers)
            assert "Set-Cookie" not in answer.headers
    assert desk.logged == []


def test_on_plain_http_the_origin_vouches_for_a_form(desk: Desk) -> None:
    desk.account()
    fields = {"username": "d.osei", "password": PASSWORD}
    client = browser_for(desk).client
    answer = client.post(
        "/sign-in", data=fields, headers={"Origin": "http://office.example:8081"}, base_url="http://office.example:8081"
    )
    assert answer.location == "/"


def test_nothing_is_kept_by_browsers_and_no_page_names_a_session(desk: Desk, browser: Browser) -> None:
    for path in ("/sign-in", *PAGES, "/complaints/unknown"):
        for answer in (browser.get(path), browser_for(desk).get(path)):
            assert answer.headers["Cache-Control"] == "no-store", path
            assert browser.cookie() not in answer.text


def test_what_changes_something_cannot_be_done_by_following_a_link(browser: Browser) -> None:
    for path in ("/sign-out", "/complaints/7QK2M-9XW4T/retry"):
        assert browser.get(path).status_code == 405
