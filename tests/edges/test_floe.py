"""FLOE against the answers of the reference implementations, and against everything that may happen to a ciphertext."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.core.errors import CannotOpenError
from gateway.sealing import floe

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "vectors" / "floe"
VECTORS = sorted(path.name.removesuffix("_ct.txt") for path in FOLDER.glob("*_ct.txt"))

KEY = bytes(range(32))
CONTEXT = b"case 1"
SMALL = floe.Profile(segment_length=64)
"""32 bytes of plaintext in each segment."""
HEADER = 74
TEXT = bytes(i % 251 for i in range(70))
"""Three small segments: 32, 32 and 6 bytes."""


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


def opens(ciphertext: bytes, *, key: bytes = KEY, context: bytes = CONTEXT, profile: floe.Profile = SMALL) -> bytes:
    return floe.open_sealed(ciphertext, key, context, profile)


@pytest.mark.skipif(not VECTORS, reason="the FLOE vectors are not beside the project (../shared/vectors/floe)")
@pytest.mark.parametrize("name", VECTORS or ["absent"])
class TestAnswersOfTheReferenceImplementations:
    @staticmethod
    def vector(name: str) -> tuple[bytes, bytes, floe.Profile]:
        ciphertext, plaintext = (bytes.fromhex((FOLDER / f"{name}_{what}.txt").read_text()) for what in ("ct", "pt"))
        segment_length = int.from_bytes(ciphertext[2:6], "big")
        return ciphertext, plaintext, floe.Profile(segment_length=segment_length, rotation_mask=mask(name))

    def test_opens_to_the_known_plaintext(self, name: str) -> None:
        ciphertext, plaintext, profile = self.vector(name)
        assert floe.open_sealed(ciphertext, bytes(32), b"This is AAD", profile) == plaintext

    def test_does_not_open_with_other_associated_data(self, name: str) -> None:
        ciphertext, _, profile = self.vector(name)
        with pytest.raises(CannotOpenError, match="header tag"):
            floe.open_sealed(ciphertext, bytes(32), b"This is AAD.", profile)


def mask(name: str) -> int:
    return 2 if "rotation" in name else 20


class TestRoundTrips:
    @pytest.mark.parametrize("profile", [SMALL, floe.GCM256_IV256_4K, floe.GCM256_IV256_1M], ids=["64", "4K", "1M"])
    @pytest.mark.parametrize("segments", [0, 1, 3])
    @pytest.mark.parametrize("more", [-1, 0, 1])
    def test_what_was_sealed_comes_back_at_every_edge_of_a_segment(
        self, profile: floe.Profile, segments: int, more: int
    ) -> None:
        plaintext = bytes(max(segments * (profile.segment_length - 32) + more, 0))
        assert opens(floe.seal(plaintext, KEY, CONTEXT, profile), profile=profile) == plaintext

    @pytest.mark.parametrize("written", [1, 31, 32, 33, 1000])
    @pytest.mark.parametrize("read", [1, 63, 64, 65, 73, 74, 75, 1000])
    def test_how_a_stream_is_cut_makes_no_difference(self, written: int, read: int) -> None:
        ciphertext = b"".join(floe.encrypt(pieces(TEXT, written), KEY, CONTEXT, SMALL))
        assert b"".join(floe.decrypt(pieces(ciphertext, read), KEY, CONTEXT, SMALL)) == TEXT

    @settings(deadline=None)
    @given(
        chunks=st.lists(st.binary(max_size=90), max_size=8),
        segment_length=st.integers(33, 120),
        rotation_mask=st.integers(0, 3),
        read=st.integers(1, 200),
    )
    def test_any_chunks_in_any_profile_come_back(
        self, chunks: list[bytes], segment_length: int, rotation_mask: int, read: int
    ) -> None:
        profile = floe.Profile(segment_length=segment_length, rotation_mask=rotation_mask)
        ciphertext = b"".join(floe.encrypt(chunks, KEY, CONTEXT, profile))
        assert b"".join(floe.decrypt(pieces(ciphertext, read), KEY, CONTEXT, profile)) == b"".join(chunks)

    def test_the_same_plaintext_never_gives_the_same_ciphertext(self) -> None:
        one, other = floe.seal(TEXT, KEY, CONTEXT, SMALL), floe.seal(TEXT, KEY, CONTEXT, SMALL)
        assert one[10:42] != other[10:42]
        assert one[HEADER:] != other[HEADER:]

    def test_no_nonce_comes_twice_under_one_key(self) -> None:
        segments = pieces(floe.seal(bytes(32 * 100), KEY, CONTEXT, SMALL)[HEADER:], 64)
        assert len({segment[4:16] for segment in segments}) == len(segments) == 100

    def test_writing_needs_no_more_than_two_segments_of_plaintext_at_a_time(self) -> None:
        taken = 0

        def source() -> Iterator[bytes]:
            nonlocal taken
            for _ in range(1000):
                taken += 16
                yield bytes(16)

        for number, _ in enumerate(floe.encrypt(source(), KEY, CONTEXT, SMALL)):
            assert taken <= 32 * (number + 1)

    def test_reading_needs_no_more_than_two_segments_of_ciphertext_at_a_time(self) -> None:
        ciphertext, taken = floe.seal(bytes(16_000), KEY, CONTEXT, SMALL), 0

        def source() -> Iterator[bytes]:
            nonlocal taken
            for piece in pieces(ciphertext, 16):
                taken += 16
                yield piece

        for number, _ in enumerate(floe.decrypt(source(), KEY, CONTEXT, SMALL)):
            assert taken <= HEADER + 16 + 64 * (number + 2)


class TestCuttingShort:
    def test_a_small_object_cut_at_any_byte_does_not_open(self) -> None:
        ciphertext = floe.seal(TEXT, KEY, CONTEXT, SMALL)
        for length in range(len(ciphertext)):
            with pytest.raises(CannotOpenError, match=r"cut short|longer or shorter"):
                opens(ciphertext[:length])

    def test_a_large_object_cut_at_any_segment_gives_a_genuine_beginning_and_then_an_error(self) -> None:
        profile, plaintext = floe.GCM256_IV256_4K, bytes(i % 253 for i in range(100_000))
        ciphertext = floe.seal(plaintext, KEY, CONTEXT, profile)
        for segments in range((len(ciphertext) - HEADER) // 4096 + 1):
            came_out: list[bytes] = []
            with pytest.raises(CannotOpenError, match="cut short at segment"):
                came_out.extend(floe.decrypt([ciphertext[: HEADER + 4096 * segments]], KEY, CONTEXT, profile))
            assert plaintext.startswith(b"".join(came_out))
            assert len(came_out) == max(segments - 1, 0)

    def test_an_object_that_ends_with_a_full_segment_needs_that_segment(self) -> None:
        ciphertext = floe.seal(bytes(96), KEY, CONTEXT, SMALL)
        assert len(ciphertext) == HEADER + 3 * 64
        with pytest.raises(CannotOpenError, match="cut short at segment 1"):
            opens(ciphertext[:-64])

    def test_what_was_written_before_the_source_failed_does_not_open(self) -> None:
        def source() -> Iterator[bytes]:
            yield TEXT
            raise OSError("the disk is gone")

        written: list[bytes] = []
        with pytest.raises(OSError, match="the disk is gone"):
            written.extend(floe.encrypt(source(), KEY, CONTEXT, SMALL))
        assert [len(piece) for piece in written] == [HEADER, 64, 64]
        with pytest.raises(CannotOpenError, match="cut short"):
            opens(b"".join(written))


class TestChangedBytes:
    def test_any_flipped_bit_of_a_small_object_is_noticed(self) -> None:
        ciphertext = floe.seal(TEXT, KEY, CONTEXT, SMALL)
        for position in range(len(ciphertext)):
            for bit in range(8):
                changed = bytearray(ciphertext)
                changed[position] ^= 1 << bit
                with pytest.raises(CannotOpenError):
                    opens(bytes(changed))

    def test_nothing_of_a_changed_segment_or_of_what_follows_comes_out(self) -> None:
        changed = bytearray(floe.seal(TEXT, KEY, CONTEXT, SMALL))
        changed[HEADER + 64 + 20] ^= 1
        reader = floe.decrypt([bytes(changed)], KEY, CONTEXT, SMALL)
        assert next(reader) == TEXT[:32]
        with pytest.raises(CannotOpenError, match="segment 1 was changed"):
            next(reader)
        assert next(reader, "nothing more") == "nothing more"


def parts(ciphertext: bytes) -> tuple[bytes, list[bytes]]:
    return ciphertext[:HEADER], pieces(ciphertext[HEADER:], 64)


Change = Callable[[bytes, list[bytes], bytes, list[bytes]], list[bytes]]
"""Takes header and segments of an object and of another one under the same key and context; returns what to open."""

ATTACKS: dict[str, Change] = {
    "two segments swapped": lambda h, s, _h, _s: [h, s[1], s[0], *s[2:]],
    "the last two segments swapped": lambda h, s, _h, _s: [h, *s[:-2], s[-1], s[-2]],
    "a segment twice": lambda h, s, _h, _s: [h, s[0], *s],
    "a segment in place of the next": lambda h, s, _h, _s: [h, s[0], s[0], *s[2:]],
    "a segment left out": lambda h, s, _h, _s: [h, s[0], *s[2:]],
    "the last segment twice": lambda h, s, _h, _s: [h, *s, s[-1]],
    "the last segment missing": lambda h, s, _h, _s: [h, *s[:-1]],
    "the last segment alone": lambda h, s, _h, _s: [h, s[-1]],
    "a byte after the end": lambda h, s, _h, _s: [h, *s, b"\x00"],
    "another object after the end": lambda h, s, h2, s2: [h, *s, h2, *s2],
    "an inner segment said to be the last": lambda h, s, _h, _s: [h, (64).to_bytes(4, "big"), s[0][4:]],
    "the last segment said to be an inner one": lambda h, s, _h, _s: [h, *s[:-1], b"\xff" * 4, s[-1][4:]],
    "another object's header": lambda _h, s, h2, _s: [h2, *s],
    "another object's header tag": lambda h, s, h2, _s: [h[:42], h2[42:], *s],
    "another object's IV": lambda h, s, h2, _s: [h[:10], h2[10:42], h[42:], *s],
    "another object's first segment": lambda h, s, _h, s2: [h, s2[0], *s[1:]],
    "another object's last segment": lambda h, s, _h, s2: [h, *s[:-1], s2[-1]],
    "another segment length in the header": lambda h, s, _h, _s: [h[:2], (65).to_bytes(4, "big"), h[6:], *s],
    "nothing at all": lambda _h, _s, _h2, _s2: [],
    "a header alone": lambda h, _s, _h, _s2: [h],
}


class TestRearranging:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_a_rearranged_object_does_not_open(self, attack: str) -> None:
        own, other = (parts(floe.seal(TEXT, KEY, CONTEXT, SMALL)) for _ in range(2))
        with pytest.raises(CannotOpenError):
            opens(b"".join(ATTACKS[attack](*own, *other)))

    def test_the_parts_put_back_together_do_open(self) -> None:
        header, segments = parts(floe.seal(TEXT, KEY, CONTEXT, SMALL))
        assert opens(b"".join([header, *segments])) == TEXT


class TestOtherKeysContextsAndProfiles:
    def test_another_key_another_context_and_another_profile_are_refused(self) -> None:
        ciphertext = floe.seal(TEXT, KEY, CONTEXT, SMALL)
        with pytest.raises(CannotOpenError, match="header tag"):
            opens(ciphertext, key=bytes(32))
        with pytest.raises(CannotOpenError, match="header tag"):
            opens(ciphertext, context=b"case 2")
        with pytest.raises(CannotOpenError, match="other parameters"):
            opens(ciphertext, profile=floe.GCM256_IV256_4K)

    def test_a_reader_that_keeps_a_key_for_longer_stops_where_the_writer_took_a_new_one(self) -> None:
        rotating = floe.Profile(segment_length=64, rotation_mask=1)
        ciphertext = floe.seal(TEXT, KEY, CONTEXT, rotating)
        assert opens(ciphertext, profile=rotating) == TEXT
        with pytest.raises(CannotOpenError, match="segment 2"):
            opens(ciphertext, profile=SMALL)

    def test_a_key_of_another_length_is_refused(self) -> None:
        with pytest.raises(ValueError, match="32 bytes"):
            floe.encrypt([], KEY[:16], CONTEXT)
        with pytest.raises(CannotOpenError, match="32 bytes"):
            opens(floe.seal(TEXT, KEY, CONTEXT, SMALL), key=KEY[:16])

    @pytest.mark.parametrize("segment_length", [0, 32, 2**32 - 1])
    def test_a_segment_length_that_cannot_be_is_refused(self, segment_length: int) -> None:
        with pytest.raises(ValueError, match="a segment has"):
            floe.Profile(segment_length=segment_length)

    def test_an_object_has_no_more_segments_than_its_profile_allows(self) -> None:
        three = floe.Profile(segment_length=64, most_segments=3)
        assert opens(floe.seal(bytes(96), KEY, CONTEXT, three), profile=three) == bytes(96)
        with pytest.raises(ValueError, match="at most 3 segments"):
            floe.seal(bytes(97), KEY, CONTEXT, three)
        with pytest.raises(CannotOpenError, match="more than 3 segments"):
            opens(floe.seal(bytes(97), KEY, CONTEXT, SMALL), profile=three)

    def test_errors_carry_no_plaintext(self) -> None:
        secret = b"Invented Person, 555-0100 "
        changed = bytearray(floe.seal(secret * 2, KEY, CONTEXT, SMALL))
        changed[-1] ^= 1
        with pytest.raises(CannotOpenError) as fault:
            opens(bytes(changed))
        assert "Invented" not in f"{fault.value!r} {fault.value.__cause__!r} {fault.value.__context__!r}"
