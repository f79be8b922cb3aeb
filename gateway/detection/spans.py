"""Findings tidied: same kinds merged where they overlap, edges trimmed to what is meant, neighbours joined."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

from gateway.core.findings import Finding

_GAPS = {"ADDRESS": re.compile(r"[ \t]*,?\s{0,3}"), "LOCATION": re.compile(r"[ \t]+"), "PERSON": re.compile(r"[ \t]+")}
"""What may stand between two neighbours that are one: `John` `Smith`; `12 High Street`, `Leeds`."""


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings of which no two of the same entity overlap; the surest gives score and recogniser."""
    by_entity = sorted(findings, key=lambda f: (f.entity, f.start))
    outcome: list[Finding] = []
    for _, same in groupby(by_entity, key=lambda f: f.entity):
        whole, *rest = same
        for finding in rest:
            if finding.start < whole.end:
                whole = _union(whole, finding)
            else:
                outcome.append(whole)
                whole = finding
        outcome.append(whole)
    return outcome


def trimmed(finding: Finding, text: str) -> Finding | None:
    """Return the finding without surrounding space and punctuation; None if nothing else was in it.

    The plus of a telephone number and brackets that close within are part of the value.
    """
    start, end = finding.start, finding.end
    while start < end and _is_edge(text[start]):
        start += 1
    while start < end and _is_edge(text[end - 1]):
        end -= 1
    if start == end:
        return None
    if ")" in text[start:end] and text[finding.start : start].endswith("("):
        start -= 1
    if text[finding.start : start].endswith("+"):
        start -= 1
    return replace(finding, start=start, end=end)


def joined(findings: Iterable[Finding | None], text: str) -> list[Finding]:
    """Return the findings (in text order) with neighbours that are one value made one."""
    outcome: list[Finding] = []
    for finding in filter(None, findings):
        last = outcome[-1] if outcome else None
        if last and last.entity == finding.entity and _one_value(text[last.end : finding.start], finding.entity):
            outcome[-1] = _union(last, finding)
        else:
            outcome.append(finding)
    return outcome


def _union(one: Finding, other: Finding) -> Finding:
    surer = max(one, other, key=lambda f: f.score)
    return replace(surer, start=one.start, end=max(one.end, other.end))


def _one_value(between: str, entity: str) -> bool:
    gap = _GAPS.get(entity)
    return bool(gap and gap.fullmatch(between))


def _is_edge(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter)[0] in "PS"
