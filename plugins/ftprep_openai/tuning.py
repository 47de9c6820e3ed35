"""What decides a fine-tuning job at a service that speaks OpenAI's API, as options of a recipe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from ftprep import Code, JobRequest, Problem, RecipeError, Uploader

from .codes import REMOTE

Method = Literal["supervised", "dpo", "reinforcement"]
Auto = Literal["auto"]
METHODS: Mapping[str, Method] = {
    "openai_chat": "supervised",
    "openai_completion": "supervised",
    "openai_preference": "dpo",
    "openai_reinforcement": "reinforcement",
}
"""The format of the files -> how they are trained."""
RUN_KEY = "ftprep_run"
"""The key of a job's metadata that names it."""
_ONLY: Mapping[str, Method] = {
    "beta": "dpo",
    "grader": "reinforcement",
    "reasoning_effort": "reinforcement",
    "compute_multiplier": "reinforcement",
    "eval_interval": "reinforcement",
    "eval_samples": "reinforcement",
}
"""Options that one method alone has."""


class Wandb(BaseModel):
    """Where Weights & Biases shows the metrics: the service sends them there."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    project: str = Field(min_length=1)
    """The project there."""
    name: str | None = None
    """What the run is called there. Default: the job's id."""
    entity: str | None = None
    """The team or user. Default: that of the key which the service was given."""
    tags: list[str] = []
    """Tags of the run."""


class Tuning(Uploader):
    """The options of a job, and the request they make. Ranges: OpenAI's API description, August 2026."""

    shorthand: ClassVar[str | None] = "suffix"
    formats: ClassVar[tuple[str, ...]] = tuple(METHODS)
    problem_codes: ClassVar[tuple[Code, ...]] = REMOTE

    method: Method | Auto = "auto"
    """How it is trained; `auto`: as the files' format says. A preference is trained by `dpo`."""
    suffix: str | None = Field(default=None, min_length=1, max_length=64)
    """Becomes a part of the tuned model's name."""
    epochs: Annotated[int, Field(ge=1, le=50)] | Auto = "auto"
    """How often the examples are trained; `auto`: the service decides, as for the others."""
    batch_size: Annotated[int, Field(ge=1, le=256)] | Auto = "auto"
    """Examples in a batch."""
    learning_rate_multiplier: Annotated[float, Field(gt=0)] | Auto = "auto"
    """How much faster or slower than usual the model learns."""
    beta: Annotated[float, Field(gt=0, le=2)] | Auto = "auto"
    """For `dpo`: how near to the model before training it stays."""
    grader: dict[str, Any] | None = None
    """For `reinforcement`, which needs it: what judges the answers, as the API has it (`type: string_check`, …)."""
    reasoning_effort: Literal["default", "low", "medium", "high"] | None = None
    """For `reinforcement`: how much the model thinks."""
    compute_multiplier: Annotated[float, Field(gt=0.00001, le=10)] | Auto = "auto"
    """For `reinforcement`: how much it explores."""
    eval_interval: Annotated[int, Field(ge=1)] | Auto = "auto"
    """For `reinforcement`: steps between two evaluations."""
    eval_samples: Annotated[int, Field(ge=1)] | Auto = "auto"
    """For `reinforcement`: answers per example of an evaluation."""
    seed: int | None = Field(default=None, ge=0, le=2147483647)
    """The seed of the training. Default: the service draws one."""
    metadata: dict[
        Annotated[str, Field(min_length=1, max_length=64)], Annotated[str, Field(max_length=512)]
    ] = Field(default={}, max_length=15)  # fmt: skip
    """What the service is to keep with the job. A sixteenth pair, which names the job, is added."""
    wandb: Wandb | None = None
    """Show the metrics at Weights & Biases. They leave the service for a third party then."""
    compute_classification_metrics: bool = False
    """For services that still have it: accuracy, F1 and the like in the results, for files whose answers are
    classes. The three options below belong to it."""
    classification_n_classes: int | None = Field(default=None, ge=2)
    """How many classes there are."""
    classification_positive_class: str | None = None
    """Which of two classes precision and recall are about."""
    classification_betas: list[Annotated[float, Field(gt=0)]] = []
    """Betas of the F-scores to be worked out."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for wrong in (self._method_faults(), self._classification_fault()):
            if wrong:
                raise ValueError(wrong)
        if RUN_KEY in self.metadata:
            raise ValueError(f"'{RUN_KEY}' in metadata is taken: it names the job; choose another key")
        return self

    def _method_faults(self) -> str:
        wanted = {_ONLY[name]: name for name in self._given() if name in _ONLY}
        if self.method != "auto":
            wanted = {method: name for method, name in wanted.items() if method != self.method}
            if wanted:
                return f"'{next(iter(wanted.values()))}' is not for the method {self.method}; leave it out"
        if len(wanted) > 1:
            return f"{' and '.join(map(repr, wanted.values()))} are for different methods; leave one of them out"
        if self.method == "reinforcement" and self.grader is None:
            return "the method reinforcement needs a 'grader' that judges the answers"
        return ""

    def _classification_fault(self) -> str:
        names = ("classification_n_classes", "classification_positive_class", "classification_betas")
        alone = [name for name in names if getattr(self, name)]
        if alone and not self.compute_classification_metrics:
            return f"'{alone[0]}' has no effect without 'compute_classification_metrics: true'"
        return ""

    def _given(self) -> dict[str, Any]:
        """The settings of the method that are not left to the service."""
        names = ("epochs", "batch_size", "learning_rate_multiplier", *_ONLY)
        return {name: value for name in names if (value := getattr(self, name)) not in ("auto", None)}

    @property
    def classification(self) -> dict[str, Any]:
        """The settings of classification metrics, as the first versions of the API had them."""
        if not self.compute_classification_metrics:
            return {}
        rest = ("classification_n_classes", "classification_positive_class", "classification_betas")
        return {"compute_classification_metrics": True} | {name: v for name in rest if (v := getattr(self, name))}

    def job(self) -> Mapping[str, Any]:
        """Method, suffix, seed and the settings that are not left to the service."""
        named = {"suffix": self.suffix, "seed": self.seed, "method": None if self.method == "auto" else self.method}
        return self._given() | {name: v for name, v in named.items() if v is not None} | self.classification

    def method_for(self, format_: str) -> Method:
        """How files of a format are trained. Raises RecipeError where the options are for another method."""
        method = METHODS.get(format_, "supervised") if self.method == "auto" else self.method
        if format_ in METHODS and METHODS[format_] != method:
            hint = f"leave 'method' out: {METHODS[format_]} is what they are for"
            raise RecipeError(f"files of the format {format_} cannot be trained by the method {method}", hint=hint)
        for name in self._given():
            if _ONLY.get(name, method) != method:
                message = (
                    f"'{name}' is for the method {_ONLY[name]}, and files of the format {format_} are for {method}"
                )
                raise RecipeError(message, hint="leave it out")
        if method == "reinforcement" and self.grader is None:
            raise RecipeError(f"files of the format {format_} need a 'grader' that judges the answers", hint="add it")
        return method

    def suits(self, format_: str) -> Iterable[Problem]:
        """What of the options is for another method than these files."""
        try:
            self.method_for(format_)
        except RecipeError as error:
            return error.problems
        return ()

    def request(self, job: JobRequest) -> dict[str, Any]:
        """Arguments of `fine_tuning.jobs.create`. Raises RecipeError where the options do not fit the files."""
        optional = {
            "validation_file": job.files.get("validation"),
            "suffix": self.suffix,
            "seed": self.seed,
            "method": self._method(self.method_for(job.format)),
            "integrations": self._integrations(),
            "extra_body": self.classification or None,
        }
        made = {
            "model": job.model,
            "training_file": job.files["train"],
            "metadata": {**self.metadata, RUN_KEY: job.key},
        }
        return made | {name: value for name, value in optional.items() if value is not None}

    def _method(self, method: Method) -> dict[str, Any] | None:
        """None where it is the usual one with nothing to say about it: then every service knows what is meant."""
        given = self._given()
        if method == "supervised" and not given and self.method == "auto":
            return None
        if "epochs" in given:
            given["n_epochs"] = given.pop("epochs")
        grader = {"grader": given.pop("grader")} if "grader" in given else {}
        inner = grader | ({"hyperparameters": given} if given else {})
        return {"type": method} | ({method: inner} if inner else {})

    def _integrations(self) -> list[dict[str, Any]] | None:
        if self.wandb is None:
            return None
        given = {name: value for name, value in self.wandb.model_dump().items() if value}
        return [{"type": "wandb", "wandb": given}]
