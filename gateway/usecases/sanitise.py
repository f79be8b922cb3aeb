"""Sanitise a complaint: open it once, take the personal data out, queue what may leave, and lose the key."""

import json
import logging
from uuid import UUID, uuid5

from gateway.core.complaint import Complaint, Status
from gateway.core.errors import (
    CannotOpenError,
    DetectionError,
    StorageUnavailableError,
    UnsupportedLanguageError,
    place_of,
)
from gateway.core.events import SANITISED, sanitised_event
from gateway.core.findings import Finding
from gateway.core.leakgate import fingerprints
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.policy import OFFICE_PROFILE, DestinationPolicy, RedactionPolicy
from gateway.core.records import OutboxMessage, SanitisedRecord
from gateway.core.redaction import Pseudonyms, redact
from gateway.core.sealed import KeyRole
from gateway.core.submission import Submission
from gateway.usecases.deliver import gate_mac
from gateway.usecases.ports import Services, Transaction
from gateway.usecases.receive import ORIGINAL

HELD_BECAUSE: dict[type[Exception], str] = {
    CannotOpenError: "cannot-open",
    DetectionError: "detection-failed",
    UnsupportedLanguageError: "language-not-supported",
    Exception: "unforeseen",
}
"""The machine word that says why a complaint was held."""

_log = logging.getLogger(__name__)


def sanitise_complaint(complaint_id: UUID, services: Services) -> None:
    """Redact one complaint and queue it for every destination, in one transaction; done before, it does nothing.

    What fails in a way that nobody foresaw is held as well: trying again would fail again.

    Raises:
        StorageUnavailableError: nothing was done; trying again is safe.
    """
    try:
        with services.transaction() as tx:
            _sanitise(tx, complaint_id, services)
    except StorageUnavailableError:
        raise
    except Exception as fault:  # noqa: BLE001  # its message may hold the text, so it is neither logged nor raised
        _log.error("complaint %s is held: unforeseen %s", complaint_id, place_of(fault))
        with services.transaction() as tx:
            if complaint := _to_do(tx, complaint_id):
                hold(tx, complaint, services, reason=HELD_BECAUSE[Exception])


def _to_do(tx: Transaction, complaint_id: UUID) -> Complaint | None:
    """Take the case until the transaction ends; None if it is gone or held."""
    complaint = tx.complaints.find(complaint_id, lock=True)
    return None if complaint is None or complaint.status is Status.HELD else complaint


def _sanitise(tx: Transaction, complaint_id: UUID, services: Services) -> None:
    # 1. Take the case. Without the pipeline's wrap it was done before, or erased, and there is nothing to do.
    taken = tx.originals.take(complaint_id, ORIGINAL, KeyRole.PIPELINE)
    if taken is None or taken[0].status is Status.HELD:
        return
    complaint, sealed = taken

    # 2. Open the original with the pipeline's key and look for personal data. Where that fails, nothing leaves.
    try:
        submission = Submission.from_original(json.loads(services.pipeline.open(sealed)))
        findings = _detect(submission, services)
    except (CannotOpenError, DetectionError) as fault:
        hold(tx, complaint, services, reason=HELD_BECAUSE[type(fault)])
        return

    # 3. Redact once for each profile in use, and queue one message for each destination.
    receivers = [d for d in services.destinations.values() if SANITISED in d.event_types]
    for profile in {OFFICE_PROFILE, *(d.profile for d in receivers)}:
        record = _record(complaint, submission, findings, profile, services)
        tx.records.add(record)
        for destination in receivers:
            if destination.profile == profile:
                _queue(tx, complaint, record, destination, services)

    # 4. Keep keyed hashes of the person's own identifiers for the last gate, and lose the pipeline's key:
    #    from here on no automatic process can open this original.
    own = fingerprints(submission.known_values(), gate_mac(complaint.id, services))
    tx.records.add_identifiers(complaint.id, own)
    tx.originals.delete_wraps(complaint.id, KeyRole.PIPELINE)
    tx.complaints.set_status(complaint.id, Status.ASSESSING)
    tx.log.append(_entry(complaint, Action.COMPLAINT_SANITISE, services))


def hold(tx: Transaction, complaint: Complaint, services: Services, *, reason: str) -> None:
    """Stop the complaint where it is, for a person to decide; `reason` is a machine word."""
    tx.complaints.set_status(complaint.id, Status.HELD, reason)
    tx.log.append(_entry(complaint, Action.COMPLAINT_HOLD, services, outcome=reason))


def _detect(submission: Submission, services: Services) -> dict[str, list[Finding]]:
    known = submission.known_values()
    return {
        field: services.detector.find(text, submission.language, known)
        for field, text in submission.free_texts().items()
    }


def _record(
    complaint: Complaint, submission: Submission, findings: dict[str, list[Finding]], profile: str, services: Services
) -> SanitisedRecord:
    policy = services.policies.redaction
    readable = policy.profiles[profile]
    pseudonyms = _pseudonyms(policy, submission)
    texts, counts = {}, dict[str, int]()
    for field, text in submission.free_texts().items():
        redaction = redact(text, [f for f in findings[field] if f.entity not in readable], pseudonyms)
        texts[field] = redaction.text
        for entity, count in redaction.counts.items():
            counts[entity] = counts.get(entity, 0) + count
    return SanitisedRecord(
        complaint_id=complaint.id,
        profile=profile,
        texts=texts,
        counts=counts,
        policy_version=services.policies.version,
        detector=services.detector.name,
        made_at=services.clock(),
    )


def _pseudonyms(policy: RedactionPolicy, submission: Submission) -> Pseudonyms:
    """Start a numbering in which the person who complains, if named, is the first person."""
    pseudonyms = Pseudonyms({entity: rule.label for entity, rule in policy.entities.items()})
    if submission.contact.name:
        pseudonyms.token("PERSON", submission.contact.name)
    return pseudonyms


def _queue(
    tx: Transaction, complaint: Complaint, record: SanitisedRecord, destination: DestinationPolicy, services: Services
) -> None:
    # The id follows from the case: should this transaction be lost and done again, receivers see the same event.
    now, event_id = services.clock(), uuid5(complaint.id, f"{SANITISED}/{destination.name}")
    body = sanitised_event(
        event_id=event_id,
        source=services.source,
        now=now,
        complaint=complaint,
        record=record,
        notice=services.policies.notices[destination.notice],
        recipient=destination.name,
    )
    message = OutboxMessage(
        id=str(event_id),
        complaint_id=complaint.id,
        destination=destination.name,
        event_type=SANITISED,
        body=body,
        due_at=now,
    )
    tx.outbox.add(message)


def _entry(complaint: Complaint, action: Action, services: Services, *, outcome: str = "ok") -> AccessLogEntry:
    return AccessLogEntry(
        at=services.clock(), action=action, actor=Actor.WORKER, object_id=str(complaint.id), outcome=outcome
    )
