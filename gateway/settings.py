"""Settings, from the environment only. The table in `docs/operating.md` lists them with default and unit."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import environs

from gateway.core.errors import Fault, SettingsError

SECRET_PREFIX = "GATEWAY_SECRET_"  # noqa: S105  # the name of a variable, not a secret
_BIND = re.compile(r"(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):\d{1,5}")
_WEB_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+")
_HIGHEST_PORT = 65_535


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator chose.

    Attributes:
        home: where keys and the embedded database live.
        database_url: empty for the embedded database.
        public_url: under which complainants reach the intake; CloudEvents `source`.
        secrets: destination name in capitals → webhook secret.
        web_processes: gunicorn processes for each surface.
        worker_processes: processes that redact and deliver.
        dead_worker_after: seconds without a heartbeat after which a worker's jobs are given to others.
    """

    home: Path
    database_url: str
    policies: Path
    intake_bind: str
    office_bind: str
    sandbox_bind: str
    public_url: str
    secrets: dict[str, str]
    web_processes: int
    worker_processes: int
    dead_worker_after: int

    @property
    def embedded(self) -> bool:
        """Say whether the gateway runs its own database."""
        return not self.database_url

    @property
    def keys(self) -> Path:
        """Where the key files are."""
        return self.home / "keys"

    @property
    def sandbox(self) -> Path:
        """Where the sandbox receiver keeps what it received."""
        return self.home / "sandbox"


def load_settings() -> Settings:
    """Return the settings in the environment.

    Raises:
        SettingsError: lists every variable that is wrong, without its value.
    """
    env = environs.Env(eager=False)
    port = env.str("GATEWAY_INTAKE_BIND", "127.0.0.1:8080")
    settings = Settings(
        home=Path(env.str("GATEWAY_HOME", "var") or "var").absolute(),
        database_url=env.str("GATEWAY_DATABASE_URL", "") or "",
        policies=Path(env.str("GATEWAY_POLICIES", "policies") or "policies").absolute(),
        intake_bind=port,
        office_bind=env.str("GATEWAY_OFFICE_BIND", "127.0.0.1:8081"),
        sandbox_bind=env.str("GATEWAY_SANDBOX_BIND", "127.0.0.1:8082"),
        public_url=env.str("GATEWAY_PUBLIC_URL", "") or f"http://{port}",
        secrets={
            name.removeprefix(SECRET_PREFIX): value
            for name, value in os.environ.items()
            if name.startswith(SECRET_PREFIX) and value
        },
        web_processes=env.int("GATEWAY_WEB_PROCESSES", 1, validate=environs.validate.Range(1, 64)),
        worker_processes=env.int("GATEWAY_WORKER_PROCESSES", 1, validate=environs.validate.Range(1, 64)),
        dead_worker_after=env.int("GATEWAY_DEAD_WORKER_AFTER", 30, validate=environs.validate.Range(2, 3600)),
    )
    faults = _faults(env, settings)
    if faults:
        raise SettingsError(faults)
    return settings


def _faults(env: environs.Env, settings: Settings) -> list[Fault]:
    faults = []
    try:
        env.seal()
    except environs.EnvValidationError as fault:
        faults = [Fault(name, "is not a number in the allowed range") for name in fault.error_messages]
    binds = {
        "GATEWAY_INTAKE_BIND": settings.intake_bind,
        "GATEWAY_OFFICE_BIND": settings.office_bind,
        "GATEWAY_SANDBOX_BIND": settings.sandbox_bind,
    }
    faults += [Fault(name, "is not of the form host:port") for name, bind in binds.items() if not _is_bind(bind)]
    if settings.database_url and not _is_database(settings.database_url):
        faults.append(Fault("GATEWAY_DATABASE_URL", "is not of the form postgresql://user:password@host:port/database"))
    if not _WEB_ADDRESS.fullmatch(settings.public_url):
        faults.append(Fault("GATEWAY_PUBLIC_URL", "is not an address that begins with http:// or https://"))
    return faults


def _is_bind(bind: str) -> bool:
    return bool(_BIND.fullmatch(bind)) and int(bind.rpartition(":")[2]) <= _HIGHEST_PORT


def _is_database(url: str) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme in {"postgresql", "postgres"} and port != 0
