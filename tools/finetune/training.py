"""The steps that both fine-tunings share: the learning rate's course, one pass over the batches, and checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch


@dataclass(frozen=True)
class Course:
    """What changes while a model learns."""

    model: torch.nn.Module
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LambdaLR

    @classmethod
    def of(cls, model: torch.nn.Module, optimizer: torch.optim.Optimizer, steps: int, rise: float) -> Course:
        """The rate rises over a share of ``rise`` (0 to 1) of all ``steps``, then falls evenly to a fiftieth."""
        up = max(1, int(steps * rise))
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: step / up if step < up else max(0.02, (steps - step) / max(1, steps - up))
        )
        return cls(model, optimizer, schedule)

    def pass_over(
        self, batches: Iterable[tuple[Any, Any, Any]], count: int, loss: Callable[[Any, Any], torch.Tensor], name: str
    ) -> float:
        """Learns from every (ids, mask, targets) once; the mean loss. A line every 50 batches tells the time left."""
        self.model.train()
        began, losses = time.monotonic(), []
        for number, (ids, mask, targets) in enumerate(batches, 1):
            self.optimizer.zero_grad()
            value = loss(self.model(ids, mask), targets)
            value.backward()
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            self.optimizer.step()
            self.schedule.step()
            losses.append(value.item())
            if number % 50 == 0:
                left = max(0, count - number) * (time.monotonic() - began) / number
                print(f"{name}, batch {number}: loss {np.mean(losses[-50:]):.3f}, {left:.0f} s left", flush=True)
        return float(np.mean(losses))

    def save(self, file: Path, mark: str, epoch: int, found: Any) -> None:
        """Writes a checkpoint after ``epoch`` epochs; ``mark`` names data and settings."""
        torch.save(
            {
                "mark": mark,
                "epoch": epoch,
                "found": found,
                "model": self.model.state_dict(),
                "optimizer": self.optimizer.state_dict(),
                "schedule": self.schedule.state_dict(),
            },
            file,
        )

    def resume(self, file: Path, mark: str) -> tuple[int, Any]:
        """Takes up a checkpoint with the same mark: the epochs done and what was found; (0, None) without one."""
        saved = torch.load(file, weights_only=False) if file.exists() else {}  # written by `save`
        if saved.get("mark") != mark:
            return 0, None
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.schedule.load_state_dict(saved["schedule"])
        print(f"going on after epoch {saved['epoch']}", flush=True)
        return int(saved["epoch"]), saved.get("found")
