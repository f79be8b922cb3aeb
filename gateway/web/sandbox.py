"""The sandbox receiver: a small server of its own that plays a tool which receives sanitised complaints.

It shares nothing with the gateway but the signing secret, and verifies with a library that nobody here wrote. It is for
trying things out on one machine: it has no sign-in, and what it received can be read by everybody who reaches it.
"""

from datetime import UTC, datetime
from pathlib import Path

from flask import Blueprint, Flask, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from gateway.web.sandbox_event import UnreadableEventError, check_event, view
from gateway.web.sandbox_store import Delivery, ReceivedFile
from gateway.web.surface import create_surface

ON_A_PAGE = 20
AT_ONCE = 1_000
"""Deliveries in one answer of `/events.json`."""
_SITE = "Sandbox receiver"


def create_sandbox_app(folder: Path, secret: str, *, complain_url: str = "") -> Flask:
    """Return the receiver.

    Args:
        folder: where it keeps what it received.
        secret: `whsec_…`, the one that the gateway signs with for this destination.
        complain_url: where to send a complaint, for the empty page; without it there is no link.
    """
    app = create_surface(site_name=_SITE)
    pages, received = Blueprint("sandbox", __name__), ReceivedFile(folder)
    _add_hook(pages, received, Webhook(secret))
    _add_page(pages, received, complain_url)
    _add_events(pages, received)
    app.register_blueprint(pages)
    return app


def _add_hook(pages: Blueprint, received: ReceivedFile, webhook: Webhook) -> None:
    @pages.post("/hook")
    def hook() -> ResponseReturnValue:
        # 1. Whoever cannot sign is not heard.
        body = request.get_data(cache=False)
        try:
            webhook.verify(body, dict(request.headers), json_parse=False)
        except (WebhookVerificationError, ValueError):  # the library lets ValueError out on a malformed signature
            return jsonify(error="the signature is missing, wrong or too old"), 400

        # 2. Whatever we cannot read we refuse: somebody who cannot comply with a notice must not keep the record.
        text, webhook_id = body.decode("utf-8"), request.headers["webhook-id"]
        try:
            check_event(text, webhook_id)
        except UnreadableEventError as fault:
            return jsonify(error=str(fault)), 422

        # 3. Kept for good; only then is it taken.
        received.append(
            Delivery(
                webhook_id=webhook_id,
                webhook_timestamp=request.headers["webhook-timestamp"],
                webhook_signature=request.headers["webhook-signature"],
                received_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
                signature="valid",
                body=text,
            )
        )
        return "", 204


def _add_page(pages: Blueprint, received: ReceivedFile, complain_url: str) -> None:
    @pages.get("/")
    def index() -> ResponseReturnValue:
        number = request.args.get("page", 1, type=int)
        events, deliveries, unreadable = received.counts()
        last = max(-(-events // ON_A_PAGE), 1)
        if not 1 <= number <= last:
            abort(404)
        shown = [(one, view(one.delivery.body)) for one in received.newest((number - 1) * ON_A_PAGE, ON_A_PAGE)]
        return render_template(
            "sandbox/received.html",
            complain_url=complain_url,
            deliveries=deliveries,
            events=events,
            last=last,
            number=number,
            shown=shown,
            unreadable=unreadable,
        )


def _add_events(pages: Blueprint, received: ReceivedFile) -> None:
    @pages.get("/events.json")
    def events() -> ResponseReturnValue:
        after = request.args.get("after", 0, type=int)
        found = received.after(after, AT_ONCE)
        return jsonify(
            events=[
                {
                    "n": one.number,
                    "repeat": one.times > 1,
                    "webhook_id": one.delivery.webhook_id,
                    "webhook_timestamp": one.delivery.webhook_timestamp,
                    "webhook_signature": one.delivery.webhook_signature,
                    "received_at": one.delivery.received_at,
                    "signature": one.delivery.signature,
                    "body": one.delivery.body,
                }
                for one in found
            ],
            last=found[-1].number if found else after,
        )
