"""Sign in: a name and a password become a session."""

from gateway.core.errors import SignInRefusedError
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.staff import USERNAME, Session, User, new_session_id, session_hash
from gateway.usecases.acting import entry
from gateway.usecases.ports import Services, Transaction


def sign_in(username: str, password: str, services: Services) -> tuple[str, Session]:
    """Return the new session's id, which is kept nowhere else, and the session.

    Raises:
        SignInRefusedError: one answer, after the same time, whatever was wrong; the log knows which, and no typed name.
    """
    with services.transaction() as tx:
        # 1. Look the account up and check the password, which takes as long where there is no account.
        user = _account(username, tx)
        matches = services.passwords.verify(user.password_hash if user else None, password)
        why_not = _refusal(user, matches=matches)

        # 2. Let them in, or note why not; the transaction commits either way.
        if user is None or why_not:
            tx.log.append(_refused(user, why_not, services))
        else:
            session_id, session = start_session(tx, user, services)
            tx.log.append(entry(session, Action.SESSION_CREATE, services))
            return session_id, session
    raise SignInRefusedError("this name and password do not open an account")


def start_session(tx: Transaction, user: User, services: Services) -> tuple[str, Session]:
    """Store a new session for `user` and return its id and itself."""
    session_id, now = new_session_id(), services.clock()
    session = Session(id_hash=session_hash(session_id), user=user, created_at=now, seen_at=now)
    tx.staff.add_session(session)
    return session_id, session


def _account(username: str, tx: Transaction) -> User | None:
    name = username.strip().casefold()
    return tx.staff.find(name) if USERNAME.fullmatch(name) else None


def _refusal(user: User | None, *, matches: bool) -> str:
    """Return the machine word for why not; empty if nothing speaks against it."""
    if user is None:
        return "no-such-account"
    if not matches:
        return "wrong-password"
    return "disabled" if user.disabled else ""


def _refused(user: User | None, why_not: str, services: Services) -> AccessLogEntry:
    """Whoever tried is not known, so the actor is the office; the account that was tried is the object."""
    return AccessLogEntry(
        at=services.clock(),
        action=Action.SESSION_REFUSE,
        actor=Actor.OFFICE,
        object_id=str(user.id) if user else "",
        outcome=why_not,
    )
