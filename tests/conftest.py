"""A real gateway for the tests: embedded PostgreSQL, real keys, the real detector, a real receiver on loopback."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from gateway.app import create_sandbox, public_surface
from gateway.cli.playground import free_address
from gateway.jobs.worker import work
from gateway.services.delivery import handlers
from gateway.services.intake import intake_services
from gateway.services.office import office_services
from gateway.services.parts import database, database_url
from gateway.services.preparation import prepare
from gateway.services.worker import detection_only, worker_services
from gateway.settings import Settings
from gateway.store.transactions import engine_for
from gateway.usecases.ports import Detector, Services

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
KEPT_BETWEEN_TESTS = {"alembic_version"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--campaign", action="store_true", help="run the long campaigns whole")


@pytest.fixture(scope="session")
def campaign(request: pytest.FixtureRequest) -> bool:
    """Say whether campaigns run whole."""
    return bool(request.config.getoption("--campaign"))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of evaluation data and vectors, or skip."""
    if not SHARED.exists():
        pytest.skip("the evaluation data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("home")
    return Settings(
        home=home,
        database_url="",
        policies=ROOT / "policies",
        intake_bind=free_address(),
        office_bind=free_address(),
        sandbox_bind=free_address(),
        public_url="http://complaints.example",
        secrets={},
        web_processes=1,
        worker_processes=1,
        dead_worker_after=30,
    )


@pytest.fixture(scope="session")
def prepared(settings: Settings) -> Iterator[Settings]:
    """Run the embedded database, with keys and tables, for the whole session."""
    with database(settings):
        prepare(settings)
        yield settings


@pytest.fixture
def home(prepared: Settings) -> Settings:
    """Return the settings of a gateway whose tables are empty."""
    engine = engine_for(database_url(prepared), connections=1)
    with engine.begin() as connection:
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        names = ", ".join(f'"{name}"' for name in tables if name not in KEPT_BETWEEN_TESTS)
        connection.exec_driver_sql(f"TRUNCATE {names} CASCADE")
    engine.dispose()
    return prepared


@pytest.fixture
def sql(home: Settings) -> Iterator[Callable[..., list[tuple[object, ...]]]]:
    """Return a function that runs one statement as the database's superuser and returns its rows."""
    engine = engine_for(database_url(home), connections=1)

    def run(statement: str, *values: object) -> list[tuple[object, ...]]:
        with engine.begin() as connection:
            result = connection.exec_driver_sql(statement, values)
            return [tuple(row) for row in result] if result.returns_rows else []

    yield run
    engine.dispose()


@pytest.fixture(scope="session")
def detector(settings: Settings) -> Detector:
    """Return the real detector, loaded once."""
    return detection_only(settings)[0]


@pytest.fixture
def intake(home: Settings) -> Iterator[Services]:
    with intake_services(home) as services:
        yield services


@pytest.fixture
def office(home: Settings) -> Iterator[Services]:
    with office_services(home) as services:
        yield services


@pytest.fixture
def worker(home: Settings, detector: Detector) -> Iterator[Services]:
    with worker_services(home, detector) as services:
        yield services


@pytest.fixture
def public(intake: Services) -> FlaskClient:
    """Return a client of the public surface."""
    return public_surface(intake).test_client()


@pytest.fixture
def receiver(home: Settings) -> Iterator[FlaskClient]:
    """Serve the sandbox receiver where the sandbox destination points, and return a client to look at it."""
    received = home.sandbox / "received.jsonl"
    received.unlink(missing_ok=True)
    app = create_sandbox(home)
    host, _, port = home.sandbox_bind.rpartition(":")
    server = make_server(host, int(port), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield app.test_client()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run_jobs(home: Settings, worker: Services) -> Callable[[], None]:
    """Return a function that does what a worker does, once: sanitise what waits, deliver what waits."""

    def run() -> None:
        asyncio.run(work(database_url(home), handlers(worker), dead_after=home.dead_worker_after, once=True))

    return run
