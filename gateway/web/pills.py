"""Redaction tokens as small labelled pills: `[PERSON_1]` becomes `Person 1`, in the colour of its kind.

The text around a token is whatever a person wrote, so everything is escaped and nothing is marked safe but the pills.
"""

import re

from markupsafe import Markup, escape

_KINDS = {
    "person": {"BIRTH_DATE", "NAME", "PERSON"},
    "contact": {"EMAIL", "HANDLE", "IP", "PHONE", "URL"},
    "place": {"ADDRESS", "LOCATION", "PLACE", "POSTCODE"},
    "number": {"ACCOUNT", "CARD", "IBAN", "ID", "NATIONAL_ID", "ORDER", "REFERENCE"},
}
"""Class in the stylesheet → the labels of `policies/redaction.yaml` that wear it; any other label is `other`."""

_ACRONYMS = {"IBAN", "ID", "IP", "URL"}
_TOKEN = re.compile(r"\[([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)_([0-9]{1,6})\]")


def pills(text: str) -> Markup:
    """Return `text`, escaped, with each token such as `[PERSON_1]` as a pill."""
    parts, position = [], 0
    for token in _TOKEN.finditer(text):
        parts += [escape(text[position : token.start()]), pill(token[1], token[2])]
        position = token.end()
    return Markup().join([*parts, escape(text[position:])])


def pill(name: str, number: str = "") -> Markup:
    """Return one pill for the label `name`; a screen reader says that something was redacted here."""
    kind = next((kind for kind, names in _KINDS.items() if name in names), "other")
    hidden = Markup('<span class="visually-hidden">redacted: </span>')
    return Markup('<span class="pill {}">{}{}</span>').format(kind, hidden, f"{label(name)} {number}".rstrip())


def label(name: str) -> str:
    """Return a label in words: `BIRTH_DATE` → `Birth date`."""
    words = [word if word in _ACRONYMS else word.lower() for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]
