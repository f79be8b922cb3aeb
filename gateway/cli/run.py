"""`gateway run`: everything on this machine, until Ctrl-C."""

import fcntl
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gateway.cli.supervision import Child, Family
from gateway.core.errors import SupervisionError
from gateway.policies.load import load_policies
from gateway.services.parts import database
from gateway.services.preparation import Prepared, prepare
from gateway.settings import Settings, load_settings

LOOK_SECONDS = 0.5


@click.command()
def run() -> None:
    """Run everything on this machine: database, intake, office, worker, sandbox receiver.

    The first start makes a home (GATEWAY_HOME, default var/) with keys, database and first accounts, and shows
    their one-time passwords once. Later starts take seconds and change nothing. Ctrl-C stops cleanly.
    """
    settings = load_settings()
    load_policies(settings.policies)
    with run_lock(settings.home), database(settings):
        prepared = prepare(settings)
        family = Family(children_of(settings))
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        try:
            family.start()
            family.wait_until_ready()
            _welcome(settings, prepared)
            while not stop.wait(LOOK_SECONDS):
                for name in family.restart_the_dead():
                    click.echo(f"the {name} ended and was started again", err=True)
        finally:
            click.echo("stopping …", err=True)
            family.stop()
    click.echo("stopped; nothing is lost", err=True)


def children_of(settings: Settings) -> list[Child]:
    """Return the processes that make up a gateway."""
    children = [
        Child("intake", ("intake",), f"http://{settings.intake_bind}/healthz"),
        Child("office", ("office",), f"http://{settings.office_bind}/healthz"),
    ]
    if settings.embedded:
        children.append(Child("sandbox receiver", ("sandbox",), f"http://{settings.sandbox_bind}/healthz"))
    return children + [Child(f"worker {n + 1}", ("worker",)) for n in range(settings.worker_processes)]


@contextmanager
def run_lock(home: Path) -> Iterator[None]:
    """Let one `gateway run` at a time use a home."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "run.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisionError(
                f"a gateway runs in {home} already; stop it, or choose another GATEWAY_HOME"
            ) from None
        yield


def _welcome(settings: Settings, prepared: Prepared) -> None:
    lines = [
        "",
        f"  ready   complain here         http://{settings.intake_bind}/",
        f"          staff sign in here    http://{settings.office_bind}/",
    ]
    if settings.embedded:
        lines.append(f"          what was passed on    http://{settings.sandbox_bind}/")
    if prepared.users:
        lines += ["", "  One-time passwords, shown only now; each asks for a new password at the first sign-in:", ""]
        lines += [f"          {username:<20} {password}   ({role})" for username, role, password in prepared.users]
    click.echo("\n".join([*lines, "", "  Ctrl-C stops.", ""]))
