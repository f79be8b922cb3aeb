import itertools

import numpy as np
import pytest

pytest.importorskip("onnxruntime", reason="exported networks run on onnxruntime, which the training extra installs")
pytest.importorskip("tokenizers", reason="the training extra installs it")

from gateway.training.evaluate import findings, windows
from gateway.training.labels import CLASSES


def chances(text: str, **values: str) -> np.ndarray:
    """Return certainty of one kind for each given value, of ordinary text elsewhere."""
    result = np.zeros((len(text), len(CLASSES)), np.float32)
    result[:, 0] = 1.0
    for kind, value in values.items():
        start = text.index(value)
        result[start : start + len(value)] = np.eye(len(CLASSES))[CLASSES.index(kind)]
    return result


def found(text: str, **values: str) -> list[tuple[str, str]]:
    return [(one["entity"], text[one["start"] : one["end"]]) for one in findings(text, chances(text, **values), 0.5)]


def test_a_word_is_taken_whole_when_a_part_of_it_is_sensitive() -> None:
    assert found("ask Katharina today", PERSON="Kathar") == [("PERSON", "Katharina")]


def test_neighbouring_words_of_one_kind_are_one_finding() -> None:
    assert found("ask Ada  Moss, today", PERSON="Ada  Moss") == [("PERSON", "Ada  Moss")]


def test_thai_is_taken_letter_by_letter() -> None:
    assert found("ช่างเอกไม่มา", PERSON="เอก") == [("PERSON", "เอก")]


def test_a_town_counts_beside_a_street_and_stays_readable_elsewhere() -> None:
    text = "Elm Road 3, Springfield is home; the Dayton branch is shut"
    values = {"ADDRESS": "Elm Road 3", "CITY": "Springfield"}
    assert found(text, **values) == [("ADDRESS", "Elm Road 3"), ("CITY", "Springfield")]
    assert found(text, CITY="Dayton") == []


def test_companies_and_dates_stay_readable() -> None:
    assert found("Acme closed on 3 May", ORG="Acme", DATE="3 May") == []


@pytest.mark.parametrize("length", [0, 1, 479, 480, 481, 3000])
def test_windows_cover_every_letter_and_overlap(length: int) -> None:
    parts = list(windows("word " * (length // 5) + "x" * (length % 5)))
    assert parts[0][0] == 0
    assert parts[-1][1] == length
    assert all(later[0] < earlier[1] for earlier, later in itertools.pairwise(parts))
    assert all(end - start <= 480 for start, end in parts)
