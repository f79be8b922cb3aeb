"""Stand-ins for what a page needs below it: a store in memory that records, and a sealer that seals nothing."""

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from uuid import UUID, uuid4

from gateway.core.complaint import Complaint
from gateway.core.log import AccessLogEntry
from gateway.core.policy import DataUseNotice, Messages, NoticeText, PolicySet, RedactionPolicy
from gateway.core.sealed import SealedObject, SealedOriginal
from gateway.usecases.ports import Services

NOW = datetime(2026, 11, 22, 14, 1, tzinfo=UTC)


@dataclass
class FakeStore:
    """Keeps what `receive_submission` writes; `fails` is called before a commit and may raise."""

    complaints: list[Complaint] = field(default_factory=list)
    originals: list[bytes] = field(default_factory=list)
    log: list[AccessLogEntry] = field(default_factory=list)
    jobs: list[tuple[str, str]] = field(default_factory=list)
    requests: dict[bytes, tuple[bytes, UUID]] = field(default_factory=dict)
    fails: Callable[[], None] = lambda: None
    turn: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def transaction(self) -> Iterator[SimpleNamespace]:
        with self.turn:
            yield from self._transaction()

    def _transaction(self) -> Iterator[SimpleNamespace]:
        staged = FakeStore(requests=dict(self.requests))
        yield SimpleNamespace(
            complaints=SimpleNamespace(
                add=lambda complaint, _mac: staged.complaints.append(complaint),
                add_lookups=lambda _id, _tokens: None,
                claim_request=lambda key, body, one: _claim(staged.requests, key, (body, one)),
                find=lambda wanted: next((c for c in self.complaints if c.id == wanted), None),
            ),
            originals=SimpleNamespace(add=lambda sealed: staged.originals.append(sealed.sealed.ciphertext)),
            log=SimpleNamespace(append=staged.log.append),
            jobs=SimpleNamespace(defer=lambda task, one: staged.jobs.append((task, one))),
        )
        self.fails()
        for name in ("complaints", "originals", "log", "jobs"):
            getattr(self, name).extend(getattr(staged, name))
        self.requests = staged.requests


def fake_services(store: FakeStore, policies: PolicySet | None = None) -> Services:
    """Return services that reach as far as `store`; what no page may touch is None."""
    return Services(
        clock=lambda: NOW,
        source="http://127.0.0.1",
        policies=policies or some_policies(),
        transaction=store.transaction,
        hashes=SimpleNamespace(mac=_mac),
        sealer=SimpleNamespace(seal=_seal),
        pipeline=None,
        detector=None,
        destinations={},
        own_words={},
        senders={},
        passwords=None,
    )


def some_policies() -> PolicySet:
    """Return policies in which every value can be told from every other."""
    notice = DataUseNotice(
        id="service", version="1", issued="2026-11-01", controller="Example Home, 1 Example Street",
        contact="privacy@example.com", rights_url="https://www.example.com/rights", jurisdiction="loc:EU",
        purposes=("dpv:CustomerCare",), permitted=("dpv:Store",), prohibited=("cg:Reidentify", "ai:ModelTraining"),
        obligations=("cg:EraseAfterRetention",), legal_basis=("eu-gdpr:A6-1-f",), retention="P1Y", texts=_TEXTS,
    )  # fmt: skip
    return PolicySet(
        version="0" * 64,
        redaction=RedactionPolicy(
            entities={}, profiles={}, extra_patterns=(), allow_list=frozenset(), languages=frozenset({"en"})
        ),
        destinations=(),
        notices={"service": notice},
        shown_notice="service",
        roles={},
        messages={
            "en": Messages(acknowledgement="Thank you.\n\nYour reference: {reference}\nReceived: {received}"),
            "ar": Messages(acknowledgement="شكرا لك.\n\n{reference}\n{received}"),
        },
    )


_TEXTS = {
    "en": NoticeText(
        title="How we use what you tell us",
        short="We use it to look into your complaint. Your original words are sealed.",
        whole="Who is responsible\nExample Home. Write to privacy@example.com.\n\nYour rights\nAsk us what we hold.",
    ),
    "ar": NoticeText(title="كيف نستخدم ما تخبرنا به", short="نستخدمه للنظر في شكواك.", whole="حقوقك."),
}


def _mac(purpose: str, value: str) -> bytes:
    return hmac.digest(purpose.encode(), value.encode(), hashlib.sha256)


def _claim(requests: dict[bytes, tuple[bytes, UUID]], key: bytes, claim: tuple[bytes, UUID]) -> tuple | None:
    earlier = requests.get(key)
    requests.setdefault(key, claim)
    return earlier


def _seal(complaint_id: UUID, kind: str, plaintext: bytes) -> SealedOriginal:
    sealed = SealedObject(
        object_id=uuid4(), complaint_id=complaint_id, kind=kind, schema_version=1, data_key_id=uuid4(),
        subject_key_id=uuid4(), wrapped_data_key=b"", ciphertext=plaintext,
    )  # fmt: skip
    return SealedOriginal(sealed=sealed, wraps=())
