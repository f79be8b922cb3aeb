"""The office's parts: no detector, no pipeline key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from gateway.policies.load import load_policies
from gateway.sealing.hashes import HmacHashes
from gateway.sealing.passwords import Argon2Passwords
from gateway.services.parts import Absent, clock, database_url, destinations_in_force, hash_secret, opened
from gateway.settings import Settings
from gateway.usecases.ports import Detector, Opener, Sealer, Services


@contextmanager
def office_services(settings: Settings) -> Iterator[Services]:
    """Yield what the office may reach."""
    policies = load_policies(settings.policies)
    with opened(database_url(settings)) as transaction:
        yield Services(
            clock=clock,
            source=settings.public_url,
            policies=policies,
            transaction=transaction,
            hashes=HmacHashes(hash_secret(settings)),
            sealer=cast("Sealer", Absent("sealer", "office")),
            pipeline=cast("Opener", Absent("pipeline key", "office")),
            detector=cast("Detector", Absent("detector", "office")),
            destinations=destinations_in_force(settings, policies),
            own_words={},
            senders={},
            passwords=Argon2Passwords(),
        )
