from datetime import UTC, datetime, timedelta

import pytest

from gateway.core.retry import DELAYS, JITTER, next_attempt

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = 24 * 3600


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [
        (1, timedelta(seconds=5)),
        (2, timedelta(minutes=5)),
        (3, timedelta(minutes=30)),
        (4, timedelta(hours=2)),
        (5, timedelta(hours=5)),
        (6, timedelta(hours=10)),
        (7, timedelta(hours=14)),
        (8, timedelta(hours=20)),
        (9, timedelta(hours=24)),
    ],
)
def test_the_wait_grows_as_standard_webhooks_recommends(attempts: int, wait: timedelta) -> None:
    assert next_attempt(attempts, NOW, chance=0.0) == NOW + wait


@pytest.mark.parametrize("attempts", [10, 11, 1000])
def test_after_ten_attempts_we_give_up(attempts: int) -> None:
    assert next_attempt(attempts, NOW, chance=0.0) is None


def test_the_first_attempt_waits_for_nothing_and_all_take_a_little_over_three_days() -> None:
    assert DELAYS[0] == timedelta(0)
    assert sum(DELAYS, timedelta(0)) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("attempts", range(1, 10))
@pytest.mark.parametrize("chance", [0.0, 0.5, 1.0])
def test_chance_spreads_the_retries_and_only_ever_later(attempts: int, chance: float) -> None:
    at = next_attempt(attempts, NOW, chance=chance)
    assert at is not None
    assert at - NOW == DELAYS[attempts] * (1 + JITTER * chance)


@pytest.mark.parametrize(
    ("attempts", "asked", "seconds"),
    [
        (1, None, 5),
        (1, 0, 5),
        (1, 3, 5),
        (1, 60, 60),
        (1, -60, 5),
        (4, 60, 2 * 3600),
        (1, DAY, DAY),
        (1, 365 * DAY, DAY),
    ],
)
def test_a_longer_wait_is_granted_up_to_a_day(attempts: int, asked: int | None, seconds: int) -> None:
    assert next_attempt(attempts, NOW, chance=0.0, retry_after=asked) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize("attempts", [1, 5, 9])
def test_who_wants_no_more_gets_no_more(attempts: int) -> None:
    assert next_attempt(attempts, NOW, chance=0.0, retry_after=60, permanent=True) is None


def test_asking_for_time_does_not_buy_an_eleventh_attempt() -> None:
    assert next_attempt(10, NOW, chance=0.0, retry_after=60) is None
