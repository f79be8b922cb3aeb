"""Sign out: the session ends here, whatever becomes of the cookie."""

from gateway.core.log import Action
from gateway.core.staff import Session
from gateway.usecases.acting import entry
from gateway.usecases.ports import Services


def sign_out(session: Session, services: Services) -> None:
    """End `session`; ended before, it does nothing."""
    with services.transaction() as tx:
        if tx.staff.end_sessions(id_hash=session.id_hash):
            tx.log.append(entry(session, Action.SESSION_END, services))
