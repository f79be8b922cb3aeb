"""The command `gateway`. Each subcommand is loaded when it is called, so that none pays for another's libraries."""

import importlib
import logging
import sys
from typing import Any

import click

from gateway.core.errors import FaultsError, GatewayError, place_of

COMMANDS = {
    "baseline": "gateway.cli.serve:baseline",
    "benchmark": "gateway.cli.benchmark:benchmark",
    "demo": "gateway.cli.demo:demo",
    "doctor": "gateway.cli.doctor:doctor",
    "intake": "gateway.cli.serve:intake",
    "migrate": "gateway.cli.migrate:migrate",
    "office": "gateway.cli.serve:office",
    "policies": "gateway.cli.policies:policies",
    "redact": "gateway.cli.redact:redact",
    "run": "gateway.cli.run:run",
    "sandbox": "gateway.cli.serve:sandbox",
    "users": "gateway.cli.users:users",
    "worker": "gateway.cli.serve:worker",
}


class LazyGroup(click.Group):
    """A group that imports a subcommand only when it is asked for (click's own recipe for lazy loading)."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="complaint-gateway")
def gateway() -> None:
    """A front door for complaints: what comes in is sealed, what goes out is redacted.

    \b
    gateway run          everything on this machine: intake, office, worker, database
    gateway demo         send a complaint through and see what a downstream tool receives
    gateway redact       text in, redacted text out
    gateway doctor       check everything and say what to do

    Settings come from environment variables; docs/operating.md lists them.
    """  # noqa: D301  # click itself reads the escape


def main() -> None:
    """Run the command line; an error that we raise on purpose is shown as one sentence, not as a traceback."""
    _log_discreetly()
    try:
        gateway()
    except FaultsError as error:
        for fault in error.faults:
            click.echo(f"{fault}", err=True)
        sys.exit(1)
    except GatewayError as error:
        click.echo(f"gateway: {error}", err=True)
        sys.exit(1)


class DiscreetFormatter(logging.Formatter):
    """Writes the place of an error and not its message, which may hold what somebody wrote."""

    def formatException(self, ei: Any) -> str:  # noqa: N802  # the name is logging's
        """Return kind and place."""
        return place_of(ei[1]) if ei[1] else ""


def _log_discreetly() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
