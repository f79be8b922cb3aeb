import base64
import json
import multiprocessing
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from standardwebhooks.webhooks import Webhook
from werkzeug.test import TestResponse

from gateway.core.complaint import Complaint
from gateway.core.events import sanitised_event
from gateway.core.records import SanitisedRecord
from gateway.web.sandbox import create_sandbox_app
from gateway.web.sandbox_store import Delivery, ReceivedFile
from tests.fakes import NOW, some_policies
from tests.web.reading import Page, faults

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
TEXTS = {"narrative": "My name is [PERSON_1]. <b>It leaks.</b>", "product": "Washing machine"}


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return create_sandbox_app(tmp_path, SECRET, complain_url="http://127.0.0.1:8080/").test_client()


def event(event_id: str, reference: str = "7QK2M-9XW4T", texts: dict[str, str] = TEXTS) -> bytes:
    complaint = Complaint(id=uuid4(), reference=reference, received_at=NOW, channel="web", language="en")
    record = SanitisedRecord(
        complaint_id=complaint.id, profile="internal", texts=texts, counts={"PERSON": 1}, policy_version="9f3c",
        detector="detector 1", made_at=NOW,
    )  # fmt: skip
    return sanitised_event(
        event_id=event_id, source="http://127.0.0.1", now=NOW, complaint=complaint, record=record,
        notice=some_policies().notice_shown(), recipient="sandbox",
    )  # fmt: skip


def post(
    client: FlaskClient, body: bytes, webhook_id: str, *, secret: str = SECRET, sent: datetime | None = None
) -> TestResponse:
    sent = sent or datetime.now(UTC)
    headers = {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(sent.timestamp())),
        "webhook-signature": Webhook(secret).sign(webhook_id, sent, body.decode()),
    }
    return client.post("/hook", data=body, headers=headers)


def deliver(client: FlaskClient, **options: object) -> str:
    webhook_id = str(uuid4())
    assert post(client, event(webhook_id, **options), webhook_id).status_code == 204
    return webhook_id


def received(client: FlaskClient, after: int = 0) -> list[dict[str, object]]:
    return client.get(f"/events.json?after={after}").get_json()["events"]


def test_before_anything_came_the_page_says_how_to_send_a_complaint(client: FlaskClient) -> None:
    page = Page(client.get("/").text)
    assert faults(page) == []
    assert page.one("a", class_="button").attrs["href"] == "http://127.0.0.1:8080/"


def test_an_event_is_shown_with_pills_notice_and_signature(client: FlaskClient) -> None:
    deliver(client)
    page = Page(client.get("/").text)
    assert faults(page) == []
    assert page.one("span", class_="pill person").text == "redacted: Person 1"
    assert page.all("b") == []
    card = " ".join(page.one("article").text.split())
    for words in ("7QK2M-9XW4T", "signature valid", "notice unchanged", "reidentify, model training", "1 year"):
        assert words in card


def test_the_same_webhook_id_is_recorded_twice_and_shown_once(client: FlaskClient) -> None:
    webhook_id = str(uuid4())
    body = event(webhook_id)
    for _ in range(2):
        post(client, body, webhook_id)
    page = Page(client.get("/").text)
    assert len(page.all("article")) == 1
    assert "1 complaint event, 1 repeated delivery shown once" in page.one("main").text
    assert "came 2 times" in page.one("main").text
    assert [(one["n"], one["repeat"]) for one in received(client)] == [(1, False), (2, True)]


def test_what_was_received_can_be_verified_again_by_others(client: FlaskClient) -> None:
    webhook_id = deliver(client)
    one = received(client)[0]
    headers = {name: one[name.replace("-", "_")] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    assert Webhook(SECRET).verify(one["body"], headers)["id"] == webhook_id
    assert one["signature"] == "valid"


@pytest.mark.parametrize(
    "signature",
    ["", "v1", "v1,", "v1,!!!", "v1,é", "v2,AAAA", "v1,AAAA v1,BBBB", ",", " "],
)
def test_a_malformed_signature_is_refused_and_nothing_is_kept(client: FlaskClient, signature: str) -> None:
    headers = {
        "webhook-id": "x",
        "webhook-timestamp": str(int(datetime.now(UTC).timestamp())),
        "webhook-signature": signature,
    }
    assert client.post("/hook", data=event("x"), headers=headers).status_code == 400
    assert received(client) == []


def test_another_secret_an_old_time_and_a_changed_body_are_refused(client: FlaskClient) -> None:
    other = "whsec_" + base64.b64encode(b"o" * 32).decode()
    now = datetime.now(UTC)
    old = now - timedelta(minutes=6)
    signed = Webhook(SECRET).sign("x", now, event("x").decode())
    headers = {"webhook-id": "x", "webhook-timestamp": str(int(now.timestamp())), "webhook-signature": signed}
    assert post(client, event("x"), "x", secret=other).status_code == 400
    assert post(client, event("x"), "x", sent=old).status_code == 400
    assert client.post("/hook", data=event("x") + b" ", headers=headers).status_code == 400
    assert client.post("/hook", data=b"\xff\xfe", headers=headers).status_code == 400
    assert client.post("/hook", data=event("x")).status_code == 400
    assert received(client) == []


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"not json", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b"{}", "lacks id, source, specversion, type"),
        (b'{"id":"x","source":"s","specversion":"0.3","type":"t"}', "not CloudEvents 1.0"),
        (b'{"id":"y","source":"s","specversion":"1.0","type":"t"}', "not the webhook-id"),
    ],
)
def test_a_signed_body_that_is_no_event_is_refused(client: FlaskClient, body: bytes, why: str) -> None:
    answer = post(client, body, "x")
    assert answer.status_code == 422
    assert why in answer.get_json()["error"]
    assert received(client) == []


def test_an_event_without_anything_that_we_know_is_still_shown(client: FlaskClient) -> None:
    bare = {"id": "x", "source": "s", "specversion": "1.0", "type": "some.type"}
    strange = {
        **bare,
        "id": "y",
        "data": {"texts": {"narrative": 7}, "redaction": [], "notice": {"odrl:permission": 1}},
    }
    assert post(client, json.dumps(bare).encode(), "x").status_code == 204
    assert post(client, json.dumps(strange).encode(), "y").status_code == 204
    page = Page(client.get("/").text)
    assert faults(page) == []
    assert [e.text for e in page.all("h2")] == ["some.type", "some.type"]
    assert "notice was changed" in page.one("main").text


def test_newest_come_first_twenty_on_a_page(client: FlaskClient) -> None:
    for number in range(45):
        deliver(client, reference=f"CASE-{number}")
    pages = [Page(client.get(f"/?page={n}").text) for n in (1, 2, 3)]
    assert [len(page.all("article")) for page in pages] == [20, 20, 5]
    assert [page.all("h2")[0].text for page in pages] == ["CASE-44", "CASE-24", "CASE-4"]
    assert [e.text for e in pages[1].all("a", rel="prev") + pages[1].all("a", rel="next")] == ["Newer", "Older"]
    assert [faults(page) for page in pages] == [[], [], []]


@pytest.mark.parametrize("page", ["0", "-1", "2", "99999999999999999999"])
def test_a_page_that_does_not_exist_is_not_found(client: FlaskClient, page: str) -> None:
    assert client.get(f"/?page={page}").status_code == 404


def test_events_can_be_fetched_from_where_one_left_off(client: FlaskClient) -> None:
    first = client.get("/events.json").get_json()
    deliver(client)
    deliver(client)
    both = client.get("/events.json?after=0").get_json()
    assert (first, both["last"]) == ({"events": [], "last": 0}, 2)
    assert [one["n"] for one in received(client, after=1)] == [2]
    assert client.get("/events.json?after=2").get_json() == {"events": [], "last": 2}


def test_strange_lines_in_the_file_are_counted_and_passed_over(client: FlaskClient, tmp_path: Path) -> None:
    deliver(client)
    with (tmp_path / "received.jsonl").open("ab") as file:
        file.write(b'garbage\n\n[]\n{"webhook_id": 1}\n\xff\xfe\n' + b"[" * 100_000 + b"\n")
    deliver(client)
    page = Page(client.get("/").text)
    assert len(page.all("article")) == 2
    assert "6 lines in the file could not be read" in page.one("main").text


def test_half_a_line_of_a_killed_process_does_not_spoil_the_next(client: FlaskClient, tmp_path: Path) -> None:
    deliver(client)
    with (tmp_path / "received.jsonl").open("ab") as file:
        file.write(b'{"webhook_id": "hal')
    assert len(received(client)) == 1
    deliver(client)
    assert len(received(client)) == 2


def test_what_was_received_outlives_the_server_and_is_for_its_owner_alone(client: FlaskClient, tmp_path: Path) -> None:
    webhook_id = deliver(client)
    again = create_sandbox_app(tmp_path, SECRET).test_client()
    assert [one["webhook_id"] for one in received(again)] == [webhook_id]
    assert stat.S_IMODE((tmp_path / "received.jsonl").stat().st_mode) == 0o600


def test_a_file_that_was_taken_away_is_begun_anew(client: FlaskClient, tmp_path: Path) -> None:
    deliver(client)
    assert len(received(client)) == 1
    (tmp_path / "received.jsonl").unlink()
    assert received(client) == []
    deliver(client)
    assert len(received(client)) == 1


def _append(folder: str, count: int) -> None:
    file = ReceivedFile(Path(folder))
    for _ in range(count):
        file.append(_delivery(str(uuid4())))


def _delivery(webhook_id: str) -> Delivery:
    return Delivery(
        webhook_id=webhook_id, webhook_timestamp="0", webhook_signature="v1,x", received_at=NOW.isoformat(),
        signature="valid", body="{}" + "x" * 9_000,
    )  # fmt: skip


def test_processes_and_threads_that_append_at_once_lose_and_mix_nothing(tmp_path: Path) -> None:
    spawned = multiprocessing.get_context("spawn")
    workers = [spawned.Process(target=_append, args=(str(tmp_path), 40)) for _ in range(2)]
    workers += [threading.Thread(target=_append, args=(str(tmp_path), 40)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert ReceivedFile(tmp_path).counts() == (160, 160, 0)


def test_a_page_of_a_long_file_reads_only_its_own_lines(tmp_path: Path) -> None:
    line = json.dumps(_delivery("ID").__dict__)
    lines = "".join(line.replace('"ID"', f'"{number}"') + "\n" for number in range(10_000))
    (tmp_path / "received.jsonl").write_text(lines)
    file = ReceivedFile(tmp_path)
    assert file.counts() == (10_000, 10_000, 0)
    # What is indexed is not read again: were it, these lines would turn up as unreadable.
    with (tmp_path / "received.jsonl").open("r+b") as changed:
        changed.write(b"x" * len(line))
    assert file.counts() == (10_000, 10_000, 0)
    assert [one.delivery.webhook_id for one in file.newest(9_980, 2)] == ["19", "18"]
