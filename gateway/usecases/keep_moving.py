"""Keep things moving: a complaint left behind gets a new job. The tables are the truth; a lost job loses nothing."""

from datetime import timedelta

from gateway.usecases.ports import Services

PATIENCE = timedelta(seconds=30)
"""How long a complaint may wait for its job before it is deferred again."""
BATCH = 500


def keep_moving(services: Services) -> int:
    """Defer a job for every complaint left behind; return how many there were."""
    with services.transaction() as tx:
        waiting = tx.complaints.waiting_since(services.clock() - PATIENCE, BATCH)
        for complaint_id in waiting:
            tx.jobs.defer_again("sanitise", str(complaint_id))
    return len(waiting)


def number_log(services: Services) -> int:
    """Give every staged log entry its number, in batches; return how many there were."""
    total = 0
    while True:
        with services.transaction() as tx:
            numbered = tx.log.number(BATCH)
        total += numbered
        if numbered < BATCH:
            return total
