"""Errors over HTTP as problem details (RFC 9457): where and why, never what was sent.

`type` is a relative reference; the page behind it says what to do. A pointer is written as the fragment of a URI
(`#/contact/email`; RFC 6901, section 6), as in the example of RFC 9457, section 3.
"""

import json
import logging
import traceback
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from flask import Response
from werkzeug.exceptions import HTTPException

from gateway.core.errors import (
    Fault,
    GatewayError,
    IdempotencyConflictError,
    InvalidSubmissionError,
    NotFoundError,
    StorageUnavailableError,
)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 10
"""Seconds after which to try again while the database is away."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of problem. `cure` is for the person who writes the client."""

    name: str
    status: int
    title: str
    cure: str

    @property
    def type(self) -> str:
        """Where its page is."""
        return f"/problems/{self.name}"


_ALL = (
    Kind(
        name="idempotency-conflict",
        status=422,
        title="This Idempotency-Key belongs to another request.",
        cure="The key was used before, with other content or for a complaint that is gone. Use a new key.",
    ),
    Kind(
        name="internal-error",
        status=500,
        title="Something went wrong here.",
        cure="Try again with the same Idempotency-Key: at most one complaint comes of it.",
    ),
    Kind(
        name="invalid-idempotency-key",
        status=400,
        title="The Idempotency-Key is not valid.",
        cure="Send 1 to 255 visible ASCII characters, bare or in double quotes; a random UUID is best.",
    ),
    Kind(
        name="invalid-json",
        status=400,
        title="The body is not valid JSON.",
        cure="Send one JSON text in UTF-8, no name twice in an object, no NaN or Infinity, nested at most 16 deep.",
    ),
    Kind(
        name="invalid-submission",
        status=422,
        title="The submission was refused.",
        cure="Mend every place in `errors` and send it again. Nothing was stored.",
    ),
    Kind(
        name="method-not-allowed",
        status=405,
        title="This address does not take that method.",
        cure="Use a method that the Allow header lists.",
    ),
    Kind(
        name="not-found",
        status=404,
        title="There is nothing at this address.",
        cure="Compare the address with /api/v1/openapi.json.",
    ),
    Kind(
        name="too-large",
        status=413,
        title="The body is too large.",
        cure="Send at most 262,144 bytes.",
    ),
    Kind(
        name="unavailable",
        status=503,
        title="The gateway cannot take complaints at the moment.",
        cure="Wait as long as Retry-After says, then send it again with the same Idempotency-Key.",
    ),
    Kind(
        name="unsupported-media-type",
        status=415,
        title="The body must be JSON.",
        cure="Send Content-Type: application/json, in UTF-8 and without a Content-Encoding.",
    ),
)
KINDS = {kind.name: kind for kind in _ALL}
_OF_STATUS = {404: "not-found", 405: "method-not-allowed", 413: "too-large", 415: "unsupported-media-type"}


class ProblemError(GatewayError):
    """A request cannot be read: which kind of problem, and where. Raised and answered within the HTTP channels."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(detail or KINDS[name].title)
        self.name = name
        self.detail = detail


def problem(
    name: str, *, detail: str = "", faults: Iterable[Fault] = (), headers: Mapping[str, str] | None = None
) -> Response:
    """Return the problem `name` as a response; `detail` and `faults` carry no submitted text."""
    kind = KINDS[name]
    body: dict[str, object] = {"type": kind.type, "title": kind.title, "status": kind.status}
    if detail:
        body["detail"] = detail
    errors = [{"pointer": "#" + quote(fault.pointer, safe="/~"), "detail": fault.reason} for fault in faults]
    if errors:
        body["errors"] = errors
    response = Response(json.dumps(body), status=kind.status, content_type=MEDIA_TYPE)
    response.headers.update({"Cache-Control": "no-store", **(headers or {})})
    return response


def answer_to(error: Exception) -> Response:
    """Return the problem that `error` is; what nobody expected is logged by its kind and place only."""
    match error:
        case ProblemError():
            return problem(error.name, detail=error.detail)
        case InvalidSubmissionError():
            return problem("invalid-submission", faults=error.faults)
        case IdempotencyConflictError() | NotFoundError():
            return problem("idempotency-conflict")
        case StorageUnavailableError():
            return problem("unavailable", headers={"Retry-After": str(RETRY_AFTER)})
        case HTTPException() if error.code in _OF_STATUS:
            return of_http_error(error)
    # The message of an unknown exception may hold what was sent, so it is neither logged nor answered.
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("unexpected %s in %s line %s", type(error).__name__, Path(place.filename).name, place.lineno)
    return problem("internal-error")


def of_http_error(error: HTTPException) -> Response:
    """Return the problem for one of the errors that Flask itself raises: 404, 405, 413, 415."""
    allowed = dict(error.get_headers()).get("Allow", "")
    return problem(_OF_STATUS[error.code or 0], headers={"Allow": allowed} if allowed else None)
