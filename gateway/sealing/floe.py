"""FLOE: a stream sealed in segments, so that a file needs no more memory than one of them (https://c2sp.org/FLOE).

A sealed object is a header (parameters, a random IV, a header tag: 74 bytes) and its segments. Every segment but the
last has `segment_length` bytes; the last may be shorter, and both its length and its being the last are checked. The
header tag commits to key, parameters and associated data: nobody can make an object that opens under two keys.

What is opened comes out segment by segment, each one authenticated at its position. Only when the iterator ends without
an error is it certain that nothing is missing at the end.

Not in here: random access, keys and where they come from, hiding how long the plaintext is.
"""

import hmac
import os
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from gateway.core.errors import CannotOpenError

KEY_LENGTH = 32
"""Bytes of a key."""

_AES_GCM_256, _HKDF_EXPAND_SHA_384 = 0, 0
_IV_LENGTH, _HEADER_TAG_LENGTH, _MESSAGE_KEY_LENGTH = 32, 32, 48
_PARAMETERS, _PLACE = struct.Struct(">BBII"), struct.Struct(">Q?")
_HEADER_LENGTH = _PARAMETERS.size + _IV_LENGTH + _HEADER_TAG_LENGTH
_NOT_LAST = b"\xff\xff\xff\xff"
_LENGTH_LENGTH, _NONCE_LENGTH, _TAG_LENGTH = len(_NOT_LAST), 12, 16
_BODY = _LENGTH_LENGTH + _NONCE_LENGTH
_OVERHEAD = _BODY + _TAG_LENGTH


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The parameters of an object; writer and reader have to agree on them.

    Attributes:
        segment_length: bytes of a sealed segment, of which 32 are overhead.
        rotation_mask: a key is derived anew every 2**rotation_mask segments.
        most_segments: segments that an object may have.
    """

    segment_length: int
    rotation_mask: int = 20
    most_segments: int = 2**40

    def __post_init__(self) -> None:
        """Refuse segments without room for plaintext, or whose length would not fit into 4 bytes."""
        if not _OVERHEAD < self.segment_length < 2**32 - 1:
            raise ValueError(f"a segment has more than {_OVERHEAD} and fewer than {2**32 - 1} bytes")

    @property
    def parameters(self) -> bytes:
        """The 10 bytes that start every header."""
        return _PARAMETERS.pack(_AES_GCM_256, _HKDF_EXPAND_SHA_384, self.segment_length, _IV_LENGTH)


GCM256_IV256_4K = Profile(segment_length=4 * 1024)
"""For records."""
GCM256_IV256_1M = Profile(segment_length=1024 * 1024)
"""For files."""


def encrypt(
    chunks: Iterable[bytes], key: bytes, associated_data: bytes, profile: Profile = GCM256_IV256_1M
) -> Iterator[bytes]:
    """Seal a stream; return an iterator of ciphertext: the header, then one segment at a time.

    If `chunks` raises, what was written so far has no last segment and will not open.

    Args:
        chunks: plaintext, cut in any way.
        key: 32 random bytes.
        associated_data: what the object is bound to; the reader has to give the same bytes.
        profile: the reader has to give the same.

    Raises:
        ValueError: the key has another length, or the plaintext needs more segments than the profile allows.
    """
    if len(key) != KEY_LENGTH:
        raise ValueError(f"a FLOE key has {KEY_LENGTH} bytes")
    iv = os.urandom(_IV_LENGTH)
    segments = _Segments(profile, key, iv, associated_data)
    sealed = (
        segments.seal(position, piece, last=last)
        for position, (piece, last) in enumerate(_cut(chunks, profile.segment_length - _OVERHEAD))
    )
    return chain((profile.parameters + iv + segments.header_tag,), sealed)


def decrypt(
    chunks: Iterable[bytes], key: bytes, associated_data: bytes, profile: Profile = GCM256_IV256_1M
) -> Iterator[bytes]:
    """Open a stream, cut in any way; return an iterator of plaintext, each piece authenticated before it comes out.

    Raises:
        CannotOpenError: while iterating. What came out before is genuine, but it is not the whole.
    """
    stream = iter(chunks)
    header, rest = _header(stream)
    segments = _opened(header, key, associated_data, profile)
    for position, (piece, last) in enumerate(_cut(chain((rest,), stream), profile.segment_length)):
        yield segments.open(position, piece, last=last)


def seal(plaintext: bytes, key: bytes, associated_data: bytes, profile: Profile = GCM256_IV256_4K) -> bytes:
    """Seal a small record at once; arguments and errors as `encrypt`."""
    return b"".join(encrypt((plaintext,), key, associated_data, profile))


def open_sealed(ciphertext: bytes, key: bytes, associated_data: bytes, profile: Profile = GCM256_IV256_4K) -> bytes:
    """Open a small record at once: all of it or nothing; arguments and errors as `decrypt`."""
    return b"".join(decrypt((ciphertext,), key, associated_data, profile))


class _Segments:
    """The segments of one object, in order; keeps the cipher of the rotation window that it is in."""

    def __init__(self, profile: Profile, key: bytes, iv: bytes, associated_data: bytes) -> None:
        self._profile = profile
        self._prefix = profile.parameters + iv
        self._associated_data = associated_data
        self.header_tag = self._derive(key, b"HEADER_TAG:", _HEADER_TAG_LENGTH)
        self._message_key = self._derive(key, b"MESSAGE_KEY:", _MESSAGE_KEY_LENGTH)
        self._window = -1

    def seal(self, position: int, plaintext: bytearray, *, last: bool) -> bytes:
        if position >= self._profile.most_segments - (not last):
            raise ValueError(f"an object of this profile has at most {self._profile.most_segments} segments")
        nonce = os.urandom(_NONCE_LENGTH)
        head = (len(plaintext) + _OVERHEAD).to_bytes(_LENGTH_LENGTH, "big") if last else _NOT_LAST
        return b"".join((head, nonce, self._aead(position).encrypt(nonce, plaintext, _PLACE.pack(position, last))))

    def open(self, position: int, segment: bytearray, *, last: bool) -> bytes:
        self._check_length(position, segment, last=last)
        nonce, body = segment[_LENGTH_LENGTH:_BODY], memoryview(segment)[_BODY:]
        try:
            return self._aead(position).decrypt(nonce, body, _PLACE.pack(position, last))
        except InvalidTag as fault:
            raise CannotOpenError(f"segment {position} was changed, or belongs elsewhere") from fault

    def _check_length(self, position: int, segment: bytearray, *, last: bool) -> None:
        stated = segment[:_LENGTH_LENGTH]
        if position >= self._profile.most_segments - (not last):
            raise CannotOpenError(f"there are more than {self._profile.most_segments} segments")
        if last and (len(segment) < _OVERHEAD or stated == _NOT_LAST):
            raise CannotOpenError(f"cut short at segment {position}: the last segment is missing or not complete")
        if last and int.from_bytes(stated, "big") != len(segment):
            raise CannotOpenError(f"segment {position} is longer or shorter than it says")
        if not last and stated != _NOT_LAST:
            raise CannotOpenError(f"something follows segment {position}, which says that it is the last")

    def _aead(self, position: int) -> AESGCM:
        window = position >> self._profile.rotation_mask
        if window != self._window:
            first = window << self._profile.rotation_mask
            self._cipher = AESGCM(self._derive(self._message_key, b"DEK:" + first.to_bytes(8, "big"), KEY_LENGTH))
            self._window = window
        return self._cipher

    def _derive(self, key: bytes, purpose: bytes, length: int) -> bytes:
        return HKDFExpand(SHA384(), length, self._prefix + purpose + self._associated_data).derive(key)


def _opened(header: bytes, key: bytes, associated_data: bytes, profile: Profile) -> _Segments:
    """Return the segments behind a header that belongs to this key, this context and this profile."""
    if len(key) != KEY_LENGTH:
        raise CannotOpenError(f"a FLOE key has {KEY_LENGTH} bytes")
    if len(header) != _HEADER_LENGTH:
        raise CannotOpenError(f"cut short within the header: {len(header)} of {_HEADER_LENGTH} bytes")
    if not header.startswith(profile.parameters):
        raise CannotOpenError("the header names other parameters than this profile's")
    segments = _Segments(profile, key, header[_PARAMETERS.size : -_HEADER_TAG_LENGTH], associated_data)
    if not hmac.compare_digest(segments.header_tag, header[-_HEADER_TAG_LENGTH:]):
        raise CannotOpenError("the header tag does not match: another key, another context, or a changed header")
    return segments


def _header(stream: Iterator[bytes]) -> tuple[bytes, bytes]:
    """Return the header and what came in with it."""
    read = b""
    while len(read) < _HEADER_LENGTH and (chunk := next(stream, None)) is not None:
        read += chunk
    return read[:_HEADER_LENGTH], read[_HEADER_LENGTH:]


def _cut(chunks: Iterable[bytes], size: int) -> Iterator[tuple[bytearray, bool]]:
    """Cut a stream into pieces of `size` bytes, and say which one is the last; only the last may be shorter."""
    waiting = bytearray()
    for chunk in chunks:
        waiting += chunk
        ready = max(len(waiting) - 1, 0) // size * size
        for start in range(0, ready, size):
            yield waiting[start : start + size], False
        del waiting[:ready]
    yield waiting, True
