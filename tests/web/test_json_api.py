import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import RAISE
from werkzeug.test import TestResponse

from gateway.channels.api_schemas import ProblemSchema, ReceiptSchema
from gateway.channels.json_api import register_api
from gateway.channels.json_request import LARGEST_BODY
from gateway.channels.problem import KINDS
from gateway.core.errors import StorageUnavailableError
from gateway.core.notice import digest
from gateway.core.references import normalise
from tests.fakes import NOW, FakeStore, fake_services, some_policies

CANARY = "Canary-4711"
COMPLAINTS = "/api/v1/complaints"
NOTICE = some_policies().notice_shown()
GOOD = {"narrative": "It broke.", "contact": {"name": "Jane Example", "email": "jane@example.com"}}


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
def client(store: FakeStore) -> FlaskClient:
    return client_of(store)


def client_of(store: FakeStore) -> FlaskClient:
    app = Flask("gateway.web")
    for status in (404, 405, 413, 500):
        app.register_error_handler(status, lambda _fault, status=status: ("a page for people", status))
    register_api(app, fake_services(store))
    return app.test_client()


def send(client: FlaskClient, body: object, key: str | None = None) -> TestResponse:
    return client.post(COMPLAINTS, json=body, headers={} if key is None else {"Idempotency-Key": key})


def send_bytes(
    client: FlaskClient, body: bytes, content_type: str = "application/json", **headers: str
) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(COMPLAINTS, data=body, content_type=content_type, headers=named)


def raising(fault: Exception) -> Callable[[], None]:
    def fails() -> None:
        raise fault

    return fails


def is_empty(store: FakeStore) -> bool:
    return not (store.complaints or store.originals or store.log or store.jobs or store.requests)


def problem_in(response: TestResponse) -> str:
    """Return the name of the problem that `response` is, having checked its shape."""
    assert response.content_type == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert ProblemSchema().load(response.json, unknown=RAISE)
    kind = KINDS[response.json["type"].removeprefix("/problems/")]
    assert (response.json["status"], response.json["title"]) == (response.status_code, kind.title)
    assert response.status_code == kind.status
    return kind.name


def pointers_in(response: TestResponse) -> list[str]:
    assert problem_in(response) == "invalid-submission"
    return [error["pointer"] for error in response.json["errors"]]


# What a complaint comes to


def test_a_complaint_is_stored_once_and_then_acknowledged(client: FlaskClient, store: FakeStore) -> None:
    response = send(client, GOOD)
    assert response.status_code == 201
    [complaint] = store.complaints
    assert (complaint.channel, complaint.reference) == ("api", response.json["reference"])
    assert [json.loads(original)["narrative"] for original in store.originals] == ["It broke."]
    assert store.jobs == [("sanitise", str(complaint.id))]
    assert [entry.object_id for entry in store.log] == [str(complaint.id)]


def test_the_answer_is_a_receipt_with_the_notice(client: FlaskClient) -> None:
    response = send(client, GOOD)
    answer = response.json
    assert ReceiptSchema().load(answer, unknown=RAISE)
    assert response.headers["Cache-Control"] == "no-store"
    assert "Location" not in response.headers
    assert normalise(answer["reference"]) == answer["reference"]
    assert normalise(answer["receipt_code"]) == answer["receipt_code"]
    assert answer["received_at"] == NOW.isoformat(timespec="seconds")
    assert f"Your reference: {answer['reference']}" in answer["acknowledgement"]
    assert answer["receipt_code"] not in answer["acknowledgement"]
    assert (answer["notice"]["id"], answer["notice"]["version"]) == (NOTICE.id, NOTICE.version)


def test_the_notice_can_be_checked_against_its_digest(client: FlaskClient) -> None:
    notice = send(client, GOOD).json["notice"]
    assert digest(notice["terms"]) == notice["sha256"] == notice["terms"]["cg:sha256"]
    assert digest(notice["terms"] | {"odrl:prohibition": []}) != notice["sha256"]


def test_the_answer_is_in_the_language_of_the_complaint(client: FlaskClient) -> None:
    answer = send(client, {"narrative": "انكسر.", "language": "ar-EG"}).json
    assert answer["acknowledgement"].startswith("شكرا لك")
    assert answer["notice"]["title"] == NOTICE.text("ar").title


def test_the_longest_narrative_fits_with_every_character_escaped(client: FlaskClient) -> None:
    body = json.dumps({"narrative": "\U0001f600" * 20_000}, ensure_ascii=True).encode()
    assert len(body) < LARGEST_BODY
    assert send_bytes(client, body).status_code == 201


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON; charset=UTF-8"])
def test_json_is_known_by_its_content_type(client: FlaskClient, content_type: str) -> None:
    assert send_bytes(client, json.dumps(GOOD).encode(), content_type).status_code == 201


# What is refused, and that nothing of it stays

REFUSED_FIELDS = {
    "no narrative": ({}, ["#/narrative"]),
    "a number for text": ({"narrative": 5}, ["#/narrative"]),
    "a boolean for text": ({"narrative": True}, ["#/narrative"]),
    "null": ({"narrative": "x", "contact": None, "product": None}, ["#/contact", "#/product"]),
    "spaces": ({"narrative": " \n"}, ["#/narrative"]),
    "too long": ({"narrative": "x" * 20_001}, ["#/narrative"]),
    "a control character": ({"narrative": "x\u0000"}, ["#/narrative"]),
    "a lone surrogate": ({"narrative": "x\ud800"}, ["#/narrative"]),
    "an inner field": ({"narrative": "x", "contact": {"email": "nobody"}}, ["#/contact/email"]),
    "a list for an object": ({"narrative": "x", "contact": ["x"]}, ["#/contact"]),
    "an unknown field": ({"narrative": "x", "fax": "1"}, ["#/fax"]),
    "an unknown inner field": ({"narrative": "x", "contact": {"fax": "1"}}, ["#/contact/fax"]),
    "an unknown field that may be a name": ({"narrative": "x", "Jane Example": 1}, ["#"]),
    "an unknown notice": (GOOD | {"consent": {"notice_id": "none", "version": "1"}}, ["#/consent/notice_id"]),
    "an old notice": (GOOD | {"consent": {"notice_id": NOTICE.id, "version": "0"}}, ["#/consent/version"]),
    "everything": (
        {"contact": {"phone": 1}, "language": "x-y", "consent": {}, "z": 1},
        ["#/narrative", "#/contact/phone", "#/language", "#/consent/notice_id", "#/consent/version", "#/z"],
    ),
    "an array": ([GOOD], ["#"]),
    "a string": ("It broke.", ["#"]),
    "a bare null": (None, ["#"]),
}


@pytest.mark.parametrize(("body", "pointers"), REFUSED_FIELDS.values(), ids=REFUSED_FIELDS)
def test_a_faulty_submission_is_refused_with_every_place(
    client: FlaskClient, store: FakeStore, body: object, pointers: list[str]
) -> None:
    assert pointers_in(send_bytes(client, json.dumps(body).encode())) == pointers
    assert is_empty(store)


REFUSED_REQUESTS = {
    "no JSON": ((b"{", {}), "invalid-json", "line 1, column 2: no JSON can be read from here"),
    "no body": ((b"", {}), "invalid-json", "line 1, column 1: no JSON can be read from here"),
    "a name twice": ((b'{"a":1,"a":2}', {}), "invalid-json", "line 1, column 8: this name stands twice in one object"),
    "NaN": ((b'{"narrative":NaN}', {}), "invalid-json", "line 1, column 14: NaN and Infinity are not JSON"),
    "no UTF-8": ((b'{"narrative":"\xff"}', {}), "invalid-json", "line 1, column 15: this is not UTF-8"),
    "endless nesting": ((b"[" * 200_000, {}), "invalid-json", "line 1, column 17: this is nested more than 16 deep"),
    "too large": ((b" " * (LARGEST_BODY + 1), {}), "too-large", None),
    "a form": ((b"narrative=x", {"content_type": "application/x-www-form-urlencoded"}), "unsupported-media-type", None),
    "no type": ((b"{}", {"content_type": ""}), "unsupported-media-type", None),
    "another charset": ((b"{}", {"content_type": "application/json; charset=latin-1"}), "unsupported-media-type", None),
    "another JSON": ((b"{}", {"content_type": "application/ld+json"}), "unsupported-media-type", None),
    "compressed": ((b"{}", {"Content_Encoding": "gzip"}), "unsupported-media-type", None),
    "an empty key": ((b"{}", {"Idempotency_Key": ""}), "invalid-idempotency-key", None),
    "a long key": ((b"{}", {"Idempotency_Key": "k" * 256}), "invalid-idempotency-key", None),
    "a long quoted key": ((b"{}", {"Idempotency_Key": f'"{"k" * 256}"'}), "invalid-idempotency-key", None),
    "a key with a space": ((b"{}", {"Idempotency_Key": "a b"}), "invalid-idempotency-key", None),
    "a key beyond ASCII": ((b"{}", {"Idempotency_Key": "cl\xe9"}), "invalid-idempotency-key", None),
    "an open quote": ((b"{}", {"Idempotency_Key": '"abc'}), "invalid-idempotency-key", None),
    "a bad escape": ((b"{}", {"Idempotency_Key": '"a\\b"'}), "invalid-idempotency-key", None),
    "an empty quoted key": ((b"{}", {"Idempotency_Key": '""'}), "invalid-idempotency-key", None),
}


@pytest.mark.parametrize(("request_", "name", "detail"), REFUSED_REQUESTS.values(), ids=REFUSED_REQUESTS)
def test_a_request_that_cannot_be_read_is_refused(
    client: FlaskClient, store: FakeStore, request_: tuple[bytes, dict[str, str]], name: str, detail: str | None
) -> None:
    body, options = request_
    response = send_bytes(client, body, **options)
    assert problem_in(response) == name
    assert response.json.get("detail") == detail
    assert is_empty(store)


@pytest.mark.parametrize(("spaces", "status"), [(LARGEST_BODY - 17, 201), (LARGEST_BODY - 16, 413)])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_may_have_its_largest_size_and_not_one_byte_more(
    client: FlaskClient, *, spaces: int, status: int, chunked: bool
) -> None:
    body = b'{"narrative":"x"}' + b" " * spaces
    stream = {"wsgi.input_terminated": True, "CONTENT_LENGTH": ""} if chunked else {}
    response = client.post(COMPLAINTS, data=body, content_type="application/json", environ_overrides=stream)
    assert response.status_code == status


def test_a_body_that_ends_early_is_refused(client: FlaskClient) -> None:
    cut = {"CONTENT_LENGTH": "100"}
    response = client.post(
        COMPLAINTS, data=b'{"narrative":"x"}', content_type="application/json", environ_overrides=cut
    )
    assert problem_in(response) == "invalid-json"
    assert response.json["detail"] == "the body is shorter than its Content-Length"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_taken(client: FlaskClient, method: str) -> None:
    response = client.open(COMPLAINTS, method=method)
    assert problem_in(response) == "method-not-allowed"
    assert "POST" in response.headers["Allow"]


def test_an_unknown_address_under_the_api_is_a_problem_and_any_other_is_a_page(client: FlaskClient) -> None:
    assert problem_in(client.get("/api/v1/nothing")) == "not-found"
    assert problem_in(client.post("/api/nothing")) == "not-found"
    assert client.get("/nothing").text == "a page for people"


def test_every_problem_has_a_page_that_says_what_to_do(client: FlaskClient) -> None:
    for kind in KINDS.values():
        page = client.get(kind.type)
        assert page.content_type == "text/plain; charset=utf-8"
        assert kind.cure in page.text
    assert client.get("/problems/none").status_code == 404


# What is sent twice


def test_the_same_request_gets_the_same_answer_and_one_complaint(client: FlaskClient, store: FakeStore) -> None:
    first, again = send(client, GOOD, "k-1"), send(client, GOOD, "k-1")
    assert (first.status_code, first.data) == (again.status_code, again.data) == (201, first.data)
    assert len(store.complaints) == len(store.originals) == len(store.jobs) == 1


def test_the_same_content_in_other_bytes_is_the_same_request(client: FlaskClient, store: FakeStore) -> None:
    turned = json.dumps(dict(reversed(GOOD.items())), indent=4).encode()
    first, again = send(client, GOOD, "k-1"), send_bytes(client, turned, Idempotency_Key="k-1")
    assert first.json == again.json
    assert len(store.complaints) == 1


@pytest.mark.parametrize(("bare", "quoted"), [("k-1", '"k-1"'), ("k\\1", '"k\\\\1"'), ('k"1', '"k\\"1"')])
def test_a_key_is_the_same_bare_and_quoted(client: FlaskClient, bare: str, quoted: str) -> None:
    assert send(client, GOOD, bare).json == send(client, GOOD, quoted).json


def test_a_key_may_have_255_characters(client: FlaskClient) -> None:
    assert send(client, GOOD, "k" * 255).json == send(client, GOOD, f'"{"k" * 255}"').json


def test_a_key_that_comes_with_other_content_is_refused(client: FlaskClient, store: FakeStore) -> None:
    send(client, GOOD, "k-1")
    assert problem_in(send(client, GOOD | {"product": "Kettle"}, "k-1")) == "idempotency-conflict"
    assert len(store.complaints) == 1


def test_a_key_of_a_complaint_that_is_gone_is_refused(client: FlaskClient, store: FakeStore) -> None:
    send(client, GOOD, "k-1")
    store.complaints.clear()
    assert problem_in(send(client, GOOD, "k-1")) == "idempotency-conflict"


def test_without_a_key_or_with_another_one_it_is_another_complaint(client: FlaskClient, store: FakeStore) -> None:
    answers = [send(client, GOOD), send(client, GOOD), send(client, GOOD, "k-1"), send(client, GOOD, "k-2")]
    assert len({answer.json["receipt_code"] for answer in answers}) == 4
    assert len(store.complaints) == 4


def test_a_key_of_the_api_is_not_one_of_another_channel(client: FlaskClient, store: FakeStore) -> None:
    send(client, GOOD, "k-1")
    hashes = fake_services(store).hashes
    assert list(store.requests) == [hashes.mac("idempotency-key", "api-k-1")]


def test_a_request_that_was_refused_leaves_its_key_free(client: FlaskClient) -> None:
    assert send(client, {}, "k-1").status_code == 422
    assert send(client, GOOD, "k-1").status_code == 201


# What goes wrong here


def test_nothing_is_acknowledged_that_was_not_committed(client: FlaskClient, store: FakeStore) -> None:
    store.fails = raising(StorageUnavailableError("the database went away"))
    response = send(client, GOOD, "k-1")
    assert problem_in(response) == "unavailable"
    assert int(response.headers["Retry-After"]) > 0
    assert is_empty(store)

    store.fails = lambda: None
    assert send(client, GOOD, "k-1").status_code == 201


def test_an_unexpected_error_is_told_and_logged_without_its_message(
    client: FlaskClient, store: FakeStore, caplog: pytest.LogCaptureFixture
) -> None:
    store.fails = raising(RuntimeError(CANARY))
    response = send(client, {"narrative": CANARY})
    assert problem_in(response) == "internal-error"
    assert set(response.json) == {"type", "title", "status"}
    assert [record.getMessage().split(" in ")[0] for record in caplog.records] == ["unexpected RuntimeError"]
    assert CANARY not in response.text + caplog.text
    assert not any(record.exc_info for record in caplog.records)


# What must not come back


def planted(value: object) -> Iterator[object]:
    """Yield bodies that are refused, with the canary in every place that a value can have."""
    texts = ("narrative", "order_reference", "product", "issue", "desired_outcome", "language", "channel_detail")
    inner = {"contact": ("name", "email", "phone", "address"), "consent": ("notice_id", "version")}
    for name in texts:
        yield {"narrative": "x", "urgent": 1} | {name: value}
    for part, names in inner.items():
        yield {"narrative": "x", "urgent": 1, part: value}
        for name in names:
            yield {"narrative": "x", "urgent": 1, part: {name: value}}
    yield {"narrative": "x", "unknown": value}
    yield {"narrative": "x", f"{value}": 1}
    yield {"narrative": "x", "contact": {f"{value}": 1}}
    yield value


PLANTS = {
    "text": CANARY,
    "a list": [CANARY],
    "an object": {CANARY: CANARY},
    "a control character": f"{CANARY}\u0000",
    "an address": f"{CANARY}@{CANARY}",
    "a long text": CANARY * 1_500,
}


@pytest.mark.parametrize("value", PLANTS.values(), ids=PLANTS)
def test_nothing_that_was_sent_stands_in_a_refusal_or_in_the_log(
    client: FlaskClient, store: FakeStore, caplog: pytest.LogCaptureFixture, value: object
) -> None:
    caplog.set_level(logging.DEBUG)
    for body in planted(value):
        response = send_bytes(client, json.dumps(body).encode(), Idempotency_Key=CANARY)
        assert pointers_in(response)
        assert CANARY not in response.text + str(response.headers) + caplog.text
    assert is_empty(store)


@pytest.mark.parametrize(
    "body",
    [
        f'{{"narrative": "{CANARY}',
        f'{{"narrative": {CANARY}}}',
        f'{{"{CANARY}": 1, "{CANARY}": 2}}',
        f'{{"narrative": "\\{CANARY}"}}',
        f'{{"narrative": "{CANARY}"}} {CANARY}',
        f'{{"narrative": "{CANARY}\xff"}}',
    ],
)
def test_nothing_that_was_sent_stands_in_what_is_said_about_bad_json(
    client: FlaskClient, caplog: pytest.LogCaptureFixture, body: str
) -> None:
    caplog.set_level(logging.DEBUG)
    response = send_bytes(client, body.encode("latin-1"))
    assert problem_in(response) == "invalid-json"
    assert CANARY not in response.text + str(response.headers) + caplog.text


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["narrative", "contact"]), inner),
    max_leaves=10,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work may share the machine
@given(values)
def test_whatever_json_is_sent_it_is_never_an_error_of_ours(value: object) -> None:
    store = FakeStore()
    status = send_bytes(client_of(store), json.dumps(value).encode()).status_code
    assert status in {201, 400, 422}
    assert (status == 201) != is_empty(store)


# What is said about it


@pytest.fixture
def document(client: FlaskClient) -> dict[str, object]:
    response = client.get("/api/v1/openapi.json")
    assert (response.status_code, response.content_type) == (200, "application/json")
    return response.json


def references_in(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (inner for name, inner in value.items() if name == "$ref")
        for inner in value.values():
            yield from references_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references_in(inner)


def test_the_document_is_openapi_3_1_and_holds_together(document: dict[str, object]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    assert list(document["paths"]) == [COMPLAINTS]
    schemas = document["components"]["schemas"]
    assert {f"#/components/schemas/{name}" for name in schemas} - {"#/components/schemas/Submission"} == {
        reference for reference in references_in(document) if reference != "#/components/schemas/Submission"
    }
    for schema in schemas.values():
        assert schema["type"] == "object"
        assert set(schema.get("required", [])) <= set(schema["properties"])


def test_the_document_says_what_is_checked(document: dict[str, object]) -> None:
    submission = document["components"]["schemas"]["Submission"]
    assert submission["additionalProperties"] is False
    assert submission["required"] == ["narrative"]
    assert submission["properties"]["narrative"]["maxLength"] == 20_000
    assert set(document["components"]["schemas"]["Contact"]["properties"]) == {"name", "email", "phone", "address"}


def test_the_examples_in_the_document_are_true(client: FlaskClient, document: dict[str, object]) -> None:
    operation = document["paths"][COMPLAINTS]["post"]
    [example] = operation["requestBody"]["content"]["application/json"]["examples"].values()
    assert send(client, example["value"], operation["parameters"][0]["example"]).status_code == 201
    receipt = operation["responses"]["201"]["content"]["application/json"]["example"]
    assert ReceiptSchema().load(receipt, unknown=RAISE)
    assert normalise(receipt["reference"]) == receipt["reference"]
    assert normalise(receipt["receipt_code"]) == receipt["receipt_code"]


def test_every_answer_that_is_documented_can_be_had_and_no_other(
    client: FlaskClient, store: FakeStore, document: dict[str, object]
) -> None:
    had = {(201, "receipt")} if send(client, GOOD, "k-1").status_code == 201 else set()
    conflict = send(client, {"narrative": "x"}, "k-1")
    refused = [send_bytes(client, body, **options) for (body, options), _, _ in REFUSED_REQUESTS.values()]
    faulty = send(client, {})
    store.fails = raising(StorageUnavailableError("the database went away"))
    unavailable = send(client, GOOD)
    store.fails = raising(RuntimeError("anything"))
    for response in (conflict, *refused, faulty, unavailable, send(client, GOOD)):
        had.add((response.status_code, problem_in(response)))

    documented = {(201, "receipt")}
    for status, response in document["paths"][COMPLAINTS]["post"]["responses"].items():
        for name, example in response["content"].get("application/problem+json", {}).get("examples", {}).items():
            assert ProblemSchema().load(example["value"], unknown=RAISE)
            documented.add((int(status), name))
    assert had == documented


def test_the_page_about_the_api_has_every_field_with_its_limit_and_every_problem(document: dict[str, object]) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = {tuple(re.findall(r"\| ([^|]+?) (?=\|)", line)[:2]) for line in page.splitlines() if line.startswith("| `")}
    schemas = document["components"]["schemas"]
    for prefix, name in (("", "Submission"), ("contact.", "Contact"), ("consent.", "Consent")):
        for field, schema in schemas[name]["properties"].items():
            assert "$ref" in schema or (f"`{prefix}{field}`", f"{schema['maxLength']:,}") in rows
    for kind in KINDS.values():
        assert (f"`{kind.type}`", str(kind.status)) in rows
