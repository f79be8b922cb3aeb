"""The three servers as WSGI applications: intake (public), office (staff), sandbox (plays a downstream tool).

Each is built in its own process with its own keys; none of them can do another's work.
"""

from contextlib import ExitStack

from flask import Flask, request

from gateway.channels.json_api import register_api
from gateway.channels.web_form import web_form
from gateway.services.intake import intake_services
from gateway.services.office import office_services
from gateway.services.parts import database_url, secrets_in_force
from gateway.settings import Settings, load_settings
from gateway.store.transactions import engine_for
from gateway.usecases.ports import Services
from gateway.web.office_pages import office_pages
from gateway.web.sandbox import create_sandbox_app
from gateway.web.surface import create_surface

_for_the_life_of_the_process = ExitStack()


def create_app(settings: Settings | None = None) -> Flask:
    """Return the public surface, for the life of the process."""
    return public_surface(_for_the_life_of_the_process.enter_context(intake_services(settings or load_settings())))


def public_surface(services: Services) -> Flask:
    """Return the public surface over `services`: the channels, and nothing else."""
    app = create_surface(site_name=services.policies.notice_shown().controller.partition(",")[0])
    app.register_blueprint(web_form(services))
    register_api(app, services)
    return _answering_health(app)


def create_office(settings: Settings | None = None) -> Flask:
    """Return the office, for the life of the process."""
    return office_surface(_for_the_life_of_the_process.enter_context(office_services(settings or load_settings())))


def office_surface(services: Services) -> Flask:
    """Return the office over `services`."""
    app = create_surface(site_name="Complaints office")
    app.register_blueprint(office_pages(services))
    return _answering_health(app)


def create_sandbox(settings: Settings | None = None) -> Flask:
    """Return the sandbox receiver."""
    settings = settings or load_settings()
    secret = secrets_in_force(settings)["SANDBOX"]
    app = create_sandbox_app(settings.sandbox, secret, complain_url=settings.public_url)
    return _answering_health(app)


def create_baseline(settings: Settings | None = None) -> Flask:
    """Return the yardstick of `gateway benchmark pipeline`: a bare view that inserts one row."""
    engine = engine_for(database_url(settings or load_settings()))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS benchmark_rows (id bigserial PRIMARY KEY, body bytea)")
    app = Flask("gateway.web")

    @app.post("/")
    def insert() -> tuple[str, int]:
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO benchmark_rows (body) VALUES (%s)", (request.get_data(),))
        return "stored\n", 201

    return _answering_health(app)


def _answering_health(app: Flask) -> Flask:
    app.add_url_rule("/healthz", "healthz", lambda: ("ok\n", {"Content-Type": "text/plain"}))
    return app
