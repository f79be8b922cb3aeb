"""Attacks, one row each: what somebody does who has more rights than they should, and what comes of it.

An attacker here may write to the database as its superuser, and may send whatever they like to whoever listens.
"""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection
from standardwebhooks import Webhook

from gateway.services.parts import database_url, secrets_in_force
from gateway.settings import Settings
from gateway.store.transactions import engine_for

Attack = Callable[[Connection], None]


def swap_the_envelopes_of_two_cases(database: Connection) -> None:
    database.exec_driver_sql(
        "UPDATE sealed_objects a SET ciphertext = b.ciphertext FROM sealed_objects b WHERE a.object_id <> b.object_id"
    )


def swap_the_envelopes_and_their_keys(database: Connection) -> None:
    database.exec_driver_sql(
        """
        UPDATE sealed_objects a SET ciphertext = b.ciphertext, wrapped_data_key = b.wrapped_data_key,
               subject_key_id = b.subject_key_id, data_key_id = b.data_key_id
        FROM sealed_objects b WHERE a.object_id <> b.object_id
        """
    )


def give_each_case_the_others_id(database: Connection) -> None:
    database.exec_driver_sql(
        "UPDATE sealed_objects s SET complaint_id = (SELECT id FROM complaints c WHERE c.id <> s.complaint_id)"
    )
    database.exec_driver_sql(
        "UPDATE subject_key_wraps w SET complaint_id = (SELECT id FROM complaints c WHERE c.id <> w.complaint_id)"
    )


def put_the_archives_wrap_in_place_of_the_pipelines(database: Connection) -> None:
    database.exec_driver_sql(
        """
        UPDATE subject_key_wraps p SET wrapped = a.wrapped, key_id = a.key_id FROM subject_key_wraps a
        WHERE p.role = 'pipeline' AND a.role = 'archive' AND a.subject_key_id = p.subject_key_id
        """
    )


def cut_the_end_off_the_ciphertexts(database: Connection) -> None:
    database.exec_driver_sql("UPDATE sealed_objects SET ciphertext = substr(ciphertext, 1, length(ciphertext) - 1)")


def flip_a_byte_of_the_ciphertexts(database: Connection) -> None:
    database.exec_driver_sql(
        "UPDATE sealed_objects SET ciphertext = set_byte(ciphertext, 100, 255 - get_byte(ciphertext, 100))"
    )


def rename_the_kind_of_the_objects(database: Connection) -> None:
    database.exec_driver_sql("UPDATE sealed_objects SET schema_version = schema_version + 1")


@pytest.mark.parametrize(
    "attack",
    [
        swap_the_envelopes_of_two_cases,
        swap_the_envelopes_and_their_keys,
        give_each_case_the_others_id,
        put_the_archives_wrap_in_place_of_the_pipelines,
        cut_the_end_off_the_ciphertexts,
        flip_a_byte_of_the_ciphertexts,
        rename_the_kind_of_the_objects,
    ],
)
def test_a_tampered_original_is_held_and_nothing_of_it_leaves(
    attack: Attack, home: Settings, public: FlaskClient, receiver: FlaskClient, run_jobs: Callable[[], None]
) -> None:
    for story in ("The kettle that I bought leaks.", "The toaster that I bought burns."):
        assert public.post("/api/v1/complaints", json={"narrative": story}).status_code == 201
    engine = engine_for(database_url(home), connections=1)
    with engine.begin() as database:
        attack(database)
    run_jobs()
    with engine.begin() as database:
        held = database.exec_driver_sql("SELECT status, held_reason FROM complaints").all()
        queued = database.exec_driver_sql("SELECT count(*) FROM outbox").scalar()
    engine.dispose()
    assert [tuple(row) for row in held] == [("held", "cannot-open")] * 2
    assert queued == 0
    assert receiver.get("/events.json").json["events"] == []


def _captured(settings: Settings, *, sent: datetime) -> tuple[bytes, dict[str, str]]:
    """Return a delivery as an eavesdropper would have it: body and headers, signed at `sent`."""
    event = {"specversion": "1.0", "id": "evt-1", "source": "https://complaints.example", "type": "complaint.sanitised"}
    body = json.dumps({**event, "subject": "x", "data": {"texts": {}}})
    secret = base64.b64decode(secrets_in_force(settings)["SANDBOX"].removeprefix("whsec_"))
    signature = Webhook(secret).sign("evt-1", sent, body)
    headers = {
        "webhook-id": "evt-1",
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": signature,
        "content-type": "application/cloudevents+json",
    }
    return body.encode(), headers


def test_a_webhook_replayed_at_once_is_recognised_by_its_id_and_counts_once(
    home: Settings, receiver: FlaskClient
) -> None:
    body, headers = _captured(home, sent=datetime.now(UTC))
    statuses = [receiver.post("/hook", data=body, headers=headers).status_code for _ in range(3)]
    events = receiver.get("/events.json").json["events"]
    assert statuses == [204, 204, 204]
    assert [event["repeat"] for event in events] == [False, True, True]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"sent": timedelta(minutes=-6)}, id="replayed six minutes later"),
        pytest.param({"sent": timedelta(minutes=6)}, id="dated in the future"),
        pytest.param({"webhook-signature": "v1," + base64.b64encode(bytes(32)).decode()}, id="forged signature"),
        pytest.param({"webhook-signature": "v1a,AAAA"}, id="signature of another kind"),
        pytest.param({"webhook-signature": ""}, id="no signature"),
        pytest.param({"webhook-id": "evt-2"}, id="another event's id"),
        pytest.param({"webhook-timestamp": "1"}, id="another time"),
        pytest.param({"body": b"{}"}, id="another body"),
    ],
)
def test_a_webhook_that_is_old_forged_or_altered_is_refused(
    change: dict[str, object], home: Settings, receiver: FlaskClient
) -> None:
    body, headers = _captured(home, sent=datetime.now(UTC) + change.pop("sent", timedelta()))
    body = change.pop("body", body)
    answer = receiver.post("/hook", data=body, headers={**headers, **change})
    assert answer.status_code == 400
    assert receiver.get("/events.json").json["events"] == []
