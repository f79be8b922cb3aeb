"""`gateway intake | office | sandbox | worker`: one surface each, in this process."""

import asyncio
import os
import sys

import click

from gateway.cli.supervision import die_with_parent
from gateway.services.parts import database, database_url
from gateway.settings import Settings, load_settings

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
def worker() -> None:
    """Redact and deliver, until told to stop; what is begun is finished.

    Run as many as you like, on as many machines as you like. Killing one loses nothing.
    """
    die_with_parent()
    settings = load_settings()
    if os.environ.get("GATEWAY_SUPERVISED"):
        _work(settings, database_url(settings))
    else:
        with database(settings) as url:
            _work(settings, url)


def _work(settings: Settings, url: str) -> None:
    # Loaded here because only a worker pays for the detector's libraries.
    from gateway.jobs.worker import work  # noqa: PLC0415
    from gateway.services.worker import handlers, worker_services  # noqa: PLC0415

    with worker_services(settings) as services:
        click.echo("worker: ready", err=True)
        asyncio.run(work(url, handlers(services), dead_after=settings.dead_worker_after))


def _gunicorn(application: str, bind: str, processes: int) -> None:
    """Become gunicorn. Access logs stay off: an address and a path say more about a person than we want to keep."""
    die_with_parent()
    options = {
        "bind": bind,
        "workers": processes,
        "threads": THREADS,
        "worker-class": "gthread",
        "graceful-timeout": GRACE_SECONDS,
        "log-level": "warning",
        "worker-tmp-dir": "/dev/shm",  # noqa: S108  # gunicorn's heartbeat file, empty; a disk would stall it
    }
    flags = [text for name, value in options.items() for text in (f"--{name}", str(value))]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *flags, application])  # noqa: S606  # no shell is wanted
