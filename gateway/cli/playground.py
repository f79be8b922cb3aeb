"""A gateway of its own, on free ports, for the demo and the benchmarks; it meets no other gateway."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gateway.cli.run import children_of, run_lock, show_passwords
from gateway.cli.supervision import Child, Family
from gateway.services.parts import database
from gateway.services.preparation import prepare
from gateway.settings import Settings, load_settings


@dataclass(frozen=True, kw_only=True)
class Playground:
    """A running gateway."""

    settings: Settings
    family: Family

    @property
    def intake(self) -> str:
        """URL of the public surface."""
        return f"http://{self.settings.intake_bind}"

    @property
    def sandbox(self) -> str:
        """URL of the sandbox receiver."""
        return f"http://{self.settings.sandbox_bind}"


@contextmanager
def playground(
    home: Path | None, more: list[Child] | None = None, output: IO[bytes] | None = None
) -> Iterator[Playground]:
    """Start a gateway with the embedded database, and stop it in the end.

    Args:
        home: used and kept; without it a temporary folder is used and removed.
        more: processes to run beside it.
        output: where its processes print; where ours does if not given.
    """
    with ExitStack() as stack:
        folder = home or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gateway-")))
        _point_environment_to(folder)
        settings = load_settings()
        stack.enter_context(run_lock(settings.home))
        stack.enter_context(database(settings))
        prepared = prepare(settings)
        if home:
            show_passwords(prepared)
        family = Family([*children_of(settings), *(more or [])], output)
        stack.callback(family.stop)
        family.start()
        family.wait_until_ready()
        yield Playground(settings=settings, family=family)


def free_address() -> str:
    """Return 127.0.0.1 and a port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


def _point_environment_to(home: Path) -> None:
    """Set the environment that this process and its children read their settings from."""
    os.environ.pop("GATEWAY_DATABASE_URL", None)
    os.environ.pop("GATEWAY_PUBLIC_URL", None)
    os.environ["GATEWAY_HOME"] = str(home.absolute())
    for name in ("INTAKE", "OFFICE", "SANDBOX"):
        os.environ[f"GATEWAY_{name}_BIND"] = free_address()
