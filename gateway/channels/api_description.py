"""What the OpenAPI document says about sending a complaint; the schemas in it are those that check and answer."""

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from gateway.channels.api_schemas import ProblemSchema, ReceiptSchema
from gateway.channels.problem import KINDS, MEDIA_TYPE, Kind
from gateway.channels.submission_schema import SubmissionSchema

VERSION = "1.0.0"
"""Of the API, not of the gateway: it changes when a client could notice."""

ABOUT = {"title": "Complaint Gateway", "version": VERSION, "openapi_version": "3.1.0"}

View = Callable[..., Any]

_PROBLEMS = (
    "invalid-json",
    "invalid-idempotency-key",
    "too-large",
    "unsupported-media-type",
    "invalid-submission",
    "idempotency-conflict",
    "internal-error",
    "unavailable",
)
_COMPLAINT = {
    "narrative": "My parcel never came, and Jane Example from support told me to wait.",
    "contact": {"name": "Jane Example", "email": "jane@example.com"},
    "order_reference": "ORD-000123",
    "desired_outcome": "A refund.",
    "language": "en",
}
_RECEIPT = {
    "reference": "7QK2M-9XW4Z",
    "receipt_code": "0R5T9-ZC3YQ-8H1VN-4KD7E-PWMXH",
    "received_at": "2026-01-31T12:00:00+00:00",
    "acknowledgement": "We have received your complaint.",
    "notice": {
        "id": "service-handling",
        "version": "1",
        "sha256": "…",
        "title": "…",
        "short": "…",
        "text": "…",
        "terms": {},
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes it safe to send again: the same key and content get the same answer, and one complaint "
    "exists. 1 to 255 visible ASCII characters, bare or in double quotes.",
    "schema": {"type": "string", "minLength": 1},
    "example": "5f0c9a52-6d0c-4b57-9d1c-2f1a7f0e8a11",
}
_RETRY_AFTER = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}


def sends_a_complaint(blueprint: Blueprint, view: View) -> View:
    """Return `view`, described as the operation that takes a complaint."""
    body = {"schema": SubmissionSchema, "examples": {"complaint": {"value": _COMPLAINT}}}
    for name in _PROBLEMS:
        view = _with_problem(blueprint, view, KINDS[name])
    view = blueprint.response(
        201, ReceiptSchema, description="Stored, and therefore yours to rely on.", example=_RECEIPT
    )(view)
    doc = blueprint.doc(
        operationId="sendComplaint",
        parameters=[_KEY],
        requestBody={"required": True, "content": {"application/json": body}},
    )
    return doc(view)  # type: ignore[no-any-return]  # flask-smorest ships no types


def _with_problem(blueprint: Blueprint, view: View, kind: Kind) -> View:
    example: dict[str, object] = {"type": kind.type, "title": kind.title, "status": kind.status}
    if kind.name == "invalid-submission":
        example["errors"] = [{"pointer": "#/contact/email", "detail": "must be a string"}]
    if kind.name == "invalid-json":
        example["detail"] = "line 1, column 2: no JSON can be read from here"
    documented = blueprint.alt_response(
        kind.status,
        schema=ProblemSchema,
        content_type=MEDIA_TYPE,
        examples={kind.name: {"summary": kind.cure, "value": example}},
        headers=_RETRY_AFTER if kind.name == "unavailable" else None,
    )
    return documented(view)  # type: ignore[no-any-return]  # the same
