"""Bringing the database to the shape that this version needs (Alembic)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import OperationalError

from gateway.core.errors import StorageUnavailableError
from gateway.store.tables import metadata

__all__ = ["Engine", "current_revision", "differences", "migrate", "newest_revision"]

_MIGRATING = 0x6D696721
"""Key of the advisory lock that lets one process migrate at a time."""


def migrate(engine: Engine) -> tuple[str | None, str]:
    """Run the migrations that are missing; return the revision before and after.

    Raises:
        StorageUnavailableError: the database cannot be reached.
    """
    config = _config()
    with _connected(engine) as connection, connection.begin():
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, newest_revision()


def current_revision(engine: Engine) -> str | None:
    """Return the revision that the database is at.

    Raises:
        StorageUnavailableError: it cannot be reached.
    """
    with _connected(engine) as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str:
    """Return the revision that this version needs."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def differences(engine: Engine) -> list[object]:
    """Return what differs between the database and `gateway.store.tables`; Procrastinate's own tables left out."""

    def ours(name: str | None, kind: str, _: object) -> bool:
        return not (kind == "table" and (name or "").startswith("procrastinate_"))

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": ours, "compare_type": True})
        return list(compare_metadata(context, metadata))


@contextmanager
def _connected(engine: Engine) -> Iterator[Connection]:
    try:
        connection = engine.connect()
    except OperationalError:
        raise StorageUnavailableError("the database cannot be reached; is it running, is its URL right?") from None
    with connection:
        yield connection


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
