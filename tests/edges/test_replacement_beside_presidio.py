"""Our replacement beside presidio-anonymizer's, which puts the entity's name where we put a numbered token.

Wherever findings neither touch nor overlap, both must agree on everything but the numbers.
"""

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from presidio_anonymizer import AnonymizerEngine
from presidio_anonymizer.entities import OperatorConfig, RecognizerResult

from gateway.core.findings import Finding
from gateway.core.redaction import Pseudonyms, redact

ENTITIES = ("PERSON", "PHONE", "EMAIL")
ENGINE = AnonymizerEngine()
OPERATORS = {name: OperatorConfig("replace", {"new_value": f"[{name}]"}) for name in ENTITIES}
letters = st.text(st.characters(codec="utf-8", exclude_characters="[]"), min_size=1, max_size=12)
pieces = st.lists(st.tuples(letters, letters, st.sampled_from(ENTITIES)), max_size=6)


@settings(deadline=None)
@given(pieces, letters)
def test_both_replace_the_same_places_by_the_same_kinds(parts: list[tuple[str, str, str]], tail: str) -> None:
    text, findings = "", []
    for between, value, entity in parts:
        # Presidio joins neighbours of one kind that only white space parts; a letter between them keeps them apart.
        text += f"{between}x"
        findings.append(Finding(start=len(text), end=len(text) + len(value), entity=entity, score=1.0, recogniser="t"))
        text += value
    text += f"x{tail}"
    ours = redact(text, findings, Pseudonyms({})).text
    theirs = ENGINE.anonymize(text, [RecognizerResult(f.entity, f.start, f.end, f.score) for f in findings], OPERATORS)
    assert re.sub(r"\[([A-Z]+)_\d+\]", r"[\1]", ours) == theirs.text
