"""Envelopes: an original is sealed for every role at once, and opened by one of them.

    key-encryption key, one pair for each role      HPKE
      └─ subject key, wrapped once for each role    AES key wrap (RFC 3394)
           └─ data key                              FLOE
                └─ object

Wraps and object are bound to their context by length-prefixed fields in a fixed order: what is moved to another case,
role or kind does not open.

    wrap     pgw/wrap/v1 | role | key_id | complaint_id | subject_key_id
    object   pgw/data/v1 | complaint_id | object_id | kind | schema_version | data_key_id

Not in here: where keys are kept (`keyrings`), and who may ask for an original to be opened (the use cases).
"""

import os
from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from gateway.core.errors import CannotOpenError
from gateway.core.sealed import KeyRole, SealedObject, SealedOriginal, SubjectKeyWrap
from gateway.sealing import floe
from gateway.sealing.keys import PrivateKey, PublicKey

SCHEMA_VERSION = 1
"""Of the plaintext that is sealed today."""

_SUBJECT_KEY_LENGTH = 32


class EnvelopeSealer:
    """Seals with public keys only, one for each role; what it sealed, it cannot open."""

    def __init__(self, keys: Mapping[KeyRole, PublicKey]) -> None:
        """Refuse a role without a key, and a key that two roles would share, with a ValueError."""
        if missing := set(KeyRole) - set(keys):
            raise ValueError(f"no public key for {', '.join(sorted(missing))}: what is sealed would never open there")
        if len({key.key_id for key in keys.values()}) < len(keys):
            raise ValueError("every role needs a key of its own: two roles share one")
        self._keys = dict(keys)

    def seal(self, complaint_id: UUID, kind: str, plaintext: bytes) -> SealedOriginal:
        """Return `plaintext` sealed under fresh keys that are wrapped for every role.

        `kind` says what is inside, such as `submission`; it is bound into the ciphertext.
        """
        # Steps:
        # 1. Draw a subject key and a data key. Neither is ever used for anything else, nor kept.
        # 2. Wrap the subject key once for each role, bound to role, key and case.
        # 3. Wrap the data key under the subject key.
        # 4. Seal the object under the data key, bound to everything that names it.
        subject_key, data_key = os.urandom(_SUBJECT_KEY_LENGTH), os.urandom(floe.KEY_LENGTH)  # (1)
        object_id, subject_key_id, data_key_id = uuid4(), uuid4(), uuid4()
        wraps = tuple(  # (2)
            SubjectKeyWrap(
                subject_key_id=subject_key_id,
                complaint_id=complaint_id,
                role=role,
                key_id=key.key_id,
                wrapped=key.wrap(subject_key, _wrap_context(role, key.key_id, complaint_id, subject_key_id)),
            )
            for role, key in self._keys.items()
        )
        wrapped_data_key = aes_key_wrap(subject_key, data_key)  # (3)
        context = _object_context(complaint_id, object_id, kind, SCHEMA_VERSION, data_key_id)
        sealed = SealedObject(
            object_id=object_id,
            complaint_id=complaint_id,
            kind=kind,
            schema_version=SCHEMA_VERSION,
            data_key_id=data_key_id,
            subject_key_id=subject_key_id,
            wrapped_data_key=wrapped_data_key,
            ciphertext=floe.seal(plaintext, data_key, context),  # (4)
        )
        return SealedOriginal(sealed=sealed, wraps=wraps)


class EnvelopeOpener:
    """Opens with the private keys of one role: today's, and older ones that wraps still name."""

    def __init__(self, role: KeyRole, keys: Iterable[PrivateKey]) -> None:
        """Refuse an opener without keys with a ValueError."""
        self.role = role
        self._keys = {key.key_id: key for key in keys}
        if not self._keys:
            raise ValueError(f"no private key for {role}")

    def open(self, original: SealedOriginal) -> bytes:
        """Return the plaintext.

        Raises:
            CannotOpenError: wrong key, wrong context, or a changed byte. The message names the step, never a value.
        """
        # Steps:
        # 1. Take the one wrap for our role. None or several: refuse.
        # 2. The wrap has to be of this case and of this object's subject key.
        # 3. Unwrap the subject key with the key that the wrap names, in the context that the object claims.
        # 4. Unwrap the data key under the subject key.
        # 5. Open the object under the data key, in the context that the object claims: all of it or nothing.
        sealed = original.sealed
        wrap = self._own_wrap(original)  # (1)
        if (wrap.complaint_id, wrap.subject_key_id) != (sealed.complaint_id, sealed.subject_key_id):  # (2)
            raise CannotOpenError("the wrap belongs to another case or another subject key")
        key = self._keys.get(wrap.key_id)
        if key is None:
            raise CannotOpenError(f"the {self.role} key {wrap.key_id} is not in the key store")
        subject_key = key.unwrap(  # (3)
            wrap.wrapped, _wrap_context(self.role, wrap.key_id, sealed.complaint_id, sealed.subject_key_id)
        )
        data_key = _unwrapped(sealed.wrapped_data_key, subject_key)  # (4)
        context = _object_context(
            sealed.complaint_id, sealed.object_id, sealed.kind, sealed.schema_version, sealed.data_key_id
        )
        return floe.open_sealed(sealed.ciphertext, data_key, context)  # (5)

    def _own_wrap(self, original: SealedOriginal) -> SubjectKeyWrap:
        own = [wrap for wrap in original.wraps if wrap.role == self.role]
        if len(own) != 1:
            raise CannotOpenError(f"there are {len(own)} wraps for {self.role} where there should be one")
        return own[0]


def _unwrapped(wrapped_data_key: bytes, subject_key: bytes) -> bytes:
    try:
        return aes_key_unwrap(subject_key, wrapped_data_key)
    except (InvalidUnwrap, ValueError) as fault:
        raise CannotOpenError("the data key does not unwrap under this subject key") from fault


def _wrap_context(role: KeyRole, key_id: str, complaint_id: UUID, subject_key_id: UUID) -> bytes:
    return _joined("pgw/wrap/v1", role.value, key_id, str(complaint_id), str(subject_key_id))


def _object_context(complaint_id: UUID, object_id: UUID, kind: str, schema_version: int, data_key_id: UUID) -> bytes:
    return _joined("pgw/data/v1", str(complaint_id), str(object_id), kind, str(schema_version), str(data_key_id))


def _joined(*fields: str) -> bytes:
    """Return the fields in UTF-8, each behind its length in 4 bytes: no two lists of fields look the same."""
    encoded = (field.encode("utf-8") for field in fields)
    return b"".join(len(field).to_bytes(4, "big") + field for field in encoded)
