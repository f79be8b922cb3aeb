import json
from datetime import timedelta

import pytest

from gateway.core.errors import SignInRefusedError
from gateway.core.staff import SESSION_IDLE, SESSION_LONGEST, Session, session_hash
from gateway.usecases.current_session import current_session
from gateway.usecases.look_after_users import set_user_disabled
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import sign_in
from gateway.usecases.sign_out import sign_out
from tests.office_world import PASSWORD, Desk


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


def test_signing_in_gives_a_session_of_which_only_a_hash_is_stored(desk: Desk) -> None:
    user = desk.account()
    session_id, session = sign_in("d.osei", PASSWORD, desk.services)

    assert len(session_id) == 43  # 256 bits in base 64
    assert session.id_hash == session_hash(session_id)
    assert current_session(session_id, desk.services) == Session(
        id_hash=session.id_hash, user=user, created_at=desk.now, seen_at=desk.now
    )
    assert [(e.action, e.actor, e.role, e.outcome) for e in desk.logged] == [
        ("session:create", str(user.id), "handler", "ok")
    ]


def test_capitals_and_blanks_around_the_name_do_not_matter(desk: Desk) -> None:
    desk.account()
    assert sign_in(" D.Osei ", PASSWORD, desk.services)[1].user.username == "d.osei"


@pytest.mark.parametrize(
    ("username", "password", "outcome"),
    [
        ("d.osei", "not the password", "wrong-password"),
        ("d.osei", "", "wrong-password"),
        ("nobody", PASSWORD, "no-such-account"),
        ("", PASSWORD, "no-such-account"),
        ("d.osei\0", PASSWORD, "no-such-account"),
        ("x" * 5000, PASSWORD, "no-such-account"),
        ("closed", PASSWORD, "disabled"),
    ],
)
def test_every_refusal_looks_the_same_and_the_log_knows_which_it_was(
    desk: Desk, username: str, password: str, outcome: str
) -> None:
    known = {user.username: str(user.id) for user in (desk.account(), desk.account("closed"))}
    set_user_disabled("closed", desk.services, disabled=True)
    desk.logged.clear()

    with pytest.raises(SignInRefusedError) as refused:
        sign_in(username, password, desk.services)

    assert str(refused.value) == "this name and password do not open an account"
    assert [(e.action, e.actor, e.object_id, e.outcome) for e in desk.logged] == [
        ("session:refuse", "office", known.get(username, ""), outcome)
    ]


def test_the_log_never_holds_the_name_that_was_typed(desk: Desk) -> None:
    for typed in ("canary.name", "d.osei"):
        with pytest.raises(SignInRefusedError):
            sign_in(typed, "canary password", desk.services)
    written = json.dumps([entry.canonical(0).decode() for entry in desk.logged])
    assert len(desk.logged) == 2
    assert "canary" not in written
    assert "d.osei" not in written


def test_a_password_is_checked_even_where_there_is_no_account(desk: Desk) -> None:
    """The time of an answer is the time of that check, so what is compared is who gets checked, not a stopwatch."""
    checked = []

    class Overheard:
        def verify(self, password_hash: str | None, password: str) -> bool:
            checked.append((password_hash, password))
            return False

    services = desk.services.__class__(**{**vars(desk.services), "passwords": Overheard()})
    user = desk.account()
    for name in ("d.osei", "nobody", "not/a/name"):
        with pytest.raises(SignInRefusedError):
            sign_in(name, "typed", services)
    assert checked == [(user.password_hash, "typed"), (None, "typed"), (None, "typed")]


@pytest.mark.parametrize(
    ("pause", "times", "outcome"),
    [
        (SESSION_IDLE, 1, "lives"),
        (SESSION_IDLE + timedelta(seconds=1), 1, "over"),
        (timedelta(minutes=25), 24, "lives"),
        (timedelta(minutes=25), 25, "over"),
    ],
    ids=["just in time", "idle for too long", "busy for ten hours", "busy for longer"],
)
def test_a_session_ends_by_idleness_and_by_age(desk: Desk, pause: timedelta, times: int, outcome: str) -> None:
    desk.account()
    session_id, _ = sign_in("d.osei", PASSWORD, desk.services)
    for _ in range(times):
        desk.now += pause
        last = current_session(session_id, desk.services)
    assert (last is None) is (outcome == "over")
    assert timedelta(minutes=25) * 24 <= SESSION_LONGEST < timedelta(minutes=25) * 25


def test_a_session_that_is_over_is_gone_from_the_store_and_the_log_says_why(desk: Desk) -> None:
    desk.account()
    session_id, session = sign_in("d.osei", PASSWORD, desk.services)
    desk.later(hours=1)
    assert [current_session(session_id, desk.services) for _ in range(2)] == [None, None]
    assert desk.look(lambda tx: tx.staff.session(session.id_hash)) is None
    assert desk.outcomes() == [("session:create", "ok"), ("session:end", "expired")]


def test_the_use_of_a_session_is_noted_at_most_once_a_minute(desk: Desk) -> None:
    desk.account()
    session_id, session = sign_in("d.osei", PASSWORD, desk.services)
    started, noted = desk.now, []
    for _ in range(4):
        desk.later(seconds=25)
        current_session(session_id, desk.services)
        noted.append(desk.look(lambda tx: tx.staff.session(session.id_hash).seen_at) - started)
    assert noted == [timedelta(0), timedelta(0), timedelta(seconds=75), timedelta(seconds=75)]


@pytest.mark.parametrize("session_id", ["", "never-issued", "\0", "é" * 4000])
def test_what_is_no_session_id_finds_nobody(desk: Desk, session_id: str) -> None:
    assert current_session(session_id, desk.services) is None
    assert desk.logged == []


def test_a_disabled_account_has_no_session_left_even_if_its_row_were_still_there(desk: Desk) -> None:
    user = desk.account()
    set_user_disabled("d.osei", desk.services, disabled=True)
    session_id, _ = desk.session_of(user)
    assert current_session(session_id, desk.services) is None
    assert desk.outcomes()[-1] == ("session:end", "disabled")


def test_signing_out_ends_the_session_here_and_doing_it_twice_is_logged_once(desk: Desk) -> None:
    desk.account()
    session_id, session = sign_in("d.osei", PASSWORD, desk.services)
    sign_out(session, desk.services)
    sign_out(session, desk.services)
    assert current_session(session_id, desk.services) is None
    assert desk.outcomes() == [("session:create", "ok"), ("session:end", "ok")]
