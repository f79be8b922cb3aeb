"""The last gate: do the complainant's own identifiers stand in what is about to leave?

Identifiers are kept as keyed hashes, so the gate needs no plaintext. Both sides are reduced to runs of letters and
digits; an identifier is found however it is cut into words (`+1 (212) 555-1234`, `12125551234`).
"""

import itertools
import re
import struct
import unicodedata
from collections.abc import Callable, Iterable, Iterator

SHORTEST = 6
"""Identifiers with fewer letters and digits are left to detection: they would stop innocent words."""

_WORD = re.compile(r"[^\W_]+")
_SHAPE = struct.Struct(">HH")
"""A fingerprint begins with its value's shape: how many letters and digits, and how many of them are digits. It spares
the gate most of the hashing, and tells little."""


def fingerprints(known: Iterable[str], mac: Callable[[str], bytes]) -> frozenset[bytes]:
    """Return a fingerprint for each of the `known` values that is long enough: its shape, then 16 bytes of the MAC."""
    plain = ("".join(_words(value)) for value in known)
    return frozenset(
        _SHAPE.pack(len(value), sum(map(str.isdecimal, value))) + mac(value)[:16]
        for value in plain
        if len(value) >= SHORTEST
    )


def leaks(texts: Iterable[str], prints: frozenset[bytes], mac: Callable[[str], bytes]) -> bool:
    """Say whether any of `texts` holds a value whose fingerprint is in `prints`."""
    shapes = {_SHAPE.unpack_from(value) for value in prints}
    return any(
        _SHAPE.pack(*shape) + mac(run)[:16] in prints for text in texts for shape, run in _runs(_words(text), shapes)
    )


def strings_in(value: object) -> Iterator[str]:
    """Return every string in a JSON value, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from strings_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings_in(inner)


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
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
