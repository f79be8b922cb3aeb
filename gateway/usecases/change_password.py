"""Change one's own password."""

from gateway.core.errors import Fault, InvalidAccountError
from gateway.core.log import Action
from gateway.core.staff import PASSWORD_LONGEST, PASSWORD_SHORTEST, Session, User
from gateway.usecases.acting import entry
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import start_session


def change_password(session: Session, old: str, new: str, services: Services) -> tuple[str, Session]:
    """Set `new` as the person's password, end all their sessions, and return the id of a new one and itself.

    Raises:
        InvalidAccountError: `/old` is not their password, or `/new` may not be one; nothing was changed.
    """
    # 1. Check the old password: an open browser alone must not be enough to take an account over.
    faults = _faults(session.user, old, new)
    outcome = "not-acceptable" if faults else "ok"
    if not services.passwords.verify(session.user.password_hash, old):
        faults.insert(0, Fault("/old", "This is not your present password"))
        outcome = "wrong-password"

    # 2. Change it, end every session of the account, and start a new one; or note that it was refused.
    with services.transaction() as tx:
        tx.log.append(entry(session, Action.PASSWORD_CHANGE, services, outcome=outcome))
        if not faults:
            tx.staff.set_password(session.user.id, services.passwords.hash(new), must_change=False)
            tx.staff.end_sessions(user_id=session.user.id)
            user = tx.staff.find(session.user.username) or session.user
            return start_session(tx, user, services)
    raise InvalidAccountError(faults)


def _faults(user: User, old: str, new: str) -> list[Fault]:
    if len(new) < PASSWORD_SHORTEST:
        return [Fault("/new", f"Choose a password of at least {PASSWORD_SHORTEST} characters")]
    if len(new) > PASSWORD_LONGEST:
        return [Fault("/new", f"Choose a password of at most {PASSWORD_LONGEST} characters")]
    if new == old:
        return [Fault("/new", "Choose another password than the present one")]
    if new.strip().casefold() == user.username:
        return [Fault("/new", "Choose a password that is not your name")]
    return []
