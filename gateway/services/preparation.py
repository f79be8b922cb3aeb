"""Makes a home ready: keys, tables, first accounts. Doing it again changes nothing."""

import asyncio
import base64
import secrets
from dataclasses import dataclass

from gateway.core.log import AccessLogEntry, Action, Actor
from gateway.jobs import worker as jobs_worker
from gateway.sealing.keyrings import file as keyring
from gateway.services.office import office_services
from gateway.services.parts import SANDBOX_SECRET, clock, database_url, opened
from gateway.settings import Settings
from gateway.store import embedded, schema
from gateway.store.transactions import engine_for
from gateway.usecases.add_user import create_first_users


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What was made.

    Attributes:
        keys: names of the key files that were created.
        users: (username, role, one-time password) of the accounts that were created.
    """

    keys: list[str]
    users: list[tuple[str, str, str]]


def migrate(settings: Settings) -> tuple[str | None, str]:
    """Bring the tables and the queue's tables to this version; return the revision before and after."""
    url = database_url(settings)
    engine = engine_for(url, connections=1)
    try:
        revisions = schema.migrate(engine)
    finally:
        engine.dispose()
    asyncio.run(jobs_worker.prepare(url))
    return revisions


def prepare(settings: Settings) -> Prepared:
    """Create missing keys, migrate, and create the first accounts; needs the database to run."""
    created = keyring.create_missing_keys(settings.keys)
    if settings.embedded:
        created += _create_sandbox_secret(settings)
    migrate(settings)
    _log_created(settings, created)
    with office_services(settings) as services:
        users = create_first_users(services)
    return Prepared(keys=created, users=users)


def _create_sandbox_secret(settings: Settings) -> list[str]:
    path = settings.keys / SANDBOX_SECRET
    if path.exists():
        return []
    embedded.write_secret(path, "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode("ascii"))
    return [SANDBOX_SECRET]


def _log_created(settings: Settings, created: list[str]) -> None:
    with opened(database_url(settings)) as transaction, transaction() as tx:
        for name in created:
            tx.log.append(AccessLogEntry(at=clock(), action=Action.KEY_CREATE, actor=Actor.OPERATOR, object_id=name))
