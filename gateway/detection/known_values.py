"""What the person typed into the form, found again in the text: certain, so the score is 1.

E-mail addresses, telephone numbers and references are found however they are formatted, and even inside longer runs of
letters and digits; names and addresses also in parts. What counts as a part is said at each kind below. The time is
linear in the length of the text for each value.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from gateway.core.findings import Finding
from gateway.detection.dates import dates_in
from gateway.detection.known_addresses import parts_of_address
from gateway.detection.normalise import normalise
from gateway.detection.ordinary_words import MAILBOXES, NAMES_THAT_ARE_WORDS, TITLES
from gateway.detection.words import Span, Words, letters_and_digits, words_of

RECOGNISER = "known-values"

_CERTAIN = 6
"""From this many letters and digits on, a value is found without regard to where words begin and end."""
_SHORTEST = 4
"""Shorter numbers and codes are too likely to be something else."""
_SHORTEST_NAME = 3

_LOCAL_PHONE = 7
"""The last digits of a long telephone number that are found on their own: those without the area code."""
_PHONE_CORE = 9
"""The last digits of a long telephone number that stay the same with or without country code and trunk zero."""
_EXTENSION = re.compile(r"(?:x|ext)", re.IGNORECASE)
_COUNTRY_CODE = re.compile(r"(?:(?:\+|\b00)\d{1,3}|\b[01])?[ .\-]{0,2}\(?0?\)?[ .\-]?\(?$")
_LONGEST_COUNTRY_CODE = 12

_Finder = Callable[[str, str, Words], Iterable[Span]]


def find_known(text: str, known: dict[str, str]) -> list[Finding]:
    """Return where the `known` values (kind → value) stand in `text`, a normalised copy."""
    words = Words(text)
    findings = []
    for kind, value in known.items():
        entity, finder = _KINDS.get(kind.casefold(), ("ID", _find_number))
        for start, end in sorted(set(finder(normalise(value).text, text, words))):
            findings.append(Finding(start=start, end=end, entity=entity, score=1.0, recogniser=RECOGNISER))
    return findings


def _find_name(value: str, text: str, words: Words) -> Iterator[Span]:
    """Find the whole name in either order, run together or not, and each part of three letters or more."""
    parts = [part for part in words_of(value) if part not in TITLES]
    for whole in {"".join(parts), "".join([*parts[-1:], *parts[:-1]])}:
        if len(whole) >= _SHORTEST_NAME:
            yield from words.find(whole, whole_words=True)
    long = {part for part in parts if len(part) >= _SHORTEST_NAME and not part.isdecimal()}
    yield from _find_words(long | {f"{part}s" for part in long} | {f"{part}es" for part in long}, text, words)


def _find_words(wanted: set[str], text: str, words: Words) -> Iterator[Span]:
    """Find single words; one that is also ordinary English only where a capital says that it is a name."""
    shouting = text.isupper()
    for word, (start, end) in zip(words.words, words.spans, strict=True):
        if word in wanted and not (word in NAMES_THAT_ARE_WORDS and (shouting or text[start].islower())):
            yield start, end


def _find_number(value: str, _text: str, words: Words) -> Iterator[Span]:
    """Find a reference, a number, a code, an e-mail address, in any formatting."""
    plain = letters_and_digits(value)
    if len(plain) >= _SHORTEST:
        yield from words.find(plain, whole_words=len(plain) < _CERTAIN)


def _find_email(value: str, text: str, words: Words) -> Iterator[Span]:
    """Find the address, and what stands before the @ unless it names no one."""
    yield from _find_number(value, text, words)
    mailbox = letters_and_digits(value.partition("@")[0].partition("+")[0])
    if len(mailbox) >= _SHORTEST and mailbox not in MAILBOXES | NAMES_THAT_ARE_WORDS:
        for start, end in words.find(mailbox, whole_words=True):
            if not any(map(str.isspace, text[start:end])):
                yield start, end


def _find_phone(value: str, text: str, words: Words) -> Iterator[Span]:
    """Find the number with or without country code, trunk zero and area code, and whatever of them stands before it."""
    digits = letters_and_digits(_EXTENSION.split(value)[0]).lstrip("0")
    if len(digits) > _PHONE_CORE:
        yield from words.find(digits[-_LOCAL_PHONE:], whole_words=True)
    for start, end in _find_number(digits[-_PHONE_CORE:], text, words):
        head = max(0, start - _LONGEST_COUNTRY_CODE)
        code = _COUNTRY_CODE.search(text[head:start])
        yield head + code.start() if code else start, end


def _find_address(value: str, text: str, words: Words) -> Iterator[Span]:
    """Find the whole address and its parts: street line, street, town, postcode."""
    for part in parts_of_address(value):
        for start, end in words.find(part, whole_words=True):
            if not (part in NAMES_THAT_ARE_WORDS and text[start].islower()):
                yield start, end


def _find_birth_date(value: str, text: str, words: Words) -> Iterator[Span]:
    """Find the day however it is written; `1/2/70` is taken for the first of February and the second of January."""
    yield from _find_number(value, text, words)
    wanted = frozenset[object]().union(*(days for _, _, days in dates_in(value)))
    for start, end, days in dates_in(text):
        if days & wanted:
            yield start, end


_KINDS: dict[str, tuple[str, _Finder]] = {
    "address": ("ADDRESS", _find_address),
    "card": ("CARD", _find_number),
    "date_of_birth": ("DATE_OF_BIRTH", _find_birth_date),
    "dob": ("DATE_OF_BIRTH", _find_birth_date),
    "email": ("EMAIL", _find_email),
    "iban": ("IBAN", _find_number),
    "mobile": ("PHONE", _find_phone),
    "name": ("PERSON", _find_name),
    "national_id": ("NATIONAL_ID", _find_number),
    "phone": ("PHONE", _find_phone),
    "ssn": ("NATIONAL_ID", _find_number),
}
"""Kind → entity and how it is found; any other kind is an ID."""
