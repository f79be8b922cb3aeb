"""The tables. No column holds personal data in plaintext: it is sealed, redacted, or a keyed hash.

`sanitised_records.texts` and `outbox.body` hold redacted text. The migrations in `migrations/versions` create these
tables; a test proves that both say the same.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _moment(name: str) -> Column[object]:
    return Column(name, DateTime(timezone=True), nullable=False)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _case(**options: bool) -> Column[object]:
    return Column("complaint_id", Uuid, ForeignKey("complaints.id"), nullable=False, **options)  # type: ignore[arg-type]  # plain flags


complaints = Table(
    "complaints",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    _moment("received_at"),
    _text("channel"),
    _text("language"),
    _text("status"),
    _text("held_reason"),
    _text("notice_id"),
    _text("notice_version"),
    Column("receipt_mac", LargeBinary, nullable=False, unique=True),
    Index(None, "received_at"),
)

lookups = Table(
    "lookups",
    metadata,
    _case(primary_key=True),
    Column("email", LargeBinary),
    Column("reference", LargeBinary),
    Index(None, "email"),
    Index(None, "reference"),
)

requests = Table(
    "requests",
    metadata,
    Column("key_mac", LargeBinary, primary_key=True),
    Column("body_mac", LargeBinary, nullable=False),
    Column("complaint_id", Uuid, nullable=False),
)

subject_key_wraps = Table(
    "subject_key_wraps",
    metadata,
    Column("subject_key_id", Uuid, primary_key=True),
    Column("role", Text, primary_key=True),
    _case(),
    _text("key_id"),
    Column("wrapped", LargeBinary, nullable=False),
    Index(None, "complaint_id", "role"),
)

sealed_objects = Table(
    "sealed_objects",
    metadata,
    Column("object_id", Uuid, primary_key=True),
    _case(),
    _text("kind"),
    Column("schema_version", Integer, nullable=False),
    Column("data_key_id", Uuid, nullable=False),
    Column("subject_key_id", Uuid, nullable=False),
    Column("wrapped_data_key", LargeBinary, nullable=False),
    Column("ciphertext", LargeBinary, nullable=False),
    Index(None, "complaint_id", "kind"),
)

sanitised_records = Table(
    "sanitised_records",
    metadata,
    _case(primary_key=True),
    Column("profile", Text, primary_key=True),
    Column("texts", JSONB, nullable=False),
    Column("counts", JSONB, nullable=False),
    _text("policy_version"),
    _text("detector"),
    _moment("made_at"),
)

identifiers = Table(
    "identifiers",
    metadata,
    _case(primary_key=True),
    Column("macs", ARRAY(LargeBinary), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    _case(),
    _text("destination"),
    _text("event_type"),
    Column("body", LargeBinary, nullable=False),
    _moment("due_at"),
    _text("state"),
    Column("attempts", Integer, nullable=False),
    _text("last_outcome"),
    Index(None, "state", "due_at"),
    Index(None, "complaint_id"),
)

log_staged = Table(
    "log_staged",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entry", JSONB, nullable=False),
)

log_entries = Table(
    "log_entries",
    metadata,
    Column("sequence", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    _moment("at"),
    _text("action"),
    _text("actor"),
    _text("object_id"),
    Index(None, "object_id"),
    Index(None, "actor"),
)

users = Table(
    "users",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("username", Text, nullable=False, unique=True),
    _text("role"),
    _text("password_hash"),
    Column("must_change", Boolean, nullable=False),
    Column("disabled", Boolean, nullable=False, server_default=false()),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True),
    Column("user_id", Uuid, ForeignKey("users.id"), nullable=False),
    _moment("created_at"),
    _moment("seen_at"),
    Index(None, "user_id"),
)
