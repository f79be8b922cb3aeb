"""Windows of text as the network sees them: token ids and one class per token."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from gateway.training.complaints import complaint
from gateway.training.labels import class_of
from gateway.training.marked import Span
from gateway.training.vocabulary import PAD

IGNORED = -100  # what the loss leaves out
_WINDOW = 480  # characters, as when serving
_TOKENS = 256
_SORTED_AHEAD = 4  # batches drawn together and sorted by length, so that little is padding


@dataclass(frozen=True, kw_only=True)
class Text:
    """A text with its spans, wherever it comes from."""

    text: str
    spans: Sequence[Span]


@dataclass(frozen=True, kw_only=True)
class Batch:
    """`ids` and `classes` (windows, tokens) as int64; padding has class `IGNORED` and is 0 in `attended`."""

    ids: NDArray[np.int64]
    classes: NDArray[np.int64]
    attended: NDArray[np.float32]


def read_texts(path: Path) -> list[Text]:
    """Return the texts of a JSONL file in the benchmark's shape."""
    rows = map(json.loads, filter(str.strip, path.read_text(encoding="utf-8").splitlines()))
    return [
        Text(text=row["text"], spans=tuple(Span(s["start"], s["end"], s["label"]) for s in row["spans"]))
        for row in rows
    ]


class Examples:
    """Draws batches: the same seed and number give the same batch, so a run can go on from any step."""

    def __init__(
        self,
        *,
        tokenizer: Tokenizer,
        languages: Sequence[str],
        extra: Sequence[Text],
        extra_share: float,
        size: int,
        seed: int,
    ) -> None:
        self.tokenizer, self.languages, self.extra = tokenizer, tuple(languages), tuple(extra)
        self.extra_share, self.size, self.seed = extra_share if extra else 0.0, size, seed
        self._drawn: tuple[int, list[Batch]] = (-1, [])

    def batch(self, step: int) -> Batch:
        """Return the batch of a step."""
        group, place = divmod(step, _SORTED_AHEAD)
        if self._drawn[0] != group:
            self._drawn = (group, self._group(group))
        return self._drawn[1][place]

    def _group(self, group: int) -> list[Batch]:
        draw = random.Random(f"{self.seed}/{group}")  # noqa: S311 - has to be repeatable, not secret
        windows = [self._window(draw) for _ in range(self.size * _SORTED_AHEAD)]
        windows.sort(key=lambda window: len(window[0]))
        batches = [padded(windows[start : start + self.size]) for start in range(0, len(windows), self.size)]
        draw.shuffle(batches)
        return batches

    def _window(self, draw: random.Random) -> tuple[list[int], list[int]]:
        if draw.random() < self.extra_share:
            text = draw.choice(self.extra)
        else:
            made = complaint(draw.choice(self.languages), f"{self.seed}-{draw.getrandbits(48):x}")
            text = Text(text=made.text, spans=made.spans)
        return encoded(self.tokenizer, cropped(text, draw))


def cropped(text: Text, draw: random.Random) -> Text:
    """Return a window of a long text, starting anywhere."""
    if len(text.text) <= _WINDOW:
        return text
    start = draw.randrange(0, len(text.text) - _WINDOW + 80)
    end = min(len(text.text), start + _WINDOW)
    inside = [
        Span(max(span.start, start) - start, min(span.end, end) - start, span.label)
        for span in text.spans
        if span.start < end and span.end > start
    ]
    return Text(text=text.text[start:end], spans=inside)


def encoded(tokenizer: Tokenizer, text: Text) -> tuple[list[int], list[int]]:
    """Return token ids and classes; a token that touches a value belongs to it, special tokens are ignored."""
    encoding = tokenizer.encode(text.text)
    by_letter = [0] * len(text.text)
    for span in text.spans:
        number = class_of(span.label)
        by_letter[span.start : span.end] = [number] * (span.end - span.start)
    classes = []
    for start, end in encoding.offsets[:_TOKENS]:
        touched = [by_letter[place] for place in range(start, end) if not text.text[place].isspace()]
        labelled = [number for number in touched if number]
        classes.append(IGNORED if end <= start else max(labelled, key=labelled.count) if labelled else 0)
    return encoding.ids[:_TOKENS], classes


def padded(windows: Sequence[tuple[list[int], list[int]]]) -> Batch:
    """Return windows as one batch, filled up to the longest."""
    longest = max(len(ids) for ids, _ in windows)
    ids = np.full((len(windows), longest), PAD, np.int64)
    classes = np.full((len(windows), longest), IGNORED, np.int64)
    attended = np.zeros((len(windows), longest), np.float32)
    for row, (tokens, answers) in enumerate(windows):
        ids[row, : len(tokens)], classes[row, : len(answers)], attended[row, : len(tokens)] = tokens, answers, 1.0
    return Batch(ids=ids, classes=classes, attended=attended)
