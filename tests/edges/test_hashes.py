import hashlib
import hmac

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.sealing.hashes import HmacHashes

SECRET = bytes(range(32))


def test_it_is_hmac_sha256_under_a_key_that_hkdf_derives_for_the_purpose() -> None:
    extracted = hmac.digest(bytes(32), SECRET, "sha256")
    key = hmac.digest(extracted, b"pgw/mac/v1|receipt\x01", "sha256")
    assert HmacHashes(SECRET).mac("receipt", "7QK2M") == hmac.digest(key, b"7QK2M", "sha256")


def test_the_same_value_gives_the_same_mac_in_every_process() -> None:
    assert HmacHashes(SECRET).mac("receipt", "7QK2M") == HmacHashes(SECRET).mac("receipt", "7QK2M")


def test_purposes_secrets_and_values_are_told_apart() -> None:
    hashes, other = HmacHashes(SECRET), HmacHashes(bytes(32))
    macs = [hashes.mac(p, v) for p in ("receipt", "lookup-email") for v in ("", "a", "b")] + [other.mac("receipt", "a")]
    assert len(set(macs)) == len(macs)
    assert {len(mac) for mac in macs} == {32}


@settings(deadline=None)
@given(value=st.text(st.characters()))
def test_every_string_has_a_mac(value: str) -> None:
    assert len(HmacHashes(SECRET).mac("receipt", value)) == 32


def test_half_a_surrogate_pair_has_a_mac_too() -> None:
    hashes = HmacHashes(SECRET)
    assert hashes.mac("receipt", "\ud800") != hashes.mac("receipt", "\udfff")


def test_the_mac_is_no_plain_hash_of_the_value() -> None:
    assert (
        HmacHashes(SECRET).mac("lookup-email", "person@example.com") != hashlib.sha256(b"person@example.com").digest()
    )


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_secret_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="has 32 bytes"):
        HmacHashes(bytes(length))
