"""Where the sandbox receiver keeps what it received: one line of JSON for each delivery, appended and never changed.

Several processes may append and read at once. Each keeps an index of line offsets in memory and extends it by what is
new, so a page reads only the lines that it shows. A line that is not one of ours is counted and passed over.
"""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """One delivery that was accepted.

    Attributes:
        webhook_id, webhook_timestamp, webhook_signature: the headers as they came.
        received_at: ISO 8601, UTC.
        signature: the verdict on arrival; only `valid` deliveries are kept.
        body: the event, as the text that was signed.
    """

    webhook_id: str
    webhook_timestamp: str
    webhook_signature: str
    received_at: str
    signature: str
    body: str


@dataclass
class _Line:
    number: int
    offset: int
    length: int


@dataclass(frozen=True, kw_only=True)
class Received:
    """One event as it is shown: its first delivery, its number in the file, and how often it came in all."""

    number: int
    times: int
    delivery: Delivery


class ReceivedFile:
    """The file `received.jsonl` in `folder`, which is made if need be, readable by its owner alone."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "received.jsonl"
        self._lock = threading.Lock()
        self._forget()

    def append(self, delivery: Delivery) -> None:
        """Write `delivery` to disk, for good, before returning."""
        line = json.dumps(asdict(delivery)).encode("ascii") + b"\n"
        self._path.touch(mode=0o600)
        with self._path.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            end = file.seek(0, os.SEEK_END)
            # A process killed while it wrote leaves half a line; ours must not grow onto it.
            if end and (file.seek(end - 1), file.read(1))[1] != b"\n":
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())

    def counts(self) -> tuple[int, int, int]:
        """Return how many events came, how many deliveries, and how many lines could not be read."""
        with self._fresh():
            return len(self._first), sum(self._times.values()), self._unreadable

    def newest(self, skip: int, limit: int) -> list[Received]:
        """Return up to `limit` events, newest first, leaving out the `skip` newest; each event once."""
        with self._fresh():
            ids = list(self._first)
            wanted = ids[max(len(ids) - skip - limit, 0) : max(len(ids) - skip, 0)]
            return self._read([(self._first[one], self._times[one]) for one in reversed(wanted)])

    def after(self, number: int, limit: int) -> list[Received]:
        """Return up to `limit` deliveries, repeats too, that stand after line `number`, oldest first.

        `times` is 1 for the first delivery of an event and grows with each repeat.
        """
        with self._fresh():
            found = [(line, times) for line, times in self._lines if line.number > number]
            return self._read(found[:limit])

    @contextmanager
    def _fresh(self) -> Iterator[None]:
        with self._lock:
            self._path.touch(mode=0o600)
            if self._path.stat().st_size < self._end:
                self._forget()
            self._extend()
            yield

    def _forget(self) -> None:
        self._end = 0
        self._count = 0
        self._unreadable = 0
        self._lines: list[tuple[_Line, int]] = []
        self._first: dict[str, _Line] = {}
        self._times: dict[str, int] = {}

    def _extend(self) -> None:
        """Index the whole lines that came since the last time; half a line at the end waits for its other half."""
        with self._path.open("rb") as file:
            file.seek(self._end)
            for raw in file:
                if not raw.endswith(b"\n"):
                    break
                self._count += 1
                self._index(raw, _Line(self._count, self._end, len(raw)))
                self._end += len(raw)

    def _index(self, raw: bytes, line: _Line) -> None:
        delivery = _delivery(raw)
        if delivery is None:
            self._unreadable += 1
            return
        times = self._times[delivery.webhook_id] = self._times.get(delivery.webhook_id, 0) + 1
        self._first.setdefault(delivery.webhook_id, line)
        self._lines.append((line, times))

    def _read(self, lines: list[tuple[_Line, int]]) -> list[Received]:
        found = []
        with self._path.open("rb") as file:
            for line, times in lines:
                file.seek(line.offset)
                delivery = _delivery(file.read(line.length))
                if delivery:
                    found.append(Received(number=line.number, times=times, delivery=delivery))
        return found


def _delivery(raw: bytes) -> Delivery | None:
    try:
        fields = json.loads(raw)
        delivery = Delivery(**fields)
    except (ValueError, TypeError, RecursionError):
        return None
    return delivery if all(isinstance(value, str) for value in asdict(delivery).values()) else None
