"""`ftprep preview`: some rows on their way through the steps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ftprep.cli.changes import changed
from ftprep.cli.preview import painted

from .conftest import RECIPE, Call, put

pytestmark = pytest.mark.files

FIRST = """\
== talks.csv:2-4
   read: 3 rows
      talks.csv:2
           Human: "Hello"
           AI: "I'm an AI"
      talks.csv:3
           Human: "Open the pod bay doors please"
           AI: "No"
      talks.csv:4
           Human: "###"
           AI: "###"
   conversations
      + user Human: "Hello"
      + assistant AI: "I'm an AI"
      + user Human: "Open the pod bay doors please"
      + assistant AI: "No"
   window: 2 examples
      1.
           user Human: "Hello"
           assistant AI: "I'm an AI"
         - user Human: "Open the pod bay doors please"
         - assistant AI: "No"
      2.
         - user Human: "Hello"
         ~ assistant AI{+ (weight 0)+}: "I'm an AI"
           user Human: "Open the pod bay doors please"
           assistant AI: "No"
   openai_chat: 2 lines
      {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "I'm an AI"}]}
      {"messages": [{"role": "assistant", "content": "I'm an AI", "weight": 0}, {"role": "user", "content": "Open the \
pod bay doors please"}, {"role": "assistant", "content": "No"}]}
"""

LABELS = """\
version: 1
read:
  csv: {path: labels.csv, delimiter: ","}
transform:
  - clean
  - drop_if: {column: label, empty: true}
  - map_values: {column: label, values: {"1": good, "0": bad}}
  - chat: {user: "{text}", assistant: "{label}"}
write: openai_chat
"""
OF_LABELS = """\
== labels.csv:2
   read
        text: " Fine\\n\\u001b[0m "
        label: "1"
   clean
      ~ text: "[- -]Fine\\n[-\\u001b-][0m[- -]"
   drop_if: unchanged
   map_values
      ~ label: "[-1-]{+good+}"
   chat
      + user: "Fine\\n[0m"
      + assistant: "good"
   openai_chat
      {"messages": [{"role": "user", "content": "Fine\\n[0m"}, {"role": "assistant", "content": "good"}]}

== labels.csv:4
   read
        text: "Hm"
        label: ""
   clean: unchanged
   drop_if
      dropped: column 'label' is empty (it is '')

== labels.csv:5
   read
      dropped: too many cells (3 cells instead of 2)

== labels.csv:6
   read
        text: "Bad"
        label: "0"
   clean, drop_if: unchanged
   map_values
      ~ label: "[-0-]{+bad+}"
   chat
      + user: "Bad"
      + assistant: "bad"
   openai_chat
      {"messages": [{"role": "user", "content": "Bad"}, {"role": "assistant", "content": "bad"}]}
"""


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))


def test_the_first_conversation_walks_through_each_step(ftprep: Call, tmp_path: Path) -> None:
    before = files(tmp_path)
    assert ftprep("preview", "pod.yaml", "-n", "1") == (0, FIRST, "")
    assert files(tmp_path) == before


def test_rows_walk_one_after_the_other_until_they_are_dropped(
    ftprep: Call, recipe: Callable[[str], str], tmp_path: Path
) -> None:
    table = 'text,label\n" Fine\n\x1b[0m ",1\nHm,\na,b,c\nBad,0\nSo,1\n'
    put(tmp_path, "labels.csv", table)
    told = ftprep("preview", recipe(LABELS))
    assert told.err == ""
    assert told.out == OF_LABELS


EARLY = """\
== talks.csv:2-4
   read: 3 rows
      talks.csv:2
           Human: "Hello"
           AI: "I'm an AI"
      talks.csv:3
           Human: "Open the pod bay doors please"
           AI: "No"
      talks.csv:4
           Human: "###"
           AI: "###"
   map_values: 3 rows
      2 as before
      talks.csv:2
         ~ Human: "[-Hello-]{+Hi+}"
   drop_if: 2 rows
      dropped talks.csv:3: column 'AI' is 'No' (it is 'No')
   conversations
      + user Human: "Hi"
      + assistant AI: "I'm an AI"
   window: unchanged
   openai_chat
      {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "I'm an AI"}]}
"""
BEFORE_GATHER = RECIPE.replace(
    "  - conversations\n",
    "  - map_values: {column: Human, values: {Hello: Hi}, otherwise: keep}\n"
    "  - drop_if: {column: AI, equals: 'No'}\n  - conversations\n",
)


@pytest.mark.parametrize("how", ["-n", "--random"], ids=["first", "drawn"])
def test_steps_before_the_gather_are_followed_row_by_row(ftprep: Call, recipe: Callable[[str], str], how: str) -> None:
    told = ftprep("preview", recipe(BEFORE_GATHER), how, "1")
    assert told == (0, EARLY, "")


def test_steps_before_the_gather_have_their_own_stage(ftprep: Call, recipe: Callable[[str], str]) -> None:
    text = RECIPE.replace("  - conversations\n", "  - drop_if: {column: AI, equals: 'No'}\n  - conversations\n")
    told = ftprep("preview", recipe(text), "-n", "1", "--json")
    stages = {stage["step"]: stage for stage in told.document["result"]}
    assert list(stages) == ["read", "drop_if", "conversations", "window", "openai_chat"]
    assert [row["fields"]["AI"] for row in stages["read"]["examples"]] == ["I'm an AI", "No", "###"]
    assert [row["fields"]["AI"] for row in stages["drop_if"]["examples"]] == ["I'm an AI", "###"]
    assert stages["drop_if"]["dropped"] == [
        {"source": "talks.csv:3", "root": 1, "reason": "column 'AI' is 'No'", "detail": "it is 'No'"}
    ]
    assert [stage["roots"] for stage in stages.values()] == [[1, 1, 1], [1, 1], [1], [1], [1]]
    assert [stage["makes"] for stage in stages.values()] == ["rows", "rows", "examples", "examples", "lines"]


def test_what_a_step_leaves_as_it_is_is_not_shown_again(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("preview", recipe(RECIPE.replace("  - window: {context: 2}\n", "  - dedupe\n  - clean\n")))
    assert told.out.count('"\n   dedupe, clean: unchanged\n   openai_chat\n      {') == 2


TWO = """\
version: 1
read:
  csv: {path: talks.csv, delimiter: ";"}
transform:
  - chat: {user: "{Human}", assistant: "{AI}"}
write:
  - openai_completion:
      steps:
        - dialogue
        - drop_if: {of: answer, equals: " No"}
  - openai_chat: {steps: [clean], as: chat}
"""
OF_TWO = """\
== talks.csv:2
   read
        Human: "Hello"
        AI: "I'm an AI"
   chat
      + user: "Hello"
      + assistant: "I'm an AI"
   openai_completion / dialogue
      ~ user{+ User+}: "{+User: +}Hello{+\\nAssistant:+}"
      ~ assistant{+ Assistant+}: "{+ +}I'm an AI"
   openai_completion / drop_if: unchanged
   openai_completion
      {"prompt": "User: Hello\\nAssistant:", "completion": " I'm an AI"}
   chat / clean: unchanged
   chat / openai_chat
      {"messages": [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "I'm an AI"}]}

== talks.csv:3
   read
        Human: "Open the pod bay doors please"
        AI: "No"
   chat
      + user: "Open the pod bay doors please"
      + assistant: "No"
   openai_completion / dialogue
      ~ user{+ User+}: "{+User: +}Open the pod bay doors please{+\\nAssistant:+}"
      ~ assistant{+ Assistant+}: "{+ +}No"
   openai_completion / drop_if
      dropped: the answer is ' No' (it is ' No')
   chat / clean: unchanged
   chat / openai_chat
      {"messages": [{"role": "user", "content": "Open the pod bay doors please"}, {"role": "assistant", "content": \
"No"}]}
"""


def test_each_output_begins_with_what_all_have_in_common(ftprep: Call, recipe: Callable[[str], str]) -> None:
    assert ftprep("preview", recipe(TWO), "-n", "2") == (0, OF_TWO, "")


def test_long_texts_are_cut_and_whole_in_the_document(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", f"Human;AI\n{'a' * 1000};b\n")
    shown = f'"{"a" * 266}… (1,000 characters) …{"a" * 100}"'
    assert f"        Human: {shown}\n" in ftprep("preview", "pod.yaml").out
    stages = ftprep("preview", "pod.yaml", "--json").document["result"]
    assert stages[0]["examples"][0]["fields"]["Human"] == "a" * 1000


def test_many_drops_are_not_all_shown(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", "Human;AI\n" + "a\n" * 25)
    told = ftprep("preview", "pod.yaml")
    assert told.out.count("   read\n      dropped: too few cells (1 cell instead of 2)\n") == 10
    assert told.out.endswith("\nand 15 more that were dropped before they came to a step\n")


def test_a_long_conversation_is_shortened_where_nothing_changes(
    ftprep: Call, recipe: Callable[[str], str], tmp_path: Path
) -> None:
    put(tmp_path, "talks.csv", "Human;AI\n" + "".join(f"q{i};a{i}{' ' if i == 4 else ''}\n" for i in range(12)))
    told = ftprep("preview", recipe(RECIPE.replace("  - window: {context: 2}\n", "  - clean\n")))
    lines = told.out.splitlines()
    assert lines[1] == "   read: 12 rows"
    assert "      … and 2 more with --json" in lines
    at = lines.index("   clean")
    assert lines[at + 1 : at + 7] == [
        '        user Human: "q0"',
        '        assistant AI: "a0"',
        "        … 7 more messages as before",
        '      ~ assistant AI: "a4[- -]"',
        '        user Human: "q5"',
        '        assistant AI: "a5"',
    ]


def table(folder: Path, rows: int) -> None:
    put(folder, "talks.csv", "Human;AI\n" + "".join(f"question {i};answer {i}\n###;###\n" for i in range(rows)))


def followed(told: str) -> list[str]:
    return [line for line in told.splitlines() if line.startswith("== ")]


def test_drawn_rows_come_from_anywhere_and_are_always_the_same(ftprep: Call, tmp_path: Path) -> None:
    table(tmp_path, 3000)
    told = [ftprep("preview", "pod.yaml", "--random", "5") for _ in range(2)]
    assert (told[0].code, told[0].err, told[0]) == (0, "", told[1])
    drawn = [int(line.split(":")[1].split("-")[0]) for line in followed(told[0].out)]
    assert len(drawn) == 5
    assert drawn == sorted(drawn)
    assert max(drawn) > 2000
    other = ftprep("preview", "pod.yaml", "--random", "5", "--set", "seed=7")
    assert followed(other.out) != followed(told[0].out)
    more = ftprep("preview", "pod.yaml", "--random", "8")
    assert set(followed(told[0].out)) < set(followed(more.out))


def test_of_few_rows_all_are_drawn(ftprep: Call) -> None:
    assert ftprep("preview", "pod.yaml", "--random", "100") == ftprep("preview", "pod.yaml", "-n", "100")


def test_drawn_conversations_may_be_scattered(ftprep: Call, recipe: Callable[[str], str], tmp_path: Path) -> None:
    put(tmp_path, "chat.csv", "id,who,text\na,user,one\nb,user,two\na,assistant,three\nb,assistant,four\n")
    text = (
        "version: 1\nread: {csv: {path: chat.csv, delimiter: ','}}\ntransform:\n"
        "  - conversations: {by: id, speaker: who, text: text, user: user, assistant: assistant, scattered: true}\n"
        "write: openai_chat\n"
    )
    told = ftprep("preview", recipe(text), "--random", "2")
    assert followed(told.out) == ["== chat.csv:2-4", "== chat.csv:3-5"]
    first = told.out.split("\n\n")[0]
    assert "two" not in first
    assert '      + user: "one"\n      + assistant: "three"\n' in first


def test_what_was_found_in_the_file_is_said_of_drawn_rows_too(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("preview", recipe(RECIPE.replace(', delimiter: ";"', "")), "--random", "1")
    assert told.err == "advice: talks.csv:1: delimiter ';' found; if that is wrong, say which with 'delimiter:'\n"


def test_first_and_drawn_exclude_each_other(ftprep: Call) -> None:
    line = "-n and --random exclude each other; give one of them"
    told = ftprep("preview", "pod.yaml", "-n", "1", "--random", "1")
    assert (told.code, told.out) == (2, "")
    assert line in told.err


WITH_TOKENS = """\
   openai_chat: 2 lines
      line 1: 4 tokens of text, 3 of them trained on
        context  user       Hello
      > trained  assistant  I'm│·an│·AI
      line 2: 10 tokens of text, 1 of them trained on
        context  assistant  I'm│·an│·AI
        context  user       Open│·the│·pod│·bay│·doors│·please
      > trained  assistant  No
"""


def test_tokens_are_shown_with_what_is_trained_on(ftprep: Call) -> None:
    told = ftprep("preview", "pod.yaml", "-n", "1", "--show-tokens", "--set", "model=gpt-4.1-mini")
    assert (told.code, told.err) == (0, "")
    assert told.out.endswith(WITH_TOKENS)


def test_without_a_model_tokens_are_not_shown(ftprep: Call) -> None:
    told = ftprep("preview", "pod.yaml", "-n", "1", "--show-tokens")
    assert told.err == "tokens are not shown, as no model is named; name one with --set model=NAME\n"
    assert told.out.endswith("\n      > trained  assistant  No\n")
    assert "·doors·please\n" in told.out
    assert "│" not in told.out


HIDDEN = """\
== t.csv:2
   read
        p: "Hi\\n\u200b\\t"
        c: " a"
   prompt
      + user: "Hi\\n\u200b\\t"
      + assistant: " a"
   stop
        user: "Hi\\n\u200b\\t"
      ~ assistant: " a{+\\n+}"
   openai_completion
      6 tokens of text, 2 of them trained on
        context  prompt                          Hi│↵
                                                 │U+200B│→
      > trained  completion, with stop sequence  ·a│↵
"""


def test_what_nobody_sees_is_shown(ftprep: Call, recipe: Callable[[str], str], tmp_path: Path) -> None:
    text = (
        "version: 1\nmodel: babbage-002\nread: {csv: {path: t.csv, delimiter: ','}}\ntransform:\n"
        "  - prompt: {prompt: '{p}', completion: '{c}'}\n  - stop: \"\\n\"\nwrite: openai_completion\n"
    )
    put(tmp_path, "t.csv", 'p,c\n"Hi\n\u200b\t", a\n')
    told = ftprep("preview", recipe(text), "--show-tokens")
    assert told.out == HIDDEN


def test_colours_say_what_marks_say(ftprep: Call) -> None:
    lines = ["== a:1", "   read", "      - x: 1", "      + y: 2", '      ~ z: "[-a-]{+b+} c"', "        plain"]
    assert list(painted(lines)) == [
        "\x1b[1m== a:1\x1b[0m",
        "   read",
        "\x1b[31m      - x: 1\x1b[0m",
        "\x1b[32m      + y: 2\x1b[0m",
        '      ~ z: "\x1b[31m[-a-]\x1b[0m\x1b[32m{+b+}\x1b[0m c"',
        "        plain",
    ]
    assert "\x1b" not in ftprep("preview", "pod.yaml").out


CHANGES = {
    "a word": ("the cat", "the dog", '"the [-cat-]{+dog+}"'),
    "at both ends": (" a b ", "a b", '"[- -]a b[- -]"'),
    "words side by side": ("the old cat sat", "a new cat sat", '"[-the old-]{+a new+} cat sat"'),
    "all of it": ("one", "two", '"[-one-]{+two+}"'),
    "new": ("", "b", '"{+b+}"'),
    "gone": ("b", "", '"[-b-]"'),
    "what hardly anything is left of": ("a b c d e f", "u v c w x y", '"[-a b c d e f-]{+u v c w x y+}"'),
    "a long text": (
        f"{'very ' * 40}long{' text' * 40}",
        f"{'very ' * 40}short{' text' * 40}",
        '"…ery very very very very [-long-]{+short+} text text text text tex…"',
    ),
    "control characters": ("a\x1b", "a", '"a[-\\u001b-]"'),
}


@pytest.mark.parametrize(("before", "after", "shown"), CHANGES.values(), ids=CHANGES)
def test_what_a_text_became_is_marked_by_words(before: str, after: str, shown: str) -> None:
    assert changed(before, after) == shown


def test_what_was_found_in_the_rows_is_said(ftprep: Call, recipe: Callable[[str], str]) -> None:
    told = ftprep("preview", recipe(RECIPE.replace(', delimiter: ";"', "")))
    assert told.err == "advice: talks.csv:1: delimiter ';' found; if that is wrong, say which with 'delimiter:'\n"


def test_a_table_that_cannot_be_read_is_one_line(ftprep: Call, tmp_path: Path) -> None:
    put(tmp_path, "talks.csv", "")
    assert ftprep("preview", "pod.yaml") == (2, "", "talks.csv: is empty; a table has at least a header\n")
