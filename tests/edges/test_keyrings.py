"""The `file:` key store: what it makes, and everything that it refuses to read."""

import base64
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.core.errors import KeyStoreError
from gateway.core.sealed import KeyRole
from gateway.sealing.envelope import EnvelopeOpener, EnvelopeSealer
from gateway.sealing.keyrings import file as keyring

FILES = ["hashes.key", "archive.key", "archive.pub", "pipeline.key", "pipeline.pub"]
SECRETS = [name for name in FILES if name.endswith(".key")]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "keys"
    keyring.create_missing_keys(folder)
    return folder


@pytest.fixture
def keys(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "keys")


def load(folder: Path, name: str) -> object:
    if name == "hashes.key":
        return keyring.load_hash_secret(folder)
    if name.endswith(".pub"):
        return keyring.load_public_keys(folder)
    return keyring.load_private_keys(folder, KeyRole(name.removesuffix(".key")))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class TestCreating:
    def test_a_new_folder_gets_every_key_and_only_the_owner_can_read_them(self, tmp_path: Path) -> None:
        folder = tmp_path / "home" / "keys"
        assert keyring.create_missing_keys(folder) == FILES
        assert sorted(snapshot(folder)) == sorted(FILES)
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {(folder / name).stat().st_mode & 0o777 for name in SECRETS} == {0o600}

    def test_a_careless_umask_makes_no_difference(self, tmp_path: Path) -> None:
        before = os.umask(0)
        try:
            keyring.create_missing_keys(tmp_path / "keys")
        finally:
            os.umask(before)
        assert {(tmp_path / "keys" / name).stat().st_mode & 0o777 for name in SECRETS} == {0o600}
        assert keyring.load_public_keys(tmp_path / "keys")

    def test_doing_it_again_changes_nothing(self, keys: Path) -> None:
        before = snapshot(keys)
        assert keyring.create_missing_keys(keys) == []
        assert snapshot(keys) == before

    def test_many_at_once_agree_on_one_set_of_keys(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(8) as pool:
            created = list(pool.map(keyring.create_missing_keys, [tmp_path / "keys"] * 8))
        assert sorted(created) == [[]] * 7 + [FILES]
        assert keyring.load_hash_secret(tmp_path / "keys")

    def test_every_installation_has_its_own_keys(self, keys: Path, tmp_path: Path) -> None:
        keyring.create_missing_keys(tmp_path / "other")
        assert not set(snapshot(keys).values()) & set(snapshot(tmp_path / "other").values())

    @pytest.mark.parametrize("done", range(1, len(FILES)))
    def test_a_run_that_was_stopped_half_way_is_finished_by_the_next(self, keys: Path, done: int) -> None:
        for name in FILES[done:]:
            (keys / name).unlink()
        (keys / f".{FILES[done]}.new").write_text('{"format": "pgw/k')
        before = snapshot(keys)
        assert keyring.create_missing_keys(keys) == FILES[done:]
        assert {name: snapshot(keys)[name] for name in FILES[:done]} == {name: before[name] for name in FILES[:done]}
        assert sorted(snapshot(keys)) == sorted(FILES)
        assert opens_what_it_sealed(keys)

    @pytest.mark.parametrize("lost", [["hashes.key"], ["archive.key", "archive.pub"], FILES[:3]])
    def test_a_key_that_was_lost_is_not_quietly_replaced(self, keys: Path, lost: list[str]) -> None:
        for name in lost:
            (keys / name).unlink()
        with pytest.raises(KeyStoreError, match=rf"{lost[0]} is gone.*restore it from your backup"):
            keyring.create_missing_keys(keys)
        assert sorted(snapshot(keys)) == sorted(set(FILES) - set(lost))

    def test_no_private_key_is_made_beside_a_public_one(self, keys: Path) -> None:
        for role in KeyRole:
            (keys / f"{role}.key").unlink()
        assert keyring.create_missing_keys(keys) == []
        assert not (keys / "archive.key").exists()

    def test_a_folder_that_others_can_read_gets_no_keys(self, tmp_path: Path) -> None:
        (tmp_path / "keys").mkdir(mode=0o755)
        with pytest.raises(KeyStoreError, match=r"chmod 700 .*/keys"):
            keyring.create_missing_keys(tmp_path / "keys")
        assert snapshot(tmp_path / "keys") == {}

    def test_a_folder_that_cannot_be_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "keys").write_text("not a folder")
        with pytest.raises(KeyStoreError, match=r"keys cannot be kept in .*/keys"):
            keyring.create_missing_keys(tmp_path / "keys")


def opens_what_it_sealed(folder: Path) -> bool:
    original = EnvelopeSealer(keyring.load_public_keys(folder)).seal(uuid4(), "submission", b"invented")
    return all(
        EnvelopeOpener(role, keyring.load_private_keys(folder, role)).open(original) == b"invented" for role in KeyRole
    )


class TestLoading:
    def test_private_keys_open_what_public_keys_sealed(self, keys: Path) -> None:
        assert opens_what_it_sealed(keys)

    def test_a_key_id_is_the_start_of_the_hash_of_the_public_key(self, keys: Path) -> None:
        public = base64.b64decode(json.loads((keys / "archive.pub").read_text())["key"])
        expected = f"file:{hashlib.sha256(public).hexdigest()[:16]}"
        assert keyring.load_public_keys(keys)[KeyRole.ARCHIVE].key_id == expected
        assert [key.key_id for key in keyring.load_private_keys(keys, KeyRole.ARCHIVE)] == [expected]

    def test_the_secret_of_the_hashes_has_32_bytes_and_stays_the_same(self, keys: Path) -> None:
        assert len(keyring.load_hash_secret(keys)) == 32
        assert keyring.load_hash_secret(keys) == keyring.load_hash_secret(keys)

    def test_the_intake_needs_no_private_key_on_its_machine(self, keys: Path, tmp_path: Path) -> None:
        intake = tmp_path / "intake"
        intake.mkdir(mode=0o700)
        for name in ("hashes.key", "archive.pub", "pipeline.pub"):
            shutil.copy2(keys / name, intake / name)
        original = EnvelopeSealer(keyring.load_public_keys(intake)).seal(uuid4(), "submission", b"invented")
        opener = EnvelopeOpener(KeyRole.ARCHIVE, keyring.load_private_keys(keys, KeyRole.ARCHIVE))
        assert opener.open(original) == b"invented"
        with pytest.raises(KeyStoreError, match=r"pipeline\.key is missing"):
            keyring.load_private_keys(intake, KeyRole.PIPELINE)

    def test_loading_public_keys_works_where_private_ones_cannot_be_read(self, keys: Path) -> None:
        for role in KeyRole:
            (keys / f"{role}.key").write_bytes(b"damaged")
        assert set(keyring.load_public_keys(keys)) == set(KeyRole)


def changed_field(field: str, value: object) -> Callable[[bytes], bytes]:
    return lambda content: json.dumps({**json.loads(content), field: value}).encode()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut in the middle": lambda content: content[: len(content) // 2],
    "without its last brace": lambda content: content.rstrip()[:-1],
    "zeroes, as after a power cut": lambda content: bytes(len(content)),
    "a list": lambda _: b"[]",
    "a number": lambda _: b"7",
    "an endless list": lambda _: b"[" * 10_000,
    "far too large": lambda content: content + b" " * 20_000 + b"x",
    "no JSON": lambda _: b"-----BEGIN PRIVATE KEY-----",
    "another format": changed_field("format", "pgw/key/v2"),
    "no key": changed_field("key", ""),
    "a key that is no text": changed_field("key", 7),
    "a key that is not base64": changed_field("key", "*" * 44),
    "a key that is too short": changed_field("key", base64.b64encode(bytes(20)).decode()),
    "another key": changed_field("key", base64.b64encode(bytes(32)).decode()),
    "another key id": changed_field("key_id", "file:0000000000000000"),
    "another name": changed_field("name", "other.key"),
}


class TestRefusing:
    @pytest.mark.parametrize("name", FILES)
    @pytest.mark.parametrize("damage", DAMAGES)
    def test_a_damaged_or_foreign_file_is_refused_by_name_and_with_the_cure(
        self, keys: Path, name: str, damage: str
    ) -> None:
        content = (keys / name).read_bytes()
        (keys / name).write_bytes(DAMAGES[damage](content))
        with pytest.raises(KeyStoreError, match=rf"{name} is cut short, changed.*restore it from your backup") as fault:
            load(keys, name)
        assert fault.value.__cause__ is None
        assert fault.value.__context__ is None
        assert json.loads(content)["key"] not in str(fault.value)

    def test_a_file_under_another_name_is_refused(self, keys: Path) -> None:
        for name, other in (("archive.key", "pipeline.key"), ("archive.pub", "pipeline.pub")):
            shutil.copy2(keys / name, keys / other)
            with pytest.raises(KeyStoreError, match=f"{other} is cut short, changed, or not the key"):
                load(keys, other)

    @pytest.mark.parametrize("name", FILES)
    def test_a_missing_file_is_named(self, keys: Path, name: str) -> None:
        (keys / name).unlink()
        with pytest.raises(KeyStoreError, match=f"{name} is missing: restore it from your backup"):
            load(keys, name)

    @pytest.mark.parametrize("name", FILES)
    def test_a_folder_in_place_of_a_file_is_named(self, keys: Path, name: str) -> None:
        (keys / name).unlink()
        (keys / name).mkdir(mode=0o700)
        with pytest.raises(KeyStoreError, match=f"{name} cannot be read"):
            load(keys, name)

    @pytest.mark.parametrize("name", SECRETS)
    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o610, 0o644, 0o777])
    def test_a_secret_that_others_can_reach_is_refused_with_the_cure(self, keys: Path, name: str, mode: int) -> None:
        (keys / name).chmod(mode)
        with pytest.raises(KeyStoreError, match=rf"{name} is open to other accounts: chmod 600 .*/{name}"):
            load(keys, name)

    @pytest.mark.parametrize("mode", [0o664, 0o646, 0o622])
    def test_a_public_key_that_others_can_replace_is_refused_with_the_cure(self, keys: Path, mode: int) -> None:
        (keys / "pipeline.pub").chmod(mode)
        with pytest.raises(KeyStoreError, match=r"chmod 644 .*/pipeline\.pub"):
            keyring.load_public_keys(keys)

    @pytest.mark.parametrize("name", FILES)
    def test_a_folder_that_others_can_reach_is_refused_with_the_cure(self, keys: Path, name: str) -> None:
        keys.chmod(0o750)
        with pytest.raises(KeyStoreError, match=r"chmod 700 .*/keys"):
            load(keys, name)
