import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detection.normalise import fold, normalise

LOOK_ALIKE_NAME = "Dmitri V\u043elk\u043ev"
TRICKS = {
    "zero-width space": ("john\u200b@exa\u200bmple.com", "john@example.com"),
    "zero-width joiner and non-joiner": ("Jo\u200dh\u200cn", "John"),
    "word joiner": ("J\u2060o\u2060h\u2060n", "John"),
    "byte order mark": ("\ufeffJohn", "John"),
    "soft hyphen": ("John Sm\u00adith", "John Smith"),
    "full-width letters and digits": ("\uff2a\uff4f\uff48\uff4e \uff11\uff12\uff0d\uff13", "John 12-3"),
    "full-width at sign and stop": ("ada\uff20example\uff0ecom", "ada@example.com"),
    "ideographic space": ("9118\u30000442", "9118 0442"),
    "Arabic-Indic digits": ("\u0660\u0661\u0662 \u0663\u0664", "012 34"),
    "Thai digits": ("\u0e50\u0e58\u0e51", "081"),
    "mathematical letters": ("\U0001d413\U0001d428\U0001d425\U0001d42e", "Tolu"),
    "circled letters": ("\u24df\u24db\u24d4", "ple"),
    "keycap digits": ("5\ufe0f\u20e35\ufe0f\u20e3", "55"),
    "struck-out letters": ("J\u0336o\u0336h\u0336n\u0336", "John"),
    "letters taken apart": ("Jose\u0301", "Jos\u00e9"),
    "no-break space in a card number": ("4111\u00a01111\u00a01111\u00a01111", "4111 1111 1111 1111"),
    "thin and hair spaces": ("444\u2009473\u200a7506", "444 473 7506"),
    "non-breaking hyphen": ("555\u20110176", "555-0176"),
    "curly apostrophe": ("O\u2019Brien\u2019s", "O'Brien's"),
    "right-to-left override": ("212-\u202e555\u202c-0134", "212-555-0134"),
    "isolates and marks of direction": ("\u2066John\u2069 \u200fSmith\u200e", "John Smith"),
    "tag characters": ("Jo\U000e0041\U000e007fhn", "John"),
    "variation selectors": ("Jo\ufe01h\U000e0100n", "John"),
    "Hangul filler": ("Jo\u3164hn", "John"),
    "control characters": ("Jo\x00h\x1bn", "John"),
    "half a character": ("Jo\ud800hn", "John"),
    "Cyrillic look-alikes": (LOOK_ALIKE_NAME, "Dmitri Volkov"),
    "Greek look-alikes": ("\u0391da \u039custermann", "Ada Mustermann"),
    "a word wholly of look-alikes": ("\u0410\u0410\u0421", "AAC"),
    "named character references": ("ada&commat;example&period;com", "ada@example.com"),
    "decimal and hexadecimal references": ("ada&#64;example&#x2E;com", "ada@example.com"),
    "references referred to": ("ada&amp;#64;example.com", "ada@example.com"),
    "ligatures": ("\ufb01nn", "finn"),
}


@pytest.mark.parametrize(("hidden", "plain"), TRICKS.values(), ids=TRICKS.keys())
def test_what_hides_is_undone_in_the_copy(hidden: str, plain: str) -> None:
    assert normalise(hidden).text == plain


@pytest.mark.parametrize(("hidden", "_plain"), TRICKS.values(), ids=TRICKS.keys())
def test_the_whole_copy_stands_for_the_text_but_for_invisible_ends(hidden: str, _plain: str) -> None:
    copy = normalise(f"x{hidden}x")
    assert copy.source_span(0, len(copy.text)) == (0, len(hidden) + 2)


def test_characters_dropped_inside_a_span_belong_to_it() -> None:
    text = "write to jo\u200bhn\u00ad@ex&#97;mple.com now"
    copy = normalise(text)
    start = copy.text.index("john@")
    begin, end = copy.source_span(start, start + len("john@example.com"))
    assert text[begin:end] == "jo\u200bhn\u00ad@ex&#97;mple.com"


def test_places_are_counted_in_code_points() -> None:
    text = "\U0001f600\U0001f468\u200d\U0001f469 \U0001d413\U0001d428m"
    copy = normalise(text)
    start = copy.text.index("Tom")
    assert text[slice(*copy.source_span(start, start + 3))] == "\U0001d413\U0001d428m"


@pytest.mark.parametrize(
    "text",
    [
        "", "Plain text,\r\nwith\ttabs & more.", "AT&T; fish & chips; &nosuchthing;", "na\u00efve M\u00fcller",
        "\u041c\u043e\u0441\u043a\u0432\u0430 \u0434\u043e\u043c", "\u0e2d\u0e31\u0e0d\u0e0a\u0e25\u0e35",
        "\u5c71\u672c\u5065\u4e8c", "\U0001f600 fine",
    ],
)  # fmt: skip
def test_what_hides_nothing_stays_as_it_is(text: str) -> None:
    assert normalise(text).text == text


def test_a_character_that_stands_for_a_whole_sentence_does_not_swell_the_copy() -> None:
    assert normalise("\ufdfa" * 100).text == "\ufdfa" * 100


def test_folding_takes_case_and_accents_away_and_keeps_the_places() -> None:
    folded = fold("Stra\u00dfe \u00c9mile \u0141ukasz")
    assert folded.text == "strasse emile lukasz"
    start = folded.text.index("emile")
    assert folded.source_span(start, start + 5) == (7, 12)


PIECES = st.one_of(
    st.characters(),
    st.sampled_from(["&#64;", "&amp;", "e\u0301", "\u200b", "\u00ad", "\ufb03", "\u043e", "\U000e0041", "a", "1", " "]),
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_place_of_the_copy_maps_to_an_ordered_part_of_the_text(text: str) -> None:
    copy = normalise(text)
    spans = [copy.source_span(at, at + 1) for at in range(len(copy.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_character_of_the_copy_comes_from_the_part_that_it_maps_to(text: str) -> None:
    copy = normalise(text)
    for at, letter in enumerate(copy.text):
        source = text[slice(*copy.source_span(at, at + 1))]
        assert letter in normalise(source).text or unicodedata.category(source[0])[0] == "L"


@given(st.text(max_size=60))
def test_nothing_invisible_is_left_in_the_copy(text: str) -> None:
    assert not {unicodedata.category(letter) for letter in normalise(text).text} & {"Cf", "Cs"}


@given(st.lists(PIECES, max_size=60).map("".join))
def test_folding_maps_back_as_well(text: str) -> None:
    folded = fold(text)
    spans = [folded.source_span(at, at + 1) for at in range(len(folded.text))]
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert spans == sorted(spans)


@pytest.mark.parametrize(
    "run",
    ["a\u00e9\u200b1 ", "\u0301\u0316", "&amp;", "\u043ea"],
    ids=ascii,
)
def test_ten_times_the_text_takes_about_ten_times_as_long(run: str) -> None:
    assert _seconds(run, 200_000, tries=1) < 25 * _seconds(run, 20_000, tries=3)


def _seconds(run: str, length: int, tries: int) -> float:
    """Return the best processor time, and never less than what the clock can tell apart."""
    text, times = (run * length)[:length], [0.0] * tries
    for number in range(tries):
        started = time.thread_time()
        fold(normalise(text).text)
        times[number] = time.thread_time() - started
    return max(min(times), 0.002)
