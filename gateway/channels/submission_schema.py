"""What a submission may look like, whatever the channel: the one schema behind the JSON API and the web form.

Nothing is coerced, trimmed or repaired: a field is taken as it is or refused. Every fault is listed at once, each with
an RFC 6901 pointer and a reason, never with the value. A field name is submitted data too, so an unknown one is named
only if it looks like an identifier; pointers therefore never need the escapes of RFC 6901.

Bidirectional controls and zero-width characters are allowed (people paste them); detection deals with those.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields

from gateway.channels.text_fields import NULL, LanguageTag, Text, email_address, not_empty, says_something
from gateway.core.errors import Fault, InvalidSubmissionError
from gateway.core.submission import NARRATIVE_LONGEST, Consent, Contact, Submission

UNKNOWN_NAMED = 20
"""Unknown fields that are named in one object; the rest are one fault, so that an answer stays small."""

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,39}")


class _Strict(Schema):
    # Unknown fields are refused: see _known_fields.
    error_messages = {"type": "must be an object"}  # noqa: RUF012  # as marshmallow declares it


def _part(schema: type[Schema], description: str) -> fields.Nested:
    return fields.Nested(schema, error_messages={"null": NULL}, metadata={"description": description})


class ContactSchema(_Strict):
    """How to reach the person; an empty string is the same as leaving the field out."""

    name = Text(200, description="Name of the person who complains.", example="Jane Example")
    email = Text(254, check=email_address, description="E-mail address.", example="jane@example.com")
    phone = Text(40, description="Telephone number, in any notation.", example="+1 212 555 0123")
    address = Text(500, lines=True, description="Postal address.", example="1 Example Street\nExampletown")


class ConsentSchema(_Strict):
    """Which data-use notice the person was shown."""

    notice_id = Text(100, required=True, check=not_empty, description="Id of the notice.", example="service-handling")
    version = Text(40, required=True, check=not_empty, description="Its version.", example="1")


class SubmissionSchema(_Strict):
    """One complaint. Only the narrative is required."""

    narrative = Text(
        NARRATIVE_LONGEST, lines=True, required=True, check=says_something,
        description="What happened, in the person's own words.",
        example="My parcel never came, and Jane Example from support told me to wait.",
    )  # fmt: skip
    contact = _part(ContactSchema, "How to reach the person.")
    order_reference = Text(100, description="Order, account or case number.", example="ORD-000123")
    product = Text(200, description="What the complaint is about.", example="Parcel delivery")
    issue = Text(200, description="What went wrong, in a few words.", example="Not delivered")
    desired_outcome = Text(2_000, lines=True, description="What would put it right.", example="A refund.")
    language = LanguageTag(
        11, description="Language of the texts: BCP 47, language[-Script][-REGION]; en if absent.", example="en"
    )
    consent = _part(ConsentSchema, "The data-use notice that the person was shown.")
    channel_detail = Text(200, description="Where the complaint came from, for your own use.", example="app 4.2")


_SUBMISSION = SubmissionSchema()


def parse_submission(given: Mapping[str, object], *, channel: str) -> Submission:
    """Return the submission that `given` describes, for `channel`.

    Args:
        given: field name → string; `contact` and `consent` hold mappings of their own.
        channel: our name for the channel, such as `api`; never submitted text.

    Raises:
        InvalidSubmissionError: with every fault: those of known fields in the order of the schema, then unknown fields.
    """
    unknown: list[Fault] = []
    known = _known_fields(given, _SUBMISSION, "", unknown)
    try:
        taken = _SUBMISSION.load(known)
    except ValidationError as error:
        raise InvalidSubmissionError([*_faults(error.messages_dict, ""), *unknown]) from None
    if unknown:
        raise InvalidSubmissionError(unknown)
    contact, consent = taken.pop("contact", {}), taken.pop("consent", None)
    return Submission(
        channel=channel, contact=Contact(**contact), consent=Consent(**consent) if consent else None, **taken
    )


def _known_fields(given: Mapping[str, object], schema: Schema, place: str, unknown: list[Fault]) -> dict[str, object]:
    """Return the fields of `given` that `schema` has, and add the faults of the others to `unknown`.

    marshmallow could refuse those too, but takes quadratic time for it and names them whatever they are.
    """
    unknown.extend(_unknown_faults(sorted(given.keys() - schema.fields.keys()), place))
    known: dict[str, object] = {}
    for name, field in schema.fields.items():
        value = given.get(name)
        if isinstance(field, fields.Nested) and isinstance(value, Mapping):
            known[name] = _known_fields(value, field.schema, f"{place}/{name}", unknown)
        elif name in given:
            known[name] = value
    return known


def _unknown_faults(names: list[str], place: str) -> Iterator[Fault]:
    named = [name for name in names if _IDENTIFIER.fullmatch(name)][:UNKNOWN_NAMED]
    for name in named:
        yield Fault(f"{place}/{name}", "is not a field that is known here")
    if len(named) < len(names):
        yield Fault(place, "has a field that is not known here")


def _faults(messages: Mapping[str, Any], place: str) -> Iterator[Fault]:
    """Flatten marshmallow's tree of messages; what it files under `_schema` is about the object itself."""
    for name, inner in messages.items():
        pointer = place if name == "_schema" else f"{place}/{name}"
        if isinstance(inner, Mapping):
            yield from _faults(inner, pointer)
        else:
            yield from (Fault(pointer, reason) for reason in inner)
