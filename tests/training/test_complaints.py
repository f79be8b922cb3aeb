import random
import re

import pytest

from gateway.training.complaints import complaint, complaints
from gateway.training.labels import CLASSES, class_of
from gateway.training.lexicon import LANGUAGES, PATTERN_KINDS, lexicon
from gateway.training.marked import Piece, flat
from gateway.training.names import belongs, of_part
from gateway.training.noise import EVASIVE, EVERYDAY, THAI, Change
from gateway.training.polish import Case, inflect
from gateway.training.templates import parse, slots, walk
from gateway.training.writer import Writer, label_of

pytest.importorskip("faker", reason="names come from Faker, which the training extra installs")

LEAST_PATTERNS = 100


def lot(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311 - has to be repeatable, not secret


MUST_OCCUR = {
    "PERSON", "EMAIL", "PHONE", "ADDRESS", "CITY", "ZIP", "DOB", "ID", "NATIONAL_ID", "CARD", "IBAN", "IP", "USERNAME",
    "VEHICLE", "URL", "ORG", "DATE",
}  # fmt: skip


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_every_language_has_a_hundred_patterns_and_hard_negatives(language: str) -> None:
    patterns = lexicon(language, "train").patterns
    assert sum(map(len, patterns.values())) >= LEAST_PATTERNS
    assert all(patterns[kind] for kind in PATTERN_KINDS)
    assert len(patterns["plain"]) >= 30


def test_every_slot_of_every_pattern_can_be_filled(language: str) -> None:
    source = lexicon(language, "train")
    names = {slot for group in source.patterns.values() for pattern in group for slot in slots(pattern)}
    names |= {slot for group in source.words.values() for word in group for slot in slots(word)}
    writer = Writer(source, lot(1))
    for name in sorted(names):
        assert writer.fill(parse(f"{{{name}}}")) is not None


def test_every_kind_of_value_occurs(language: str) -> None:
    seen = {span.label for number in range(600) for span in complaint(language, f"kinds-{number}").spans}
    assert seen >= MUST_OCCUR


def test_the_same_seed_gives_the_same_complaint_and_another_seed_another(language: str) -> None:
    assert complaint(language, "7") == complaint(language, "7")
    assert complaint(language, "7") != complaint(language, "8")


def test_spans_lie_in_order_inside_the_text_without_blanks_at_their_ends(language: str) -> None:
    for number in range(200):
        made = complaint(language, f"spans-{number}")
        last = 0
        for span in made.spans:
            value = made.text[span.start : span.end]
            assert last <= span.start < span.end <= len(made.text)
            assert value == value.strip()
            assert class_of(span.label) > 0
            last = span.end


def test_plain_sentences_hold_nobody(language: str) -> None:
    for number in range(150):
        _, spans = flat(Writer(lexicon(language, "train"), lot(number)).pattern("plain"))
        assert {span.label for span in spans} <= {"ORG", "DATE", "CITY", "URL"}


def test_languages_come_in_turn() -> None:
    assert [made.language for made in complaints(3, 12)] == [*LANGUAGES, *LANGUAGES[:3]]


def test_validation_never_meets_a_name_of_training(language: str) -> None:
    training, validation = lexicon(language, "train").names, lexicon(language, "validation").names
    for kind in ("women", "men", "surnames"):
        known, unseen = set(getattr(training, kind)), set(getattr(validation, kind))
        assert known
        assert unseen
        assert not known & unseen


def test_a_name_stays_in_its_part_when_the_list_grows() -> None:
    names = ["Ada", "Berit", "Cleo", "Dunja", "Edda", "Fria", "Gesa", "Hild", "Ilka", "Jula", "Kaja", "Lone"]
    assert set(of_part(names, "train")) <= set(of_part([*names, "Mona", "Nele"], "train"))
    assert all(belongs(name, "train") != belongs(name, "validation") for name in names)


@pytest.mark.parametrize("change", sorted({*EVERYDAY, *EVASIVE, *THAI}, key=lambda change: change.__name__))
def test_noise_keeps_each_value_in_its_span(change: Change) -> None:
    person, phone = Piece("Zoë Ärling", "PERSON", 1), Piece("0151 23", "PHONE", 2)
    pieces = [Piece("Hello, I am "), person, Piece(", call "), phone, Piece(".")]
    text, spans = flat(change(pieces, lot(4)))
    assert [span.label for span in spans] == ["PERSON", "PHONE"]
    assert not re.search(r"(?i)hello|call", "".join(text[span.start : span.end] for span in spans))


def test_pieces_of_one_value_make_one_span() -> None:
    _, spans = flat(
        [Piece("a ", "PERSON", 1), Piece("b", "PERSON", 1), Piece("c", "PERSON", 2), Piece(" ", "PERSON", 2)]
    )
    assert [(span.start, span.end) for span in spans] == [(0, 3), (3, 4)]


def test_square_brackets_without_a_bar_stand_for_themselves() -> None:
    written = {"".join(walk(parse("[10:30] [hi|ho [x]|] end"), lot(seed))) for seed in range(30)}
    assert written == {"[10:30] hi end", "[10:30] ho [x] end", "[10:30]  end"}


def test_an_open_choice_is_refused() -> None:
    with pytest.raises(ValueError, match="not closed"):
        parse("[a|b] {me} | [c|d")


def test_own_mailboxes_and_ages_follow_the_labelling_rules() -> None:
    assert (label_of("mailbox", "en"), label_of("mailbox", "de")) == ("ORG", "EMAIL")
    assert (label_of("age", "en"), label_of("age", "pl")) == ("DOB", "")
    assert label_of("hotline", "fr") == label_of("law", "it") == label_of("money", "th") == ""


def test_every_label_has_a_class() -> None:
    assert {class_of(label) for label in MUST_OCCUR} == set(range(1, len(CLASSES)))
    assert class_of("TITLE") == 0
    assert class_of("STATE") == class_of("CITY")


@pytest.mark.parametrize(
    ("name", "case", "woman", "surname", "written"),
    [
        ("Anna", "gen", True, False, "Anny"),
        ("Anna", "ins", True, False, "Anną"),
        ("Olga", "dat", True, False, "Oldze"),
        ("Basia", "voc", True, False, "Basiu"),
        ("Marek", "gen", False, False, "Marka"),
        ("Paweł", "acc", False, False, "Pawła"),
        ("Adam", "dat", False, False, "Adamowi"),
        ("Kamiński", "ins", False, True, "Kamińskim"),
        ("Kamińska", "gen", True, True, "Kamińskiej"),
        ("Zając", "gen", True, True, "Zając"),
        ("Bruno", "gen", False, False, "Bruno"),
    ],
)
def test_polish_names_take_their_endings(name: str, case: Case, *, woman: bool, surname: bool, written: str) -> None:
    assert inflect(name, case, woman=woman, surname=surname) == written
