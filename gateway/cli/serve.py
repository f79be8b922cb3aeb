"""`gateway intake | office | sandbox | worker`: one surface each, in this process."""

import asyncio
import os
import sys
from contextlib import AbstractContextManager, nullcontext

import click

from gateway.cli.supervision import die_with_parent
from gateway.jobs.worker import Part, work
from gateway.services.delivery import delivery_services, handlers
from gateway.services.parts import database, database_url
from gateway.settings import Settings, load_settings
from gateway.usecases.ports import Services

THREADS = 8
"""Requests that one web process answers at once; most of their time they wait for the database."""
GRACE_SECONDS = 20


@click.command()
def intake() -> None:
    """Serve the public surface: web form and API, at GATEWAY_INTAKE_BIND.

    Holds public keys only. The database must be running (see `gateway run`).
    """
    settings = load_settings()
    _gunicorn("gateway.app:create_app()", settings.intake_bind, settings.web_processes)


@click.command()
def office() -> None:
    """Serve the office for staff, at GATEWAY_OFFICE_BIND."""
    settings = load_settings()
    _gunicorn("gateway.app:create_office()", settings.office_bind, settings.web_processes)


@click.command()
def sandbox() -> None:
    """Serve the sandbox receiver, which plays a downstream tool, at GATEWAY_SANDBOX_BIND."""
    settings = load_settings()
    _gunicorn("gateway.app:create_sandbox()", settings.sandbox_bind, 1)


@click.command(hidden=True)
@click.option("--bind", required=True)
def baseline(bind: str) -> None:
    """Serve the yardstick of `gateway benchmark pipeline`."""
    _gunicorn("gateway.app:create_baseline()", bind, load_settings().web_processes)


@click.command()
@click.option("--only", type=click.Choice([part.value for part in Part]), help="Do only this; else both.")
def worker(only: str | None) -> None:
    """Redact and deliver, until told to stop; what is begun is finished.

    Run as many as you like, on as many machines as you like. Killing one loses nothing. One process for each part is
    quicker than one for both, and the one that delivers holds neither detector nor key.
    """
    die_with_parent()
    settings = load_settings()
    with nullcontext() if os.environ.get("GATEWAY_SUPERVISED") else database(settings):
        if only == Part.DELIVER:
            _work(settings, delivery_services(settings), (Part.DELIVER,))
            return
        # Loaded here because only who sanitises pays for the detector's libraries.
        from gateway.services.worker import sanitising_services, worker_services  # noqa: PLC0415

        if only == Part.SANITISE:
            _work(settings, sanitising_services(settings), (Part.SANITISE,))
        else:
            _work(settings, worker_services(settings), tuple(Part))


def _work(settings: Settings, with_services: AbstractContextManager[Services], parts: tuple[Part, ...]) -> None:
    with with_services as services:
        if not os.environ.get("GATEWAY_SUPERVISED"):
            click.echo(f"worker: ready to {' and '.join(parts)}", err=True)
        dead_after = settings.dead_worker_after
        asyncio.run(work(database_url(settings), handlers(services), dead_after=dead_after, parts=parts))


def _gunicorn(application: str, bind: str, processes: int) -> None:
    """Become gunicorn. Access logs stay off: an address and a path say more about a person than we want to keep."""
    die_with_parent()
    options = {
        "bind": bind,
        "workers": processes,
        "threads": THREADS,
        "worker-class": "gateway.cli.discreet.DiscreetWorker",
        "graceful-timeout": GRACE_SECONDS,
        "log-level": "warning",
        "worker-tmp-dir": "/dev/shm",  # noqa: S108  # gunicorn's heartbeat file, empty; a disk would stall it
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", "--no-control-socket", *flags, application])  # noqa: S606  # no shell is wanted
