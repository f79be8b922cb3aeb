"""The tokenizer's vocabulary, cut to the scripts that complaints here are written in, before anything is trained.

Kept: the special pieces, and every piece made of Latin or Thai letters, combining marks, digits, punctuation and
common symbols. That is all of Latin rather than the most frequent pieces: names come from everywhere, and a name cut
into single letters is what a small model gets wrong. Cutting after training was tried and costs recall, Thai above all.
"""

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

SPECIAL_PIECES = 4  # <s>, <pad>, </s>, <unk>
PAD, UNKNOWN = 1, 3
_SPACE = "\u2581"  # how the tokenizer writes a space
_LAST_SYMBOL = 0x2200  # punctuation, currency and letter-like symbols lie below
_OTHER_SCRIPTS = range(0x370, 0xE00)  # Greek to Lao, but for Thai
_SCRIPTS = ("LATIN", "THAI")


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The cut tokenizer as JSON text, and for each of its pieces the row in the full vocabulary."""

    tokenizer: str
    rows: list[int]


def cut(tokenizer: bytes) -> Vocabulary:
    """Return the cut of a unigram `tokenizer.json`; ids are renumbered, scores stay."""
    content: dict[str, Any] = json.loads(tokenizer)
    pieces: list[tuple[str, float]] = content["model"]["vocab"]
    added = {token["id"] for token in content["added_tokens"]}
    rows = [
        row for row, (piece, _) in enumerate(pieces) if row < SPECIAL_PIECES or (row not in added and _readable(piece))
    ]
    content["model"]["vocab"] = [pieces[row] for row in rows]
    content["added_tokens"] = [token for token in content["added_tokens"] if token["id"] < SPECIAL_PIECES]
    content["truncation"] = content["padding"] = None
    return Vocabulary(tokenizer=json.dumps(content, ensure_ascii=False, separators=(",", ":")), rows=rows)


def _readable(piece: str) -> bool:
    return all(letter == _SPACE or _kept(letter) for letter in piece)


def _kept(letter: str) -> bool:
    if letter.isalpha():
        return unicodedata.name(letter, "?").split()[0] in _SCRIPTS
    elsewhere = ord(letter) >= _LAST_SYMBOL or ord(letter) in _OTHER_SCRIPTS
    return not elsewhere or "THAI" in unicodedata.name(letter, "?")
