"""How values are put into words on a page: the Jinja filters. A strange value never fails; it is shown as it is."""

import re
from datetime import UTC, datetime

from flask import Flask
from markupsafe import Markup, escape

from gateway.web.pills import label, pills

_ARTICLE = re.compile(r"eu-gdpr:A([0-9]+)(?:-([0-9]+)-([a-z]))?")
_DURATION = re.compile(r"P([0-9]+)([DWMY])")
_WRAPPED_FROM = 80
"""Characters; the length from which a line of a policy file counts as wrapped."""
_SENTENCE = re.compile(r"[.:!?…]")
_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}


def register_filters(app: Flask) -> None:
    """Offer the functions below to the templates of `app`."""
    app.jinja_env.filters.update(
        duration=duration, label=label, moment=moment, paragraphs=paragraphs, pills=pills, term=term
    )


def term(iri: str) -> str:
    """Return a term of the notice's vocabulary in words: `dpv:DisputeManagement` → `dispute management`."""
    article = _ARTICLE.fullmatch(iri)
    if article:
        return f"GDPR, Article {article[1]}" + (f"({article[2]})({article[3]})" if article[2] else "")
    name = re.split(r"[:#/]", iri)[-1] or iri
    return name if name.isupper() else re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[-_]+", " ", name).lower()


def duration(iso: str) -> str:
    """Return an ISO 8601 duration of one unit in words: `P90D` → `90 days`."""
    parts = _DURATION.fullmatch(iso)
    if not parts:
        return iso
    number = int(parts[1])
    return f"{number} {_UNITS[parts[2]]}{'' if number == 1 else 's'}"


def moment(when: datetime | str) -> Markup:
    """Return a time, to the minute and in UTC, as a `time` element; text that is no time stays as it is."""
    try:
        aware = (datetime.fromisoformat(when) if isinstance(when, str) else when).astimezone(UTC)
    except (ValueError, OverflowError):
        return escape(when)
    shown = f"{aware.day} {aware:%B %Y, %H:%M} UTC"
    return Markup('<time datetime="{}">{}</time>').format(aware.isoformat(timespec="seconds"), shown)


def paragraphs(text: str, level: int = 3) -> Markup:
    """Return plain text as HTML.

    Blank lines cut it into paragraphs, a block of `- ` lines is a list, and a short first line without a full stop or
    a colon is a heading of `level`. Other short lines end where they end; a long one counts as wrapped.
    """
    blocks = [block.strip("\n").splitlines() for block in re.split(r"\n\s*\n", text) if block.strip()]
    return Markup("\n").join(_block(lines, level) for lines in blocks)


def _block(lines: list[str], level: int) -> Markup:
    if all(line.startswith("- ") for line in lines):
        return Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(line[2:]) for line in lines))
    first, rest = lines[0], lines[1:]
    if len(first) < _WRAPPED_FROM and not _SENTENCE.search(first) and _SENTENCE.search(" ".join(rest)):
        return Markup("<h{0}>{1}</h{0}>{2}").format(level, first, _paragraph(rest))
    return _paragraph(lines)


def _paragraph(lines: list[str]) -> Markup:
    broken = (Markup("{}{}").format(one, Markup("<br>") if len(one) < _WRAPPED_FROM else " ") for one in lines[:-1])
    return Markup("<p>{}{}</p>").format(Markup().join(broken), lines[-1])
