"""The `file:` key store: one folder (0700) that only the gateway's account can read.

    hashes.key               the secret of the keyed hashes
    ROLE.key, ROLE.pub       the key-encryption key pair of each role

A machine that only takes complaints in needs `hashes.key` and the `.pub` files. No private key is ever made beside a
public one that is already there, nothing is ever overwritten, and a key that was lost is not quietly replaced: under a
new `hashes.key` no receipt code would be recognised, and the last gate would let everything pass.
"""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway.core.errors import KeyStoreError
from gateway.core.sealed import KeyRole
from gateway.sealing import keyfile, keys
from gateway.sealing.hashes import SECRET_LENGTH, HmacHashes
from gateway.sealing.keys import PrivateKey, PublicKey

_HASHES = "hashes.key"


def create_missing_keys(folder: Path) -> list[str]:
    """Create the folder and the keys that it lacks; return the names of the files that were created.

    Raises:
        KeyStoreError: the folder cannot be used, or a key was there once and is gone.
    """
    # Steps:
    # 1. One at a time: another process that starts beside us waits here, and then finds everything made.
    # 2. Keys are made in a fixed order, so one that is missing before one that exists was lost: refuse.
    # 3. Make what is missing, in that order. The private half is on disk before the public one can be used.
    with _alone_in(folder):  # (1)
        _refuse_lost(folder)  # (2)
        created = []  # (3)
        if not _there(folder / _HASHES):
            created.append(keyfile.write(folder / _HASHES, secrets.token_bytes(SECRET_LENGTH), _secret))
        for role in KeyRole:
            created += _create_pair(folder / f"{role}.key", folder / f"{role}.pub")
        return created


def load_public_keys(folder: Path) -> dict[KeyRole, PublicKey]:
    """Return every role's public key; touches no private one.

    Raises:
        KeyStoreError: a file is missing, damaged, another key's, or can be replaced by others.
    """
    return {role: PublicKey(*keyfile.read(folder / f"{role}.pub", _public)) for role in KeyRole}


def load_private_keys(folder: Path, role: KeyRole) -> list[PrivateKey]:
    """Return the private keys of one role.

    Raises:
        KeyStoreError: a file is missing, damaged, another key's, or can be read by others.
    """
    return [PrivateKey(*keyfile.read(folder / f"{role}.key", keys.public_half))]


def load_hash_secret(folder: Path) -> bytes:
    """Return the secret of the keyed hashes.

    Raises:
        KeyStoreError: the file is missing, damaged, another key's, or can be read by others.
    """
    return keyfile.read(folder / _HASHES, _secret)[1]


def _create_pair(private: Path, public: Path) -> list[str]:
    if _there(public):
        return []
    created = []
    if not _there(private):
        created.append(keyfile.write(private, keys.generate(), keys.public_half))
    _, encoded = keyfile.read(private, keys.public_half)
    return [*created, keyfile.write(public, keys.public_half(encoded), _public)]


def _refuse_lost(folder: Path) -> None:
    in_order = [(_HASHES,), *((f"{role}.key", f"{role}.pub") for role in KeyRole)]
    present = [any(_there(folder / name) for name in names) for names in in_order]
    for position, names in enumerate(in_order):
        if not present[position] and any(present[position:]):
            raise KeyStoreError(
                f"{folder / names[0]} is gone, while keys that were made after it are there: {keyfile.RESTORE}"
                " (a new one would not fit what is stored; for a new installation start with an empty folder)"
            )


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    """Make the folder if need be, and hold it alone."""
    try:
        if not folder.is_dir():
            folder.mkdir(mode=keyfile.FOLDER_MODE, parents=True, exist_ok=True)
            keyfile.sync_folder(folder.parent)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            keyfile.check_mode(folder, os.fstat(handle).st_mode)
            yield
        finally:
            os.close(handle)
    except OSError as fault:
        raise KeyStoreError(f"keys cannot be kept in {folder} ({fault.strerror})") from fault


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _public(encoded: bytes) -> bytes:
    """Return the identity of a public key (see `keyfile.Identity`)."""
    PublicKey("", encoded)
    return encoded


def _secret(secret: bytes) -> bytes:
    """Return the identity of the secret of the keyed hashes (see `keyfile.Identity`)."""
    HmacHashes(secret)
    return secret
