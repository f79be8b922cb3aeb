"""A Submission: what a person sent, as it came, before anything was stored."""

from dataclasses import asdict, dataclass, field

NARRATIVE_LONGEST = 20_000
"""Characters (code points) that a narrative may have."""


@dataclass(frozen=True, kw_only=True)
class Contact:
    """How to reach the person. Every field is personal data and may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Consent:
    """Which data-use notice the person was shown."""

    notice_id: str
    version: str


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One complaint as it came in, from any channel. Empty string means not given."""

    narrative: str
    channel: str
    contact: Contact = field(default_factory=Contact)
    order_reference: str = ""
    product: str = ""
    issue: str = ""
    desired_outcome: str = ""
    language: str = "en"
    consent: Consent | None = None
    channel_detail: str = ""

    def original(self) -> dict[str, object]:
        """Return what is sealed: every field, as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_original(cls, original: dict[str, object]) -> "Submission":
        """Read back what `original` wrote."""
        fields = dict(original)
        contact = fields.pop("contact")
        consent = fields.pop("consent")
        return cls(
            contact=Contact(**contact),  # type: ignore[arg-type]  # written by original() and authenticated by the seal
            consent=Consent(**consent) if consent else None,  # type: ignore[arg-type]  # the same
            **fields,  # type: ignore[arg-type]  # the same
        )

    def free_texts(self) -> dict[str, str]:
        """Return the fields that travel on once redacted: name → text, only those given."""
        fields = {
            "narrative": self.narrative,
            "desired_outcome": self.desired_outcome,
            "product": self.product,
            "issue": self.issue,
        }
        return {name: text for name, text in fields.items() if text}

    def known_values(self) -> dict[str, str]:
        """Return what the person told us about themselves: kind → value, only those given.

        The kinds are the ones that detection knows: name, email, phone, address, reference.
        """
        values = {**asdict(self.contact), "reference": self.order_reference}
        return {kind: value for kind, value in values.items() if value}
