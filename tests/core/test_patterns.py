import itertools
import time

import pytest

from gateway.core.patterns import LONGEST, PATIENCE, is_slow
from gateway.core.submission import NARRATIVE_LONGEST


@pytest.mark.parametrize(
    "regex", [r"\bORD-?\d{4,12}\b", r"[A-Z]{2}\d{2}(?: ?\d{4}){3,7}", r"\b\d{3}-\d{2}-\d{4}\b", "café"]
)
def test_what_looks_at_each_place_once_is_fast(regex: str) -> None:
    assert not is_slow(regex, time.thread_time)


@pytest.mark.parametrize("regex", [r"(a+)+$", r"(?:\d|\d\d)+X", r"\s+\d*\s+\s+Z", r"(?:1-?)*(?:1-?)*(?:1-?)*X"])
def test_what_tries_every_way_there_is_is_slow(regex: str) -> None:
    assert is_slow(regex, time.thread_time)


def test_how_slow_is_too_slow_is_for_the_stopwatch_to_say() -> None:
    ticks = itertools.count(step=PATIENCE * 1.01)
    assert is_slow("a", lambda: next(ticks))


def test_texts_as_long_as_the_longest_narrative_are_tried() -> None:
    assert LONGEST >= NARRATIVE_LONGEST
