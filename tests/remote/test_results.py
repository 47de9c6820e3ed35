"""Results: files of metrics as services give them, epochs, the best one, curves, and what is left on disk."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from trainer import JOB, Clock, Gym, Plain, a_ledger, entry, job, registry_with

import ftprep
from ftprep import Checkpoint, DataError, OutputError, RecipeError, RemoteError, RemoteJob, Session
from ftprep.remote.curve import curve
from ftprep.remote.metrics import Metrics, read_metrics
from ftprep.remote.results import Results
from ftprep.remote.results_page import best_text, page_of, save
from ftprep.remote.tracked import track

pytestmark = pytest.mark.files

TODAY = b"""\
step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy
1,1.5,0.5,,
2,1.0,0.6,1.2,0.55
3,0.8,0.7,,
4,0.6,0.75,0.9,0.7
5,0.4,0.8,,
6,0.2,0.9,1.1,0.65
"""
LEGACY = b"""\
step,elapsed_tokens,elapsed_examples,training_loss,training_sequence_accuracy,training_token_accuracy,\
validation_loss,validation_sequence_accuracy,validation_token_accuracy,classification/accuracy,\
classification/weighted_f1_score
1,65,1,0.9,0.0,0.5,,,,,
2,130,2,0.7,1.0,1.0,0.8,0.5,0.75,0.6,0.58
"""
BINARY = b"""\
step, elapsed_tokens, elapsed_examples, training_loss, training_sequence_accuracy, training_token_accuracy, \
classification/accuracy, classification/precision, classification/recall, classification/auroc, \
classification/auprc, classification/f1.0
1, 65, 1, 0.9, 0.0, 0.5, 0.75, 0.8, 0.7, 0.9, 0.85, 0.74
"""
SPACED = b"\xef\xbb\xbfstep,train_loss\r\n\r\n2,0.5\r\n1,0.7\r\n3,nan\r\n"
REWARDS = b"step,train_reward_mean,valid_reward_mean\n1,0.2,0.1\n2,0.4,0.3\n"

FAMILIES = [
    pytest.param(TODAY, ("train_loss", "train_accuracy", "valid_loss", "valid_accuracy"), 6, id="today"),
    pytest.param(
        LEGACY,
        ("elapsed_tokens", "elapsed_examples", "train_loss", "train_sequence_accuracy", "train_accuracy", "valid_loss",
         "valid_sequence_accuracy", "valid_accuracy", "classification/accuracy", "classification/weighted_f1_score"),
        2,
        id="legacy",
    ),
    pytest.param(
        BINARY,
        ("elapsed_tokens", "elapsed_examples", "train_loss", "train_sequence_accuracy", "train_accuracy",
         "classification/accuracy", "classification/precision", "classification/recall", "classification/auroc",
         "classification/auprc", "classification/f1.0"),
        1,
        id="legacy, two classes",
    ),
    pytest.param(SPACED, ("train_loss",), 3, id="with a byte order mark, empty lines and steps in disorder"),
    pytest.param(REWARDS, ("train_reward_mean", "valid_reward_mean"), 2, id="others"),
]  # fmt: skip


@pytest.mark.parametrize("packed", [bytes, base64.b64encode, base64.encodebytes], ids=["plain", "base64", "in lines"])
@pytest.mark.parametrize(("content", "columns", "rows"), FAMILIES)
def test_files_of_metrics_are_read_by_their_header(content: bytes, columns, rows: int, packed) -> None:
    metrics = read_metrics(packed(content))
    assert metrics.columns == ("step", *columns)
    assert [row["step"] for row in metrics.rows] == list(range(1, rows + 1))


def test_what_was_not_measured_or_is_no_number_is_not_there() -> None:
    metrics = read_metrics(TODAY)
    assert metrics.series("valid_loss") == [(2, 1.2), (4, 0.9), (6, 1.1)]
    assert dict(metrics.rows[0]) == {"step": 1, "train_loss": 1.5, "train_accuracy": 0.5}
    assert dict(read_metrics(SPACED).rows[2]) == {"step": 3}


BROKEN = [
    pytest.param(TODAY[:-9], "are cut off in line 7: it has 4 of 5 columns", id="cut off"),
    pytest.param(base64.b64encode(TODAY)[:-3], "are cut off: their base64 has no end", id="base64 that is cut off"),
    pytest.param(TODAY.replace(b"0.7,,", b"0.7"), "cannot be read in line 4: it has 3 of 5 columns", id="ragged"),
    pytest.param(
        TODAY.replace(b"0.6,0.75", b"0.6x,0.75"),
        "cannot be read in line 5: '0.6x' in the column 'train_loss' is no number",
        id="a cell that is no number",
    ),
    pytest.param(
        b"<html>Bad gateway</html>",
        "are no table of metrics by step (they begin with '<html>Bad')",
        id="a page of some proxy",
    ),
    pytest.param(b"", "are no table of metrics by step (they are empty)", id="nothing"),
    pytest.param(b"step,step,loss\n1,1,1\n", "are no table of metrics by step (they begin with 'step,step,loss')",
                 id="a column twice"),
    pytest.param(b"step,train_loss\n", "have no row: nothing was measured", id="a header alone"),
    pytest.param(b"step,train_loss\n1,\xff\n", "are no text", id="bytes"),
]  # fmt: skip


@pytest.mark.parametrize(("content", "line"), BROKEN)
def test_a_file_that_is_broken_is_one_line(content: bytes, line: str) -> None:
    with pytest.raises(RemoteError) as caught:
        read_metrics(content)
    assert str(caught.value) == f"the results {line}; ask for it again with 'ftprep jobs results'"


def results(content: bytes = TODAY, checkpoints=(), examples=None, **more) -> Results:
    given = {"settings": {"epochs": 3}, **more}
    made = RemoteJob(**{"id": JOB, "status": "succeeded", "model": "base-1", "tuned_model": "tuned-1", **given})
    return Results(made, read_metrics(content), checkpoints=checkpoints, examples=examples, content=content)


def checkpoint(step: int, loss: float | None = None) -> Checkpoint:
    metrics = {"full_valid_loss": loss, "step": float(step)} if loss is not None else {}
    return Checkpoint(id=f"c{step}", model=f"tuned-1:step-{step}", step=step, metrics=metrics)


EPOCHS = [
    pytest.param(results(), 2.0, id="from the job's epochs"),
    pytest.param(results(settings={"epochs": "auto"}), None, id="auto"),
    pytest.param(results(settings={}), None, id="not known"),
    pytest.param(results(settings={}, checkpoints=[checkpoint(3), checkpoint(6)]), 3.0, id="from checkpoints"),
    pytest.param(results(settings={"batch_size": 4}, examples=9), 3, id="from examples and batch size"),
    pytest.param(
        results(status="failed", settings={"epochs": 9, "batch_size": 2}, examples=4), 2, id="of one that broke off"
    ),
]


@pytest.mark.parametrize(("made", "steps"), EPOCHS)
def test_steps_per_epoch_come_from_what_is_known(made: Results, steps: float | None) -> None:
    assert made.steps_per_epoch == steps


def test_an_epoch_has_the_means_of_its_steps() -> None:
    made = results()
    assert [made.epoch(step) for step in range(1, 7)] == [1, 1, 2, 2, 3, 3]
    assert {epoch: (round(of["train_loss"], 3), of["valid_loss"]) for epoch, of in made.by_epoch.items()} == {
        1: (1.25, 1.2), 2: (0.7, 0.9), 3: (0.3, 1.1),
    }  # fmt: skip


BEST = [
    pytest.param(
        results(checkpoints=[checkpoint(2), checkpoint(4), checkpoint(6)]),
        "the best epoch is 2 of 3: mean validation loss 0.9",
        "tuned-1:step-4",
        id="by validation loss",
    ),
    pytest.param(results(), "the best epoch is 2 of 3: mean validation loss 0.9", None, id="its model was not kept"),
    pytest.param(
        results(checkpoints=[checkpoint(2, 0.5), checkpoint(4, 0.6), checkpoint(6, 0.4)]),
        "the best epoch is 3 of 3: full validation loss 0.4",
        "tuned-1",
        id="by the loss of all validation examples",
    ),
    pytest.param(
        results(checkpoints=[checkpoint(4, 0.6), checkpoint(6, 0.4)]),
        "the best epoch is 2 of 3: mean validation loss 0.9",
        "tuned-1:step-4",
        id="only the last epochs have that one",
    ),
    pytest.param(
        results(b"step,train_loss\n1,3\n2,2\n3,1\n"),
        "the best epoch is 3 of 3: mean training loss 1 "
        "(there is no validation loss, and training loss nearly always falls)",
        "tuned-1",
        id="by training loss",
    ),
    pytest.param(
        results(settings={}),
        "the best epoch cannot be told: nothing says how many steps an epoch has, or there is no loss",
        None,
        id="not known",
    ),
]


@pytest.mark.parametrize(("made", "text", "model"), BEST)
def test_the_best_epoch_has_the_lowest_loss(made: Results, text: str, model: str | None) -> None:
    assert (best_text(made), made.best and made.best.model) == (text, model)


def test_results_are_a_frame_by_step() -> None:
    frame = results().to_pandas()
    assert list(frame.columns) == ["epoch", "train_loss", "train_accuracy", "valid_loss", "valid_accuracy"]
    assert (frame.index.name, list(frame["epoch"])) == ("step", [1, 1, 2, 2, 3, 3])
    assert frame["valid_loss"].notna().sum() == 3
    assert frame.loc[4, "valid_accuracy"] == 0.7


def test_a_frame_without_known_epochs_has_none() -> None:
    assert results(settings={}).to_pandas()["epoch"].isna().all()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(TODAY, "validation token accuracy by step", id="today"),
        pytest.param(LEGACY, "classification accuracy by step", id="legacy"),
        pytest.param(b"step,train_loss\n1,3\n2,2\n", "training loss by step", id="nothing but loss"),
    ],
)
def test_one_call_draws_the_validation_accuracy(tmp_path: Path, content: bytes, told: str) -> None:
    path = results(content).plot(tmp_path / "plots" / "accuracy.svg")
    svg = path.read_text(encoding="utf-8")
    assert re.match(r'<svg class="chart"[^>]* xmlns="http://www.w3.org/2000/svg"><style>', svg)
    assert f"{told}. " in svg
    assert svg.endswith("</svg>\n")


def test_a_measure_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        results(b"step,train_loss\n1,3\n").plot(tmp_path / "x.svg", "valid_loss")
    assert str(caught.value) == "the results have no 'valid_loss'; there are: train_loss"


def test_what_is_saved_is_the_csv_and_a_page_with_all_curves(tmp_path: Path) -> None:
    table, page = save(results(LEGACY), tmp_path / "results")
    assert table.read_bytes() == LEGACY
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"<h2[^>]*>(?:<bdi>)?([^<]+)", text) == [
        "The job",
        "Loss",
        "Accuracy",
        "Other measures",
        "By epoch",
    ]
    for title in ("Loss by step", "Loss by epoch", "Accuracy by step", "Accuracy by epoch"):
        assert f"<figcaption><bdi>{title}</bdi></figcaption>" in text
    assert "Token accuracy may count two hidden tokens of each answer" in text
    assert "<script" not in text


def test_base64_is_saved_as_the_csv_it_is(tmp_path: Path) -> None:
    gym = Gym(states=[job("succeeded", result_files=("r",))], files={"r": base64.b64encode(TODAY)})
    table, _ = save(asked(tmp_path, gym), tmp_path / "results")
    assert (table.name, table.read_bytes()) == ("results.csv", TODAY)


def test_a_page_shows_what_a_service_says_as_text() -> None:
    made = results(
        b"step,<b>bold</b>\n1,1\n", settings={"note": "<script>alert(1)</script>"}, tuned_model="\x1b[31mred"
    )
    text = page_of(made)
    assert "<script" not in text
    assert "<b>" not in text
    assert "\x1b" not in text


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError) as caught:
        results().plot(tmp_path / "file" / "x.svg")
    assert re.fullmatch(
        r"\S+/file/x\.svg: cannot be written \([a-z ]+\); name another place, or make room", str(caught.value)
    )


def asked(folder: Path, gym: Gym, kind=None) -> Results:
    clock = Clock()
    session = Session(environ={}, now=clock.now, sleep=clock.sleep)
    registry = registry_with(gym, kind) if kind is not None else registry_with(gym)
    with a_ledger(folder, entry()) as ledger:
        return ftprep.results(registry=registry, session=session, ledger=ledger)


def test_results_are_fetched_for_the_newest_job_with_its_checkpoints(tmp_path: Path) -> None:
    done = job("succeeded", result_files=("r",), settings={"epochs": 3})
    made = asked(tmp_path, Gym(states=[done], files={"r": TODAY}, checkpoints=[checkpoint(4)]))
    assert (made.job, made.best.epoch, made.best.model) == (done, 2, "tuned-1:step-4")


def test_a_service_without_checkpoints_gives_results_too(tmp_path: Path) -> None:
    gym = Gym(states=[job("succeeded", result_files=("r",), settings={"epochs": 3})], files={"r": TODAY})
    made = asked(tmp_path, gym, Plain)
    assert (made.best.model, made.suffix) == (None, ".txt")


WITHOUT = [
    pytest.param(
        job("running"),
        "job job-1 has no results yet: it is running; wait for its end: ftprep jobs follow job-1",
        id="yet",
    ),
    pytest.param(
        job("failed"), "job job-1 has ended without results: failed; see why with: ftprep jobs show job-1", id="failed"
    ),
]


@pytest.mark.parametrize(("state", "line"), WITHOUT)
def test_a_job_without_results_says_why(tmp_path: Path, state: RemoteJob, line: str) -> None:
    with pytest.raises(RemoteError) as caught:
        asked(tmp_path, Gym(states=[state]))
    assert str(caught.value) == line


class TestCurve:
    """The curve of a terminal."""

    def test_it_falls_where_the_numbers_fall(self) -> None:
        points = [(step, 9.0 - step) for step in range(9)]
        assert list(curve(points, height=1)) == ["9 █▇▆▅▄▃▂▁▁"]
        assert list(curve(points, height=2)) == ["9 █▆▄▂", "1 █████▆▄▂▁"]

    def test_a_terminal_without_blocks_gets_ascii(self) -> None:
        assert list(curve([(1, 1.0), (2, 2.0), (3, 3.0), (4, 4.0)], height=1, blocks=False)) == ["4 ..:|"]

    def test_many_steps_are_drawn_as_means_and_gaps_stay(self) -> None:
        assert list(curve([(1, 1.0), (2, 3.0), (99, 2.0), (100, 2.0)], width=4, height=1)) == ["2 █  █"]
        assert max(map(len, curve([(n, n) for n in range(1000)], width=30))) <= 30 + len("999.5 ")

    def test_nothing_is_drawn_of_nothing(self) -> None:
        assert list(curve([])) == []

    def test_numbers_that_are_all_the_same_are_drawn(self) -> None:
        assert list(curve([(1, 2.0), (2, 2.0)], height=2)) == ["2 ██", "0 ██"]


def test_metrics_without_rows_have_no_last_step() -> None:
    assert Metrics(("step",), ()).last_step == 0


class TestTracked:
    """Weights & Biases, in its offline mode; nothing is sent."""

    def test_each_step_is_logged_offline(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("wandb", reason="the extra 'wandb' is not installed")
        for name in ("CACHE", "CONFIG", "DATA", "ARTIFACT"):
            monkeypatch.setenv(f"WANDB_{name}_DIR", str(tmp_path / "home"))
        monkeypatch.setenv("WANDB_ERROR_REPORTING", "false")  # it would tell its maker of its own failures
        place = Path(track(results(), "pod", tmp_path / "runs", {"WANDB_MODE": "offline"}))
        assert place.parent == tmp_path / "runs" / "wandb"
        (log,) = place.glob("*.wandb")
        content = log.read_bytes()
        words = (b"pod", b"job-1", b"valid_accuracy", b"0.65", b"tuned-1")
        assert [word for word in words if word not in content] == []

    def test_without_the_package_it_says_what_to_install(self, tmp_path: Path) -> None:
        def load(name: str) -> None:
            raise ImportError(name)

        with pytest.raises(RecipeError) as caught:
            track(results(), "pod", tmp_path, {}, load=load)
        assert str(caught.value) == (
            "--wandb needs a package that is not installed; install it with: pip install 'ftprep[wandb]'"
        )
