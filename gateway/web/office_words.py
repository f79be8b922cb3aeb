"""What the office's pages say for the machine's words. A word that is not here is shown as it is."""

from datetime import UTC, datetime

from markupsafe import Markup

from gateway.core.complaint import Status
from gateway.core.records import DeliveryState

STATUS_TONES = {
    Status.ACKNOWLEDGED: "wait",
    Status.CLOSED: "ok",
    Status.HELD: "bad",
    Status.RECEIVED: "wait",
    Status.RESPONDED: "ok",
}
"""Status → class of its pill; a status that is not here needs no attention."""

DELIVERIES = {
    DeliveryState.DELIVERED: ("delivered", "ok"),
    DeliveryState.PENDING: ("on its way", "wait"),
    DeliveryState.HELD: ("held", "bad"),
    DeliveryState.GIVEN_UP: ("given up", "bad"),
}
"""State of a delivery → what it is called, and the class of its pill; in the order in which they are shown."""

HELD = {
    "cannot-open": (
        "its sealed text did not open",
        "Its key is missing on the worker, or the store was changed. An operator finds out with “gateway doctor”.",
    ),
    "detection-failed": (
        "the search for personal data failed",
        "An operator finds out why with “gateway doctor”.",
    ),
    "language-not-supported": (
        "its language is not one that is searched for personal data",
        "It can go on once the language is added to the policies.",
    ),
    "unforeseen": (
        "something failed that nobody had foreseen",
        "The log of the worker names the place. An operator mends it, and then it can go on.",
    ),
}
"""Why a complaint is held → the reason as half a sentence, and what can be done about it."""

CHANNELS = {"api": "API", "email": "e-mail", "web": "web form"}

LANGUAGES = {
    "ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "it": "Italian", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
}  # fmt: skip

FIELDS = {"narrative": "What happened", "desired_outcome": "What would put it right"}
"""The long texts of a complaint, in the order in which they are shown."""

OUTCOMES = {
    "": "not tried yet",
    "address-refused": "its address is not one that may be sent to",
    "connection": "nobody answered at its address",
    "leak-gate": "stopped: it held the person's own details",
    "no-such-destination": "the policies no longer name this destination",
    "timeout": "no answer in time",
    "tls": "its certificate was not accepted",
}


def language_in_words(tag: str) -> str:
    """Return a BCP 47 tag's language in English, with the whole tag where that says more."""
    name = LANGUAGES.get(tag.partition("-")[0])
    if name is None:
        return tag
    return f"{name} ({tag})" if "-" in tag else name


def held_in_words(reason: str) -> tuple[str, str]:
    """Return why a complaint is held, as half a sentence, and what can be done about it."""
    return HELD.get(reason, (reason, ""))


def outcome_in_words(code: str) -> str:
    """Return what the last attempt to deliver came to."""
    return f"answered {code.removeprefix('http-')}" if code.startswith("http-") else OUTCOMES.get(code, code)


def brief(at: datetime) -> Markup:
    """Return a time as a `time` element, short enough for tables: `22 Nov 2026, 14:01`, UTC as the page says."""
    here = at.astimezone(UTC)
    shown = f"{here.day} {here:%b %Y, %H:%M}"
    return Markup('<time datetime="{}">{}</time>').format(here.isoformat(timespec="seconds"), shown)


WORDS = {
    "brief": brief,
    "channels": CHANNELS,
    "deliveries": DELIVERIES,
    "fields": FIELDS,
    "held_in_words": held_in_words,
    "language_in_words": language_in_words,
    "outcome_in_words": outcome_in_words,
    "status_tones": STATUS_TONES,
}
"""All of it, as the templates see it."""
