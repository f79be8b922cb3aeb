"""List the complaints, newest first: facts that hold no personal data."""

from dataclasses import dataclass
from datetime import datetime

from gateway.core.complaint import Complaint
from gateway.core.errors import NotFoundError
from gateway.core.log import Action
from gateway.core.policy import Permission
from gateway.core.records import DeliveryState
from gateway.core.staff import Session
from gateway.usecases.acting import REFUSED, entry, may
from gateway.usecases.ports import Services, Transaction

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class ListedComplaint:
    """One line of the list; `deliveries` counts messages by where they stand."""

    complaint: Complaint
    deliveries: dict[DeliveryState, int]


@dataclass(frozen=True, kw_only=True)
class ComplaintPage:
    """Up to `PAGE` complaints; `older` is where the next page starts, None if this is the last."""

    rows: tuple[ListedComplaint, ...]
    older: datetime | None


def list_complaints(session: Session, services: Services, before: datetime | None = None) -> ComplaintPage:
    """Return the newest complaints, received before `before` if given.

    Raises:
        NotFoundError: the person may not see the list.
    """
    with services.transaction() as tx:
        if may(session, Permission.COMPLAINT_LIST, services):
            tx.log.append(entry(session, Action.COMPLAINT_LIST, services))
            return _page(tx, before)
        tx.log.append(entry(session, Action.COMPLAINT_LIST, services, outcome=REFUSED))
    raise NotFoundError("there is no such page, or not for you")


def _page(tx: Transaction, before: datetime | None) -> ComplaintPage:
    found = tx.complaints.newest(PAGE + 1, before)
    shown = found[:PAGE]
    states = tx.outbox.states([complaint.id for complaint in shown])
    return ComplaintPage(
        rows=tuple(ListedComplaint(complaint=c, deliveries=states.get(c.id, {})) for c in shown),
        older=shown[-1].received_at if len(found) > PAGE else None,
    )
