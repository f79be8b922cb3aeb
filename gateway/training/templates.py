"""The small language in which patterns and word lists are written, read into trees.

    {phone}      a slot: a value is drawn for it
    [a|b|c]      one of these, each equally likely; may be empty; may hold slots and further choices
    ⏎            a line break
    anything else stands for itself, square brackets without a bar too

A file is a list of sections, `= name =`, one entry a line, blank lines and lines that start with `%` ignored. In a section
whose name ends in `#` the entries are shapes: `#` is a digit, `@` a capital letter, `^` a digit from 1 to 9.
"""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

BREAK = "⏎"
_TOKEN = re.compile(r"\{[a-z0-9._#]+\}|[\[\]|]")
_SHAPE = re.compile(r"[#@^]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place where a value is drawn."""

    name: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several sequences."""

    options: "tuple[Template, ...]"


Template = tuple["str | Slot | Choice", ...]


def parse(line: str) -> Template:
    """Return the tree of one entry.

    Raises:
        ValueError: a bar or bracket of a choice is not matched.
    """
    tokens = _tokens(line.replace(BREAK, "\n"))
    template, left = _sequence(tokens, 0, inside=False)
    if left != len(tokens):
        raise ValueError(f"unmatched bracket in pattern: {line[:40]}")
    return template


def _tokens(line: str) -> list[str]:
    tokens, place = [], 0
    for match in _TOKEN.finditer(line):
        tokens += [line[place : match.start()], match.group()]
        place = match.end()
    return [token for token in [*tokens, line[place:]] if token]


def _opens_choice(tokens: list[str], place: int) -> bool:
    depth = 0
    for token in tokens[place:]:
        depth += (token == "[") - (token == "]")
        if depth == 0:
            return False
        if token == "|" and depth == 1:
            return True
    return False


def _sequence(tokens: list[str], place: int, *, inside: bool) -> tuple[Template, int]:
    parts: list[str | Slot | Choice] = []
    literal_depth = 0
    while place < len(tokens):
        token = tokens[place]
        if inside and literal_depth == 0 and token in "|]":
            break
        if token == "[" and _opens_choice(tokens, place):
            choice, place = _choice(tokens, place + 1)
            parts.append(choice)
            continue
        literal_depth += (token == "[") - (token == "]")
        is_slot = token.startswith("{") and token.endswith("}") and len(token) > 1
        parts.append(Slot(token[1:-1]) if is_slot else token)
        place += 1
    return tuple(parts), place


def _choice(tokens: list[str], place: int) -> tuple[Choice, int]:
    options = []
    while place < len(tokens):
        option, place = _sequence(tokens, place, inside=True)
        options.append(option)
        place += 1
        if tokens[place - 1] == "]":
            break
    return Choice(tuple(options)), place


def walk(template: Template, draw: random.Random) -> Iterator[str | Slot]:
    """Yield literals and slots in order, every choice decided."""
    for part in template:
        if isinstance(part, Choice):
            yield from walk(draw.choice(part.options), draw)
        else:
            yield part


def slots(template: Template) -> set[str]:
    """Return the names of all slots, whatever is chosen."""
    found: set[str] = set()
    for part in template:
        if isinstance(part, Slot):
            found.add(part.name)
        elif isinstance(part, Choice):
            found.update(*(slots(option) for option in part.options))
    return found


def shape(text: str, draw: random.Random) -> str:
    """Fill a shape: `#` a digit, `^` a digit but zero, `@` a capital letter."""
    drawn: dict[str, Callable[[], str]] = {
        "#": lambda: draw.choice(string.digits),
        "^": lambda: draw.choice("123456789"),
        "@": lambda: draw.choice(string.ascii_uppercase),
    }
    return _SHAPE.sub(lambda match: drawn[match.group()](), text)


def read_sections(path: Path) -> dict[str, list[str]]:
    """Return section name → entries of one file.

    Raises:
        ValueError: an entry stands before the first section.
    """
    sections: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("%"):
            continue
        if line.startswith("= ") and line.endswith(" ="):
            current = sections.setdefault(line[2:-2].strip(), [])
        elif current is None:
            raise ValueError(f"{path.name}: an entry before the first section")
        else:
            current.append(line)
    return sections
