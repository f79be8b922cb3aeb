"""What a JSON request has to be before anybody looks at what is in it: type, size, key, JSON, an object."""

import re

from flask import Request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from gateway.channels.problem import ProblemError
from gateway.channels.strict_json import parse_json
from gateway.core.errors import Fault, InvalidSubmissionError

LARGEST_BODY = 256 * 1024
"""Bytes. The longest narrative fits, even with every character escaped."""

_READ_AT_MOST = 4 * 1024 * 1024
"""Bytes of a body that is too large; left unread, the client would see a broken connection instead of the answer."""

_KEY = re.compile(r'"(?P<quoted>(?:[!#-\[\]-~]|\\["\\]){1,255})"|(?P<bare>[!#-~][!-~]{0,254})')


def json_object(request: Request) -> dict[str, object]:
    """Return the object in the body of `request`.

    Raises:
        ProblemError: `unsupported-media-type`, `too-large` or `invalid-json`.
        InvalidSubmissionError: it is JSON, but not an object.
    """
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if request.mimetype != "application/json" or charset != "utf-8" or encoding != "identity":
        raise ProblemError("unsupported-media-type")
    value = parse_json(_body(request))
    if not isinstance(value, dict):
        raise InvalidSubmissionError([Fault("", "must be an object")])
    return value


def idempotency_key(request: Request) -> str:
    """Return the Idempotency-Key of `request`, empty if it has none; quoted (a structured field) and bare are the same.

    Raises:
        ProblemError: `invalid-idempotency-key`.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        return ""
    found = _KEY.fullmatch(header)
    if found is None:
        raise ProblemError("invalid-idempotency-key")
    return found["bare"] or re.sub(r"\\(.)", r"\1", found["quoted"])


def _body(request: Request) -> bytes:
    # One byte more is let in, because a chunked body is cut off at the limit without a word.
    request.max_content_length = LARGEST_BODY + 1
    try:
        body = request.get_data(cache=False)
    except RequestEntityTooLarge:
        body = None
    except ClientDisconnected:
        raise ProblemError("invalid-json", "the body is shorter than its Content-Length") from None
    except Exception:  # noqa: BLE001  # each server has errors of its own for a body that is not framed as it should be
        raise ProblemError("invalid-json", "the body cannot be read") from None
    if body is None or len(body) > LARGEST_BODY:
        _read_the_rest(request)
        raise ProblemError("too-large")
    return body


def _read_the_rest(request: Request) -> None:
    declared = _READ_AT_MOST if request.content_length is None else request.content_length
    stream, left = request.environ["wsgi.input"], min(declared, _READ_AT_MOST)
    while left > 0 and (chunk := stream.read(min(left, 65_536))):
        left -= len(chunk)
