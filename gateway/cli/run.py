"""`gateway run`: everything on this machine, until Ctrl-C."""

import fcntl
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gateway.cli.supervision import Child, Family
from gateway.core.errors import SupervisionError
from gateway.policies.load import load_policies
from gateway.services.delivery import check_secrets
from gateway.services.parts import database, restart_dead_database
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
    with run_lock(settings.home):
        refuse_taken_addresses(settings)
        # From here on a signal no longer ends us at once, or a database would be left running.
        stop = threading.Event()
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        with database(settings, alone=True):
            show_passwords(prepare(settings))
            check_secrets(settings)
            _serve(settings, stop)
    click.echo("stopped; nothing is lost", err=True)


def _serve(settings: Settings, stop: threading.Event) -> None:
    """Run the children until told to stop."""
    family = Family(children_of(settings))
    try:
        family.start()
        family.wait_until_ready()
        _welcome(settings)
        while not stop.wait(LOOK_SECONDS):
            _look_after(settings, family)
    finally:
        click.echo("stopping …", err=True)
        family.stop()


def _look_after(settings: Settings, family: Family) -> None:
    """Start again what ended; what does not start is tried again at the next look."""
    try:
        ended = ["database"] if restart_dead_database(settings) else []
    except SupervisionError as fault:
        click.echo(str(fault), err=True)
        return
    for name in ended + family.restart_the_dead():
        click.echo(f"the {name} ended and was started again", err=True)


def children_of(settings: Settings) -> list[Child]:
    """Return the processes that make up a gateway."""
    children = [
        Child("intake", ("intake",), f"http://{settings.intake_bind}/healthz"),
        Child("office", ("office",), f"http://{settings.office_bind}/healthz"),
    ]
    if settings.embedded:
        children.append(Child("sandbox receiver", ("sandbox",), f"http://{settings.sandbox_bind}/healthz"))
    sanitising = [Child(f"worker {n + 1}", ("worker", "--only", "sanitise")) for n in range(settings.worker_processes)]
    return [*children, *sanitising, Child("delivery", ("worker", "--only", "deliver"))]


@contextmanager
def run_lock(home: Path) -> Iterator[None]:
    """Let one `gateway run` at a time use a home."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = (home / "run.lock").open("w")
    except OSError as fault:
        raise SupervisionError(f"{home} cannot be used ({fault.strerror}); choose another GATEWAY_HOME") from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SupervisionError(
                f"a gateway runs in {home} already; stop it, or choose another GATEWAY_HOME"
            ) from None
        yield


def refuse_taken_addresses(settings: Settings) -> None:
    """Refuse to start where another program listens; it might answer in our place, and be taken for us.

    Raises:
        SupervisionError: names the variable to change.
    """
    binds = {"GATEWAY_INTAKE_BIND": settings.intake_bind, "GATEWAY_OFFICE_BIND": settings.office_bind}
    if settings.embedded:
        binds["GATEWAY_SANDBOX_BIND"] = settings.sandbox_bind
    for name, bind in binds.items():
        host, _, port = bind.rpartition(":")
        host = host.strip("[]")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, int(port)))
            except OSError as fault:
                raise SupervisionError(
                    f"nothing can be served at {bind} ({fault.strerror}); choose another address with {name}"
                ) from None


def show_passwords(prepared: Prepared) -> None:
    """Show the one-time passwords of new accounts, on standard error so that they never end in a pipe."""
    if prepared.users:
        lines = ["", "  One-time passwords, shown only now; each asks for a new password at the first sign-in:", ""]
        lines += [f"          {username:<20} {password}   ({role})" for username, role, password in prepared.users]
        click.echo("\n".join(lines), err=True)


def _welcome(settings: Settings) -> None:
    lines = [
        "",
        f"  ready   complain here         http://{settings.intake_bind}/",
        f"          staff sign in here    http://{settings.office_bind}/",
    ]
    if settings.embedded:
        lines.append(f"          what was passed on    http://{settings.sandbox_bind}/")
    click.echo("\n".join([*lines, "", "  Ctrl-C stops.", ""]))
