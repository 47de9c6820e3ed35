"""Numbers that look like a training: loss and accuracy by step, and the result file. The same for the same job."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from .answers import Json
from .world import Results, fraction

_TODAY = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
_LEGACY = "step,elapsed_tokens,elapsed_examples,training_loss,training_sequence_accuracy,training_token_accuracy"
_LEGACY_VALID = ",validation_loss,validation_sequence_accuracy,validation_token_accuracy"
_CLASSES = ",classification/accuracy,classification/weighted_f1_score"


@dataclass(frozen=True)
class Training:
    """The size of a training, and the seed of its numbers."""

    seed: str
    steps_per_epoch: int
    epochs: int
    batch_size: int
    tokens: int
    """Of one epoch."""
    validated: bool

    @property
    def total(self) -> int:
        """Steps of all epochs."""
        return self.steps_per_epoch * self.epochs

    @property
    def every(self) -> int:
        """Steps between two events, and between two looks at the validation file: ten in an epoch, where it can be."""
        return max(1, self.steps_per_epoch // 10)

    def epoch_steps(self, epoch: int) -> range:
        """The steps of an epoch (from 0)."""
        return range(epoch * self.steps_per_epoch + 1, (epoch + 1) * self.steps_per_epoch + 1)

    def told(self, epoch: int) -> Iterator[int]:
        """Steps of an epoch that there is an event about; its last one is among them."""
        steps = self.epoch_steps(epoch)
        return (step for step in steps if step % self.every == 0 or step == steps[-1])

    def at(self, step: int) -> Json:
        """The metrics of a step. The validation is best after two thirds of the training, and worse again after it."""
        far = step / self.total
        loss = 0.05 + 1.6 * math.exp(-3 * far) + 0.1 * fraction(f"{self.seed} {step}")
        metrics: Json = {"step": step, "train_loss": round(loss, 5), "train_mean_token_accuracy": _accuracy(loss)}
        last = step % self.steps_per_epoch == 0
        if self.validated and (last or step % self.every == 0):
            loss = 0.4 + 2.2 * (far - 2 / 3) ** 2 + 0.02 * fraction(f"{self.seed} valid {step}")
            metrics |= {"valid_loss": round(loss, 5), "valid_mean_token_accuracy": _accuracy(loss)}
            if last:
                metrics |= {"full_valid_loss": round(loss + 0.01, 5),
                            "full_valid_mean_token_accuracy": _accuracy(loss + 0.01)}  # fmt: skip
        return metrics

    def message(self, metrics: Json) -> str:
        """`Step 300/300: training loss=0.15, validation loss=0.27, full validation loss=0.40`."""
        parts = [f"training loss={metrics['train_loss']:.2f}"]
        if "valid_loss" in metrics:
            parts.append(f"validation loss={metrics['valid_loss']:.2f}")
        if "full_valid_loss" in metrics:
            parts.append(f"full validation loss={metrics['full_valid_loss']:.2f}")
        return f"Step {metrics['step']}/{self.total}: {', '.join(parts)}"


def _accuracy(loss: float) -> float:
    return round(max(0.0, min(1.0, 1 - loss / 2.5)), 5)


def result_csv(training: Training, columns: Results) -> bytes:
    """The result file: today's columns, those of 2021-23, or those with classification metrics too."""
    if columns == "today":
        return "".join(f"{line}\n" for line in (_TODAY, *_today(training))).encode()
    head = _LEGACY + _LEGACY_VALID * training.validated + _CLASSES * (columns == "classification")
    return "".join(f"{line}\n" for line in (head, *_legacy(training, columns == "classification"))).encode()


def _today(training: Training) -> Iterator[str]:
    for step in range(1, training.total + 1):
        metrics = training.at(step)
        valid = [metrics.get("valid_loss", ""), metrics.get("valid_mean_token_accuracy", "")]
        yield ",".join(map(str, [step, metrics["train_loss"], metrics["train_mean_token_accuracy"], *valid]))


def _legacy(training: Training, classes: bool) -> Iterator[str]:
    for step in range(1, training.total + 1):
        metrics = training.at(step)
        accuracy = metrics["train_mean_token_accuracy"]
        cells = [step, step * training.tokens // training.steps_per_epoch, step * training.batch_size,
                 metrics["train_loss"], round(accuracy**2, 5), accuracy]  # fmt: skip
        seen = "valid_loss" in metrics
        if training.validated:
            valid = metrics.get("valid_mean_token_accuracy", 0.0)
            cells += [metrics["valid_loss"], round(valid**2, 5), valid] if seen else ["", "", ""]
        if classes:
            score = 0.5 + accuracy / 2
            last = step % training.steps_per_epoch == 0
            cells += [round(score, 5), round(score - 0.01, 5)] if last else ["", ""]
        yield ",".join(map(str, cells))
