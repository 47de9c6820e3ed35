"""Results for Weights & Biases: only where somebody asks for it."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import RecipeError, RemoteError
from .results import Results


def track(
    results: Results,
    project: str,
    folder: Path,
    environ: Mapping[str, str],
    *,
    load: Callable[[str], Any] = importlib.import_module,
) -> str:
    """Logs the metrics by step as a run of the project, named after the job; its own files go into the folder. Returns
    where the run is: an address, or the folder where it waits to be sent (WANDB_MODE=offline). Raises RecipeError where
    the package is missing, RemoteError where it refuses."""
    try:
        wandb = load("wandb")
    except ImportError as error:
        hint = "install it with: pip install 'ftprep[wandb]'"
        raise RecipeError("--wandb needs a package that is not installed", hint=hint) from error
    folder.mkdir(parents=True, exist_ok=True)
    mode = environ.get("WANDB_MODE", "online")
    try:
        quiet = wandb.Settings(silent=True, console="off", disable_git=True, disable_code=True, x_disable_stats=True)
        with wandb.init(
            project=project, id=_id(results.job.id), name=results.job.id, dir=folder.as_posix(), mode=mode,
            resume="allow", config=_config(results), settings=quiet,
        ) as run:  # fmt: skip
            for row in results.metrics.rows:
                run.log({name: value for name, value in row.items() if name != "step"}, step=int(row["step"]))
            place = str(run.url) if mode == "online" else Path(run.dir).parent.as_posix()
        wandb.teardown()  # its own process ends, with all of the run on the disk
        return place
    except (wandb.Error, OSError) as error:
        why = " ".join(str(error).split())[:200]
        hint = "log in with 'wandb login', or set WANDB_MODE=offline"
        raise RemoteError(f"Weights & Biases did not take the results ({why})", hint=hint) from error


def _id(job: str) -> str:
    """A run's id: the same job is the same run."""
    return "".join(c if c.isalnum() or c in "-_" else "-" for c in job)[:64]


def _config(results: Results) -> dict[str, Any]:
    job = results.job
    return {"model": job.model, "tuned_model": job.tuned_model, "job": job.id, "status": job.status, **job.settings}
