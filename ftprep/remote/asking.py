"""Asking a model many questions: several at a time, none twice, and what was answered is kept whatever happens."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Container, Sequence

from ..errors import RemoteError
from ..steps import Answer, Question
from .answers import Answers, question_key
from .link import Link

CONCURRENCY = 4
"""Questions that are on their way at a time."""
HOPELESS = 8
"""Equal errors in a row after which nothing more is asked."""
_LOOK = 0.2
"""Seconds after which a waiting program looks whether it is interrupted: some systems do not wake it."""
Reply = Answer | RemoteError


def ask_all(
    link: Link,
    questions: Sequence[Question],
    *,
    cache: Answers | None = None,
    concurrency: int = CONCURRENCY,
    progress: Callable[[int], None] | None = None,
    fresh: bool = False,
    sample: int = 0,
) -> list[Reply]:
    """An answer, or the error there was in its place, for each question, in their order.

    Equal questions are asked once, and those that `cache` has an answer to not at all, unless `fresh`; it gets each
    answer when it arrives. `progress` is told how many are answered. After eight equal errors in a row the rest is not
    asked and gets that error. An interruption leaves at once. Raises what is no RemoteError.
    """
    place = f"{link.account}\n{link.remote.address}"
    keys = [question_key(question, place=place, sample=sample) for question in questions]
    known: dict[str, Reply] = {}
    if cache is not None and not fresh:
        known = {key: found for key in dict.fromkeys(keys) if (found := cache.get(key)) is not None}
    open_ = {key: question for key, question in zip(keys, questions, strict=True) if key not in known}
    if open_:
        link.needs("ask", "ask a model")
        known |= _Crew(link, open_, cache, _Told(keys, known, progress)).work(min(concurrency, len(open_)))
    return [known[key] for key in keys]


class _Told:
    """Counts the questions that are answered, equal ones too."""

    def __init__(self, keys: Sequence[str], known: Container[str], progress: Callable[[int], None] | None):
        self._each, self._progress = Counter(keys), progress
        self._done = sum(key in known for key in keys)

    def __call__(self, key: str) -> None:
        self._done += self._each[key]
        if self._progress is not None:
            self._progress(self._done)


class _Crew:
    """Threads that ask, and what they bring. They end with the program: an answer that never comes holds nobody."""

    def __init__(self, link: Link, open_: dict[str, Question], cache: Answers | None, told: Callable[[str], None]):
        self._link, self._cache, self._told = link, cache, told
        self._waiting: queue.SimpleQueue[tuple[str, Question]] = queue.SimpleQueue()
        for one in open_.items():
            self._waiting.put(one)
        self._brought: queue.SimpleQueue[tuple[str, Reply | BaseException]] = queue.SimpleQueue()
        self._keys = list(open_)
        self._stop, self._row = threading.Event(), _Row()

    def work(self, count: int) -> dict[str, Reply]:
        """All replies, by key."""
        for n in range(count):
            threading.Thread(target=self._ask, name=f"ask-{n}", daemon=True).start()
        try:
            return self._gather()
        finally:
            self._stop.set()

    def _gather(self) -> dict[str, Reply]:
        replies: dict[str, Reply] = {}
        while len(replies) < len(self._keys):
            key, reply = self._next()
            if not isinstance(reply, (Answer, RemoteError)):
                raise reply
            replies[key] = reply
            self._told(key)
            if (hopeless := self._row.hopeless) is not None:
                return {key: replies.get(key, hopeless) for key in self._keys}
        return replies

    def _next(self) -> tuple[str, Reply | BaseException]:
        while True:
            try:
                return self._brought.get(timeout=_LOOK)
            except queue.Empty:
                continue

    def _ask(self) -> None:
        while not self._stop.is_set() and self._row.hopeless is None:
            try:
                key, question = self._waiting.get_nowait()
            except queue.Empty:
                return
            self._brought.put((key, self._row.seen(self._answer(key, question))))

    def _answer(self, key: str, question: Question) -> Reply | BaseException:
        try:
            answer = self._link.ask(question)
            if self._cache is not None:
                self._cache.put(key, answer)
            return answer
        except BaseException as error:  # whatever it is, the one who waits for it has to know
            return error


class _Row:
    """Counts equal errors in a row."""

    def __init__(self) -> None:
        self.hopeless: RemoteError | None = None
        """What all questions get that are not asked any more."""
        self._lock, self._said, self._count = threading.Lock(), "", 0

    def seen(self, reply: Reply | BaseException) -> Reply | BaseException:
        """The reply, counted."""
        with self._lock:
            said = str(reply) if isinstance(reply, RemoteError) else ""
            self._count = self._count + 1 if said and said == self._said else int(bool(said))
            self._said = said
            if self._count >= HOPELESS and isinstance(reply, RemoteError):
                self.hopeless = reply
        return reply
