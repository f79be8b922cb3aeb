"""`gateway benchmark`: figures as ratios, both sides measured in the same run on the same machine."""

import http.client
import json
import multiprocessing
import statistics
import sys
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, field

import click
import psutil
from rich.console import Console
from rich.progress import Progress

from gateway.cli.calls import events_until
from gateway.cli.playground import Playground, free_address, playground
from gateway.cli.samples import sample
from gateway.cli.supervision import Child
from gateway.services.worker import detection_only
from gateway.settings import load_settings
from gateway.store.embedded import postmaster_pid
from gateway.usecases.ports import Detector

CPU_RATIO_MOST = 1.5
ACKNOWLEDGE_RATIO_MOST = 5.0
WARM_UP = 20
A_TURN = 50


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

    Sends generated complaints of about 1,100 characters through a gateway of its own: intake, database, worker,
    signed webhook to the sandbox receiver (whose own time is left out). The bare view runs under the same server with
    the same database and inserts the request's body into a table; requests to both alternate.
    """
    address = free_address()
    baseline = Child("baseline", ("baseline", "--bind", address), f"http://{address}/healthz")
    with playground(None, [baseline]) as place, Progress(console=Console(stderr=True), transient=True) as progress:
        figures = _measure(place, address, complaints, progress)
    _print(figures, as_json=as_json)
    if check and (figures.cpu_ratio > CPU_RATIO_MOST or figures.acknowledge_ratio > ACKNOWLEDGE_RATIO_MOST):
        sys.exit(1)


def _measure(place: Playground, baseline: str, complaints: int, progress: Progress) -> Figures:
    """Run the line and detection alone side by side, a few complaints at a time.

    Both are at work in the same moments, so whatever slows the machine, and each slowing the other, is on both sides.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as alone:
        sides = Sides(place=place, baseline=baseline, alone=alone)
        sides.turn(range(WARM_UP))
        sides.forget()
        numbers = range(WARM_UP, WARM_UP + complaints)
        for start in progress.track(range(numbers.start, numbers.stop, A_TURN), description="complaints"):
            sides.turn(range(start, min(start + A_TURN, numbers.stop)))
        return sides.figures()


_detector: list[Detector] = []
"""The detector of the process that does nothing else, once it is loaded."""


def _detect(numbers: range) -> float:
    """Return the CPU seconds that detection alone takes for these complaints; runs in a process of its own."""
    if not _detector:
        _detector.append(detection_only(load_settings())[0])
    begun = time.process_time()
    for number in numbers:
        row = sample(number)
        known = {**row["contact"], "reference": row["order_reference"]}
        _detector[0].find(row["narrative"], row["language"], known)
    return time.process_time() - begun


@dataclass
class Sides:
    """Both sides of both comparisons, and what they took so far."""

    place: Playground
    baseline: str
    alone: Executor
    delivered: int = 0
    line: float = 0.0
    detection: float = 0.0
    mine: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)

    def forget(self) -> None:
        """Start to measure; what was done until now was for warming up."""
        self.line = self.detection = 0.0
        self.mine, self.theirs = [], []

    def turn(self, numbers: range) -> None:
        """Send these complaints through the line while detection alone works on the same texts."""
        begun = _cpu_of_line(self.place)
        detection = self.alone.submit(_detect, numbers)
        self._send(numbers)
        self.delivered += len(numbers)
        events_until(self.place.sandbox, lambda events: len({e["webhook_id"] for e in events}) >= self.delivered)
        self.detection += detection.result()
        self.line += _cpu_of_line(self.place) - begun

    def _send(self, numbers: range) -> None:
        intake = http.client.HTTPConnection(self.place.settings.intake_bind, timeout=30)
        bare = http.client.HTTPConnection(self.baseline, timeout=30)
        for number in numbers:
            body = json.dumps(sample(number)).encode()
            self.theirs.append(_post(bare, "/", body))
            self.mine.append(_post(intake, "/api/v1/complaints", body))
        intake.close()
        bare.close()

    def figures(self) -> Figures:
        """Return what was measured since `forget`."""
        count = len(self.mine)
        return Figures(
            complaints=count,
            line_cpu_ms=1000 * self.line / count,
            detection_cpu_ms=1000 * self.detection / count,
            acknowledge_ms=statistics.median(self.mine),
            baseline_ms=statistics.median(self.theirs),
        )


def _post(connection: http.client.HTTPConnection, path: str, body: bytes) -> float:
    begun = time.perf_counter()
    connection.request("POST", path, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    answer.read()
    if answer.status != http.client.CREATED:
        raise click.ClickException(f"{path} answered {answer.status}")
    return 1000 * (time.perf_counter() - begun)


def _cpu_of_line(place: Playground) -> float:
    """Return the CPU seconds that the line's processes have used so far."""
    pids = [
        child.process.pid
        for child in place.family.children
        if child.process and child.command[0] in {"intake", "worker"}
    ]
    return sum(_cpu(psutil.Process(pid)) for pid in [*pids, postmaster_pid(place.settings.home)])


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0  # it ended just now; its parent has its times
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
