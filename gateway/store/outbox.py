"""The outbox in PostgreSQL: the truth about deliveries."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, Row, func, insert, select, update

from gateway.core.records import DeliveryOutcome, DeliveryState, OutboxMessage
from gateway.store.tables import outbox

_PENDING = outbox.c.state == DeliveryState.PENDING.value


class SqlOutbox:
    """Implements `usecases.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: OutboxMessage) -> None:
        """Store a message."""
        self._connection.execute(insert(outbox).values({**vars(message), "state": message.state.value}))

    def claim(self, message_id: str, now: datetime, until: datetime) -> OutboxMessage | None:
        """Count an attempt and keep others away `until` then; None unless it is pending and due."""
        row = self._connection.execute(
            update(outbox)
            .where(outbox.c.id == message_id, _PENDING, outbox.c.due_at <= now)
            .values(due_at=until, attempts=outbox.c.attempts + 1)
            .returning(outbox)
        ).one_or_none()
        return _message(row) if row else None

    def of_complaint(self, complaint_id: UUID) -> list[OutboxMessage]:
        """Return the messages of a complaint."""
        query = select(outbox).where(outbox.c.complaint_id == complaint_id).order_by(outbox.c.destination, outbox.c.id)
        return [_message(row) for row in self._connection.execute(query)]

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

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the ids of pending messages whose time has come."""
        query = select(outbox.c.id).where(_PENDING, outbox.c.due_at <= now).order_by(outbox.c.due_at).limit(limit)
        return list(self._connection.scalars(query))

    def record(self, message_id: str, outcome: DeliveryOutcome) -> None:
        """Store what the claimed attempt came to."""
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == message_id, _PENDING)
            .values(state=outcome.state.value, due_at=outcome.due_at, last_outcome=outcome.code)
        )


def _message(row: Row[tuple[object, ...]]) -> OutboxMessage:
    fields = dict(row._mapping)  # noqa: SLF001  # the documented way to a row's names
    return OutboxMessage(**{**fields, "state": DeliveryState(fields["state"])})
