"""What the columns of a table hold, by their names and by what stands in their cells."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from ftprep import Row, as_text


def words_of(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


_NUMBER = re.compile(r"[-+]?[\d.,]*\d[\d.,]*(?:[eE][-+]?\d+)?\s*[%€$£]?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ,].*)?|\d{1,2}:\d{2}(?::\d{2}.*)?")
_LINK = re.compile(r"(?:https?://|www\.)\S+")
_WORDS = re.compile(r"[^\W_]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_IDS = words_of("id ids uuid guid nr no number key index sku fname filename url uri link")
_UNREADABLE = re.compile(r"[{}:!\[\]]")
_LONGEST_CLASS = 60
"""Characters; the names of classes are not longer."""

LABELS = words_of(
    "label labels class classes category categories sentiment intent topic tag polarity mood stance genre spam emotion "
    "klasse klassen kategorie stimmung thema etikett absicht etiqueta clase categoria categoría sentimiento tema "
    "intención étiquette classe catégorie sujet etichetta rótulo sentimento etykieta klasa kategoria метка класс "
    "категория 标签 类别 ラベル カテゴリ"
)
"""Words in the names of columns that hold classes, in several languages."""
TEXTS = words_of(
    "text texts tweet sentence message body content review comment utterance claim statement post headline email mail "
    "document article title question query context passage paragraph "
    "satz nachricht inhalt kommentar bewertung beitrag texto mensaje frase "
    "comentario reseña texte phrase avis commentaire testo messaggio recensione mensagem tekst zin bericht wiadomość "
    "текст сообщение отзыв 文本 内容 テキスト 文章"
)
"""Words in the names of columns that hold what is read."""
WRITTEN = words_of(
    "description summary abstract advertisement ad story ref reference translation slogan beschreibung zusammenfassung "
    "anzeige übersetzung descripción descripcion resumen anuncio traducción résumé annonce traduction descrizione "
    "riassunto descrição resumo описание 描述 摘要 説明 要約"
)
"""Words in the names of columns that hold what is to be written."""


class Cells(NamedTuple):
    """One column, as far as the first rows tell."""

    name: str
    share: float
    """Of rows that have something in it."""
    words: float
    """Words a cell, on average; writing without spaces has three characters a word."""
    longest: int
    """Characters of the longest cell."""
    distinct: int
    filled: int
    kind: str
    """`empty`, `nested`, `number`, `date`, `link`, `id` or `text`."""

    def named(self, words: Collection[str]) -> bool:
        """Whether its name has one of these words."""
        return any(word in words for word in name_words(self.name))

    @property
    def is_text(self) -> bool:
        """It holds sentences, or at least phrases."""
        return (
            self.kind == "text" and self.share >= 0.5 and (self.words >= 3 or (self.words >= 2 and self.named(TEXTS)))
        )

    @property
    def is_class(self) -> bool:
        """Few short values that come again and again."""
        if self.kind in ("empty", "nested", "date", "link", "id") or self.share < 0.5:
            return False
        if self.longest > _LONGEST_CLASS or self.words > 4 or (self.kind == "number" and self.distinct > 12):
            return False
        if self.named(LABELS):
            return self.filled < 20 or self.distinct <= 0.5 * self.filled
        return 2 <= self.distinct <= self.filled // 2


def name_words(name: str) -> list[str]:
    """The words of a column's name, in small letters: `airlineSentiment` and `airline_sentiment` have two."""
    return _WORDS.findall(_HUMP.sub(" ", name).lower())


def cells_of(rows: Sequence[Row]) -> dict[str, Cells]:
    """What each column holds, in the order of the first row; without those whose names no template can read."""
    names = [name for name in rows[0] if name.strip() and not _UNREADABLE.search(name)]
    return {name: _cells(name, [row.get(name) for row in rows]) for name in names}


def _cells(name: str, values: Sequence[Any]) -> Cells:
    nested = sum(isinstance(value, (list, tuple, Mapping)) for value in values)
    texts = [text for text in (as_text(value).strip() for value in values) if text]
    if nested or not texts:
        return Cells(name, len(texts) / len(values), 0, 0, 0, len(texts), "nested" if nested else "empty")
    words = sum(map(_count, texts)) / len(texts)
    longest, distinct = max(map(len, texts)), len(set(texts))
    return Cells(name, len(texts) / len(values), words, longest, distinct, len(texts), _kind(name, texts, words))


def _count(text: str) -> float:
    """Words; a word without spaces of a script that has none is counted by its characters."""
    spaced = len(text.split())
    return spaced if text.isascii() else max(spaced, sum(ord(char) > 0x2E7F for char in text) / 3)


def _kind(name: str, texts: Sequence[str], words: float) -> str:
    for kind, pattern in (("number", _NUMBER), ("date", _DATE), ("link", _LINK)):
        if sum(pattern.fullmatch(text) is not None for text in texts) >= 0.9 * len(texts):
            return "id" if kind == "number" and _named_id(name) else kind
    return "id" if words < 1.5 and _is_id(name, texts) else "text"


def _is_id(name: str, texts: Sequence[str]) -> bool:
    """Called like an id; or each is another, with digits in it."""
    different = len(texts) > 4 and len(set(texts)) == len(texts)
    return _named_id(name) or (different and all(any(map(str.isdigit, text)) for text in texts))


def _named_id(name: str) -> bool:
    return any(word in _IDS for word in name_words(name))
