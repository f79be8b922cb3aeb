import json

import pytest
from click.testing import CliRunner, Result

from gateway.cli.users import users
from gateway.core.errors import InvalidAccountError, NotFoundError, SignInRefusedError
from gateway.settings import Settings
from gateway.usecases.ports import Services
from gateway.usecases.sign_in import sign_in


@pytest.fixture
def run(home: Settings, monkeypatch: pytest.MonkeyPatch) -> "Run":
    monkeypatch.setenv("GATEWAY_HOME", str(home.home))
    monkeypatch.setenv("GATEWAY_POLICIES", str(home.policies))
    return Run()


class Run:
    """Calls `gateway users …`."""

    def __call__(self, *arguments: str) -> Result:
        return CliRunner().invoke(users, arguments)

    def json(self, *arguments: str) -> object:
        result = self(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.output)


def test_an_account_is_added_listed_closed_and_opened(run: Run, office: Services) -> None:
    password = run.json("add", "d.osei", "--role", "handler")["one_time_password"]
    assert sign_in("d.osei", password, office)[1].user.role == "handler"
    assert run.json("list") == [
        {"username": "d.osei", "role": "handler", "disabled": False, "must_change_password": True}
    ]

    assert run.json("disable", "d.osei") == {"username": "d.osei", "disabled": True}
    with pytest.raises(SignInRefusedError):
        sign_in("d.osei", password, office)

    assert run.json("enable", "d.osei") == {"username": "d.osei", "disabled": False}
    assert sign_in("d.osei", password, office)


def test_a_new_password_replaces_the_old_one(run: Run, office: Services) -> None:
    old = run.json("add", "d.osei", "--role", "handler")["one_time_password"]
    new = run.json("reset", "d.osei")["one_time_password"]
    with pytest.raises(SignInRefusedError):
        sign_in("d.osei", old, office)
    assert sign_in("d.osei", new, office)


def test_people_read_sentences(run: Run) -> None:
    added = run("add", "d.osei", "--role", "handler").output
    assert added.startswith("One-time password of d.osei, shown only now:\n\n    ")
    password = added.split()[6]
    assert run("list").output == f"d.osei  {'handler':<20}  has not chosen a password yet\n"
    assert run("disable", "d.osei").output == "d.osei is disabled\n"
    assert password not in run("list").output


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("add", "d.osei", "--role", "king"), InvalidAccountError),
        (("reset", "nobody"), NotFoundError),
        (("disable", "nobody"), NotFoundError),
    ],
)
def test_what_cannot_be_done_is_said_by_the_error_that_the_program_prints(
    run: Run, arguments: tuple[str, ...], error: type[Exception]
) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert isinstance(result.exception, error)
    assert result.output == ""
