"""Deferring jobs: Procrastinate on the connection of the transaction that the job belongs to."""

from contextlib import suppress
from typing import Any

import procrastinate
import psycopg
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer

QUEUES = {"sanitise": "sanitising"}
"""Task → queue."""


class Queue:
    """Defers jobs; holds no connection of its own."""

    def __init__(self) -> None:
        self._app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector())

    def on(self, connection: psycopg.Connection[Any]) -> "JobsOnConnection":
        """Return the `usecases.ports.Jobs` whose jobs commit and roll back with `connection`."""
        return JobsOnConnection(self._app, connection)


class JobsOnConnection:
    """Implements `usecases.ports.Jobs` on one connection."""

    def __init__(self, app: procrastinate.App, connection: psycopg.Connection[Any]) -> None:
        self._app = app
        self._connection = connection

    def defer(self, task: str, object_id: str) -> None:
        """Defer `task` for an object that is new in this transaction."""
        self._deferrer(task, object_id).defer(object_id=object_id)

    def defer_again(self, task: str, object_id: str) -> None:
        """Defer `task` for an object whose job may be lost; a job that waits still is not doubled."""
        # The savepoint keeps the transaction usable when the job waits already.
        with suppress(AlreadyEnqueued), self._connection.transaction():
            self._deferrer(task, object_id).defer(object_id=object_id)

    def _deferrer(self, task: str, object_id: str) -> JobDeferrer:
        return self._app.configure_task(
            task, queue=QUEUES[task], queueing_lock=f"{task}:{object_id}", connection=self._connection
        )
