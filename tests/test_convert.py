"""`ftprep.convert`: between all formats that can be read, with all that is lost named."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ftprep
from ftprep import Drop, Example, Lossy, Message, StepRun
from ftprep.conversion.differ import unsaid
from ftprep.conversion.kinds import decodes
from ftprep.registry import Registered, Registry
from ftprep.testing.samples import EXAMPLES

pytestmark = pytest.mark.files

REGISTRY = Registry.installed()
FORMATS = [item for item in REGISTRY.all("writer") if decodes(item)]


class Kind(NamedTuple):
    """A format in one of its forms."""

    item: Registered
    options: dict[str, Any]

    @property
    def name(self) -> str:
        return " ".join([self.item.name, *self.options.values()])


def kinds(item: Registered) -> list[Kind]:
    """Those whose option `form` has several values have a kind for each."""
    field = item.cls.model_fields.get("form")
    return [Kind(item, {"form": form}) for form in get_args(field.annotation)] if field else [Kind(item, {})]


KINDS = [kind for item in FORMATS for kind in kinds(item)]
PAIRS = [pytest.param(a, b, id=f"{a.name} and {b.name}") for a, b in product(KINDS, KINDS) if a is not b]

CHATS = """\
{"messages": [{"role": "user", "content": "Hi", "name": "Ann"}, {"role": "assistant", "content": "Hello."}]}
{"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant"}]}
no json
{"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "So long."}], "rated": 3}
{"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}]}
"""


@pytest.fixture
def chats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("chats.jsonl")
    path.write_text(CHATS, encoding="utf-8", newline="\n")
    return path


def lines(path: Path | None) -> list[Any]:
    assert path is not None
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def said(convert: ftprep.conversion.Converted) -> list[str]:
    return [f"{problem.level} {problem.code} {problem}" for problem in convert.findings]


def test_a_chat_file_becomes_pairs_and_nothing_is_lost_in_silence(chats: Path) -> None:
    done = ftprep.convert(chats, to="openai_completion")
    assert done.file == Path("chats_openai_completion.jsonl")
    assert lines(done.file) == [
        {"prompt": "Hi", "completion": "Hello."},
        {"prompt": "Bye", "completion": "So long."},
        {"prompt": "Who?", "completion": "Me."},
    ]
    assert (done.format, done.read, done.unchanged, done.changed, done.written) == ("openai_chat", 5, 1, 2, 3)
    assert done.not_written == {"no row of 'openai_chat'": 1, "not JSON": 1}
    assert said(done) == [
        "warning FT305 chats.jsonl:1: 'openai_completion' cannot carry 'name', so it is lost; "
        "write another format, or take it out",
        "warning FT390 chats.jsonl:2: a row cannot be read: no row of 'openai_chat' (message 2: it has no content); "
        "mend it, or leave it out",
        "warning FT390 chats.jsonl:3: a row cannot be read: not JSON (column 1: expecting value); "
        "mend it, or leave it out",
        "warning FT305 chats.jsonl:4: 'openai_completion' cannot carry 'rated', so it is lost; "
        "write another format, or take it out",
    ]
    assert done.ok


def test_what_is_allowed_is_counted_all_the_same(chats: Path) -> None:
    done = ftprep.convert(chats, to="openai_completion", on_loss="allow")
    assert done.findings == ()
    assert (done.changed, done.lost["rated"]) == (1 + 1, {"count": 1, "places": ["chats.jsonl:4"]})


def test_a_loss_that_is_an_error_leaves_no_file(chats: Path) -> None:
    done = ftprep.convert(chats, to="openai_completion", on_loss="error")
    assert (done.ok, done.file, done.written) == (False, None, 3)
    assert [path.name for path in Path().iterdir()] == ["chats.jsonl"]


def test_without_a_loss_an_error_is_none(tmp_path: Path) -> None:
    data = tmp_path / "pairs.jsonl"
    data.write_text('{"prompt": "Hi", "completion": "Hello."}\n', encoding="utf-8", newline="\n")
    done = ftprep.convert(data, to="openai_chat", on_loss="error", out=tmp_path / "chat.jsonl")
    assert done.ok
    assert lines(done.file) == [
        {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
    ]


def test_a_dry_run_tells_the_same_and_writes_nothing(chats: Path) -> None:
    dry = ftprep.convert(chats, to="openai_chat", dry_run=True)
    assert [path.name for path in Path().iterdir()] == ["chats.jsonl"]
    wet = ftprep.convert(chats, to="openai_chat")
    assert msgspec.structs.replace(wet, file=None) == dry


def test_the_same_file_gives_the_same_bytes(chats: Path) -> None:
    files = [ftprep.convert(chats, to="openai_chat", out=f"{n}.jsonl").file for n in range(2)]
    one, two = (file.read_bytes() for file in files if file is not None)
    assert one == two


def test_options_are_those_of_the_writer_and_its_steps(chats: Path) -> None:
    named = ftprep.convert(chats, to="openai_chat", options={"names": True}, out="named.jsonl", on_loss="allow")
    assert lines(named.file)[0]["messages"][0] == {"role": "user", "content": "Hi", "name": "Ann"}
    assert "name" not in named.lost
    asked = ["steps=[dialogue]", "on_loss=allow"]
    pairs = ftprep.convert(chats, to="openai_completion", options=asked, out="pairs.jsonl")
    assert lines(pairs.file)[0] == {"prompt": "Ann: Hi\nAssistant:", "completion": " Hello."}


def test_nothing_is_ever_overwritten(chats: Path) -> None:
    ftprep.convert(chats, to="openai_chat")
    before = Path("chats_openai_chat.jsonl").read_bytes()
    with pytest.raises(ftprep.OutputError) as error:
        ftprep.convert(chats, to="openai_chat")
    assert str(error.value) == (
        "chats_openai_chat.jsonl is there already, and nothing is overwritten; "
        "name another file with --out, or remove it"
    )
    with pytest.raises(ftprep.OutputError):
        ftprep.convert(chats, to="openai_chat", out=chats)
    assert Path("chats_openai_chat.jsonl").read_bytes() == before
    assert sorted(path.name for path in Path().iterdir()) == ["chats.jsonl", "chats_openai_chat.jsonl"]


def test_a_file_that_came_meanwhile_is_left_alone(chats: Path) -> None:
    def other(rows: int) -> None:
        Path("out.jsonl").write_bytes(b"mine\n")

    with pytest.raises(ftprep.OutputError):
        ftprep.convert(chats, to="openai_chat", out="out.jsonl", progress=other)
    assert Path("out.jsonl").read_bytes() == b"mine\n"


MISTAKES = [
    pytest.param({"to": "openai_cht"}, "--to: unknown writer 'openai_cht'; did you mean 'openai_chat'?", id="to"),
    pytest.param(
        {"to": "openai_chat", "from_": "openai_cht"},
        "--from: unknown writer 'openai_cht'; did you mean 'openai_chat'?",
        id="from",
    ),
    pytest.param(
        {"to": "openai_chat", "options": ["nmes=true"]},
        "--option: writer 'openai_chat' has no option 'nmes'; did you mean 'names'?",
        id="an option",
    ),
    pytest.param(
        {"to": "openai_chat", "options": ["names"]},
        "--option: 'names' sets nothing; write KEY=VALUE, such as names=true",
        id="no value",
    ),
    pytest.param(
        {"to": "openai_chat", "options": ["names=perhaps"]},
        "--option: writer 'openai_chat': 'names' is true or false (got 'perhaps'); "
        "see 'ftprep plugins info openai_chat'",
        id="a wrong value",
    ),
    pytest.param(
        {"to": "openai_chat", "out": "no/file.jsonl"},
        "no/file.jsonl cannot be written (no such file or directory); make room, or name another file with --out",
        id="no folder",
    ),
]


@pytest.mark.parametrize(("asked", "line"), MISTAKES)
def test_a_mistake_is_one_line_and_leaves_nothing(chats: Path, asked: dict[str, Any], line: str) -> None:
    with pytest.raises(ftprep.FtprepError) as error:
        ftprep.convert(chats, **asked)
    assert (str(error.value), error.value.exit_code) == (line, 2)
    assert [path.name for path in Path().iterdir()] == ["chats.jsonl"]


def test_rows_of_no_format_are_said_to_be_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("a,b\n1,2\n", encoding="utf-8", newline="\n")
    with pytest.raises(ftprep.RecipeError) as error:
        ftprep.convert("t.csv", to="openai_chat")
    known = ", ".join(item.name for item in FORMATS)
    assert str(error.value) == (
        f"t.csv: its rows have no format that an installed writer reads ({known}); "
        "name it with --from, or write a recipe: 'ftprep init' begins one"
    )


def test_where_no_row_is_left_each_reason_is_told(chats: Path) -> None:
    with pytest.raises(ftprep.FindingsError) as error:
        ftprep.convert(chats, to="openai_preference")
    assert str(error.value).splitlines()[0] == (
        "chats.jsonl:1: 'openai_preference' cannot hold a row: no answer that is not wanted "
        "(3 times; also row 4, row 5); mend it, or leave it out"
    )
    assert str(error.value).splitlines()[-1] == (
        "none of 5 rows can be written as 'openai_preference'; nothing was written; "
        "look at the rows, or name their format with --from"
    )


def test_where_losses_are_only_counted_the_reasons_are_in_the_last_line(chats: Path) -> None:
    with pytest.raises(ftprep.FindingsError) as error:
        ftprep.convert(chats, to="openai_preference", on_loss="allow")
    assert str(error.value) == (
        "none of 5 rows can be written as 'openai_preference' (3 no answer that is not wanted, "
        "1 no row of 'openai_chat', 1 not JSON); nothing was written; "
        "look at the rows, or name their format with --from"
    )


def test_a_table_of_pairs_is_a_format_too(tmp_path: Path) -> None:
    data = tmp_path / "pairs.csv"
    data.write_text("prompt,completion\nHi,Hello.\n", encoding="utf-8", newline="\n")
    done = ftprep.convert(data, to="openai_chat", from_="openai_completion")
    assert done.file == tmp_path / "pairs_openai_chat.jsonl"
    assert done.unchanged == 1


class Forgetful(ftprep.Writer):
    """A format whose writer says nothing of what it loses."""

    name = "forgetful"
    shape = "chat"

    def encode(self, example: Example) -> Any:
        return {"said": [message.text.upper() for message in example.messages]}

    @classmethod
    def decode(cls, row: Any) -> Example:
        roles = ("user", "assistant")
        if "WHO?" in row["said"]:
            raise ValueError("nobody knows")
        return Example(messages=tuple(Message(roles[n % 2], text) for n, text in enumerate(row["said"])))


class Plugin:
    @ftprep.hookimpl
    def ftprep_writers(self) -> list[type[ftprep.Writer]]:
        return [Forgetful]


def test_a_writer_that_does_not_tell_what_it_loses_is_found_out(chats: Path) -> None:
    registry = Registry.installed()
    registry.add(Plugin(), plugin="forgetful")
    done = ftprep.convert(chats, to="forgetful", registry=registry, on_loss="allow")
    assert {name: one["count"] for name, one in done.lost.items()} == {
        "name": 1, "rated": 1, "text": 2, "a form that can be read again": 1,
    }  # fmt: skip


def rows_of(kind: Kind, examples: Sequence[Example]) -> list[bytes]:
    """The rows that a format has of these examples."""
    encode = kind.item.cls(**kind.options).start(StepRun())
    made = [encode(example) for example in examples]
    plain = [row.row if isinstance(row, Lossy) else row for row in made if row is not None]
    return [msgspec.json.encode(row) for row in plain if not isinstance(row, Drop)]


def numbered(line: bytes) -> str:
    found = re.search(rb"<no (\d+)>", line)
    assert found is not None
    return found[1].decode()


def changed(done: ftprep.conversion.Converted) -> set[int]:
    """The rows that lost something, counted from 1."""
    return {int(place.rpartition(":")[2]) for one in done.lost.values() for place in one["places"]}


def converted(start: Path, a: Kind, b: Kind, end: Path) -> ftprep.conversion.Converted:
    to, options = b.item.name, b.options
    return ftprep.convert(start, from_=a.item.name, to=to, options=options, out=end, on_loss="allow", registry=REGISTRY)


def there_and_back(a: Kind, b: Kind, examples: Sequence[Example], folder: Path) -> int:
    """Converts rows of `a` to `b` and back; returns how many came back. Rows that lost nothing are what they were, and
    no row is missing that was not counted."""
    rows = rows_of(a, examples)[:20]  # as many places as a report names
    if not rows:
        return 0
    start, middle, end = (folder / f"{name}.jsonl" for name in ("start", "middle", "end"))
    start.write_bytes(b"\n".join([*rows, b""]))
    try:
        there = converted(start, a, b, middle)
        back = converted(middle, b, a, end)
    except ftprep.FindingsError:  # no row of one can be said in the other
        return 0
    assert there.read == len(rows) == there.written + sum(there.not_written.values())
    assert back.read == there.written == back.written + sum(back.not_written.values())
    before = {numbered(row): row for row in rows}
    on_the_way = middle.read_bytes().splitlines()
    lossy = {numbered(rows[n - 1]) for n in changed(there)} | {numbered(on_the_way[n - 1]) for n in changed(back)}
    after = {numbered(line): line for line in end.read_bytes().splitlines()}
    decode = a.item.cls.decode
    for number in after.keys() - lossy:
        first, last = (decode(msgspec.json.decode(line)) for line in (before[number], after[number]))
        assert unsaid(first, last, ()) == ()
        assert unsaid(last, first, ()) == ()
    return len(after)


MARKED = [
    example.with_(messages=(*example.messages[:-1], example.messages[-1].with_(content=f"{last.text} <no {n}>")))
    for n, example in enumerate(EXAMPLES)
    if example.messages and (last := example.messages[-1]).text.strip() and last.role == "assistant"
]


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_there_and_back_every_pair_of_formats_keeps_what_both_carry(a: Kind, b: Kind, tmp_path: Path) -> None:
    there_and_back(a, b, MARKED, tmp_path)


def test_most_pairs_of_formats_have_something_in_common(tmp_path: Path) -> None:
    found: dict[str, int] = defaultdict(int)
    wanted = MARKED[:1] + [e for e in MARKED if e.rejected]
    for n, pair in enumerate(PAIRS):
        (folder := tmp_path / str(n)).mkdir()
        a, b = pair.values
        assert isinstance(a, Kind) and isinstance(b, Kind)
        found[a.name] += there_and_back(a, b, wanted, folder)
    assert all(found.values())


TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
ANSWER = st.builds(lambda text: f"{text}.", TEXT)


@st.composite
def conversations(draw: st.DrawFn) -> Example:
    opening = [Message(draw(st.sampled_from(["system", "developer"])), draw(ANSWER))] if draw(st.booleans()) else []
    turns = []
    for _ in range(draw(st.integers(1, 3))):
        weight = draw(st.sampled_from([None, 0, 1]))
        turns += [
            Message("user", draw(ANSWER), name=draw(st.sampled_from([None, "Ann"]))),
            Message("assistant", draw(ANSWER), weight=weight, reasoning=draw(st.sampled_from([None, "So."]))),
        ]
    turns[-1] = turns[-1].with_(weight=None)
    rejected = (Message("assistant", draw(ANSWER)),) if draw(st.booleans()) else ()
    extra = draw(st.dictionaries(st.sampled_from(["note", "parallel_tool_calls"]), st.booleans()))
    return Example(messages=(*opening, *turns), rejected=rejected, extra=extra)


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(PAIRS), st.lists(conversations(), min_size=1, max_size=6))
def test_there_and_back_random_conversations_keep_what_both_carry(
    tmp_path_factory: pytest.TempPathFactory, pair: Any, talks: list[Example]
) -> None:
    marked = [
        talk.with_(messages=(*talk.messages[:-1], (last := talk.messages[-1]).with_(content=f"{last.text} <no {n}>")))
        for n, talk in enumerate(talks)
    ]
    there_and_back(*pair.values, marked, tmp_path_factory.mktemp("pair"))
