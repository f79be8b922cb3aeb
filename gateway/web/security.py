"""What every answer and every request of a web surface has to keep to, whatever page it is.

Not here: transport security. TLS and HSTS belong to the proxy in front.
"""

import io
from typing import IO

from flask import Flask, Request, Response

LARGEST_REQUEST = 256 * 1024
"""Bytes. A narrative of the longest kind fits in, in any script."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Not "no-referrer": on plain http browsers would then send `Origin: null` with our own forms, and the office could
    # not tell them from forged ones. No other site is told anything either way.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class MemoryRequest(Request):
    """A request whose uploads stay in memory: Werkzeug's own would spool large ones to a plaintext temporary file."""

    def _get_file_stream(
        self,
        total_content_length: int | None,  # noqa: ARG002  # the signature is Werkzeug's
        content_type: str | None,  # noqa: ARG002  # the same
        filename: str | None = None,  # noqa: ARG002  # the same
        content_length: int | None = None,  # noqa: ARG002  # the same
    ) -> IO[bytes]:
        return io.BytesIO()


def secure(app: Flask) -> None:
    """Set strict headers on every answer of `app`, keep uploads off the disk, and bound the size of requests."""
    app.request_class = MemoryRequest
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_CONTENT_LENGTH"] or LARGEST_REQUEST
    app.after_request(_strict)


def _strict(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    # Pages hold what people wrote; on a shared computer the next person must not find it with the back button.
    response.headers.setdefault("Cache-Control", "no-store")
    return response
