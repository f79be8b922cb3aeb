"""`gateway doctor`: look at everything, one line each, with the cure."""

import importlib.metadata
import json
import re
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import click

from gateway.core.errors import GatewayError
from gateway.core.sealed import KeyRole
from gateway.destinations.registry import senders
from gateway.jobs.health import queue_health
from gateway.policies.load import load_policies
from gateway.sealing.keyrings import file as keyring
from gateway.services.parts import clock, database_url, destinations_in_force, secrets_in_force
from gateway.settings import Settings, load_settings
from gateway.store import health as store_health
from gateway.store import schema

CLOCK_TOLERANCE = timedelta(seconds=5)
DISK_LEAST_BYTES = 1 << 30
PACKAGE = "complaint-gateway"
TOLD = ("cryptography", "flask", "presidio-analyzer", "procrastinate", "psycopg", "sqlalchemy")
"""Dependencies whose versions are shown; all are looked for."""
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Line:
    """One line: `state` is good, warning or bad; `cure` says what to do unless it is good."""

    part: str
    state: str
    detail: str
    cure: str = ""


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list instead of lines.")
def doctor(*, as_json: bool) -> None:
    """Check dependencies, policies, keys, database, queue and clock; say what to do about what is wrong.

    Exits 0 if nothing is bad. Run it beside a running gateway: it changes nothing.
    """
    settings = load_settings()
    lines = [_look(part, check, settings) for part, check in CHECKS.items()]
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines]))
    else:
        for line in lines:
            colour = {"good": "green", "warning": "yellow", "bad": "red"}[line.state]
            cure = f"\n{'':23}→ {line.cure}" if line.cure else ""
            click.echo(f"{click.style(f'{line.state:8}', fg=colour)} {line.part:13} {line.detail}{cure}")
    if any(line.state == "bad" for line in lines):
        sys.exit(1)


def _look(part: str, check: Callable[[Settings], Line], settings: Settings) -> Line:
    try:
        return check(settings)
    except GatewayError as error:
        return Line(part, "bad", "does not work", str(error))


def _dependencies(_: Settings) -> Line:
    wanted = [one for one in importlib.metadata.requires(PACKAGE) or [] if "extra ==" not in one]
    names = [found[0] for one in wanted if (found := _NAME.match(one))]
    present = {name: version for name in names if (version := _version(name))}
    if missing := [name for name in names if name not in present]:
        return Line("dependencies", "bad", f"missing: {', '.join(missing)}", "make run installs what is missing")
    told = ", ".join(f"{name} {present[name]}" for name in TOLD)
    return Line("dependencies", "good", f"all {len(names)} are there; {told}")


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def _policies(settings: Settings) -> Line:
    policies = load_policies(settings.policies)
    return Line("policies", "good", f"version {policies.version[:12]}, {len(policies.destinations)} destinations")


def _keys(settings: Settings) -> Line:
    if not settings.keys.exists():
        return Line("keys", "bad", "there are none", "start the gateway once: gateway run")
    keyring.load_public_keys(settings.keys)
    keyring.load_private_keys(settings.keys, KeyRole.PIPELINE)
    keyring.load_private_keys(settings.keys, KeyRole.ARCHIVE)
    keyring.load_hash_secret(settings.keys)
    if stat.S_IMODE(settings.keys.stat().st_mode) & 0o077:
        return Line("keys", "bad", "others may read the folder", f"chmod 700 {settings.keys}")
    return Line("keys", "good", "archive, pipeline and hash keys are there, for their owner alone")


def _secrets(settings: Settings) -> Line:
    destinations = destinations_in_force(settings, load_policies(settings.policies))
    senders(destinations, secrets_in_force(settings))
    return Line("secrets", "good", f"{len(destinations)} destinations have theirs")


def _database(settings: Settings) -> Line:
    found, needed = store_health.revision(database_url(settings)), schema.newest_revision()
    if found != needed:
        return Line("database", "bad", f"at revision {found}, needed is {needed}", "gateway migrate")
    return Line("database", "good", f"{store_health.version(database_url(settings))}, revision {found}")


def _queue(settings: Settings) -> Line:
    health = queue_health(database_url(settings))
    detail = f"{health.waiting} jobs wait, {health.failed} failed, {health.workers} workers beat"
    if health.failed:
        cure = "they are tried again as long as they are due; the worker's log says why they failed"
        return Line("queue", "warning", detail, cure)
    if not health.workers:
        return Line("queue", "warning", detail, "start a worker: gateway worker")
    return Line("queue", "good", detail)


def _clock(settings: Settings) -> Line:
    off = abs(store_health.now(database_url(settings)) - clock())
    if off > CLOCK_TOLERANCE:
        cure = "set both clocks by NTP; webhook signatures are refused when they are minutes off"
        return Line("clock", "bad", f"{off.total_seconds():.0f} s off the database's", cure)
    return Line("clock", "good", f"{off.total_seconds():.2f} s off the database's")


def _disk(settings: Settings) -> Line:
    place = next(folder for folder in (settings.home, *settings.home.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    detail = f"{free / (1 << 30):.1f} GiB free"
    if free < DISK_LEAST_BYTES:
        return Line("disk", "warning", detail, "make room; a full disk means that nothing more can be received")
    return Line("disk", "good", detail)


CHECKS: dict[str, Callable[[Settings], Line]] = {
    "dependencies": _dependencies,
    "policies": _policies,
    "keys": _keys,
    "secrets": _secrets,
    "database": _database,
    "queue": _queue,
    "clock": _clock,
    "disk": _disk,
}
