"""Add an account; its one-time password is told once and must be changed at the first sign-in."""

from uuid import uuid4

from gateway.core.errors import Fault, InvalidAccountError
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.staff import USERNAME, User, new_one_time_password
from gateway.usecases.ports import Services, Transaction


def add_user(username: str, role: str, services: Services) -> str:
    """Store an account and return its one-time password, which is kept nowhere.

    Raises:
        InvalidAccountError: the name is malformed or taken, or the policies know no such role.
    """
    with services.transaction() as tx:
        return _add(tx, username, role, services)


def create_first_users(services: Services) -> list[tuple[str, str, str]]:
    """Where there are no accounts at all, add one for each role, named like it.

    Returns:
        (username, role, one-time password) of each; empty if there are accounts.

    Raises:
        InvalidAccountError: a role has a name that no account may have; no account was added.
    """
    with services.transaction() as tx:
        if tx.staff.count():
            return []
        return [(role, role, _add(tx, role, role, services)) for role in sorted(services.policies.roles)]


def _add(tx: Transaction, username: str, role: str, services: Services) -> str:
    faults = [*_name_faults(tx, username), *_role_faults(role, services)]
    if faults:
        raise InvalidAccountError(faults)
    password = new_one_time_password()
    user = User(id=uuid4(), username=username, role=role, password_hash=services.passwords.hash(password))
    tx.staff.add(user)
    tx.log.append(
        AccessLogEntry(at=services.clock(), action=Action.USER_CREATE, actor=Actor.OPERATOR, object_id=str(user.id))
    )
    return password


def _name_faults(tx: Transaction, username: str) -> list[Fault]:
    if not USERNAME.fullmatch(username):
        return [Fault("/username", "use 2 to 40 small letters, digits, dots, hyphens or underscores")]
    return [Fault("/username", "there is such an account already")] if tx.staff.find(username) else []


def _role_faults(role: str, services: Services) -> list[Fault]:
    known = services.policies.roles
    return [] if role in known else [Fault("/role", f"there is no such role; there are {', '.join(sorted(known))}")]
