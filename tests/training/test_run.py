import random
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the network is made with torch, which the training extra installs")
tokenizers = pytest.importorskip("tokenizers", reason="the training extra installs it")
pytest.importorskip("faker", reason="names come from Faker, which the training extra installs")

from gateway.training import build, examples  # noqa: E402 - only where torch is
from gateway.training.encoder_source import Shape  # noqa: E402
from gateway.training.labels import CLASSES  # noqa: E402
from gateway.training.marked import Span  # noqa: E402
from gateway.training.network import Tagger  # noqa: E402

SHAPE = Shape(width=24, layers=2, heads=2, inner=48, vocabulary=300, positions=300, epsilon=1e-12)
PLAN = build.Plan(
    depth=2, exit=1, steps=8, decay=4, rate=1e-3, size=3, seed=5, extra_share=0.0, languages=("en", "th")
)  # fmt: skip


class Letters:
    """A tokenizer of single letters, with a mark at each end, as the real one answers."""

    def encode(self, text: str) -> SimpleNamespace:
        ids = [0, *(ord(letter) % 290 + 4 for letter in text), 2]
        offsets = [(0, 0), *((place, place + 1) for place in range(len(text))), (0, 0)]
        return SimpleNamespace(ids=ids, offsets=offsets)


def run_in(folder: Path) -> build.Run:
    torch.manual_seed(PLAN.seed)
    return build.Run(PLAN, Tagger(SHAPE, PLAN.exits, len(CLASSES)), folder)


def drawn() -> examples.Examples:
    return examples.Examples(
        tokenizer=Letters(), languages=PLAN.languages, extra=[], extra_share=0.0, size=PLAN.size, seed=PLAN.seed
    )


def test_a_run_that_was_cut_off_ends_where_an_unbroken_one_ends(tmp_path: Path) -> None:
    whole = run_in(tmp_path / "whole")
    build.train(whole, drawn(), seconds=600, save_every=600)
    broken = run_in(tmp_path / "broken")
    for _ in range(3):
        broken.learn(drawn().batch(broken.step))
    broken.save()
    resumed = run_in(tmp_path / "broken")
    assert resumed.step == 3
    build.train(resumed, drawn(), seconds=600, save_every=600)
    assert resumed.step == whole.step == PLAN.steps
    for name, mean in whole.mean.items():
        assert torch.equal(mean, resumed.mean[name]), name


def test_both_exits_learn_and_the_word_embeddings_do_not(tmp_path: Path) -> None:
    run = run_in(tmp_path)
    before = {name: value.clone() for name, value in run.network.state_dict().items()}
    run.learn(drawn().batch(0))
    after = run.network.state_dict()
    changed = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert {"heads.1.weight", "heads.2.weight", "layers.0.query.weight", "layers.1.query.weight"} <= changed
    assert "words.weight" not in changed


def test_the_teacher_is_not_pulled_towards_the_student() -> None:
    student = torch.zeros(1, 2, len(CLASSES), requires_grad=True)
    teacher = torch.randn(1, 2, len(CLASSES), requires_grad=True)
    build.loss_of([student, teacher], torch.tensor([[1, examples.IGNORED]])).backward()
    alone = torch.nn.functional.cross_entropy(teacher[0, :1], torch.tensor([1]))
    assert torch.allclose(teacher.grad, torch.autograd.grad(alone, teacher)[0])
    assert student.grad[0, 1].abs().sum() == 0


def test_padding_changes_no_answer() -> None:
    torch.manual_seed(1)
    network = Tagger(SHAPE, (1, 2), len(CLASSES)).eval()
    ids = torch.randint(4, 300, (1, 7))
    alone = network(ids, torch.ones(1, 7))
    filled = torch.cat([ids, torch.ones(1, 5, dtype=torch.long)], 1)
    beside = network(filled, torch.cat([torch.ones(1, 7), torch.zeros(1, 5)], 1))
    for one, other in zip(alone, beside, strict=True):
        assert torch.allclose(one, other[:, :7], atol=1e-5)


def test_the_rate_rises_stays_and_falls() -> None:
    plan = build.Plan(
        depth=2, exit=1, steps=1000, decay=200, rate=1.0, size=1, seed=1, extra_share=0, languages=("en",)
    )
    rates = [plan.rate_at(step) for step in (0, 30, 60, 799, 900, 999)]
    assert rates[0] < rates[1] < rates[2] == rates[3] == 1.0
    assert rates[4] == pytest.approx(0.5)
    assert rates[5] == pytest.approx(0.02)


def test_the_same_step_draws_the_same_batch_whatever_was_drawn_before() -> None:
    first, later = drawn(), drawn()
    later.batch(2)
    later.batch(9)
    assert np.array_equal(first.batch(5).ids, later.batch(5).ids)
    assert np.array_equal(first.batch(5).classes, later.batch(5).classes)


def test_tokens_that_touch_a_value_bear_its_class_and_marks_are_ignored() -> None:
    text = examples.Text(text="I am Bo.", spans=[Span(5, 7, "PERSON")])
    _, classes = examples.encoded(Letters(), text)
    person = CLASSES.index("PERSON")
    assert classes == [examples.IGNORED, 0, 0, 0, 0, 0, person, person, 0, examples.IGNORED]


def test_a_long_text_is_cut_into_windows_with_its_spans() -> None:
    text = examples.Text(text="x" * 600 + "NAME" + "x" * 600, spans=[Span(600, 604, "PERSON")])
    for seed in range(30):
        window = examples.cropped(text, random.Random(seed))  # noqa: S311 - has to be repeatable
        assert len(window.text) <= 480
        assert all(set(window.text[span.start : span.end]) <= set("NAME") for span in window.spans)
        assert sum(span.end - span.start for span in window.spans) == sum(letter in "NAME" for letter in window.text)
