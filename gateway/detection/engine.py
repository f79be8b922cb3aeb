"""The detector: Presidio with spaCy's small English model, our own recognisers, and what the person typed.

Nothing here reaches for the network, writes a log line, or lets a text travel in an error. Where looking fails, or
would be cut short, a DetectionError says so and nothing else: the caller holds the complaint.
"""

import importlib
import pkgutil
import threading
from dataclasses import replace
from importlib.metadata import version

from presidio_analyzer import AnalyzerEngine, EntityRecognizer, Pattern, PatternRecognizer, RecognizerRegistry

from gateway.core.errors import DetectionError, UnsupportedLanguageError
from gateway.core.findings import Finding, settle
from gateway.core.policy import ExtraPattern, RedactionPolicy
from gateway.detection import recognisers, silence
from gateway.detection.cues import CueEnhancer
from gateway.detection.known_values import find_known
from gateway.detection.model import LanguageEngine, fingerprint
from gateway.detection.normalise import Copy, normalise
from gateway.detection.spans import joined, merged, trimmed
from gateway.detection.stock import ENTITIES, stock_recognisers

_LANGUAGE = "en"
"""The only language that there is a model for."""

_NAMES = frozenset({"LOCATION", "PERSON"})
"""What has at least one letter; the model takes some dates for places."""


class PresidioDetector:
    """Implements `usecases.ports.Detector`. Loading takes seconds; share one within a process, threads included.

    Args:
        policy: which entities, from which score on, which extra patterns, what is never personal data.
    """

    def __init__(self, policy: RedactionPolicy) -> None:
        silence.presidio()
        self._policy = policy
        self._language_engine = LanguageEngine()
        self._analyzer = AnalyzerEngine(
            registry=RecognizerRegistry(_recognisers(policy), supported_languages=[_LANGUAGE]),
            nlp_engine=self._language_engine,
            supported_languages=[_LANGUAGE],
            context_aware_enhancer=CueEnhancer(),
        )
        self._one_at_a_time = threading.Lock()
        self.name = f"presidio-{version('presidio-analyzer')}+{fingerprint()}"

    def find(self, text: str, language: str, known: dict[str, str]) -> list[Finding]:
        """Return settled findings in `text`; see `usecases.ports.Detector`."""
        base = language.partition("-")[0].lower()
        if base != _LANGUAGE or base not in self._policy.languages:
            raise UnsupportedLanguageError("no detector is able to judge this language")
        try:
            return self._find(text, known)
        except Exception:  # noqa: BLE001  # whatever went wrong, its message may hold the text
            raise DetectionError("personal data could not be looked for") from None

    def _find(self, text: str, known: dict[str, str]) -> list[Finding]:
        # 1. Look at the normalised copy: for what the person told us, and for whatever else looks like personal data.
        copy = normalise(text)
        findings = [*find_known(copy.text, known), *self._guessed(copy.text)]

        # 2. Settle what overlaps, and cut each finding to what it means.
        settled = settle(merged(findings))
        tidy = joined((trimmed(finding, copy.text) for finding in settled), copy.text)

        # 3. Go back to the text as it was given. Two findings may share a ligature there, so settle again.
        return settle(_in_source(finding, copy) for finding in tidy)

    def _guessed(self, text: str) -> list[Finding]:
        """Return what the recognisers say, in the policy's words, sure enough for it and not on its allow list."""
        with self._one_at_a_time, self._language_engine.forgetting(_LANGUAGE):
            results = self._analyzer.analyze(text, _LANGUAGE)
        findings = (
            Finding(
                start=result.start,
                end=result.end,
                entity=ENTITIES.get(result.entity_type, result.entity_type),
                score=result.score,
                recogniser=result.recognition_metadata["recognizer_name"],
            )
            for result in results
        )
        return [finding for finding in findings if self._counts(finding, text)]

    def _counts(self, finding: Finding, text: str) -> bool:
        rule = self._policy.entities.get(finding.entity)
        if rule is None or finding.score < rule.threshold:
            return False
        core = trimmed(finding, text)
        value = text[core.start : core.end].casefold() if core else ""
        if finding.entity in _NAMES and not any(map(str.isalpha, value)):
            return False
        return bool(value) and value not in self._policy.allow_list


def _recognisers(policy: RedactionPolicy) -> list[EntityRecognizer]:
    """Return Presidio's recognisers, those in `gateway.detection.recognisers`, and the policy's extra patterns.

    Those that only find what the policy does not name are left out.
    """
    folder = recognisers.__name__
    modules = [
        importlib.import_module(f"{folder}.{found.name}") for found in pkgutil.iter_modules(recognisers.__path__)
    ]
    everything = [*stock_recognisers(), *(module.RECOGNISER for module in modules), *map(_extra, policy.extra_patterns)]
    return [
        recogniser
        for recogniser in everything
        if any(ENTITIES.get(entity, entity) in policy.entities for entity in recogniser.supported_entities)
    ]


def _extra(pattern: ExtraPattern) -> EntityRecognizer:
    return PatternRecognizer(
        supported_entity=pattern.entity,
        name=pattern.name,
        patterns=[Pattern(pattern.name, pattern.regex, pattern.score)],
    )


def _in_source(finding: Finding, copy: Copy) -> Finding:
    start, end = copy.source_span(finding.start, finding.end)
    return replace(finding, start=start, end=end)
