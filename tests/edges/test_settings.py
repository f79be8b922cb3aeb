import pytest

from gateway.core.errors import SettingsError
from gateway.settings import load_settings


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "DATABASE_URL", "POLICIES", "INTAKE_BIND", "OFFICE_BIND", "SANDBOX_BIND", "PUBLIC_URL"):
        monkeypatch.delenv(f"GATEWAY_{name}", raising=False)


def test_without_any_variable_everything_is_on_this_machine() -> None:
    settings = load_settings()
    assert settings.embedded
    assert settings.home.name == "var"
    assert settings.policies.name == "policies"
    assert settings.public_url == "http://127.0.0.1:8080"
    assert (settings.office_bind, settings.sandbox_bind) == ("127.0.0.1:8081", "127.0.0.1:8082")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GATEWAY_DATABASE_URL", "mysql://keepsecret@localhost/x"),
        ("GATEWAY_DATABASE_URL", "postgresql://keepsecret@localhost:port/x"),
        ("GATEWAY_DATABASE_URL", "postgresql://keepsecret@[::1/x"),
        ("GATEWAY_DEAD_WORKER_AFTER", "1"),
        ("GATEWAY_INTAKE_BIND", "8080"),
        ("GATEWAY_INTAKE_BIND", "127.0.0.1:99999"),
        ("GATEWAY_OFFICE_BIND", "127.0.0.1:8081 keepsecret"),
        ("GATEWAY_PUBLIC_URL", "complaints.example"),
        ("GATEWAY_PUBLIC_URL", "https://complaints.example/keep secret"),
        ("GATEWAY_SANDBOX_BIND", "keepsecret:"),
        ("GATEWAY_WEB_PROCESSES", "many"),
        ("GATEWAY_WORKER_PROCESSES", "0"),
    ],
)
def test_a_wrong_variable_is_named_and_its_value_is_not(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert [fault.pointer for fault in refused.value.faults] == [name]
    assert value not in str(refused.value)
    assert "keepsecret" not in str(refused.value)


def test_every_wrong_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_WEB_PROCESSES", "0")
    monkeypatch.setenv("GATEWAY_INTAKE_BIND", "nowhere")
    monkeypatch.setenv("GATEWAY_PUBLIC_URL", "nowhere")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert {fault.pointer for fault in refused.value.faults} == {
        "GATEWAY_WEB_PROCESSES",
        "GATEWAY_INTAKE_BIND",
        "GATEWAY_PUBLIC_URL",
    }
