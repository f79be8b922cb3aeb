"""The fields of the web form: what people read beside them, and how they map to a submission and back.

A field's name is its JSON pointer with dots, so `contact.email` is `/contact/email` in a fault.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from gateway.core.errors import Fault

ANY_OTHER_LANGUAGE = "und"
"""BCP 47 for a language that is not known; detection will not judge it, so a person has to."""

_NATIVE = {"de": "Deutsch", "en": "English", "es": "Español", "fr": "Français"}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field.

    Attributes:
        noun: how an error speaks of it; the schema's reason follows.
        said: what is said instead of some of the schema's reasons.
        kind: `text`, `email`, `tel`, `lines` (several) or `select`.
        short: the answer is short, and its input looks like it.
        autocomplete: the browser's word for it (HTML, "autofill").
    """

    name: str
    label: str
    noun: str
    hint: str = ""
    said: Mapping[str, str] = field(default_factory=dict)
    kind: str = "text"
    short: bool = False
    autocomplete: str = "off"
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The id of its input; links in the error summary lead there."""
        return self.name.replace(".", "-")

    @property
    def pointer(self) -> str:
        """Where it stands in a submission."""
        return "/" + self.name.replace(".", "/")

    def value(self, typed: str) -> str:
        """Return what is submitted: Unix line ends; one-line fields without stray spaces; nothing for mere space."""
        if not typed.strip():
            return ""
        return typed.replace("\r\n", "\n") if self.kind == "lines" else typed.strip()

    def problem(self, reason: str, typed: str) -> str:
        """Return a sentence for the schema's `reason` to refuse what was `typed`."""
        if reason in self.said:
            return self.said[reason]
        if reason.startswith("is longer than"):
            return f"{self.noun} {reason}; it has {len(self.value(typed)):,}"
        return f"{self.noun} {reason}" if reason.startswith("is ") else f"{self.noun}: {reason}"


@dataclass(frozen=True)
class Problem:
    """One thing to mend: a sentence, and the id of its field, empty if it has none."""

    field_id: str
    text: str


TOLD = (
    Field(
        name="narrative",
        label="What happened?",
        noun="Your account of what happened",
        hint="In your own words: what you expected, and what you got instead.",
        said=dict.fromkeys(("is required", "must say something"), "Tell us what happened"),
        kind="lines",
    ),
    Field(
        name="desired_outcome",
        label="What would put it right?",
        noun="What would put it right",
        kind="lines",
    ),
)
ABOUT = (
    Field(
        name="product",
        label="Which product or service is it about?",
        noun="The product or service",
        hint="For example: washing machine.",
    ),
    Field(name="issue", label="What kind of problem is it?", noun="The kind of problem", hint="For example: it leaks."),
    Field(
        name="order_reference",
        label="Order, account or case number",
        noun="The number",
        hint="If you have one at hand.",
        short=True,
    ),
)
REACH = (
    Field(name="contact.name", label="Your name", noun="Your name", autocomplete="name"),
    Field(
        name="contact.email",
        label="E-mail address",
        noun="The e-mail address",
        said={"is not an e-mail address such as name@example.com": "Enter an e-mail address like name@example.com"},
        kind="email",
        autocomplete="email",
    ),
    Field(
        name="contact.phone",
        label="Phone number",
        noun="The phone number",
        kind="tel",
        autocomplete="tel",
        short=True,
    ),
    Field(
        name="contact.address",
        label="Postal address",
        noun="The postal address",
        kind="lines",
        autocomplete="street-address",
    ),
)
CONSENT = ("consent.notice_id", "consent.version")


def language_field(offered: Sequence[str]) -> Field:
    """Return the choice of language among the codes `offered`."""
    known = {code: _NATIVE.get(code, code) for code in sorted(offered, key=lambda code: (code != "en", code))}
    return Field(
        name="language",
        label="Which language did you write in?",
        noun="The language",
        hint="It decides which program takes personal details out of your words.",
        kind="select",
        short=True,
        options={**known, ANY_OTHER_LANGUAGE: "Another language"},
    )


def as_submission(typed: Mapping[str, str], fields: Sequence[Field]) -> dict[str, object]:
    """Return the nested mapping that `parse_submission` takes, holding only what was given."""
    given = {one.name: one.value(typed[one.name]) for one in fields}
    nested: dict[str, object] = {}
    parts: dict[str, dict[str, str]] = {}
    for name, value in {**given, **{name: typed[name] for name in CONSENT}}.items():
        if value:
            part, dot, inner = name.partition(".")
            if dot:
                parts.setdefault(part, {})[inner] = value
            else:
                nested[name] = value
    return {**nested, **parts}


def problems(faults: Sequence[Fault], fields: Sequence[Field], typed: Mapping[str, str]) -> list[Problem]:
    """Return what to mend, in the order of `fields`; a fault without a field comes last."""
    found = [
        Problem(one.id, one.problem(fault.reason, typed[one.name]))
        for one in fields
        for fault in faults
        if fault.pointer == one.pointer
    ]
    pointers = {one.pointer for one in fields}
    return found + [_without_field(fault) for fault in faults if fault.pointer not in pointers]


def _without_field(fault: Fault) -> Problem:
    if fault.pointer.startswith("/consent"):
        return Problem("notice", "What we say about your data has changed meanwhile. Read it again, then send")
    return Problem("", f"{fault.pointer or '/'}: {fault.reason}")
