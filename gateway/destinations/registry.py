"""Which kinds of destinations there are, and the senders for those in force."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from gateway.core.errors import Fault, SettingsError
from gateway.core.policy import DestinationPolicy
from gateway.core.records import OutboxMessage
from gateway.destinations import webhook


class Sender(Protocol):
    """What `build` of every kind returns: the port `Sender` of the use cases."""

    def send(self, message: OutboxMessage, now: datetime) -> str:
        """Deliver `message` and return the outcome's machine word; raises DeliveryError."""


KINDS: dict[str, Callable[[DestinationPolicy, str], Sender]] = {
    "webhook": webhook.build,
}
"""The kinds of `core.policy.DESTINATION_KINDS`, each with the function that builds its sender."""


def senders(destinations: Mapping[str, DestinationPolicy], secrets: Mapping[str, str]) -> dict[str, Sender]:
    """Return a sender for each of `destinations`.

    Args:
        destinations: by name.
        secrets: destination name in capitals → secret.

    Raises:
        SettingsError: secrets are missing or malformed; names every environment variable, no value.
    """
    built, faults = dict[str, Sender](), list[Fault]()
    for name, destination in destinations.items():
        try:
            built[name] = KINDS[destination.kind](destination, secrets.get(name.upper(), ""))
        except SettingsError as error:
            faults += error.faults
    if faults:
        raise SettingsError(faults)
    return built
