"""A text as words, so that values can be found again however they are written.

A word is a run of letters and digits. Values are compared by their letters and digits alone: `+1 (212) 555-1234`,
`12125551234` and `212.555.1234` differ in what stands between, which is not looked at.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from gateway.detection.normalise import fold

_WORD = re.compile(r"[^\W_]+")

Span = tuple[int, int]


class Words:
    """The words of a text, in lower case and without accents, and where they stand.

    Args:
        text: a normalised copy; spans are given in its code points.
    """

    def __init__(self, text: str) -> None:
        folded = fold(text)
        found = list(_WORD.finditer(folded.text))
        self.words = [word[0] for word in found]
        self.spans = [folded.source_span(*word.span()) for word in found]
        self._joined = "".join(self.words)
        self._offsets = list(accumulate(map(len, self.words), initial=0))

    def find(self, value: str, *, whole_words: bool) -> Iterator[Span]:
        """Yield the spans of the words in which `value` stands, whatever separates them.

        Args:
            value: what to find, as `letters_and_digits` gives it; not empty.
            whole_words: it must begin and end where a word does; otherwise the words around it are taken in.
        """
        at = self._joined.find(value)
        while at >= 0:
            end = at + len(value)
            first = bisect_right(self._offsets, at) - 1
            last = bisect_right(self._offsets, end - 1) - 1
            after = at + 1
            if not whole_words or (self._offsets[first] == at and self._offsets[last + 1] == end):
                yield self.spans[first][0], self.spans[last][1]
                after = max(after, self._offsets[last + 1] - len(value) + 1)  # what lies within was just yielded
            at = self._joined.find(value, after)


def letters_and_digits(value: str) -> str:
    """Return `value` as `Words.find` takes it."""
    return "".join(words_of(value))


def words_of(value: str) -> list[str]:
    """Return the words of `value`, folded."""
    return _WORD.findall(fold(value).text)
