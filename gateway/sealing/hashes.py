"""Keyed hashes: receipt codes, blind indexes, fingerprints. Without the secret they tell nothing about the value."""

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SECRET_LENGTH = 32
"""Bytes of the secret."""


class HmacHashes:
    """HMAC-SHA256 under a key for each purpose, derived from one secret by HKDF-SHA256 (info `pgw/mac/v1|purpose`).

    Purposes are words in the code, so the derived keys stay few and are kept.
    """

    def __init__(self, secret: bytes) -> None:
        """Refuse a secret of another length with a ValueError."""
        if len(secret) != SECRET_LENGTH:
            raise ValueError(f"the secret of the keyed hashes has {SECRET_LENGTH} bytes")
        self._secret = secret
        self._keys: dict[str, bytes] = {}

    def mac(self, purpose: str, value: str) -> bytes:
        """Return 32 bytes; equal for equal `purpose` and `value`, and unrelated otherwise."""
        key = self._keys.get(purpose) or self._derived(purpose)
        # JSON may carry half a surrogate pair, which plain UTF-8 refuses with an error that holds the value.
        return hmac.digest(key, value.encode("utf-8", "surrogatepass"), "sha256")

    def _derived(self, purpose: str) -> bytes:
        derivation = HKDF(SHA256(), 32, salt=None, info=b"pgw/mac/v1|" + purpose.encode("utf-8"))
        return self._keys.setdefault(purpose, derivation.derive(self._secret))
