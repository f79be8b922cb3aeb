"""`gateway policies`: say whether the policy files are good, and what is in force."""

import json
import sys
from pathlib import Path
from urllib.parse import urlsplit

import click

from gateway.core.errors import PolicyError
from gateway.core.notice import as_json_ld
from gateway.core.policy import DestinationPolicy, PolicySet
from gateway.policies.files import policy_files
from gateway.policies.load import load_policies
from gateway.settings import load_settings


@click.group()
def policies() -> None:
    """Look at the policies: what is personal data, who receives what, on which terms, who may do what."""


@policies.command()
@click.argument("folder", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, of what is in force or of the faults.")
def check(folder: Path | None, *, as_json: bool) -> None:
    """Check every policy file in FOLDER (default: GATEWAY_POLICIES) and show what is in force.

    Exits 0 if all is good; otherwise 1, with every fault on a line of its own. Run it before a changed policy is to
    take effect: the gateway reads policies when it starts, and refuses to start with a fault.
    """
    place = folder or load_settings().policies
    try:
        found = load_policies(place)
    except PolicyError as error:
        if as_json:
            click.echo(json.dumps({"good": False, "faults": [vars(fault) for fault in error.faults]}))
        else:
            click.echo("\n".join(map(str, error.faults)), err=True)
        sys.exit(1)
    files, table = policy_files(place), _in_force(found)
    if as_json:
        click.echo(json.dumps({"good": True, "version": found.version, "files": files, "in_force": table}))
        return
    click.echo(f"{len(files)} files, version {found.version[:16]}: good\n")
    for name, lines in table.items():
        for index, line in enumerate(lines):
            click.echo(f"{name if index == 0 else '':<14}{line}")


def _in_force(found: PolicySet) -> dict[str, list[str]]:
    rules = found.redaction
    return {
        "destinations": [_destination(destination) for destination in found.destinations] or ["none"],
        "notices": [_notice(name, found) for name in sorted(found.notices)],
        "profiles": [
            f"{name}, leaves readable: {', '.join(sorted(readable)) or 'nothing'}"
            for name, readable in sorted(rules.profiles.items())
        ],
        "redaction": [
            f"{len(rules.entities)} kinds of personal data, {len(rules.extra_patterns)} extra patterns",
            f"{len(rules.allow_list)} words that always stay, languages: {', '.join(sorted(rules.languages))}",
        ],
        "roles": [f"{name}: {', '.join(sorted(may)) or 'nothing'}" for name, may in sorted(found.roles.items())],
        "messages": [", ".join(sorted(found.messages))],
    }


def _destination(destination: DestinationPolicy) -> str:
    """Describe a destination; of its address only the host, since a path may be known to few."""
    parts = urlsplit(destination.address)
    only = ", embedded default only" if destination.embedded_only else ""
    events = ", ".join(sorted(destination.event_types))
    return (
        f"{destination.name}: {events} by {destination.kind} to {parts.scheme}://{parts.hostname}, "
        f"profile {destination.profile}, notice {destination.notice}{only}"
    )


def _notice(name: str, found: PolicySet) -> str:
    notice = found.notices[name]
    shown = ", shown to complainants" if name == found.shown_notice else ""
    digest = str(as_json_ld(notice, "")["cg:sha256"])
    languages = ", ".join(sorted(notice.texts))
    return f"{name} {notice.version} of {notice.issued}, kept {notice.retention}, in {languages}, {digest[:16]}{shown}"
