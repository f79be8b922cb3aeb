"""Keep things moving: whatever is due and has no job gets one. The tables are the truth; a lost job loses nothing."""

from datetime import timedelta

from gateway.usecases.ports import Services

PATIENCE = timedelta(seconds=30)
"""How long a complaint may wait for its job before it is deferred again."""
BATCH = 500


def keep_moving(services: Services) -> int:
    """Defer a job for every due delivery and every complaint left behind; return how many there were."""
    now = services.clock()
    with services.transaction() as tx:
        due = tx.outbox.due(now, BATCH)
        for message_id in due:
            tx.jobs.defer("deliver", message_id)
        waiting = tx.complaints.waiting_since(now - PATIENCE)
        for complaint_id in waiting:
            tx.jobs.defer("sanitise", str(complaint_id))
    return len(due) + len(waiting)


def number_log(services: Services) -> int:
    """Give every staged log entry its number, in batches; return how many there were."""
    total = 0
    while True:
        with services.transaction() as tx:
            numbered = tx.log.number(BATCH)
        total += numbered
        if numbered < BATCH:
            return total
