"""A worker's parts: the pipeline's private key and the detector, beside what delivering needs.

It cannot open what the archive holds.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from gateway.core.policy import PolicySet
from gateway.core.sealed import KeyRole
from gateway.detection.engine import PresidioDetector
from gateway.policies.load import load_policies
from gateway.sealing.envelope import EnvelopeOpener
from gateway.sealing.keyrings import file as keyring
from gateway.services.delivery import delivery_services, line_services
from gateway.settings import Settings
from gateway.usecases.ports import Detector, Services


@contextmanager
def worker_services(settings: Settings, detector: Detector | None = None) -> Iterator[Services]:
    """Yield what a worker may reach that sanitises and delivers; `detector` if one is at hand already."""
    with delivery_services(settings) as services:
        yield _able_to_sanitise(services, settings, detector)


@contextmanager
def sanitising_services(settings: Settings) -> Iterator[Services]:
    """Yield what a worker may reach that only sanitises: it sends nothing, so it has no destination's secret."""
    with line_services(settings) as services:
        yield _able_to_sanitise(services, settings, None)


def _able_to_sanitise(services: Services, settings: Settings, detector: Detector | None) -> Services:
    return replace(
        services,
        pipeline=EnvelopeOpener(KeyRole.PIPELINE, keyring.load_private_keys(settings.keys, KeyRole.PIPELINE)),
        detector=detector or PresidioDetector(services.policies.redaction),
    )


def detection_only(settings: Settings) -> tuple[Detector, PolicySet]:
    """Return the detector and the policies, without database or keys."""
    policies = load_policies(settings.policies)
    return PresidioDetector(policies.redaction), policies
