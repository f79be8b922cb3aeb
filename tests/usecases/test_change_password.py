import pytest

from gateway.core.errors import InvalidAccountError, SignInRefusedError
from gateway.usecases.change_password import change_password
from gateway.usecases.current_session import current_session
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import sign_in
from tests.office_world import PASSWORD, Desk

NEW = "another invented passphrase"


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


def test_the_new_password_opens_the_account_and_the_old_one_does_not(desk: Desk) -> None:
    change_password(desk.session(must_change=True), PASSWORD, NEW, desk.services)
    assert sign_in("d.osei", NEW, desk.services)[1].user.must_change is False
    with pytest.raises(SignInRefusedError):
        sign_in("d.osei", PASSWORD, desk.services)


def test_every_other_session_ends_and_this_one_gets_a_new_id(desk: Desk) -> None:
    user = desk.account()
    elsewhere, _ = desk.session_of(user)
    before, session = desk.session_of(user)

    after, renewed = change_password(session, PASSWORD, NEW, desk.services)

    assert current_session(elsewhere, desk.services) is None
    assert current_session(before, desk.services) is None
    assert current_session(after, desk.services) == renewed
    assert desk.outcomes() == [("password:change", "ok")]


@pytest.mark.parametrize(
    ("old", "new", "pointers", "outcome"),
    [
        ("not the password", NEW, ["/old"], "wrong-password"),
        ("not the password", "short", ["/old", "/new"], "wrong-password"),
        (PASSWORD, "eleven char", ["/new"], "not-acceptable"),
        (PASSWORD, "x" * 257, ["/new"], "not-acceptable"),
        (PASSWORD, PASSWORD, ["/new"], "not-acceptable"),
        (PASSWORD, " Dorothea.Osei ", ["/new"], "not-acceptable"),
    ],
)
def test_a_refused_change_changes_nothing_and_is_logged(
    desk: Desk, old: str, new: str, pointers: list[str], outcome: str
) -> None:
    session_id, session = desk.session_of(desk.account("dorothea.osei"))

    with pytest.raises(InvalidAccountError) as refused:
        change_password(session, old, new, desk.services)

    assert [fault.pointer for fault in refused.value.faults] == pointers
    assert not any(typed in str(refused.value) for typed in (old, new))
    assert current_session(session_id, desk.services) == session
    assert desk.outcomes() == [("password:change", outcome)]
    assert sign_in("dorothea.osei", PASSWORD, desk.services)


def test_twelve_characters_are_enough(desk: Desk) -> None:
    change_password(desk.session(), PASSWORD, "twelve chars", desk.services)
    assert sign_in("d.osei", "twelve chars", desk.services)
