"""One database transaction, with a repository for each table group; see `usecases.ports.Transaction`."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, create_engine, make_url
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from gateway.core.errors import StorageUnavailableError
from gateway.store.complaints import SqlComplaints
from gateway.store.log import SqlLog
from gateway.store.originals import SqlOriginals
from gateway.store.outbox import SqlOutbox
from gateway.store.records import SqlRecords
from gateway.store.staff import SqlStaff

JobsOn = Callable[[psycopg.Connection[Any]], Any]
"""Gives the queue that defers on this very connection, so that jobs roll back with everything else."""


class SqlTransaction:
    """Implements `usecases.ports.Transaction` on one connection."""

    def __init__(self, connection: Connection, jobs_on: JobsOn) -> None:
        self.complaints = SqlComplaints(connection)
        self.originals = SqlOriginals(connection)
        self.records = SqlRecords(connection)
        self.outbox = SqlOutbox(connection)
        self.log = SqlLog(connection)
        self.staff = SqlStaff(connection)
        self.jobs = jobs_on(cast("psycopg.Connection[Any]", connection.connection.driver_connection))


ASYNCHRONOUS = {"options": "-c synchronous_commit=off"}


def engine_for(url: str, *, connections: int = 10, ping: bool = True, durable: bool = True) -> Engine:
    """Return an engine for a postgresql:// URL.

    Args:
        url: begins with postgresql://.
        connections: at most so many.
        ping: try a connection before each use, so that nobody meets one that the database closed; a worker does
            without, because its work is tried again anyway.
        durable: a commit waits until it is on disk. Without, the last half second may be lost when the database's
            machine fails, and nothing else: for work that is done again if its outcome was lost.
    """
    return create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        pool_pre_ping=ping,
        hide_parameters=True,  # an error message must not carry what was stored
        connect_args={"connect_timeout": 5, "application_name": "gateway"} | ({} if durable else ASYNCHRONOUS),
    )


def transactions(engine: Engine, jobs_on: JobsOn) -> Callable[[], AbstractContextManager[SqlTransaction]]:
    """Return the `transaction` of `usecases.ports.Services`: commits on leaving, rolls back on an exception.

    Raises (on use):
        StorageUnavailableError: the database cannot be reached, or did not commit.
    """

    @contextmanager
    def transaction() -> Iterator[SqlTransaction]:
        try:
            with engine.begin() as connection:
                yield SqlTransaction(connection, jobs_on)
        except (OperationalError, PoolTimeoutError) as fault:
            raise StorageUnavailableError("the database cannot be reached") from fault
        except DBAPIError as fault:
            if fault.connection_invalidated:
                raise StorageUnavailableError(
                    "the database went away; what was under way may not have been stored"
                ) from fault
            raise

    return transaction
