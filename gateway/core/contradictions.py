"""What policies must agree on between them: whatever one of them names, another one holds.

Takes the policies as plain values, checked one by one before; what failed there is simply missing here, so a name is
only called unknown where the list that should hold it could be read.
"""

from collections.abc import Iterator
from typing import Any

from gateway.core.errors import Fault
from gateway.core.policy import OFFICE_PROFILE

Part = dict[str, Any]

TERM_FIELDS = frozenset({"jurisdiction", "legal_basis", "obligations", "permitted", "prohibited", "purposes", "rights"})
"""The fields of a notice that hold terms of a vocabulary."""


def contradictions(parts: dict[str, Part]) -> Iterator[Fault]:
    """Return a fault for each name that nothing answers to.

    Args:
        parts: file name (`redaction.yaml`) → what it says, as far as it is sound.
    """
    redaction = parts.get("redaction.yaml", {})
    notices = parts.get("notices.yaml", {})
    yield from _redaction(redaction)
    yield from _notices(notices)
    for name, destination in parts.get("destinations.yaml", {}).get("destinations", {}).items():
        place = f"destinations.yaml: /destinations/{name}"
        yield from _unknown(f"{place}/profile", destination.get("profile"), redaction.get("profiles"), "profile")
        yield from _unknown(f"{place}/notice", destination.get("notice"), notices.get("notices"), "notice")
        yield from _untold(f"{place}/notice", destination.get("notice"), notices)


def _redaction(redaction: Part) -> Iterator[Fault]:
    entities, profiles = redaction.get("entities"), redaction.get("profiles")
    for name, profile in (profiles or {}).items():
        for index, entity in enumerate(profile.get("leaves_readable", ())):
            place = f"redaction.yaml: /profiles/{name}/leaves_readable/{index}"
            yield from _unknown(place, entity, entities, "entity")
    for index, pattern in enumerate(redaction.get("extra_patterns", ())):
        yield from _unknown(
            f"redaction.yaml: /extra_patterns/{index}/entity", pattern.get("entity"), entities, "entity"
        )
    if profiles is not None and OFFICE_PROFILE not in profiles:
        yield Fault("redaction.yaml: /profiles", f"the profile {OFFICE_PROFILE} is missing; the office works with it")


def _notices(notices: Part) -> Iterator[Fault]:
    yield from _unknown("notices.yaml: /shown", notices.get("shown"), notices.get("notices"), "notice")
    for term, about in notices.get("terms", {}).items():
        if term.startswith("cg:") and not about.get("broader"):
            yield Fault(f"notices.yaml: /terms/{term}/broader", "is missing; say which public term it narrows")
    for name, notice in notices.get("notices", {}).items():
        place = f"notices.yaml: /notices/{name}"
        if "en" not in notice.get("texts", {"en": None}):
            yield Fault(f"{place}/texts", "English (en) is missing")
        for field, term in _terms(notice):
            yield from _unknown(f"{place}/{field}", term, notices.get("terms"), "term")


def _terms(notice: Part) -> Iterator[tuple[str, str]]:
    """Return the place and the name of each term of a vocabulary in `notice`."""
    for field in TERM_FIELDS & notice.keys():
        value = notice[field]
        if isinstance(value, str):
            yield field, value
        else:
            yield from ((f"{field}/{index}", term) for index, term in enumerate(value))


def _untold(place: str, name: str | None, notices: Part) -> Iterator[Fault]:
    """Refuse purposes that the notice shown to complainants does not name: nobody was told of them."""
    known = notices.get("notices", {})
    used, shown = known.get(name, {}).get("purposes"), known.get(notices.get("shown"), {}).get("purposes")
    if used is not None and shown is not None and set(used) - set(shown):
        yield Fault(place, "the notice allows a purpose that the notice shown to complainants does not name")


def _unknown(place: str, name: str | None, known: Part | None, kind: str) -> Iterator[Fault]:
    if name is not None and known is not None and name not in known:
        yield Fault(place, f"there is no {kind} of that name")
