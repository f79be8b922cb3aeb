"""How the queue is doing, for `gateway doctor`."""

from dataclasses import dataclass

import psycopg

from gateway.core.errors import StorageUnavailableError

ALIVE_SECONDS = 60


@dataclass(frozen=True, kw_only=True)
class QueueHealth:
    """Jobs that wait, jobs that failed and are kept for looking at, and workers with a recent heartbeat."""

    waiting: int
    failed: int
    workers: int


def queue_health(url: str) -> QueueHealth:
    """Return how the queue is doing.

    Raises:
        StorageUnavailableError: the database cannot be reached, or has no queue tables.
    """
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(
                """
                SELECT count(*) FILTER (WHERE status = 'todo'), count(*) FILTER (WHERE status = 'failed'),
                       (SELECT count(*) FROM procrastinate_workers
                        WHERE last_heartbeat > now() - make_interval(secs => %s))
                FROM procrastinate_jobs
                """,
                [ALIVE_SECONDS],
            ).fetchone()
    except psycopg.OperationalError:
        raise StorageUnavailableError("the database cannot be reached; is it running, is its URL right?") from None
    except psycopg.errors.UndefinedTable:
        raise StorageUnavailableError("the queue has no tables: gateway migrate") from None
    waiting, failed, workers = row or (0, 0, 0)
    return QueueHealth(waiting=waiting, failed=failed, workers=workers)
