"""Password hashes: argon2id with the parameters that argon2-cffi recommends (RFC 9106, low memory)."""

import secrets
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Argon2Passwords:
    """Makes and checks password hashes."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self._nobodys = self.hash(secrets.token_urlsafe())

    def hash(self, password: str) -> str:
        """Return a salted hash in argon2's own format."""
        return self._hasher.hash(_typed(password))

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Say whether they match.

        Without a hash it checks against nobody's, so that time does not tell who has an account. A damaged hash matches
        nothing.
        """
        try:
            self._hasher.verify(self._nobodys if password_hash is None else password_hash, _typed(password))
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None


def _typed(password: str) -> bytes:
    """Return the bytes to hash: the same for an é that one keyboard composes and another does not.

    Half a surrogate pair passes: the error that plain UTF-8 raises would hold the password.
    """
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
