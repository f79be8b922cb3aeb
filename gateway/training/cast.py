"""The people of one complaint: who writes, who is complained about, who else is named, and how each is written."""

import random
from dataclasses import dataclass, field

from gateway.training.names import NameLists, ascii_only
from gateway.training.polish import CASES, inflect

_FOREIGN = 0.14  # share of people whose name comes from elsewhere
_ODD = 0.16  # share of first names that are also ordinary words
_AGAIN = 0.3  # share of mentions that name somebody who was named before
_DUTCH_PARTICLES = ("van", "van der", "van den", "de", "ter", "van 't")
_THAI_GAPS = (" ",) * 9 + ("  ",)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person of one language's text."""

    first: str
    last: str
    woman: bool


@dataclass(kw_only=True)
class Cast:
    """Draws people and writes their names; remembers them, so that a text names the same person more than once."""

    language: str
    names: NameLists
    foreign: NameLists
    draw: random.Random
    others: list[Person] = field(default_factory=list)
    _writer: Person | None = None

    def happens(self, chance: float) -> bool:
        """Decide by lot."""
        return self.draw.random() < chance

    @property
    def writer(self) -> Person:
        """The person who complains."""
        if self._writer is None:
            self._writer = self.person(woman=self.happens(0.5))
        return self._writer

    def person(self, *, woman: bool) -> Person:
        """Return a new person."""
        foreign = self.language != "th" and self.happens(_FOREIGN)
        lists = self.foreign if foreign else self.names
        first = self.draw.choice(lists.women if woman else lists.men)
        if self.language != "th" and lists.odd and self.happens(_ODD):
            first = self.draw.choice(lists.odd)
        last = self.draw.choice(lists.surnames)
        return Person(first=first, last=last if foreign else self._surname(last, woman=woman), woman=woman)

    def _surname(self, last: str, *, woman: bool) -> str:
        """Return a surname as the language's custom makes it: doubled, with particles, by gender."""
        another = self.draw.choice(self.names.surnames)
        if self.language == "pl" and last.endswith(("ski", "cki", "ska", "cka")):
            last = last[:-1] + ("a" if woman else "i")
        if self.language == "es" and self.happens(0.5):
            return f"{last} {another}"
        if self.language == "pt" and self.happens(0.45):
            return f"{another} {self.draw.choice(('', 'da ', 'de ', 'dos ', 'do '))}{last}"
        if self.language == "nl" and self.happens(0.2):
            return f"{self.draw.choice(_DUTCH_PARTICLES)} {last.split()[-1]}"
        return f"{last}-{another}" if self.language != "th" and self.happens(0.07) else last

    def mentioned(self, *, woman: bool | None) -> Person:
        """Return somebody other than the writer, at times somebody who was named before."""
        known = [person for person in self.others if woman is None or person.woman == woman]
        if known and self.happens(_AGAIN):
            return self.draw.choice(known)
        person = self.person(woman=self.happens(0.5) if woman is None else woman)
        self.others.append(person)
        return person

    def write(self, slot: str) -> str:
        """Return the text of a slot of people: `me`, `name`, `first`, `last`, `nick`, `sign`, with dotted additions.

        `me.first`, `me.last`, `me.sign` are the writer's; `.f` and `.m` choose a woman or a man; `.list` puts the
        surname first; `.mid` adds a middle initial; `.plural` is a family; in Polish `.gen`, `.dat`, … are cases.
        """
        base, *rest = slot.split(".")
        if base == "nick":
            return self._nickname()
        woman = True if "f" in rest else False if "m" in rest else None
        person = self.writer if base == "me" else self.mentioned(woman=woman)
        part = (
            next((word for word in rest if word in ("first", "last", "sign", "nick")), "name") if base == "me" else base
        )
        case = next((word for word in rest if word in CASES), None)
        if case and self.language == "pl":
            first = inflect(person.first, case, woman=person.woman, surname=False)
            last = inflect(person.last, case, woman=person.woman, surname=True)
            person = Person(first=first, last=last, woman=person.woman)
        return self._written(person, part, rest)

    def _nickname(self) -> str:
        if self.names.nicknames:
            return self.draw.choice(self.names.nicknames)
        return self.mentioned(woman=None).first

    def _written(self, person: Person, part: str, rest: list[str]) -> str:
        if "list" in rest:
            return f"{person.last.upper() if self.happens(0.4) else person.last}, {person.first}"
        if "plural" in rest:
            return self._family(person.last)
        if part in ("first", "nick") or (part == "last" and self.language == "th"):
            return person.first + (_german_genitive(person.first) if self.language == "de" and "gen" in rest else "")
        if part == "last":
            return person.last
        return self._signed(person) if part == "sign" else self._full(person, middle="mid" in rest)

    def _family(self, last: str) -> str:
        if self.language == "pl":
            return last[:-1] + "cy" if last.endswith(("ski", "cki")) else last.rstrip("a") + "owie"
        if self.language in ("en", "de", "nl"):
            return last + ("es" if self.language == "en" and last.endswith("s") else "s")
        return last

    def _full(self, person: Person, *, middle: bool) -> str:
        first, last = person.first, person.last
        if self.language == "th":
            return f"{first}{self.draw.choice(_THAI_GAPS)}{last}"
        capital_first = self.language in ("fr", "it", "pl", "es")
        forms = {
            f"{first} {last}": 0.0 if middle else 0.68,
            f"{last} {first}": 0.0 if middle else 0.02,
            f"{first[0]} {last}": 0.0 if middle else 0.03,
            f"{first} {self.draw.choice(self.names.surnames)[0]}. {last}": 0.06,
            f"{first[0]}. {last}": 0.0 if middle else 0.08,
            f"{first} {self.draw.choice(self.names.women if person.woman else self.names.men)} {last}": 0.06,
            f"{last.upper()} {first}" if capital_first else f"{last}, {first}": 0.0 if middle else 0.04,
            f"{first} {last.upper()}": 0.0 if middle else 0.03,
        }
        return self.draw.choices(list(forms), weights=list(forms.values()))[0]

    def _signed(self, person: Person) -> str:
        first, last = person.first, person.last
        if self.language == "th":
            return self.draw.choice((f"{first} {last}", f"{first} {last}", first, f"{first} {last[0]}."))
        forms = (f"{first} {last}",) * 6 + (
            first, first, f"{first[0]}. {last}", f"{first} {last[0]}.", f"{first[0]}.{last[0]}.", last,
            f"{first} {last}".upper(), f"{first} {last}".lower(), first.lower(), f"{last.upper()} {first}",
        )  # fmt: skip
        return self.draw.choice(forms)

    def mail_names(self) -> tuple[str, str]:
        """Return first and last name as an e-mail address would have them, of the writer mostly."""
        person = self.writer if self.happens(0.65) or not self.others else self.draw.choice(self.others)
        if self.language == "th":
            person = Person(first=self.draw.choice(self.names.odd), last=self.draw.choice(self.names.odd), woman=True)
        return ascii_only(person.first) or "mail", ascii_only(person.last.split()[-1]) or "box"


def _german_genitive(name: str) -> str:
    return "’" if name.endswith(("s", "ß", "x", "z")) else "s"  # noqa: RUF001 - the apostrophe that people print
