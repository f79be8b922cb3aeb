"""Findings, and how overlapping ones are settled."""

from bisect import bisect_right, insort
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True, order=True)
class Finding:
    """Personal data at `start`..`end` (code points of the text as it was given, end exclusive).

    Attributes:
        entity: the kind, in capitals, as in `policies/redaction.yaml`.
        score: 0 to 1.
        recogniser: which detector said so, for the reviewer.
    """

    start: int
    end: int
    entity: str
    score: float
    recogniser: str


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in text order that do not overlap and cover every character that was covered before.

    Where two overlap, the one with the higher score (then the longer, then the earlier) names the span; what only the
    other one covered stays covered, under the name of the other. Nothing found is ever uncovered by a better guess.
    """
    taken: list[Finding] = []
    for finding in sorted(findings, key=lambda f: (-f.score, f.start - f.end, f.start)):
        for piece in _pieces_outside(finding, taken):
            insort(taken, piece)
    return taken


def _pieces_outside(finding: Finding, taken: list[Finding]) -> list[Finding]:
    """Return what `taken` (in text order, nothing overlapping) leaves of `finding`."""
    at = bisect_right(taken, finding.start, key=lambda other: other.end)
    pieces, position = [], finding.start
    while at < len(taken) and taken[at].start < finding.end:
        pieces.append((position, taken[at].start))
        position = taken[at].end
        at += 1
    pieces.append((position, finding.end))
    return [replace(finding, start=start, end=end) for start, end in pieces if start < end]
