"""Reading ahead: a process of its own reads, gathers and begins to map, while this one decides and writes.

On two cores the main job takes three quarters of the time (`docs/benchmarks.md`). Nothing changes in the result: works
come in the same order, with the same counts. Where the system cannot fork, or the input is small, the engine does
without.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any

import msgspec

from ..example import Example
from ..plan import Plan
from .part import Part, Unit, Work

WORTH_IT = 16 << 20
"""Bytes of input from which a second process pays for its start."""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[Example]).decode
SHIPPED = (
    "roots",
    "root_examples",
    "begun",
    "first",
    "last",
    "rows",
    "groups",
    "given",
    "classes",
    "lost",
    "findings",
    "deltas",
)
"""What of a work other processes are to know, beside its examples."""


class Remains(msgspec.Struct):
    """What the reading process knows at its end."""

    hashes: list[str]
    """Of each input, in the order of the plan."""
    tallies: dict[int, Counter[str]]
    """What the steps that ran there tallied, by the number of the step."""


def worth_it(plan: Plan) -> bool:
    """Whether a second process would help: Linux, two cores, files that are large together."""
    if sys.platform != "linux" or (os.cpu_count() or 1) < 2:
        return False
    paths = [input_.path for source in plan.sources for input_ in source.inputs]
    return sum(path.stat().st_size for path in paths if path.is_file()) >= WORTH_IT


def read_ahead(
    parts: Iterable[Part],
    root: Callable[[Part], Work],
    remains: Callable[[], Remains],
) -> Iterator[Work | Remains]:
    """The works of the parts, made in another process; at the end what remains to be known.

    Raises what was raised there. The process ends with this generator, and with this process.
    """
    context = multiprocessing.get_context("fork")
    receive, send = context.Pipe(duplex=False)
    child = context.Process(target=_read, args=(parts, root, remains, receive, send), daemon=True)
    child.start()
    send.close()
    try:
        while True:
            try:
                kind, state, examples = pickle.loads(receive.recv_bytes())
            except EOFError:
                raise RuntimeError("the reading process ended without a word") from None
            if kind == "error":
                raise state
            yield state if kind == "end" else _work(state, examples)
            if kind == "end":
                return
    finally:
        receive.close()
        child.terminate()
        child.join()


def _read(
    parts: Iterable[Part],
    root: Callable[[Part], Work],
    remains: Callable[[], Remains],
    receive: Connection,
    send: Connection,
) -> None:
    """The other process. Interrupts are the first one's business; where that is gone, sending fails."""
    import gc

    gc.disable()  # it is over soon, and what it makes has no cycles
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    receive.close()
    try:
        for part in parts:
            send.send_bytes(_frame(part, root(part)))
        send.send_bytes(pickle.dumps(("end", remains(), None)))
    except BrokenPipeError:
        pass
    except Exception as error:
        send.send_bytes(pickle.dumps(("error", sendable(error), None)))


def sendable(error: Exception) -> Exception:
    """The error, or one that says the same, where it cannot be sent to another process."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _frame(part: Part, work: Work) -> bytes:
    state: dict[str, Any] = {name: getattr(work, name) for name in SHIPPED}
    state["part"] = shipped_part(part)
    examples: Any = work.examples
    with suppress(UnicodeEncodeError, TypeError, ValueError, OverflowError):  # half characters, numbers beyond 64 bits
        examples = _encode(examples)
    return pickle.dumps(("work", state, examples), pickle.HIGHEST_PROTOCOL)


def shipped_part(part: Part) -> Part:
    """What other processes are to know of a part: its unit, without what is open, how many rows, and the speakers."""
    unit = part.unit
    speakers = part.gather.speakers({}) if part.gather is not None else None
    bare = Unit(unit.index, unit.source, unit.file, unit.sheet, None)
    return Part(bare, [], [], read=part.read, speakers=speakers, share=part.share)


def _work(state: dict[str, Any], shipped: Any) -> Work:
    examples = _decode(shipped) if isinstance(shipped, bytes) else shipped
    return Work(examples=examples, **state)
