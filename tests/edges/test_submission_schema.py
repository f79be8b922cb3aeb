import sys
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.submission_schema import UNKNOWN_NAMED, SubmissionSchema, parse_submission
from gateway.core.errors import InvalidSubmissionError
from gateway.core.submission import Consent, Contact, Submission

CANARY = "Canary-4711"

ONE_LINE = {
    "/contact/name": 200,
    "/contact/phone": 40,
    "/order_reference": 100,
    "/product": 200,
    "/issue": 200,
    "/consent/notice_id": 100,
    "/consent/version": 40,
    "/channel_detail": 200,
}
LINES = {"/narrative": 20_000, "/contact/address": 500, "/desired_outcome": 2_000}
TEXTS = ONE_LINE | LINES
EVERYWHERE = (*TEXTS, "/contact/email", "/language")
PARTS = ("/contact", "/consent")

CONTROLS = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) == "Cc"]
NONCHARACTERS = ["\ufdd0", "\ufdef", "\ufffe", "\uffff", "\U0001fffe", "\U0002ffff", "\U0010fffe", "\U0010ffff"]
SURROGATES = ["\ud800", "\udbff", "\udc00", "\udfff"]


def fields_with(pointer: str, value: object) -> dict[str, object]:
    """Return a good submission with `value` at `pointer`."""
    fields = {"narrative": "It broke.", "contact": {}, "consent": {"notice_id": "service-handling", "version": "1"}}
    *part, name = pointer.strip("/").split("/")
    (fields[part[0]] if part else fields)[name] = value
    return fields


def parsed(fields: dict[str, object]) -> Submission:
    return parse_submission(fields, channel="test")


def faults(fields: dict[str, object]) -> dict[str, list[str]]:
    """Return pointer → reasons for why `fields` is refused."""
    with pytest.raises(InvalidSubmissionError) as refused:
        parsed(fields)
    found: dict[str, list[str]] = {}
    for fault in refused.value.faults:
        found.setdefault(fault.pointer, []).append(fault.reason)
    return found


def test_every_field_arrives_as_it_was_sent() -> None:
    submission = parsed(
        {
            "narrative": "  It broke.\r\n\tTwice.  ",
            "contact": {
                "name": " Jane Example",
                "email": "jane@example.com",
                "phone": "+1 212 555 0123",
                "address": "1\n2",
            },
            "order_reference": "ORD-000123",
            "product": "Kettle",
            "issue": "Broken",
            "desired_outcome": "A refund.",
            "language": "fr",
            "consent": {"notice_id": "service-handling", "version": "1"},
            "channel_detail": "app 4.2",
        }
    )
    assert submission == Submission(
        narrative="  It broke.\r\n\tTwice.  ",
        channel="test",
        contact=Contact(name=" Jane Example", email="jane@example.com", phone="+1 212 555 0123", address="1\n2"),
        order_reference="ORD-000123",
        product="Kettle",
        issue="Broken",
        desired_outcome="A refund.",
        language="fr",
        consent=Consent(notice_id="service-handling", version="1"),
        channel_detail="app 4.2",
    )


def test_a_narrative_alone_is_enough() -> None:
    assert parsed({"narrative": "x"}) == Submission(narrative="x", channel="test", language="en")


@pytest.mark.parametrize(("pointer", "longest"), TEXTS.items())
def test_a_text_may_have_its_longest_length_in_code_points_and_not_one_more(pointer: str, longest: int) -> None:
    parsed(fields_with(pointer, "\U0001f600" * longest))
    assert faults(fields_with(pointer, "x" * (longest + 1))) == {pointer: [f"is longer than {longest:,} characters"]}


@pytest.mark.parametrize("pointer", EVERYWHERE)
@pytest.mark.parametrize("value", [1, 1.5, True, [], ["x"], {}, b"x"], ids=repr)
def test_nothing_but_a_string_is_taken_for_a_text(pointer: str, value: object) -> None:
    assert faults(fields_with(pointer, value)) == {pointer: ["must be a string"]}


@pytest.mark.parametrize("pointer", PARTS)
@pytest.mark.parametrize("value", [1, True, [], "x", ""], ids=repr)
def test_nothing_but_an_object_is_taken_for_a_part(pointer: str, value: object) -> None:
    assert faults(fields_with(pointer, value)) == {pointer: ["must be an object"]}


@pytest.mark.parametrize("pointer", [*EVERYWHERE, *PARTS])
def test_null_is_refused_everywhere(pointer: str) -> None:
    assert faults(fields_with(pointer, None)) == {
        pointer: ["must not be null; leave it out if there is nothing to say"]
    }


@pytest.mark.parametrize("pointer", TEXTS)
def test_characters_that_are_not_text_are_refused_with_their_place(pointer: str) -> None:
    allowed = "\n\t\r" if pointer in LINES else ""
    for character in {*CONTROLS, *NONCHARACTERS, *SURROGATES} - set(allowed):
        [(place, [reason])] = faults(fields_with(pointer, f"abc{character}def")).items()
        assert (place, reason.endswith("the first is character 4")) == (pointer, True), ascii(character)
    parsed(fields_with(pointer, f"abc{allowed}def"))


@pytest.mark.parametrize(
    "character", ["\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u00ad", "\U000e0041"], ids=ascii
)
def test_bidirectional_and_zero_width_characters_are_left_to_detection(character: str) -> None:
    for pointer in TEXTS:
        parsed(fields_with(pointer, f"abc{character}def"))
    parsed(fields_with("/contact/email", f"ja{character}ne@exam{character}ple.com"))


def test_letters_of_every_plane_are_taken() -> None:
    parsed({"narrative": "a\u00a0\u0416\u4e2d\ue000\ufdcf\ufdf0\ufffd\U0001f600\U00020b9f\U000e0100\U0010fffd"})


@pytest.mark.parametrize("narrative", ["", " ", "\n\t\r\n", "\u00a0\u3000\u2028", "\u200b\u200e\ufeff"], ids=ascii)
def test_a_narrative_has_to_say_something(narrative: str) -> None:
    assert faults({"narrative": narrative}) == {"/narrative": ["must say something"]}


def test_an_empty_field_is_one_that_was_not_given() -> None:
    for pointer in ("/product", "/contact/email", "/contact/address", "/channel_detail"):
        assert parsed(fields_with(pointer, "")) == parsed(fields_with("/narrative", "It broke."))


@pytest.mark.parametrize(
    "address",
    [
        "jane@example.com",
        "jane.o'connor+shop@mail.example.co.uk",
        "jane..doe.@example.jp",
        "jürgen@bücher.example",
        "राम.कुमार@उदाहरण.भारत",
        "用户@例え.テスト",
        "jane@xn--bcher-kva.example",
        "j" * 64 + "@" + ".".join(["d" * 61] * 3) + ".io",
    ],
)
def test_an_address_that_somebody_could_have_is_taken(address: str) -> None:
    assert parsed(fields_with("/contact/email", address)).contact.email == address


@pytest.mark.parametrize(
    "address",
    [
        "jane", "@", "jane@", "@example.com", "jane@example", "jane@@example.com", "a@b@example.com", "jane@.com",
        "jane@example..com", "jane@example.com.", "jane@-example.com", "jane@example-.com", "jane doe@example.com",
        "jane@exam ple.com", "Jane <jane@example.com>", "jane@example.com, joe@example.com", "jane@[127.0.0.1]",
        '"jane doe"@example.com', "jane@example.com/path", "mailto:jane@example.com", " jane@example.com",
        "j" * 65 + "@example.com", "jane@" + "d" * 64 + ".com",
    ],
)  # fmt: skip
def test_what_cannot_be_an_address_is_refused(address: str) -> None:
    assert faults(fields_with("/contact/email", address)) == {
        "/contact/email": ["is not an e-mail address such as name@example.com"]
    }


def test_an_address_is_at_most_254_characters_long() -> None:
    longest = "j" * 60 + "@" + ".".join(["d" * 63] * 3) + ".c"
    assert len(longest) == 254
    parsed(fields_with("/contact/email", longest))
    assert faults(fields_with("/contact/email", longest + "o")) == {"/contact/email": ["is longer than 254 characters"]}


@pytest.mark.parametrize(
    ("tag", "canonical"),
    [
        ("en", "en"), ("DE", "de"), ("fil", "fil"), ("und", "und"), ("pt-br", "pt-BR"), ("EN-us", "en-US"),
        ("es-419", "es-419"), ("ZH-hANS", "zh-Hans"), ("sr-latn-rs", "sr-Latn-RS"),
    ],
)  # fmt: skip
def test_a_language_is_kept_in_canonical_case(tag: str, canonical: str) -> None:
    assert parsed(fields_with("/language", tag)).language == canonical


@pytest.mark.parametrize(
    "tag",
    [
        "", "e", "english", "en_US", "en-", "-en", "en-US-x-jane", "x-jane-doe", "i-klingon", "en-GB-oxendict",
        "de-1996", "en-u-ca-gregory", "zh-yue", "en-Latn-US-posix", "en-USA", "en\n", " en",
        "\uff45\uff4e", "e\u017f", "en-\u0661\u0662\u0663",
    ],
)  # fmt: skip
def test_a_language_with_room_for_free_text_is_refused(tag: str) -> None:
    [reason] = faults(fields_with("/language", tag))["/language"]
    assert reason.startswith("must be a language tag such as en, pt-BR or zh-Hans-CN")


def test_consent_names_a_notice_and_its_version() -> None:
    assert faults({"narrative": "x", "consent": {}}) == {
        "/consent/notice_id": ["is required"],
        "/consent/version": ["is required"],
    }
    assert faults({"narrative": "x", "consent": {"notice_id": "", "version": ""}}) == {
        "/consent/notice_id": ["must not be empty"],
        "/consent/version": ["must not be empty"],
    }


def test_every_fault_is_listed_at_once() -> None:
    found = faults(
        {
            "contact": {"email": "nobody", "phone": 1, "fax": "1"},
            "product": "\x00" * 201,
            "language": "x-jane",
            "consent": {"version": None},
            "urgent": True,
        }
    )
    assert list(found) == [
        "/narrative", "/contact/email", "/contact/phone", "/product", "/language", "/consent/notice_id",
        "/consent/version", "/urgent", "/contact/fax",
    ]  # fmt: skip
    assert len(found["/product"]) == 2


@pytest.mark.parametrize("name", ["fax", "_schema", "a" * 40, "Narrative", "contact_email"])
def test_an_unknown_field_is_pointed_at_if_its_name_looks_like_one(name: str) -> None:
    unknown = ["is not a field that is known here"]
    assert faults({"narrative": "x", name: "y"}) == {f"/{name}": unknown}
    assert faults({"narrative": "x", "contact": {name: "y"}}) == {f"/contact/{name}": unknown}


@pytest.mark.parametrize(
    "name", ["", "a" * 41, "Jane Example", "jane@example.com", "a/b", "a~b", "1st", "é", "\ud800"], ids=ascii
)
def test_an_unknown_field_with_any_other_name_is_not_named(name: str) -> None:
    unnamed = ["has a field that is not known here"]
    assert faults({"narrative": "x", name: "y"}) == {"": unnamed}
    assert faults({"narrative": "x", "contact": {name: "y"}}) == {"/contact": unnamed}


def test_a_flood_of_unknown_fields_gets_a_short_answer() -> None:
    found = faults({"narrative": "x", **{f"field_{number}": number for number in range(40_000)}})
    assert len(found) == UNKNOWN_NAMED + 1
    assert found[""] == ["has a field that is not known here"]


def test_no_reason_holds_a_value() -> None:
    for pointer in EVERYWHERE:
        for value in ([CANARY], f"{CANARY}\x00@{CANARY}", CANARY * 5_000):
            assert CANARY not in str(faults(fields_with(pointer, value)))


def test_the_schema_has_a_limit_for_every_text() -> None:
    assert set(SubmissionSchema().fields) == {pointer.split("/")[1] for pointer in EVERYWHERE}


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work may share the machine
@given(st.dictionaries(st.sampled_from([*SubmissionSchema().fields, "other"]), json_values | st.text(min_size=1)))
def test_whatever_is_sent_is_taken_or_refused(fields: dict[str, object]) -> None:
    try:
        submission = parsed(fields)
    except InvalidSubmissionError as refused:
        assert refused.faults  # noqa: PT017  # either outcome is right
    else:
        assert submission.narrative == fields["narrative"]
