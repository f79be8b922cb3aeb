"""`gateway redact`: text in, redacted text out, and nothing kept."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any

import click
from rich.console import Console
from rich.progress import Progress

from gateway.core.errors import DetectionError, UnsupportedLanguageError
from gateway.core.policy import RedactionPolicy
from gateway.services.worker import detection_only
from gateway.settings import load_settings
from gateway.usecases.ports import Detector
from gateway.usecases.redact_text import RedactedText, redact_text


@click.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--jsonl", is_flag=True, help="Read and write one JSON object a line.")
@click.option("--profile", default="internal", show_default=True, help="Redaction profile, from redaction.yaml.")
@click.option("--language", default="en", show_default=True, help="Language of the text, where a line names none.")
def redact(*, file: IO[bytes], jsonl: bool, profile: str, language: str) -> None:
    """Take the personal data out of FILE, or of standard input, and print what is left.

    \b
    $ echo "I am Ada Mustermann, call +44 20 7946 0958" | gateway redact
    I am [PERSON_1], call [PHONE_1]

    With --jsonl every line is an object with "text" and, if you like, "id", "language", and "known": what the person
    said about themselves (name, email, phone, address, reference …), which is looked for first.

    \b
    {"id": 7, "text": "Ada here, order ORD-12345", "known": {"name": "Ada Mustermann"}}

    Each answer has the same "id", the text as "redacted", and "findings" with the place of each in the text as given
    (code points, end exclusive). Answers keep the order and come one by one. A line that cannot be read is named on
    standard error by number and reason, the others are done, and the exit status is 1.

    The policies in force are those in GATEWAY_POLICIES. Nothing is stored or sent.
    """  # noqa: D301  # click itself reads the escape
    detector, policies = detection_only(load_settings())
    if profile not in policies.redaction.profiles:
        raise click.BadParameter(f"there are {', '.join(sorted(policies.redaction.profiles))}", param_hint="--profile")
    work = _Work(detector, policies.redaction, profile, language)
    if jsonl:
        sys.exit(1 if _redact_lines(file, work) else 0)
    try:
        text = file.read().decode()
    except UnicodeDecodeError:
        raise click.ClickException("the text is not UTF-8") from None
    click.echo(work.redacted(text, language, {}).text, nl=False)


class _BrokenLineError(Exception):
    """A line that cannot be redacted. Says why; what stands in the line is never repeated."""


@dataclass(frozen=True)
class _Work:
    """How to redact, the same for every line."""

    detector: Detector
    policy: RedactionPolicy
    profile: str
    language: str

    def redacted(self, text: str, language: str, known: dict[str, str]) -> RedactedText:
        """Return `text` redacted."""
        return redact_text(text, language, known, detector=self.detector, policy=self.policy, profile=self.profile)

    def answer(self, line: bytes) -> dict[str, object]:
        """Return the answer to one line.

        Raises:
            _BrokenLineError: with the reason.
        """
        asked = _object(line)
        name = _name(asked.get("id"))
        text = _string(asked, "text")
        if text is None:
            raise _BrokenLineError("text is missing")
        language, known = _string(asked, "language") or self.language, _known(asked.get("known"))
        try:
            outcome = self.redacted(text, language, known)
        except UnsupportedLanguageError:
            raise _BrokenLineError("the language is not supported") from None
        except DetectionError as fault:
            raise _BrokenLineError(str(fault)) from None
        findings = [asdict(finding) for finding in outcome.findings]
        return {"id": name, "redacted": outcome.text, "findings": findings}


def _redact_lines(file: IO[bytes], work: _Work) -> int:
    """Answer every line of `file` on standard output; return how many were broken."""
    broken = 0
    with _progress(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                answer = work.answer(line)
            except _BrokenLineError as reason:
                broken += 1
                click.echo(f"line {number}: {reason}", err=True)
                continue
            click.echo(json.dumps(answer, ensure_ascii=False).encode())
    return broken


@contextmanager
def _progress(file: IO[bytes]) -> Iterator[Iterator[bytes]]:
    """Yield the lines of `file`; show a bar on standard error if that is a terminal which the answers do not go to."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal or sys.stdout.isatty()) as progress:
        yield (line for line in progress.track(file, description="redacting", total=None))


def _object(line: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(line)
    except UnicodeDecodeError:
        raise _BrokenLineError("is not UTF-8") from None
    except (ValueError, RecursionError):
        raise _BrokenLineError("is not JSON") from None
    if not isinstance(asked, dict):
        raise _BrokenLineError("is not a JSON object")
    return asked


def _name(value: object) -> object:
    if value is not None and type(value) is not int and not _is_text(value):
        raise _BrokenLineError("id is not a string or a whole number")
    return value


def _string(asked: dict[str, Any], key: str) -> str | None:
    value = asked.get(key)
    if value is not None and not _is_text(value):
        raise _BrokenLineError(f"{key} is not a string of whole characters")
    return value


def _known(value: object) -> dict[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(map(_is_text, value.values())):
        raise _BrokenLineError("known is not an object of strings")
    return value


def _is_text(value: object) -> bool:
    """Say whether `value` is a string that can be written down; JSON can also spell half a character."""
    return isinstance(value, str) and not any("\ud800" <= letter <= "\udfff" for letter in value)
