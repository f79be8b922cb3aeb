"""The last gate: do the complainant's own identifiers stand in what is about to leave?

Identifiers are kept as keyed hashes, so the gate needs no plaintext. Both sides are reduced to runs of letters and
digits; an identifier is found however it is cut into words (`+1 (212) 555-1234`, `12125551234`).
"""

import itertools
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping

SHORTEST = 6
"""Identifiers with fewer letters and digits are left to detection: they would stop innocent words."""

NATIONAL_LENGTHS = (9, 10)
"""Digits of a telephone number without the country's code, in most of the world."""

_WORD = re.compile(r"[^\W_]+")
_SHAPE = struct.Struct(">HH")
"""A fingerprint begins with its value's shape: how many letters and digits, and how many of them are digits. It spares
the gate most of the hashing, and tells little."""


def fingerprints(known: Mapping[str, str], mac: Callable[[str], bytes]) -> frozenset[bytes]:
    """Return the fingerprints of the values in `known` (kind → value) that are long enough.

    A fingerprint is the value's shape, then 16 bytes of its MAC. A name is kept in both orders, and a long number also
    without what may stand before it, such as the country's code.
    """
    written = {form for kind, value in known.items() for form in _forms(kind, _words(value))}
    return frozenset(
        _SHAPE.pack(len(value), sum(map(str.isdecimal, value))) + mac(value)[:16]
        for value in written
        if len(value) >= SHORTEST
    )


def _forms(kind: str, words: list[str]) -> Iterator[str]:
    joined = "".join(words)
    yield joined
    if kind == "name":
        yield "".join(reversed(words))
    if joined.isdecimal():
        yield from (joined[-length:] for length in NATIONAL_LENGTHS if len(joined) > length)


def leaks(texts: Iterable[str], prints: frozenset[bytes], mac: Callable[[str], bytes]) -> bool:
    """Say whether any of `texts` holds a value whose fingerprint is in `prints`."""
    shapes = {_SHAPE.unpack_from(value) for value in prints}
    return any(
        _SHAPE.pack(*shape) + mac(run)[:16] in prints for text in texts for shape, run in _runs(_words(text), shapes)
    )


def strings_in(value: object, made_here: frozenset[str] = frozenset()) -> Iterator[str]:
    """Return every string in a JSON value, keys included; what stands under a key in `made_here` is left out."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            if key not in made_here:
                yield from strings_in(inner, made_here)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner, made_here)


def _runs(words: list[str], shapes: set[tuple[int, ...]]) -> Iterator[tuple[tuple[int, ...], str]]:
    """Return the joined runs of whole neighbouring words that have one of `shapes`, each with its shape."""
    joined = "".join(words)
    ends = list(itertools.accumulate(map(len, words)))
    at_end = set(ends)
    digits = [0, *itertools.accumulate(map(str.isdecimal, joined))]
    for start in (0, *ends[:-1]):
        for shape in shapes:
            end = start + shape[0]
            if end in at_end and digits[end] - digits[start] == shape[1]:
                yield shape, joined[start:end]


def _words(text: str) -> list[str]:
    """Return the words without case, accents and the difference between digits of different scripts."""
    plain = text.casefold()
    if not plain.isascii():
        parts = unicodedata.normalize("NFKD", plain).casefold()
        plain = "".join(
            str(unicodedata.decimal(one)) if one.isdecimal() else one for one in parts if not unicodedata.combining(one)
        )
    return _WORD.findall(plain)
