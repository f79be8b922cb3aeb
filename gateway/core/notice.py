"""A data-use notice as JSON-LD: W3C DPV 2 terms, ODRL permissions and prohibitions, and a few words of our own.

Our own words (prefix `cg`) stand where DPV has none; `docs/notice.md` says which and what they broaden to.
"""

import hashlib
import json

from gateway.core.policy import DataUseNotice

PREFIXES = {
    "ai": "https://w3id.org/dpv/ai#",
    "cg": "https://w3id.org/complaint-gateway/terms#",
    "dpv": "https://w3id.org/dpv#",
    "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
    "loc": "https://w3id.org/dpv/loc#",
    "odrl": "http://www.w3.org/ns/odrl/2/",
}
CONTEXT = PREFIXES


def as_json_ld(notice: DataUseNotice, recipient: str) -> dict[str, object]:
    """Return the notice that goes to `recipient`, with the sha256 of its canonical form in `cg:sha256`."""
    document: dict[str, object] = {
        "@context": CONTEXT,
        "@type": "dpv:Process",
        "cg:noticeId": notice.id,
        "cg:version": notice.version,
        "cg:issued": notice.issued,
        "dpv:hasDataController": notice.controller,
        "dpv:hasRecipient": recipient,
        "dpv:hasPersonalData": "dpv:PseudonymisedData",
        "dpv:hasPurpose": list(notice.purposes),
        "dpv:hasLegalBasis": list(notice.legal_basis),
        "dpv:hasJurisdiction": notice.jurisdiction,
        "dpv:hasDuration": notice.retention,
        "odrl:permission": [{"odrl:action": action} for action in notice.permitted],
        "odrl:prohibition": [{"odrl:action": action} for action in notice.prohibited],
        "odrl:obligation": [{"odrl:action": action} for action in notice.obligations],
        "cg:contact": notice.contact,
        "dpv:hasRight": notice.rights_url,
    }
    return {**document, "cg:sha256": digest(document)}


def digest(document: dict[str, object]) -> str:
    """Return the hex SHA-256 of `document` without its `cg:sha256`: sorted keys, no spaces, ASCII."""
    bare = {key: value for key, value in document.items() if key != "cg:sha256"}
    return hashlib.sha256(json.dumps(bare, sort_keys=True, separators=(",", ":")).encode("ascii")).hexdigest()
