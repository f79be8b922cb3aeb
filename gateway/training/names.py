"""Names by language, our own and Faker's, parted so that validation meets names that training never saw."""

import importlib
import unicodedata
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Part = Literal["train", "validation"]

LOCALES = {
    "en": ("en_US", "en_GB", "en_NZ", "en_IE", "en_IN", "en_NG"),
    "es": ("es_ES", "es_MX", "es_AR", "es_CO", "es_CL"),
    "fr": ("fr_FR", "fr_BE", "fr_CH", "fr_CA"),
    "de": ("de_DE", "de_AT", "de_CH"),
    "it": ("it_IT",),
    "pt": ("pt_BR", "pt_PT"),
    "nl": ("nl_NL", "nl_BE"),
    "pl": ("pl_PL",),
    "th": ("th_TH",),
}
ELSEWHERE = (
    "en_IN", "tr_TR", "ro_RO", "hr_HR", "yo_NG", "ha_NG", "zu_ZA", "id_ID", "hu_HU", "sv_SE", "cs_CZ", "vi_VN", "es_MX",
    "fr_FR", "pl_PL", "de_DE", "it_IT", "pt_BR", "fi_FI", "no_NO", "en_PH", "tw_GH", "az_AZ", "lt_LT", "en_NG", "sq_AL",
)  # fmt: skip
_SPELLED = str.maketrans({"ł": "l", "Ł": "l", "ß": "ss", "ø": "o", "đ": "d", "\u0131": "i", "æ": "ae"})
_HELD_OUT = 10  # every tenth name is kept for validation


@dataclass(frozen=True, kw_only=True)
class NameLists:
    """First names of women and of men, and surnames; `odd` are names that are also ordinary words."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    surnames: tuple[str, ...]
    odd: tuple[str, ...]
    nicknames: tuple[str, ...]


def belongs(name: str, part: Part) -> bool:
    """Tell whether a name is in this part; decided by a checksum, so lists may grow without moving a name across."""
    held_out = zlib.crc32(name.casefold().encode()) % _HELD_OUT == 0
    return held_out == (part == "validation")


def of_part(names: Iterable[str], part: Part) -> tuple[str, ...]:
    """Return the names of one part, each once, in a fixed order; all of them where the part would be empty."""
    every = sorted({name.strip() for name in names if name.strip()})
    return tuple(name for name in every if belongs(name, part)) or tuple(every)


def lists_for(language: str, own: Mapping[str, list[str]], part: Part) -> NameLists:
    """Return the lists of a language: Faker's of its locales and our own sections `women`, `men`, `surnames`, `odd`."""
    return _lists(LOCALES[language], own, part)


def lists_elsewhere(own: Mapping[str, list[str]], part: Part) -> NameLists:
    """Return names from the rest of the world, written in Latin letters."""
    return _lists(ELSEWHERE, own, part)


def _lists(locales: Iterable[str], own: Mapping[str, list[str]], part: Part) -> NameLists:
    found: dict[str, list[str]] = {"women": [], "men": [], "surnames": []}
    for locale in locales:
        for key, attributes in (
            ("women", ("first_names_female",)),
            ("men", ("first_names_male",)),
            ("surnames", ("last_names", "last_names_female", "unisex_last_names", "male_last_names")),
        ):
            for attribute in attributes:
                found[key] += provided("person", locale, attribute)
    return NameLists(
        women=of_part([*_split(own, "women"), *found["women"]], part),
        men=of_part([*_split(own, "men"), *found["men"]], part),
        surnames=of_part([*_split(own, "surnames"), *found["surnames"]], part),
        odd=of_part(_split(own, "odd"), part),
        nicknames=of_part(_split(own, "nicknames"), part),
    )


def _split(own: Mapping[str, list[str]], key: str) -> list[str]:
    return [name for line in own.get(key, []) for name in line.split(",")]


def provided(kind: str, locale: str, attribute: str) -> list[str]:
    """Return one list of strings out of Faker, empty where that locale has none."""
    try:
        provider = importlib.import_module(f"faker.providers.{kind}.{locale}").Provider
    except ModuleNotFoundError:
        return []
    values = getattr(provider, attribute, ())
    if isinstance(values, property):
        return []
    return [name for name in values if isinstance(name, str) and len(name) > 1 and _writable(name)]


def _writable(name: str) -> bool:
    return all(unicodedata.name(letter, "?").split()[0] in ("LATIN", "THAI") for letter in name if letter.isalpha())


def ascii_only(name: str) -> str:
    """Return the name as it would appear in an e-mail address: small unaccented letters, nothing else."""
    spelled = name.translate(_SPELLED)
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode().lower()
    return "".join(letter for letter in plain if letter.isalnum())
