import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.findings import Finding
from gateway.detection.known_addresses import parts_of_address
from gateway.detection.known_values import find_known
from gateway.detection.words import letters_and_digits


def found(text: str, **known: str) -> list[tuple[str, str]]:
    """Return entity and text of what is found, in text order, without doubles."""
    findings = sorted(set(find_known(text, known)), key=lambda finding: (finding.start, finding.end))
    return [(finding.entity, text[finding.start : finding.end].strip()) for finding in findings]


def covered(text: str, **known: str) -> str:
    """Return `text` with a star for every letter and digit that was found."""
    places = {place for one in find_known(text, known) for place in range(one.start, one.end)}
    return "".join("*" if at in places and letter.isalnum() else letter for at, letter in enumerate(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I am Ada Mustermann.", "I am *** **********."),
        ("ADA MUSTERMANN", "*** **********"),
        ("ada mustermann", "*** **********"),
        ("Mustermann, Ada", "**********, ***"),
        ("AdaMustermann", "*************"),
        ("A d a   M u s t e r m a n n", "* * *   * * * * * * * * * *"),
        ("Ada's case, the Mustermanns' flat", "***'s case, the ***********' flat"),
        ("Ada\u2019s", "***\u2019s"),
        ("\u00c1da M\u00fcstermann", "*** **********"),
        ("Adamant about a canada goose", "Adamant about a canada goose"),
    ],
)
def test_a_name_is_found_whole_and_in_parts(text: str, expected: str) -> None:
    assert covered(text, name="Ada Mustermann") == expected


def test_titles_and_short_words_of_a_name_are_not_looked_for_alone() -> None:
    assert covered("Dear Mr Ng, is Li in? Dr Mr Bo Ng!", name="Mr Bo Ng") == "Dear Mr Ng, is Li in? Dr Mr ** **!"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Will Chase banks at Chase", "**** ***** banks at *****"),
        ("they will chase me", "they **** ***** me"),
        ("I will not chase them", "I will not chase them"),
        ("THEY WILL NOT CHASE ME", "THEY WILL NOT CHASE ME"),
        ("Ask WILL about it", "Ask **** about it"),
    ],
)
def test_a_name_that_is_a_word_needs_a_capital_or_the_rest_of_the_name(text: str, expected: str) -> None:
    assert covered(text, name="Will Chase") == expected


@pytest.mark.parametrize(
    "text",
    [
        "ada.muster@example.com", "ADA.MUSTER@EXAMPLE.COM", "mailto:ada.muster@example.com>",
        "ada . muster @ example . com",
        "ada_muster", "adamuster", "ada.muster@another.example"[:10],
    ],
)  # fmt: skip
def test_an_e_mail_address_is_found_in_any_formatting_and_by_its_mailbox(text: str) -> None:
    assert ("EMAIL", text.removeprefix("mailto:").rstrip(">")) in found(text, email="ada.muster@example.com")


def test_a_mailbox_that_names_no_one_is_not_looked_for() -> None:
    assert covered("I asked for help and info", email="info@example.com") == "I asked for help and info"


@pytest.mark.parametrize("known", ["+1 (212) 555-0134", "2125550134", "1-212-555-0134", "212.555.0134 ext. 5"])
@pytest.mark.parametrize(
    "text",
    [
        "212-555-0134",
        "(212) 555-0134",
        "+1 212 555 0134",
        "12125550134",
        "1.212.555.0134",
        "001 212 555 0134",
        "5550134",
    ],
)
def test_a_telephone_number_is_found_in_any_formatting(known: str, text: str) -> None:
    assert covered(f"call {text} now", phone=known) == f"call {''.join('*' if c.isdigit() else c for c in text)} now"


@pytest.mark.parametrize("text", ["020 7946 0958", "+44 20 7946 0958", "+44 (0)20 7946 0958", "0044 2079460958"])
def test_a_number_is_the_same_with_country_code_or_trunk_zero(text: str) -> None:
    assert covered(text, phone="+44 (0)20 7946 0958") == "".join("*" if c.isdigit() else c for c in text)


def test_a_year_before_a_telephone_number_is_not_part_of_it() -> None:
    assert covered("since 2019 2125550134", phone="212 555 0134") == "since 2019 **********"


@pytest.mark.parametrize("text", ["AB-12345", "ab12345", "#AB 12345", "AB/12345", "xAB12345x"])
def test_a_reference_is_found_in_any_formatting_and_inside_longer_codes(text: str) -> None:
    assert covered(text, reference="ab-12345") == "".join("*" if c.isalnum() else c for c in text)


def test_a_short_reference_is_found_as_a_word_of_its_own_only() -> None:
    assert covered("4471, no. 4471-B; 144713; 447", reference="4471") == "****, no. ****-B; 144713; 447"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I live at 12 High Street, Leeds, LS1 4AB.", "I live at ** **** ******, *****, *** ***."),
        ("12 high st", "** **** **"),
        ("the house in High Street", "the house in **** ******"),
        ("LS14AB", "******"),
        ("from Leeds to York", "from ***** to York"),
        ("12 pounds, flat 3", "12 pounds, flat 3"),
    ],
)
def test_an_address_is_found_whole_and_in_parts(text: str, expected: str) -> None:
    assert covered(text, address="Flat 3, 12 High Street, Leeds, LS1 4AB") == expected


@pytest.mark.parametrize("written", ["12 High Street Leeds LS1 4AB", "12 High Street\nLeeds\nLS1 4AB"])
def test_an_address_is_taken_apart_however_it_was_typed(written: str) -> None:
    assert {"12highstreet", "12highst", "highstreet", "leeds", "ls14ab"} <= parts_of_address(written)


def test_a_house_number_a_state_and_a_country_tell_nothing_alone() -> None:
    parts = parts_of_address("2219 Camino del Llano NE, Rio Rancho, NM 87144, United States")
    assert {"riorancho", "87144", "2219caminodelllanone"} <= parts
    assert not {"2219", "nm", "ne", "unitedstates"} & parts


@pytest.mark.parametrize(
    "text", ["04/08/1979", "8.4.79", "1979-04-08", "April 8, 1979", "8th of Apr 1979", "Apr 8 1979"]
)
def test_a_date_of_birth_is_found_however_it_is_written(text: str) -> None:
    assert found(f"born {text}.", dob="April 8, 1979") == [("DATE_OF_BIRTH", text)]


def test_another_date_is_not_a_date_of_birth() -> None:
    assert covered("on 04/09/1979 and April 8, 2019", dob="April 8, 1979") == "on 04/09/1979 and April 8, 2019"


@pytest.mark.parametrize(
    ("kind", "entity"),
    [
        ("address", "ADDRESS"), ("card", "CARD"), ("iban", "IBAN"), ("order", "ID"), ("reference", "ID"),
        ("ssn", "NATIONAL_ID"), ("SSN", "NATIONAL_ID"), ("some other kind", "ID"),
    ],
)  # fmt: skip
def test_each_kind_has_its_entity_and_an_unknown_kind_is_an_id(kind: str, entity: str) -> None:
    assert found("it is 123-45-6789", **{kind: "123456789"}) == [(entity, "123-45-6789")]


def test_what_was_typed_in_another_script_or_with_hidden_characters_is_found_too() -> None:
    assert covered("ref 123456", reference="\uff11\uff12\uff13\u200b\uff14\uff15\uff16") == "ref ******"


@pytest.mark.parametrize("kind", ["name", "email", "phone", "address", "reference", "dob"])
@pytest.mark.parametrize("value", ["", " ", "-", "@", ",", "+", "\u200b", "x"])
def test_a_value_that_says_nothing_finds_nothing(kind: str, value: str) -> None:
    assert find_known("x - @ + , some text 1 22", {kind: value}) == []


def test_what_is_known_is_certain() -> None:
    assert find_known("Ada", {"name": "Ada"}) == [
        Finding(start=0, end=3, entity="PERSON", score=1.0, recogniser="known-values")
    ]


LETTERS = st.text("ab1-. @", min_size=1, max_size=30)


@given(LETTERS, LETTERS, LETTERS, st.sampled_from(["email", "phone", "reference"]))
def test_no_long_value_stands_in_what_is_left_even_without_formatting(
    before: str, value: str, after: str, kind: str
) -> None:
    plain = letters_and_digits(value)
    wanted = plain.lstrip("0") if kind == "phone" and plain.isdigit() else plain
    if len(wanted) < 6 or (kind == "phone" and not plain.isdigit()):
        return
    left = covered(f"{before} {value} {after}", **{kind: value})
    assert plain not in "".join(letter for letter in left.lower() if letter.isalnum())


def test_ten_times_the_text_takes_about_ten_times_as_long() -> None:
    known = {
        "name": "Ada Ada", "email": "ada@ada.example", "phone": "1111111111", "address": "1 Ada St, Ada, 1111",
        "reference": "111111", "dob": "1/1/11",
    }  # fmt: skip
    for run in ("ada ", "1", "1 "):
        times = []
        for length in (20_000, 200_000):
            text, started = (run * length)[:length], time.thread_time()
            find_known(text, known)
            times.append(max(time.thread_time() - started, 0.01))
        assert times[1] < 30 * times[0], run
