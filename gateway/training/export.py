"""Turns a checkpoint into the file that serves: `python -m gateway.training.export FOLDER OUT --depth 6`.

The word embeddings are kept as eight-bit numbers with one scale per row; the linear layers are quantised dynamically by
onnxruntime, per channel. The file takes `input_ids` and `attention_mask`, both int64 (batch, tokens), and gives
`logits`.
"""

import argparse
import json
import sys
from pathlib import Path

import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from gateway.training.build import Plan, fresh_network, take_over
from gateway.training.network import Tagger

_MOST_BYTES = 70_000_000
_OPSET = 17


class Served(nn.Module):
    """The network up to one exit, with eight-bit word embeddings."""

    def __init__(self, network: Tagger, depth: int) -> None:
        super().__init__()
        words = network.words.weight.detach()
        scale = words.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        self.register_buffer("words", torch.round(words / scale).to(torch.int8))
        self.register_buffer("scale", scale)
        self.positions, self.norm = network.positions, network.norm
        self.layers = nn.ModuleList(list(network.layers)[:depth])
        self.head = network.heads[str(depth)]

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """Return logits (batch, tokens, classes)."""
        mask = (1.0 - attention_mask.to(torch.float32))[:, None, None, :] * -1e4
        place = torch.cumsum(torch.ones_like(input_ids[:1]), 1)[0] - 1
        embedded = self.words[input_ids].to(torch.float32) * self.scale[input_ids]
        hidden = self.norm(embedded + self.positions(place))
        for layer in self.layers:
            hidden = layer(hidden, mask)
        logits: Tensor = self.head(hidden)
        return logits


def finished(folder: Path, wheels: Path) -> Tagger:
    """Return the network of a run with the running mean of its weights.

    Raises:
        FileNotFoundError: the run has no checkpoint.
    """
    plan = Plan(**json.loads((folder / "plan.json").read_text(encoding="utf-8")))
    network = fresh_network(plan, wheels, folder / "tokenizer.json")
    take_over(network, folder)
    network.eval()
    return network


def export(network: Tagger, depth: int, target: Path) -> None:
    """Write the eight-bit file.

    Raises:
        ValueError: the file came out larger than what may be kept in the project.
    """
    full = target.with_suffix(".full.onnx")
    example = torch.randint(5, 1000, (2, 48))
    axes = {name: {0: "batch", 1: "tokens"} for name in ("input_ids", "attention_mask", "logits")}
    torch.onnx.export(
        Served(network, depth).eval(),
        (example, torch.ones_like(example)),
        str(full),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits"],
        dynamic_axes=axes,
        opset_version=_OPSET,
        dynamo=False,
    )
    quantize_dynamic(
        str(full),
        str(target),
        weight_type=QuantType.QInt8,
        per_channel=True,
        op_types_to_quantize=["MatMul", "Gemm"],
        extra_options={"MatMulConstBOnly": True},
    )
    full.unlink()
    onnx.checker.check_model(str(target))
    if target.stat().st_size > _MOST_BYTES:
        raise ValueError(f"the exported file has {target.stat().st_size} bytes, more than {_MOST_BYTES}")


def main() -> None:
    """Export as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--depth", type=int, default=6)
    given = parser.parse_args()
    torch.set_num_threads(1)
    network = finished(given.folder, given.wheels)
    export(network, given.depth, given.target)
    (given.target.parent / "tokenizer.json").write_bytes((given.folder / "tokenizer.json").read_bytes())
    sys.stdout.write(f"{given.target.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
