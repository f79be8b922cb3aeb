"""The access log in PostgreSQL.

An entry is staged in the transaction that it reports on, and numbered shortly after by one sequencer at a time. So
whoever writes an entry waits for nobody, and the numbers have no gaps: a transaction that rolls back staged nothing.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from gateway.core.log import AccessLogEntry, Action
from gateway.store.tables import log_entries, log_staged

_SEQUENCER = 0x6C6F6721
"""Key of the advisory lock that lets one sequencer work at a time."""

_STAGE = insert(log_staged)


class SqlLog:
    """Implements `usecases.ports.Log`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def append(self, entry: AccessLogEntry) -> None:
        """Stage an entry in this transaction."""
        fields = {**vars(entry), "at": entry.at.isoformat(), "action": entry.action.value, "actor": str(entry.actor)}
        self._connection.execute(_STAGE, {"entry": fields})

    def number(self, limit: int) -> int:
        """Number staged entries without gaps, one caller at a time; return how many."""
        if not self._connection.scalar(select(func.pg_try_advisory_xact_lock(_SEQUENCER))):
            return 0
        staged = self._connection.execute(select(log_staged).order_by(log_staged.c.id).limit(limit)).all()
        if not staged:
            return 0
        first = self.size()
        rows = [_row(first + offset, _entry(row.entry)) for offset, row in enumerate(staged)]
        self._connection.execute(insert(log_entries), rows)
        self._connection.execute(delete(log_staged).where(log_staged.c.id.in_([row.id for row in staged])))
        return len(rows)

    def size(self) -> int:
        """Return how many entries have a number; the first one's is 0."""
        size: int = self._connection.scalars(select(func.coalesce(func.max(log_entries.c.sequence) + 1, 0))).one()
        return size

    def entries(self, first: int, limit: int) -> list[bytes]:
        """Return up to `limit` numbered entries from number `first` on, as canonical JSON."""
        query = select(log_entries.c.entry).where(log_entries.c.sequence >= first)
        return list(self._connection.scalars(query.order_by(log_entries.c.sequence).limit(limit)))


def _entry(fields: dict[str, str]) -> AccessLogEntry:
    at, action = datetime.fromisoformat(fields["at"]), Action(fields["action"])
    return AccessLogEntry(**{**fields, "at": at, "action": action})  # type: ignore[arg-type]  # written by append()


def _row(sequence: int, entry: AccessLogEntry) -> dict[str, object]:
    return {
        "sequence": sequence,
        "entry": entry.canonical(sequence),
        "at": entry.at,
        "action": entry.action.value,
        "actor": entry.actor,
        "object_id": entry.object_id,
    }
