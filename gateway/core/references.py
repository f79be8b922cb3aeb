"""References and receipt codes: short enough to read out, with a check character.

Alphabet: Crockford's base 32 (no I, L, O, U), so that what is read out or copied by hand comes back right.
Check character: the hybrid system of ISO 7064 over that alphabet (MOD 33,32). It catches every single wrong character
and, 33 not being prime, all but about 2 in 1,000 swaps of neighbours.
"""

import secrets
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_GROUPS = (5, 5)
"""9 random characters (45 bits) and 1 check character."""
RECEIPT_GROUPS = (5, 5, 5, 5, 5)
"""24 random characters (120 bits) and 1 check character."""

_LOOK_ALIKES = str.maketrans("ILO", "110")


def new_reference() -> str:
    """Return a new case reference such as `7QK2M-9XW4Z`; it identifies a case and opens nothing."""
    return _grouped(REFERENCE_GROUPS, secrets.randbits)


def new_receipt_code() -> str:
    """Return a new receipt code of 120 random bits: the complainant's way back in."""
    return _grouped(RECEIPT_GROUPS, secrets.randbits)


def receipt_code_from(digest: bytes) -> str:
    """Return the receipt code that stands for `digest` (at least 15 bytes of keyed MAC).

    Lets the same idempotent request get the same code again although we keep only a MAC of it.
    """
    return _grouped(RECEIPT_GROUPS, lambda bits: int.from_bytes(digest, "big") >> (8 * len(digest) - bits))


def normalise(code: str) -> str | None:
    """Return `code` as we write it, or None if its length, alphabet or check character is wrong."""
    plain = "".join(code.upper().split()).replace("-", "").translate(_LOOK_ALIKES)
    groups = {sum(g): g for g in (REFERENCE_GROUPS, RECEIPT_GROUPS)}.get(len(plain))
    if groups is None or set(plain) - set(ALPHABET) or check_character(plain[:-1]) != plain[-1]:
        return None
    return _in_groups(plain, groups)


def check_character(text: str) -> str:
    """Return the ISO 7064 hybrid MOD 33,32 check character of `text`, which is in ALPHABET."""
    size = len(ALPHABET)
    check = size
    for letter in text:
        check = (check + ALPHABET.index(letter)) % size or size
        check = check * 2 % (size + 1)
    return ALPHABET[(1 - check) % size]


def _grouped(groups: tuple[int, ...], draw: Callable[[int], int]) -> str:
    count = sum(groups) - 1
    number = draw(5 * count)
    body = "".join(ALPHABET[number >> 5 * i & 31] for i in reversed(range(count)))
    return _in_groups(body + check_character(body), groups)


def _in_groups(plain: str, groups: tuple[int, ...]) -> str:
    parts, start = [], 0
    for length in groups:
        parts.append(plain[start : start + length])
        start += length
    return "-".join(parts)
