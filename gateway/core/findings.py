"""Findings, and how overlapping ones are settled."""

from collections.abc import Iterable
from dataclasses import dataclass


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
        taken.extend(_pieces_outside(finding, taken))
    return sorted(taken)


def _pieces_outside(finding: Finding, taken: list[Finding]) -> list[Finding]:
    pieces = [(finding.start, finding.end)]
    for other in taken:
        pieces = [
            part
            for start, end in pieces
            for part in ((start, min(end, other.start)), (max(start, other.end), end))
            if part[0] < part[1]
        ]
    return [
        Finding(start=start, end=end, entity=finding.entity, score=finding.score, recogniser=finding.recogniser)
        for start, end in pieces
    ]
