"""When to try a delivery again (Standard Webhooks 1.0, "Deliverability and reliability")."""

from datetime import datetime, timedelta

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, *(hours * 3600 for hours in (2, 5, 10, 14, 20, 24)))
)
"""Wait before attempt 1, 2, 3 …; after the last one we give up and a person is told."""

JITTER = 0.2
"""The wait grows by up to this share, so that many failed messages do not come back all at once."""


def next_attempt(
    attempts: int, now: datetime, *, chance: float, retry_after: int | None = None, permanent: bool = False
) -> datetime | None:
    """Return when to make the next attempt, or None to give up.

    Args:
        attempts: attempts made so far, at least 1.
        now: time of the failure.
        chance: 0 to 1, drawn by the caller; spreads the retries.
        retry_after: seconds that the destination asked for; honoured where longer than ours, up to one day.
        permanent: the destination said that it wants no more.
    """
    if permanent or attempts >= len(DELAYS):
        return None
    ours = DELAYS[attempts] * (1 + JITTER * chance)
    asked = timedelta(seconds=min(max(retry_after or 0, 0), 24 * 3600))
    return now + max(ours, asked)
