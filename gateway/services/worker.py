"""A worker's parts: the pipeline's private key, the detector, the senders. It cannot open what the archive holds."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import cast
from uuid import UUID

from gateway.core.leakgate import strings_in
from gateway.core.notice import as_json_ld
from gateway.core.policy import DestinationPolicy, PolicySet
from gateway.core.sealed import KeyRole
from gateway.destinations.registry import senders
from gateway.detection.engine import PresidioDetector
from gateway.jobs.worker import Handlers
from gateway.policies.load import load_policies
from gateway.sealing.envelope import EnvelopeOpener
from gateway.sealing.hashes import HmacHashes
from gateway.sealing.keyrings import file as keyring
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
from gateway.usecases.deliver import deliver_next
from gateway.usecases.keep_moving import keep_moving, number_log
from gateway.usecases.ports import Detector, Passwords, Sealer, Services
from gateway.usecases.sanitise import sanitise_complaint


@contextmanager
def worker_services(settings: Settings, detector: Detector | None = None) -> Iterator[Services]:
    """Yield what a worker may reach; `detector` if one is at hand already."""
    policies = load_policies(settings.policies)
    destinations = destinations_in_force(settings, policies)
    with opened(database_url(settings), ping=False) as transaction:
        yield Services(
            clock=clock,
            source=settings.public_url,
            policies=policies,
            transaction=transaction,
            hashes=HmacHashes(hash_secret(settings)),
            sealer=cast("Sealer", Absent("sealer", "worker")),
            pipeline=EnvelopeOpener(KeyRole.PIPELINE, keyring.load_private_keys(settings.keys, KeyRole.PIPELINE)),
            detector=detector or PresidioDetector(policies.redaction),
            destinations=destinations,
            own_words=own_words(destinations, policies),
            senders=senders(destinations, secrets_in_force(settings)),
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
        deliver_next=lambda: deliver_next(services),
        upkeep=upkeep,
    )


def detection_only(settings: Settings) -> tuple[Detector, PolicySet]:
    """Return the detector and the policies, without database or keys."""
    policies = load_policies(settings.policies)
    return PresidioDetector(policies.redaction), policies
