"""What an operator does with accounts that exist: list, disable, enable, give a new one-time password."""

from gateway.core.errors import NotFoundError
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.staff import User, new_one_time_password
from gateway.usecases.ports import Services, Transaction


def list_users(services: Services) -> list[User]:
    """Return every account, by username."""
    with services.transaction() as tx:
        return tx.staff.all()


def set_user_disabled(username: str, services: Services, *, disabled: bool) -> None:
    """Close an account and end its sessions, or open it again.

    Raises:
        NotFoundError: there is no such account.
    """
    with services.transaction() as tx:
        user = _user(tx, username)
        tx.staff.set_disabled(user.id, disabled=disabled)
        tx.staff.end_sessions(user_id=user.id)
        tx.log.append(_entry(user, Action.USER_DISABLE if disabled else Action.USER_ENABLE, services))


def reset_password(username: str, services: Services) -> str:
    """Give an account a new one-time password, end its sessions, and return the password, which is kept nowhere.

    Raises:
        NotFoundError: there is no such account.
    """
    password = new_one_time_password()
    with services.transaction() as tx:
        user = _user(tx, username)
        tx.staff.set_password(user.id, services.passwords.hash(password), must_change=True)
        tx.staff.end_sessions(user_id=user.id)
        tx.log.append(_entry(user, Action.PASSWORD_RESET, services))
    return password


def _user(tx: Transaction, username: str) -> User:
    user = tx.staff.find(username)
    if user is None:
        raise NotFoundError("there is no account with this user name")
    return user


def _entry(user: User, action: Action, services: Services) -> AccessLogEntry:
    return AccessLogEntry(at=services.clock(), action=action, actor=Actor.OPERATOR, object_id=str(user.id))
