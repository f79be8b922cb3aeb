"""From findings to a text that may leave: `My name is [PERSON_1]`.

The same value gets the same token within one case and never across cases, because the numbering starts anew with every
`Pseudonyms`. The result is pseudonymised, not anonymous: who holds the original can tell who `[PERSON_1]` is.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from gateway.core.findings import Finding


@dataclass
class Pseudonyms:
    """Hands out tokens for one case; `labels` maps an entity to the word in its token."""

    labels: dict[str, str]
    _tokens: dict[tuple[str, str], str] = field(default_factory=dict)
    _names: list[tuple[frozenset[str], str]] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)

    def token(self, entity: str, value: str) -> str:
        """Return the token for `value`, the same as before if it, or a fuller form of the name, was seen before."""
        label = self.labels.get(entity, entity)
        words = _words(value)
        known = self._person(words) if label == "PERSON" else self._tokens.get((label, "".join(words)))
        if known:
            return known
        self._counts[label] = self._counts.get(label, 0) + 1
        token = f"[{label}_{self._counts[label]}]"
        if label == "PERSON":
            self._names.append((frozenset(words), token))
        else:
            self._tokens[label, "".join(words)] = token
        return token

    def _person(self, words: list[str]) -> str | None:
        """Return the token of the first person whose name holds, or is held in, all of `words`."""
        given = frozenset(words)
        if not given:
            return None
        return next((token for name, token in self._names if given <= name or name <= given), None)


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


def _words(value: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", value).casefold()
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return letters.split()
