import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gateway.cli.redact import redact

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("GATEWAY_POLICIES", str(ROOT / "policies"))

    def invoke(*arguments: str, text: str | bytes = b"") -> Result:
        return CliRunner().invoke(redact, arguments, input=text)

    return invoke


def lines(*objects: object) -> str:
    return "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in objects)


def test_text_comes_out_without_the_personal_data_and_otherwise_unchanged(run: Any) -> None:
    result = run(text="I am Ada Mustermann,\r\ncall +44 20 7946 0958 \u2013 or don't")
    assert result.exit_code == 0
    assert result.stdout_bytes.decode() == "I am [PERSON_1],\r\ncall [PHONE_1] \u2013 or don't"
    assert result.stderr == ""


def test_text_is_read_from_a_file(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "complaint.txt"
    path.write_text("Mail ada@example.com")
    assert run(str(path)).stdout == "Mail [EMAIL_1]"


def test_text_that_is_not_utf_8_is_refused_without_being_repeated(run: Any) -> None:
    result = run(text=b"Caf\xe9 Zebulon")
    assert result.exit_code == 1
    assert "not UTF-8" in result.stderr
    assert "Zebulon" not in result.output


def test_a_profile_leaves_readable_what_the_policy_says(run: Any) -> None:
    text = "John Smith moved to Chicago."
    assert run(text=text).stdout == "[PERSON_1] moved to [PLACE_1]."
    assert run("--profile", "regulator", text=text).stdout == "[PERSON_1] moved to Chicago."


def test_an_unknown_profile_is_refused_with_the_names_that_there_are(run: Any) -> None:
    result = run("--profile", "nobody", text="x")
    assert result.exit_code == 2
    assert "internal, public, regulator" in result.stderr


def test_each_line_is_answered_in_order_with_places_in_the_text_as_given(run: Any) -> None:
    texts = ["\U0001f600 Ada's order ORD-12345", "", "jo\u200bhn@example.com"]
    asked = [
        {"id": "a", "language": "en", "text": texts[0], "known": {"name": "Ada Mustermann", "phone": ""}},
        {"id": 7, "text": texts[1], "known": None, "language": None},
        {"text": texts[2], "spans": ["other keys are none of our business"]},
    ]
    result = run("--jsonl", text=lines(*asked))
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert result.stderr == ""
    assert [answer["id"] for answer in answers] == ["a", 7, None]
    assert [answer["redacted"] for answer in answers] == ["\U0001f600 [PERSON_1]'s order [ID_1]", "", "[EMAIL_1]"]
    assert answers[0]["findings"][0] == {
        "start": 2, "end": 5, "entity": "PERSON", "score": 1.0, "recogniser": "known-values"
    }  # fmt: skip
    for text, answer in zip(texts, answers, strict=True):
        values = [text[finding["start"] : finding["end"]] for finding in answer["findings"]]
        assert values == {texts[0]: ["Ada", "ORD-12345"], texts[1]: [], texts[2]: [texts[2]]}[text]


BROKEN = {
    "nonsense Zebulon": "is not JSON",
    '{"text": "Zebulon"': "is not JSON",
    "[" * 100_000: "is not JSON",
    '["Zebulon"]': "is not a JSON object",
    '{"id": "Zebulon"}': "text is missing",
    '{"text": null}': "text is missing",
    '{"text": 5}': "text is not a string of whole characters",
    '{"text": "Zebulon \\ud800"}': "text is not a string of whole characters",
    '{"text": "Zebulon", "language": "fr"}': "the language is not supported",
    '{"text": "Zebulon", "language": 5}': "language is not a string of whole characters",
    '{"text": "Zebulon", "known": ["Zebulon"]}': "known is not an object of strings",
    '{"text": "Zebulon", "known": {"name": 5}}': "known is not an object of strings",
    '{"text": "Zebulon", "id": {"Zebulon": 1}}': "id is not a string or a whole number",
    '{"text": "Zebulon", "id": "\\udfff"}': "id is not a string or a whole number",
}


def test_a_broken_line_is_named_by_number_and_reason_and_the_others_are_done(run: Any) -> None:
    good = {"id": "good", "text": "Mail ada@example.com"}
    result = run("--jsonl", text=lines(good, *BROKEN, "", good))
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [f"line {n}: {reason}" for n, reason in enumerate(BROKEN.values(), start=2)]
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == ["good", "good"]
    assert "Zebulon" not in result.output


def test_a_line_that_is_not_utf_8_is_broken(run: Any) -> None:
    result = run("--jsonl", text=b'{"text": "Caf\xe9"}\n')
    assert (result.exit_code, result.stderr) == (1, "line 1: is not UTF-8\n")


def test_the_language_of_lines_that_name_none_can_be_given(run: Any) -> None:
    result = run("--jsonl", "--language", "fr", text=lines({"text": "Bonjour"}, {"text": "Hello", "language": "en"}))
    assert result.stderr == "line 1: the language is not supported\n"
    assert json.loads(result.stdout)["redacted"] == "Hello"


def test_no_lines_are_no_fault(run: Any) -> None:
    result = run("--jsonl", text="\n")
    assert (result.exit_code, result.output) == (0, "")


def test_the_help_teaches_by_example(run: Any) -> None:
    help_text = run("--help").output
    assert "| gateway redact" in help_text
    assert '{"id": 7, "text"' in help_text


def test_an_answer_comes_before_the_next_line_is_asked() -> None:
    """A program that feeds lines one by one and waits for each answer must not wait for ever."""
    environment = {**os.environ, "GATEWAY_POLICIES": str(ROOT / "policies")}
    command = [sys.executable, "-m", "gateway", "redact", "--jsonl"]
    with subprocess.Popen(  # our own program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=ROOT
    ) as child:
        assert isinstance(child.stdin, io.BufferedWriter)
        assert isinstance(child.stdout, io.BufferedReader)
        for number in range(2):
            child.stdin.write(lines({"id": number, "text": "Mail ada@example.com"}).encode())
            child.stdin.flush()
            assert json.loads(child.stdout.readline())["id"] == number
        child.stdin.close()
        assert child.wait(timeout=60) == 0
        assert child.stderr is not None
        assert child.stderr.read() == b""
