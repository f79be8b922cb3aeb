"""The web form: a complaint from a person with a browser, with or without JavaScript.

The receipt code is shown once, in the answer to the form itself, so there is no redirect to a page of its own. A random
token in the form makes a double click, a reload and a second try one complaint.
"""

import re
import secrets
import sys
from collections.abc import Collection, Mapping, Sequence

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from gateway.channels.form_fields import (
    ABOUT,
    CONSENT,
    REACH,
    TOLD,
    Problem,
    as_submission,
    language_field,
    problems,
)
from gateway.channels.submission_schema import parse_submission
from gateway.core.errors import IdempotencyConflictError, InvalidSubmissionError, NotFoundError
from gateway.usecases.ports import Services
from gateway.usecases.receive import receive_submission

CHANNEL = "web"
LARGEST_FORM = 1024 * 1024
"""Bytes. More than a complaint may have, so that a text that is too long comes back to be shortened."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22,64}")
_SENT_BEFORE = Problem(
    "", "You have sent this form before, and it has changed since. If this is another complaint, send it once more"
)
_NOT_STORED = Problem(
    "", "We could not store your complaint just now. What you wrote is still here. Wait a minute, and send it again"
)


def web_form(services: Services) -> Blueprint:
    """Return the pages `/` (the form, and where it is sent to) and `/notice` (the data-use notice)."""
    page = Blueprint("web_form", __name__)
    first = (*TOLD, language_field(list(services.policies.messages)), *ABOUT)
    fields = (*first, *REACH)

    def show(typed: Mapping[str, str], token: str, wrong: Sequence[Problem] = ()) -> str:
        notice = services.policies.notice_shown()
        return render_template(
            "public/form.html", first=first, reach=REACH, typed=typed, wrong=wrong, token=token, notice=notice
        )

    @page.get("/")
    def form() -> ResponseReturnValue:
        return show({one.name: "" for one in fields} | {"language": "en"}, _new_token())

    @page.post("/")
    def send() -> ResponseReturnValue:
        request.max_content_length = request.max_form_memory_size = LARGEST_FORM
        typed = {name: request.form.get(name, "") for name in (*(one.name for one in fields), *CONSENT)}
        token = _token_in(request.form)
        try:
            submission = parse_submission(as_submission(typed, fields), channel=CHANNEL)
            receipt = receive_submission(submission, services, idempotency_key=f"form-{token}")
        except InvalidSubmissionError as refused:
            return show(typed, token, problems(refused.faults, fields, typed)), 422
        except (IdempotencyConflictError, NotFoundError):
            return show(typed, _new_token(), [_SENT_BEFORE]), 409
        except Exception:  # noqa: BLE001  # whatever failed below, nobody has to write their complaint twice
            current_app.log_exception(sys.exc_info())
            return show(typed, token, [_NOT_STORED]), 503
        return render_template("public/received.html", receipt=receipt, submission=submission), 201

    page.add_url_rule("/notice", "notice", lambda: _notice(services))
    return page


def _notice(services: Services) -> str:
    shown = services.policies.notice_shown()
    language = _language_of_the_reader(shown.texts)
    return render_template("public/notice.html", notice=shown, language=language, text=shown.text(language))


def _language_of_the_reader(offered: Collection[str]) -> str:
    asked = (one for tag in request.accept_languages.values() for one in (tag, tag.partition("-")[0]))
    return next((one for one in asked if one in offered), "en")


def _new_token() -> str:
    return secrets.token_urlsafe(16)


def _token_in(form: Mapping[str, str]) -> str:
    given = form.get("token", "")
    return given if _TOKEN.fullmatch(given) else _new_token()
