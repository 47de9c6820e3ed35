"""The tokenizer `huggingface`: a local `tokenizer.json`, read by the library that made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ftprep import DataError, Tokenizer

from .pieces import pieces_of

if TYPE_CHECKING:
    from tokenizers import Encoding
    from tokenizers import Tokenizer as Made

FILE = "tokenizer.json"
_MOST = 1 << 20
"""Characters that are encoded at once: enough to be quick, little memory."""


class HuggingFace(Tokenizer):
    """Counts as the model's own `tokenizer.json` does: `model: {name: my-model, tokenizer: path/to/tokenizer.json}`.

    The path may be the file's or that of its folder, relative to the recipe. Tokens that a model adds at the start or
    end of a text are not counted; those that stand in a text are, as trainers encode them. Nothing is downloaded.
    """

    name: ClassVar[str] = "huggingface"

    @classmethod
    def knows(cls, name: str) -> bool:
        """Whether it looks like a path: `tokenizer.json`, `folder/`, `./folder`."""
        return name.endswith(".json") or "/" in name or "\\" in name

    @classmethod
    def load(cls, encoding: str) -> Callable[[Sequence[str]], list[int]]:
        """A function that gives the exact token count of each text; `encoding` is the path of the file or its folder.
        Raises DataError where it is no tokenizer, or the extra `huggingface` is not installed."""
        encode = Encoder(_read(encoding))
        return lambda texts: [len(encoded.ids) for encoded in encode(texts)]

    @classmethod
    def load_pieces(cls, encoding: str) -> Callable[[Sequence[str]], list[list[bytes]]]:
        """A function that gives the tokens of each text as bytes. Raises DataError as `load` does."""
        encode = Encoder(_read(encoding))
        return lambda texts: [
            pieces_of(text, encoded.tokens, encoded.offsets) for text, encoded in zip(texts, encode(texts), strict=True)
        ]


class Encoder:
    """Encodes texts as they are: nothing is added, cut off or filled up, whatever the file says."""

    def __init__(self, made: Made):
        made.no_truncation()
        made.no_padding()
        self._made = made

    def __call__(self, texts: Sequence[str]) -> list[Encoding]:
        """The encoding of each text."""
        encoded: list[Encoding] = []
        start = size = 0
        for end, text in enumerate(texts, 1):
            size += len(text)
            if size >= _MOST or end == len(texts):
                encoded += self._block(list(texts[start:end]))
                start, size = end, 0
        return encoded

    def _block(self, texts: list[str]) -> list[Encoding]:
        try:
            return self._made.encode_batch(texts, add_special_tokens=False)
        except (TypeError, UnicodeEncodeError):  # half characters: as U+FFFD
            whole = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
            return self._made.encode_batch(whole, add_special_tokens=False)


def _read(path: str) -> Made:
    """The tokenizer in a file, or in the `tokenizer.json` of a folder. Raises DataError, which begins with the path."""
    file = Path(path) / FILE if Path(path).is_dir() else Path(path)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        hint = f"name the model's own {FILE}, or the folder that has it; nothing is downloaded"
        raise DataError(f"this tokenizer cannot be read ({why})", hint=hint, file=file.as_posix()) from error
    try:
        from tokenizers import Tokenizer as Made
    except ImportError as error:
        hint = "pip install 'ftprep[huggingface]'"
        raise DataError("this tokenizer needs the package 'tokenizers'", hint=hint, file=file.as_posix()) from error
    try:
        return Made.from_str(text)
    except Exception as error:  # the library raises nothing narrower
        why = str(error).splitlines()[0] if str(error) else type(error).__name__
        hint = f"name the model's own {FILE}"
        raise DataError(f"this is no tokenizer that can be used ({why})", hint=hint, file=file.as_posix()) from error
