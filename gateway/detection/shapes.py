"""Recognisers of our own, made of shapes: a regular expression and how sure it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from presidio_analyzer import LocalRecognizer, RecognizerResult
from presidio_analyzer.nlp_engine import NlpArtifacts


@dataclass(frozen=True)
class Shape:
    """One way in which a value is written.

    Attributes:
        regex: if it has a group named `value`, the group is the finding, and what surrounds it is the cue.
        score: 0 to 1; `policies/redaction.yaml` says from where on it counts.
    """

    regex: str
    score: float
    flags: re.RegexFlag = re.IGNORECASE

    def compiled(self) -> re.Pattern[str]:
        """Return the regular expression, compiled."""
        return re.compile(self.regex, self.flags)


class ShapeRecogniser(LocalRecognizer):
    """Finds one entity by its shapes.

    Args:
        name: what reviewers read beside the finding.
        entity: as in `policies/redaction.yaml`.
        context: lower-case words that make a finding surer when they stand shortly before it.
    """

    def __init__(self, name: str, entity: str, shapes: Sequence[Shape], context: Sequence[str] = ()) -> None:
        self._shapes = [(shape.compiled(), shape.score) for shape in shapes]
        super().__init__(supported_entities=[entity], name=name, supported_language="en", context=list(context))

    def load(self) -> None:
        """Do nothing; there is nothing to load."""

    def analyze(
        self, text: str, entities: list[str], nlp_artifacts: NlpArtifacts | None = None
    ) -> list[RecognizerResult]:
        """Return every match in `text`."""
        del entities, nlp_artifacts
        return [
            RecognizerResult(
                self.supported_entities[0], *found.span("value" if "value" in regex.groupindex else 0), score
            )
            for regex, score in self._shapes
            for found in regex.finditer(text)
        ]
