"""The policies in force, as plain values. `gateway.policies` reads them from YAML; nothing here knows files."""

from dataclasses import dataclass
from enum import StrEnum

DESTINATION_KINDS = frozenset({"webhook"})
"""How messages may travel; each is one file in `gateway.destinations`."""

OFFICE_PROFILE = "internal"
"""The redaction profile of the record that staff work with; there must be one of that name."""


class Permission(StrEnum):
    """What a role may do in the office, `resource:verb`."""

    COMPLAINT_LIST = "complaint:list"
    COMPLAINT_READ = "complaint:read"
    COMPLAINT_RETRY = "complaint:retry"


@dataclass(frozen=True, kw_only=True)
class EntityRule:
    """How one kind of personal data is treated.

    Attributes:
        label: the word in its token, so that `[PHONE_1]` can stand for several kinds.
        threshold: findings below this score are dropped.
    """

    label: str
    threshold: float


@dataclass(frozen=True, kw_only=True)
class ExtraPattern:
    """A pattern that an operator adds in YAML: an entity and a regular expression."""

    name: str
    entity: str
    regex: str
    score: float


@dataclass(frozen=True, kw_only=True)
class RedactionPolicy:
    """What is personal data here, and what replaces it.

    Attributes:
        entities: entity → rule; what is not listed is not redacted.
        profiles: profile name → the entities that it leaves readable.
        allow_list: words and names that are never personal data, case-folded.
        languages: language codes that detection may judge; anything else is held.
    """

    entities: dict[str, EntityRule]
    profiles: dict[str, frozenset[str]]
    extra_patterns: tuple[ExtraPattern, ...]
    allow_list: frozenset[str]
    languages: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class DestinationPolicy:
    """Who receives sanitised records, where, under which profile and notice.

    Attributes:
        kind: which file in `gateway.destinations` sends.
        allow_loopback: may the address be on this machine (the sandbox receiver is).
        embedded_only: is left out unless the gateway runs its own embedded database.
    """

    name: str
    kind: str
    address: str
    profile: str
    notice: str
    event_types: frozenset[str]
    allow_loopback: bool
    embedded_only: bool


@dataclass(frozen=True, kw_only=True)
class NoticeText:
    """The notice in one language, for people: short (beside the form) and whole."""

    title: str
    short: str
    whole: str


@dataclass(frozen=True, kw_only=True)
class DataUseNotice:
    """What may be done with a record, for machines (DPV and ODRL terms) and for people.

    Attributes:
        jurisdiction, purposes, permitted, prohibited, obligations, legal_basis, rights: compact IRIs, with the prefixes
            of `core.notice.CONTEXT`.
        regulations: short names of the laws that apply, such as `GDPR`.
        retention: ISO 8601 duration in whole days, weeks, months or years, after which the recipient erases.
        texts: language → text for people.
    """

    id: str
    version: str
    issued: str
    controller: str
    contact: str
    rights_url: str
    jurisdiction: str
    purposes: tuple[str, ...]
    permitted: tuple[str, ...]
    prohibited: tuple[str, ...]
    obligations: tuple[str, ...]
    legal_basis: tuple[str, ...]
    retention: str
    texts: dict[str, NoticeText]
    rights: tuple[str, ...] = ()
    regulations: tuple[str, ...] = ()

    def text(self, language: str) -> NoticeText:
        """Return the text in `language`, in its base language, or in English, which every notice has."""
        return self.texts.get(language) or self.texts.get(language.partition("-")[0]) or self.texts["en"]


@dataclass(frozen=True, kw_only=True)
class Messages:
    """What the gateway says to a complainant in one language; `{reference}` and `{received}` are filled in."""

    acknowledgement: str


@dataclass(frozen=True, kw_only=True)
class PolicySet:
    """All policies in force. `version` is the sha256 of their canonical form and stands on every record."""

    version: str
    redaction: RedactionPolicy
    destinations: tuple[DestinationPolicy, ...]
    notices: dict[str, DataUseNotice]
    shown_notice: str
    roles: dict[str, frozenset[Permission]]
    messages: dict[str, Messages]

    def notice_shown(self) -> DataUseNotice:
        """Return the notice that complainants are shown."""
        return self.notices[self.shown_notice]

    def messages_in(self, language: str) -> Messages:
        """Return the messages in `language`, in its base language, or in English, which is always there."""
        return self.messages.get(language) or self.messages.get(language.partition("-")[0]) or self.messages["en"]

    def permits(self, role: str, permission: Permission) -> bool:
        """Say whether `role` holds `permission`; an unknown role holds none."""
        return permission in self.roles.get(role, frozenset())
