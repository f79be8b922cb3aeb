"""Who is asking, and do they mean it: session cookie, forged requests, and the password that must be changed first.

The session id is 256 random bits in a cookie that no script reads and no other site sends; the gateway keeps only its
hash. Nothing else is kept in the browser, and Flask's own session is not used.
"""

import hashlib
import hmac

from flask import Blueprint, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response
from werkzeug.exceptions import Forbidden

from gateway.core.staff import Session
from gateway.usecases.current_session import current_session
from gateway.usecases.ports import Services

COOKIE = "gateway_office"
CSRF_FIELD = "csrf"
OPEN = {"office.sign_in"}
"""Pages for people who are not signed in."""
BEFORE_CHANGE = {"office.password", "office.sign_out"}
"""Pages for people who must change their password first."""

_SAFE = {"GET", "HEAD", "OPTIONS"}


def guard(pages: Blueprint, services: Services) -> None:
    """Put every page of `pages` behind the steps of `_check`; no browser keeps a copy of any."""
    pages.before_request(lambda: _check(services))
    pages.after_request(_keep_nothing)
    pages.context_processor(_for_templates)


def signed_in() -> Session:
    """Return the session of this request; the guard has seen to it that there is one."""
    session: Session = g.session
    return session


def cookie_name() -> str:
    """Return the cookie's name; over https the prefix makes browsers refuse it from anywhere but this very host."""
    return f"__Host-{COOKIE}" if request.is_secure else COOKIE


def set_cookie(response: Response, session_id: str) -> None:
    """Hand the browser its session id, until it is closed."""
    response.set_cookie(cookie_name(), session_id, path="/", secure=request.is_secure, httponly=True, samesite="Strict")


def drop_cookie(response: Response) -> None:
    """Have the browser forget its session id."""
    response.delete_cookie(cookie_name(), path="/", secure=request.is_secure, httponly=True, samesite="Strict")


def csrf_token(session_id: str) -> str:
    """Return the token that every form of this session carries."""
    return hmac.new(session_id.encode("utf-8"), b"csrf", hashlib.sha256).hexdigest()


def from_our_pages() -> bool:
    """Say whether the browser vouches that the request comes from our own pages; a request that says nothing does not.

    `Sec-Fetch-Site` decides where it is sent; browsers leave it out on plain http, and there `Origin` must name our
    host. Hosts only are compared, because behind a proxy we may not know our own scheme.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin", "")
    return site == "same-origin" if site else origin.partition("://")[2] == request.host


def _check(services: Services) -> ResponseReturnValue | None:
    # 1. What changes something must come from a page of ours, signed in or not.
    changes = request.method not in _SAFE
    if changes and not from_our_pages():
        raise Forbidden

    # 2. Find out who is asking. Without a session there is only the sign-in page.
    g.session_id = request.cookies.get(cookie_name(), "")
    g.session = current_session(g.session_id, services)
    if request.endpoint in OPEN:
        return None if changes or g.session is None else redirect(url_for("office.complaints"), 303)
    if g.session is None:
        return redirect(url_for("office.sign_in"), 303)

    # 3. What changes something must also carry the token that only this session's pages hold.
    if changes and not _carries_token():
        raise Forbidden

    # 4. A one-time password opens only the page on which it is changed.
    if g.session.user.must_change and request.endpoint not in BEFORE_CHANGE:
        return redirect(url_for("office.password"), 303)
    return None


def _keep_nothing(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response


def _for_templates() -> dict[str, object]:
    session = g.get("session")
    return {"me": session.user if session else None, "csrf": csrf_token(g.session_id) if session else ""}


def _carries_token() -> bool:
    given = request.form.get(CSRF_FIELD, "")
    return hmac.compare_digest(given.encode("utf-8"), csrf_token(g.session_id).encode("ascii"))
