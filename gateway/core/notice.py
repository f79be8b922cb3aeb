"""A data-use notice as JSON-LD: W3C DPV 2.3 terms, ODRL 2.2 rules, and a few words of our own.

The context stands inside every notice, so that nobody fetches anything to read one. Our own words (prefix `cg`) stand
where DPV has none; `docs/notice.md` says which, what they mean and what they narrow.
"""

import base64
import hashlib
import json
from datetime import date

from gateway.core.durations import later
from gateway.core.policy import DataUseNotice

PREFIXES = {
    "ai": "https://w3id.org/dpv/ai#",
    "cg": "https://w3id.org/complaint-gateway/terms#",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
}
"""Of the terms that a policy may use."""

_TERM = {"@type": "@id"}
_TERMS = {"@type": "@id", "@container": "@set"}
_RULES = {"@container": "@set"}

CONTEXT: dict[str, object] = {
    "@version": 1.1,
    **PREFIXES,
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dct:issued": {"@type": "xsd:date"},
    "dpv:hasApplicableLaw": {"@container": "@set"},
    "dpv:hasDuration": {"@type": "xsd:duration"},
    "dpv:hasJurisdiction": _TERM,
    "dpv:hasLegalBasis": _TERMS,
    "dpv:hasPersonalData": _TERM,
    "dpv:hasPurpose": _TERMS,
    "dpv:hasRight": _TERMS,
    "dpv:hasTechnicalMeasure": _TERMS,
    "dpv:isExercisedAt": _TERM,
    "odrl:action": _TERM,
    "odrl:obligation": _RULES,
    "odrl:permission": _RULES,
    "odrl:prohibition": _RULES,
    "odrl:target": _TERM,
}

_OF_THE_COPY = frozenset({"@id", "cg:sha256", "dpv:hasRecipient"})
"""What is not hashed: the hash itself, the name made from it, and who got this copy."""


def as_json_ld(notice: DataUseNotice, recipient: str) -> dict[str, object]:
    """Return the notice that goes to `recipient`, with its hash in `cg:sha256` (see `digest`)."""
    document: dict[str, object] = {
        "@context": CONTEXT,
        "@type": ["dpv:Process", "odrl:Set"],
        "cg:noticeId": notice.id,
        "cg:version": notice.version,
        "dct:issued": notice.issued,
        "dct:title": notice.text("en").title,
        "dct:description": notice.text("en").short,
        "dpv:hasDataController": notice.controller,
        "dpv:hasContact": notice.contact,
        "dpv:hasRecipient": recipient,
        "dpv:hasPersonalData": "dpv:PseudonymisedData",
        "dpv:hasTechnicalMeasure": ["dpv:DataRedaction", "dpv:Pseudonymisation"],
        "dpv:hasPurpose": list(notice.purposes),
        "dpv:hasLegalBasis": list(notice.legal_basis),
        "dpv:hasJurisdiction": notice.jurisdiction,
        "dpv:hasApplicableLaw": list(notice.regulations),
        "dpv:hasDuration": notice.retention,
        "dpv:hasRight": list(notice.rights),
        "dpv:isExercisedAt": notice.rights_url,
        "odrl:target": "dpv:PseudonymisedData",
        "odrl:permission": _rules(notice.permitted),
        "odrl:prohibition": _rules(notice.prohibited),
        "odrl:obligation": _rules(notice.obligations),
    }
    name = digest(document)
    return {**document, "@id": _named(name), "cg:sha256": name}


def digest(document: dict[str, object]) -> str:
    """Return the hex SHA-256 of a notice in canonical JSON (RFC 8785), the same in every copy of the notice.

    A notice holds no numbers but the context's version and no key outside ASCII; for such a document Python's writer,
    told to sort and not to escape, writes what RFC 8785 asks for.
    """
    bare = {key: value for key, value in document.items() if key not in _OF_THE_COPY}
    canonical = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8")).hexdigest()


def erase_by(notice: DataUseNotice, sent: date) -> date:
    """Return the last day on which a recipient may still hold what was sent on the day `sent`."""
    return later(sent, notice.retention)


def _rules(actions: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"odrl:action": action} for action in actions]


def _named(digest_hex: str) -> str:
    """Return the address of a thing by its hash (RFC 6920); it is nobody's to register and cannot be taken over."""
    encoded = base64.urlsafe_b64encode(bytes.fromhex(digest_hex)).decode("ascii").rstrip("=")
    return f"ni:///sha-256;{encoded}"
