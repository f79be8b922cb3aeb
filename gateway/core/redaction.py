"""From findings to a text that may leave: `My name is [PERSON_1]`.

The same value gets the same token within one case and never across cases, because the numbering starts anew with every
`Pseudonyms`. The result is pseudonymised, not anonymous: who holds the original can tell who `[PERSON_1]` is.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.core.findings import Finding

TITLES = frozenset({"dr", "jr", "lady", "lord", "madam", "miss", "mr", "mrs", "ms", "mx", "prof", "rev", "sir", "sr"})
"""What stands beside a name and does not make another person of it."""


@dataclass
class Pseudonyms:
    """Hands out tokens for one case; `labels` maps an entity to the word in its token."""

    labels: dict[str, str]
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: list[tuple[frozenset[str], str]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def token(self, entity: str, value: str) -> str:
        """Return the token for `value`, the same as before if it, or another form of the name, was seen before."""
        label = self.labels.get(entity, entity)
        words = _words(value)
        if label == "PERSON":
            return self._person(frozenset(words) - TITLES or frozenset(words))
        key = (label, "".join(words))
        if key not in self._tokens:
            self._tokens[key] = self._next(label)
        return self._tokens[key]

    def _person(self, given: frozenset[str]) -> str:
        """Return the token of the first person whose name holds, or is held in, `given`, and remember both forms."""
        for index, (name, token) in enumerate(self._names):
            if _holds(name, given) or _holds(given, name):
                self._names[index] = (name | given, token)
                return token
        self._names.append((given, self._next("PERSON")))
        return self._names[-1][1]

    def _next(self, label: str) -> str:
        self._counts[label] = self._counts.get(label, 0) + 1
        return f"[{label}_{self._counts[label]}]"


@dataclass(frozen=True)
class Redaction:
    """A text with its findings applied, and how many of each entity there were."""

    text: str
    counts: dict[str, int]


def redact(text: str, findings: Sequence[Finding], pseudonyms: Pseudonyms) -> Redaction:
    """Return `text` with each finding replaced by its token; `findings` are settled (see `core.findings.settle`)."""
    parts, counts, position = [], dict[str, int](), 0
    for finding in findings:
        token = pseudonyms.token(finding.entity, text[finding.start : finding.end])
        parts += [text[position : finding.start], token]
        counts[finding.entity] = counts.get(finding.entity, 0) + 1
        position = finding.end
    return Redaction("".join([*parts, text[position:]]), counts)


def _holds(name: frozenset[str], some: frozenset[str]) -> bool:
    """Say whether every word of `some` (not empty) is one of `name`, or the initial of one."""
    initials = {word[0] for word in name}
    return bool(some) and all(word in name or word in initials for word in some)


def _words(value: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", value).casefold()
    visible = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    letters = "".join(c if c.isalnum() else " " for c in visible)
    return letters.split()
