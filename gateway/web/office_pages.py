"""The office's pages: the list of complaints, one complaint, and having a held one looked at again.

Each handler parses, calls one use case and renders; who may see what is decided in the use cases.
"""

from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound, ServiceUnavailable

from gateway.core.errors import NotFoundError, StorageUnavailableError
from gateway.core.policy import Permission
from gateway.usecases.acting import may
from gateway.usecases.list_complaints import list_complaints
from gateway.usecases.ports import Services
from gateway.usecases.read_complaint import read_complaint
from gateway.usecases.retry_held import retry_held
from gateway.web.office_guard import guard, signed_in
from gateway.web.office_sign_in import add_sign_in
from gateway.web.office_words import WORDS
from gateway.web.pills import pill


def office_pages(services: Services) -> Blueprint:
    """Return every page of the office; the application that registers it serves `templates/` and `static/`."""
    pages = Blueprint("office", __name__)
    guard(pages, services)
    add_sign_in(pages, services)
    _add_complaints(pages, services)
    _add_faults(pages)
    pages.context_processor(lambda: {**WORDS, "pill": pill})
    return pages


def _add_complaints(pages: Blueprint, services: Services) -> None:
    @pages.get("/")
    def complaints() -> ResponseReturnValue:
        if not may(signed_in(), Permission.COMPLAINT_LIST, services):
            return render_template("office/nothing_here.html")
        before = _moment(request.args.get("before"))
        page = list_complaints(signed_in(), services, before)
        older = page.older.astimezone(UTC).isoformat().replace("+00:00", "Z") if page.older else ""
        return render_template(
            "office/complaints.html", rows=page.rows, older=older, first=not before, address=services.source
        )

    @pages.get("/complaints/<reference>")
    def complaint(reference: str) -> ResponseReturnValue:
        read = read_complaint(signed_in(), reference, services)
        kinds = _kinds(read.record.counts, services) if read.record else {}
        return render_template("office/complaint.html", read=read, kinds=kinds)

    @pages.post("/complaints/<reference>/retry")
    def retry(reference: str) -> ResponseReturnValue:
        retry_held(signed_in(), reference, services)
        return redirect(url_for("office.complaint", reference=reference), 303)


def _add_faults(pages: Blueprint) -> None:
    @pages.errorhandler(NotFoundError)
    @pages.errorhandler(NotFound)
    def not_found(_: Exception) -> ResponseReturnValue:
        return render_template("office/not_found.html"), 404

    @pages.errorhandler(StorageUnavailableError)
    def unavailable(_: Exception) -> ResponseReturnValue:
        return current_app.handle_http_exception(ServiceUnavailable())

    @pages.errorhandler(Forbidden)
    def forged(_: Exception) -> ResponseReturnValue:
        return render_template("office/forged.html"), 403


def _kinds(counts: dict[str, int], services: Services) -> dict[str, int]:
    """Return how many findings there were for each label; several entities may share one."""
    rules, kinds = services.policies.redaction.entities, dict[str, int]()
    for entity, count in counts.items():
        label = rules[entity].label if entity in rules else entity
        kinds[label] = kinds.get(label, 0) + count
    return dict(sorted(kinds.items(), key=lambda kind: -kind[1]))


def _moment(text: str | None) -> datetime | None:
    """Return where a page of the list starts, from its URL."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NotFoundError("there is no such page") from None
    if moment.tzinfo is None:
        raise NotFoundError("there is no such page")
    return moment
