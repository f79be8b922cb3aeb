"""Is a regular expression that an operator wrote fast enough to be let loose on what strangers send?

There is no telling by looking, so it is tried on texts that grow, and stopped as soon as one takes too long. The texts
are runs of what such patterns repeat, with an end that does not fit, which is what makes a pattern try every way there
is. A pattern that passes may still be slow on a text that nobody thought of.
"""

import re
from collections.abc import Callable

LONGEST = 20_000
"""Characters of the longest text tried: the longest narrative that is taken."""

PATIENCE = 0.25
"""Seconds of processor time for one text; a sound pattern needs about a hundredth of it."""

_LENGTHS = (*(int(16 * 1.25**step) for step in range(19)), 3_000, 9_000, LONGEST)
"""Small steps up to about 900, where the time of a bad pattern may double with every character; then large ones."""

_RUNS = ("a", "1", " ", "-", "a1", "a ", "1-", "a.")


def is_slow(regex: str, stopwatch: Callable[[], float]) -> bool:
    """Say whether `regex` took longer than `PATIENCE` on any of the texts.

    Args:
        regex: compiles.
        stopwatch: returns seconds of processor time, such as `time.thread_time`, which a busy machine does not change.
    """
    compiled = re.compile(regex, re.IGNORECASE)
    return any(_takes_long(compiled, run, stopwatch) for run in _RUNS)


def _takes_long(compiled: re.Pattern[str], run: str, stopwatch: Callable[[], float]) -> bool:
    for length in _LENGTHS:
        text = (run * length)[: length - 1] + "\0"
        started = stopwatch()
        for _ in compiled.finditer(text):
            pass
        if stopwatch() - started > PATIENCE:
            return True
    return False
