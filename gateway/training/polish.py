"""Polish case endings for names: the common rules, enough for a network to meet the shapes; not a grammar.

Rules after the paradigms of the Rada Języka Polskiego's advice on surnames; exceptions are left alone.
"""

from typing import Literal

Case = Literal["gen", "dat", "acc", "ins", "loc", "voc"]
CASES: tuple[Case, ...] = ("gen", "dat", "acc", "ins", "loc", "voc")

_SOFTER = (  # consonant before the ending of the locative and of the feminine dative
    ("ch", "sze"), ("sł", "śle"), ("st", "ście"), ("k", "ce"), ("g", "dze"),
    ("r", "rze"), ("ł", "le"), ("t", "cie"), ("d", "dzie"),
)  # fmt: skip
_HARD = "bpmwfnsz"
_SOFT = ("l", "j", "cz", "sz", "rz", "ż", "dz", "c", "ć", "ń", "ś", "ź", "i")
_ADJECTIVE_MAN = {"gen": "iego", "dat": "iemu", "acc": "iego", "ins": "im", "loc": "im", "voc": "i"}
_ADJECTIVE_WOMAN = {"gen": "iej", "dat": "iej", "acc": "ą", "ins": "ą", "loc": "iej", "voc": "a"}


def inflect(name: str, case: Case, *, woman: bool, surname: bool) -> str:
    """Return a name in a case; a woman's surname that ends in a consonant does not change."""
    if surname and name.endswith(("ski", "cki", "dzki")):
        return name[:-1] + (_ADJECTIVE_WOMAN if woman else _ADJECTIVE_MAN)[case]
    if surname and name.endswith(("ska", "cka", "dzka")):
        return name[:-1] + _ADJECTIVE_WOMAN[case]
    if name.endswith("a"):
        return _in_a(name[:-1], case, surname=surname)
    if woman or name[-1] in "eiouyóé":
        return name
    return _man(_without_fleeting(name), name, case)


def _soft(stem: str) -> bool:
    return stem.endswith(_SOFT)


def _softened(stem: str) -> str:
    for ending, changed in _SOFTER:
        if stem.endswith(ending):
            return stem[: -len(ending)] + changed
    return stem + "ie" if stem[-1:] in _HARD else stem + "i"


def _in_a(stem: str, case: Case, *, surname: bool) -> str:
    if case in ("dat", "loc"):
        return (stem if stem.endswith("i") else stem + "i") if _soft(stem) else _softened(stem)
    vocative = "o" if surname or not stem.endswith(("si", "zi", "ci", "l", "ni", "j")) else "u"
    genitive = "" if stem.endswith("i") else "i" if stem.endswith(("k", "g", "l", "j")) else "y"
    return stem + {"gen": genitive, "acc": "ę", "ins": "ą", "voc": vocative}[case]


def _without_fleeting(name: str) -> str:
    if name.endswith("iec"):
        return name[:-3] + "c"
    if name.endswith(("ek", "eł")) and len(name) > 3:  # noqa: PLR2004 - shorter names keep their vowel (Lech, Bek)
        stem = name[:-2].removesuffix("i")
        return stem + name[-1]
    return name


def _man(stem: str, name: str, case: Case) -> str:
    if case in ("loc", "voc"):
        return stem + "u" if _soft(stem) or stem.endswith(("k", "g", "ch", "h")) else _softened(stem)
    instrumental = "iem" if stem.endswith(("k", "g")) else "em"
    return {"gen": stem + "a", "acc": stem + "a", "dat": stem + "owi", "ins": stem + instrumental}.get(case, name)
