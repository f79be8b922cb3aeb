import tempfile
from pathlib import Path

import pytest
from flask import Flask, abort, jsonify, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from gateway.web.security import HEADERS, LARGEST_REQUEST
from gateway.web.surface import create_surface
from tests.web.reading import Page, faults

CODES = (400, 404, 405, 413, 422, 429, 500, 503)


@pytest.fixture
def app() -> Flask:
    app = create_surface(site_name="Example Home")
    app.add_url_rule("/raise/<int:code>", "raise_", abort, defaults={})
    app.add_url_rule("/api/raise/<int:code>", "raise_api", abort)
    app.add_url_rule("/fail", "fail", _fail)
    app.add_url_rule("/read", "read", lambda: str(len(request.form)), methods=["POST"])
    app.add_url_rule("/upload", "upload", lambda: type(request.files["file"].stream).__name__, methods=["POST"])
    return app


def _fail() -> str:
    raise ValueError("mara@example.com")


@pytest.mark.parametrize("code", CODES)
def test_every_error_has_a_page_of_its_own(app: Flask, code: int) -> None:
    answer = app.test_client().get(f"/raise/{code}")
    page = Page(answer.text)
    assert (answer.status_code, answer.mimetype, faults(page)) == (code, "text/html", [])
    assert page.title.endswith("Example Home")


def test_pages_of_different_errors_say_different_things(app: Flask) -> None:
    titles = {Page(app.test_client().get(f"/raise/{code}").text).title for code in CODES}
    assert len(titles) == len(CODES)


def test_an_error_without_words_of_its_own_still_has_a_page(app: Flask) -> None:
    answer = app.test_client().get("/raise/418")
    assert (answer.status_code, faults(Page(answer.text))) == (418, [])


def test_the_address_is_not_repeated_on_the_page_that_says_there_is_nothing(app: Flask) -> None:
    assert "mara" not in app.test_client().get("/mara@example.com?q=mara").text


def test_a_wrong_method_says_which_ones_are_right(app: Flask) -> None:
    answer = app.test_client().get("/read")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"OPTIONS", "POST"})


def test_an_unforeseen_failure_shows_a_page_and_logs_its_place_but_not_its_message(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = app.test_client().get("/fail")
    assert answer.status_code == 500
    assert "mara" not in answer.text + caplog.text
    assert "ValueError" in caplog.text
    assert "_fail" in caplog.text


def test_under_api_the_errors_are_left_to_the_api(app: Flask) -> None:
    def problem(fault: HTTPException) -> ResponseReturnValue:
        return jsonify(status=fault.code), fault.code or 500

    app.register_error_handler(HTTPException, problem)
    client = app.test_client()
    assert [client.get(f"/api/raise/{code}").get_json() for code in CODES] == [{"status": code} for code in CODES]
    assert client.get("/api/nothing").get_json() == {"status": 404}
    assert client.get("/nothing").mimetype == "text/html"


def test_too_large_a_request_is_refused_with_a_page(app: Flask) -> None:
    answer = app.test_client().post("/read", data={"narrative": "x" * LARGEST_REQUEST})
    assert (answer.status_code, "20,000 characters" in answer.text) == (413, True)


@pytest.mark.parametrize("path", ["/raise/404", "/raise/500", "/api/raise/400", "/static/gateway.css"])
def test_every_answer_carries_the_strict_headers(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_pages_are_not_kept_and_the_stylesheet_may_be(app: Flask) -> None:
    client = app.test_client()
    with client.get("/raise/404") as page, client.get("/static/gateway.css") as stylesheet:
        assert page.headers["Cache-Control"] == "no-store"
        assert stylesheet.headers["Cache-Control"] == "no-cache"


def test_an_upload_never_touches_the_disk(app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 4_000_000
    # The test client spools a large upload itself, so the body is made by hand before the disk is taken away.
    part = b'--b\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\n\r\n'
    body = part + b"x" * 2_000_000 + b"\r\n--b--\r\n"
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    answer = app.test_client().post("/upload", data=body, content_type="multipart/form-data; boundary=b")
    assert answer.text == "BytesIO"
