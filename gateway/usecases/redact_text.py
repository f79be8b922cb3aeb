"""Redact a text that belongs to no case: for the command line and for trying a policy out."""

from dataclasses import dataclass

from gateway.core.findings import Finding
from gateway.core.policy import RedactionPolicy
from gateway.core.redaction import Pseudonyms, redact
from gateway.usecases.ports import Detector


@dataclass(frozen=True, kw_only=True)
class RedactedText:
    """The redacted text, and the findings that were applied."""

    text: str
    findings: list[Finding]


def redact_text(
    text: str, language: str, known: dict[str, str], *, detector: Detector, policy: RedactionPolicy, profile: str
) -> RedactedText:
    """Return `text` redacted under `profile`; nothing is stored.

    Raises:
        DetectionError: as `Detector.find`.
    """
    readable = policy.profiles[profile]
    findings = [f for f in detector.find(text, language, known) if f.entity not in readable]
    pseudonyms = Pseudonyms({entity: rule.label for entity, rule in policy.entities.items()})
    if known.get("name"):
        pseudonyms.token("PERSON", known["name"])
    return RedactedText(text=redact(text, findings, pseudonyms).text, findings=findings)
