"""What came of a job: its metrics by step and by epoch, and the epoch whose model is best."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from ..errors import DataError, RemoteError
from ..steps import ENDED, Checkpoint, RemoteJob
from .metrics import Metrics, named

if TYPE_CHECKING:
    import pandas

LOSSES: Sequence[str] = ("full_valid_loss", "valid_loss", "train_loss")
"""What tells the best epoch: the first one that all epochs have. The full one is of all validation examples; services
keep it for the last few epochs only."""
ACCURACIES: Sequence[str] = (
    "classification/accuracy", "valid_sequence_accuracy", "full_valid_accuracy", "valid_accuracy", "train_accuracy",
)  # fmt: skip
"""What `plot` draws: the first one that there is."""
HIDDEN_TOKENS = (
    "token accuracy may count two hidden tokens of each answer: an answer of one token that is wrong still has 0.67"
)
"""Published reverse engineering of 2025; it holds for results that have `train_mean_token_accuracy` or its kin."""


class Best(msgspec.Struct, frozen=True):
    """The best epoch of a training."""

    epoch: int
    """From 1."""
    epochs: int
    measure: str
    """What it is best by: one of LOSSES."""
    value: float
    """The last one of the epoch for the full validation loss, else the mean of the epoch: single batches vary."""
    model: str | None
    """The model as it was after this epoch, where the service kept it."""


class Results:
    """What came of a job. `ftprep.results` makes it."""

    def __init__(
        self,
        job: RemoteJob,
        metrics: Metrics,
        *,
        checkpoints: Sequence[Checkpoint] = (),
        examples: int | None = None,
        content: bytes = b"",
        suffix: str = ".txt",
    ):
        """`examples`: of the training file, where it is known. `content`: the file of metrics, whose name ends in
        `suffix`."""
        self.job, self.checkpoints, self.examples = job, tuple(checkpoints), examples
        self.content, self.suffix = content, suffix
        self.metrics = _with_checkpoints(metrics, checkpoints)

    @cached_property
    def steps_per_epoch(self) -> float | None:
        """From the job's epochs where it has succeeded, else from its checkpoints (one an epoch), else from examples
        and batch size; None where none of them tells."""
        epochs, last = _positive(self.job.settings.get("epochs")), self.metrics.last_step
        if epochs is not None and self.job.status == "succeeded" and last:
            return last / epochs
        steps = sorted({checkpoint.step for checkpoint in self.checkpoints if checkpoint.step > 0})
        if len(steps) > 1:
            return float(min(after - before for before, after in pairwise(steps)))
        batch = _positive(self.job.settings.get("batch_size"))
        return math.ceil(self.examples / batch) if batch is not None and self.examples else None

    def epoch(self, step: float) -> int | None:
        """The epoch of a step, from 1."""
        if self.steps_per_epoch is None:
            return None
        return max(1, math.ceil(step / self.steps_per_epoch - 1e-9))

    @cached_property
    def by_epoch(self) -> Mapping[int, Mapping[str, float]]:
        """Epoch -> metric -> mean of its steps; the last one of the epoch for what is measured on all of the validation
        examples, or after an epoch. Empty where the epochs are not known."""
        kept: dict[int, dict[str, list[float]]] = {}
        for row in self.metrics.rows:
            epoch = self.epoch(row["step"])
            if epoch is not None:
                of = kept.setdefault(epoch, {})
                for name, value in row.items():
                    of.setdefault(name, []).append(value)
        return {epoch: {name: _of_epoch(name, values) for name, values in of.items()} for epoch, of in kept.items()}

    @cached_property
    def best(self) -> Best | None:
        """The epoch with the lowest loss: of the validation, where there is one. None where it cannot be told."""
        epochs = self.by_epoch
        measured = [name for name in LOSSES if any(name in values for values in epochs.values())]
        if not measured:
            return None
        whole = (name for name in measured if all(name in values for values in epochs.values()))
        measure = next(whole, measured[0])
        found = {epoch: values[measure] for epoch, values in epochs.items() if measure in values}
        epoch = min(found, key=lambda one: (found[one], one))
        last = max(epochs)
        return Best(epoch, last, measure, found[epoch], self._model(epoch, last))

    def _model(self, epoch: int, last: int) -> str | None:
        if epoch == last and self.job.tuned_model:
            return self.job.tuned_model
        return next((kept.model for kept in self.checkpoints if self.epoch(kept.step) == epoch), None)

    @property
    def hidden_tokens(self) -> str:
        """What is to be said beside a token accuracy; empty where there is none."""
        told = any(self.metrics.has(f"{of}_accuracy") for of in ("train", "valid", "full_valid"))
        return HIDDEN_TOKENS if told else ""

    def to_pandas(self) -> pandas.DataFrame:
        """A row for each step, with its epoch; what was not measured is NaN. `step` is the index."""
        import pandas

        columns = [name for name in self.metrics.columns if name != "step"]
        frame = pandas.DataFrame([dict(row) for row in self.metrics.rows], columns=["step", *columns])
        frame = frame.astype({"step": "int64"})
        frame.insert(1, "epoch", pandas.Series([self.epoch(step) for step in frame["step"]], dtype="Int64"))
        return frame.set_index("step")

    def series(self, measure: str | None = None) -> tuple[str, list[tuple[float, float]]]:
        """A metric by step (default: the first of ACCURACIES). Raises DataError for one that is not there."""
        wanted = [measure] if measure is not None else [*ACCURACIES, *LOSSES]
        name = next((one for one in wanted if self.metrics.has(one)), None)
        if name is None:
            have = ", ".join(column for column in self.metrics.columns if column != "step")
            raise DataError(f"the results have no '{measure}'", hint=f"there are: {have}")
        return name, self.metrics.series(name)

    def plot(self, path: Path | str, measure: str | None = None) -> Path:
        """Draws a metric by step into an SVG file; the default is the accuracy on validation examples, or what is
        nearest to it. Raises DataError for a metric that is not there, OutputError where nothing can be written."""
        from .results_page import drawing, write

        return write(Path(path), drawing(self, *self.series(measure)))

    def __repr__(self) -> str:
        from .results_page import best_text

        return f"Results({self.job.id!r}, {self.job.status}; {best_text(self)})"

    def _repr_html_(self) -> str:
        from .notebook import results_html

        return results_html(self)


def _with_checkpoints(metrics: Metrics, checkpoints: Sequence[Checkpoint]) -> Metrics:
    """Together with what was measured at checkpoints: the loss of all validation examples stands nowhere else."""
    rows = {row["step"]: dict(row) for row in metrics.rows}
    for checkpoint in checkpoints:
        if checkpoint.step > 0 and checkpoint.metrics:
            found = named(checkpoint.metrics)
            rows[float(checkpoint.step)] = {**found, **rows.get(checkpoint.step, {}), "step": float(checkpoint.step)}
    names = dict.fromkeys((*metrics.columns, *(name for row in rows.values() for name in row)))
    return Metrics(tuple(names), tuple(rows[step] for step in sorted(rows)))


def _of_epoch(name: str, values: Sequence[float]) -> float:
    once = name == "step" or name.startswith(("full_valid_", "classification/"))
    return values[-1] if once else sum(values) / len(values)


def _positive(value: Any) -> float | None:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0 else None


def without_results(job: RemoteJob) -> RemoteError:
    """For a job that has none: why, and when it will."""
    if job.status in ENDED:
        text = f"job {job.id} has ended without results: {job.status}"
        return RemoteError(text, hint=f"see why with: ftprep jobs show {job.id}")
    hint = f"wait for its end: ftprep jobs follow {job.id}"
    return RemoteError(f"job {job.id} has no results yet: it is {job.status}", hint=hint)
