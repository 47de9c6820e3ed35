"""The transformer `generate`: a column that a model writes, found in a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from ftprep import (
    AnswerFile,
    DataError,
    Drop,
    Example,
    InPath,
    Map,
    MissingColumn,
    Outcome,
    Question,
    RecipeError,
    StepRun,
    Template,
)

_OWN = ("messages", "model", "n", "stream")
"""What the step itself says in a request, or has no use for."""


class Generate(Map):
    """Adds a column that a model writes: `generate: {into: summary, prompt: "Summarise: {text}", model: NAME}`.

    'ftprep generate RECIPE' asks the model, after it has told what that costs, and keeps the answers in a file beside
    the recipe. A run only reads that file and asks nobody, so it works offline and gives the same result; keep the
    file with the recipe. An answer belongs to its prompt: where the prompt, the model or the parameters change, it is
    asked for again, and all others are kept. Answers in the file may be corrected by hand.

    At inference no model is asked either: give the column yourself, as what trained the model had it.
    """

    name: ClassVar[str] = "generate"

    into: str = Field(min_length=1)
    """The new column. Spaces and empty lines around an answer are left out."""
    prompt: Template
    """What the model is asked about each example."""
    model: str = Field(min_length=1)
    """The model that is asked; another one than the recipe's, which is tuned."""
    system: Template | None = None
    """The system message before the prompt."""
    params: dict[str, Any] = {}
    """What else is in the request, as the service calls it: `{temperature: 0, max_tokens: 200}`."""
    cache: InPath = InPath("generated.jsonl")
    """The file of answers (JSON Lines), a path relative to the recipe. Several steps may share one."""
    on_missing: Literal["error", "drop"] = "error"
    """A prompt without an answer in the file: the run fails and says how many there are, or the example is dropped."""
    via: str | None = Field(default=None, min_length=1)
    """The uploader that asks. Without, it is that of the package that knows the model."""
    options: dict[str, Any] = {}
    """The uploader's options, such as `{base_url: "http://127.0.0.1:8000/v1"}`."""
    prices: dict[Literal["input", "output"], float] | None = Field(default=None, min_length=2)
    """USD for a million tokens of prompts and of answers, such as `{input: 0.4, output: 1.6}`. Without, they are those
    that are known here of the model."""

    @field_validator("params")
    @classmethod
    def _not_ours(cls, params: dict[str, Any]) -> dict[str, Any]:
        for name in _OWN:
            if name in params:
                raise ValueError(f"'{name}' is none of the parameters; leave it out")
        return params

    @field_validator("cache")
    @classmethod
    def _lines(cls, cache: InPath) -> InPath:
        if not cache.endswith(".jsonl"):
            raise ValueError("a file of answers is JSON Lines; let its name end in .jsonl")
        return cache

    def columns_after(self, columns: Sequence[str]) -> Sequence[str]:
        """The columns and the new one."""
        return [*columns, *([self.into] if self.into not in columns else [])]

    def answer_file(self) -> AnswerFile:
        """The file, and who is asked for what it has not got."""
        needed = self.on_missing == "error"
        prices = {str(name): price for name, price in (self.prices or {}).items()}
        return AnswerFile(path=str(self.cache), needed=needed, via=self.via, options=self.options, prices=prices)

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What puts the answer in."""
        return lambda example: self._filled(example, run)

    def apply(self, example: Example) -> Outcome:
        """The example with the answer. Raises RecipeError: without a run there is no file."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """The example as it is, where the column is given. Raises MissingColumn where it is not, and there is no file
        to find it in."""
        if self.into in example.fields:
            return example
        try:
            return super().request(example, run)
        except RecipeError:
            raise MissingColumn(self.into) from None

    def question(self, example: Example) -> Question:
        """What the model is asked about an example. Raises MissingColumn."""
        messages = [{"role": "user", "content": self.prompt.render(example)}]
        if self.system is not None:
            messages.insert(0, {"role": "system", "content": self.system.render(example)})
        return Question(model=self.model, arguments={"messages": messages, **self.params})

    def _filled(self, example: Example, run: StepRun) -> Outcome:
        if self.into in example.fields:
            place = str(example.source) if example.source is not None else None
            raise DataError(f"the column '{self.into}' is there already", hint="choose another 'into'", file=place)
        try:
            answer = run.answer(self.question(example), str(self.cache))
        except UnicodeEncodeError:
            return Drop("the prompt has half a character (a lone surrogate)")
        if answer is None:
            return Drop("no answer yet: run 'ftprep generate'")
        if not (text := answer.strip()):
            return Drop("the model's answer is empty")
        return example.with_(fields={**example.fields, self.into: text})
