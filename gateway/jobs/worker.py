"""What a worker process does all day: sanitise what the queue holds, deliver what the outbox holds, look after both.

Procrastinate does not give back the jobs of a worker that was killed; `_return_jobs_of_the_dead` does.
"""

import asyncio
import logging
import signal
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import procrastinate
import psycopg_pool
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from gateway.core.errors import StorageUnavailableError, place_of
from gateway.jobs.queue import QUEUES

_logger = logging.getLogger(__name__)

UPKEEP = "upkeep"
DELIVERIES_AT_ONCE = 4
LOOK_SECONDS = 0.5
"""How often an idle worker looks for work. Being notified of every job costs more than it gains: see docs/decisions."""
KEEP_FAILED_HOURS = 14 * 24
EVERY_FEW_SECONDS = "* * * * * */5"
"""Cron with seconds as its sixth field."""


class Part(StrEnum):
    """What a worker may be told to do alone."""

    SANITISE = "sanitise"
    DELIVER = "deliver"


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """What to do; each is run in a thread, so that it may block.

    Attributes:
        sanitise: takes a complaint's id.
        claim_due: claims up to so many messages and returns the attempts to make, each to be called once.
        upkeep: whatever is to be done every few seconds.
    """

    sanitise: Callable[[str], None]
    claim_due: Callable[[int], list[Callable[[], None]]]
    upkeep: Callable[[], None]


async def work(
    url: str, handlers: Handlers, *, dead_after: int, once: bool = False, parts: Collection[Part] = tuple(Part)
) -> None:
    """Work until SIGINT or SIGTERM, finishing what is begun.

    Args:
        url: postgresql:// URL.
        handlers: what to do.
        dead_after: seconds without a heartbeat after which a worker counts as dead.
        once: sanitise what waits, deliver what is due, return.
        parts: what to do of both. Two processes with one part each are quicker than one with both, because Python
            runs one thread at a time.
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
            await _deliver_what_is_due(handlers)
            return
        stopping = _told_to_stop()
        doing = []
        if Part.SANITISE in parts:
            doing.append(_keep_sanitising(app, options, stopping))
        if Part.DELIVER in parts:
            doing.append(_keep_delivering(handlers, stopping))
        await asyncio.gather(*doing)


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
    # A change of a job's state may be lost when the database's machine fails: the job is then done again, and finds
    # nothing left to do. So nobody waits for the disk here.
    options = {"options": "-c synchronous_commit=off"}
    return psycopg_pool.AsyncConnectionPool(url, kwargs=options, min_size=1, max_size=4, open=False)


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


async def _keep_delivering(handlers: Handlers, stopping: asyncio.Event) -> None:
    """Make up to `DELIVERIES_AT_ONCE` attempts at the same time until told to stop; what was begun is finished."""
    busy: set[asyncio.Task[None]] = set()
    while not stopping.is_set():
        attempts = await _claimed(handlers, DELIVERIES_AT_ONCE - len(busy))
        busy |= {asyncio.create_task(asyncio.to_thread(attempt)) for attempt in attempts}
        if busy:
            busy = await _first_done(busy, wait=len(busy) == DELIVERIES_AT_ONCE or not attempts)
        else:
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_SECONDS)
    if busy:
        await asyncio.wait(busy)


async def _deliver_what_is_due(handlers: Handlers) -> None:
    while attempts := await _claimed(handlers, DELIVERIES_AT_ONCE):
        for attempt in attempts:
            await asyncio.to_thread(attempt)


async def _claimed(handlers: Handlers, limit: int) -> list[Callable[[], None]]:
    """Return the attempts to make; none while the database is away."""
    try:
        return await asyncio.to_thread(handlers.claim_due, limit)
    except StorageUnavailableError as fault:
        _logger.warning("cannot look for messages: %s", fault)
        await asyncio.sleep(LOOK_SECONDS)
        return []


async def _first_done(busy: set[asyncio.Task[None]], *, wait: bool) -> set[asyncio.Task[None]]:
    """Return the attempts that still run, after waiting for one to end, or for the time to look again."""
    if wait:
        await asyncio.wait(busy, timeout=LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in [one for one in busy if one.done()]:
        if fault := task.exception():
            _logger.error("a delivery failed: %s; it is due again when its lease is over", type(fault).__name__)
    return {one for one in busy if not one.done()}


async def _keep_sanitising(app: procrastinate.App, options: dict[str, Any], stopping: asyncio.Event) -> None:
    """Run the queue's worker until told to stop; begin again when the database was away."""
    while not stopping.is_set():
        running = asyncio.create_task(app.run_worker_async(**options))
        told = asyncio.create_task(stopping.wait())
        await asyncio.wait({running, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        # A cancelled worker takes no new job, finishes what it began, and says goodbye to the database.
        running.cancel()
        try:
            await running
        except asyncio.CancelledError:
            pass
        except Exception as fault:  # noqa: BLE001  # whatever it was, the jobs are in the database and we try again
            _logger.warning("cannot look for jobs: %s", place_of(fault))
            await asyncio.sleep(LOOK_SECONDS)


def _told_to_stop() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    return stopping


async def _return_jobs_of_the_dead(app: procrastinate.App, dead_after: int) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The sweep was quicker and another job waits for the same complaint: this one is of no use any more.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
