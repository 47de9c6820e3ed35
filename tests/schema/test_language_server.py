"""What a recipe's author sees in an editor: the real YAML language server, with the schema that `ftprep schema` writes.

Optional: it needs Node and `npm install yaml-language-server`, found as `yaml-language-server` on the path or through
FTPREP_YAML_SERVER, the path of its `bin/yaml-language-server`.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lsp import Server

from ftprep import api
from ftprep.cli import main

pytestmark = [pytest.mark.slow, pytest.mark.files, pytest.mark.xdist_group("language server")]

MODELINE = "# yaml-language-server: $schema=recipe.schema.json\n"
TOP = "version: 1\nread: a.csv\nwrite: openai_chat\n"
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemas": {},
        "schemaStore": {"enable": False},
        "kubernetesCRDStore": {"enable": False},
    },
    "http": {},
    "[yaml]": {},
    "editor": {},
}
"""Nothing is fetched: the schema is the one that the recipe names."""
_numbers = itertools.count()


def command() -> list[str]:
    found = os.environ.get("FTPREP_YAML_SERVER") or shutil.which("yaml-language-server")
    node = shutil.which("node")
    if found is None or node is None:
        pytest.skip("no yaml-language-server: npm install yaml-language-server, and set FTPREP_YAML_SERVER to its bin")
    start = [found] if found.endswith((".cmd", ".exe")) else [node, found]
    return [*start, "--stdio"]


class Editor:
    """Recipes in a folder beside the schema; `|` in a text is the cursor."""

    def __init__(self, server: Server, folder: Path):
        self.server, self.folder = server, folder

    def marks(self, text: str, modeline: str = MODELINE) -> list[str]:
        """Diagnostics as `line:column message`, counted from 1 and without the modeline."""
        uri = self._uri()
        found = self.server.open(uri, modeline + text)
        self.server.close(uri)
        places = [(d["range"]["start"]["line"], d["range"]["start"]["character"] + 1, d["message"]) for d in found]
        return [f"{line}:{column} {message}" for line, column, message in sorted(places)]

    def hover(self, text: str) -> str:
        """What is shown of the word at the cursor, without the link to the schema."""
        shown = self._at("textDocument/hover", text)
        return str(shown["contents"]["value"]).partition("\n\nSource:")[0] if shown else ""

    def completions(self, text: str) -> dict[str, tuple[str, str]]:
        """Label -> the text that is written into the recipe, and what is said about it."""
        items = self._at("textDocument/completion", text)["items"]
        return {item["label"]: (item.get("insertText", ""), _text(item.get("documentation"))) for item in items}

    def filled(self, mark: str) -> str:
        """With the names that the schema knows for the `…`."""
        schema = json.loads((self.folder / "recipe.schema.json").read_text(encoding="utf-8"))
        noun = mark.partition("unknown ")[2].partition(";")[0]
        names = schema["definitions"][noun]["properties"] if mark.endswith("…") else ()
        return mark.replace("installed: …", f"installed: {', '.join(sorted(names)) or 'none'}")

    def _at(self, method: str, text: str) -> Any:
        before, bar, after = (MODELINE + text).partition("|")
        assert bar
        uri = self._uri()
        self.server.open(uri, before + after)
        answer = self.server.at(method, uri, before.count("\n"), len(before) - before.rfind("\n") - 1)
        self.server.close(uri)
        return answer

    def _uri(self) -> str:
        return (self.folder / f"recipe{next(_numbers)}.yaml").as_uri()


def _text(documentation: Any) -> str:
    return str(documentation["value"]) if isinstance(documentation, dict) else str(documentation or "")


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    start = command()
    folder = tmp_path_factory.mktemp("recipes")
    with pytest.raises(SystemExit) as left:
        main(["schema", "-o", str(folder / "recipe.schema.json")])
    assert left.value.code == 0
    with Server(start, folder, SETTINGS) as server:
        yield Editor(server, folder)


def bundled() -> list[Any]:
    paths = sorted(api.bundled_recipes().glob("*/*.yaml"))
    return [pytest.param(path, id=f"{path.parent.name}-{path.stem}") for path in paths]


@pytest.mark.parametrize("path", bundled())
def test_no_bundled_recipe_is_marked(path: Path, editor: Editor) -> None:
    assert editor.marks(path.read_text(encoding="utf-8")) == []


def test_the_comment_for_other_editors_names_the_schema_too(editor: Editor) -> None:
    wrong = TOP + "seed: -1\n"
    assert editor.marks(wrong, "# $schema: recipe.schema.json\n") == editor.marks(wrong) != []


@pytest.mark.parametrize(
    "text",
    [
        TOP + "transform: [window, dedupe, window: 3, {window: {context: 3}}]",
        TOP + "transform: dedupe",
        TOP + "transform:\n  window: 5",
        TOP + "transform:\n  - clean:\n  - window: {context: 0, one_per: window}",
        TOP + "transform:\n  - mine/step\n  - mine/other: {of: anything}",
        TOP + "transform:\n  - system: {file: prompt.md}\n  - chat: {user: {file: a.md}, assistant: '{b}'}",
        TOP + "transform:\n  - window: ${env:WINDOW:-5}\n  - window: {context: '${env:C}', one_per: '${env:PER}'}",
        TOP + "transform:\n  - select: [a, b]\n  - select: a\n  - select: {columns: a}",
        TOP + "seed: ${env:SEED:-0}\nsplit: {validation: 10%, test: 50, shuffle: true}\nx-mine: [1, {a: b}]",
        TOP + "split: {validation: 0.1, by: customer, stable: true}\ncheck: [tokens: drop, {tokens: {limit: 100}}]",
        TOP + "x-common: &common {context: 3}\ntransform:\n  - window: *common\n  - window: {<<: *common, tokens: 9}",
        TOP + "model: {name: mine, tokenizer: o200k_base, context: 8000}\nreport: null\ndescription: |\n  Two\n  lines",
        "version: 1\nread: [a.csv, 'b*.csv', {csv: c.csv}, csv: [d.csv, e.csv]]\nwrite: [openai_chat: Be nice.]",
        "version: 1\nread:\n  csv: {path: a.csv, delimiter: ';'}\nwrite:\n  - openai_chat: {as: a, steps: [window: 2]}",
        "extends: base.yaml",
        "extends: [a.yaml, b.yaml]\nread: {csv: {delimiter: ';', header: null}}\nmodel: {context: 5}\ntransform: null",
        "extends: a.yaml\nwrite: {openai_chat: null, openai_completion: {as: x}}\nsplit: {stable: null, test: 5}",
    ],
    ids=lambda text: text.removeprefix(TOP).replace("\n", " ")[:60],
)  # fmt: skip
def test_what_a_recipe_may_say_is_not_marked(text: str, editor: Editor) -> None:
    assert editor.marks(text) == []


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        (
            TOP + "check: [tokenz]",
            ["4:9 unknown check; installed: …"],
        ),
        (
            TOP + "check:\n  - tokenz: drop",
            ["5:5 unknown check; installed: …"],
        ),
        (TOP + "upload: anywhere", ["4:9 unknown uploader; installed: …"]),
        (
            TOP + "transform:\n  - window: {contxt: 5}",
            ["5:14 unknown option of window; known: context, tokens, one_per"],
        ),
        (TOP + "transform:\n  - window: many", ["5:13 expected a whole number"]),
        (TOP + "transform:\n  - window: -1", ["5:13 Value is below the minimum of 0."]),
        (TOP + "transform:\n  - window: {tokens: a}", ["5:22 expected a whole number"]),
        (
            TOP + "transform:\n  - window: {one_per: word}",
            ['5:23 Value is not accepted. Valid values: "answer", "window".'],
        ),
        (TOP + "check: [tokens: drp]", ['4:17 Value is not accepted. Valid values: "drop", "warning", "error".']),
        (TOP + "transform: [chat]", ["4:13 chat needs options; write 'chat: …'"]),
        (TOP + "transform:\n  - chat: {user: a}", ['5:5 Missing property "assistant".']),
        (
            "version: 1\nread: a.csv\nwrite:\n  - openai_completion: {stepps: []}",
            ["4:25 unknown option of openai_completion; known: on_loss, allow_empty, as, steps"],
        ),
        (
            "version: 1\nread: a.csv\nwrite:\n  - openai_completion: {steps: [window: {contxt: 1}]}",
            ["4:42 unknown option of window; known: context, tokens, one_per"],
        ),
        (
            TOP + "transfrom: []",
            [
                "4:1 unknown key; known: version, name, description, use_case, extends, model, seed, read, transform, "
                "check, split, write, upload, report"
            ],
        ),
        (
            TOP + "split: {validatin: 10%}",
            ["4:9 unknown option of split; known: train, validation, test, by, stratify, stable, from, shuffle"],
        ),
        (TOP + "split: 10%", ["4:8 expected a mapping, such as {validation: 10%}"]),
        (TOP + "model: 5", ["4:8 expected a name, or the keys: name, tokenizer, context"]),
        (TOP + "seed: no", ["4:7 expected a whole number"]),
        ("version: 1\nwrite: openai_chat", ['1:1 Missing property "read".']),
        (
            "extends: base.yaml\ncheck: {tokenz: {}}",
            ["2:9 unknown check; installed: …"],
        ),
    ],
    ids=lambda value: value.removeprefix(TOP).replace("\n", " ")[:60] if isinstance(value, str) else "",
)
def test_a_mistake_is_marked_once_and_says_what_is_known(text: str, marks: list[str], editor: Editor) -> None:
    assert editor.marks(text) == [editor.filled(mark) for mark in marks]


@pytest.mark.parametrize(
    ("text", "title", "said"),
    [
        (TOP + "trans|form: [dedupe]", "ftprep recipe", "The steps, in order."),
        ("version: 1\nre|ad: a.csv\nwrite: openai_chat", "ftprep recipe", "What is read: a path, a list of paths"),
        (TOP + "spl|it: {validation: 10%}", "ftprep recipe", "Shares (`10%`) or counts (`50`)"),
        (TOP + "split: {valid|ation: 10%}", "split", "Groups held out to watch the training"),
        (TOP + "model: {cont|ext: 5, name: a}", "ftprep recipe", "Tokens a request may have."),
        (TOP + "transform:\n  - win|dow: {context: 5}", "transformer window", "Cuts a conversation into examples"),
        (TOP + "transform:\n  - win|dow: 5", "transformer window", "Cuts a conversation into examples"),
        (TOP + "transform:\n  - win|dow", "transformer", "Cuts a conversation into examples"),
        (TOP + "transform: [win|dow]", "transformer", "Cuts a conversation into examples"),
        (TOP + "transform:\n  - window: {con|text: 5}", "transformer window", "At most so many messages before each"),
        (TOP + "check: [tok|ens: drop]", "check tokens", "Counts the tokens of every example"),
        (TOP + "check: [tokens: {on_|fail: drop}]", "check tokens", "What an example over the limit is"),
        ("version: 1\nread: {csv: {pa|th: a}}\nwrite: openai_chat", "reader csv", "A file, or several, or globs"),
        (
            "version: 1\nread: a\nwrite:\n  - openai_chat: {ste|ps: [window]}",
            "transformer",
            "Transformers for this writer only",
        ),
        ("extends: a.yaml\nread:\n  csv: {hea|der: false}", "reader csv", "The first row holds the names"),
    ],
    ids=lambda value: value.removeprefix(TOP).replace("\n", " ")[:60],
)
def test_the_word_under_the_mouse_is_explained(text: str, title: str, said: str, editor: Editor) -> None:
    shown = editor.hover(text)
    heading, _, rest = shown.replace("\\_", "_").partition("\n\n")
    assert heading == f"#### {title}"
    assert rest.startswith(said), shown


def test_a_text_of_several_lines_is_shown_as_it_is_meant_with_code_and_the_default(editor: Editor) -> None:
    shown = editor.hover(TOP + "transform:\n  - clean: {unic|ode: NFC}")
    assert "`" in shown and "\\`" not in shown
    assert editor.hover(TOP + "transform: [window: {con|text: 5}]") == (
        "#### transformer window\n\n"
        "At most so many messages before each answer; 0 gives the answer alone.\n\n"
        "Default: `5`"
    )
    paragraphs = editor.hover(TOP + "transform: [win|dow: 5]").split("\n\n")
    assert len(paragraphs) == 3
    assert not any("\n" in paragraph for paragraph in paragraphs)


def test_the_names_of_steps_are_completed_with_their_texts_and_what_they_need(editor: Editor) -> None:
    for text in ("transform:\n  - |\n", "transform:\n  - win|\n", "transform:\n  - clean\n  - |\n"):
        offered = editor.completions(TOP + text)
        assert {"window", "chat", "dedupe", "conversations"} <= set(offered)
        assert "tokens" not in offered
        assert offered["window"][0] == "window:\n    "
        assert offered["window"][1].startswith("Cuts a conversation into examples")
        assert offered["chat"][0] == "chat:\n    user: $1\n    assistant: $2"


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("version: 1\nread:\n  - |\n", {"csv", "excel", "jsonl"}),
        ("version: 1\nread:\n  c|\n", {"csv", "excel", "jsonl"}),
        (TOP + "check:\n  - |\n", {"tokens", "labels", "leakage"}),
        ("version: 1\nread: a.csv\nwrite:\n  - |\n", {"openai_chat", "openai_completion"}),
        ("version: 1\nread: a.csv\nwrite:\n  - openai_chat:\n      steps:\n        - |\n", {"window", "dialogue"}),
    ],
    ids=["readers", "a reader alone", "checks", "writers", "steps of a writer"],
)
def test_every_section_completes_its_own_names(text: str, some: set[str], editor: Editor) -> None:
    offered = editor.completions(text)
    assert some <= set(offered)
    assert all(said for _, said in offered.values())


@pytest.mark.parametrize(
    ("text", "known"),
    [
        (TOP + "transform:\n  - window:\n      |\n", ["context", "tokens", "one_per"]),
        (TOP + "transform:\n  - window:\n      context: 5\n      |\n", ["tokens", "one_per"]),
        (TOP + "transform:\n  - window: {con|}\n", ["context", "tokens", "one_per"]),
        (TOP + "transform:\n  - window: {context: 5, t|}\n", ["tokens", "one_per"]),
        (
            TOP + "split:\n  |\n",
            ["train", "validation", "test", "by", "stratify", "stable", "from", "shuffle"],
        ),
        (TOP + "split: {validation: 10%, s|}\n", ["train", "test", "by", "stratify", "stable", "from", "shuffle"]),
        (TOP + "model:\n  |\n", ["name", "tokenizer", "context"]),
        (
            "version: 1\nread: a\nwrite:\n  - openai_completion:\n      |\n",
            ["allow_empty", "as", "on_loss", "steps"],
        ),
        ("extends: a.yaml\nwrite:\n  openai_completion:\n    |\n", ["allow_empty", "as", "on_loss", "steps"]),
    ],
    ids=lambda value: value.removeprefix(TOP).replace("\n", " ")[:60] if isinstance(value, str) else "",
)
def test_options_are_completed_with_their_texts(text: str, known: list[str], editor: Editor) -> None:
    offered = {name: said for name, (_, said) in editor.completions(text).items() if " " not in name}
    assert sorted(offered) == sorted(known)
    assert all(offered.values())


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (TOP + "transform:\n  - window:\n      one_per: |\n", {"answer", "window"}),
        (TOP + "transform:\n  - window: {one_per: |}\n", {"answer", "window"}),
        (TOP + "check:\n  - tokens: |\n", {"drop", "warning", "error"}),
        (TOP + "split:\n  validation: 10%\n  shuffle: |\n", {"true", "false"}),
    ],
    ids=["a word", "a word in braces", "the value alone", "true or false"],
)
def test_the_values_of_an_option_are_completed(text: str, values: set[str], editor: Editor) -> None:
    assert values <= set(editor.completions(text)) <= {*values, "null"}


def test_the_keys_of_a_recipe_are_completed_and_lists_begun(editor: Editor) -> None:
    offered = editor.completions("version: 1\n|")
    assert {name: text for name, (text, _) in offered.items() if name in ("read", "transform", "split", "model")} == {
        "read": "read:\n  - ", "transform": "transform:\n  - ", "split": "split:\n  ", "model": "model: ",
    }  # fmt: skip
    assert all(said for name, (_, said) in offered.items() if " " not in name)
