"""What the columns of a table are, by names in several languages and by what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ftprep import Proposal
from ftprep_dialogue.chat import Chat, Prompt
from ftprep_dialogue.columns import cells_of
from ftprep_dialogue.conversations import Conversations
from ftprep_dialogue.messages import Messages
from ftprep_dialogue.propose import LIKELY

Row = dict[str, Any]


def rows(make: Callable[[int], Row], n: int = 20) -> list[Row]:
    return [make(number) for number in range(n)]


KINDS: dict[str, tuple[Callable[[int], Any], str]] = {
    "words": (lambda n: f"Some words {'and more ' * (n % 3)}", "text"),
    "numbers": (lambda n: f"{n * 1.5}", "number"),
    "money": (lambda n: f"{n}.99 €", "number"),
    "dates": (lambda n: f"2024-01-{n + 1:02}", "date"),
    "times": (lambda n: f"2024-01-{n + 1:02} 10:00", "date"),
    "links": (lambda n: f"https://example.org/{n}", "link"),
    "codes that are all different": (lambda n: f"A{n:03}", "id"),
    "lists": (lambda n: [n], "nested"),
    "nothing": (lambda n: None, "empty"),
}


@pytest.mark.parametrize(("make", "kind"), KINDS.values(), ids=KINDS)
def test_a_column_is_of_the_kind_of_its_cells(make: Callable[[int], Any], kind: str) -> None:
    assert cells_of(rows(lambda n: {"x": make(n)}))["x"].kind == kind


def test_a_column_that_no_template_can_read_is_left_out() -> None:
    assert list(cells_of([{"a:b": 1, "c{d": 2, " ": 3, "e f?": 4}])) == ["e f?"]


def best(table: list[Row]) -> Proposal:
    proposal = Chat.propose(table)
    assert proposal is not None
    return proposal


NAMES = {
    "English": ("review", "sentiment"),
    "German": ("Nachricht", "Kategorie"),
    "Spanish": ("mensaje", "etiqueta"),
    "French": ("texte", "catégorie"),
    "Russian": ("текст", "класс"),
    "Chinese": ("文本", "标签"),
    "several words": ("customerMessage", "intent_name"),
}


@pytest.mark.parametrize(("text", "label"), NAMES.values(), ids=NAMES)
def test_texts_and_their_classes_are_known_by_name(text: str, label: str) -> None:
    table = rows(lambda n: {"id": n, label: "ab"[n % 2], text: f"Some words to be read {n}"})
    proposal = best(table)
    assert (proposal.task, proposal.sure) == ("classifier", 0.75)
    assert dict(proposal.options) == {"user": f"{{{text}}}", "assistant": f"{{{label}}}"}
    assert dict(proposal.columns) == {"text": text, "label": label}
    assert proposal.why == f"'{text}' holds texts and '{label}' 2 short values in 20 rows"


def test_texts_and_their_classes_are_known_by_content() -> None:
    proposal = best(rows(lambda n: {"column_1": "ab"[n % 2], "column_2": f"Some words to be read {n}"}))
    assert dict(proposal.columns) == {"text": "column_2", "label": "column_1"}


def test_a_column_of_ids_is_no_label() -> None:
    table = rows(lambda n: {"userId": f"{n % 3}", "text": f"Some words to be read {n}"})
    assert [p.columns.get("label") for p in Chat.proposals(table) if p.task == "classifier"] == []


def test_a_topic_that_never_comes_again_is_no_label() -> None:
    table = rows(lambda n: {"text": f"Some words to be read {n}", "topic": f"topic {n}"})
    assert [p for p in Chat.proposals(table) if p.task == "classifier"] == []


def test_fields_and_a_text_about_them_are_a_text_to_be_written() -> None:
    make = {"name": "Thing", "price": 3, "url": "https://example.org", "description": "A very good thing"}
    proposal = best(rows(lambda n: {key: f"{value} {n}" if key != "url" else value for key, value in make.items()}))
    assert (proposal.task, dict(proposal.options)) == (
        "generation",
        {"user": "name: {name}\nprice: {price}", "assistant": "{description}"},
    )


def test_a_column_of_texts_alone_is_a_voice_to_be_learnt() -> None:
    proposal = best([{"text": "One text of the house."}, {"text": "Another text of it."}])
    assert (proposal.kind, proposal.task, dict(proposal.options)) == (
        "text",
        "generation",
        {"user": "", "assistant": "{text}"},
    )


def test_a_question_with_a_context_is_asked_from_it() -> None:
    proposal = best([{"context": "The sky is blue.", "question": "How is it?", "answer": "blue"}])
    assert (proposal.task, dict(proposal.options)) == (
        "qa",
        {"user": "{context}\n\nQuestion: {question}\nAnswer:", "assistant": "{answer}"},
    )


NOTHING: dict[str, list[Row]] = {
    "numbers": [{"x": "1", "y": "2"}] * 9,
    "short values alone": [{"x": "a", "y": "b"}] * 9,
    "empty cells": [{"x": "", "y": None}] * 9,
    "lists": [{"x": [1], "y": {}}] * 9,
}


@pytest.mark.parametrize("table", NOTHING.values(), ids=NOTHING)
def test_of_a_table_without_texts_nothing_is_made(table: list[Row]) -> None:
    assert (Chat.propose(table), Prompt.propose(table), list(Chat.proposals(table))) == (None, None, [])


def test_what_asks_and_answers_can_be_prompts_for_models_that_are_tuned_with_those_alone() -> None:
    table = rows(lambda n: {"question": f"Where is the house number {n}?", "answer": f"It stands in street {n}."})
    (chat, *_), (prompt, *_) = Chat.proposals(table), Prompt.proposals(table)
    assert prompt.options == {"prompt": "{question}", "completion": "{answer}", "space": False}
    assert (prompt.kind, prompt.task, prompt.columns) == (chat.kind, chat.task, chat.columns)
    assert LIKELY <= prompt.sure < chat.sure
    assert Prompt.propose(table) is None


def test_texts_can_be_completions_of_empty_prompts() -> None:
    table = rows(lambda n: {"text": f"They run to the sea number {n}"})
    assert Prompt.proposals(table)[0].options == {"prompt": "", "completion": "{text}", "space": False}


def test_completions_that_are_classes_are_a_classifier() -> None:
    table = rows(lambda n: {"prompt": f"Some words to be read {n} ->", "completion": f" {'ab'[n % 2]}"})
    (proposal,) = Prompt.proposals(table)
    assert (proposal.task, dict(proposal.columns)) == ("classifier", {"text": "prompt", "label": "completion"})


TALKS = {
    "an assistant": (("user", "assistant"), None, "'talk' names conversations, 'speaker' speakers"),
    "an agent": (("Ann", "Agent"), "Agent", "'talk' names conversations, 'speaker' speakers"),
    "nobody who is known": (
        ("HAMLET", "OPHELIA", "HAMLET"),
        "HAMLET",
        "'talk' names conversations, 'speaker' speakers; 'HAMLET' speaks most",
    ),
}


@pytest.mark.parametrize(("speakers", "assistant", "why"), TALKS.values(), ids=TALKS)
def test_who_answers_is_known_by_name_or_speaks_most(
    speakers: tuple[str, ...], assistant: str | None, why: str
) -> None:
    proposal = Conversations.propose([{"talk": 1, "speaker": name, "text": "Hello"} for name in speakers])
    assert proposal is not None
    assert (proposal.options.get("assistant"), proposal.why) == (assistant, why)


def test_conversations_whose_rows_stand_apart_are_scattered() -> None:
    proposal = Conversations.propose([{"talk": n % 2, "speaker": "user", "text": "Hello"} for n in range(4)])
    assert proposal is not None
    assert proposal.options["scattered"] is True


ROLES = {
    "a user and a system": (("USER", "SYSTEM"), {"SYSTEM": "assistant"}),
    "a log of actions": (("agent", "customer", "action"), {"action": "drop"}),
    "known ones": (("system", "user", "assistant"), None),
}


@pytest.mark.parametrize(("speakers", "roles"), ROLES.values(), ids=ROLES)
def test_speakers_of_lists_get_the_roles_they_mean(speakers: tuple[str, ...], roles: dict[str, str] | None) -> None:
    proposal = Messages.propose([{"turns": [{"speaker": name, "text": "Hello"} for name in speakers]}])
    assert proposal is not None
    assert proposal.options.get("roles") == roles
