"""Staff at a browser: the office's pages through Flask's test client, with the headers that browsers send."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from gateway.core.staff import User
from gateway.web.office_pages import office_pages
from gateway.web.surface import create_surface
from tests.office_world import PASSWORD, Desk

OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """One browser; `client` keeps its cookies."""

    client: FlaskClient

    def get(self, path: str, **options: object) -> TestResponse:
        return self.client.get(path, **options)

    def post(self, path: str, fields: dict[str, str] | None = None, **options: object) -> TestResponse:
        return self.client.post(path, data=fields or {}, headers=OURS, **options)

    def send_form(self, page: str, path: str, fields: dict[str, str] | None = None) -> TestResponse:
        """Open `page`, fill in `fields` beside what its forms carry already, and send them to `path`."""
        hidden = dict(hidden_fields(self.get(page).text))
        return self.post(path, {**hidden, **(fields or {})})

    def sign_in(self, username: str = "d.osei", password: str = PASSWORD) -> TestResponse:
        return self.post("/sign-in", {"username": username, "password": password})

    def cookie(self) -> str:
        cookie = self.client.get_cookie("gateway_office")
        return cookie.value if cookie else ""


def browser_for(desk: Desk) -> Browser:
    app = create_surface(site_name="Complaints office")
    app.register_blueprint(office_pages(desk.services))
    return Browser(app.test_client())


def signed_in(desk: Desk, user: User) -> Browser:
    """Return a browser that is signed in, without spending time on the password."""
    browser = browser_for(desk)
    browser.client.set_cookie("gateway_office", desk.session_of(user)[0])
    return browser


def hidden_fields(page: str) -> Iterator[tuple[str, str]]:
    for field in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        yield field[0], unescape(field[1])
