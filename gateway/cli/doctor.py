"""`gateway doctor`: look at everything, one line each, with the cure."""

import importlib.metadata
import json
import shutil
import stat
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import click

from gateway.core.errors import GatewayError
from gateway.core.sealed import KeyRole
from gateway.jobs.health import queue_health
from gateway.policies.load import load_policies
from gateway.sealing.keyrings import file as keyring
from gateway.services.parts import clock, database_url, destinations_in_force, secrets_in_force
from gateway.settings import Settings, load_settings
from gateway.store import health as store_health
from gateway.store import schema

CLOCK_TOLERANCE = timedelta(seconds=5)
DISK_LEAST_BYTES = 1 << 30
PARTS = ("flask", "marshmallow", "presidio-analyzer", "cryptography", "procrastinate", "sqlalchemy", "psycopg")


@dataclass(frozen=True)
class Finding:
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
    findings = [_look(part, check, settings) for part, check in CHECKS.items()]
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            colour = {"good": "green", "warning": "yellow", "bad": "red"}[finding.state]
            cure = f"\n{'':23}→ {finding.cure}" if finding.cure else ""
            click.echo(f"{click.style(f'{finding.state:8}', fg=colour)} {finding.part:13} {finding.detail}{cure}")
    if any(finding.state == "bad" for finding in findings):
        sys.exit(1)


def _look(part: str, check: Callable[[Settings], Finding], settings: Settings) -> Finding:
    try:
        return check(settings)
    except GatewayError as error:
        return Finding(part, "bad", "does not work", str(error))


def _dependencies(_: Settings) -> Finding:
    versions = [f"{name} {importlib.metadata.version(name)}" for name in PARTS]
    return Finding("dependencies", "good", ", ".join(versions))


def _policies(settings: Settings) -> Finding:
    policies = load_policies(settings.policies)
    return Finding("policies", "good", f"version {policies.version[:12]}, {len(policies.destinations)} destinations")


def _keys(settings: Settings) -> Finding:
    if not settings.keys.exists():
        return Finding("keys", "bad", "there are none", "start the gateway once: gateway run")
    keyring.load_public_keys(settings.keys)
    keyring.load_private_keys(settings.keys, KeyRole.PIPELINE)
    keyring.load_private_keys(settings.keys, KeyRole.ARCHIVE)
    keyring.load_hash_secret(settings.keys)
    if stat.S_IMODE(settings.keys.stat().st_mode) & 0o077:
        return Finding("keys", "bad", "others may read the folder", f"chmod 700 {settings.keys}")
    return Finding("keys", "good", "archive, pipeline and hash keys are there, for their owner alone")


def _secrets(settings: Settings) -> Finding:
    wanted = {
        name.upper().replace("-", "_") for name in destinations_in_force(settings, load_policies(settings.policies))
    }
    missing = sorted(wanted - set(secrets_in_force(settings)))
    if missing:
        names = ", ".join(f"GATEWAY_SECRET_{name}" for name in missing)
        return Finding("secrets", "bad", "a destination has no webhook secret", f"set {names} to whsec_… (24-64 bytes)")
    return Finding("secrets", "good", f"{len(wanted)} destinations have theirs")


def _database(settings: Settings) -> Finding:
    found, needed = store_health.revision(database_url(settings)), schema.newest_revision()
    if found != needed:
        return Finding("database", "bad", f"at revision {found}, needed is {needed}", "gateway migrate")
    return Finding("database", "good", f"{store_health.version(database_url(settings))}, revision {found}")


def _queue(settings: Settings) -> Finding:
    health = queue_health(database_url(settings))
    detail = f"{health.waiting} jobs wait, {health.failed} failed, {health.workers} workers beat"
    if health.failed:
        cure = "they are tried again as long as they are due; the worker's log says why they failed"
        return Finding("queue", "warning", detail, cure)
    if not health.workers:
        return Finding("queue", "warning", detail, "start a worker: gateway worker")
    return Finding("queue", "good", detail)


def _clock(settings: Settings) -> Finding:
    off = abs(store_health.now(database_url(settings)) - clock())
    if off > CLOCK_TOLERANCE:
        cure = "set both clocks by NTP; webhook signatures are refused when they are minutes off"
        return Finding("clock", "bad", f"{off.total_seconds():.0f} s off the database's", cure)
    return Finding("clock", "good", f"{off.total_seconds():.2f} s off the database's")


def _disk(settings: Settings) -> Finding:
    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    detail = f"{free / (1 << 30):.1f} GiB free"
    if free < DISK_LEAST_BYTES:
        return Finding("disk", "warning", detail, "make room; a full disk means that nothing more can be received")
    return Finding("disk", "good", detail)


CHECKS: dict[str, Callable[[Settings], Finding]] = {
    "dependencies": _dependencies,
    "policies": _policies,
    "keys": _keys,
    "secrets": _secrets,
    "database": _database,
    "queue": _queue,
    "clock": _clock,
    "disk": _disk,
}
