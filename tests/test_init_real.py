"""`ftprep init` on real data nobody in this project wrote: what is found is what a person sees in the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from ftprep import init, run

pytestmark = pytest.mark.files


class Seen(NamedTuple):
    """What a person sees in a file."""

    task: str
    columns: dict[str, str]
    reader: str = "json"
    delimiter: str | None = None
    encoding: str = "utf-8"
    header: bool = True


def read(text: str, label: str, delimiter: str, *, header: bool = True) -> Seen:
    return Seen("classifier", {"text": text, "label": label}, "csv", delimiter, header=header)


MESSAGES = {"messages": "messages"}
SPANS = {"text": "text", "spans": "entities"}
SEEN: dict[str, Seen] = {
    "classify_airline_tweets/Tweets.csv": read("text", "airline_sentiment", ","),
    "classify_10kgnad_german/test_sample.csv": read("column_2", "column_1", ";", header=False),
    "classify_sms_spam/sms.tsv": read("column_2", "column_1", "\t", header=False),
    "classify_uci_sentiment/amazon_cells_labelled.txt": read("column_1", "column_2", "\t", header=False),
    "ner_intent_multidogo/airline_dev.tsv": read("utterance", "intent", "\t"),
    "classify_creak_true_false/dev.json": Seen("classifier", {"text": "sentence", "label": "label"}),
    "classify_dbpedia_jsonl/dbpedia_samples.jsonl": Seen(
        "classifier", {"text": "text", "label": "category"}, "jsonl"
    ),
    "dialogue_summary_dialogsum/dialogsum.dev.sample.jsonl": Seen(
        "generation", {"text": "dialogue", "answer": "summary", "field 2": "topic"}, "jsonl"
    ),
    "product_e2e_nlg/devset.csv": Seen("generation", {"text": "mr", "answer": "ref"}, "csv", ","),
    "ft_together_text/unified_joke_explanations.jsonl": Seen("generation", {"answer": "text"}, "jsonl"),
    "ft_alpaca/alpaca_en_demo.json": Seen(
        "chatbot", {"text": "instruction", "answer": "output", "input": "input"}
    ),
    "ft_openai_chat/toy_chat_fine_tuning.jsonl": Seen("chatbot", MESSAGES, "jsonl"),
    "ft_openai_legacy/data.jsonl": Seen("completion", {"text": "prompt", "answer": "completion"}, "jsonl"),
    "ft_sharegpt/dummy_conversation.json": Seen("chatbot", {"messages": "conversations"}),
    "dialogue_sgd/dialogues_007_sample.json": Seen("chatbot", {"messages": "turns"}),
    "support_abcd/abcd_sample.json": Seen("chatbot", {"messages": "delexed"}),
    "persona_shakespeare/tinyshakespeare_part.txt": Seen(
        "chatbot", {"talk": "talk", "speaker": "speaker", "text": "text"}, "script"
    ),
    "dpo_llamafactory/dpo_en_demo.json": Seen(
        "preference", {"messages": "conversations", "chosen": "chosen", "rejected": "rejected"}
    ),
    "tools_glaive/glaive_toolcall_en_demo.json": Seen("tools", {"messages": "conversations", "tools": "tools"}),
    "tools_glaive/reason_tool_use_demo_50.jsonl": Seen("tools", {**MESSAGES, "tools": "tools"}, "jsonl"),
    "ner_sec_filings/FIN3.txt": Seen("extraction", SPANS, "conll"),
    "ner_wnut17/emerging.dev.conll": Seen("extraction", SPANS, "conll"),
}  # fmt: skip


@pytest.mark.parametrize("name", SEEN)
def test_what_is_found_is_what_a_person_sees(shared_data: Path, tmp_path: Path, name: str) -> None:
    seen = SEEN[name]
    begun = init(shared_data / name, out=tmp_path / "recipe.yaml")
    assert begun.data.reader is not None
    options: dict[str, Any] = {"delimiter": None, "encoding": "utf-8", "header": True, **begun.data.options}
    found = Seen(
        begun.task,
        dict(begun.columns),
        begun.data.reader.name,
        options["delimiter"],
        options["encoding"],
        options["header"],
    )
    assert found == seen


@pytest.mark.parametrize("name", SEEN)
def test_the_recipe_for_it_runs_without_an_error(shared_data: Path, tmp_path: Path, name: str) -> None:
    begun = init(shared_data / name, out=tmp_path / "recipe.yaml")
    assert all(len(examples) == 2 for examples in begun.examples.values())
    done = run(tmp_path / "recipe.yaml", out=tmp_path / "out")
    assert [problem for problem in done.findings if problem.level == "error"] == []
    assert done.counts["used"] > 0
