"""What each policy file may say, and nothing else: unknown keys are faults (marshmallow's default)."""

import re
import time
from collections.abc import Callable, Mapping
from datetime import date
from string import Formatter
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range, Regexp

from gateway.core.addresses import address_fault
from gateway.core.durations import is_duration
from gateway.core.events import EVENT_TYPES
from gateway.core.notice import PREFIXES
from gateway.core.patterns import is_slow
from gateway.core.policy import DESTINATION_KINDS, Permission

SENTENCE_LONGEST, TEXT_LONGEST = 500, 10_000
"""Characters."""

LANGUAGE = r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*"
"""A language tag, as far as its form goes (BCP 47)."""

NOTICE_PLACEHOLDERS = frozenset({"controller", "contact", "rights_url"})
MESSAGE_PLACEHOLDERS = frozenset({"reference", "received"})


def _placeholders(allowed: frozenset[str], *, required: str = "") -> Callable[[str], None]:
    def check(text: str) -> None:
        try:
            found = [(name, spec, change) for _, name, spec, change in Formatter().parse(text) if name is not None]
        except ValueError:
            raise ValidationError("a curly bracket stands alone") from None
        if any(name not in allowed or spec or change for name, spec, change in found):
            raise ValidationError(f"only these may stand in curly brackets: {', '.join(sorted(allowed))}")
        if required and required not in {name for name, _, _ in found}:
            raise ValidationError(f"{{{required}}} is missing")

    return check


def _regex(text: str) -> None:
    try:
        empty = re.compile(text).search("") is not None
    except re.error as fault:
        raise ValidationError(f"is not a regular expression (position {fault.pos})") from None
    if empty:
        raise ValidationError("matches where nothing stands")
    if is_slow(text, time.thread_time):
        raise ValidationError("takes too long on a long text; bound what repeats, such as {1,40}")


def _day(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ValidationError("is not a date such as 2026-01-31") from None


def _duration(text: str) -> None:
    if not is_duration(text):
        raise ValidationError("is not a duration in days, weeks, months or years, such as P30D or P1Y")


def _string(pattern: str, form: str) -> fields.String:
    return fields.String(required=True, validate=Regexp(rf"(?:{pattern})\Z", error=f"is not {form}"))


def _text(longest: int = SENTENCE_LONGEST, *checks: Callable[[str], None]) -> fields.String:
    return fields.String(required=True, validate=[Length(1, longest), *checks])


def _table(key: fields.String, value: Mapping[str, fields.Field[Any]] | type[Schema]) -> fields.Dict:
    schema = Schema.from_dict(dict(value)) if isinstance(value, Mapping) else value
    return fields.Dict(keys=key, values=fields.Nested(schema), required=True, validate=Length(1))


def _list(item: fields.Field[Any], shortest: int = 1) -> fields.List[Any]:
    return fields.List(item, required=True, validate=Length(shortest))


def _share() -> fields.Float:
    return fields.Float(required=True, validate=Range(0, 1))


def _note() -> fields.String:
    return fields.String(load_default="", validate=Length(0, SENTENCE_LONGEST))


_ENTITY = _string(r"[A-Z][A-Z0-9_]{0,39}", "a name in capitals, digits and underscores")
_LANGUAGE = _string(LANGUAGE, "a language code such as en or pt-BR")
_NAME = _string(r"[a-z][a-z0-9_-]{0,39}", "a name in small letters, digits, underscores and hyphens")
_TERM = _string(rf"({'|'.join(PREFIXES)}):[A-Za-z][A-Za-z0-9_-]*", f"a term with one of: {', '.join(PREFIXES)}")
_NOTICE_TEXT = {
    name: _text(longest, _placeholders(NOTICE_PLACEHOLDERS))
    for name, longest in (("title", 100), ("short", SENTENCE_LONGEST), ("whole", TEXT_LONGEST))
}


class Redaction(Schema):
    """redaction.yaml."""

    entities = _table(_ENTITY, {"label": _ENTITY, "threshold": _share(), "note": _note()})
    profiles = _table(_NAME, {"leaves_readable": _list(_ENTITY, 0), "note": _note()})
    extra_patterns = _list(
        fields.Nested(
            Schema.from_dict(
                {"name": _NAME, "entity": _ENTITY, "regex": _text(SENTENCE_LONGEST, _regex), "score": _share()}
            )
        ),
        0,
    )
    allow_list = _list(_text(100), 0)
    languages = _list(_LANGUAGE)


class Roles(Schema):
    """roles.yaml."""

    roles = _table(
        _NAME, {"note": _note(), "permissions": _list(fields.String(validate=OneOf([p.value for p in Permission])), 0)}
    )


class Destination(Schema):
    """One entry of destinations.yaml."""

    kind = fields.String(required=True, validate=OneOf(sorted(DESTINATION_KINDS)))
    address = fields.String(required=True)
    profile = _NAME
    notice = _NAME
    events = _list(fields.String(validate=OneOf(sorted(EVENT_TYPES))))
    allow_loopback = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    embedded_only = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @validates_schema(skip_on_field_errors=False)
    def address_is_safe(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse an address that a sender would refuse, or that anybody on the way could read."""
        fault = address_fault(data.get("address", ""), allow_loopback=data.get("allow_loopback", False))
        if fault and "address" in data:
            raise ValidationError(fault, "address")


class Destinations(Schema):
    """destinations.yaml. Names become part of an environment variable, so they have no hyphens."""

    destinations = fields.Dict(
        keys=_string(r"[a-z][a-z0-9_]{0,39}", "a name in small letters, digits and underscores"),
        values=fields.Nested(Destination),
        required=True,
    )


class Notice(Schema):
    """One entry of notices.yaml."""

    version = _string(r"[A-Za-z0-9][A-Za-z0-9.-]{0,19}", 'a version in quotes, such as "1"')
    issued = fields.String(required=True, validate=_day)
    controller = _text()
    contact = _text()
    rights_url = _string(r"https://\S{1,200}", "an address that begins with https://")
    jurisdiction = _TERM
    regulations = _list(_string(r"[A-Za-z0-9.-]{1,40}", "a short name without spaces, such as GDPR"))
    purposes = _list(_TERM)
    permitted = _list(_TERM)
    prohibited = _list(_TERM)
    obligations = _list(_TERM)
    legal_basis = _list(_TERM)
    rights = _list(_TERM)
    retention = fields.String(required=True, validate=_duration)
    texts = _table(_LANGUAGE, _NOTICE_TEXT)


class Notices(Schema):
    """notices.yaml."""

    shown = _NAME
    notices = _table(_NAME, Notice)
    terms = _table(_TERM, {"meaning": _text(), "broader": fields.String(load_default="", validate=_TERM.validators[0])})


class MessagesFile(Schema):
    """messages/LANGUAGE.yaml."""

    acknowledgement = _text(TEXT_LONGEST, _placeholders(MESSAGE_PLACEHOLDERS, required="reference"))
