import base64
import json
from dataclasses import fields, replace
from datetime import date

import pytest

from gateway.core.notice import CONTEXT, PREFIXES, as_json_ld, digest, erase_by
from gateway.core.policy import DataUseNotice, NoticeText

NOTICE = DataUseNotice(
    id="service",
    version="1",
    issued="2026-11-22",
    controller="Example Home, Straße 1",
    contact="privacy@example.com",
    rights_url="https://www.example.com/rights",
    jurisdiction="loc:EU",
    purposes=("dpv:CustomerCare",),
    permitted=("dpv:Store", "dpv:Consult"),
    prohibited=("cg:Reidentify", "ai:ModelTraining"),
    obligations=("cg:ReportLeak",),
    legal_basis=("eu-gdpr:A6-1-f",),
    retention="P1Y",
    rights=("eu-gdpr:A15",),
    regulations=("GDPR",),
    texts={
        "en": NoticeText(title="How we use it", short="To answer “you”.", whole="…"),
        "pt": NoticeText(title="Como usamos", short="Para responder.", whole="…"),
        "pt-BR": NoticeText(title="Como a gente usa", short="Para responder.", whole="…"),
    },
)


def test_a_notice_says_all_that_a_receiver_needs() -> None:
    document = as_json_ld(NOTICE, "helpdesk")

    assert {key: value for key, value in document.items() if key != "@context"} == {
        "@id": f"ni:///sha-256;{_base64url(document['cg:sha256'])}",
        "@type": ["dpv:Process", "odrl:Set"],
        "cg:noticeId": "service",
        "cg:sha256": digest(document),
        "cg:version": "1",
        "dct:description": "To answer “you”.",
        "dct:issued": "2026-11-22",
        "dct:title": "How we use it",
        "dpv:hasApplicableLaw": ["GDPR"],
        "dpv:hasContact": "privacy@example.com",
        "dpv:hasDataController": "Example Home, Straße 1",
        "dpv:hasDuration": "P1Y",
        "dpv:hasJurisdiction": "loc:EU",
        "dpv:hasLegalBasis": ["eu-gdpr:A6-1-f"],
        "dpv:hasPersonalData": "dpv:PseudonymisedData",
        "dpv:hasPurpose": ["dpv:CustomerCare"],
        "dpv:hasRecipient": "helpdesk",
        "dpv:hasRight": ["eu-gdpr:A15"],
        "dpv:hasTechnicalMeasure": ["dpv:DataRedaction", "dpv:Pseudonymisation"],
        "dpv:isExercisedAt": "https://www.example.com/rights",
        "odrl:obligation": [{"odrl:action": "cg:ReportLeak"}],
        "odrl:permission": [{"odrl:action": "dpv:Store"}, {"odrl:action": "dpv:Consult"}],
        "odrl:prohibition": [{"odrl:action": "cg:Reidentify"}, {"odrl:action": "ai:ModelTraining"}],
        "odrl:target": "dpv:PseudonymisedData",
    }


def _base64url(hex_digest: object) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(str(hex_digest))).decode().rstrip("=")


def test_the_context_stands_inside_so_that_nothing_is_fetched() -> None:
    context = as_json_ld(NOTICE, "helpdesk")["@context"]
    assert isinstance(context, dict)
    assert "@import" not in json.dumps(context)
    for key in as_json_ld(NOTICE, "helpdesk"):
        assert key.startswith("@") or key.partition(":")[0] in context


def test_every_prefix_of_a_policy_term_is_in_the_context() -> None:
    assert {name: CONTEXT[name] for name in PREFIXES} == PREFIXES


def test_the_hash_is_the_one_that_another_library_for_rfc_8785_computes() -> None:
    elsewhere = "8bcd839d07c36ff02e13de1c502fe992ad6650ea7942c00303781c4831780c3d"
    assert as_json_ld(NOTICE, "helpdesk")["cg:sha256"] == elsewhere


def test_the_hash_is_the_same_in_every_copy_and_after_every_journey() -> None:
    one, other = as_json_ld(NOTICE, "helpdesk"), as_json_ld(NOTICE, "data_lake")
    assert one["cg:sha256"] == other["cg:sha256"]

    travelled = json.loads(json.dumps(dict(reversed(one.items())), indent=3, ensure_ascii=False))
    assert digest(travelled) == one["cg:sha256"]


SPOKEN_ONLY = {"texts"}


@pytest.mark.parametrize("name", [field.name for field in fields(DataUseNotice) if field.name not in SPOKEN_ONLY])
def test_no_term_can_change_under_the_same_hash(name: str) -> None:
    value = getattr(NOTICE, name)
    changed = replace(NOTICE, **{name: (*value, "dpv:Share") if isinstance(value, tuple) else f"{value}x"})
    assert as_json_ld(changed, "helpdesk")["cg:sha256"] != as_json_ld(NOTICE, "helpdesk")["cg:sha256"]


def test_a_receiver_sees_that_a_prohibition_was_taken_out() -> None:
    document = as_json_ld(NOTICE, "helpdesk")
    document["odrl:prohibition"] = []
    assert digest(document) != document["cg:sha256"]


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("pt-BR", "Como a gente usa"),
        ("pt-PT", "Como usamos"),
        ("pt", "Como usamos"),
        ("fi", "How we use it"),
        ("", "How we use it"),
    ],
)
def test_people_read_the_notice_in_the_nearest_language_there_is(asked: str, title: str) -> None:
    assert NOTICE.text(asked).title == title


def test_a_receiver_is_told_the_day_by_which_to_erase() -> None:
    assert erase_by(NOTICE, date(2026, 11, 22)) == date(2027, 11, 22)
