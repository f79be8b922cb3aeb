"""`gateway run` as an operator meets it: a real process, its output, and what happens when something is in the way."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gateway.cli.calls import events_until
from gateway.cli.playground import free_address
from gateway.store.embedded import postmaster_pid

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = re.compile(r"\b[0-9a-z]{4}(?:-[0-9a-z]{4}){3}\b")
PATIENCE = 60


class Running:
    """A `gateway run` in `home`; `output` is what it and its children printed."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._news = threading.Condition()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gateway", "run"],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str) -> None:
        with self._news:
            assert self._news.wait_for(lambda: words in self.output, PATIENCE), self.output

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        self.process.stdout.close()
        return status

    def _read(self) -> None:
        for line in self.process.stdout:
            with self._news:
                self.lines.append(line)
                self._news.notify_all()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    others = {name: value for name, value in os.environ.items() if not name.startswith("GATEWAY_")}
    return {
        **others,
        "GATEWAY_HOME": str(tmp_path / "home"),
        "GATEWAY_POLICIES": str(ROOT / "policies"),
        "GATEWAY_INTAKE_BIND": free_address(),
        "GATEWAY_OFFICE_BIND": free_address(),
        "GATEWAY_SANDBOX_BIND": free_address(),
        "http_proxy": "http://127.0.0.1:9",
    }


@pytest.fixture
def taken(environment: dict[str, str]) -> Iterator[None]:
    """Let another program listen where the office would."""
    host, _, port = environment["GATEWAY_OFFICE_BIND"].rpartition(":")
    with socket.create_server((host, int(port))):
        yield


def test_it_starts_stops_and_starts_again_with_everything_kept(environment: dict[str, str]) -> None:
    home = Path(environment["GATEWAY_HOME"])
    first = Running(environment)
    try:
        first.wait_for("ready   complain here")
        database = psutil.Process(postmaster_pid(home))
        reference = _complain(environment)
    finally:
        assert first.stop() == 0
    assert len(PASSWORD.findall(first.output)) == 3
    assert not database.is_running() or database.status() == psutil.STATUS_ZOMBIE

    second = Running(environment)
    try:
        second.wait_for("ready   complain here")
        assert PASSWORD.findall(second.output) == []
        assert reference in _seen_by_the_sandbox(environment, reference)
    finally:
        assert second.stop(signal.SIGTERM) == 0


def test_a_database_that_was_killed_is_started_again_and_complaints_are_taken(environment: dict[str, str]) -> None:
    running = Running(environment)
    try:
        running.wait_for("ready   complain here")
        os.kill(postmaster_pid(Path(environment["GATEWAY_HOME"])), signal.SIGKILL)
        running.wait_for("the database ended and was started again")
        assert _complain(environment)
    finally:
        assert running.stop() == 0


def test_what_is_not_http_stands_in_no_log_and_no_answer(environment: dict[str, str]) -> None:
    body = b'{"narrative": "I am Jane Canary and my kettle leaks"}\r\n\r\n'
    head = b"POST /api/v1/complaints HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    running = Running(environment)
    try:
        running.wait_for("ready   complain here")
        answers = [
            _raw(environment, head + b"Content-Length: 2\r\n\r\n{}" + body),
            _raw(environment, b"Jane Canary\r\n\r\n"),
            _raw(environment, b"GET / HTTP/1.1\r\nHost: x\r\nJane Canary\r\n\r\n"),
            _raw(environment, head + b"Transfer-Encoding: chunked\r\n\r\n" + body),
        ]
    finally:
        running.stop()
    assert [b" 400 " in answer for answer in answers] == [True] * 4
    assert not any(b"Canary" in answer for answer in answers)
    assert "Canary" not in running.output


@pytest.mark.usefixtures("taken")
def test_an_address_that_is_taken_is_named_and_nothing_is_started(environment: dict[str, str]) -> None:
    running = Running(environment)
    assert running.process.wait(PATIENCE) == 1
    running.stop()
    assert "choose another address with GATEWAY_OFFICE_BIND" in running.output
    assert "Traceback" not in running.output
    assert not (Path(environment["GATEWAY_HOME"]) / "database").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("GATEWAY_HOME", "/proc/nowhere", "choose another GATEWAY_HOME"),
        ("GATEWAY_DATABASE_URL", "postgresql://u:keepsecret@127.0.0.1:9/x", "the database cannot be reached"),
        ("GATEWAY_POLICIES", "/proc/nowhere", "is not a folder"),
    ],
)
def test_what_is_in_the_way_is_said_in_one_line(name: str, value: str, words: str, environment: dict[str, str]) -> None:
    running = Running({**environment, name: value})
    assert running.process.wait(PATIENCE) == 1
    running.stop()
    assert words in running.output
    assert len(running.output.splitlines()) == 1
    assert "keepsecret" not in running.output


def _complain(environment: dict[str, str]) -> str:
    request = urllib.request.Request(
        f"http://{environment['GATEWAY_INTAKE_BIND']}/api/v1/complaints",
        json.dumps({"narrative": "The kettle leaks."}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  # our own http address
        return json.load(answer)["reference"]


def _seen_by_the_sandbox(environment: dict[str, str], reference: str) -> list[str]:
    sandbox = f"http://{environment['GATEWAY_SANDBOX_BIND']}"
    events = events_until(sandbox, lambda seen: any(reference in one["body"] for one in seen))
    return [json.loads(one["body"])["subject"] for one in events]


def _raw(environment: dict[str, str], request: bytes) -> bytes:
    host, _, port = environment["GATEWAY_INTAKE_BIND"].rpartition(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while part := connection.recv(65_536):
            answer += part
    return answer
