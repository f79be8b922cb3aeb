"""The network: a BERT encoder with one token head after its last layer and one after an early layer.

Both heads learn together: the early exit is the student (fast enough to serve), the full depth is its teacher. The
early head learns from the labels and from the softened answers of the late head in the same step, so every checkpoint
holds both.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor, nn

from gateway.training.encoder_source import Floats, Shape


class Layer(nn.Module):
    """One post-norm transformer layer; input and output (batch, tokens, width)."""

    def __init__(self, shape: Shape, dropout: float) -> None:
        super().__init__()
        self.heads = shape.heads
        width = shape.width
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attention_out = nn.Linear(width, width)
        self.attention_norm = nn.LayerNorm(width, eps=shape.epsilon)
        self.inner, self.outer = nn.Linear(width, shape.inner), nn.Linear(shape.inner, width)
        self.output_norm = nn.LayerNorm(width, eps=shape.epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Attend where the additive `mask` (batch, 1, 1, tokens) is zero, then transform each token."""
        batch, tokens, width = hidden.shape

        def split(projected: Tensor) -> Tensor:
            return projected.view(batch, tokens, self.heads, width // self.heads).transpose(1, 2)

        query, key, value = split(self.query(hidden)), split(self.key(hidden)), split(self.value(hidden))
        seen = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask.to(query.dtype))
        seen = self.attention_out(seen.transpose(1, 2).reshape(batch, tokens, width))
        hidden = self.attention_norm(hidden + self.dropout(seen))
        changed = self.outer(nn.functional.gelu(self.inner(hidden)))
        normed: Tensor = self.output_norm(hidden + self.dropout(changed))
        return normed


class Tagger(nn.Module):
    """Encoder and token heads, one head after each layer number in `exits` (counted from 1)."""

    def __init__(self, shape: Shape, exits: tuple[int, ...], classes: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.exits = exits
        self.words = nn.Embedding(shape.vocabulary, shape.width)
        self.positions = nn.Embedding(shape.positions, shape.width)
        self.norm = nn.LayerNorm(shape.width, eps=shape.epsilon)
        self.layers = nn.ModuleList([Layer(shape, dropout) for _ in range(max(exits))])
        self.heads = nn.ModuleDict({str(depth): nn.Linear(shape.width, classes) for depth in exits})
        self.dropout = nn.Dropout(dropout)
        self.words.weight.requires_grad = False

    def forward(self, ids: Tensor, attended: Tensor) -> list[Tensor]:
        """Return one (batch, tokens, classes) of logits per exit, shallowest first; `attended` is 1 on real tokens."""
        mask = (1.0 - attended.to(self.norm.weight.dtype))[:, None, None, :] * -1e4
        place = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.dropout(self.norm(self.words(ids) + self.positions(place)))
        answers = []
        for depth, layer in enumerate(self.layers, start=1):
            hidden = layer(hidden, mask)
            if depth in self.exits:
                answers.append(self.heads[str(depth)](hidden))
        return answers

    def load_pretrained(self, weights: Mapping[str, Floats], rows: list[int]) -> None:
        """Take over pretrained weights, keeping only the given rows of the word embeddings; the heads stay as drawn."""
        wanted = self.state_dict()
        chosen = {name: array[rows] if name == "words.weight" else array for name, array in weights.items()}
        state = {name: torch.from_numpy(np.ascontiguousarray(a)) for name, a in chosen.items() if name in wanted}
        missing = [name for name in self.load_state_dict(state, strict=False).missing_keys if "heads." not in name]
        if missing:
            raise ValueError(f"the pretrained encoder lacks {len(missing)} tensors, the first: {missing[0]}")
