"""The check `cost`: what training on the data costs, and what requests cost before and after."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, WithJsonSchema

from ftprep import Code, Finding, ModelFacts, Shown, StepRun, Topic, Verdict

from .codes import CODES, COST
from .costlook import CostLook, Spent
from .shown import of_cost
from .spending import Spending, add, age, spending, spent_of
from .tokens import Tokens

Price = Literal["training", "input", "cached_input", "output", "base_input", "base_output"]
_AS_TEXT = WithJsonSchema({"type": "string", "format": "date", "pattern": r"^\d{4}-\d{2}-\d{2}$"})
OLD = 180
"""Days after which a price is said to be old."""
_SMALL = 1000
"""Nobody asks what fewer tokens cost, so nothing is said about their prices."""


class Cost(Tokens):
    """Does what `tokens` does, in the same pass, and works out what training costs; a recipe needs one of them.

    Figures: `examples`, `messages`, `tokens`, `trained` (tokens of answers whose weight is not 0), `limit`, `over`,
    `cut` (tokens beyond the limit), `bytes` and `file_limit`, all of all splits together; `per_epoch` (tokens of train
    without those that are cut), `epochs`, `billed` (tokens of all epochs), `usd` (what they cost): what is set aside
    for validation is not paid for. Then `histogram`; the tables `distribution` (exact, percentiles by nearest rank) and
    `requests` (what 1,000 requests like these cost); and for each of the `splits` its own numbers.
    """

    name: ClassVar[str] = "cost"
    problem_codes: ClassVar[tuple[Code, ...]] = (*CODES, *COST)
    for_any_data = True
    topic: ClassVar[Topic] = "cost"

    prices: dict[Price, Annotated[float, Field(ge=0)]] = {}
    """USD per million tokens, in place of what is known of the model: `training`; `input` and `output` of the tuned
    model; `base_input` and `base_output` of the model before it is tuned."""
    epochs: int | None = Field(default=None, ge=1, le=50)
    """How often the examples are trained. Default: as often as the provider would choose, where its rule is known."""
    file_limit: int | None = Field(default=None, ge=1)
    """Bytes a file may have. Default: what the model's provider takes."""
    today: Annotated[date, _AS_TEXT] | None = None
    """The day on which prices are looked at. Default: today."""

    def start(self, run: StepRun) -> CostLook:
        """Looks at an example, or a batch with `look_all`. Raises RecipeError where tokens cannot be counted."""
        model, writer = self.counted(run)
        cut_at = self.cut_at(model)
        return CostLook(run, model, writer, limit=self.limit_of(run), on_fail=self.on_fail, cut_at=cut_at)

    def add(self, state: Any, values: Iterable[Any]) -> None:
        """Counts how often each number of tokens occurs; sums the rest."""
        add(state, values)

    def of_split(self, value: Any) -> Hashable | None:
        """Its tokens, and those of them that are trained."""
        counted: Any = [value.tokens, ("trained", value.trained)] if isinstance(value, Spent) else None
        found: Hashable | None = counted
        return found

    def cut_at(self, model: ModelFacts | None) -> int | None:
        """Tokens of an example that training reads; None: nobody knows."""
        return self.limit or (model.training_limit if model is not None else None)

    @classmethod
    def show(cls, figures: Mapping[str, Any]) -> Sequence[Shown]:
        """What is paid for, what is trained on, and how long examples are."""
        return of_cost(figures)

    def judge(self, state: Any, run: StepRun) -> Verdict:
        """The figures, and what stands in their way."""
        counted = super().judge(state, run)
        model = run.model
        prices: dict[str, float] = {**(model.prices if model is not None else {})}
        prices.update((str(name), price) for name, price in self.prices.items())
        rule = model.default_epochs if model is not None else {}
        file_limit = self.file_limit or (model.file_limit if model is not None else None)
        splits = spent_of(run.splits, self.cut_at(model))
        spent = spending(state, prices=prices, epochs=self.epochs, rule=rule, splits=splits)
        figures = spent.figures(counted.figures, file_limit)
        findings = [*counted.findings, *_cut(spent, counted.figures.get("limit")), *_too_large(spent, file_limit)]
        if spent.billed >= _SMALL:
            findings += self._about_prices(spent, run)
        return Verdict(findings, figures)

    def _about_prices(self, spent: Spending, run: StepRun) -> Iterable[Finding]:
        model = run.model
        name = model.name if model is not None else ""
        if spent.missing:
            text = f"no price is known for {', '.join(spent.missing)} of '{name}'"
            example = ", ".join(f"{price}: …" for price in spent.missing)
            yield Finding(
                "FT333", text, f"give it in USD per million tokens: cost: {{prices: {{{example}}}}}", "advice"
            )
        used = [price for price in spent.used if price not in self.prices]
        if model is not None and model.price_date and used and age(model.price_date, self.today) > OLD:
            text = f"the prices of '{name}' ({', '.join(used)}) were read in {model.price_date}, over {OLD} days ago"
            yield Finding("FT334", text, "look them up, and give them: cost: {prices: {…}}", "advice")


def _cut(spent: Spending, limit: int | None) -> Iterable[Finding]:
    """What the provider would cut away."""
    if spent.cut:
        answers = f", {spent.lost:,} of them in answers" if spent.lost else ""
        text = f"beyond the limit of {limit:,} tokens, {spent.cut:,} tokens would be cut away{answers}"
        yield Finding("FT335", text, "shorten the examples, e.g. with 'cut', 'chunk' or 'window', or drop them")


def _too_large(spent: Spending, limit: int | None) -> Iterable[Finding]:
    if limit is not None and spent.bytes > limit:
        text = f"the examples are {spent.bytes:,} bytes; a file may have {limit:,}"
        yield Finding("FT336", text, "leave some out, e.g. with 'limit' or 'dedupe', or shorten them")
