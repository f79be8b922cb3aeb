"""What a language's texts are made of: its patterns, its word lists and its names, read once and kept."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gateway.training.names import NameLists, Part, lists_elsewhere, lists_for, of_part, provided
from gateway.training.templates import Template, parse, read_sections

LANGUAGES = ("en", "es", "fr", "de", "it", "pt", "nl", "pl", "th")
PATTERN_KINDS = ("open", "body", "plain", "close", "whole")
NAME_SECTIONS = frozenset({"women", "men", "surnames", "odd", "nicknames"})

_HERE = Path(__file__).parent
_FROM_FAKER: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {  # section → where Faker has more of the kind
    "it": {"city.list": (("it_IT", "cities"),)},
    "de": {"city.list": (("de_DE", "cities"), ("de_AT", "cities"))},
    "pl": {"city.list": (("pl_PL", "cities"),), "street.list": (("pl_PL", "streets"),)},
    "nl": {"city.list": (("nl_NL", "cities"),), "state": (("nl_NL", "provinces"),)},
    "th": {"tambon": (("th_TH", "tambons"),), "amphoe": (("th_TH", "amphoes"),), "province": (("th_TH", "provinces"),)},
    "en": {"city.list": (("en_IN", "cities"),), "state": (("en_US", "states"), ("en_AU", "states"))},
    "es": {
        "state": (("es_ES", "states"), ("es_MX", "states")),
        "city.list": (("es_CO", "municipalities"), ("es_ES", "states")),
    },
    "fr": {"city.list": (("fr_FR", "cities"), ("fr_CH", "cities"))},
    "pt": {"city.list": (("pt_PT", "cities"),)},
}
_SPLIT_SECTIONS = frozenset({"city.list", "street.list", "tambon", "company.list"})


@dataclass(frozen=True, kw_only=True)
class Lexicon:
    """All that is needed to write in one language; `shapes` are filled in letter by letter, `words` are templates."""

    language: str
    part: Part
    patterns: Mapping[str, tuple[Template, ...]]
    words: Mapping[str, tuple[Template, ...]]
    shapes: Mapping[str, tuple[str, ...]]
    names: NameLists
    foreign: NameLists


@functools.cache
def lexicon(language: str, part: Part) -> Lexicon:
    """Return the lexicon of a language, read from `patterns/`, `words/` and Faker's lists."""
    patterns = read_sections(_HERE / "patterns" / f"{language}.txt")
    frames = read_sections(_HERE / "patterns" / "shared.txt")
    shared = read_sections(_HERE / "words" / "shared.txt")
    own = read_sections(_HERE / "words" / f"{language}.txt")
    merged = {name: [*own.get(name, []), *shared.get(name, [])] for name in [*own, *shared]}
    for section, sources in _FROM_FAKER.get(language, {}).items():
        merged[section] = merged.get(section, []) + [
            value for locale, attribute in sources for value in _plain(provided("address", locale, attribute))
        ]
    for section in _SPLIT_SECTIONS & merged.keys():
        merged[section] = list(of_part(merged[section], part))
    return Lexicon(
        language=language,
        part=part,
        patterns={
            kind: tuple(parse(line) for line in patterns.get(kind, []) + frames.get(kind, [])) for kind in PATTERN_KINDS
        },
        words={
            name: tuple(map(parse, lines))
            for name, lines in merged.items()
            if not name.endswith("#") and name not in NAME_SECTIONS
        },
        shapes={name.removesuffix("#").strip(): tuple(ls) for name, ls in merged.items() if name.endswith("#")},
        names=lists_for(language, own, part),
        foreign=lists_elsewhere(read_sections(_HERE / "words" / "world.txt"), part),
    )


def _plain(values: list[str]) -> list[str]:
    return [value for value in values if not set(value) & set("{}[]|")]
