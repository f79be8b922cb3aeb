"""`gateway benchmark`: figures as ratios, both sides measured in the same run on the same machine."""

import http.client
import json
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

import click
import psutil
from rich.console import Console
from rich.progress import Progress

from gateway.cli.calls import events_until
from gateway.cli.playground import Playground, free_address, playground
from gateway.cli.samples import sample
from gateway.cli.supervision import Child
from gateway.services.worker import detection_only
from gateway.store.embedded import postmaster_pid

CPU_RATIO_MOST = 1.5
ACKNOWLEDGE_RATIO_MOST = 5.0
WARM_UP = 20


@click.group()
def benchmark() -> None:
    """Measure this gateway on this machine; each command prints ratios and what they are made of."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Milliseconds; CPU is user and system time of every process of the line, the database's included."""

    complaints: int
    line_cpu_ms: float
    detection_cpu_ms: float
    acknowledge_ms: float
    baseline_ms: float

    @property
    def cpu_ratio(self) -> float:
        """CPU of the whole line over CPU of detection alone."""
        return self.line_cpu_ms / self.detection_cpu_ms

    @property
    def acknowledge_ratio(self) -> float:
        """Median time to acknowledge over that of a bare view that inserts one row."""
        return self.acknowledge_ms / self.baseline_ms


@benchmark.command()
@click.option("--complaints", default=300, show_default=True, type=click.IntRange(20), help="How many to send.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--check", is_flag=True, help="Exit 1 if a ratio is above what we promise.")
def pipeline(*, complaints: int, as_json: bool, check: bool) -> None:
    """Measure the whole line beside detection alone, and the acknowledgement beside a bare Flask view.

    Sends generated complaints of about 1,000 characters through a gateway of its own: intake, database, worker,
    signed webhook to the sandbox receiver (whose own time is left out). The bare view runs under the same server with
    the same database and inserts the request's body into a table; requests to both alternate.
    """
    address = free_address()
    baseline = Child("baseline", ("baseline", "--bind", address), f"http://{address}/healthz")
    with playground(None, [baseline]) as place, Progress(console=Console(stderr=True), transient=True) as progress:
        begun = _cpu_of_line(place)
        mine, theirs = _send(place, address, complaints, progress)
        events_until(place.sandbox, lambda events: len({event["webhook_id"] for event in events}) >= complaints)
        spent = _cpu_of_line(place) - begun
        detection = _detection_cpu(place, complaints, progress)
    figures = Figures(
        complaints=complaints,
        line_cpu_ms=1000 * spent / complaints,
        detection_cpu_ms=1000 * detection / complaints,
        acknowledge_ms=statistics.median(mine[WARM_UP // 2 :]),
        baseline_ms=statistics.median(theirs[WARM_UP // 2 :]),
    )
    _print(figures, as_json=as_json)
    if check and (figures.cpu_ratio > CPU_RATIO_MOST or figures.acknowledge_ratio > ACKNOWLEDGE_RATIO_MOST):
        sys.exit(1)


def _send(place: Playground, baseline: str, complaints: int, progress: Progress) -> tuple[list[float], list[float]]:
    """Send to both sides in turn; return the milliseconds of each."""
    intake = http.client.HTTPConnection(place.settings.intake_bind, timeout=30)
    bare = http.client.HTTPConnection(baseline, timeout=30)
    mine, theirs = [], []
    for number in progress.track(range(complaints), description="complaints"):
        body = json.dumps(sample(number)).encode()
        theirs.append(_post(bare, "/", body))
        mine.append(_post(intake, "/api/v1/complaints", body))
    return mine, theirs


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    begun = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.CREATED:
        raise click.ClickException(f"{path} answered {answer.status}")
    return 1000 * (time.perf_counter() - begun)


def _detection_cpu(place: Playground, complaints: int, progress: Progress) -> float:
    """Return the CPU seconds that detection alone takes for the same texts."""
    detector, _ = detection_only(place.settings)
    rows = [sample(number) for number in range(complaints)]
    for row in rows[:WARM_UP]:
        _find(detector, row)
    begun = time.process_time()
    for row in progress.track(rows, description="detection alone"):
        _find(detector, row)
    return time.process_time() - begun


def _find(detector: Any, row: dict[str, Any]) -> None:
    known = {**row["contact"], "reference": row["order_reference"]}
    detector.find(row["narrative"], row["language"], known)


def _cpu_of_line(place: Playground) -> float:
    """Return the CPU seconds that the line's processes have used so far."""
    pids = [
        child.process.pid
        for child in place.family.children
        if child.process and child.command[0] in {"intake", "worker"}
    ]
    return sum(_cpu(psutil.Process(pid)) for pid in [*pids, postmaster_pid(place.settings.home)])


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    ended = times.children_user + times.children_system
    return times.user + times.system + ended + sum(_cpu(child) for child in process.children())


def _print(figures: Figures, *, as_json: bool) -> None:
    if as_json:
        ratios = {"cpu_ratio": figures.cpu_ratio, "acknowledge_ratio": figures.acknowledge_ratio}
        click.echo(json.dumps({key: round(value, 3) for key, value in {**vars(figures), **ratios}.items()}))
        return
    ours, theirs = figures.line_cpu_ms, figures.detection_cpu_ms
    click.echo(f"{figures.complaints} complaints")
    verdict = _verdict(figures.cpu_ratio, CPU_RATIO_MOST)
    click.echo(f"CPU a complaint      {ours:7.1f} ms   detection alone {theirs:7.1f} ms   {verdict}")
    ours, theirs = figures.acknowledge_ms, figures.baseline_ms
    verdict = _verdict(figures.acknowledge_ratio, ACKNOWLEDGE_RATIO_MOST)
    click.echo(f"acknowledged, median {ours:7.1f} ms   bare Flask view {theirs:7.1f} ms   {verdict}")


def _verdict(ratio: float, most: float) -> str:
    return f"ratio {ratio:.2f} (at most {most})"
