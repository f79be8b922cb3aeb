"""The intake's parts: public keys only. What it has stored, it cannot read back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from gateway.core.policy import PolicySet
from gateway.policies.load import load_policies
from gateway.sealing.envelope import EnvelopeSealer
from gateway.sealing.hashes import HmacHashes
from gateway.sealing.keyrings import file as keyring
from gateway.services.parts import Absent, clock, database_url, destinations_in_force, hash_secret, opened
from gateway.settings import Settings
from gateway.usecases.ports import Detector, Opener, Passwords, Services


@contextmanager
def intake_services(settings: Settings, policies: PolicySet | None = None) -> Iterator[Services]:
    """Yield what the public surface may reach."""
    policies = policies or load_policies(settings.policies)
    with opened(database_url(settings)) as transaction:
        yield Services(
            clock=clock,
            source=settings.public_url,
            policies=policies,
            transaction=transaction,
            hashes=HmacHashes(hash_secret(settings)),
            sealer=EnvelopeSealer(keyring.load_public_keys(settings.keys)),
            pipeline=cast("Opener", Absent("private key", "intake")),
            detector=cast("Detector", Absent("detector", "intake")),
            destinations=destinations_in_force(settings, policies),
            own_words={},
            senders={},
            passwords=cast("Passwords", Absent("staff passwords", "intake")),
        )
