"""The outbox in PostgreSQL: the truth about deliveries."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from gateway.core.records import DeliveryOutcome, DeliveryState, OutboxMessage
from gateway.store.tables import identifiers, outbox

# Statements that every complaint passes through are built once.
_PENDING = outbox.c.state == DeliveryState.PENDING.value
_ADD = insert(outbox)
_NEXT = (
    select(outbox.c.id)
    .where(_PENDING, outbox.c.due_at <= bindparam("now"))
    .order_by(outbox.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_CLAIM = (
    update(outbox)
    .where(outbox.c.id.in_(_NEXT))
    .values(due_at=bindparam("until"), attempts=outbox.c.attempts + 1)
    .returning(
        outbox,
        select(identifiers.c.macs)
        .where(identifiers.c.complaint_id == outbox.c.complaint_id)
        .scalar_subquery()
        .label("prints"),
    )
)
_RECORD = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"), _PENDING)
    .values(state=bindparam("to"), due_at=bindparam("due"), last_outcome=bindparam("outcome"))
)


class SqlOutbox:
    """Implements `usecases.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: OutboxMessage) -> None:
        """Store a message."""
        self._connection.execute(_ADD, {**vars(message), "state": message.state.value})

    def claim(self, now: datetime, until: datetime, limit: int) -> list[tuple[OutboxMessage, frozenset[bytes]]]:
        """Claim up to `limit` messages that are due, longest first: count an attempt, keep others away `until` then.

        Return each with the fingerprints of its case. What another worker is claiming just now is passed over.
        """
        rows = self._connection.execute(_CLAIM, {"now": now, "until": until, "most": limit}).mappings()
        return [(_message(row), frozenset(row["prints"] or ())) for row in rows]

    def of_complaint(self, complaint_id: UUID) -> list[OutboxMessage]:
        """Return the messages of a complaint."""
        query = select(outbox).where(outbox.c.complaint_id == complaint_id).order_by(outbox.c.destination, outbox.c.id)
        return [_message(row) for row in self._connection.execute(query).mappings()]

    def states(self, complaint_ids: Collection[UUID]) -> dict[UUID, dict[DeliveryState, int]]:
        """Return how many messages of each complaint stand where; complaints without messages are left out."""
        query = (
            select(outbox.c.complaint_id, outbox.c.state, func.count())
            .where(outbox.c.complaint_id.in_(complaint_ids))
            .group_by(outbox.c.complaint_id, outbox.c.state)
        )
        counts: dict[UUID, dict[DeliveryState, int]] = {}
        for complaint_id, state, count in self._connection.execute(query):
            counts.setdefault(complaint_id, {})[DeliveryState(state)] = count
        return counts

    def record(self, message_id: str, outcome: DeliveryOutcome) -> None:
        """Store what the claimed attempt came to."""
        self._connection.execute(
            _RECORD,
            {"of": message_id, "to": outcome.state.value, "due": outcome.due_at, "outcome": outcome.code},
        )


def _message(row: RowMapping) -> OutboxMessage:
    fields = {column.name: row[column.name] for column in outbox.columns}
    return OutboxMessage(**{**fields, "state": DeliveryState(fields["state"])})
