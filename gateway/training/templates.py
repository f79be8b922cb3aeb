"""The small language in which patterns and word lists are written, read into trees.

    {phone}      a slot: a value is drawn for it
    [a|b|c]      one of these, each equally likely; may be empty; may hold slots and further choices
    ⏎            a line break
    anything else stands for itself, square brackets without a bar too

A file is a list of sections, `= name =`, one entry a line, blank lines and lines that start with `%` ignored. In a
section whose name ends in `#` the entries are shapes: `#` is a digit, `@` a capital letter, `^` a digit from 1 to 9.
"""

import random
import re
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

BREAK = "⏎"
_MARK = re.compile(r"\{[a-z0-9._#]+\}|[\[\]|]")
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
        ValueError: a choice is not closed.
    """
    return _sequence(_marks(line.replace(BREAK, "\n")), 0, inside=False)[0]


def _marks(line: str) -> list[str]:
    marks, place = [], 0
    for match in _MARK.finditer(line):
        marks += [line[place : match.start()], match.group()]
        place = match.end()
    return [mark for mark in [*marks, line[place:]] if mark]


def _opens_choice(marks: list[str], place: int) -> bool:
    depth = 0
    for mark in marks[place:]:
        depth += (mark == "[") - (mark == "]")
        if depth == 0:
            return False
        if mark == "|" and depth == 1:
            return True
    return False


def _sequence(marks: list[str], place: int, *, inside: bool) -> tuple[Template, int]:
    parts: list[str | Slot | Choice] = []
    literal_depth = 0
    while place < len(marks):
        mark = marks[place]
        if inside and literal_depth == 0 and mark in "|]":
            break
        if mark == "[" and _opens_choice(marks, place):
            choice, place = _choice(marks, place + 1)
            parts.append(choice)
            continue
        literal_depth += (mark == "[") - (mark == "]")
        is_slot = mark.startswith("{") and mark.endswith("}") and len(mark) > 1
        parts.append(Slot(mark[1:-1]) if is_slot else mark)
        place += 1
    return tuple(parts), place


def _choice(marks: list[str], place: int) -> tuple[Choice, int]:
    options: list[Template] = []
    while place < len(marks):
        option, place = _sequence(marks, place, inside=True)
        options.append(option)
        place += 1
        if place <= len(marks) and marks[place - 1] == "]":
            return Choice(tuple(options)), place
    raise ValueError(f"a choice is not closed: {''.join(marks)[:40]}")


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
