"""Every error that the gateway raises on purpose, as one tree.

GatewayError
├── InvalidSubmissionError      what was sent cannot be taken; names each place and reason, never a value
├── IdempotencyConflictError    the same Idempotency-Key came with another body
├── NotFoundError               missing, foreign and forbidden look the same
├── InvalidAccountError         a user name, role or new password cannot be taken; names each place and reason
├── SignInRefusedError          wrong name, wrong password, disabled account: one answer for all
├── PolicyError                 a policy file is wrong; lists every fault
├── SettingsError               the environment is wrong; lists every fault
├── CannotOpenError             a sealed object, or the key to it, does not open
├── KeyStoreError               a key is missing, damaged or open to others; names the file and the cure
├── DetectionError              detection failed or is not able to judge this text
│   └── UnsupportedLanguageError
├── DeliveryError               a destination did not take a message; says whether trying again can help
├── StorageUnavailableError     the database cannot be reached or did not commit; trying again is safe
└── SupervisionError            a part of the running gateway could not be started

A message is written for the person who can act on it and carries no submitted text.
"""

import traceback
from dataclasses import dataclass
from pathlib import PurePath


class GatewayError(Exception):
    """Base of everything above."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where (a JSON pointer, or a file and path) and why."""

    pointer: str
    reason: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{self.pointer or '/'}: {self.reason}"


class FaultsError(GatewayError):
    """Base of the errors that list all faults at once, so that nobody mends them one by one."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep `faults` in the order given."""
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


class InvalidSubmissionError(FaultsError):
    """The submission was refused and nothing was stored."""


class InvalidAccountError(FaultsError):
    """The account or password was refused and nothing was changed."""


class PolicyError(FaultsError):
    """A policy file is wrong, so the gateway refuses to start."""


class SettingsError(FaultsError):
    """An environment variable is wrong, so the gateway refuses to start."""


class IdempotencyConflictError(GatewayError):
    """The Idempotency-Key was used before, with another body."""


class NotFoundError(GatewayError):
    """There is no such thing, or not for you."""


class SignInRefusedError(GatewayError):
    """Name and password do not open an account."""


class CannotOpenError(GatewayError):
    """Ciphertext, key or context do not belong together, or a byte was changed."""


class KeyStoreError(GatewayError):
    """A key is missing, damaged, or can be read or replaced by others; the message names the file and the cure."""


class DetectionError(GatewayError):
    """Personal data could not be looked for, so nothing may leave."""


class UnsupportedLanguageError(DetectionError):
    """No detector is able to judge text in this language."""


class DeliveryError(GatewayError):
    """A destination did not take a message.

    Args:
        code: short machine word for the log, such as `http-503` or `timeout`.
        permanent: trying again cannot help (410 Gone).
        retry_after: seconds that the destination asked us to wait, if it did.
    """

    def __init__(self, code: str, *, permanent: bool = False, retry_after: int | None = None) -> None:
        super().__init__(f"the destination did not take the message: {code}")
        self.code = code
        self.permanent = permanent
        self.retry_after = retry_after


class StorageUnavailableError(GatewayError):
    """The database cannot be reached or did not commit. Nothing was stored."""


class SupervisionError(GatewayError):
    """A process or the database did not start; the message says which and what to look at."""


def place_of(error: BaseException) -> str:
    """Return kind and place of an error, such as `ValueError in engine.py line 40`, and nothing of its message.

    A message that nobody foresaw may hold what somebody wrote.
    """
    frames = traceback.extract_tb(error.__traceback__)
    where = f" in {PurePath(frames[-1].filename).name} line {frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
