"""How every web surface begins: our templates and stylesheet, strict headers, error pages, logs without values."""

import traceback
from types import TracebackType

from flask import Flask

from gateway.web.errors import register_error_pages
from gateway.web.security import secure
from gateway.web.wording import register_filters


class Surface(Flask):
    """A Flask application whose error log names type and place of a failure but never its message.

    A message may hold what somebody wrote; the place is enough to find the fault.
    """

    def log_exception(
        self,
        exc_info: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """Log the kind of failure and the code that it went through."""
        kind, _, trace = exc_info
        places = [f"{frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace)]
        self.logger.error("request failed: %s\n%s", kind.__name__ if kind else "unknown", "\n".join(places))


def create_surface(*, site_name: str) -> Surface:
    """Return an application without pages; add blueprints to it.

    Args:
        site_name: whose pages these are, for the header and the titles.
    """
    app = Surface("gateway.web")
    app.jinja_env.globals["site_name"] = site_name
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    secure(app)
    register_filters(app)
    register_error_pages(app)
    return app
