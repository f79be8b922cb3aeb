"""A gunicorn worker that keeps to itself what it could not read.

gunicorn's own repeats the line that it could not parse, in its log and in its answer. Behind a wrong Content-Length
that line is a piece of somebody's complaint.
"""

from contextlib import suppress
from typing import Any

from gunicorn import util
from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import ThreadWorker


class DiscreetWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Answers 400 to what is not HTTP and 500 to what went wrong here, and logs at most the kind of failure."""

    def handle_error(self, req: object, client: Any, addr: object, exc: Exception) -> None:
        """Answer on the socket `client`, which is closed afterwards."""
        del req, addr
        status, reason = (400, "Bad Request") if isinstance(exc, ParseException) else (500, "Internal Server Error")
        log = self.log.info if isinstance(exc, ParseException) else self.log.error
        log("a request could not be served: %s", type(exc).__name__)
        with suppress(OSError):
            util.write_error(client, status, reason, "")
