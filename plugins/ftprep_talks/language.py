"""`language`: conversations in other languages go."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ftprep import Column, Drop, Example, Map, MissingColumn, Outcome, RecipeError, StepRun, as_text

_MOST = 4000
"""Characters that are looked at; more do not make it surer."""
_Code = Annotated[str, Field(pattern="^[a-z]{2,3}$")]


class Language(Map):
    """Drops what is in another language. What is too short, or of no sure language, stays and is counted.

    The package py3langid tells the language, and nothing is sent anywhere: `pip install 'ftprep[language]'`.
    """

    name: ClassVar[str] = "language"
    shorthand: ClassVar[str] = "languages"

    languages: _Code | Annotated[list[_Code], Field(min_length=1)]
    """The languages that stay, by their ISO 639 codes: `en`, or `[en, de]`."""
    column: Column | None = None
    """The column to look at. Default: all messages together, or the column `text` before there are messages."""
    sure: float = Field(default=0.8, gt=0, le=1)
    """How sure another language must be, from 0 to 1."""
    characters: int = Field(default=20, ge=1)
    """Texts of fewer characters stay: nobody can tell."""

    @property
    def _stay(self) -> list[str]:
        return [self.languages] if isinstance(self.languages, str) else self.languages

    def start(self, run: StepRun) -> Callable[[Example], Outcome]:
        """What looks, and counts what it cannot tell. Raises RecipeError where py3langid is not installed, or a code is
        not known to it."""
        told = run.once("language", lambda: _teller(self._stay))

        def apply(example: Example) -> Outcome:
            text = self._text(example).strip()
            if len(text) < self.characters:
                run.tally("too short to tell")
                return example
            language, sure = told(text[:_MOST])
            if language in self._stay:
                return example
            if sure < self.sure:
                run.tally("of no sure language")
                return example
            return Drop("in another language", language)

        return apply

    def apply(self, example: Example) -> Outcome:
        """The example, or a Drop."""
        return self.start(StepRun())(example)

    def request(self, example: Example, run: StepRun) -> Example:
        """As it is: whoever asks may ask in any language."""
        return example

    def _text(self, example: Example) -> str:
        if self.column is not None:
            if self.column not in example.fields:
                raise MissingColumn(self.column)
            return as_text(example.fields[self.column])
        if example.messages:
            return "\n".join(message.text for message in example.messages)
        return as_text(example.fields.get("text"))


def _teller(known: list[str]) -> Callable[[str], tuple[str, float]]:
    identifier = _identifier()
    if stray := [code for code in known if code not in identifier.labels]:
        raise RecipeError(f"'language' does not know '{stray[0]}'", hint="give ISO 639 codes, such as en, de or zh")

    def told(text: str) -> tuple[str, float]:
        language, sure = identifier.classify(text)
        return str(language), float(sure)

    return told


@lru_cache(maxsize=1)
def _identifier() -> Any:
    try:
        from py3langid.langid import MODEL_FILE, LanguageIdentifier
    except ImportError:
        hint = "install it with: pip install 'ftprep[language]'"
        raise RecipeError("'language' needs the package py3langid", hint=hint) from None
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
