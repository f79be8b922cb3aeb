"""Key-encryption key pairs: the public half wraps a subject key, the private half unwraps it.

HPKE (RFC 9180), single shot, with KEM 0x647A (X-Wing: ML-KEM-768 and X25519 combined, draft-ietf-hpke-pq), HKDF-SHA256
and AES-256-GCM. A wrap stays shut as long as one of the two key exchanges holds.

Encodings: public = ML-KEM-768 key (1184 bytes) ‖ X25519 key (32); private = ML-KEM-768 seed (64) ‖ X25519 key (32).
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from gateway.core.errors import CannotOpenError

_SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_X25519_LENGTH = 32


class PublicKey:
    """Wraps. `encoded` is as above; a ValueError says that it is no key."""

    def __init__(self, key_id: str, encoded: bytes) -> None:
        self.key_id = key_id
        self._key = hpke.MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(encoded[:-_X25519_LENGTH]),
            X25519PublicKey.from_public_bytes(encoded[-_X25519_LENGTH:]),
        )

    def wrap(self, secret: bytes, info: bytes) -> bytes:
        """Return `secret` wrapped; it unwraps only with the same `info`."""
        return _SUITE.encrypt(secret, self._key, info)


class PrivateKey:
    """Unwraps. `encoded` is as above; a ValueError says that it is no key."""

    def __init__(self, key_id: str, encoded: bytes) -> None:
        self.key_id = key_id
        self._key = hpke.MLKEM768X25519PrivateKey(*_halves(encoded))

    def unwrap(self, wrapped: bytes, info: bytes) -> bytes:
        """Return the secret.

        Raises:
            CannotOpenError: wrapped for another key, with another `info`, or changed.
        """
        try:
            return _SUITE.decrypt(wrapped, self._key, info)
        except (InvalidTag, ValueError) as fault:
            raise CannotOpenError(f"the wrap does not open with key {self.key_id} in this context") from fault


def generate() -> bytes:
    """Return a new private key, encoded."""
    return MLKEM768PrivateKey.generate().private_bytes_raw() + X25519PrivateKey.generate().private_bytes_raw()


def public_half(encoded: bytes) -> bytes:
    """Return the public key that belongs to an encoded private key, encoded."""
    mlkem, x25519 = _halves(encoded)
    return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()


def _halves(encoded: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    return (
        MLKEM768PrivateKey.from_seed_bytes(encoded[:-_X25519_LENGTH]),
        X25519PrivateKey.from_private_bytes(encoded[-_X25519_LENGTH:]),
    )
