"""Fills templates: draws a value for every slot and says which label it bears."""

import random
from itertools import count

from gateway.training.cast import Cast
from gateway.training.lexicon import LANGUAGES, Lexicon, lexicon
from gateway.training.marked import Piece
from gateway.training.names import ascii_only
from gateway.training.templates import Slot, Template, shape, walk

LABELS = {
    "me": "PERSON", "name": "PERSON", "first": "PERSON", "last": "PERSON", "nick": "PERSON", "sign": "PERSON",
    "foreignscript": "PERSON", "email": "EMAIL", "phone": "PHONE", "street": "ADDRESS", "city": "CITY",
    "state": "CITY", "zip": "ZIP", "dob": "DOB", "id": "ID", "order": "ID", "policy": "ID", "booking": "ID",
    "case": "ID", "meter": "ID", "tracking": "ID", "imei": "ID", "serial": "ID", "badge": "ID", "health": "ID",
    "pin": "ID", "natid": "NATIONAL_ID", "passport": "NATIONAL_ID", "card": "CARD", "iban": "IBAN",
    "account": "IBAN", "ip": "IP", "mac": "IP", "user": "USERNAME", "profile": "USERNAME", "plate": "VEHICLE",
    "vin": "VEHICLE", "site": "URL", "company": "ORG", "office": "ORG", "date": "DATE",
}  # fmt: skip
PEOPLE = frozenset({"me", "name", "first", "last", "sign", "nick"})
_PER_LANGUAGE = {"mailbox": {"en": "ORG", "": "EMAIL"}, "age": {"en": "DOB", "": ""}}
_NUMBERS = {
    "d": (1, 28), "m": (1, 12), "year": (2019, 2026), "byear": (1934, 2008), "yy": (19, 26), "byy": (34, 99),
    "hour": (7, 22), "minute": (10, 59), "n": (2, 14), "house": (1, 240), "floor": (1, 9), "flat": (1, 48),
    "euros": (4, 980), "cents": (10, 99), "thousands": (1, 48), "percent": (2, 45), "days": (2, 90),
    "years": (3, 96), "byte": (1, 254), "hundreds": (100, 999), "thaiyear": (2562, 2569), "thaibirth": (2478, 2550),
}  # fmt: skip
_ABROAD = 0.08  # share of streets that lie in another language
_PADDED = frozenset({"cents", "mm", "dd"})


def label_of(slot: str, language: str) -> str:
    """Return the label that the labelling rules give to a slot's value, empty where it is ordinary text."""
    base = slot.split(".", maxsplit=1)[0]
    if base in _PER_LANGUAGE:
        return _PER_LANGUAGE[base].get(language, _PER_LANGUAGE[base][""])
    return LABELS.get(base, "")


class Writer:
    """Writes one complaint's templates with one cast; the same `draw` gives the same text."""

    def __init__(self, source: Lexicon, draw: random.Random) -> None:
        self.lexicon, self.draw = source, draw
        self.cast = Cast(language=source.language, names=source.names, foreign=source.foreign, draw=draw)
        self._values = count(1)

    def pattern(self, kind: str) -> list[Piece]:
        """Return a filled pattern of a kind (`open`, `body`, `plain`, `close`, `whole`)."""
        return self.fill(self.draw.choice(self.lexicon.patterns[kind]))

    def fill(self, template: Template) -> list[Piece]:
        """Return a template with all its slots filled."""
        pieces: list[Piece] = []
        for part in walk(template, self.draw):
            if not isinstance(part, Slot):
                pieces.append(Piece(part))
            elif label := label_of(part.name, self.lexicon.language):
                pieces.append(Piece(self.text(part.name), label, next(self._values)))
            elif part.name in self.lexicon.patterns:
                pieces += self.pattern(part.name)
            elif part.name in self.lexicon.words:
                pieces += self.fill(self.draw.choice(self.lexicon.words[part.name]))
            else:
                pieces.append(Piece(self.text(part.name)))
        return pieces

    def text(self, slot: str) -> str:
        """Return the plain text of one slot.

        Raises:
            KeyError: nobody knows that slot.
        """
        source = self._abroad() if slot == "street" and self.draw.random() < _ABROAD else self.lexicon
        words, shapes = source.words.get(slot), source.shapes.get(slot)
        if words and shapes:
            words, shapes = (
                (words, None) if self.draw.random() < len(words) / (len(words) + len(shapes)) else (None, shapes)
            )
        if shapes:
            return shape(self.draw.choice(shapes), self.draw)
        if words:
            return (self if source is self.lexicon else Writer(source, self.draw)).expand(self.draw.choice(words))
        return self._coded(slot)

    def _abroad(self) -> Lexicon:
        """Return another language's lexicon: people move, and keep their old address."""
        if self.lexicon.language == "th":
            return self.lexicon
        return lexicon(self.draw.choice([name for name in LANGUAGES if name != "th"]), self.lexicon.part)

    def expand(self, template: Template) -> str:
        """Return a template as the plain text of one value."""
        return "".join(part if isinstance(part, str) else self.text(part.name) for part in walk(template, self.draw))

    def _coded(self, slot: str) -> str:
        base, *rest = slot.split(".")
        if base in PEOPLE:
            return self.cast.write(slot)
        if base == "raw":
            return self._raw(rest[0])
        if slot in ("mm", "dd"):
            return f"{self.draw.randint(1, 12 if slot == 'mm' else 28):02}"
        if base in _NUMBERS:
            number = self.draw.randint(*_NUMBERS[base])
            return f"{number:02}" if base in _PADDED else str(number)
        if base in ("mailname", "handle"):
            return self._mail_name()
        raise KeyError(slot)

    def _raw(self, which: str) -> str:
        """Return a name that is nobody's here: it belongs to a street, a company, a product."""
        names = self.lexicon.names
        lists = {"women": names.women, "men": names.men, "last": names.surnames, "first": names.women + names.men}
        if which != "lower":
            return self.draw.choice(lists[which])
        pool = names.odd if self.lexicon.language == "th" else names.surnames
        return ascii_only(self.draw.choice(pool)) or "mail"

    def _mail_name(self) -> str:
        first, last = self.cast.mail_names()
        digits = shape("##", self.draw)
        shapes = (
            "{first}.{last}", "{first}.{last}", "{f}.{last}", "{f}{last}", "{last}.{first}", "{first}{digits}",
            "{first}_{last}", "{last}{digits}", "{first}-{last}", "{first}{last}{digits}", "{last}{f}",
        )  # fmt: skip
        return self.draw.choice(shapes).format(first=first, f=first[0], last=last, digits=digits)
