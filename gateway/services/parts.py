"""Parts that every surface is put together from.

What a surface does not have is `Absent`: it says so the moment it is touched, so a missing key is never worked around.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import NoReturn

from gateway.core.errors import GatewayError, SupervisionError
from gateway.core.policy import DestinationPolicy, PolicySet
from gateway.jobs.queue import Queue
from gateway.sealing.keyrings import file as keyring
from gateway.settings import Settings
from gateway.store import embedded, schema
from gateway.store.transactions import SqlTransaction, engine_for, transactions

SANDBOX_SECRET = "sandbox.secret"  # noqa: S105  # the name of a file


class AbsentError(GatewayError):
    """A surface reached for something that it must not have."""


class Absent:
    """Stands for a part that a surface does not have."""

    def __init__(self, part: str, surface: str) -> None:
        self._sentence = f"the {surface} has no {part}"

    def __getattr__(self, name: str) -> NoReturn:
        """Refuse every use."""
        raise AbsentError(self._sentence)


def clock() -> datetime:
    """Return the time, aware."""
    return datetime.now(UTC)


@contextmanager
def database(settings: Settings, *, alone: bool = False) -> Iterator[str]:
    """Yield the database's URL; starts the embedded one if it does not run, and stops it if it was started here.

    With `alone`, nobody else can be using the embedded one, and it is stopped in any case.
    """
    if settings.embedded:
        with embedded.running(settings.home, alone=alone) as url:
            yield url
    else:
        yield settings.database_url


def restart_dead_database(settings: Settings) -> bool:
    """Start the embedded database if it ended; say whether it had.

    Raises:
        SupervisionError: it does not start.
    """
    return settings.embedded and embedded.start_again(settings.home)


def database_url(settings: Settings) -> str:
    """Return the URL of the database that runs.

    Raises:
        SupervisionError: the embedded one does not run.
    """
    url = settings.database_url or embedded.url_of(settings.home)
    if url is None:
        raise SupervisionError("the embedded database does not run; start the gateway with: gateway run")
    return url


@contextmanager
def opened(
    url: str, *, ping: bool = True, durable: bool = True
) -> Iterator[Callable[[], AbstractContextManager[SqlTransaction]]]:
    """Yield the `transaction` of `Services`; closes the connections at the end.

    Raises:
        SupervisionError: the database has another shape than this version needs.
    """
    engine = engine_for(url, ping=ping, durable=durable)
    try:
        _check_revision(engine)
        yield transactions(engine, Queue().on)
    finally:
        engine.dispose()


def _check_revision(engine: schema.Engine) -> None:
    found, needed = schema.current_revision(engine), schema.newest_revision()
    if found != needed:
        raise SupervisionError(f"the database is at revision {found}, this version needs {needed}: gateway migrate")


def destinations_in_force(settings: Settings, policies: PolicySet) -> dict[str, DestinationPolicy]:
    """Return the destinations by name; those for the embedded default only, there only, at the sandbox's address."""
    return {
        d.name: replace(d, address=f"http://{settings.sandbox_bind}/hook") if d.embedded_only else d
        for d in policies.destinations
        if settings.embedded or not d.embedded_only
    }


def secrets_in_force(settings: Settings) -> dict[str, str]:
    """Return the webhook secrets by destination name in capitals; the sandbox's own comes from its file."""
    path = settings.keys / SANDBOX_SECRET
    sandbox = {"SANDBOX": path.read_text().strip()} if settings.embedded and path.exists() else {}
    return sandbox | settings.secrets


def hash_secret(settings: Settings) -> bytes:
    """Return the secret of the keyed hashes."""
    return keyring.load_hash_secret(settings.keys)
