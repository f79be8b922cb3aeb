import re
from dataclasses import replace

import pytest

from gateway.core.errors import InvalidAccountError, NotFoundError, SignInRefusedError
from gateway.core.staff import new_one_time_password
from gateway.usecases.add_user import add_user, create_first_users
from gateway.usecases.current_session import current_session
from gateway.usecases.look_after_users import list_users, reset_password, set_user_disabled
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import sign_in
from tests.office_world import PASSWORD, Desk


@pytest.fixture
def desk(office: Services) -> Desk:
    return Desk(office)


def test_a_one_time_password_is_sixteen_characters_that_nobody_confuses() -> None:
    drawn = {new_one_time_password() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(re.fullmatch(r"(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}", password) for password in drawn)
    assert {character for password in drawn for character in password} == set("0123456789abcdefghjkmnpqrstvwxyz-")


def test_a_new_account_opens_with_its_one_time_password_which_must_be_changed(desk: Desk) -> None:
    password = add_user("i.moreau", "compliance_officer", desk.services)
    user = sign_in("i.moreau", password, desk.services)[1].user
    assert (user.role, user.must_change, user.disabled) == ("compliance_officer", True, False)
    assert password not in user.password_hash
    created = desk.logged[0]
    assert (created.action, created.actor, created.object_id) == ("user:create", "operator", str(user.id))


NO_ACCOUNTS = [
    ("d.osei", "handler", ["/username"]),
    ("D.Osei", "handler", ["/username"]),
    ("x", "handler", ["/username"]),
    ("x" * 41, "handler", ["/username"]),
    ("-dash", "handler", ["/username"]),
    ("two words", "handler", ["/username"]),
    ("ünique", "handler", ["/username"]),
    ("line\n", "handler", ["/username"]),
    ("fine", "king", ["/role"]),
    ("Not Fine", "", ["/username", "/role"]),
]


def test_an_account_that_cannot_be_made_is_refused_with_every_reason(desk: Desk) -> None:
    desk.account("d.osei")
    for username, role, pointers in NO_ACCOUNTS:
        with pytest.raises(InvalidAccountError) as refused:
            add_user(username, role, desk.services)
        assert [fault.pointer for fault in refused.value.faults] == pointers, username
    assert [user.username for user in list_users(desk.services)] == ["d.osei"]
    assert desk.logged == []


def test_the_first_accounts_are_one_for_each_role_and_are_made_once(desk: Desk) -> None:
    made = create_first_users(desk.services)
    roles = sorted(desk.services.policies.roles)
    assert [(username, role) for username, role, _ in made] == [(role, role) for role in roles]
    assert all(sign_in(username, password, desk.services)[1].user.role == role for username, role, password in made)

    assert create_first_users(desk.services) == []
    assert [user.username for user in list_users(desk.services)] == roles


def test_no_first_account_is_made_where_there_is_any_account(desk: Desk) -> None:
    desk.account()
    assert create_first_users(desk.services) == []


def test_either_all_first_accounts_are_made_or_none(desk: Desk) -> None:
    roles = {"a.first": frozenset(), "no account name": frozenset()}
    services = replace(desk.services, policies=replace(desk.services.policies, roles=roles))
    with pytest.raises(InvalidAccountError):
        create_first_users(services)
    assert list_users(desk.services) == []
    assert desk.logged == []


def test_a_disabled_account_is_out_at_once_and_can_be_let_in_again(desk: Desk) -> None:
    session_id, _ = desk.session_of(desk.account())
    set_user_disabled("d.osei", desk.services, disabled=True)
    assert current_session(session_id, desk.services) is None
    with pytest.raises(SignInRefusedError):
        sign_in("d.osei", PASSWORD, desk.services)

    set_user_disabled("d.osei", desk.services, disabled=False)
    assert current_session(session_id, desk.services) is None
    assert sign_in("d.osei", PASSWORD, desk.services)
    assert [e.action for e in desk.logged] == ["user:disable", "session:refuse", "user:enable", "session:create"]


def test_a_reset_ends_the_sessions_and_only_the_new_password_opens_the_account(desk: Desk) -> None:
    session_id, session = desk.session_of(desk.account())
    password = reset_password("d.osei", desk.services)
    assert current_session(session_id, desk.services) is None
    with pytest.raises(SignInRefusedError):
        sign_in("d.osei", PASSWORD, desk.services)
    assert sign_in("d.osei", password, desk.services)[1].user.must_change is True
    assert (desk.logged[0].action, desk.logged[0].object_id) == ("password:reset", str(session.user.id))


def test_an_account_that_does_not_exist_is_not_found(desk: Desk) -> None:
    with pytest.raises(NotFoundError):
        reset_password("nobody", desk.services)
    with pytest.raises(NotFoundError):
        set_user_disabled("nobody", desk.services, disabled=True)
