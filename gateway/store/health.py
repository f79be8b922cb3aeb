"""Questions about the database that `gateway doctor` asks."""

from datetime import datetime

import psycopg

from gateway.core.errors import StorageUnavailableError
from gateway.store import schema
from gateway.store.transactions import engine_for


def revision(url: str) -> str | None:
    """Return the revision that the database is at."""
    engine = engine_for(url, connections=1)
    try:
        return schema.current_revision(engine)
    finally:
        engine.dispose()


def version(url: str) -> str:
    """Return the server's name and version, such as `PostgreSQL 18.1`."""
    return " ".join(str(_ask(url, "SELECT version()")).split()[:2])


def now(url: str) -> datetime:
    """Return the database's time, aware."""
    moment = _ask(url, "SELECT clock_timestamp()")
    if not isinstance(moment, datetime):
        raise StorageUnavailableError("the database does not tell the time")
    return moment


def _ask(url: str, question: str) -> object:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            row = connection.execute(question.encode()).fetchone()
    except psycopg.OperationalError:
        raise StorageUnavailableError("the database cannot be reached; is it running, is its URL right?") from None
    return row[0] if row else None
