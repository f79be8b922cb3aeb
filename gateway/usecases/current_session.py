"""Find out who is asking: the session behind a cookie, unless it is over."""

from gateway.core.log import Action
from gateway.core.staff import SESSION_TOUCH, Session, session_hash
from gateway.usecases.acting import entry
from gateway.usecases.ports import Services, Transaction


def current_session(session_id: str, services: Services) -> Session | None:
    """Return the live session with this id, noting at most once a minute that it was used.

    A session that is over, by idleness or age, or whose account was disabled, ends here and is never returned.
    """
    if not session_id:
        return None
    with services.transaction() as tx:
        session, now = tx.staff.session(session_hash(session_id)), services.clock()
        if session is None:
            return None
        if session.expired(now) or session.user.disabled:
            _end(tx, session, services)
            return None
        if now - session.seen_at >= SESSION_TOUCH:
            tx.staff.touch_session(session.id_hash, now)
        return session


def _end(tx: Transaction, session: Session, services: Services) -> None:
    outcome = "disabled" if session.user.disabled else "expired"
    if tx.staff.end_sessions(id_hash=session.id_hash):
        tx.log.append(entry(session, Action.SESSION_END, services, outcome=outcome))
