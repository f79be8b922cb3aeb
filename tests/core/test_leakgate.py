import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.leakgate import fingerprints, leaks, strings_in

KNOWN = {
    "name": "Ada Mustermann",
    "email": "ada@example.com",
    "phone": "+1 (212) 555-0134",
    "reference": "ORD-762278",
    "address": "12 High Street, Leeds, LS1 4AB",
}


def mac(value: str) -> bytes:
    return hmac.digest(b"a secret of this test", value.encode(), hashlib.sha256)


PRINTS = fingerprints(KNOWN, mac)


@pytest.mark.parametrize(
    "text",
    [
        "Ada Mustermann", "it was ada mustermann who wrote", "Ada_Mustermann", "write to ada@example.com.",
        "ADA @ EXAMPLE . COM", "+1 (212) 555-0134", "12125550134", "1-212-555-0134!", "\uff11 212 555 \uff10134",
        "212-555-0134", "Mustermann, Ada", "\u00c1da Mustermann", "\u0662\u0661\u0662 555 0134",
        "#ord 762278", "12 high street leeds LS1 4AB", "12 High Street\nLeeds\nLS1-4AB",
    ],
)  # fmt: skip
def test_an_identifier_is_found_however_it_is_written(text: str) -> None:
    assert leaks([text], PRINTS, mac)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[PERSON_1] wrote",
        "Ada came",
        "ORD-762279",
        "12 High Street",
        "AdaMustermannsson",
        "212 555 0135",
        "example.com",
    ],
)
def test_a_text_without_them_passes(text: str) -> None:
    assert not leaks([text], PRINTS, mac)


def test_values_that_are_too_short_to_tell_are_left_to_detection() -> None:
    assert fingerprints({"name": "Jo Li", "reference": "4471", "phone": "", "email": "--"}, mac) == frozenset()


def test_prints_under_another_key_say_nothing() -> None:
    other = hmac.digest(b"another secret", b"adamustermann", hashlib.sha256)
    assert not leaks(
        ["Ada Mustermann"], PRINTS, lambda value: bytes(a ^ b for a, b in zip(other, mac(value), strict=True))
    )


def test_a_print_does_not_hold_the_value() -> None:
    assert not any(b"ada" in value.lower() for value in PRINTS)
    assert {len(value) for value in PRINTS} == {20}


def test_a_value_longer_than_a_length_byte_is_still_found() -> None:
    long = "x" * 300
    assert leaks([f"before {long} after"], fingerprints({"address": long}, mac), mac)


def test_no_text_is_a_leak_where_nothing_is_known() -> None:
    assert not leaks(KNOWN, frozenset(), mac)


def test_every_string_of_a_message_is_looked_at_keys_included() -> None:
    message = {"data": [{"texts": {"narrative": "one"}}, 2, None, True, ["three"]], "ada@example.com": 1.5}
    assert list(strings_in(message)) == ["data", "texts", "narrative", "one", "three", "ada@example.com"]
    assert leaks(strings_in(json.loads(json.dumps(message))), PRINTS, mac)


WORDS = st.lists(
    st.text(st.characters(categories=["L", "Nd"], max_codepoint=0x24F), min_size=1, max_size=6), min_size=1, max_size=8
)
SEPARATORS = st.text(st.sampled_from(" .,-()/\n+@"), min_size=1, max_size=3)


@given(WORDS, SEPARATORS, SEPARATORS)
def test_what_stands_between_the_words_of_an_identifier_does_not_matter(words: list[str], one: str, other: str) -> None:
    prints = fingerprints({"reference": one.join(words)}, mac)
    assert leaks([f"before {other.join(words)} after"], prints, mac) is bool(prints)
