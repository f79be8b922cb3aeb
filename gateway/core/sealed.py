"""SealedOriginal and its keys, as opaque bytes. What is inside is the business of `gateway.sealing`.

Key hierarchy: a key-encryption key pair for each role → subject key (one per complainant and case) → data key (one
per object version). The subject key is wrapped once for each role; a data key is wrapped under the subject key.
Deleting the pipeline's wrap of the subject key shuts the automatic processes out of the case. Deleting the subject
key erases everything of the person; deleting a data key erases one object.
"""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class KeyRole(StrEnum):
    """Who is able to unwrap."""

    ARCHIVE = "archive"
    """Only the office, through `open_original`."""
    PIPELINE = "pipeline"
    """Only a worker, once, to sanitise."""


@dataclass(frozen=True, kw_only=True)
class SubjectKeyWrap:
    """A subject key, wrapped for one role under the key-encryption key `key_id`."""

    subject_key_id: UUID
    complaint_id: UUID
    role: KeyRole
    key_id: str
    wrapped: bytes


@dataclass(frozen=True, kw_only=True)
class SealedObject:
    """Ciphertext (FLOE) with its data key wrapped under the subject key.

    Attributes:
        kind: what is inside, such as `submission`; bound into the ciphertext.
        schema_version: of the plaintext; bound into the ciphertext.
    """

    object_id: UUID
    complaint_id: UUID
    kind: str
    schema_version: int
    data_key_id: UUID
    subject_key_id: UUID
    wrapped_data_key: bytes
    ciphertext: bytes


@dataclass(frozen=True, kw_only=True)
class SealedOriginal:
    """One sealed object and the wraps that open it: every role's when written, one role's when read."""

    sealed: SealedObject
    wraps: tuple[SubjectKeyWrap, ...]
