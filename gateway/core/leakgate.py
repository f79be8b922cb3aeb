"""The last gate: do the complainant's own identifiers stand in what is about to leave?

Identifiers are kept as keyed hashes, so the gate needs no plaintext. Both sides are reduced to runs of letters and
digits; an identifier is found however it is cut into words (`+1 (212) 555-1234`, `12125551234`).
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

SHORTEST = 6
"""Identifiers with fewer letters and digits are left to detection: they would stop innocent words."""

LONGEST_RUN = 12
"""Words that one identifier may be cut into."""

LENGTH_CAP = 255
"""A fingerprint has one byte for the length; longer ones all say this."""

_WORD = re.compile(r"[^\W_]+")


def fingerprints(known: Iterable[str], mac: Callable[[str], bytes]) -> frozenset[bytes]:
    """Return a fingerprint for each of the `known` values that is long enough: one length byte, then 16 of the MAC."""
    plain = ("".join(_words(value)) for value in known)
    return frozenset(_fingerprint(value, mac) for value in plain if len(value) >= SHORTEST)


def leaks(texts: Iterable[str], prints: frozenset[bytes], mac: Callable[[str], bytes]) -> bool:
    """Say whether any of `texts` holds a value whose fingerprint is in `prints`."""
    lengths = {value[0] for value in prints}
    return any(_fingerprint(run, mac) in prints for text in texts for run in _runs(_words(text), lengths))


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


def _runs(words: list[str], lengths: set[int]) -> Iterator[str]:
    """Return the joined runs of neighbouring words whose length (capped as in a fingerprint) is one of `lengths`."""
    longest = max(lengths, default=0)
    for first in range(len(words)):
        run = ""
        for word in words[first : first + LONGEST_RUN]:
            run += word
            length = min(len(run), LENGTH_CAP)
            if length in lengths:
                yield run
            if length >= longest and length < LENGTH_CAP:
                break


def _fingerprint(value: str, mac: Callable[[str], bytes]) -> bytes:
    return bytes([min(len(value), LENGTH_CAP)]) + mac(value)[:16]


def _words(text: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
