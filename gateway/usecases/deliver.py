"""Deliver a message: claim it, look once more, send it, write down what came of it.

The outbox is its own queue: whoever asks for the next message gets the one that has been due longest, and a message
whose sender died is due again when its lease is over.
"""

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.core.errors import DeliveryError, place_of
from gateway.core.events import MADE_HERE
from gateway.core.leakgate import leaks, strings_in
from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.core.records import DeliveryOutcome, DeliveryState, OutboxMessage
from gateway.core.retry import next_attempt
from gateway.usecases.ports import Services

_log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claimed message is left alone; longer than any attempt may take, so that a killed worker's are retried."""


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """A message that is ours to send now, and the fingerprints of what must not stand in it."""

    message: OutboxMessage
    prints: frozenset[bytes]


def claim_due(services: Services, limit: int) -> list[Claimed]:
    """Claim up to `limit` messages that are due, so that no other worker sends them meanwhile."""
    now = services.clock()
    with services.transaction() as tx:
        return [Claimed(message=one, prints=prints) for one, prints in tx.outbox.claim(now, now + LEASE, limit)]


def deliver(claimed: Claimed, services: Services) -> None:
    """Make one attempt; the message goes out at least once, always under the same id.

    No transaction is open while we look and send.
    """
    # 1. The last gate: the person's own identifiers must not stand in the final bytes.
    now = services.clock()
    try:
        if _leaks(claimed.message, claimed.prints, services):
            outcome = DeliveryOutcome(code="leak-gate", state=DeliveryState.HELD, due_at=now)
        else:
            # 2. Send.
            outcome = _attempt(claimed.message, services, now)
    except Exception as fault:  # noqa: BLE001  # without a note it would come back for ever
        _log.error("message %s is held: unforeseen %s", claimed.message.id, place_of(fault))
        outcome = DeliveryOutcome(code="unforeseen", state=DeliveryState.HELD, due_at=now)

    # 3. Note what came of it, and when to try again.
    _note(claimed.message, outcome, services)


def gate_mac(complaint_id: UUID, services: Services) -> Callable[[str], bytes]:
    """Return the keyed hash of the last gate for one case; the same value has another hash in another case."""
    case = f"{complaint_id}\n"
    return lambda value: services.hashes.mac("leak-gate", case + value)


def _leaks(message: OutboxMessage, prints: frozenset[bytes], services: Services) -> bool:
    """Say whether the person's own identifiers stand anywhere in the message but in words that are ours."""
    ours = services.own_words.get(message.destination, frozenset())
    texts = (text for text in strings_in(json.loads(message.body), MADE_HERE) if text not in ours)
    return leaks(texts, prints, gate_mac(message.complaint_id, services))


def _attempt(message: OutboxMessage, services: Services, now: datetime) -> DeliveryOutcome:
    sender = services.senders.get(message.destination)
    if sender is None:
        return DeliveryOutcome(code="no-such-destination", state=DeliveryState.HELD, due_at=now)
    try:
        code = sender.send(message, now)
    except DeliveryError as fault:
        chance = secrets.randbelow(1000) / 1000
        again = next_attempt(
            message.attempts,
            services.clock(),
            chance=chance,
            retry_after=fault.retry_after,
            permanent=fault.permanent,
        )
        state = DeliveryState.PENDING if again else DeliveryState.GIVEN_UP
        return DeliveryOutcome(code=fault.code, state=state, due_at=again or now)
    return DeliveryOutcome(code=code, state=DeliveryState.DELIVERED, due_at=now)


def _note(message: OutboxMessage, outcome: DeliveryOutcome, services: Services) -> None:
    held = outcome.state is DeliveryState.HELD
    with services.transaction() as tx:
        tx.outbox.record(message.id, outcome)
        tx.log.append(
            AccessLogEntry(
                at=services.clock(),
                action=Action.DELIVERY_HOLD if held else Action.DELIVERY_ATTEMPT,
                actor=Actor.WORKER,
                object_id=message.id,
                outcome=outcome.code,
            )
        )
