"""A copy of the text in which personal data looks the way detectors know it, and the way back to the original.

People hide data from filters without meaning to (a pasted soft hyphen, a Japanese keyboard) and on purpose. In the copy
character references are resolved, compatibility forms folded (NFKC), invisible characters dropped, digits of every
script written 0-9, and Cyrillic or Greek letters that pose as Latin ones replaced. Detection reads the copy; redaction
cuts the original, dropped characters inside a finding included. All of it takes time linear in the length of the text.

What it does not do: judge. Spelled-out numbers, letters posing as digits and other encodings stay as they are.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e]")
_STRETCH = re.compile(r"[\x20-\x7e]?[^\t\n\r\x20-\x7e]+")
"""Where characters may need folding, with the letter before, on which a mark may sit."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};)")
_WORD = re.compile(r"[^\W_]+")

_LONGEST_CLUSTER = 30
"""Marks on one letter that are folded together, as in the Stream-Safe Text Format (UAX 15)."""

_LONGEST_EXPANSION = 4
"""Characters that one may become. What would become more (U+FDFA: 18) is no name, but would swell the text."""

_BLANKS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
"""Default-ignorable code points (DerivedCoreProperties.txt) whose general category does not give them away."""

_PUNCTUATION = str.maketrans("\u2010\u2011\u2012\u2013\u2212\u2018\u2019\u02bc", "-----'''")
_STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)

_POSING = (
    "АA ВB ЕE ЗE ЅS ІI ЇI ЈJ КK МM НH ОO РP СC ТT УY ХX ԚQ ԜW аa сc ԁd еe ёe һh іi їi јj ӏl оo рp ԛq ѕs уy ѵv хx ԝw "  # noqa: RUF001  # what it is about
    "ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX αa ιi κk νv οo όo ρp τt υu χx"  # noqa: RUF001  # the same
)
_LOOK_ALIKES = str.maketrans({pair[0]: pair[1] for pair in _POSING.split()})

_Piece = tuple[str, int, int]
"""A text, and the span of the source that all of it stands for."""


@dataclass(frozen=True)
class Copy:
    """A changed copy of a text.

    Attributes:
        text: the copy.
        starts, ends: for each code point of the copy, the part of the source that it stands for (end exclusive).
    """

    text: str
    starts: list[int] | range
    ends: list[int] | range

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the part of the source that `start`..`end` of the copy stands for; it must not be empty."""
        return self.starts[start], self.ends[end - 1]


def normalise(text: str) -> Copy:
    """Return the copy of `text` that detectors read."""
    copy = Copy(text, range(len(text)), range(1, len(text) + 1))
    if not text.isascii() or _CONTROL.search(text) or "&" in text:
        for step in (_resolve_references, _resolve_references, _fold_characters, _replace_look_alikes):
            copy = _after(copy, step)
    return copy


def fold(text: str) -> Copy:
    """Return the copy of `text` in which words are compared: lower case, without accents."""
    copy = _rewritten(text, _NOT_ASCII, lambda found: ((_plain(found[0]), *found.span()),))
    return Copy(copy.text.lower(), copy.starts, copy.ends)


def _after(copy: Copy, step: Callable[[str], Copy]) -> Copy:
    """Return the outcome of `step` on the text of `copy`, mapped to the source of `copy`."""
    changed = step(copy.text)
    return Copy(
        changed.text,
        [copy.starts[start] for start in changed.starts],
        [copy.ends[end - 1] for end in changed.ends],
    )


def _rewritten(text: str, places: re.Pattern[str], rewrite: Callable[[re.Match[str]], Iterable[_Piece]]) -> Copy:
    """Return `text` with every match of `places` rewritten as pieces and the rest as it is."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for found in [*places.finditer(text), None]:
        before = found.start() if found else len(text)
        texts.append(text[position:before])
        starts += range(position, before)
        ends += range(position + 1, before + 1)
        for piece, start, end in rewrite(found) if found else ():
            texts.append(piece)
            starts += [start] * len(piece)
            ends += [end] * len(piece)
        position = found.end() if found else before
    return Copy("".join(texts), starts, ends)


def _resolve_references(text: str) -> Copy:
    """Resolve `&#64;` and the like once; the second round is for `&amp;#64;`."""
    return _rewritten(text, _REFERENCE, lambda found: ((html.unescape(found[0]), *found.span()),))


def _fold_characters(text: str) -> Copy:
    return _rewritten(text, _STRETCH, _folded)


def _folded(stretch: re.Match[str]) -> Iterator[_Piece]:
    for cluster, start, end in _clusters(stretch[0]):
        yield _compatible(cluster), stretch.start() + start, stretch.start() + end


def _clusters(text: str) -> Iterator[tuple[str, int, int]]:
    """Yield each visible character with the marks that sit on it."""
    cluster, start, end = "", 0, 0
    for at, letter in enumerate(text):
        if _is_invisible(letter):
            continue
        if cluster and len(cluster) <= _LONGEST_CLUSTER and _is_mark(letter):
            cluster, end = cluster + letter, at + 1
            continue
        if cluster:
            yield cluster, start, end
        cluster, start, end = letter, at, at + 1
    if cluster:
        yield cluster, start, end


def _compatible(cluster: str) -> str:
    """Return NFKC with ASCII digits and plain dashes; marks that do not melt into a Latin letter are dropped."""
    if cluster.isascii():
        return cluster
    folded = unicodedata.normalize("NFKC", cluster).translate(_PUNCTUATION)
    if len(folded) > _LONGEST_EXPANSION * len(cluster):
        return cluster
    if folded[0] <= "\u024f":
        folded = "".join(c for c in folded if not _is_mark(c))
    return "".join(str(unicodedata.decimal(c, c)) for c in folded)


def _replace_look_alikes(text: str) -> Copy:
    plain = _WORD.sub(lambda word: _unmasked(word[0]), text)
    return Copy(plain, range(len(text)), range(1, len(text) + 1))


def _unmasked(word: str) -> str:
    """Return `word` in Latin letters if it mixes scripts, or if every letter of it could pose as a Latin one."""
    if word.isascii():
        return word
    plain = word.translate(_LOOK_ALIKES)
    return plain if plain.isascii() or any(map(str.isascii, word)) else word


def _is_invisible(letter: str) -> bool:
    if " " <= letter <= "~" or letter.isspace():
        return False
    return unicodedata.category(letter) in {"Cf", "Cc", "Cs"} or bool(_BLANKS.match(letter))


def _is_mark(letter: str) -> bool:
    return letter > "\u02ff" and unicodedata.category(letter)[0] == "M"


def _plain(letter: str) -> str:
    apart = unicodedata.normalize("NFKD", letter.casefold()).translate(_STROKES)
    return "".join(c for c in apart if not unicodedata.combining(c))
