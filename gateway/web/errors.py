"""Error pages for people. What lies under /api/ answers for itself, in the way that programs read."""

from dataclasses import dataclass

from flask import Flask, Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, default_exceptions

_READ_AT_MOST = 4 * 1024 * 1024
"""Bytes of a request that is too large; left unread, the browser would show a broken connection instead of our page."""


@dataclass(frozen=True)
class _Words:
    title: str
    text: str


_PAGES = {
    400: _Words(
        "We could not read what was sent",
        "Something was missing or damaged on the way. Go back, and send it once more.",
    ),
    403: _Words("This is not open to you", "If you think that it should be, ask the person who looks after this site."),
    404: _Words(
        "There is nothing here",
        "The address may be mistyped or out of date.",
    ),
    405: _Words("This address cannot be used in that way", "Go back to the page that you came from, and try again."),
    413: _Words(
        "That is too much to send at once",
        "Nothing was stored. A complaint can have up to 20,000 characters: send the most important part first.",
    ),
    422: _Words(
        "Some of it could not be taken",
        "Nothing was stored. Go back, check what you entered, and send it once more.",
    ),
    429: _Words("Too many tries in a short time", "Wait a minute, and try again."),
    500: _Words(
        "Something went wrong on our side",
        "We have noted that it happened, though not what you wrote. Please try again in a few minutes.",
    ),
    503: _Words(
        "We cannot take this right now", "Nothing is wrong with what you did. Please try again in a few minutes."
    ),
}
_THEIRS = _Words("That did not work", "Go back to the page that you came from, and try again.")


def register_error_pages(app: Flask) -> None:
    """Answer every HTTP error of `app` with a page; under /api/ the general HTTPException handler of others answers."""

    def answer(fault: HTTPException) -> ResponseReturnValue:
        if request.path.startswith("/api/"):
            return _answer_of_others(app, fault)
        return _page(fault)

    for code in default_exceptions:
        app.register_error_handler(code, answer)


def _answer_of_others(app: Flask, fault: HTTPException) -> ResponseReturnValue:
    """Hand on to the handler that would have had its turn if ours, which name a status, did not come first."""
    for place in (*request.blueprints, None):
        handlers = app.error_handler_spec[place][None]
        for kind in type(fault).__mro__:
            if kind in handlers:
                return app.ensure_sync(handlers[kind])(fault)  # type: ignore[no-any-return]  # Flask types it loosely
    return fault


def _page(fault: HTTPException) -> Response:
    if isinstance(fault, RequestEntityTooLarge):
        _read_the_rest()
    words = _PAGES.get(fault.code or 500, _THEIRS)
    response = make_response(render_template("error.html", words=words), fault.code or 500)
    for name, value in fault.get_headers():
        if name not in {"Content-Type", "Content-Length"}:
            response.headers[name] = value
    return response


def _read_the_rest() -> None:
    stream, left = request.environ["wsgi.input"], min(request.content_length or 0, _READ_AT_MOST)
    while left > 0 and (chunk := stream.read(min(left, 65_536))):
        left -= len(chunk)
