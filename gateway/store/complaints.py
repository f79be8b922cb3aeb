"""Complaints, blind indexes and idempotency keys in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from gateway.core.complaint import Complaint, Status
from gateway.core.sealed import KeyRole
from gateway.store.tables import complaints, lookups, requests, subject_key_wraps

COMPLAINT_COLUMNS = [column for column in complaints.columns if column.name != "receipt_mac"]

# Statements that every complaint passes through are built once.
_ADD = insert(complaints)
_ADD_LOOKUPS = insert(lookups)
_KINDS = [column.name for column in lookups.columns if column.name != "complaint_id"]
_FIND = select(*COMPLAINT_COLUMNS).where(complaints.c.id == bindparam("of"))
_LOCK = _FIND.with_for_update()
_SET_STATUS = (
    update(complaints)
    .where(complaints.c.id == bindparam("of"))
    .values(status=bindparam("to"), held_reason=bindparam("reason"))
)


class SqlComplaints:
    """Implements `usecases.ports.Complaints`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, complaint: Complaint, receipt_mac: bytes) -> None:
        """Store a new complaint."""
        self._connection.execute(
            _ADD, {**vars(complaint), "status": complaint.status.value, "receipt_mac": receipt_mac}
        )

    def find(self, complaint_id: UUID, *, lock: bool = False) -> Complaint | None:
        """Return the complaint; with `lock`, hold it until the transaction ends."""
        row = self._connection.execute(_LOCK if lock else _FIND, {"of": complaint_id}).one_or_none()
        return complaint_from(tuple(row)) if row else None

    def find_by_reference(self, reference: str) -> Complaint | None:
        """Return the complaint; `reference` as `core.references.normalise` writes it."""
        row = self._connection.execute(
            select(*COMPLAINT_COLUMNS).where(complaints.c.reference == reference)
        ).one_or_none()
        return complaint_from(tuple(row)) if row else None

    def newest(self, limit: int, before: datetime | None = None) -> list[Complaint]:
        """Return the newest complaints, received before `before` if given."""
        query = select(*COMPLAINT_COLUMNS).order_by(complaints.c.received_at.desc()).limit(limit)
        if before is not None:
            query = query.where(complaints.c.received_at < before)
        return [complaint_from(tuple(row)) for row in self._connection.execute(query)]

    def set_status(self, complaint_id: UUID, status: Status, held_reason: str = "") -> None:
        """Change where the case stands."""
        self._connection.execute(_SET_STATUS, {"of": complaint_id, "to": status.value, "reason": held_reason})

    def waiting_since(self, moment: datetime, limit: int) -> list[UUID]:
        """Return the oldest complaints received before `moment` that have a pipeline wrap and are not held."""
        has_wrap = exists().where(
            subject_key_wraps.c.complaint_id == complaints.c.id, subject_key_wraps.c.role == KeyRole.PIPELINE.value
        )
        query = (
            select(complaints.c.id)
            .where(complaints.c.received_at < moment, complaints.c.status != Status.HELD.value, has_wrap)
            .order_by(complaints.c.received_at)
            .limit(limit)
        )
        return list(self._connection.scalars(query))

    def add_lookups(self, complaint_id: UUID, tokens: dict[str, bytes]) -> None:
        """Store truncated blind indexes, kind → token."""
        if tokens:
            self._connection.execute(_ADD_LOOKUPS, {"complaint_id": complaint_id, **dict.fromkeys(_KINDS), **tokens})

    def claim_request(self, key_mac: bytes, body_mac: bytes, complaint_id: UUID) -> tuple[bytes, UUID] | None:
        """Claim an idempotency key; return None if it is ours now, else the earlier (body_mac, complaint id).

        Two requests at once: the second waits here until the first has committed or failed.
        """
        claim = (
            upsert(requests)
            .values(key_mac=key_mac, body_mac=body_mac, complaint_id=complaint_id)
            .on_conflict_do_nothing()
            .returning(requests.c.key_mac)
        )
        if self._connection.execute(claim).one_or_none():
            return None
        earlier = self._connection.execute(
            select(requests.c.body_mac, requests.c.complaint_id).where(requests.c.key_mac == key_mac)
        ).one()
        return earlier.body_mac, earlier.complaint_id


def complaint_from(row: Sequence[Any]) -> Complaint:
    """Return the complaint whose `COMPLAINT_COLUMNS` are in `row`."""
    fields = dict(zip((column.name for column in COMPLAINT_COLUMNS), row, strict=True))
    return Complaint(**{**fields, "status": Status(fields["status"])})
