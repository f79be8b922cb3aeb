"""Policies from YAML: what a compliance officer edits becomes one `PolicySet`, or a list of everything that is wrong.

Every file is there and known, no key is unknown or given twice, and whatever is named exists. A fault says file, place
and reason and never repeats a value, because a value may be a secret in the wrong place. Nothing is mended or guessed.
"""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError

from gateway.core.contradictions import contradictions
from gateway.core.errors import Fault, PolicyError
from gateway.core.policy import (
    DataUseNotice,
    DestinationPolicy,
    EntityRule,
    ExtraPattern,
    Messages,
    NoticeText,
    Permission,
    PolicySet,
    RedactionPolicy,
)
from gateway.policies.files import read_folder
from gateway.policies.schemas import LANGUAGE, Destinations, MessagesFile, Notices, Redaction, Roles

MESSAGES = "messages/"
_MESSAGES_FILE = re.compile(rf"{MESSAGES}{LANGUAGE}\.yaml")
SCHEMAS: dict[str, type[Schema]] = {
    "destinations.yaml": Destinations,
    "notices.yaml": Notices,
    "redaction.yaml": Redaction,
    "roles.yaml": Roles,
    f"{MESSAGES}en.yaml": MessagesFile,
}
"""The files that there must be. Messages in other languages may stand beside the English ones."""

Part = dict[str, Any]

PLAIN = {
    "Invalid input type.": "is not a table",
    "Missing data for required field.": "is missing",
    "Not a valid boolean.": "is neither true nor false",
    "Not a valid list.": "is not a list",
    "Not a valid mapping type.": "is not a table",
    "Not a valid number.": "is not a number",
    "Not a valid string.": "is not text; put it in quotes",
    "Shorter than minimum length 1.": "is empty",
    "Unknown field.": "is not a key that is known here",
}
"""What marshmallow says → what we say."""

_NAME_LIKE = re.compile(r"[\w.:-]{1,40}")


def load_policies(folder: Path) -> PolicySet:
    """Return the policies in `folder`.

    Raises:
        PolicyError: something is wrong; lists every fault as file, place and reason.
    """
    # 1. Read every file; none may be missing, none may be unknown.
    if not folder.is_dir():
        raise PolicyError([Fault(folder.name, "is not a folder; policies are read from there")])
    documents, faults = read_folder(folder)
    faults += [Fault(name, "is missing") for name in SCHEMAS if name not in documents]

    # 2. Check each file by itself, keeping what is sound of it, then what they say of each other.
    parts = {}
    for name, document in documents.items():
        if document is not None:
            parts[name], found = _checked(name, document)
            faults += found
    faults += contradictions(parts)
    if faults:
        raise PolicyError(sorted(set(faults), key=lambda fault: fault.pointer))

    # 3. Build the set. Its version is the hash of all that was read; comments and line breaks do not count.
    canonical = json.dumps(documents, sort_keys=True, separators=(",", ":")).encode("ascii")
    return _policy_set(parts, hashlib.sha256(canonical).hexdigest())


def _checked(name: str, document: object) -> tuple[Part, list[Fault]]:
    schema = SCHEMAS.get(name) or (MessagesFile if _MESSAGES_FILE.fullmatch(name) else None)
    if schema is None:
        return {}, [Fault(name, "is not a policy file that the gateway knows; is its name right?")]
    try:
        return schema().load(document), []  # type: ignore[arg-type]  # a wrong type is one of the faults
    except ValidationError as error:
        sound = error.valid_data if isinstance(error.valid_data, dict) else {}
        return sound, _faults(f"{name}: ", error.messages)


def _faults(pointer: str, messages: Any) -> list[Fault]:
    """Turn marshmallow's tree of messages into one fault for each; `key` and `value` are its words for a table's."""
    if isinstance(messages, dict):
        return [
            fault
            for key, inner in messages.items()
            for fault in _faults(pointer if key in {"_schema", "key", "value"} else f"{pointer}/{_shown(key)}", inner)
        ]
    return [Fault(pointer.removesuffix(": "), _plain(message)) for message in messages]


def _shown(key: object) -> str:
    """Return `key` if it looks like a name; what does not could be a secret that slipped into the wrong column."""
    text = str(key)
    return text if _NAME_LIKE.fullmatch(text) and "whsec" not in text else "(a key)"


def _plain(message: str) -> str:
    return PLAIN.get(message, message[:1].lower() + message[1:].rstrip("."))


def _policy_set(parts: dict[str, Part], version: str) -> PolicySet:
    redaction, notices = parts["redaction.yaml"], parts["notices.yaml"]
    return PolicySet(
        version=version,
        redaction=RedactionPolicy(
            entities={
                name: EntityRule(label=rule["label"], threshold=rule["threshold"])
                for name, rule in redaction["entities"].items()
            },
            profiles={name: frozenset(rule["leaves_readable"]) for name, rule in redaction["profiles"].items()},
            extra_patterns=tuple(ExtraPattern(**pattern) for pattern in redaction["extra_patterns"]),
            allow_list=frozenset(word.casefold() for word in redaction["allow_list"]),
            languages=frozenset(redaction["languages"]),
        ),
        destinations=tuple(
            _destination(name, rule) for name, rule in parts["destinations.yaml"]["destinations"].items()
        ),
        notices={name: _notice(name, rule) for name, rule in notices["notices"].items()},
        shown_notice=notices["shown"],
        roles={
            name: frozenset(map(Permission, rule["permissions"])) for name, rule in parts["roles.yaml"]["roles"].items()
        },
        messages={
            name.removeprefix(MESSAGES).removesuffix(".yaml"): Messages(**part)
            for name, part in parts.items()
            if name.startswith(MESSAGES)
        },
    )


def _destination(name: str, rule: Part) -> DestinationPolicy:
    events = frozenset(rule["events"])
    return DestinationPolicy(name=name, event_types=events, **{k: v for k, v in rule.items() if k != "events"})


def _notice(name: str, rule: Part) -> DataUseNotice:
    fill = {field: rule[field] for field in ("controller", "contact", "rights_url")}
    texts = {
        language: NoticeText(**{field: text.format(**fill) for field, text in texts.items()})
        for language, texts in rule["texts"].items()
    }
    lists = {field: tuple(value) for field, value in rule.items() if isinstance(value, list)}
    return DataUseNotice(id=name, **{**rule, **lists, "texts": texts})
