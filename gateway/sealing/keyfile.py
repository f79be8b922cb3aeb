"""A key in a file: written whole or not at all, read only if it is what its name says and nobody else can get at it.

JSON with four fields: `format`, the file's own `name`, `key_id`, and `key` (base64). The key id is `file:` and the
first 16 hex digits of a SHA-256: of the public key for both halves of a pair, of the secret itself for a secret.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

from gateway.core.errors import KeyStoreError

FOLDER_MODE = 0o700
RESTORE = "restore it from your backup"

_FORMAT = "pgw/key/v1"
_LARGEST = 16 * 1024
_SECRET_MODE, _PUBLIC_MODE = 0o600, 0o644

Identity = Callable[[bytes], bytes]
"""Makes of a key the bytes whose hash is the key id; a ValueError says that it is no key of this kind."""


def write(path: Path, key: bytes, identity: Identity) -> str:
    """Write a key so that the file is whole or absent, also after a power cut; return its name."""
    fields = {
        "format": _FORMAT,
        "name": path.name,
        "key_id": _key_id(identity(key)),
        "key": base64.b64encode(key).decode("ascii"),
    }
    mode = _PUBLIC_MODE if _is_public(path) else _SECRET_MODE
    new = path.with_name(f".{path.name}.new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "w") as file:
        os.fchmod(file.fileno(), mode)
        file.write(json.dumps(fields, indent=2) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    sync_folder(path.parent)
    return path.name


def read(path: Path, identity: Identity) -> tuple[str, bytes]:
    """Return key id and key.

    Raises:
        KeyStoreError: the file is missing, damaged, another key's, or open to other accounts.
    """
    try:
        check_mode(path.parent, path.parent.stat().st_mode)
        with path.open("rb") as file:
            check_mode(path, os.fstat(file.fileno()).st_mode)
            content = file.read(_LARGEST)
    except FileNotFoundError as fault:
        raise KeyStoreError(
            f"{path} is missing: {RESTORE}; a new installation makes its keys at first start"
        ) from fault
    except OSError as fault:
        raise KeyStoreError(f"{path} cannot be read ({fault.strerror})") from fault
    key_id, key = _parsed(path.name, content, identity)
    if not key or len(content) == _LARGEST:
        raise KeyStoreError(f"{path} is cut short, changed, or not the key that its name says: {RESTORE}")
    return key_id, key


def check_mode(path: Path, mode: int) -> None:
    """Refuse a folder or a secret that others can read, and a public key that others can replace."""
    public = _is_public(path)
    if mode & (0o022 if public else 0o077):
        cure = FOLDER_MODE if stat.S_ISDIR(mode) else _PUBLIC_MODE if public else _SECRET_MODE
        raise KeyStoreError(f"{path} is open to other accounts: chmod {cure:o} {path}")


def sync_folder(folder: Path) -> None:
    """Have the names in `folder` on disk before going on."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parsed(name: str, content: bytes, identity: Identity) -> tuple[str, bytes]:
    """Return key id and key; an empty key if anything is wrong, so that no error ever holds the content."""
    try:
        fields = json.loads(content)
        key = base64.b64decode(fields["key"], validate=True)
        right = (_FORMAT, name, _key_id(identity(key)))
        found = (fields["format"], fields["name"], fields["key_id"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return "", b""
    return (found[2], key) if found == right else ("", b"")


def _is_public(path: Path) -> bool:
    return path.suffix == ".pub"


def _key_id(identity: bytes) -> str:
    return f"file:{hashlib.sha256(identity).hexdigest()[:16]}"
