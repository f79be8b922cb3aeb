import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.problem import ProblemError
from gateway.channels.strict_json import DEEPEST, parse_json

NOT_JSON = "no JSON can be read from here"
TWICE = "this name stands twice in one object"
CONSTANT = "NaN and Infinity are not JSON"
DEEP = f"this is nested more than {DEEPEST} deep"

REFUSED = {
    b"": (1, 1, NOT_JSON),
    b" \n ": (2, 2, NOT_JSON),
    b'{"a" 1}': (1, 6, NOT_JSON),
    b"{'a': 1}": (1, 2, NOT_JSON),
    b'{"a": 1}\n{}': (2, 1, NOT_JSON),
    b'{\n  "a": tru\n}': (2, 8, NOT_JSON),
    b'"\\x"': (1, 2, NOT_JSON),
    b'"a\nb"': (1, 3, NOT_JSON),
    b'"never closed': (1, 1, NOT_JSON),
    b'"ends in a backslash\\': (1, 1, NOT_JSON),
    b'{"\\x": 1}': (1, 3, NOT_JSON),
    b'"a": 1': (1, 4, NOT_JSON),
    b"]]": (1, 1, NOT_JSON),
    b'\xef\xbb\xbf{"a": 1}': (1, 1, NOT_JSON),
    b'{"a":\n "\xff"}': (2, 3, "this is not UTF-8"),
    b'"\xed\xa0\x80"': (1, 2, "this is not UTF-8"),
    '{"ä":"ö"}'.encode("latin-1"): (1, 3, "this is not UTF-8"),
    '{"a": 1}'.encode("utf-16-le"): (1, 2, NOT_JSON),
    b'{"a": 1, "a": 1}': (1, 10, TWICE),
    b'{"a": {"b": 1,\n"b" \t\n: 2}}': (2, 1, TWICE),
    b'{"a": 1, "\\u0061": 2}': (1, 10, TWICE),
    b'[{"a": 1}, {"a": 1, "a": 1}]': (1, 21, TWICE),
    b'{"a": NaN}': (1, 7, CONSTANT),
    b"[Infinity]": (1, 2, CONSTANT),
    b"[-Infinity]": (1, 3, CONSTANT),
    b"[" * 100_000: (1, DEEPEST + 1, DEEP),
    b'{"a":' * 100_000: (1, 5 * DEEPEST + 1, DEEP),
}


@pytest.mark.parametrize(("body", "refusal"), REFUSED.items(), ids=[ascii(body[:20]) for body in REFUSED])
def test_what_is_not_strictly_json_is_refused_with_its_place(body: bytes, refusal: tuple[int, int, str]) -> None:
    line, column, reason = refusal
    with pytest.raises(ProblemError) as refused:
        parse_json(body)
    assert refused.value.name == "invalid-json"
    assert refused.value.detail == f"line {line}, column {column}: {reason}"


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 1}]}',
        b'{"a": "NaN Infinity [[[[[[[[[[[[[[[[[[[[[ \\" \\\\", "b\\"": "a"}',
        b'["a", "a", "\\u0061"]',
        b"[" * DEEPEST + b"]" * DEEPEST,
        '"ä\\ud800 \\ud83d\\ude00"'.encode(),
        b" \t\r\n1.5e3 ",
    ],
    ids=ascii,
)
def test_what_is_json_is_read_as_it_stands(body: bytes) -> None:
    assert parse_json(body) == json.loads(body)


@pytest.mark.parametrize("body", [b"1" * 200_000, b"-" + b"9" * 5_000, b"1e999999"], ids=lambda body: ascii(body[:8]))
def test_a_number_of_any_length_is_read(body: bytes) -> None:
    assert isinstance(parse_json(body), float)


@pytest.mark.parametrize("unit", [b'"\\', b'\\"', b'"', b'"a" ', b'"":', b"\\", b"{", b'{"":"', b'"' + b" " * 1_000])
def test_a_body_that_is_made_to_be_slow_is_refused(unit: bytes) -> None:
    # 256 KB each: were the scan quadratic, this would take minutes.
    with pytest.raises(ProblemError):
        parse_json(unit * (256 * 1024 // len(unit)))


values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # other work may share the machine
@given(values, st.booleans(), st.sampled_from([None, 2]))
def test_every_value_comes_back_as_it_was_written(
    value: object, ascii_only: bool, indent: int | None
) -> None:  # hypothesis gives it by place
    try:
        body = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    except UnicodeEncodeError:
        body = json.dumps(value, indent=indent).encode()
    assert parse_json(body) == value


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the same
@given(st.text(alphabet='{}[]":,\\ \n0aNé') | st.binary())
def test_any_bytes_are_either_json_or_refused(body: str | bytes) -> None:
    data = body if isinstance(body, bytes) else body.encode()
    try:
        value = parse_json(data)
    except ProblemError as refused:
        assert refused.name == "invalid-json"  # noqa: PT017  # either outcome is right
    else:
        assert value == json.loads(data)
