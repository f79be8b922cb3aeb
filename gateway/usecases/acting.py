"""Who acts in the office: what they may do, and how the access log names them."""

from gateway.core.log import AccessLogEntry, Action
from gateway.core.policy import Permission
from gateway.core.staff import Session
from gateway.usecases.ports import Services

REFUSED = "refused"
"""The outcome of what was asked for and does not exist, or not for this person."""


def may(session: Session, permission: Permission, services: Services) -> bool:
    """Say whether the person may do this; nobody may do anything before their one-time password is changed."""
    return not session.user.must_change and services.policies.permits(session.user.role, permission)


def entry(
    session: Session, action: Action, services: Services, *, object_id: object = "", outcome: str = "ok"
) -> AccessLogEntry:
    """Return the log entry that says what the person did."""
    return AccessLogEntry(
        at=services.clock(),
        action=action,
        actor=str(session.user.id),
        role=session.user.role,
        object_id=str(object_id),
        outcome=outcome,
    )
