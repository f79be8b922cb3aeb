import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from gateway.cli.doctor import CHECKS, doctor
from gateway.settings import Settings

Lines = dict[str, dict[str, str]]


@pytest.fixture
def look(home: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, Lines]]:
    """Return a function that runs `gateway doctor --json` and returns its exit status and its lines by part."""
    monkeypatch.setenv("GATEWAY_HOME", str(home.home))
    monkeypatch.setenv("GATEWAY_POLICIES", str(home.policies))

    def run(**variables: str) -> tuple[int, Lines]:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        result = CliRunner().invoke(doctor, ["--json"])
        assert result.stdout, result.exception
        assert not any(value in result.stdout for value in variables.values())
        return result.exit_code, {line["part"]: line for line in json.loads(result.stdout)}

    return run


def test_a_home_in_order_is_good_but_for_the_worker_that_does_not_run(look: Callable[..., tuple[int, Lines]]) -> None:
    status, lines = look()
    assert status == 0
    assert {part: line["state"] for part, line in lines.items()} == {
        **dict.fromkeys(CHECKS, "good"),
        "queue": "warning",
    }
    assert lines["queue"]["cure"] == "start a worker: gateway worker"


@pytest.mark.parametrize(
    ("variable", "value", "bad"),
    [
        ("GATEWAY_SECRET_SANDBOX", "whsec_dG9vIHNob3J0", {"secrets"}),
        ("GATEWAY_POLICIES", "/proc/nowhere", {"policies", "secrets"}),
        ("GATEWAY_DATABASE_URL", "postgresql://u:keepsecret@127.0.0.1:9/x", {"database", "queue", "clock"}),
    ],
)
def test_what_is_wrong_is_a_line_with_a_cure_and_the_rest_is_still_looked_at(
    variable: str, value: str, bad: set[str], look: Callable[..., tuple[int, Lines]]
) -> None:
    status, lines = look(**{variable: value})
    assert status == 1
    assert set(lines) == set(CHECKS)
    assert {part for part, line in lines.items() if line["state"] == "bad"} == bad
    assert all(lines[part]["cure"] for part in bad)


def test_a_home_that_does_not_exist_is_not_made(
    home: Settings, look: Callable[..., tuple[int, Lines]], monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = home.home.with_name("never-made")
    monkeypatch.setenv("GATEWAY_HOME", str(nowhere))
    status, lines = look()
    assert (status, lines["keys"]["cure"]) == (1, "start the gateway once: gateway run")
    assert not nowhere.exists()
