"""The straight line, from HTTP to delivery. Read this first.

Everything here is real: the Flask application, PostgreSQL, the keys, the detector, the queue, the signed webhook, and a
receiver that verifies it with a library that nobody here wrote.
"""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from gateway.core.errors import GatewayError
from gateway.core.references import normalise
from gateway.core.sealed import KeyRole
from gateway.usecases.keep_moving import number_log
from gateway.usecases.ports import Services
from gateway.usecases.receive import ORIGINAL

COMPLAINT = {
    "narrative": (
        "My name is Mara Lindholm and the washing machine from order ORD-762278 leaks. I called twice, and "
        "Mara Lindholm does not call a third time. Write to mara.lindholm@example.com."
    ),
    "contact": {"name": "Mara Lindholm", "email": "mara.lindholm@example.com"},
    "order_reference": "ORD-762278",
    "desired_outcome": "Collect the machine and pay back the £349.00.",
}


def test_a_complaint_travels_from_http_to_delivery_and_its_personal_data_does_not(
    public: FlaskClient,
    intake: Services,
    worker: Services,
    receiver: FlaskClient,
    run_jobs: Callable[[], None],
) -> None:
    # Mara sends her complaint. She is answered at once: a reference, a receipt code, and what happens with her data.
    answer = public.post("/api/v1/complaints", json=COMPLAINT)
    assert answer.status_code == 201
    receipt = answer.json
    assert normalise(receipt["reference"]) == receipt["reference"]
    assert normalise(receipt["receipt_code"]) == receipt["receipt_code"]
    assert receipt["reference"] in receipt["acknowledgement"]
    assert receipt["notice"]["id"] == intake.policies.notice_shown().id

    # By then the original is stored, sealed for the archive and for the pipeline, and the intake cannot open it.
    with intake.transaction() as tx:
        [complaint] = tx.complaints.newest(10)
        sealed = tx.originals.find(complaint.id, ORIGINAL, KeyRole.PIPELINE)
    assert b"Mara" not in sealed.sealed.ciphertext
    with pytest.raises(GatewayError, match="the intake has no private key"):
        intake.pipeline.open(sealed)

    # A worker opens it once, takes the personal data out, queues what may leave, and sends it.
    run_jobs()

    # The downstream tool has a signed event: the story without the person, and a notice of what may be done with it.
    [received] = receiver.get("/events.json").json["events"]
    assert received["signature"] == "valid"
    event = json.loads(received["body"])
    assert event["type"] == "complaint.sanitised"
    assert event["subject"] == receipt["reference"]
    assert event["data"]["texts"] == {
        "narrative": (
            "My name is [PERSON_1] and the washing machine from order [ID_1] leaks. I called twice, and "
            "[PERSON_1] does not call a third time. Write to [EMAIL_1]."
        ),
        "desired_outcome": "Collect the machine and pay back the £349.00.",
    }
    assert event["data"]["notice"]["cg:noticeId"] == "service-handling"

    # The pipeline's key to the original is gone. What is left needs the archive key, which no automatic process has.
    with worker.transaction() as tx:
        assert tx.originals.find(complaint.id, ORIGINAL, KeyRole.PIPELINE) is None
        assert tx.originals.find(complaint.id, ORIGINAL, KeyRole.ARCHIVE) is not None

    # Every step left a line in the access log, numbered without gaps, and no line says anything about Mara.
    number_log(worker)
    with worker.transaction() as tx:
        assert tx.log.size() == 3
    assert _log_entries(worker) == [
        (0, "complaint:receive", "intake", "ok"),
        (1, "complaint:sanitise", "worker", "ok"),
        (2, "delivery:attempt", "worker", "http-204"),
    ]


def _log_entries(services: Services) -> list[tuple[int, str, str, str]]:
    with services.transaction() as tx:
        entries = [json.loads(entry) for entry in tx.log.entries(0, 100)]
    return [(one["sequence"], one["action"], one["actor"], one["outcome"]) for one in entries]
