"""Receive a complaint: seal it, store it, log it, hand it on. Only then is it acknowledged."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from gateway.core.complaint import Complaint
from gateway.core.errors import Fault, IdempotencyConflictError, InvalidSubmissionError, NotFoundError
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.policy import DataUseNotice
from gateway.core.references import new_receipt_code, new_reference, receipt_code_from
from gateway.core.submission import Submission
from gateway.usecases.ports import Services, Transaction

ORIGINAL = "submission"
LOOKUP_BYTES = 5
"""A blind index is cut to 40 bits: enough to find a case, and a match alone proves nothing."""


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What the person gets back. The receipt code is shown once; we keep only a MAC of it."""

    complaint_id: UUID
    reference: str
    receipt_code: str
    received_at: datetime
    acknowledgement: str
    notice: DataUseNotice


def receive_submission(submission: Submission, services: Services, *, idempotency_key: str = "") -> Receipt:
    """Seal and store `submission`, all or nothing, and return the receipt.

    Args:
        submission: validated.
        services: needs no private key.
        idempotency_key: a repeated request with the same key and content gets the same receipt, and one case exists.

    Raises:
        InvalidSubmissionError: the consent names a notice that does not exist.
        IdempotencyConflictError: the key came before with other content.
    """
    # 1. Open a case. The receipt code of an idempotent request follows from the request itself.
    original = json.dumps(submission.original(), ensure_ascii=False, sort_keys=True).encode("utf-8")
    complaint = _new_complaint(submission, services)
    key_mac, body_mac, receipt_code = _idempotency(idempotency_key, original, services)

    # 2. Seal the original under fresh keys; what is sealed here cannot be opened here.
    sealed = services.sealer.seal(complaint.id, ORIGINAL, original)

    # 3. One transaction: all of it is stored, or nothing is. A request that came before gets its first answer.
    with services.transaction() as tx:
        if idempotency_key and (earlier := tx.complaints.claim_request(key_mac, body_mac, complaint.id)):
            return _same_answer(tx, earlier, body_mac, receipt_code, services)
        _check_consent(submission, services)
        tx.complaints.add(complaint, services.hashes.mac("receipt", receipt_code))
        tx.complaints.add_lookups(complaint.id, _lookups(submission, services))
        tx.originals.add(sealed)
        tx.log.append(_log_entry(complaint))
        tx.jobs.defer("sanitise", str(complaint.id))

    # 4. Committed. Now, and only now, we may say that we have it.
    return _receipt(complaint, receipt_code, services)


def _check_consent(submission: Submission, services: Services) -> None:
    consent = submission.consent
    if consent is None:
        return
    notice = services.policies.notices.get(consent.notice_id)
    if notice is None:
        raise InvalidSubmissionError([Fault("/consent/notice_id", "there is no such notice")])
    if notice.version != consent.version:
        raise InvalidSubmissionError([Fault("/consent/version", "the notice has another version now; show it again")])


def _new_complaint(submission: Submission, services: Services) -> Complaint:
    return Complaint(
        id=uuid4(),
        reference=new_reference(),
        received_at=services.clock(),
        channel=submission.channel,
        language=submission.language,
        notice_id=submission.consent.notice_id if submission.consent else "",
        notice_version=submission.consent.version if submission.consent else "",
    )


def _idempotency(key: str, original: bytes, services: Services) -> tuple[bytes, bytes, str]:
    """Return the MAC of the key, the MAC of the content, and the receipt code."""
    if not key:
        return b"", b"", new_receipt_code()
    content = original.decode("utf-8")
    code = receipt_code_from(services.hashes.mac("idempotent-receipt", f"{key}\n{content}"))
    return services.hashes.mac("idempotency-key", key), services.hashes.mac("idempotency-body", content), code


def _same_answer(
    tx: Transaction, earlier: tuple[bytes, UUID], body_mac: bytes, receipt_code: str, services: Services
) -> Receipt:
    earlier_mac, complaint_id = earlier
    if earlier_mac != body_mac:
        raise IdempotencyConflictError("this Idempotency-Key was used before with another body; use a new key")
    complaint = tx.complaints.find(complaint_id)
    if complaint is None:
        raise NotFoundError("the complaint that this Idempotency-Key belongs to was erased")
    return _receipt(complaint, receipt_code, services)


def _lookups(submission: Submission, services: Services) -> dict[str, bytes]:
    values = {"email": submission.contact.email, "reference": submission.order_reference}
    return {
        kind: services.hashes.mac(f"lookup-{kind}", "".join(value.casefold().split()))[:LOOKUP_BYTES]
        for kind, value in values.items()
        if value
    }


def _log_entry(complaint: Complaint) -> AccessLogEntry:
    return AccessLogEntry(
        at=complaint.received_at, action=Action.COMPLAINT_RECEIVE, actor=Actor.INTAKE, object_id=str(complaint.id)
    )


def _receipt(complaint: Complaint, receipt_code: str, services: Services) -> Receipt:
    text = services.policies.messages_in(complaint.language).acknowledgement
    received = complaint.received_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return Receipt(
        complaint_id=complaint.id,
        reference=complaint.reference,
        receipt_code=receipt_code,
        received_at=complaint.received_at,
        acknowledgement=text.format(reference=complaint.reference, received=received),
        notice=services.policies.notice_shown(),
    )
