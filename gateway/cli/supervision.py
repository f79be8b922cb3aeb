"""Starting the parts of the gateway as child processes, keeping them alive, and stopping them cleanly."""

import ctypes
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO

from gateway.core.errors import SupervisionError
from gateway.settings import SECRET_PREFIX

STOP_SECONDS = 25.0
READY_SECONDS = 60.0
RESTART_PAUSE = 1.0
KNOW_SECRETS = frozenset({"deliver", "sandbox"})
"""Words in the command of a child that signs or verifies webhooks."""
_PR_SET_PDEATHSIG = 1
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""A proxy in the environment is for the world outside, not for our own addresses."""


def die_with_parent() -> None:
    """Ask Linux to end this process when its supervisor is gone, so that no orphan keeps a port."""
    if os.environ.get("GATEWAY_SUPERVISED") and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One process.

    Attributes:
        name: for people.
        command: arguments of `gateway`.
        ready_url: answers 200 once the process serves; empty if it serves nothing.
    """

    name: str
    command: tuple[str, ...]
    ready_url: str = ""
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0


@dataclass
class Family:
    """The children; what they print goes to `output`, or where ours goes."""

    children: list[Child]
    output: IO[bytes] | None = None

    def start(self) -> None:
        """Start every child, in a session of its own so that Ctrl-C reaches only the supervisor."""
        for child in self.children:
            self.start_again(child)

    def start_again(self, child: Child) -> None:
        """Start one child; it does not run."""
        arguments = [sys.executable, "-m", "gateway", *child.command]
        child.process = subprocess.Popen(  # noqa: S603  # our own command
            arguments,
            env=_environment(child),
            stdout=self.output,
            stderr=self.output,
            start_new_session=True,
        )
        child.started = time.monotonic()

    def wait_until_ready(self) -> None:
        """Wait until every child that serves answers.

        Raises:
            SupervisionError: one ended, or did not answer in time; says which.
        """
        deadline = time.monotonic() + READY_SECONDS
        for child in self.children:
            while child.ready_url and not _answers(child.ready_url):
                if child.process is None or child.process.poll() is not None:
                    raise SupervisionError(f"the {child.name} ended while starting; its message stands above")
                if time.monotonic() > deadline:
                    raise SupervisionError(f"the {child.name} did not answer within {READY_SECONDS:.0f} seconds")
                time.sleep(0.05)

    def restart_the_dead(self) -> list[str]:
        """Start again what ended by itself; return the names."""
        dead = [
            child
            for child in self.children
            if child.process and child.process.poll() is not None and time.monotonic() - child.started > RESTART_PAUSE
        ]
        for child in dead:
            self.start_again(child)
        return [child.name for child in dead]

    def stop(self) -> None:
        """Ask every child to finish, and kill what does not."""
        alive = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in alive:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _environment(child: Child) -> dict[str, str]:
    """Return the environment of a child; who does not sign or verify webhooks is not told their secrets."""
    told = not KNOW_SECRETS.isdisjoint(child.command)
    ours = {name: value for name, value in os.environ.items() if told or not name.startswith(SECRET_PREFIX)}
    return {**ours, "GATEWAY_SUPERVISED": "1"}


def _answers(url: str) -> bool:
    try:
        with _DIRECTLY.open(url, timeout=2) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004  # HTTP's own number
    except (urllib.error.URLError, OSError):
        return False
