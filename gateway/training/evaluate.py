"""Runs an exported network over labelled texts and writes what it finds, as the benchmark's scorer reads it.

`python -m gateway.training.evaluate MODEL.onnx TEXTS.jsonl --threshold 0.5 > predicted.jsonl`
"""

import argparse
import itertools
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gateway.training.labels import CLASSES, READABLE

_WINDOW, _OVERLAP = 480, 64
_GAP = 4  # letters between a street and its town
_PLACES = frozenset({"ADDRESS", "ZIP"})
_TOWN = np.array([name == "CITY" for name in CLASSES])
_SENSITIVE = np.array([name not in READABLE for name in CLASSES])
Probabilities = NDArray[np.float32]


class Reader:
    """An exported network with its tokenizer; one thread."""

    def __init__(self, model: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
        self.tokenizer = Tokenizer.from_file(str(model.parent / "tokenizer.json"))

    def by_letter(self, text: str) -> Probabilities:
        """Return (letters, classes): for each letter the most sensitive answer of the windows that hold it."""
        best = np.zeros((len(text), len(CLASSES)), np.float32)
        best[:, 0] = 1.0
        seen = np.full(len(text), -1.0, np.float32)
        for start, end in windows(text):
            encoding = self.tokenizer.encode(text[start:end])
            ids = np.array([encoding.ids], np.int64)
            logits = self.session.run(None, {"input_ids": ids, "attention_mask": np.ones_like(ids)})[0][0]
            raised = np.exp(logits - logits.max(-1, keepdims=True))
            chances = raised / raised.sum(-1, keepdims=True)
            for (first, last), chance in zip(encoding.offsets, chances, strict=True):
                sensitive = float(chance[_SENSITIVE | _TOWN].sum())
                for letter in range(start + first, start + last):
                    if sensitive > seen[letter]:
                        seen[letter], best[letter] = sensitive, chance
        return best


def windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield overlapping windows, cut at a blank where there is one near."""
    start = 0
    while True:
        end = min(len(text), start + _WINDOW)
        yield start, end
        if end == len(text):
            return
        start = end - _OVERLAP
        blank = text.find(" ", start, end - _OVERLAP // 2)
        start = blank + 1 if blank >= 0 else start


def findings(text: str, chances: Probabilities, threshold: float) -> list[dict[str, Any]]:
    """Return runs of words of which some letter is sensitive beyond the threshold, labelled by the strongest kind.

    A town counts where it stands beside a street, a postcode or another such town; elsewhere it stays readable.
    """
    sensitive = chances[:, _SENSITIVE | _TOWN].sum(-1)
    kinds = np.where(_SENSITIVE | _TOWN, chances, 0).argmax(-1)
    found: list[dict[str, Any]] = []
    for start, end in _words(text):
        if sensitive[start:end].max() < threshold:
            continue
        kind = CLASSES[int(kinds[start + int(sensitive[start:end].argmax())])]
        if found and found[-1]["entity"] == kind and not text[found[-1]["end"] : start].strip(" \t"):
            found[-1]["end"] = end
        else:
            found.append({"start": start, "end": end, "entity": kind})
    kept = _beside(text, found)
    return [one for one in found if one["entity"] != "CITY" or id(one) in kept]


def _beside(text: str, found: list[dict[str, Any]]) -> set[int]:
    """Return the identities of findings that belong to an address, read from both sides."""
    kept: set[int] = set()
    for order in (found, found[::-1]):
        for one, other in itertools.pairwise(order):
            first, last = sorted((one, other), key=lambda each: each["start"])
            gap = text[first["end"] : last["start"]]
            if len(gap) <= _GAP and (one["entity"] in _PLACES or id(one) in kept) and other["entity"] == "CITY":
                kept.add(id(other))
    return kept


def _words(text: str) -> Iterator[tuple[int, int]]:
    start = None
    for place, letter in enumerate(text + " "):
        inside = not letter.isspace() and letter not in '()<>[]{}"“”«»„,;' and not ("\u0e00" <= letter <= "\u0e7f")
        if inside and start is None:
            start = place
        if not inside and start is not None:
            yield start, place
            start = None
        if "\u0e00" <= letter <= "\u0e7f":
            yield place, place + 1


def main() -> None:
    """Evaluate as the arguments say; the time used goes to standard error."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("texts", type=Path)
    parser.add_argument("--threshold", type=float, default=0.5)
    given = parser.parse_args()
    reader, letters, started = Reader(given.model), 0, time.process_time()
    for line in given.texts.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        letters += len(row["text"])
        spans = findings(row["text"], reader.by_letter(row["text"]), given.threshold)
        sys.stdout.write(json.dumps({"id": row["id"], "findings": spans}) + "\n")
    used = time.process_time() - started
    sys.stderr.write(f"{1e6 * used / letters:.1f} CPU ms per 1,000 letters\n")


if __name__ == "__main__":
    main()
