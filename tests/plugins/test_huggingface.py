"""Counting with a model's own `tokenizer.json`: as its library counts, from this machine alone."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer as Made
from tokenizers import decoders, models, normalizers, pre_tokenizers, processors, trainers

import ftprep
from ftprep import DataError, RecipeError
from ftprep.testing import check_tokenizer
from ftprep_huggingface.pieces import byte_of, pieces_of
from ftprep_huggingface.tokenizer import HuggingFace

pytestmark = pytest.mark.files

CORPUS = [
    "Hello there, who are you? I am a bot, and you are Ann.",
    "The cat sat on the mat. The bat sat on the cat.",
    "Grüße aus Köln, naïve café, 你好 世界",
] * 20
TEXTS = [
    "",
    "Hello",
    "Hello there, who are you?",
    "  spaces \n\n and\ttabs ",
    "Grüße 你好 \U0001f469\u200d\U0001f52c",
    "a" * 500,
    "zebra <|im_end|> [CLS] </s> ###",
    "unHEARD of",
]


def byte_level() -> Made:
    """As GPT-2, Llama 3 and Qwen: byte-level BPE with a marker that a text may hold."""
    made = Made(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        special_tokens=["<|bos|>", "<|im_end|>"],
        show_progress=False,
    )
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.TemplateProcessing(single="<|bos|> $A", special_tokens=[("<|bos|>", 0)])
    return made


def word_piece() -> Made:
    """As BERT: lower case, without accents, unknown words as one token."""
    made = Made(models.WordPiece(unk_token="[UNK]"))
    made.normalizer = normalizers.BertNormalizer()
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    special = ["[UNK]", "[CLS]", "[SEP]"]
    trainer = trainers.WordPieceTrainer(vocab_size=150, special_tokens=special, show_progress=False)
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    return made


def unigram() -> Made:
    """As T5: a mark for each space, and unknown characters as one token."""
    made = Made(models.Unigram())
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=120, special_tokens=["</s>", "<unk>"], unk_token="<unk>", show_progress=False
    )
    made.train_from_iterator(CORPUS, trainer)
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 0)])
    return made


def byte_fallback() -> Made:
    """As Llama 2 and Mistral: BPE over marks and characters, in which an unknown character is a token for each byte."""
    pieces = [
        "<unk>",
        *(f"<0x{byte:02X}>" for byte in range(256)),
        "▁",
        *sorted(set("".join(CORPUS[:2])) - {" "}),
    ]
    vocabulary = {piece: n for n, piece in enumerate(pieces)} | {"▁H": len(pieces), "el": len(pieces) + 1}
    made = Made(
        models.BPE(
            vocab=vocabulary, merges=[("▁", "H"), ("e", "l")], unk_token="<unk>", byte_fallback=True, fuse_unk=True
        )
    )
    made.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    return made


KINDS: dict[str, Callable[[], Made]] = {
    "byte-level BPE": byte_level,
    "WordPiece": word_piece,
    "Unigram": unigram,
    "byte fallback": byte_fallback,
}


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Each kind, saved as its library saves it."""
    found = {}
    for name, make in KINDS.items():
        folder = found[name] = tmp_path_factory.mktemp("vocabulary")
        make().save(str(folder / "tokenizer.json"))
    return found


each = pytest.mark.parametrize("kind", KINDS)


@each
def test_it_keeps_the_rules_of_the_kit(kind: str, folders: dict[str, Path]) -> None:
    check_tokenizer(HuggingFace, str(folders[kind]), str(folders[kind] / "tokenizer.json"))


@each
def test_counts_are_those_of_the_library_without_what_it_adds(kind: str, folders: dict[str, Path]) -> None:
    made = Made.from_file(str(folders[kind] / "tokenizer.json"))
    expected = [len(made.encode(text, add_special_tokens=False).ids) for text in TEXTS]
    assert HuggingFace.load(str(folders[kind]))(TEXTS) == expected
    assert [len(pieces) for pieces in HuggingFace.load_pieces(str(folders[kind]))(TEXTS)] == expected
    assert expected[0] == 0


@each
@given(text=st.text(max_size=60))
def test_pieces_are_the_text_whatever_it_is(kind: str, folders: dict[str, Path], text: str) -> None:
    made = Made.from_file(str(folders[kind] / "tokenizer.json"))
    (pieces,) = HuggingFace.load_pieces(str(folders[kind]))([text])
    assert len(pieces) == len(made.encode(text, add_special_tokens=False).ids)
    assert b"".join(pieces) == (text.encode() if pieces else b"")


def test_byte_level_tokens_are_the_bytes_they_say(folders: dict[str, Path]) -> None:
    (pieces,) = HuggingFace.load_pieces(str(folders["byte-level BPE"]))(["Hello 你<|im_end|>"])
    assert pieces[-1] == b"<|im_end|>"
    assert b"".join(pieces) == "Hello 你<|im_end|>".encode()
    assert sorted(byte_of().values()) == list(range(256))


def test_tokens_that_share_a_character_share_its_bytes(folders: dict[str, Path]) -> None:
    (pieces,) = HuggingFace.load_pieces(str(folders["byte fallback"]))(["Hel 你"])
    assert pieces == [b"H", b"el", b" ", b"\xe4", b"\xbd", b"\xa0"]


@pytest.mark.parametrize(
    ("offsets", "pieces"),
    [
        pytest.param([(0, 2), (3, 5)], [b"ab", b" cd"], id="what lies between belongs to the second"),
        pytest.param([(0, 2)], [b"ab cd"], id="what is left belongs to the last"),
        pytest.param([(0, 0), (0, 5)], [b"", b"ab cd"], id="a token for nothing has nothing"),
        pytest.param([(0, 5), (0, 5)], [b"ab", b" cd"], id="two for the same share it"),
        pytest.param([(3, 5), (0, 2)], [b"ab c", b"d"], id="out of order they still make the text"),
        pytest.param([], [], id="no token, no piece"),
    ],
)
def test_offsets_cut_the_text(offsets: list[tuple[int, int]], pieces: list[bytes]) -> None:
    assert pieces_of("ab cd", ["▁"] * len(offsets), offsets) == pieces


def test_a_file_that_cuts_and_fills_counts_whole_texts(tmp_path: Path) -> None:
    made = byte_level()
    made.enable_truncation(4)
    made.enable_padding(length=16)
    made.save(str(tmp_path / "tokenizer.json"))
    made.no_truncation()
    made.no_padding()
    expected = [len(made.encode(text, add_special_tokens=False).ids) for text in TEXTS]
    assert HuggingFace.load(str(tmp_path))(TEXTS) == expected


def test_half_characters_are_counted_as_what_stands_for_them(folders: dict[str, Path]) -> None:
    count = HuggingFace.load(str(folders["byte-level BPE"]))
    assert count(["half \ud83d!", "Hello"]) == count(["half \ufffd!", "Hello"])


def test_long_texts_are_encoded_in_blocks(folders: dict[str, Path]) -> None:
    count = HuggingFace.load(str(folders["byte-level BPE"]))
    texts = ["Hello there " * 50_000, "Hello", "the cat " * 150_000, "bot"]
    assert count(texts) == [count([text])[0] for text in texts]


def fault(path: Path) -> str:
    with pytest.raises(DataError) as error:
        HuggingFace.load(str(path))
    return str(error.value)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"{}", id="another file"),
        pytest.param(b'{"version": "1.0", "model": {"type": "BPE", "vo', id="half a file"),
        pytest.param(b"", id="an empty file"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "tokenizer.json").write_bytes(content)
    with pytest.raises(Exception) as theirs:  # its words differ from version to version
        Made.from_str(content.decode())
    assert fault(path) == (
        f"{path.as_posix()}: this is no tokenizer that can be used ({theirs.value}); "
        "name the model's own tokenizer.json"
    )


def test_a_file_that_is_no_text_or_not_there_is_one_line(tmp_path: Path) -> None:
    hint = "name the model's own tokenizer.json, or the folder that has it; nothing is downloaded"
    (path := tmp_path / "tokenizer.json").write_bytes(b"\xff\xfe\x00")
    assert fault(path) == f"{path.as_posix()}: this tokenizer cannot be read (it is not UTF-8); {hint}"
    path.unlink()
    assert fault(tmp_path) == f"{path.as_posix()}: this tokenizer cannot be read (no such file or directory); {hint}"


def test_without_the_package_the_line_says_how_to_install_it(
    folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    path = folders["WordPiece"] / "tokenizer.json"
    assert fault(path) == (
        f"{path.as_posix()}: this tokenizer needs the package 'tokenizers'; pip install 'ftprep[huggingface]'"
    )


@pytest.fixture
def project(tmp_path: Path, folders: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recipe, its data, and a tokenizer in a folder beside it; we stand elsewhere."""
    shutil.copytree(folders["byte-level BPE"], tmp_path / "project" / "models" / "mine")
    lines = [json.dumps({"q": f"Hello there {n}", "a": "I am a bot"}) for n in range(4)]
    (tmp_path / "project" / "data.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
    (tmp_path / "project" / "recipe.yaml").write_text(RECIPE, encoding="utf-8", newline="\n")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "project"


RECIPE = """\
version: 1
name: open
model: {name: my-model, tokenizer: models/mine/tokenizer.json, context: 8192}
read: data.jsonl
transform:
  - cut: {tokens: 6, column: q}
  - chat: {user: "{q}", assistant: "{a}"}
check: [tokens]
write: openai_chat
"""


def tokens(run: ftprep.api.Run) -> Any:
    return run.figures["openai_chat"]["tokens"]


def test_a_recipe_counts_with_a_file_beside_it(project: Path) -> None:
    run = ftprep.run(project / "recipe.yaml", out=project / "out")
    made = Made.from_file(str(project / "models/mine/tokenizer.json"))

    def count(text: str) -> int:
        return len(made.encode(text, add_special_tokens=False).ids)

    rows = [json.loads(line) for line in (project / "out/openai_chat/train.jsonl").read_text("utf-8").splitlines()]
    expected = [
        3 + sum(3 + count(message["role"]) + count(message["content"]) for message in row["messages"]) for row in rows
    ]
    assert tokens(run)["total"] == sum(expected)


def test_a_folder_of_a_tokenizer_is_as_good(project: Path) -> None:
    one = ftprep.run(project / "recipe.yaml", out=project / "out")
    asked = {"model.tokenizer": str(project / "models/mine")}
    assert tokens(ftprep.run(project / "recipe.yaml", out=project / "other", set=asked)) == tokens(one)


def test_what_is_kept_names_no_folder_of_this_machine(project: Path) -> None:
    run = ftprep.run(project / "recipe.yaml", out=project / "out")
    kept = json.loads((project / "out/openai_chat/contract.json").read_bytes())
    assert kept["model"]["tokenizer"] == "models/mine/tokenizer.json"
    assert str(project).encode() not in (project / "out/openai_chat/contract.json").read_bytes()
    assert run.manifest["recipe"]["model"]["tokenizer"] == "models/mine/tokenizer.json"


def test_a_contract_works_where_the_whole_project_was_moved(project: Path, tmp_path: Path) -> None:
    ftprep.run(project / "recipe.yaml", out=project / "out")
    asked = {"q": "Hello there, who are you and why?"}
    before = ftprep.Contract.load(project / "out/openai_chat").request(**asked)
    project.rename(tmp_path / "moved")
    assert ftprep.Contract.load(tmp_path / "moved/out/openai_chat").request(**asked) == before
    assert len(before["messages"][0]["content"]) < len(asked["q"])


def test_a_contract_without_its_tokenizer_says_what_it_needs(project: Path, tmp_path: Path) -> None:
    ftprep.run(project / "recipe.yaml", out=project / "out")
    shutil.move(project / "out/openai_chat/contract.json", tmp_path / "contract.json")
    with pytest.raises(DataError) as error:
        ftprep.Contract.load(tmp_path).request(q="Hello there, who are you?")
    assert str(error.value) == (
        "models/mine/tokenizer.json: this tokenizer cannot be read (no such file or directory); "
        "name the model's own tokenizer.json, or the folder that has it; nothing is downloaded"
    )
    shutil.copytree(project / "models", tmp_path / "models")
    assert ftprep.Contract.load(tmp_path).request(q="Hello")["messages"][0]["content"] == "Hello"


@pytest.mark.parametrize("name", ["models/yours/tokenizer.json", "someone/some-model"])
def test_a_file_that_is_not_there_is_said_before_anything_is_read(project: Path, name: str) -> None:
    with pytest.raises(RecipeError) as error:
        ftprep.run(project / "recipe.yaml", out=project / "out", set={"model.tokenizer": name})
    assert str(error.value) == (
        f"--set #1: tokenizer '{name}': no such file in this folder; "
        "give its path, relative to the recipe; nothing is downloaded"
    )
    assert not (project / "out").exists()


def test_the_line_of_a_recipe_is_its_place(project: Path) -> None:
    shutil.rmtree(project / "models")
    with pytest.raises(RecipeError) as error:
        ftprep.run(project / "recipe.yaml", out=project / "out")
    assert str(error.value).endswith(
        f"recipe.yaml:3:36: tokenizer 'models/mine/tokenizer.json': no such file in {project.as_posix()}; "
        "give its path, relative to the recipe; nothing is downloaded"
    )


def test_names_of_encodings_are_no_paths() -> None:
    assert [HuggingFace.knows(name) for name in ("o200k_base", "gpt2", "t.json", "a/b", "a\\b")] == [
        False, False, True, True, True,
    ]  # fmt: skip
    assert HuggingFace.encodings() == ()
