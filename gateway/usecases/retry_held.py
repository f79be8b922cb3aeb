"""Have a held complaint looked at again, once what stopped it is mended."""

from gateway.core.complaint import Complaint, Status
from gateway.core.errors import NotFoundError
from gateway.core.log import Action
from gateway.core.policy import Permission
from gateway.core.staff import Session
from gateway.usecases.acting import REFUSED, entry, may
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.read_complaint import find_by_reference, retryable


def retry_held(session: Session, reference: str, services: Services) -> None:
    """Put a complaint that was held before its personal data was taken out back to work; otherwise do nothing.

    Raises:
        NotFoundError: there is no such complaint, or the person may not do this; both take the same path.
    """
    with services.transaction() as tx:
        complaint = find_by_reference(tx, reference)
        if complaint and may(session, Permission.COMPLAINT_RETRY, services):
            outcome = "ok" if _put_back(tx, complaint) else "not-held"
            tx.log.append(entry(session, Action.COMPLAINT_RETRY, services, object_id=complaint.id, outcome=outcome))
            return
        object_id = complaint.id if complaint else ""
        tx.log.append(entry(session, Action.COMPLAINT_RETRY, services, object_id=object_id, outcome=REFUSED))
    raise NotFoundError("there is no such complaint, or not for you")


def _put_back(tx: Transaction, found: Complaint) -> bool:
    # Locked and read again, so that two people who press the button at once defer one job.
    complaint = tx.complaints.find(found.id, lock=True)
    if complaint is None or not retryable(complaint):
        return False
    tx.complaints.set_status(complaint.id, Status.ACKNOWLEDGED)
    tx.jobs.defer_again("sanitise", str(complaint.id))
    return True
