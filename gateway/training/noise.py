"""What keyboards, phones, scanners and evasion do to a text, each as a change of pieces, so that spans stay exact."""

import random
import unicodedata
from collections.abc import Callable

from gateway.training.marked import Piece, changed, letters

Change = Callable[[list[Piece], random.Random], list[Piece]]

_LOOKALIKES = str.maketrans("aeopcxyiABEKMHOPCTX", "аеорсхуіАВЕКМНОРСТХ")  # noqa: RUF001 - Cyrillic on purpose
_HIDDEN = "\u200b\u200c\u200d\u00ad\u2060\ufeff"
_LEET = str.maketrans("aeiosAEIOS", "4310543105")
_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")
_SCANNED = {"l": "1", "O": "0", "0": "O", "1": "l", "rn": "m", "5": "S", "e": "c", "i": "l", "B": "8"}
_NEIGHBOURS = {
    "a": "s",
    "e": "r",
    "i": "o",
    "o": "p",
    "n": "m",
    "t": "y",
    "s": "d",
    "r": "t",
    "l": "k",
    "u": "i",
    "c": "v",
}
_LINE = 62
_OFTEN, _AT_TIMES, _HERE_AND_THERE, _SELDOM = 0.6, 0.3, 0.2, 0.03
_ASCII = 127
_SWAPPED = 3  # the fourth kind of typing error


def lower(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """All small letters."""
    return changed(pieces, lambda piece: piece.text.lower())


def upper(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """All capitals."""
    return changed(pieces, lambda piece: piece.text.upper())


def lower_values(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Names and places in small letters, as on a phone; the rest as it was."""
    return changed(pieces, lambda piece: piece.text.lower() if piece.value else piece.text)


def upper_values(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Names and places in capitals, as on forms."""
    return changed(pieces, lambda piece: piece.text.upper() if piece.value else piece.text)


def titled(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Every Word With A Capital, so that a capital says nothing."""
    return changed(pieces, lambda piece: " ".join(word[:1].upper() + word[1:] for word in piece.text.split(" ")))


def without_accents(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Accents dropped; Thai is left alone, whose marks are not accents."""
    return changed(pieces, lambda piece: "".join(map(_plain_letter, piece.text)))


def _plain_letter(letter: str) -> str:
    if letter in "łŁ":
        return "l" if letter == "ł" else "L"
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter


def without_punctuation(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Ordinary text without its stops and commas, as in hurried chat."""
    return changed(
        pieces, lambda piece: piece.text if piece.value else piece.text.translate(str.maketrans("", "", ".,;:!?"))
    )


def mistyped(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """A typing error in about every fortieth letter: left out, doubled, swapped with the next, or the key beside it."""
    result = letters(pieces)
    for place, piece in enumerate(result):
        if not piece.text.isalpha() or draw.random() > _SELDOM:
            continue
        kind, following = draw.randrange(4), result[place + 1] if place + 1 < len(result) else None
        text = ("", piece.text * 2, _NEIGHBOURS.get(piece.text, piece.text), piece.text)[kind]
        if kind == _SWAPPED and following and following.value == piece.value and following.text.isalpha():
            result[place + 1] = Piece(piece.text, following.label, following.value)
            text = following.text
        result[place] = Piece(text, piece.label, piece.value)
    return result


def wrapped(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Hard line breaks at about sixty letters, inside values too, at times with a quoting mark."""
    mark = draw.choice(("\n", "\n", "\n> ", "=\n"))
    result, column = letters(pieces), 0
    for place, piece in enumerate(result):
        column = 0 if piece.text == "\n" else column + 1
        if column > _LINE and piece.text == " ":
            result[place] = Piece(mark, piece.label, piece.value)
            column = 0
    return result


def quoted(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """The whole text quoted, as in a reply."""
    return [Piece("> "), *changed(pieces, lambda piece: piece.text.replace("\n", "\n> "))]


def one_line(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Line breaks lost, as a web form does it."""
    joint = draw.choice((" ", "  ", " / ", "\t", "<br>"))
    return changed(pieces, lambda piece: piece.text.replace("\n", joint))


def scanned(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """What a scanner misreads, here and there."""
    return changed(
        letters(pieces), lambda piece: _SCANNED.get(piece.text, piece.text) if draw.random() < _SELDOM else piece.text
    )


def spaced_commas(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Blanks around commas and stops gone or doubled."""
    after = draw.choice((",", " , ", ",  "))
    return changed(pieces, lambda piece: piece.text if piece.value else piece.text.replace(", ", after))


def thai_digits(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """Every digit as a Thai digit."""
    return changed(pieces, lambda piece: piece.text.translate(_THAI_DIGITS))


def thai_digits_in_values(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Some values with Thai digits."""
    return changed(
        pieces,
        lambda piece: piece.text.translate(_THAI_DIGITS) if piece.value and draw.random() < _OFTEN else piece.text,
    )


def hidden(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Characters that nobody sees, inside some values."""
    letter = draw.choice(_HIDDEN)
    return _some_values(
        pieces, draw, lambda text: letter.join(text) if draw.random() < _AT_TIMES else _sprinkled(text, letter, draw)
    )


def _sprinkled(text: str, letter: str, draw: random.Random) -> str:
    return "".join(each + (letter if draw.random() < _HERE_AND_THERE else "") for each in text)


def full_width(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Full-width forms in some values."""
    return _some_values(
        pieces, draw, lambda text: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)
    )


def look_alikes(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Some Latin letters replaced by Cyrillic ones that look the same."""
    return _some_values(
        pieces, draw, lambda text: "".join(c.translate(_LOOKALIKES) if draw.random() < _OFTEN else c for c in text)
    )


def spelled_apart(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Letters of some values set apart: J o h n, 4-9-2, j.o.h.n."""
    joint = draw.choice((" ", " ", "-", ".", "_", "*", "/", "·"))
    return _some_values(pieces, draw, lambda text: joint.join(text.replace(" ", "  ") if joint == " " else text))


def entities(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Characters of some values as HTML entities, JSON escapes or per cent codes."""
    style = draw.choice(("&#{};", "&#x{:x};", "\\u{:04x}", "%{:02X}"))
    return _some_values(
        pieces, draw, lambda text: "".join(style.format(ord(c)) if c in "@. " or ord(c) > _ASCII else c for c in text)
    )  # fmt: skip


def leet(pieces: list[Piece], draw: random.Random) -> list[Piece]:
    """Digits for letters in some values: J0hn, 4nn4."""
    return _some_values(pieces, draw, lambda text: text.translate(_LEET))


def garbled(pieces: list[Piece], _: random.Random) -> list[Piece]:
    """UTF-8 read as Latin-1: Ã© for é."""
    return changed(pieces, lambda piece: piece.text.encode().decode("latin-1").replace("\x80", "€"))


def _some_values(pieces: list[Piece], draw: random.Random, change: Callable[[str], str]) -> list[Piece]:
    chosen = {piece.value: draw.random() < _OFTEN for piece in pieces if piece.value}
    return changed(pieces, lambda piece: change(piece.text) if chosen.get(piece.value) else piece.text)


EVERYDAY: tuple[Change, ...] = (
    lower, lower, lower, upper, upper, lower_values, lower_values, upper_values, titled, without_accents,
    without_accents, without_punctuation, mistyped, mistyped, wrapped, quoted, one_line, one_line, scanned,
    spaced_commas )  # fmt: skip
EVASIVE: tuple[Change, ...] = (
    hidden, hidden, full_width, look_alikes, spelled_apart, spelled_apart, entities, garbled, leet,
)  # fmt: skip
THAI: tuple[Change, ...] = (thai_digits, thai_digits_in_values, thai_digits, one_line, quoted, mistyped)
_NO_CASE = frozenset({lower, upper, lower_values, upper_values, titled, without_accents, garbled, look_alikes, leet})


def changes_for(language: str, draw: random.Random, *, everyday: float, evasive: float) -> list[Change]:
    """Return the changes that one text undergoes; `everyday` and `evasive` are the chances of each kind."""
    chosen: list[Change] = []
    common = THAI if language == "th" else EVERYDAY
    if draw.random() < everyday:
        chosen += draw.sample(common, draw.choice((1, 1, 2)))
    if draw.random() < evasive:
        chosen.append(draw.choice([change for change in EVASIVE if language != "th" or change not in _NO_CASE]))
    return list(dict.fromkeys(chosen))
