"""The parts for delivering: the senders and their secrets. No key that opens anything, and no detector."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import cast
from uuid import UUID

from gateway.core.leakgate import strings_in
from gateway.core.notice import as_json_ld
from gateway.core.policy import DestinationPolicy, PolicySet
from gateway.destinations.registry import senders
from gateway.jobs.worker import Handlers
from gateway.policies.load import load_policies
from gateway.sealing.hashes import HmacHashes
from gateway.services.parts import (
    Absent,
    clock,
    database_url,
    destinations_in_force,
    hash_secret,
    opened,
    secrets_in_force,
)
from gateway.settings import Settings
from gateway.usecases.deliver import claim_due, deliver
from gateway.usecases.keep_moving import keep_moving, number_log
from gateway.usecases.ports import Detector, Opener, Passwords, Sealer, Services
from gateway.usecases.sanitise import sanitise_complaint


@contextmanager
def delivery_services(settings: Settings) -> Iterator[Services]:
    """Yield what a worker may reach that only delivers.

    Raises:
        SettingsError: a destination has no secret, or a malformed one; names every variable.
    """
    with line_services(settings) as services:
        yield replace(services, senders=senders(services.destinations, secrets_in_force(settings)))


def check_secrets(settings: Settings) -> None:
    """Raise a SettingsError if a destination has no secret, or a malformed one."""
    senders(destinations_in_force(settings, load_policies(settings.policies)), secrets_in_force(settings))


@contextmanager
def line_services(settings: Settings) -> Iterator[Services]:
    """Yield what everything behind the intake needs: no key, no detector, no sender.

    Its commits need not wait for the disk. What is lost with the database's machine is done again from the sealed
    original, which the intake did wait for, and what goes out twice goes out under the same id.
    """
    policies = load_policies(settings.policies)
    destinations = destinations_in_force(settings, policies)
    with opened(database_url(settings), ping=False, durable=False) as transaction:
        yield Services(
            clock=clock,
            source=settings.public_url,
            policies=policies,
            transaction=transaction,
            hashes=HmacHashes(hash_secret(settings)),
            sealer=cast("Sealer", Absent("sealer", "worker")),
            pipeline=cast("Opener", Absent("private key", "delivering worker")),
            detector=cast("Detector", Absent("detector", "delivering worker")),
            destinations=destinations,
            own_words=own_words(destinations, policies),
            senders={},
            passwords=cast("Passwords", Absent("staff passwords", "worker")),
        )


def own_words(destinations: Mapping[str, DestinationPolicy], policies: PolicySet) -> dict[str, frozenset[str]]:
    """Return the strings that the notice puts into every message, by destination."""
    return {
        name: frozenset(strings_in(as_json_ld(policies.notices[destination.notice], name)))
        for name, destination in destinations.items()
    }


def handlers(services: Services) -> Handlers:
    """Return what a worker process does for each task."""

    def upkeep() -> None:
        keep_moving(services)
        number_log(services)

    return Handlers(
        sanitise=lambda complaint_id: sanitise_complaint(UUID(complaint_id), services),
        claim_due=lambda limit: [partial(deliver, claimed, services) for claimed in claim_due(services, limit)],
        upkeep=upkeep,
    )
