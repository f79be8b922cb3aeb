import re

from sqlalchemy import MetaData

from gateway.services.parts import database_url
from gateway.services.preparation import migrate, prepare
from gateway.settings import Settings
from gateway.store import schema
from gateway.store.tables import metadata
from gateway.store.transactions import engine_for

PERSONAL = re.compile(r"name|email|phone|address|narrative|birth", re.IGNORECASE)
ALLOWED = {"users.username", "lookups.email"}
"""The staff's own names, and a keyed hash."""


def test_the_migrations_make_the_tables_that_the_code_describes(prepared: Settings) -> None:
    engine = engine_for(database_url(prepared), connections=1)
    differences = schema.differences(engine)
    engine.dispose()
    assert differences == []


def test_migrating_again_changes_nothing(prepared: Settings) -> None:
    newest = schema.newest_revision()
    assert migrate(prepared) == (newest, newest)


def test_preparing_a_home_again_makes_no_key_and_no_account(home: Settings) -> None:
    assert prepare(home).users
    again = prepare(home)
    assert (again.keys, again.users) == ([], [])


def test_no_column_is_named_after_personal_data_but_staff_names_and_a_keyed_hash() -> None:
    def suspicious(tables: MetaData) -> set[str]:
        return {f"{t.name}.{c.name}" for t in tables.sorted_tables for c in t.columns if PERSONAL.search(c.name)}

    assert suspicious(metadata) == ALLOWED
