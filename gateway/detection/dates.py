"""Calendar dates in a text, as the days that they may mean."""

import re
from collections.abc import Iterator
from datetime import date

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4}|\d{2})"

NUMBERS = re.compile(r"(?<![\d/.\-])(\d{1,4})([/.\-])(\d{1,2})\2(\d{4}|\d{2})(?![\d/\-])")
WORDS_FIRST = re.compile(rf"\b{_MONTH},?[ \-]{{0,2}}{_DAY}[,\-]?[ \-]{{0,2}}{_YEAR}\b", re.IGNORECASE)
DAY_FIRST = re.compile(rf"\b{_DAY}(?: of)?[ \-]{{0,2}}{_MONTH},?[ \-]{{0,2}}{_YEAR}\b", re.IGNORECASE)

_CENTURY_TURN = 30
"""Two-digit years below this one may be 20xx as well as 19xx."""


def dates_in(text: str) -> Iterator[tuple[int, int, frozenset[date]]]:
    """Yield start and end of each date in `text`, and the days that it may mean (day or month first)."""
    for found in NUMBERS.finditer(text):
        first, _, second, third = found.groups()
        yield *found.span(), _days((first, second, third), (third, first, second), (third, second, first))
    for pattern in (WORDS_FIRST, DAY_FIRST):
        for found in pattern.finditer(text):
            month = str(_MONTHS.index(found["month"].lower()) + 1)
            yield *found.span(), _days((found["year"], month, found["day"]))


def _days(*readings: tuple[str, str, str]) -> frozenset[date]:
    days = set()
    for year, month, day in readings:
        for full in _years(year):
            try:
                days.add(date(full, int(month), int(day)))
            except ValueError:
                continue
    return frozenset(days)


def _years(year: str) -> Iterator[int]:
    if len(year) == len("1979"):
        yield int(year)
    elif len(year) == len("79"):
        yield 1900 + int(year)
        if int(year) < _CENTURY_TURN:
            yield 2000 + int(year)
