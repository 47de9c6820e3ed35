"""Pages as users get them: of runs on usual, hostile, large and small data, of results, and of a comparison."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import ftprep
from ftprep import Checkpoint, RemoteJob
from ftprep.api import copy_recipe
from ftprep.remote.comparing import Comparison
from ftprep.remote.heldout import Asked
from ftprep.remote.judging import judged
from ftprep.remote.metrics import read_metrics
from ftprep.remote.results import Results
from ftprep.remote.results_page import page_of, write
from ftprep.remote.sampling import Sample

BUNDLED = ("chatbot", "sentiment", "preference", "tool_calling", "entity_extraction")
HOSTILE = [
    "<script>document.title = 'taken'</script><img src=x onerror=alert(1)>",
    "</style></title></script><h1>Another page</h1><base href='http://127.0.0.1:9/'>",
    '"onload=alert(1) x="<svg/onload=alert(2)>\' autofocus onfocus=alert(3)',
    "a \u202egnissim si txet eht fo tser ehT\u2066 \u2069 and\u200b \u00a0more\ufeff\u2028lines \x07\x1b[31mred",
    "</bdi></details></div></section></main> {{ 7*7 }} {% raw %} &lt;b&gt; &amp;amp; ${x}",
    "W" * 3000,
    "שלום עולם, איך עובר היום? " * 8 + "(1) [2] {3}",
    "مرحبا بالعالم 123 <b>",
    "漢字仮名交じり文が続きます。" * 60,
    "👩‍👩‍👧‍👦 e\u0301\u0323 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 " + "Z͑ͫ̓ͪ̂ͫ̽͏" * 20,
    "line one\r\nline two\n\n\n\tafter a tab    \n",
    "| a | b |\n|---|---|\n| [x](javascript:alert(1)) | `code` |",
]


def bundled(name: str) -> Callable[[Path], Path]:
    """The page of a bundled recipe's run."""

    def make(folder: Path) -> Path:
        copy_recipe(name, folder)
        return _of(ftprep.run(folder / name / "recipe.yaml", out=folder / "out"))

    return make


def hostile(folder: Path) -> Path:
    """Texts that try to be markup, to turn the line, or to be wider than any screen: in rows, labels and names."""
    rows = [{"<b>q</b>": text, "a": HOSTILE[(n + 1) % len(HOSTILE)][:60]} for n, text in enumerate(HOSTILE * 2)]
    rows = [{**row, "<b>q</b>": f"{row['<b>q</b>']} {n}"} for n, row in enumerate(rows)]
    recipe = {
        "version": 1,
        "name": "hostile",
        "description": HOSTILE[0],
        "model": "gpt-4.1-mini",
        "transform": [{"chat": {"user": "{<b>q</b>}", "assistant": "{a}"}}],
        "check": ["labels", "tokens", "turns", "duplicates"],
        "split": {"validation": "20%"},
        "write": [{"openai_chat": {"system": HOSTILE[1]}}],
    }
    return _run(folder, recipe, rows)


def labels(folder: Path) -> Path:
    """A thousand classes, most of them too small: as many findings."""
    rows = [
        {"text": f"{n} things of the kind {n % 1000}, told {n // 1000} times", "label": f"class number {n % 1000:04}"}
        for n in range(2100)
    ]
    recipe = {
        "version": 1,
        "name": "classes",
        "model": "gpt-4.1-mini",
        "transform": [{"chat": {"user": "{text}", "assistant": "{label}"}}],
        "check": ["labels", "tokens", "duplicates", "leakage"],
        "split": {"validation": "10%", "stratify": "label"},
        "write": ["openai_chat"],
    }
    return _run(folder, recipe, rows)


def unchecked(folder: Path) -> Path:
    """No check, no split, no model: only what every run knows."""
    rows = [{"q": "What time is it?", "a": "Noon."}, {"q": "", "a": "Nobody asked."}]
    recipe = {
        "version": 1,
        "name": "clock",
        "transform": [{"chat": {"user": "{q}", "assistant": "{a}"}}],
        "write": ["openai_chat"],
    }
    return _run(folder, recipe, rows)


def results(folder: Path) -> Path:
    """The curves of a training."""
    lines = []
    for step in range(1, 301):
        valid = f"{2.2 / step + step / 900:.4f},0.5" if step % 10 == 0 else ","
        lines.append(f"{step},{2 / step:.4f},{1 - 1 / (step + 1):.4f},{valid}")
    content = "\n".join(["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy", *lines, ""]).encode()
    job = RemoteJob(
        id="ftjob-<b>1</b>", status="succeeded", model="base-1", tuned_model="ft:base-1:<i>acme</i>::" + "x" * 80,
        settings={"epochs": 3, "batch_size": 4}, trained_tokens=1_234_567,
    )  # fmt: skip
    checkpoint = Checkpoint(
        id="c", model="ft:base-1:ckpt-step-100", step=100, metrics={"full_valid_loss": 0.4, "step": 100.0}
    )
    made = Results(job, read_metrics(content), checkpoints=[checkpoint], examples=400, content=content)
    return write(folder / "report.html", page_of(made))


def comparison(folder: Path) -> Path:
    """Two models, asked hostile and long texts."""
    classes = ("yes", "</td>no")
    rows = tuple(
        Asked(file="validation.jsonl", line=n + 1, wanted=classes[n % 2],
              prompt={"messages": [{"role": "user", "content": HOSTILE[n % len(HOSTILE)]}]})
        for n in range(48)
    )  # fmt: skip
    samples = {
        "base": _answers(rows, [classes[n % 3 % 2] for n in range(48)]),
        "ft:" + "tuned-" * 12: _answers(rows, [classes[n % 2] if n % 7 else HOSTILE[n % 12] for n in range(48)]),
    }
    found = Comparison(
        run=Path("out/moods"), output="openai_chat", split="validation", params={"temperature": 0}, rows=rows,
        samples=samples, classes=classes, positive="yes",
        judged=tuple(judged(model, answers, classes, positive="yes") for model, answers in samples.items()),
    )  # fmt: skip
    return found.report(folder / "comparison.html")


def _answers(rows: Sequence[Asked], texts: Sequence[str]) -> tuple[Sample, ...]:
    return tuple(
        Sample(asked=row, answer=text, text=text, probabilities={text: 0.75}, finish="stop", tokens=(9, 1))
        for row, text in zip(rows, texts, strict=True)
    )


def _run(folder: Path, recipe: dict[str, object], rows: list[dict[str, str]]) -> Path:
    return _of(ftprep.run(recipe, data=rows, out=folder / "out"))


def _of(run: ftprep.Run) -> Path:
    return run.folder / "report.html"


def manifest_of(page: Path) -> dict[str, object]:
    """What the run knows of itself."""
    found: dict[str, object] = json.loads(page.with_name("manifest.json").read_text(encoding="utf-8"))
    return found


RUNS: dict[str, Callable[[Path], Path]] = {
    **{name: bundled(name) for name in BUNDLED},
    "hostile": hostile,
    "labels": labels,
    "unchecked": unchecked,
}
PAGES = {**RUNS, "results": results, "comparison": comparison}
