"""`gateway users`: the accounts of the office."""

import json

import click

from gateway.core.staff import User
from gateway.services.office import office_services
from gateway.settings import load_settings
from gateway.usecases.add_user import add_user
from gateway.usecases.look_after_users import list_users, reset_password, set_user_disabled

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def users() -> None:
    """List, add, disable, enable accounts of the office, and give new passwords.

    The gateway must be running, or its database must. What an account may do follows from its role; policies/roles.yaml
    says what each role may do.
    """


@users.command("list")
@AS_JSON
def list_(*, as_json: bool) -> None:
    """List every account with its role."""
    with office_services(load_settings()) as services:
        accounts = list_users(services)
    if as_json:
        click.echo(json.dumps([_row(user) for user in accounts]))
        return
    width = max((len(user.username) for user in accounts), default=0)
    for user in accounts:
        click.echo(f"{user.username:<{width}}  {user.role:<20}  {_in_words(user)}")


@users.command()
@click.argument("username")
@click.option("--role", required=True, help="A role of policies/roles.yaml.")
@AS_JSON
def add(username: str, role: str, *, as_json: bool) -> None:
    """Add an account and print its one-time password, which is shown only now."""
    with office_services(load_settings()) as services:
        password = add_user(username, role, services)
    _show_password(username, password, as_json=as_json)


@users.command()
@click.argument("username")
@AS_JSON
def reset(username: str, *, as_json: bool) -> None:
    """Give an account a new one-time password, shown only now, and end its sessions."""
    with office_services(load_settings()) as services:
        password = reset_password(username, services)
    _show_password(username, password, as_json=as_json)


@users.command()
@click.argument("username")
@AS_JSON
def disable(username: str, *, as_json: bool) -> None:
    """Close an account and end its sessions."""
    _set_disabled(username, disabled=True, as_json=as_json)


@users.command()
@click.argument("username")
@AS_JSON
def enable(username: str, *, as_json: bool) -> None:
    """Open a disabled account again; its password is the one that it had."""
    _set_disabled(username, disabled=False, as_json=as_json)


def _set_disabled(username: str, *, disabled: bool, as_json: bool) -> None:
    with office_services(load_settings()) as services:
        set_user_disabled(username, services, disabled=disabled)
    state = "disabled" if disabled else "enabled"
    click.echo(json.dumps({"username": username, "disabled": disabled}) if as_json else f"{username} is {state}")


def _show_password(username: str, password: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"username": username, "one_time_password": password}))
        return
    click.echo(f"One-time password of {username}, shown only now:\n\n    {password}\n")
    click.echo("It asks for a password of their own at the first sign-in.")


def _row(user: User) -> dict[str, object]:
    return {
        "username": user.username,
        "role": user.role,
        "disabled": user.disabled,
        "must_change_password": user.must_change,
    }


def _in_words(user: User) -> str:
    if user.disabled:
        return "disabled"
    return "has not chosen a password yet" if user.must_change else "active"
