"""What the JSON API answers, for its OpenAPI document and for writing the answer itself."""

from datetime import UTC

from marshmallow import EXCLUDE, Schema, fields

from gateway.core.notice import as_json_ld
from gateway.usecases.receive import Receipt


class _Answer(Schema):
    class Meta:
        unknown = EXCLUDE  # an answer may grow; a client must not refuse fields that it does not know


def _said(description: str) -> fields.String:
    return fields.String(required=True, metadata={"description": description})


class NoticeSchema(_Answer):
    """The data-use notice in force, for people and for machines."""

    id = _said("Id of the notice.")
    version = _said("Its version.")
    sha256 = _said("Hex SHA-256 of `terms` (docs/notice.md says how); the same in every record that is handed on.")
    title = _said("Its title, in the language of the complaint if there is one, else in English.")
    short = _said("The notice in a few sentences.")
    text = _said("The whole notice.")
    terms = fields.Dict(required=True, metadata={"description": "JSON-LD (W3C DPV 2 and ODRL), for machines."})


class ReceiptSchema(_Answer):
    """The complaint is stored; this is the person's receipt for it."""

    reference = _said("What to quote when talking about the case; it opens nothing.")
    receipt_code = _said("The way back in, for the person who complained. Shown in this answer only; keep it secret.")
    received_at = fields.DateTime(required=True, metadata={"description": "RFC 3339, in UTC."})
    acknowledgement = _said("A text to show to the person.")
    notice = fields.Nested(NoticeSchema, required=True)


class PlaceSchema(_Answer):
    """One thing that is wrong."""

    pointer = _said("Where, as a JSON pointer in the form of a URI fragment, such as `#/contact/email`.")
    detail = _said("Why; never what was sent.")


class ProblemSchema(_Answer):
    """Problem details (RFC 9457)."""

    type = _said("Which kind of problem; relative to this server, where a page says what to do.")
    title = _said("The kind of problem in words.")
    status = fields.Integer(required=True, metadata={"description": "The HTTP status code."})
    detail = fields.String(metadata={"description": "Where the request could not be read; never what was sent."})
    errors = fields.List(fields.Nested(PlaceSchema), metadata={"description": "Every fault of a submission."})


def receipt_answer(receipt: Receipt, language: str) -> dict[str, object]:
    """Return `receipt` as `ReceiptSchema` wants it, with the notice in `language`."""
    terms = as_json_ld(receipt.notice, receipt.notice.controller)
    words = receipt.notice.text(language)
    notice = {
        "id": receipt.notice.id,
        "version": receipt.notice.version,
        "sha256": terms["cg:sha256"],
        "title": words.title,
        "short": words.short,
        "text": words.whole,
        "terms": terms,
    }
    return {
        "reference": receipt.reference,
        "receipt_code": receipt.receipt_code,
        "received_at": receipt.received_at.astimezone(UTC).replace(microsecond=0),
        "acknowledgement": receipt.acknowledgement,
        "notice": notice,
    }
