import pytest

from gateway.core.findings import Finding
from gateway.core.redaction import Pseudonyms, redact

LABELS = {"PERSON": "PERSON", "PHONE": "PHONE", "MOBILE": "PHONE", "ID": "ID"}


def find(text: str, value: str, entity: str, occurrence: int = 0) -> Finding:
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(value, start + 1)
    return Finding(start=start, end=start + len(value), entity=entity, score=1.0, recogniser="test")


@pytest.fixture
def pseudonyms() -> Pseudonyms:
    return Pseudonyms(LABELS)


def test_each_finding_is_replaced_by_its_token_and_the_rest_stays(pseudonyms: Pseudonyms) -> None:
    text = "Ada Mustermann rang 020 7946 0958 twice."
    redaction = redact(text, [find(text, "Ada Mustermann", "PERSON"), find(text, "020 7946 0958", "PHONE")], pseudonyms)
    assert redaction.text == "[PERSON_1] rang [PHONE_1] twice."
    assert redaction.counts == {"PERSON": 1, "PHONE": 1}


def test_a_text_without_findings_stays_as_it_is(pseudonyms: Pseudonyms) -> None:
    assert redact("Nothing here.", [], pseudonyms).text == "Nothing here."


@pytest.mark.parametrize(
    "other",
    [
        "John Smith", "Mr Smith", "john", "SMITH", "Smith, John", "Dr. J. Smith", "John A. Smith", "J\u00f3hn Smith",
        "Jo\u200bhn Sm\u00adith", "John\nSmith",
    ],
)  # fmt: skip
def test_the_same_person_gets_the_same_token(pseudonyms: Pseudonyms, other: str) -> None:
    assert pseudonyms.token("PERSON", "John Smith") == pseudonyms.token("PERSON", other) == "[PERSON_1]"


def test_a_person_first_met_by_half_a_name_is_known_by_the_other_half_later(pseudonyms: Pseudonyms) -> None:
    tokens = [pseudonyms.token("PERSON", name) for name in ("John", "John Smith", "Mrs Brown", "Mr Smith")]
    assert tokens == ["[PERSON_1]", "[PERSON_1]", "[PERSON_2]", "[PERSON_1]"]


@pytest.mark.parametrize("other", ["Mary Jones", "John Brown", "Smithson", "Mr Smithers"])
def test_another_person_gets_another_token(pseudonyms: Pseudonyms, other: str) -> None:
    pseudonyms.token("PERSON", "John Smith")
    assert pseudonyms.token("PERSON", other) == "[PERSON_2]"


def test_a_title_alone_is_a_person_of_its_own(pseudonyms: Pseudonyms) -> None:
    pseudonyms.token("PERSON", "John Smith")
    assert pseudonyms.token("PERSON", "Sir") == "[PERSON_2]"


@pytest.mark.parametrize("other", ["(020) 7946-0958", "02079460958", "020.7946.0958"])
def test_the_same_number_gets_the_same_token_however_it_is_written(pseudonyms: Pseudonyms, other: str) -> None:
    assert pseudonyms.token("PHONE", "020 7946 0958") == pseudonyms.token("PHONE", other)


def test_entities_with_one_label_share_their_numbering(pseudonyms: Pseudonyms) -> None:
    assert pseudonyms.token("PHONE", "111") == "[PHONE_1]"
    assert pseudonyms.token("MOBILE", "222") == "[PHONE_2]"
    assert pseudonyms.token("MOBILE", "111") == "[PHONE_1]"


def test_an_entity_that_the_policy_does_not_name_is_its_own_label(pseudonyms: Pseudonyms) -> None:
    assert pseudonyms.token("VEHICLE", "AB12 CDE") == "[VEHICLE_1]"


def test_another_case_starts_its_own_numbering() -> None:
    first, second = Pseudonyms(LABELS), Pseudonyms(LABELS)
    first.token("PERSON", "Mary Jones")
    assert first.token("PERSON", "John Smith") == "[PERSON_2]"
    assert second.token("PERSON", "John Smith") == "[PERSON_1]"
