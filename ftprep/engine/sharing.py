"""Sharing the work: each of some processes takes every n-th part from its rows to its lines; this one decides and
writes, in the order of the input.

Every process reads the whole input, which costs less than sending rows about. Where a Select stands between, the keys
of a part come here and what is kept of it goes back. Nothing changes in the result.
"""

from __future__ import annotations

import itertools
import multiprocessing
import os
import pickle
import queue
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, suppress
from multiprocessing.connection import Connection
from typing import Any

from ..plan import Plan
from .ahead import SHIPPED, Remains, sendable, shipped_part
from .deciding import first_kept, keep_where
from .keys import KeyTable, digest
from .part import Part, Work
from .runner import SelectRunner
from .stages import Stages

_MOST = 4
_WAITING = 4
"""Frames that wait in each process until they are taken."""
_AHEAD = 2
"""Parts whose keys each process makes before it waits for what is kept of the one before them."""


def can_share(plan: Plan, stages: Stages) -> bool:
    """Whether parts can be worked on apart: no gather holds rows back, at most one decision, by the first of each key,
    and all sources are files that can be read twice."""
    selects = [select for _, select in stages.segments if select is not None]
    simple = len(selects) < 2 and not any(select.planned.step.by_hash() for select in selects)
    inputs = [input_ for source in plan.sources for input_ in source.inputs]
    named = all(source.inputs for source in plan.sources) and all(input_.path.is_file() for input_ in inputs)
    return simple and named and plan.gather is None and bool(plan.checks)


def share(parts: Iterable[Part], stages: Stages, remains: Callable[[bool], Remains]) -> Iterator[Work | Remains]:
    """The finished works of the parts, in their order; at the end what remains to be known, from each process.

    `remains` is told whether hashes are wanted. Raises what was raised there, for the first part that fails. The
    processes end with this generator, and with this process.
    """
    select = stages.segments[0][1]
    with ExitStack() as stack:
        count = min(_MOST, os.cpu_count() or 1)
        others = [_Other(stack, (parts, stages, remains), (number, count)) for number in range(count)]
        deciding = _Deciding(others, select) if select is not None else None
        for number in itertools.count():
            if deciding is not None:
                deciding.through(number + count * (_AHEAD + 1))
            work = others[number % count].take("work")
            if work is None:
                break
            yield _work(work)
        for other in others:
            yield other.end()


class _Other:
    """One of the processes, seen from here."""

    def __init__(self, stack: ExitStack, job: tuple[Any, ...], which: tuple[int, int]):
        context = multiprocessing.get_context("fork")
        self.pipe, there = context.Pipe()
        self._held: dict[str, deque[Any]] = {"keys": deque(), "work": deque()}
        self._last: tuple[str, Any] | None = None
        self._child = context.Process(target=_process, args=(*job, *which, there, self.pipe), daemon=True)
        self._child.start()
        there.close()
        stack.callback(self._stop)

    def take(self, kind: str) -> Any:
        """The next thing of a kind; None where there is none any more. Raises, in place of a work, what the process
        raised."""
        held = self._held[kind]
        while not held:
            if self._last is None:
                self._receive()
            elif self._last[0] == "error" and kind == "work":
                raise self._last[1]
            else:
                return None
        return held.popleft()

    def end(self) -> Remains:
        """What remains of it."""
        while self._last is None:
            self._receive()
        kind, said = self._last
        if kind == "error":
            raise said
        remains: Remains = said
        return remains

    def _receive(self) -> None:
        try:
            kind, said = pickle.loads(self.pipe.recv_bytes())
        except (EOFError, ConnectionError):
            raise RuntimeError("a process that shares the work ended without a word") from None
        if kind in self._held:
            self._held[kind].append(said)
        else:
            self._last = (kind, said)

    def _stop(self) -> None:
        self.pipe.close()
        self._child.terminate()
        self._child.join()


class _Deciding:
    """Decides what is kept of each part, in the order of the input."""

    def __init__(self, others: Sequence[_Other], select: SelectRunner):
        self._others, self._next = others, 0
        self._most = select.planned.step.most()
        self._table = KeyTable(counting=self._most > 1)
        self._over = False

    def through(self, end: int) -> None:
        """Decides all parts before this one."""
        while self._next < end and not self._over:
            other = self._others[self._next % len(self._others)]
            keys = other.take("keys")
            if keys is None:
                self._over = True
                return
            with suppress(BrokenPipeError, ConnectionError):  # it failed on another part, and says so
                other.pipe.send_bytes(bytes(first_kept(self._table, keys, self._most)))
            self._next += 1


def _process(
    parts: Iterable[Part],
    stages: Stages,
    remains: Callable[[bool], Remains],
    number: int,
    count: int,
    pipe: Connection,
    parents: Connection,
) -> None:
    """One of the processes. Interrupts are the first one's business; where that is gone, sending fails."""
    import gc

    gc.disable()  # it is over soon, and what it makes has no cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parents.close()
    sender = _Sender(pipe)
    try:
        _share_of(itertools.islice(parts, number, None, count), stages, sender)
        sender.send("end", remains(number == 0))
    except (BrokenPipeError, EOFError, ConnectionError):
        pass
    except Exception as error:
        with suppress(BrokenPipeError):
            sender.send("error", sendable(error))
    sender.finish()


class _Sender:
    """Sends in a thread of its own, so that work goes on while a frame waits to be taken."""

    def __init__(self, pipe: Connection):
        self.pipe = pipe
        self._frames: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._gone = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def send(self, kind: str, said: Any) -> None:
        """Raises BrokenPipeError where nobody is there to take it any more."""
        if self._gone:
            raise BrokenPipeError
        self._frames.put(pickle.dumps((kind, said), pickle.HIGHEST_PROTOCOL))

    def finish(self) -> None:
        """Waits until all is sent."""
        self._frames.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (frame := self._frames.get()) is not None:
            try:
                if not self._gone:
                    self.pipe.send_bytes(frame)
            except OSError:
                self._gone = True


def _share_of(parts: Iterator[Part], stages: Stages, sender: _Sender) -> None:
    waiting: deque[Work] = deque()
    select = stages.segments[0][1]
    try:
        for part in parts:
            work = stages.segment(0, stages.begin(part))
            if select is not None:
                sender.send("keys", [None if key is None else digest(key) for key in work.keys])
            waiting.append(work)
            if select is None or len(waiting) > _AHEAD:
                _finish(waiting.popleft(), stages, sender)
    finally:  # what an earlier part raises comes before what is raised here
        while waiting:
            _finish(waiting.popleft(), stages, sender)


def _finish(work: Work, stages: Stages, sender: _Sender) -> None:
    select = stages.segments[0][1]
    if select is not None:
        keep_where(work, select, list(map(bool, sender.pipe.recv_bytes())))
    stages.finish(work)
    values = [written.values for written in work.outputs]
    for output, written in zip(stages.outputs, work.outputs, strict=True):
        written.states = [check.seen(seen) for check, seen in zip(output.checks, written.values, strict=True)]
        written.values = []
    try:
        sender.send("work", _state(work))
    except (BrokenPipeError, ConnectionError):
        raise
    except Exception:  # a state that cannot be sent; values can
        for written, seen in zip(work.outputs, values, strict=True):
            written.values, written.states = seen, None
        sender.send("work", _state(work))


def _state(work: Work) -> dict[str, Any]:
    state = {name: getattr(work, name) for name in SHIPPED if name not in ("roots", "begun")}
    return {**state, "outputs": work.outputs, "part": shipped_part(work.part)}


def _work(state: dict[str, Any]) -> Work:
    return Work(examples=[], roots=[], begun=True, **state)
