"""What a worker process does all day: sanitise what the queue holds, deliver what the outbox holds, look after both.

Procrastinate does not give back the jobs of a worker that was killed; `_return_jobs_of_the_dead` does.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import procrastinate
import psycopg_pool
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from gateway.jobs.queue import QUEUES

UPKEEP = "upkeep"
DELIVERIES_AT_ONCE = 4
LOOK_SECONDS = 0.5
"""How often an idle worker looks for work. Being notified of every job costs more than it gains: see docs/decisions."""
KEEP_FAILED_HOURS = 14 * 24
EVERY_FEW_SECONDS = "* * * * * */5"
"""Cron with seconds as its sixth field."""


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """What to do; each is run in a thread, so that it may block.

    Attributes:
        sanitise: takes a complaint's id.
        deliver_next: makes one attempt for the next message due; says whether there was one.
        upkeep: whatever is to be done every few seconds.
    """

    sanitise: Callable[[str], None]
    deliver_next: Callable[[], bool]
    upkeep: Callable[[], None]


async def work(url: str, handlers: Handlers, *, dead_after: int, once: bool = False) -> None:
    """Work until SIGINT or SIGTERM, finishing what is begun.

    Args:
        url: postgresql:// URL.
        handlers: what to do.
        dead_after: seconds without a heartbeat after which a worker counts as dead.
        once: sanitise what waits, deliver what is due, return.
    """
    options: dict[str, Any] = {
        "wait": not once,
        "delete_jobs": "successful",
        "concurrency": 1,
        "update_heartbeat_interval": max(dead_after / 3, 1),
        "stalled_worker_timeout": float(dead_after),
        "listen_notify": False,
        "fetch_job_polling_interval": LOOK_SECONDS,
        "install_signal_handlers": False,
    }
    app = _app(handlers, dead_after)
    async with _pool(url) as pool, app.open_async(pool):
        if once:
            await app.run_worker_async(**options)
            await _deliver(handlers)
        else:
            await _until_told_to_stop(app.run_worker_async(**options), _keep_delivering(handlers))


async def prepare(url: str) -> bool:
    """Create the queue's tables if they are not there; say whether they were created."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    async with app.open_async():
        row = await app.connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') AS found")
        if row["found"]:
            return False
        await SchemaManager(app.connector).apply_schema_async()
        return True


def _pool(url: str) -> psycopg_pool.AsyncConnectionPool:
    """Return a pool that does not try a connection before each use, as Procrastinate's own would.

    A connection that the database closed costs one failed look, and the next one gets a new connection.
    """
    return psycopg_pool.AsyncConnectionPool(url, min_size=1, max_size=4, open=False)


def _app(handlers: Handlers, dead_after: int) -> procrastinate.App:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector())

    @app.task(name="sanitise", queue=QUEUES["sanitise"])
    def sanitise(object_id: str) -> None:
        handlers.sanitise(object_id)

    # No lock here: a lock held by the job of a dead worker would keep out the very task that sets it free.
    @app.periodic(cron=EVERY_FEW_SECONDS)
    @app.task(name="upkeep", queue=UPKEEP, queueing_lock=UPKEEP, priority=1)
    async def upkeep(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes the time that was planned
        await _return_jobs_of_the_dead(app, dead_after)
        await asyncio.to_thread(handlers.upkeep)

    @app.periodic(cron="17 3 * * *")
    @app.task(name="forget_old_jobs", queue=UPKEEP, queueing_lock="forget_old_jobs")
    async def forget_old_jobs(timestamp: int) -> None:  # noqa: ARG001  # the same
        await app.job_manager.delete_old_jobs(nb_hours=KEEP_FAILED_HOURS, include_failed=True)

    return app


async def _keep_delivering(handlers: Handlers) -> None:
    """Look for what is due; while there is something, several attempts are made at once."""
    while True:
        if await _deliver_next(handlers):
            await asyncio.gather(*(_deliver(handlers) for _ in range(DELIVERIES_AT_ONCE)))
        await asyncio.sleep(LOOK_SECONDS)


async def _deliver(handlers: Handlers) -> None:
    """Deliver until nothing is due."""
    while await _deliver_next(handlers):
        pass


async def _deliver_next(handlers: Handlers) -> bool:
    """Make one attempt; one that was begun is finished even when we are told to stop."""
    return await asyncio.shield(asyncio.to_thread(handlers.deliver_next))


async def _until_told_to_stop(*work: Any) -> None:
    # A cancelled worker takes no new job, finishes what it began, and says goodbye to the database.
    running = asyncio.gather(*work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running


async def _return_jobs_of_the_dead(app: procrastinate.App, dead_after: int) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The sweep was quicker and another job waits for the same complaint: this one is of no use any more.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
