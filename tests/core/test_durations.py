from datetime import date

import pytest

from gateway.core.durations import is_duration, later


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        (date(2026, 11, 22), "P30D", date(2026, 12, 22)),
        (date(2026, 11, 22), "P2W", date(2026, 12, 6)),
        (date(2026, 11, 22), "P1Y", date(2027, 11, 22)),
        (date(2026, 11, 22), "P1Y6M", date(2028, 5, 22)),
        (date(2026, 11, 22), "P13M", date(2027, 12, 22)),
        (date(2026, 1, 31), "P1M", date(2026, 2, 28)),
        (date(2028, 2, 29), "P1Y", date(2029, 2, 28)),
        (date(2027, 12, 31), "P2M", date(2028, 2, 29)),
        (date(2026, 1, 31), "P1M1D", date(2026, 3, 1)),
    ],
)
def test_a_duration_is_counted_on_the_calendar(start: date, duration: str, end: date) -> None:
    assert is_duration(duration)
    assert later(start, duration) == end


@pytest.mark.parametrize(
    "text", ["", "P", "P0D", "P0Y0M", "1Y", "P-1D", "P1.5Y", "PT12H", "P1D ", "P1D1Y", "p1d", "P1000Y"]
)
def test_anything_else_is_no_duration(text: str) -> None:
    assert not is_duration(text)


def test_what_is_no_duration_is_not_counted() -> None:
    with pytest.raises(ValueError, match="not an ISO 8601 duration"):
        later(date(2026, 1, 1), "a year")
