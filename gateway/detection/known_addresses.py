"""The parts of a postal address that tell where somebody lives even when they stand alone."""

import re
from itertools import groupby

from gateway.detection.ordinary_words import COUNTRIES
from gateway.detection.words import letters_and_digits, words_of

_SHORTEST_CODE = 4
_SHORTEST_STREET = 5
_SHORTEST_TOWN = 3

_SHORT_FORMS = {
    "apartment": "apt", "avenue": "ave", "boulevard": "blvd", "circle": "cir", "close": "cl", "court": "ct",
    "crescent": "cres", "drive": "dr", "east": "e", "gardens": "gdns", "highway": "hwy", "lane": "ln", "north": "n",
    "parkway": "pkwy", "place": "pl", "road": "rd", "south": "s", "square": "sq", "street": "st", "suite": "ste",
    "terrace": "ter", "west": "w",
}  # fmt: skip
_LONG_FORMS = {short: long for long, short in _SHORT_FORMS.items()}

_AFTER_STREET = re.compile(
    r"(?<=[a-z]) (?:avenue|ave|boulevard|blvd|close|court|ct|crescent|drive|dr|highway|lane|ln|road|rd|street|st|way)"
    r"\b\.?(?= )",
    re.IGNORECASE,
)
_UNIT = re.compile(r"(?:\b(?:apartment|apt|unit|suite|ste|flat|room|rm|floor|fl)\b|#).*", re.IGNORECASE)
_COUNTRIES = frozenset(map(letters_and_digits, COUNTRIES))


def parts_of_address(address: str) -> set[str]:
    """Return the parts to look for, as letters and digits: the whole, lines, streets, towns, postcodes.

    A house number, the abbreviation of a state and the name of a country tell nothing alone and are not among them.
    """
    whole = letters_and_digits(address)
    parts = {whole} if len(whole) >= _SHORTEST_STREET else set()
    for number, line in enumerate(_lines(address)):
        shortest = _SHORTEST_TOWN if number else _SHORTEST_STREET
        words, without_unit = words_of(line), words_of(_UNIT.sub("", line))
        for some in (words, without_unit, *_runs(without_unit, is_street=number == 0)):
            parts.update(part for part in _spellings(some) if len(part) >= _shortest(part, shortest))
    return parts - _COUNTRIES


def _lines(address: str) -> list[str]:
    """Return what stands between commas, or on its own line, or behind a street's name; a flat's number is no line."""
    lines = re.split(r"[,;\n]", _AFTER_STREET.sub(r"\g<0>,", address))
    return [line for line in lines if words_of(_UNIT.sub("", line))]


def _runs(words: list[str], *, is_street: bool) -> list[list[str]]:
    """Return the runs of words without digits, and of codes with digits: `Noida`, `201304`; none for `Sector 110`."""
    runs = [(is_code, list(run)) for is_code, run in groupby(words, lambda word: any(map(str.isdigit, word)))]
    if runs and runs[0][0] and (is_street or len("".join(runs[0][1])) < _SHORTEST_CODE):
        runs = runs[1:]  # a house number
    short_codes = any(is_code and len("".join(run)) < _SHORTEST_CODE for is_code, run in runs)
    return [] if short_codes else [run for _, run in runs]


def _shortest(part: str, shortest_words: int) -> int:
    return _SHORTEST_CODE if any(map(str.isdigit, part)) else shortest_words


def _spellings(words: list[str]) -> set[str]:
    """Return the words run together: as they are, with all abbreviations, with none."""
    return {"".join(forms.get(word, word) for word in words) for forms in ({}, _SHORT_FORMS, _LONG_FORMS)}
