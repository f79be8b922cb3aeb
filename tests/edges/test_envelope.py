"""The envelope: whom it opens for, and everything that must keep it shut."""

import gc
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.keywrap import aes_key_unwrap

from gateway.core.errors import CannotOpenError
from gateway.core.sealed import KeyRole, SealedOriginal, SubjectKeyWrap
from gateway.sealing import floe, keys
from gateway.sealing.envelope import EnvelopeOpener, EnvelopeSealer
from gateway.sealing.keys import PrivateKey, PublicKey

PLAINTEXT = b'{"narrative": "Invented Person never got the parcel", "contact": {"email": "person@example.com"}}'
CASE = UUID("00000000-0000-4000-8000-000000000001")
OTHER_CASE = UUID("00000000-0000-4000-8000-000000000002")

ENCODED = {role: keys.generate() for role in KeyRole}
SEALER = EnvelopeSealer(
    {role: PublicKey(f"test:{role}", keys.public_half(encoded)) for role, encoded in ENCODED.items()}
)
OPENERS = {role: EnvelopeOpener(role, [PrivateKey(f"test:{role}", encoded)]) for role, encoded in ENCODED.items()}
PIPELINE = OPENERS[KeyRole.PIPELINE]


def sealed_for(case: UUID = CASE) -> SealedOriginal:
    return SEALER.seal(case, "submission", PLAINTEXT)


def as_read_for(role: KeyRole, original: SealedOriginal) -> SealedOriginal:
    return replace(original, wraps=tuple(wrap for wrap in original.wraps if wrap.role is role))


def flipped(data: bytes, position: int) -> bytes:
    changed = bytearray(data)
    changed[position] ^= 1
    return bytes(changed)


class TestWhomItOpensFor:
    @pytest.mark.parametrize("role", KeyRole)
    @pytest.mark.parametrize("plaintext", [b"", PLAINTEXT, bytes(100_000)], ids=["empty", "small", "large"])
    def test_every_role_opens_what_was_sealed(self, role: KeyRole, plaintext: bytes) -> None:
        original = SEALER.seal(CASE, "submission", plaintext)
        assert OPENERS[role].open(original) == plaintext
        assert OPENERS[role].open(as_read_for(role, original)) == plaintext

    def test_there_is_one_wrap_for_each_role_and_it_names_its_key(self) -> None:
        original = sealed_for()
        assert {wrap.role: wrap.key_id for wrap in original.wraps} == {role: f"test:{role}" for role in KeyRole}
        assert {wrap.complaint_id for wrap in original.wraps} == {CASE}
        assert {wrap.subject_key_id for wrap in original.wraps} == {original.sealed.subject_key_id}

    @pytest.mark.parametrize("role", KeyRole)
    def test_without_its_wrap_a_role_does_not_open(self, role: KeyRole) -> None:
        original = sealed_for()
        others = replace(original, wraps=tuple(wrap for wrap in original.wraps if wrap.role is not role))
        with pytest.raises(CannotOpenError, match="0 wraps"):
            OPENERS[role].open(others)

    @pytest.mark.parametrize(("role", "other"), [tuple(KeyRole), tuple(reversed(KeyRole))])
    def test_the_key_of_one_role_does_not_open_the_wrap_of_the_other(self, role: KeyRole, other: KeyRole) -> None:
        intruder = EnvelopeOpener(other, [PrivateKey(f"test:{other}", ENCODED[role])])
        with pytest.raises(CannotOpenError, match="wrap does not open"):
            intruder.open(sealed_for())

    @pytest.mark.parametrize(("role", "other"), [tuple(KeyRole), tuple(reversed(KeyRole))])
    def test_the_wrap_of_one_role_passed_off_as_the_other_s_does_not_open(self, role: KeyRole, other: KeyRole) -> None:
        original = sealed_for()
        wrap = as_read_for(other, original).wraps[0]
        renamed = (replace(wrap, role=role), replace(wrap, role=role, key_id=f"test:{role}"))
        for changed in renamed:
            with pytest.raises(CannotOpenError):
                OPENERS[role].open(replace(original, wraps=(changed,)))

    def test_a_role_s_own_key_does_not_open_a_wrap_made_for_the_same_key_under_another_role(self) -> None:
        shared = ENCODED[KeyRole.ARCHIVE]
        sealer = EnvelopeSealer(
            {
                KeyRole.ARCHIVE: PublicKey("one", keys.public_half(shared)),
                KeyRole.PIPELINE: PublicKey("two", keys.public_half(shared)),
            }
        )
        original = sealer.seal(CASE, "submission", PLAINTEXT)
        archive = next(wrap for wrap in original.wraps if wrap.role is KeyRole.ARCHIVE)
        opener = EnvelopeOpener(KeyRole.PIPELINE, [PrivateKey("one", shared)])
        with pytest.raises(CannotOpenError, match="wrap does not open"):
            opener.open(replace(original, wraps=(replace(archive, role=KeyRole.PIPELINE),)))

    def test_a_reader_that_follows_the_description_opens_it(self) -> None:
        def joined(*fields: str) -> bytes:
            return b"".join(len(field.encode()).to_bytes(4, "big") + field.encode() for field in fields)

        original = sealed_for()
        sealed, wrap = original.sealed, as_read_for(KeyRole.ARCHIVE, original).wraps[0]
        info = joined("pgw/wrap/v1", "archive", "test:archive", str(CASE), str(sealed.subject_key_id))
        subject_key = PrivateKey("test:archive", ENCODED[KeyRole.ARCHIVE]).unwrap(wrap.wrapped, info)
        data_key = aes_key_unwrap(subject_key, sealed.wrapped_data_key)
        names = ("pgw/data/v1", str(CASE), str(sealed.object_id), "submission", "1", str(sealed.data_key_id))
        assert floe.open_sealed(sealed.ciphertext, data_key, joined(*names)) == PLAINTEXT

    def test_an_older_key_opens_what_names_it(self) -> None:
        newer = PrivateKey("test:newer", keys.generate())
        older = PrivateKey("test:pipeline", ENCODED[KeyRole.PIPELINE])
        assert EnvelopeOpener(KeyRole.PIPELINE, [newer, older]).open(sealed_for()) == PLAINTEXT
        with pytest.raises(CannotOpenError, match="test:pipeline is not in the key store"):
            EnvelopeOpener(KeyRole.PIPELINE, [newer]).open(sealed_for())


Change = Callable[[SealedOriginal, SealedOriginal], SealedOriginal]
"""Takes the original and another one, and returns what the pipeline gets to open."""


def of_object(**what: Callable[[SealedOriginal], object]) -> Change:
    return lambda own, other: replace(
        own, sealed=replace(own.sealed, **{field: value(other) for field, value in what.items()})
    )


def of_wraps(change: Callable[[SubjectKeyWrap, SubjectKeyWrap], SubjectKeyWrap]) -> Change:
    def both(own: SealedOriginal, other: SealedOriginal) -> SealedOriginal:
        return replace(own, wraps=tuple(change(*pair) for pair in zip(own.wraps, other.wraps, strict=True)))

    return both


ATTACKS: dict[str, Change] = {
    "another case": of_object(complaint_id=lambda other: other.sealed.complaint_id),
    "another object id": of_object(object_id=lambda _: uuid4()),
    "another kind": of_object(kind=lambda _: "attachment"),
    "another schema version": of_object(schema_version=lambda _: 2),
    "another data key id": of_object(data_key_id=lambda _: uuid4()),
    "another subject key id": of_object(subject_key_id=lambda _: uuid4()),
    "another object's data key": of_object(wrapped_data_key=lambda other: other.sealed.wrapped_data_key),
    "another object's ciphertext": of_object(ciphertext=lambda other: other.sealed.ciphertext),
    "another object's data key and ciphertext": of_object(
        wrapped_data_key=lambda other: other.sealed.wrapped_data_key, ciphertext=lambda other: other.sealed.ciphertext
    ),
    "another case's object under our wraps": lambda own, other: replace(own, sealed=other.sealed),
    "our object under another case's wraps": lambda own, other: replace(own, wraps=other.wraps),
    "another case's object and wraps, named as ours": lambda own, other: SealedOriginal(
        sealed=replace(other.sealed, complaint_id=own.sealed.complaint_id),
        wraps=tuple(replace(wrap, complaint_id=own.sealed.complaint_id) for wrap in other.wraps),
    ),
    "another case's wrapped key under our wrap's names": of_wraps(
        lambda own, other: replace(own, wrapped=other.wrapped)
    ),
    "wraps of another case": of_wraps(lambda own, _: replace(own, complaint_id=OTHER_CASE)),
    "wraps of another subject key": of_wraps(lambda own, _: replace(own, subject_key_id=uuid4())),
    "wraps under an unknown key": of_wraps(lambda own, _: replace(own, key_id="test:unknown")),
    "the roles' wrapped keys exchanged": lambda own, _: replace(
        own,
        wraps=tuple(
            replace(wrap, wrapped=donor.wrapped) for wrap, donor in zip(own.wraps, reversed(own.wraps), strict=True)
        ),
    ),
    "the roles' names exchanged": lambda own, _: replace(
        own,
        wraps=tuple(replace(wrap, role=donor.role) for wrap, donor in zip(own.wraps, reversed(own.wraps), strict=True)),
    ),
    "the same wrap twice": lambda own, _: replace(own, wraps=own.wraps * 2),
    "no wraps": lambda own, _: replace(own, wraps=()),
    "an empty wrap": of_wraps(lambda own, _: replace(own, wrapped=b"")),
    "a wrap cut short": of_wraps(lambda own, _: replace(own, wrapped=own.wrapped[:-1])),
    "a wrap with a byte more": of_wraps(lambda own, _: replace(own, wrapped=own.wrapped + b"\x00")),
    "an empty data key": of_object(wrapped_data_key=lambda _: b""),
    "a data key cut short": of_object(wrapped_data_key=lambda other: other.sealed.wrapped_data_key[:-8]),
    "an empty ciphertext": of_object(ciphertext=lambda _: b""),
}


class TestWhatKeepsItShut:
    @pytest.mark.parametrize("attack", ATTACKS)
    def test_an_envelope_that_was_tampered_with_does_not_open(self, attack: str) -> None:
        changed = ATTACKS[attack](sealed_for(CASE), sealed_for(OTHER_CASE))
        with pytest.raises(CannotOpenError):
            PIPELINE.open(changed)

    def test_any_changed_byte_of_wrap_data_key_or_ciphertext_is_noticed(self) -> None:
        original = as_read_for(KeyRole.PIPELINE, sealed_for())
        sealed, wrap = original.sealed, original.wraps[0]
        changed = [
            *(
                replace(original, wraps=(replace(wrap, wrapped=flipped(wrap.wrapped, position)),))
                for position in range(0, len(wrap.wrapped), 7)
            ),
            *(
                replace(original, sealed=replace(sealed, wrapped_data_key=flipped(sealed.wrapped_data_key, position)))
                for position in range(len(sealed.wrapped_data_key))
            ),
            *(
                replace(original, sealed=replace(sealed, ciphertext=flipped(sealed.ciphertext, position)))
                for position in range(len(sealed.ciphertext))
            ),
        ]
        for one in changed:
            with pytest.raises(CannotOpenError):
                PIPELINE.open(one)

    def test_no_error_carries_plaintext_or_keys(self) -> None:
        original = sealed_for()
        damaged = replace(original.sealed, ciphertext=flipped(original.sealed.ciphertext, -1))
        with pytest.raises(CannotOpenError) as fault:
            PIPELINE.open(replace(original, sealed=damaged))
        said = f"{fault.value!r} {fault.value.__cause__!r} {fault.value.__context__!r}"
        assert "Invented" not in said
        assert "example.com" not in said


class TestSealing:
    def test_a_sealer_holds_no_private_key_anywhere(self) -> None:
        sealer = EnvelopeSealer({r: PublicKey(f"test:{r}", keys.public_half(e)) for r, e in ENCODED.items()})
        sealer.seal(CASE, "submission", PLAINTEXT)
        assert not [thing for thing in reachable(sealer) if "PrivateKey" in type(thing).__name__]
        assert [thing for thing in reachable(PIPELINE) if "PrivateKey" in type(thing).__name__]

    def test_every_call_draws_new_keys_and_names(self) -> None:
        one, other = sealed_for(), sealed_for()
        for field in ("object_id", "data_key_id", "subject_key_id", "wrapped_data_key", "ciphertext"):
            assert getattr(one.sealed, field) != getattr(other.sealed, field)

    def test_nothing_that_is_stored_holds_the_plaintext(self) -> None:
        assert b"Invented" not in repr(sealed_for()).encode()

    def test_a_role_without_a_key_is_refused(self) -> None:
        archive = PublicKey("test:archive", keys.public_half(ENCODED[KeyRole.ARCHIVE]))
        with pytest.raises(ValueError, match="no public key for pipeline"):
            EnvelopeSealer({KeyRole.ARCHIVE: archive})

    def test_two_roles_with_one_key_are_refused(self) -> None:
        shared = PublicKey("test:shared", keys.public_half(ENCODED[KeyRole.ARCHIVE]))
        with pytest.raises(ValueError, match="two roles share one"):
            EnvelopeSealer(dict.fromkeys(KeyRole, shared))

    def test_an_opener_without_keys_is_refused(self) -> None:
        with pytest.raises(ValueError, match="no private key for archive"):
            EnvelopeOpener(KeyRole.ARCHIVE, [])


def reachable(root: object) -> list[object]:
    """Return what can be reached from `root` through values, without going on to classes and modules."""
    found, todo = {id(root): root}, [root]
    while todo:
        for thing in gc.get_referents(todo.pop()):
            if id(thing) not in found and not isinstance(thing, type) and not hasattr(thing, "__code__"):
                found[id(thing)] = thing
                todo.append(thing)
    return list(found.values())
