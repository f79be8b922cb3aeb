"""Where a run stands: saved every few minutes, whole or not at all, so that a run cut off goes on from there."""

from pathlib import Path
from typing import Any

import torch

_KEPT = 2


def save(folder: Path, step: int, state: dict[str, Any]) -> Path:
    """Write a checkpoint and drop all but the last two."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:07}.pt"
    partial = path.with_suffix(".partial")
    torch.save({"step": step, **state}, partial)
    partial.replace(path)
    for old in sorted(folder.glob("step-*.pt"))[:-_KEPT]:
        old.unlink()
    return path


def latest(folder: Path) -> dict[str, Any] | None:
    """Return the newest checkpoint, or nothing where there is none."""
    paths = sorted(folder.glob("step-*.pt"))
    if not paths:
        return None
    state: dict[str, Any] = torch.load(paths[-1], map_location="cpu", weights_only=True)
    return state
