"""Real complaints through a running gateway whose worker is killed again and again.

All of them are acknowledged, sanitised and delivered, exactly once after the receiver's own deduplication, and nothing
that a person typed about themselves stands anywhere in what was sent, stored, logged or queued.

The whole campaign (900 complaints, ten kills) runs with --campaign; the short form sends a sample.
"""

import http.client
import json
import os
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from gateway.cli.calls import events_until
from gateway.cli.playground import Playground, playground
from gateway.services.parts import database_url
from gateway.store.transactions import engine_for

KILLS = {True: 10, False: 3}
SAMPLE = 40
KINDS = ("email", "phone", "reference")
SHORTEST = 6


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the playground set its variables, and put everything back afterwards."""
    for name in list(os.environ):
        if name.startswith("GATEWAY_"):
            monkeypatch.delenv(name)
    for name in ("GATEWAY_HOME", "GATEWAY_INTAKE_BIND", "GATEWAY_OFFICE_BIND", "GATEWAY_SANDBOX_BIND"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("GATEWAY_POLICIES", str(Path(__file__).resolve().parents[2] / "policies"))
    monkeypatch.setenv("GATEWAY_DEAD_WORKER_AFTER", "2")


@pytest.mark.campaign
@pytest.mark.usefixtures("environment")
def test_nothing_is_lost_doubled_or_leaked_while_workers_are_killed(
    shared: Path, tmp_path: Path, campaign: bool
) -> None:
    rows = list(_complaints(shared, sample=None if campaign else SAMPLE))
    log = tmp_path / "output.log"
    home = tmp_path / "home"
    dump = tmp_path / "dump.txt"
    with log.open("wb") as output, playground(home, output=output) as place:
        references = _send_all(place, rows, kills=KILLS[campaign])
        events = events_until(
            place.sandbox, lambda seen: {json.loads(one["body"])["subject"] for one in seen} >= set(references)
        )
        _write_out(place, dump)
    assert len(references) == len(set(references)) == len(rows)
    assert {one["signature"] for one in events} == {"valid"}
    ids_of = {}
    for one in events:
        ids_of.setdefault(json.loads(one["body"])["subject"], set()).add(one["webhook_id"])
    assert {len(ids) for ids in ids_of.values()} == {1}
    assert set(ids_of) == set(references)
    values = {row["known"][kind] for row in rows for kind in KINDS if len(row["known"].get(kind, "")) >= SHORTEST}
    assert values
    assert _found([home, log, dump], values) == []


def _complaints(shared: Path, sample: int | None) -> Iterator[dict[str, Any]]:
    for name in ("cfpb_filled_dev", "cfpb_clean"):
        with (shared / "data" / "redaction" / f"{name}.jsonl").open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if sample is None or number < sample // 2:
                    row = json.loads(line)
                    yield {"text": row["text"], "known": row.get("known") or {}}


def _send_all(place: Playground, rows: list[dict[str, Any]], *, kills: int) -> list[str]:
    """Send every complaint and kill the worker `kills` times meanwhile; return the references."""
    workers = [child for child in place.family.children if child.command[0] == "worker"]
    done = threading.Event()

    def kill_and_restart() -> None:
        for number in range(kills):
            _until_work_was_done(place, number, done)
            for worker in workers:
                os.kill(worker.process.pid, signal.SIGKILL)
                worker.process.wait()
                place.family.start_again(worker)

    killer = threading.Thread(target=kill_and_restart)
    killer.start()
    with ThreadPoolExecutor(2) as pool:
        references = list(pool.map(lambda row: _send(place, row), rows))
    done.set()
    killer.join()
    return references


def _until_work_was_done(place: Playground, number: int, done: threading.Event) -> None:
    """Wait until the worker delivered something since the last kill, or all of it."""
    wanted = 2 * (number + 1)
    events_until(place.sandbox, lambda seen: len(seen) >= wanted or (done.is_set() and bool(seen)))


def _send(place: Playground, row: dict[str, Any]) -> str:
    known = row["known"]
    body = {
        "narrative": row["text"],
        "contact": {kind: known[kind] for kind in ("name", "email", "phone", "address") if known.get(kind)},
        "order_reference": known.get("reference", ""),
        "language": "en",
    }
    connection = http.client.HTTPConnection(place.settings.intake_bind, timeout=60)
    connection.request("POST", "/api/v1/complaints", json.dumps(body), {"Content-Type": "application/json"})
    answer = connection.getresponse()
    content = json.loads(answer.read())
    connection.close()
    assert answer.status == 201, content.get("errors")
    return content["reference"]


def _write_out(place: Playground, path: Path) -> None:
    """Write every row of every table as text: PostgreSQL keeps long values compressed, where nothing can be found."""
    engine = engine_for(database_url(place.settings), connections=1)
    with engine.begin() as connection, path.open("w", encoding="utf-8") as file:
        tables = connection.exec_driver_sql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").scalars()
        queries = [f'SELECT t::text FROM "{table}" t' for table in tables]
        for query in (*queries, "SELECT convert_from(body, 'UTF8') FROM outbox"):
            file.writelines(f"{row}\n" for row in connection.exec_driver_sql(query).scalars())
    engine.dispose()
    assert path.stat().st_size


def _found(places: list[Path], values: set[str]) -> list[str]:
    """Return `file: kind of value` for every value that stands in a file, whatever its case; never the value itself."""
    patterns = "\n".join(sorted(values)).encode()
    command = ["grep", "--recursive", "--text", "--ignore-case", "--only-matching", "--byte-offset", "--fixed-strings"]
    found = subprocess.run([*command, "--file=-", *map(str, places)], input=patterns, capture_output=True, check=False)
    assert found.returncode in {0, 1}, found.stderr
    hits = []
    for line in found.stdout.decode("utf-8", "replace").splitlines():
        path, offset, value = line.split(":", 2)
        if not (value.isdecimal() and _inside_an_identifier(Path(path), int(offset), len(value))):
            hits.append(f"{path} at byte {offset}")
    return hits


def _inside_an_identifier(path: Path, offset: int, length: int) -> bool:
    """Say whether digits are a stretch of a UUID or a hash, where they stand by chance."""
    with path.open("rb") as file:
        file.seek(max(offset - 40, 0))
        around = file.read(length + 80)
    begin = min(offset, 40)
    return any(
        found.start() <= begin and begin + length <= found.end() for found in re.finditer(rb"[0-9a-f-]{32,}", around)
    )
