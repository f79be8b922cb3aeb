import pytest

from gateway.web.pills import label, pill, pills


@pytest.mark.parametrize(
    ("token", "kind", "words"),
    [
        ("[PERSON_1]", "person", "Person 1"),
        ("[BIRTH_DATE_2]", "person", "Birth date 2"),
        ("[PHONE_12]", "contact", "Phone 12"),
        ("[ADDRESS_1]", "place", "Address 1"),
        ("[NATIONAL_ID_1]", "number", "National ID 1"),
        ("[IBAN_1]", "number", "IBAN 1"),
        ("[SHOE_SIZE_44]", "other", "Shoe size 44"),
    ],
)
def test_a_token_becomes_a_pill_in_the_colour_of_its_kind(token: str, kind: str, words: str) -> None:
    shown = f'<span class="pill {kind}"><span class="visually-hidden">redacted: </span>{words}</span>'
    assert pills(token) == shown
    assert pills(f"a {token}{token}.") == f"a {shown}{shown}."


@pytest.mark.parametrize(
    "text",
    ["", "[PERSON]", "[_1]", "[person_1]", "[PERSON_1", "[PERSON_ 1]", "[PÉRSON_1]", "[PERSON_1234567]", "[A__1]"],
)
def test_what_only_resembles_a_token_stays_as_it_is(text: str) -> None:
    assert pills(text) == text


def test_everything_around_a_token_is_escaped() -> None:
    assert str(pills("<b>\"'&[PERSON_1]<i>")).startswith("&lt;b&gt;&#34;&#39;&amp;<span class=")
    assert str(pills("<b>\"'&[PERSON_1]<i>")).endswith("Person 1</span>&lt;i&gt;")


def test_many_brackets_take_no_longer_than_their_number() -> None:
    assert pills("[A" * 10_000) == "[A" * 10_000
    assert pills("[" + "A_" * 10_000) == "[" + "A_" * 10_000


def test_a_label_that_is_no_token_is_escaped_too() -> None:
    assert "<script>" not in pill("<script>")
    assert label("") == ""
