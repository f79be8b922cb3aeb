"""Each surface gets the keys and secrets that it needs, and no others."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gateway.core.errors import GatewayError, SettingsError
from gateway.services.delivery import check_secrets, delivery_services
from gateway.services.office import office_services
from gateway.services.worker import sanitising_services
from gateway.settings import Settings

HELPDESK = """
  helpdesk:
    kind: webhook
    address: https://helpdesk.example.com/hooks/complaints
    profile: internal
    notice: service-handling
    events: [complaint.sanitised]
"""


@pytest.fixture
def with_helpdesk(home: Settings, tmp_path: Path) -> Settings:
    """Return the settings of a gateway with a real destination, whose secret is not set."""
    policies = tmp_path / "policies"
    shutil.copytree(home.policies, policies)
    destinations = policies / "destinations.yaml"
    destinations.write_text(destinations.read_text() + HELPDESK)
    return replace(home, policies=policies)


def test_who_only_sanitises_needs_no_destinations_secret_and_cannot_send(with_helpdesk: Settings) -> None:
    with sanitising_services(with_helpdesk) as services:
        assert set(services.destinations) == {"helpdesk", "sandbox"}
        assert services.senders == {}


def test_a_destination_without_its_secret_is_named_before_anything_is_served(with_helpdesk: Settings) -> None:
    with pytest.raises(SettingsError, match="GATEWAY_SECRET_HELPDESK"):
        check_secrets(with_helpdesk)


def test_who_only_delivers_holds_neither_key_nor_detector(home: Settings) -> None:
    with delivery_services(home) as services:
        assert set(services.senders) == {"sandbox"}
        with pytest.raises(GatewayError, match="the delivering worker has no private key"):
            services.pipeline.open(None)
        with pytest.raises(GatewayError, match="the delivering worker has no detector"):
            services.detector.find("", "en", {})


def test_the_office_cannot_open_what_the_pipeline_can(home: Settings) -> None:
    with office_services(home) as services, pytest.raises(GatewayError, match="the office has no pipeline key"):
        services.pipeline.open(None)
