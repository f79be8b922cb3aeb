"""Running jobs: what a worker process does all day.

Procrastinate does not give back the jobs of a worker that was killed; `_return_jobs_of_the_dead` does.
"""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status
from procrastinate.schema import SchemaManager

from gateway.jobs.queue import QUEUES

UPKEEP = "upkeep"
DELIVERIES_AT_ONCE = 4
KEEP_FAILED_HOURS = 14 * 24
EVERY_FEW_SECONDS = "* * * * * */5"
"""Cron with seconds as its sixth field."""


@dataclass(frozen=True, kw_only=True)
class Handlers:
    """What to do for each task; ids in, nothing out."""

    sanitise: Callable[[str], None]
    deliver: Callable[[str], None]
    upkeep: Callable[[], None]


async def work(url: str, handlers: Handlers, *, dead_after: int, once: bool = False) -> None:
    """Run jobs until SIGINT or SIGTERM (or, with `once`, until none is left), finishing what is begun.

    Args:
        url: postgresql:// URL.
        handlers: run in threads, so that they may block.
        dead_after: seconds without a heartbeat after which a worker counts as dead.
        once: sanitise what waits, deliver what waits, return.
    """
    app = _app(url, handlers, dead_after)
    beat = max(dead_after / 3, 1)
    common: dict[str, Any] = {
        "wait": not once,
        "delete_jobs": "successful",
        "update_heartbeat_interval": beat,
        "stalled_worker_timeout": float(dead_after),
        "listen_notify": True,
        "fetch_job_polling_interval": 5.0,
        "install_signal_handlers": False,
    }
    sanitising = {"queues": [QUEUES["sanitise"]], "concurrency": 1, "name": "sanitising"}
    delivering = {"queues": [QUEUES["deliver"], UPKEEP], "concurrency": DELIVERIES_AT_ONCE, "name": "delivering"}
    async with app.open_async():
        if once:
            await app.run_worker_async(**sanitising, **common)
            await app.run_worker_async(**delivering, **common)
        else:
            both = (app.run_worker_async(**one, **common) for one in (sanitising, delivering))
            await _until_told_to_stop(asyncio.gather(*both))


async def _until_told_to_stop(running: "asyncio.Future[Any]") -> None:
    # Cancelled workers take no new job, finish what they began, and say goodbye to the database.
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, running.cancel)
    with suppress(asyncio.CancelledError):
        await running


async def prepare(url: str) -> bool:
    """Create the queue's tables if they are not there; say whether they were created."""
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))
    async with app.open_async():
        row = await app.connector.execute_query_one_async("SELECT to_regclass('procrastinate_jobs') AS found")
        if row["found"]:
            return False
        await SchemaManager(app.connector).apply_schema_async()
        return True


def _app(url: str, handlers: Handlers, dead_after: int) -> procrastinate.App:
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=8))

    @app.task(name="sanitise", queue=QUEUES["sanitise"])
    def sanitise(object_id: str) -> None:
        handlers.sanitise(object_id)

    @app.task(name="deliver", queue=QUEUES["deliver"])
    def deliver(object_id: str) -> None:
        handlers.deliver(object_id)

    # No lock here: a lock held by the job of a dead worker would keep out the very task that sets it free.
    @app.periodic(cron=EVERY_FEW_SECONDS)
    @app.task(name="upkeep", queue=UPKEEP, queueing_lock=UPKEEP)
    async def upkeep(timestamp: int) -> None:  # noqa: ARG001  # Procrastinate passes the time that was planned
        await _return_jobs_of_the_dead(app, dead_after)
        await asyncio.to_thread(handlers.upkeep)

    @app.periodic(cron="17 3 * * *")
    @app.task(name="forget_old_jobs", queue=UPKEEP, queueing_lock="forget_old_jobs")
    async def forget_old_jobs(timestamp: int) -> None:  # noqa: ARG001  # the same
        await app.job_manager.delete_old_jobs(nb_hours=KEEP_FAILED_HOURS, include_failed=True)

    return app


async def _return_jobs_of_the_dead(app: procrastinate.App, dead_after: int) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after):
        try:
            await app.job_manager.retry_job(job)
        except UniqueViolation:
            # The sweep was quicker and another job waits for the same object: this one is of no use any more.
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)
