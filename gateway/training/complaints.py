"""Whole complaints: patterns put together as letters, mails and chats, made as untidy as people make them."""

import json
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from gateway.training.lexicon import LANGUAGES, lexicon
from gateway.training.marked import Piece, Span, flat
from gateway.training.names import Part
from gateway.training.noise import changes_for, quoted
from gateway.training.writer import Writer

_OPENS, _CLOSES, _WHOLE, _PLAIN_ONLY, _CHAIN = 0.45, 0.55, 0.28, 0.05, 0.06
_EVERYDAY, _EVASIVE = 0.5, 0.1
_ORDINARY_SENTENCE = 0.34  # share of sentences that name nobody
_GAPS = (" ", " ", " ", " ", "\n", "\n\n", "  ", " - ", "... ")


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """A text in a language, with its labelled spans in order."""

    language: str
    text: str
    spans: tuple[Span, ...]

    def as_json(self) -> str:
        """Return the complaint as one line of JSON, the shape that the benchmark reads."""
        spans = [{"start": span.start, "end": span.end, "label": span.label} for span in self.spans]
        return json.dumps({"language": self.language, "text": self.text, "spans": spans}, ensure_ascii=False)


def complaint(language: str, seed: str, part: Part = "train") -> Complaint:
    """Return the one complaint that belongs to a language, a seed and a part of the names."""
    draw = random.Random(f"{seed}/{language}/{part}")  # noqa: S311 - has to be repeatable, not secret
    writer = Writer(lexicon(language, part), draw)
    pieces = _composed(writer, draw)
    for change in changes_for(language, draw, everyday=_EVERYDAY, evasive=_EVASIVE):
        pieces = change(pieces, draw)
    text, spans = flat(pieces)
    return Complaint(language=language, text=text, spans=tuple(spans))


def complaints(
    seed: int, count: int, part: Part = "train", languages: tuple[str, ...] = LANGUAGES
) -> Iterator[Complaint]:
    """Yield `count` complaints, the languages in turn."""
    for number in range(count):
        yield complaint(languages[number % len(languages)], f"{seed}-{number}", part)


def _composed(writer: Writer, draw: random.Random) -> list[Piece]:
    chance = draw.random()
    if chance < _WHOLE:
        return writer.pattern("whole")
    if chance < _WHOLE + _PLAIN_ONLY:
        return _sentences(writer, draw, ordinary=1.0)
    pieces = _message(writer, draw)
    if chance > 1 - _CHAIN:
        pieces += [Piece("\n\n"), *quoted(_message(writer, draw), draw)]
    return pieces


def _message(writer: Writer, draw: random.Random) -> list[Piece]:
    pieces: list[Piece] = []
    if draw.random() < _OPENS:
        pieces += [*writer.pattern("open"), Piece(draw.choice(("\n\n", "\n", "\n\n", " ")))]
    pieces += _sentences(writer, draw, ordinary=_ORDINARY_SENTENCE)
    if draw.random() < _CLOSES:
        pieces += [Piece(draw.choice(("\n\n", "\n", "\n\n", " "))), *writer.pattern("close")]
    return pieces


def _sentences(writer: Writer, draw: random.Random, *, ordinary: float) -> list[Piece]:
    pieces: list[Piece] = []
    for number in range(draw.choice((1, 2, 2, 3, 3, 4, 5))):
        if number:
            pieces.append(Piece(draw.choice(_GAPS)))
        pieces += writer.pattern("plain" if draw.random() < ordinary else "body")
    return pieces


def main() -> None:
    """Print complaints as JSON lines: arguments are a seed and a count."""
    seed, count = (int(argument) for argument in sys.argv[1:3])
    for made in complaints(seed, count):
        sys.stdout.write(made.as_json() + "\n")


if __name__ == "__main__":
    main()
