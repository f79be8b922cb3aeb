import time

import pytest

from gateway.sealing.passwords import Argon2Passwords

PASSWORD = "an invented staple horse"


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


def test_the_right_password_matches_and_another_does_not(passwords: Argon2Passwords) -> None:
    stored = passwords.hash(PASSWORD)
    assert passwords.verify(stored, PASSWORD)
    assert not passwords.verify(stored, PASSWORD + " ")
    assert not passwords.verify(stored, "")


def test_a_hash_is_argon2id_salted_and_tells_nothing(passwords: Argon2Passwords) -> None:
    one, other = passwords.hash(PASSWORD), passwords.hash(PASSWORD)
    assert one.startswith("$argon2id$")
    assert one != other
    assert PASSWORD not in one


def test_without_a_hash_nothing_matches(passwords: Argon2Passwords) -> None:
    assert not passwords.verify(None, PASSWORD)
    assert not passwords.verify(None, "")


@pytest.mark.parametrize("stored", ["", "plain text", "$argon2id$v=19$m=65536,t=3,p=4$", "$2b$12$invented"])
def test_a_damaged_hash_matches_nothing(passwords: Argon2Passwords, stored: str) -> None:
    assert not passwords.verify(stored, PASSWORD)


def test_time_does_not_tell_whether_there_is_a_hash(passwords: Argon2Passwords) -> None:
    def fastest(password_hash: str | None) -> float:
        times = []
        for _ in range(2):
            start = time.process_time()
            passwords.verify(password_hash, "wrong")
            times.append(time.process_time() - start)
        return min(times)

    with_hash, without = fastest(passwords.hash(PASSWORD)), fastest(None)
    assert 0.5 < without / with_hash < 2


def test_composed_and_decomposed_letters_are_the_same_password(passwords: Argon2Passwords) -> None:
    assert passwords.verify(passwords.hash("caf\u00e9 au lait"), "cafe\u0301 au lait")


def test_half_a_surrogate_pair_is_a_wrong_password_and_no_error(passwords: Argon2Passwords) -> None:
    assert not passwords.verify(passwords.hash(PASSWORD), "\ud800")
