"""Text that carries its own answers: pieces, each with the label of the value that it belongs to.

Everything that changes a text (case, typing errors, line breaks, hidden characters) changes pieces, so that the spans
of the result are exact by construction and are never searched for.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `value` is 0 for ordinary text, else the number of the value, the same for all of its pieces."""

    text: str
    label: str = ""
    value: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A labelled stretch, offsets in code points, the end excluded."""

    start: int
    end: int
    label: str


def flat(pieces: Iterable[Piece]) -> tuple[str, list[Span]]:
    """Return the text and its spans; the pieces of one value make one span, without blanks at its ends."""
    text, last = "", 0
    spans: list[Span] = []
    for piece in pieces:
        start = len(text)
        text += piece.text
        if piece.value and piece.value == last and spans:
            spans[-1] = Span(spans[-1].start, len(text), piece.label)
        elif piece.value:
            spans.append(Span(start, len(text), piece.label))
        last = piece.value if piece.text else last
    trimmed = (_trim(text, span) for span in spans)
    return text, [span for span in trimmed if span.end > span.start]


def _trim(text: str, span: Span) -> Span:
    inside = text[span.start : span.end]
    start = span.start + len(inside) - len(inside.lstrip())
    return Span(start, max(start, span.start + len(inside.rstrip())), span.label)


def changed(pieces: Iterable[Piece], change: Callable[[Piece], str]) -> list[Piece]:
    """Return the pieces with each text replaced by what `change` makes of it."""
    return [Piece(change(piece), piece.label, piece.value) for piece in pieces]


def letters(pieces: Iterable[Piece]) -> list[Piece]:
    """Return the same text as pieces of one character each."""
    return [Piece(letter, piece.label, piece.value) for piece in pieces for letter in piece.text]
