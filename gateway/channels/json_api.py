"""The JSON API: complaints from other programs, and an OpenAPI document that says how to send them.

flask-smorest writes the document from the schemas that also check. Reading a request is our own work, because its
parser takes names that stand twice and its errors repeat what was sent.
"""

from flask import Flask, Response, abort, request
from flask.typing import ResponseReturnValue
from flask_smorest import Api, Blueprint
from werkzeug.exceptions import MethodNotAllowed, NotFound

from gateway.channels.api_description import ABOUT, sends_a_complaint
from gateway.channels.api_schemas import receipt_answer
from gateway.channels.json_request import idempotency_key, json_object
from gateway.channels.problem import KINDS, answer_to, of_http_error
from gateway.channels.submission_schema import parse_submission
from gateway.usecases.ports import Services
from gateway.usecases.receive import receive_submission

CHANNEL = "api"
PREFIX = "/api/v1"


class _Api(Api):  # type: ignore[misc]  # flask-smorest ships no types
    """Writes the OpenAPI document and answers no errors: its own handler would take those of every page."""

    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_error_handlers(self) -> None:
        """None, for the reason above."""

    def _register_responses(self) -> None:
        """None: it would describe errors of a form that nobody gets here."""

    def _register_pagination_header(self) -> None:
        """None: nothing is paged here."""


def json_api(services: Services) -> Blueprint:
    """Return the blueprint of the API."""
    blueprint = Blueprint("complaints", __name__, url_prefix=PREFIX, description="Complaints, on their way in.")

    def send_complaint() -> ResponseReturnValue:
        """Send a complaint.

        It is stored when the answer is 201, and only then. Every fault of a refused one is listed at once.
        """
        key = idempotency_key(request)
        submission = parse_submission(json_object(request), channel=CHANNEL)
        receipt = receive_submission(submission, services, idempotency_key=f"{CHANNEL}-{key}" if key else "")
        return receipt_answer(receipt, submission.language), 201, {"Cache-Control": "no-store"}

    blueprint.add_url_rule("/complaints", view_func=sends_a_complaint(blueprint, send_complaint), methods=["POST"])
    blueprint.register_error_handler(Exception, answer_to)
    return blueprint


def register_api(app: Flask, services: Services) -> None:
    """Serve the API, its OpenAPI document and the pages of its problems from `app`."""
    app.config.update(OPENAPI_URL_PREFIX=PREFIX, OPENAPI_JSON_PATH="openapi.json")
    _Api(app, spec_kwargs=ABOUT).register_blueprint(json_api(services))
    app.before_request(_nothing_here)
    app.add_url_rule("/problems/<name>", "problem", _problem_page)


def _nothing_here() -> Response | None:
    """Answer for addresses and methods under /api/ that do not exist, before any handler for pages can."""
    fault = request.routing_exception
    if request.path.startswith("/api/") and isinstance(fault, NotFound | MethodNotAllowed):
        return of_http_error(fault)
    return None


def _problem_page(name: str) -> Response:
    kind = KINDS.get(name) or abort(404)
    return Response(f"{kind.title}\n\n{kind.cure}\n", content_type="text/plain; charset=utf-8")
