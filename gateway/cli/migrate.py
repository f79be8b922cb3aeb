"""`gateway migrate`: bring the database to the shape that this version needs."""

import click

from gateway.services.parts import database
from gateway.services.preparation import migrate as bring_up_to_date
from gateway.settings import load_settings


@click.command()
def migrate() -> None:
    """Bring the database to the shape that this version needs; doing it again changes nothing.

    `gateway run` does this by itself. Run it by hand before starting the surfaces separately.
    """
    settings = load_settings()
    with database(settings):
        before, after = bring_up_to_date(settings)
    click.echo(f"database: {before or 'empty'} → {after}" if before != after else f"database: at {after} already")
