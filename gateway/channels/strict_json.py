"""JSON as RFC 8259 has it, and nothing that only some parsers take: no name twice, no NaN, no endless nesting.

A refusal says where by line and column, in characters from 1, and never what stands there.
"""

import json
import re

from gateway.channels.problem import ProblemError

DEEPEST = 16
"""Objects and arrays inside each other; a submission needs two."""

# Every alternative takes what it began with, so that a scan is linear in the length of the text, whatever is in it.
_TOKEN = re.compile(
    r"""
    (?P<name>"(?:[^"\\]++|\\.)*+")(?=[ \t\r\n]*+:)
    | (?P<text>"(?:[^"\\]++|\\.)*+"?)
    | (?P<opening>[{\[])
    | (?P<closing>[}\]])
    | (?P<constant>NaN|Infinity)
    """,
    re.VERBOSE | re.DOTALL,
)


def parse_json(body: bytes) -> object:
    """Return the value in `body`. Every number is a float: the gateway takes none, and a float cannot overflow.

    Raises:
        ProblemError: `invalid-json`.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8")
        raise _refusal(before, len(before), "this is not UTF-8") from None
    _check_shape(text)
    try:
        return json.loads(text, parse_int=float)
    except json.JSONDecodeError as error:
        raise _refusal(text, error.pos, "no JSON can be read from here") from None


def _check_shape(text: str) -> None:
    """Refuse what json would take, or would run out of stack on, before it is parsed."""
    open_names: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        match token.lastgroup:
            case "opening":
                open_names.append(set())
                if len(open_names) > DEEPEST:
                    raise _refusal(text, token.start(), f"this is nested more than {DEEPEST} deep")
            case "closing":
                del open_names[-1:]
            case "constant":
                raise _refusal(text, token.start(), "NaN and Infinity are not JSON")
            case "name" if open_names:
                name = _unescaped(token[0])
                if name in open_names[-1]:
                    raise _refusal(text, token.start(), "this name stands twice in one object")
                open_names[-1].add(name)


def _unescaped(name: str) -> str:
    try:
        return str(json.loads(name))
    except json.JSONDecodeError:
        return name  # the parser will refuse it, with its place


def _refusal(text: str, position: int, reason: str) -> ProblemError:
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return ProblemError("invalid-json", f"line {line}, column {column}: {reason}")
