"""Sanitised records and identifier hashes in PostgreSQL."""

from uuid import UUID

from sqlalchemy import Connection, insert, select

from gateway.core.records import SanitisedRecord
from gateway.store.tables import identifiers, sanitised_records

# Statements that every complaint passes through are built once.
_ADD = insert(sanitised_records)
_ADD_IDENTIFIERS = insert(identifiers)


class SqlRecords:
    """Implements `usecases.ports.Records`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, record: SanitisedRecord) -> None:
        """Store a record."""
        self._connection.execute(_ADD, vars(record))

    def find(self, complaint_id: UUID) -> list[SanitisedRecord]:
        """Return the records of a complaint, one for each profile."""
        query = select(sanitised_records).where(sanitised_records.c.complaint_id == complaint_id)
        rows = self._connection.execute(query.order_by(sanitised_records.c.profile))
        return [SanitisedRecord(**row._mapping) for row in rows]  # noqa: SLF001  # the documented way to a row's names

    def add_identifiers(self, complaint_id: UUID, macs: frozenset[bytes]) -> None:
        """Store keyed hashes of the complainant's own identifiers."""
        if macs:
            self._connection.execute(_ADD_IDENTIFIERS, {"complaint_id": complaint_id, "macs": sorted(macs)})
