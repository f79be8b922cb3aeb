"""The marshmallow fields of a submission: text taken as it is or refused, and language tags.

Reasons are ours, plain, and never hold the value. A check is a function that raises ValidationError with a reason.
"""

import re
from collections.abc import Callable
from typing import Any

from marshmallow import ValidationError, fields, validate

NULL = "must not be null; leave it out if there is nothing to say"

# Controls, lone surrogates and noncharacters. The last two of every plane are noncharacters; past the first plane they
# are picked out by looking back, because a class that names each of them is ten times slower on every text.
_LAST_TWO = "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
_REST = f"\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U0001fffe-\U0010ffff](?<=[\x00-\uffff{_LAST_TWO}])"
_NEVER_IN_LINES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_REST}")
_NEVER_IN_ONE_LINE = re.compile(f"[\x00-\x1f{_REST}")
_INVISIBLE = re.compile(r"[\s\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]*")
_LANGUAGE = re.compile(r"([a-z]{2,3})(-[a-z]{4})?(-(?:[a-z]{2}|[0-9]{3}))?", re.IGNORECASE | re.ASCII)
_LOCAL_PART = re.compile(r'[^\s@"(),:;<>\[\]\\]{1,64}')
_DOMAIN_LABEL = re.compile(r"(?!-)[^\s\x00-\x2c\x2e\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]{1,63}(?<!-)")


class Text(fields.String):
    """A string of at most `longest` code points; with `lines`, line breaks and tabs are allowed."""

    default_error_messages = {"required": "is required", "null": NULL, "invalid": "must be a string"}  # noqa: RUF012  # as marshmallow declares it

    def __init__(
        self, longest: int, *, lines: bool = False, check: Callable[[str], None] | None = None, required: bool = False,
        description: str, example: str,
    ) -> None:  # fmt: skip
        rules = [validate.Length(max=longest, error=f"is longer than {longest:,} characters")]
        super().__init__(
            required=required,
            validate=[*rules, _in_lines if lines else _in_one_line, *([check] if check else [])],
            metadata={"description": description, "examples": [example], **({"minLength": 1} if required else {})},
        )

    def _deserialize(self, value: object, *_context: Any, **_options: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class LanguageTag(Text):
    """A BCP 47 tag `language[-Script][-REGION]` in canonical case: nothing in it has room for free text."""

    default_error_messages = {  # noqa: RUF012  # as marshmallow declares it
        "tag": "must be a language tag such as en, pt-BR or zh-Hans-CN, without variants, extensions or private use"
    }

    def _deserialize(self, value: object, *context: Any, **options: Any) -> str:
        parts = _LANGUAGE.fullmatch(super()._deserialize(value, *context, **options))
        if parts is None:
            raise self.make_error("tag")
        language, script, region = parts.groups(default="")
        return language.lower() + script.title() + region.upper()


def says_something(value: str) -> None:
    """Refuse a text of nothing but spaces and invisible characters."""
    if _INVISIBLE.fullmatch(value):
        raise ValidationError("must say something")


def not_empty(value: str) -> None:
    """Refuse the empty string."""
    if not value:
        raise ValidationError("must not be empty")


def email_address(value: str) -> None:
    """Refuse what cannot be an address (RFC 6531: any letters, one @, a domain with a dot); empty is not given."""
    local, _, domain = value.partition("@")
    labels = domain.split(".")
    plausible = _LOCAL_PART.fullmatch(local) and len(labels) > 1 and all(map(_DOMAIN_LABEL.fullmatch, labels))
    if value and not plausible:
        raise ValidationError("is not an e-mail address such as name@example.com")


def _in_lines(value: str) -> None:
    _refuse(_NEVER_IN_LINES.search(value), "control characters other than line breaks and tabs are not taken")


def _in_one_line(value: str) -> None:
    _refuse(_NEVER_IN_ONE_LINE.search(value), "line breaks, tabs and other control characters are not taken here")


def _refuse(found: re.Match[str] | None, reason: str) -> None:
    if found:
        raise ValidationError(f"{reason}; the first is character {found.start() + 1:,}")
