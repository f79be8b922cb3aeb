import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from gateway.core.complaint import Complaint
from gateway.core.events import EVENT_TYPES, SANITISED, attribute_faults, sanitised_event
from gateway.core.policy import DataUseNotice
from gateway.core.records import SanitisedRecord
from tests.core.test_notice import NOTICE

AT = datetime(2026, 11, 22, 13, 30, 0, 123456, tzinfo=timezone(timedelta(hours=1)))
COMPLAINT = Complaint(
    id=UUID("0b5d1c43-1111-4222-8333-444455556666"),
    reference="7QK2M-9XW4T",
    received_at=datetime(2026, 11, 22, 12, 29, tzinfo=UTC),
    channel="web_form",
    language="en",
)
RECORD = SanitisedRecord(
    complaint_id=COMPLAINT.id,
    profile="internal",
    texts={"narrative": "[PERSON_1] wrote “ça coûte 5 €”\u2028and left."},
    counts={"PERSON": 1},
    policy_version="0" * 64,
    detector="presidio 2.2.366",
    made_at=AT,
)
EVENT_ID = UUID("0b5d1c43-2222-4222-8333-444455556666")


def event(notice: DataUseNotice = NOTICE, source: str = "https://complaints.example.com") -> dict[str, Any]:
    body = sanitised_event(
        event_id=EVENT_ID,
        source=source,
        now=AT,
        complaint=COMPLAINT,
        record=RECORD,
        notice=notice,
        recipient="helpdesk",
    )
    return json.loads(body)


def test_an_event_has_every_attribute_that_cloudevents_requires() -> None:
    found = event()
    assert found["specversion"] == "1.0"
    assert found["id"] == str(EVENT_ID)
    assert found["source"] == "https://complaints.example.com"
    assert found["type"] == SANITISED
    assert found["subject"] == COMPLAINT.reference
    assert found["datacontenttype"] == "application/json"


def test_attribute_names_are_small_letters_and_digits_and_their_values_short_texts() -> None:
    for name, value in event().items():
        assert re.fullmatch(r"[a-z0-9]{1,20}", name)
        if name != "data":
            assert isinstance(value, str)
            assert value


def test_the_time_is_rfc_3339_in_utc() -> None:
    assert event()["time"] == "2026-11-22T12:30:00.123+00:00"


def test_the_schema_of_the_data_is_named_by_an_absolute_uri_with_its_version() -> None:
    schema = urlsplit(event()["dataschema"])
    assert schema.scheme == "https"
    assert schema.path.endswith(f"{SANITISED}/1")


def test_the_data_is_classified_with_labels_of_the_extension() -> None:
    found = event()
    assert found["dataclassification"] in {"public", "internal", "confidential", "restricted"}
    assert found["datacategory"] in {"non-sensitive", "standard", "sensitive", "special-category"}
    assert found["dataregulation"] == "GDPR"


def test_several_laws_are_listed_with_commas_and_no_law_is_left_out_altogether() -> None:
    assert event(replace(NOTICE, regulations=("GDPR", "CCPA")))["dataregulation"] == "GDPR,CCPA"
    assert "dataregulation" not in event(replace(NOTICE, regulations=()))


def test_the_data_is_the_redacted_record_with_its_notice_beside_it() -> None:
    data = event()["data"]
    assert data["complaint"] == {
        "id": str(COMPLAINT.id),
        "reference": COMPLAINT.reference,
        "received_at": "2026-11-22T12:29:00+00:00",
        "channel": "web_form",
        "language": "en",
    }
    assert data["texts"] == RECORD.texts
    assert data["redaction"] == {
        "profile": "internal",
        "policy_version": "0" * 64,
        "detector": "presidio 2.2.366",
        "counts": {"PERSON": 1},
        "reviewed_by_a_person": False,
    }
    assert data["erase_by"] == "2027-11-22"
    assert data["notice"]["dpv:hasRecipient"] == "helpdesk"
    assert set(data) == {"complaint", "texts", "redaction", "erase_by", "notice"}


WRONG = {
    "no id": ({"id": ""}, "id is missing"),
    "no source": ({"source": ""}, "source is missing"),
    "a space in the source": ({"source": "https://complaints.example.com/a b"}, "source is not a URI reference"),
    "a broken escape in the source": (
        {"source": "https://complaints.example.com/%zz"},
        "source is not a URI reference",
    ),
    "letters outside ASCII in the source": ({"source": "https://bücher.example/"}, "source is not a URI reference"),
    "a control character": ({"subject": "a\nb"}, "subject is empty or has control characters"),
    "half a character": ({"subject": "\ud800"}, "subject is empty or has control characters"),
    "an empty subject": ({"subject": ""}, "subject is empty or has control characters"),
    "a name with an underscore": (
        {"data_class": "x"},
        "data_class is not a name of at most 20 small letters and digits",
    ),
    "a name in capitals": ({"dataClass": "x"}, "dataClass is not a name of at most 20 small letters and digits"),
    "a long name": ({"a" * 21: "x"}, f"{'a' * 21} is not a name of at most 20 small letters and digits"),
    "a law with a space": ({"dataregulation": "UK GDPR"}, "dataregulation is not a list of names without spaces"),
    "a law that is missing": ({"dataregulation": "GDPR,"}, "dataregulation is not a list of names without spaces"),
}


@pytest.mark.parametrize(("change", "fault"), WRONG.values(), ids=WRONG)
def test_what_cloudevents_forbids_is_named(change: dict[str, str], fault: str) -> None:
    good = {"specversion": "1.0", "id": "1", "source": "/complaints", "type": SANITISED, "subject": "7QK2M-9XW4T"}
    assert list(attribute_faults(good)) == []
    assert fault in list(attribute_faults({**good, **change}))


def test_an_event_that_receivers_would_refuse_is_not_made() -> None:
    with pytest.raises(ValueError, match="source is not a URI reference"):
        event(source="https://complaints.example.com/a b")


def test_an_event_is_as_short_as_json_allows() -> None:
    body = sanitised_event(
        event_id=EVENT_ID,
        source="/",
        now=AT,
        complaint=COMPLAINT,
        record=RECORD,
        notice=NOTICE,
        recipient="helpdesk",
    )
    assert body == json.dumps(json.loads(body), ensure_ascii=False, separators=(",", ":")).encode()
    assert "ça coûte 5 €".encode() in body


def test_types_are_names_with_dots_as_standard_webhooks_recommends() -> None:
    assert all(re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", name) for name in EVENT_TYPES)
