"""Durations in whole days, weeks, months and years, as ISO 8601 writes them: P30D, P6M, P1Y6M."""

import calendar
import re
from datetime import date, timedelta

_SHAPE = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,3})W)?(?:(\d{1,5})D)?")


def is_duration(text: str) -> bool:
    """Say whether `text` is such a duration and longer than nothing."""
    match = _SHAPE.fullmatch(text)
    return match is not None and any(int(part or 0) for part in match.groups())


def later(start: date, duration: str) -> date:
    """Return the day `duration` after `start`; a day that its month does not have becomes the month's last.

    Raises:
        ValueError: `duration` is not one.
    """
    match = _SHAPE.fullmatch(duration)
    if match is None:
        raise ValueError("not an ISO 8601 duration in whole days, weeks, months or years")
    years, months, weeks, days = (int(part or 0) for part in match.groups())
    count = start.year * 12 + start.month - 1 + years * 12 + months
    year, month = count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(start.day, last)) + timedelta(weeks=weeks, days=days)
