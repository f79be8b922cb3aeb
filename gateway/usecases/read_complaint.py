"""Read one complaint as staff see it: what is left after the personal data was taken out, and where it went."""

from dataclasses import dataclass

from gateway.core.complaint import Complaint, Status
from gateway.core.errors import NotFoundError
from gateway.core.log import Action
from gateway.core.policy import OFFICE_PROFILE, Permission
from gateway.core.records import OutboxMessage, SanitisedRecord
from gateway.core.references import normalise
from gateway.core.staff import Session
from gateway.usecases.acting import REFUSED, entry, may
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.sanitise import HELD_BECAUSE


@dataclass(frozen=True, kw_only=True)
class ReadComplaint:
    """One complaint for staff.

    Attributes:
        record: the record of the office's profile; None until the complaint is sanitised.
        deliveries: its messages, one for each destination.
        may_retry: it is held, and this person may have it looked at again.
    """

    complaint: Complaint
    record: SanitisedRecord | None
    deliveries: tuple[OutboxMessage, ...]
    may_retry: bool


def read_complaint(session: Session, reference: str, services: Services) -> ReadComplaint:
    """Return the complaint with this reference; that it was read is in the log before it is shown.

    Raises:
        NotFoundError: there is none, or the person may not read it; both take the same path.
    """
    with services.transaction() as tx:
        complaint = find_by_reference(tx, reference)
        if complaint and may(session, Permission.COMPLAINT_READ, services):
            tx.log.append(entry(session, Action.COMPLAINT_READ, services, object_id=complaint.id))
            return _read(tx, complaint, session, services)
        object_id = complaint.id if complaint else ""
        tx.log.append(entry(session, Action.COMPLAINT_READ, services, object_id=object_id, outcome=REFUSED))
    raise NotFoundError("there is no such complaint, or not for you")


def find_by_reference(tx: Transaction, reference: str) -> Complaint | None:
    """Return the complaint; how the reference is written (case, hyphens, look-alikes) does not matter."""
    plain = normalise(reference)
    return tx.complaints.find_by_reference(plain) if plain else None


def retryable(complaint: Complaint) -> bool:
    """Say whether the complaint is held for a reason that another look may remove."""
    return complaint.status is Status.HELD and complaint.held_reason in HELD_BECAUSE.values()


def _read(tx: Transaction, complaint: Complaint, session: Session, services: Services) -> ReadComplaint:
    records = tx.records.find(complaint.id)
    return ReadComplaint(
        complaint=complaint,
        record=next((record for record in records if record.profile == OFFICE_PROFILE), None),
        deliveries=tuple(tx.outbox.of_complaint(complaint.id)),
        may_retry=retryable(complaint) and may(session, Permission.COMPLAINT_RETRY, services),
    )
