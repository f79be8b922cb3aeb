import base64
import contextlib
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from uuid import UUID

import pytest
import standardwebhooks
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from gateway.core.errors import DeliveryError, SettingsError
from gateway.core.policy import DESTINATION_KINDS, DestinationPolicy
from gateway.core.records import OutboxMessage
from gateway.destinations import webhook
from gateway.destinations.registry import KINDS, senders

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
OTHER = "whsec_" + base64.b64encode(bytes(range(100, 148))).decode()
BODY = json.dumps({"id": "1", "data": {"texts": {"narrative": "[PERSON_1] wrote: ça coûte 5 €"}}}).encode()


@dataclass
class Answer:
    """What the receiver answers, and how slowly."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    wait: threading.Event | None = None


@dataclass
class Receiver:
    """A real server on loopback that keeps what it was sent."""

    address: str
    answers: list[Answer] = field(default_factory=list)
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    connections: set[tuple[str, int]] = field(default_factory=set)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            here.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            here.connections.add(self.client_address)
            answer = here.answers.pop(0) if here.answers else Answer()
            if answer.wait:
                answer.wait.wait(10)
            with contextlib.suppress(OSError):
                self.send_response(answer.status)
                for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield here
    server.shutdown()
    thread.join()
    server.server_close()


def destination(address: str, *, allow_loopback: bool = True) -> DestinationPolicy:
    return DestinationPolicy(
        name="helpdesk",
        kind="webhook",
        address=address,
        profile="internal",
        notice="service-handling",
        event_types=frozenset({"complaint.sanitised"}),
        allow_loopback=allow_loopback,
        embedded_only=False,
    )


def sender(address: str, *, allow_loopback: bool = True, timeout: float = 5) -> webhook.WebhookSender:
    return webhook.build(destination(address, allow_loopback=allow_loopback), SECRET, timeout=(timeout, timeout))


def message() -> OutboxMessage:
    return OutboxMessage(
        id="0b5d1c43-1111-4222-8333-444455556666",
        complaint_id=UUID("0b5d1c43-7777-4222-8333-444455556666"),
        destination="helpdesk",
        event_type="complaint.sanitised",
        body=BODY,
        due_at=now(),
    )


def now() -> datetime:
    return datetime.now(UTC)


def refused(one: webhook.WebhookSender, at: datetime | None = None) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        one.send(message(), at or now())
    return caught.value


def test_what_arrives_is_verified_by_the_library_of_the_standard(receiver: Receiver) -> None:
    assert sender(receiver.address).send(message(), now()) == "http-200"

    [(headers, body)] = receiver.requests
    assert body == BODY
    assert headers["content-type"] == "application/cloudevents+json"
    assert headers["webhook-id"] == message().id
    assert standardwebhooks.Webhook(SECRET).verify(body, headers) == json.loads(BODY)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "0b5d1c43-9999-4222-8333-444455556666"),
        ("webhook-timestamp", str(int(time.time()) + 1000)),
        ("webhook-signature", f"v1,{base64.b64encode(bytes(32)).decode()}"),
    ],
)
def test_a_changed_header_no_longer_verifies(receiver: Receiver, name: str, value: str) -> None:
    sender(receiver.address).send(message(), now())
    [(headers, body)] = receiver.requests
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body, {**headers, name: value})


def test_a_changed_body_no_longer_verifies(receiver: Receiver) -> None:
    sender(receiver.address).send(message(), now())
    [(headers, body)] = receiver.requests
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(SECRET).verify(body.replace(b"5", b"6"), headers)


def test_another_destinations_secret_does_not_verify(receiver: Receiver) -> None:
    sender(receiver.address).send(message(), now())
    [(headers, body)] = receiver.requests
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(OTHER).verify(body, headers)


def test_a_retry_has_the_same_id_and_a_fresh_time_and_an_old_one_is_refused(receiver: Receiver) -> None:
    one = sender(receiver.address)
    one.send(message(), now() - timedelta(minutes=6))
    one.send(message(), now())

    (old, body), (new, _) = receiver.requests
    assert old["webhook-id"] == new["webhook-id"]
    assert int(new["webhook-timestamp"]) - int(old["webhook-timestamp"]) in range(359, 362)
    standardwebhooks.Webhook(SECRET).verify(body, new)
    with pytest.raises(standardwebhooks.WebhookVerificationError, match="too old"):
        standardwebhooks.Webhook(SECRET).verify(body, old)


def test_while_a_secret_changes_both_the_old_and_the_new_one_verify(receiver: Receiver) -> None:
    webhook.build(destination(receiver.address), f"{OTHER} {SECRET}").send(message(), now())
    [(headers, body)] = receiver.requests
    for secret in (SECRET, OTHER):
        standardwebhooks.Webhook(secret).verify(body, headers)


def test_nothing_that_is_sent_holds_the_secret(receiver: Receiver) -> None:
    sender(receiver.address).send(message(), now())
    [(headers, body)] = receiver.requests
    sent = json.dumps(headers).encode() + body
    raw = bytes(range(32))
    for form in (SECRET.encode(), SECRET.removeprefix("whsec_").encode(), raw, raw.hex().encode()):
        assert form not in sent


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_success(receiver: Receiver, status: int) -> None:
    receiver.answers.append(Answer(status, body=b""))
    assert sender(receiver.address).send(message(), now()) == f"http-{status}"


@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver, status: int) -> None:
    body = b"" if status == 304 else b"moved"
    receiver.answers.append(Answer(status, {"Location": receiver.address}, body))

    fault = refused(sender(receiver.address))

    assert (fault.code, fault.permanent) == (f"http-{status}", False)
    assert len(receiver.requests) == 1


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 429, 500, 502, 503, 504])
def test_any_other_status_is_a_failure_that_may_pass(receiver: Receiver, status: int) -> None:
    receiver.answers.append(Answer(status))
    fault = refused(sender(receiver.address))
    assert (fault.code, fault.permanent, fault.retry_after) == (f"http-{status}", False, None)


def test_gone_means_never_again(receiver: Receiver) -> None:
    receiver.answers.append(Answer(410))
    fault = refused(sender(receiver.address))
    assert (fault.code, fault.permanent) == ("http-410", True)


AT = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("Sun, 22 Nov 2026 12:02:00 GMT", 120),
        ("Sun, 22 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 22 Nov 2026 12:02:00 -0000", 120),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("9" * 5000, None),
        ("Sun, 99 Nov 2026 99:02:00 GMT", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(
    receiver: Receiver, status: int, retry_after: str, seconds: int | None
) -> None:
    receiver.answers.append(Answer(status, {"Retry-After": retry_after}))
    assert refused(sender(receiver.address), AT).retry_after == seconds


def test_a_receiver_that_does_not_answer_times_out(receiver: Receiver) -> None:
    release = threading.Event()
    receiver.answers.append(Answer(wait=release))
    fault = refused(sender(receiver.address, timeout=0.2))
    release.set()
    assert (fault.code, fault.permanent) == ("timeout", False)


@pytest.mark.parametrize("head", [b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nX-Slow: "])
def test_a_receiver_that_answers_a_byte_at_a_time_is_given_up(head: bytes) -> None:
    gone = threading.Event()

    def drip(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(head)
            for _ in range(300):
                connection.sendall(b"x")
                if gone.wait(0.02):
                    return

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=drip, args=(listening,))
        thread.start()
        started = time.monotonic()
        code = refused(sender(f"http://127.0.0.1:{listening.getsockname()[1]}/", timeout=0.3)).code
        took = time.monotonic() - started
        gone.set()
        thread.join()

    assert code == "timeout"
    assert took < 5


def test_a_status_counts_although_the_rest_of_the_answer_never_comes(receiver: Receiver) -> None:
    receiver.answers.append(Answer(202, {"Content-Length": "1000"}))
    assert sender(receiver.address, timeout=0.2).send(message(), now()) == "http-202"


def test_a_receiver_that_is_not_there_is_a_failure() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert refused(sender(f"http://127.0.0.1:{taken.getsockname()[1]}/")).code == "connection"


def test_a_receiver_that_hangs_up_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _ = listening.accept()
            connection.recv(1)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        code = refused(sender(f"http://127.0.0.1:{listening.getsockname()[1]}/")).code
        thread.join()
    assert code == "connection"


def test_a_receiver_that_does_not_speak_tls_is_told_from_one_that_is_not_there(receiver: Receiver) -> None:
    assert refused(sender(receiver.address.replace("http:", "https:"))).code == "tls"


def _self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    (path := folder / "receiver.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate.public_bytes(Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def test_a_receiver_whose_certificate_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    context, said = _self_signed(tmp_path), list[bytes]()

    def listen(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        with contextlib.suppress(OSError), connection, context.wrap_socket(connection, server_side=True) as secured:
            said.append(secured.recv(1))

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=listen, args=(listening,))
        thread.start()
        code = refused(sender(f"https://localhost:{listening.getsockname()[1]}/")).code
        thread.join()

    assert code == "tls"
    assert b"".join(said) == b""


@pytest.mark.parametrize(
    "host",
    [
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.168.1.1",
        "0.0.0.0",  # noqa: S104  # an address that must be refused
        "224.0.0.1",
        "[fd00::1]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "2130706433",
        "0x7f.1",
    ],
)
def test_an_address_that_is_not_public_is_refused_before_anything_is_sent(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.CRITICAL, "requests_hardened"):
        assert refused(sender(f"http://{host}:8082/hook", allow_loopback=False)).code == "address-refused"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_refused_unless_the_policy_allows_it(receiver: Receiver, host: str) -> None:
    address = receiver.address.replace("127.0.0.1", host)
    assert refused(sender(address, allow_loopback=False)).code == "address-refused"
    assert receiver.requests == []


def test_a_name_is_looked_up_again_for_each_attempt(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["127.0.0.1", "10.0.0.1"])

    def look_up(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        address = next(answers) if host == "helpdesk.example.com" else host
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    one = sender(receiver.address.replace("127.0.0.1", "helpdesk.example.com"))
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        code = refused(one).code if one.send(message(), now()) == "http-200" else ""
    assert code == "address-refused"
    assert receiver.requests[0][0]["host"].startswith("helpdesk.example.com:")


def test_proxies_and_credentials_of_the_environment_are_not_used(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (netrc := tmp_path / "netrc").write_text("machine 127.0.0.1 login someone password something\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    assert sender(receiver.address).send(message(), now()) == "http-200"
    assert "authorization" not in receiver.requests[0][0]


def test_a_connection_is_used_again_and_cookies_are_not_kept(receiver: Receiver) -> None:
    receiver.answers.append(Answer(headers={"Set-Cookie": "seen=1"}))
    one = sender(receiver.address)
    for _ in range(3):
        one.send(message(), now())
    assert len(receiver.connections) == 1
    assert not any("cookie" in headers for headers, _ in receiver.requests)


def test_threads_can_share_a_sender(receiver: Receiver) -> None:
    one = sender(receiver.address)
    messages = [replace(message(), id=f"message-{number}") for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(lambda each: one.send(each, now()), messages))

    assert codes == ["http-200"] * 40
    for headers, body in receiver.requests:
        standardwebhooks.Webhook(SECRET).verify(body, headers)
    assert {headers["webhook-id"] for headers, _ in receiver.requests} == {each.id for each in messages}


def test_of_a_long_answer_little_is_read_and_nothing_is_logged(
    receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    receiver.answers.append(Answer(500, body=b"CANARY" * 1_000_000))
    one = sender(f"{receiver.address}?tenant=CANARY")
    with caplog.at_level(logging.INFO):
        fault = refused(one)
    assert fault.code == "http-500"
    assert "CANARY" not in f"{caplog.text}{fault}"
    assert one.send(message(), now()) == "http-200"
    assert len(receiver.connections) == 2, "the connection with the long answer was given up"


def test_an_error_names_no_address(receiver: Receiver) -> None:
    fault = refused(sender(receiver.address.replace("http:", "https:")))
    assert "127.0.0.1" not in str(fault)
    assert fault.__cause__ is None
    assert fault.__suppress_context__


@pytest.mark.parametrize(
    "secret",
    [
        base64.b64encode(bytes(32)).decode(),
        "whsec_",
        "whsec_" + base64.b64encode(bytes(23)).decode(),
        "whsec_" + base64.b64encode(bytes(65)).decode(),
        "whsec_CANARY*not*base64*CANARY*not*base64",
        "whsk_" + base64.b64encode(bytes(32)).decode(),
        f"{SECRET} CANARY",
    ],
)
def test_a_malformed_secret_is_refused_and_the_variable_named(secret: str) -> None:
    with pytest.raises(SettingsError) as caught:
        webhook.build(destination("https://helpdesk.example.com/"), secret)
    assert (
        str(caught.value)
        == "GATEWAY_SECRET_HELPDESK: is not of the form whsec_ and the base64 of 24 to 64 random bytes"
    )


@pytest.mark.parametrize("length", [24, 32, 64])
def test_a_secret_may_be_written_with_or_without_padding(length: int) -> None:
    encoded = base64.b64encode(bytes(length)).decode()
    for written in (encoded, encoded.rstrip("=")):
        webhook.build(destination("https://helpdesk.example.com/"), f"whsec_{written}")


def test_every_destination_gets_its_own_sender_and_every_missing_secret_is_named() -> None:
    two = {name: replace(destination("https://a.example.com/"), name=name) for name in ("helpdesk", "data_lake")}

    assert set(senders(two, {"HELPDESK": SECRET, "DATA_LAKE": OTHER})) == set(two)
    with pytest.raises(SettingsError) as caught:
        senders(two, {"HELPDESK": "CANARY"})

    assert [fault.pointer for fault in caught.value.faults] == ["GATEWAY_SECRET_HELPDESK", "GATEWAY_SECRET_DATA_LAKE"]
    assert "CANARY" not in str(caught.value)


def test_every_kind_that_a_policy_may_name_can_be_built() -> None:
    assert set(KINDS) == DESTINATION_KINDS
