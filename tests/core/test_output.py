from __future__ import annotations

import errno
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from ftprep import OutputError
from ftprep.output import Disk, Staging, recover

pytestmark = pytest.mark.files
FILES = ("openai_chat/train.jsonl", "dropped.jsonl")


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


class Mortal(Disk):
    """A disk that dies at the n-th call, without doing it, and then does nothing more. It keeps the calls."""

    def __init__(self, dies_at=None, *, exchange=True, fails=None, stumbles_at=None):
        self.dies_at, self.can_exchange, self.fails, self.stumbles_at = dies_at, exchange, fails or {}, stumbles_at
        self.calls, self.descriptors, self.guard = [], [], threading.Lock()

    def __getattribute__(self, name):
        if name not in CALLS:
            return super().__getattribute__(name)
        real = super().__getattribute__(name)

        def call(*arguments):
            with self.guard:
                self.calls.append((name, *arguments))
                if self.dies_at is not None and len(self.calls) >= self.dies_at:
                    raise Killed
            code = errno.EIO if len(self.calls) == self.stumbles_at else self.fails.get(name)
            if code is not None:
                raise OSError(code, os.strerror(code), str(arguments[0]))
            return real(*arguments)

        return call

    def exchange(self, one, other):
        if not self.can_exchange:
            raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))
        super().exchange(one, other)

    def fsync(self, path):
        pass  # nobody pulls the plug here

    def open_lock(self, path):
        self.descriptors.append(super().open_lock(path))
        return self.descriptors[-1]

    def close(self, descriptor):
        self.descriptors.remove(descriptor)
        super().close(descriptor)

    def bury(self):
        """What the system does with a dead process: closes its files, and so frees its locks."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors.clear()


CALLS = frozenset(name for name in vars(Disk) if not name.startswith("_"))
exchanges = pytest.mark.parametrize("exchange", [pytest.param(True, id="exchange"), pytest.param(False, id="journal")])


def manifest(version):
    return json.dumps({"ftprep": "0.1.0", "version": version, "files": {name: {} for name in FILES}})


def write(staging, version):
    for name in FILES:
        with staging.open(name) as file:
            file.write(f"{version} {name}\n".encode())
        staging.settle(staging.folder / name)
    with staging.open("manifest.json") as file:
        file.write(manifest(version).encode())


def run(target, version, disk=None):
    with Staging(target, disk=disk or Mortal()) as staging:
        write(staging, version)
        staging.publish()


def version_of(target):
    """The version of a run folder that is whole; None where there is none."""
    if not target.exists():
        return None
    found = {
        path.relative_to(target).as_posix(): path.read_bytes().decode() for path in target.rglob("*") if path.is_file()
    }
    version = json.loads(found["manifest.json"])["version"]
    assert found == {"manifest.json": manifest(version)} | {name: f"{version} {name}\n" for name in FILES}
    return version


def beside(target):
    return sorted(path.name for path in target.parent.iterdir())


def complaint(action):
    with pytest.raises(OutputError) as raised:
        action()
    return str(raised.value)


# A run that ends well, or not


@exchanges
def test_a_run_is_published_in_place_of_the_one_before(tmp_path, exchange):
    target = tmp_path / "deep" / "out" / "chat"
    for version in (1, 2, 3):
        run(target, version, Mortal(exchange=exchange))
        assert version_of(target) == version
        assert beside(target) == ["chat"]


def test_the_real_disk_publishes_too(tmp_path):
    target = tmp_path / "chat"
    for version in (1, 2):
        run(target, version, Disk())
        assert version_of(target) == version
    assert beside(target) == ["chat"]


def test_nothing_is_seen_before_publishing(tmp_path):
    target = tmp_path / "chat"
    run(target, 1)
    with Staging(target) as staging:
        write(staging, 2)
        assert version_of(target) == 1
        assert staging.folder.parent == target.parent
        assert staging.folder.name == ".chat.ftprep-new"


@pytest.mark.parametrize("earlier", [pytest.param(True, id="earlier"), pytest.param(False, id="first")])
@pytest.mark.parametrize(
    "error", [None, ValueError("a bug"), KeyboardInterrupt()], ids=["unpublished", "bug", "ctrl_c"]
)
def test_a_run_that_does_not_publish_leaves_all_as_it_was(tmp_path, earlier, error):
    target = tmp_path / "out" / "chat"
    if earlier:
        run(target, 1)
    with suppress(ValueError, KeyboardInterrupt), Staging(target) as staging:
        write(staging, 2)
        if error:
            raise error
    assert version_of(target) == (1 if earlier else None)
    assert os.listdir(tmp_path) == (["out"] if earlier else [])  # noqa: PTH208
    assert not earlier or beside(target) == ["chat"]


def test_spool_files_are_not_published(tmp_path):
    with Staging(tmp_path / "chat") as staging:
        (staging.scratch() / "lines").write_bytes(b"much")
        write(staging, 1)
        assert staging.scratch().parent == staging.folder
        staging.publish()
    assert version_of(tmp_path / "chat") == 1


def test_every_file_and_folder_is_on_the_disk_before_the_swap(tmp_path):
    target, disk = tmp_path / "chat", Mortal()
    run(target, 1)
    run(target, 2, disk)
    calls = [(name, *(getattr(a, "name", a) for a in arguments)) for name, *arguments in disk.calls]
    swap = calls.index(("exchange", ".chat.ftprep-new", "chat"))
    synced = {name for call, name in calls[:swap] if call == "fsync"}
    assert synced == {
        "train.jsonl",
        "dropped.jsonl",
        "manifest.json",
        "openai_chat",
        ".chat.ftprep-new",
    }
    assert calls[swap + 1] == ("fsync", tmp_path.name)
    assert calls[swap + 2][0] == "unlink"


# Killed


@exchanges
@pytest.mark.parametrize("earlier", [pytest.param(1, id="earlier"), pytest.param(None, id="first")])
def test_killed_between_any_two_system_calls_one_result_is_whole(tmp_path, exchange, earlier):
    seen = set()
    for n in range(1, 200):
        target = tmp_path / str(n) / "chat"
        if (died := killed_run(target, n, exchange, earlier)) and exchange:
            assert version_of(target) in (earlier, 2)  # at once, even before anybody puts it in order
        recover(target)
        assert version_of(target) in (earlier, 2)
        assert not target.parent.exists() or beside(target) in (["chat"], [])
        seen.add(version_of(target))
        if not died:
            break
    assert not died
    assert seen == {earlier, 2}


@exchanges
def test_a_recovery_may_be_killed_too(tmp_path, exchange):
    for n in range(1, 60):
        for m in (1, 2, 3, 5, 8, 13):
            target = tmp_path / f"{n} {m}" / "chat"
            died = killed_run(target, n, exchange, 1)
            recovering = Mortal(m)
            with suppress(Killed):
                recover(target, disk=recovering)
            recovering.bury()
            assert not exchange or version_of(target) in (1, 2)
            run(target, 3) if m % 2 else recover(target)  # the next command, whichever it is
            assert version_of(target) in ((3,) if m % 2 else (1, 2))
            assert beside(target) == ["chat"]
            if len(recovering.calls) < m:
                break
        if not died:
            return
    raise AssertionError("it never came to the end")


def killed_run(target, n, exchange, earlier):
    """A run that dies at its n-th call; whether it did."""
    if earlier:
        run(target, earlier)
    disk = Mortal(n, exchange=exchange)
    try:
        run(target, 2, disk)
    except Killed:
        return True
    finally:
        disk.bury()
    return False


CHILD = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_output import Disk, run
version = 1
while True:
    version += 1
    run(Path(sys.argv[1]), version, Disk())
    print(version, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_a_process_killed_at_a_random_moment_leaves_one_result_whole(tmp_path):
    target = tmp_path / "chat"
    run(target, 1)
    for moment in range(3):
        command = [sys.executable, "-c", CHILD, str(target), os.path.dirname(__file__)]  # noqa: PTH120
        with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
            child.stdout.readline()  # it is at work
            time.sleep(random.Random(moment).uniform(0, 0.02))
            child.send_signal(signal.SIGKILL)
        recover(target)
        assert version_of(target) >= 1
        assert beside(target) == ["chat"]


# Targets that cannot be replaced


def test_an_empty_folder_is_replaced(tmp_path):
    (tmp_path / "chat").mkdir()
    run(tmp_path / "chat", 1)
    assert version_of(tmp_path / "chat") == 1


def test_what_a_file_manager_left_is_no_foreign_file(tmp_path):
    run(tmp_path / "chat", 1)
    (tmp_path / "chat" / ".DS_Store").touch()
    run(tmp_path / "chat", 2)
    assert version_of(tmp_path / "chat") == 2


def foreign_file(target):
    run(target, 1)
    (target / "openai_chat" / "notes.txt").touch()


def foreign_files(target):
    foreign_file(target)
    for name in ("b", "c"):
        (target / name).touch()


def foreign_link(target):
    run(target, 1)
    (target / "data").symlink_to(target.parent)


def no_run_folder(target):
    target.mkdir()
    (target / "thesis.docx").touch()


def manifest_of_another(target):
    target.mkdir()
    (target / "manifest.json").write_bytes(b'{"files": ["manifest.json"]}')


def broken_manifest(target):
    run(target, 1)
    (target / "manifest.json").write_bytes(b'{"ftprep": "0.1')


def a_file(target):
    target.touch()


def a_link(target):
    (target.parent / "elsewhere").mkdir()
    target.symlink_to(target.parent / "elsewhere")


NOT_OURS = "is not a run folder (it has no manifest.json of ftprep) and holds"
EMPTY_IT = "choose another folder with --out, or empty this one"
OTHER = "choose another folder with --out"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (foreign_file, f"holds 'openai_chat/notes.txt', which no run wrote; move it away, or {OTHER}"),
        (foreign_files, f"holds 'b' and 2 more files, which no run wrote; move them away, or {OTHER}"),
        (foreign_link, f"holds 'data', which no run wrote; move it away, or {OTHER}"),
        (no_run_folder, f"{NOT_OURS} 'thesis.docx'; {EMPTY_IT}"),
        (manifest_of_another, f"{NOT_OURS} 'manifest.json'; {EMPTY_IT}"),
        (broken_manifest, f"{NOT_OURS} 'dropped.jsonl' and 2 more files; {EMPTY_IT}"),
        (a_file, f"is a file, not a folder; {OTHER}"),
        (a_link, "is a symbolic link; name the folder it leads to with --out"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_target_of_somebody_else_is_refused_before_the_run(tmp_path, make, message):
    target, disk = tmp_path / "chat", Mortal()
    make(target)
    before = sorted(tmp_path.rglob("*"))
    assert complaint(lambda: run(target, 2, disk)) == f"{target.as_posix()}: {message}"
    assert sorted(tmp_path.rglob("*")) == before
    assert disk.calls == []


def test_the_folder_one_stands_in_is_refused(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    for name in (".", "..", "../here"):
        assert complaint(partial(run, Path(name), 1)) == f"{name}: is the folder you stand in, or above it; {OTHER}"


def test_a_file_put_there_during_the_run_is_not_lost(tmp_path):
    target = tmp_path / "chat"
    run(target, 1)
    with Staging(target) as staging:
        write(staging, 2)
        (target / "notes.txt").touch()
        said = complaint(staging.publish)
    assert said == (
        f"{target.as_posix()}: holds 'notes.txt', which no run wrote; move it away, or choose another folder with --out"
    )
    assert (target / "notes.txt").exists()
    assert beside(target) == ["chat"]


def test_a_manifest_of_other_keys_is_read_by_who_knows_it(tmp_path):
    target = tmp_path / "chat"
    target.mkdir()
    (target / "manifest.json").write_bytes(b'{"ftprep": "0.1.0", "outputs": ["a.jsonl"]}')
    (target / "a.jsonl").touch()
    with Staging(target, owned=lambda manifest: manifest["outputs"]) as staging:
        write(staging, 1)
        staging.publish()
    assert version_of(target) == 1


# Two runs at once


def test_a_second_run_on_the_same_target_is_refused(tmp_path):
    target = tmp_path / "chat"
    with Staging(target) as staging:
        write(staging, 1)
        said = complaint(lambda: run(target, 2))
        assert said == (
            f"{target.as_posix()}: another run is writing this folder; wait until it ends, or choose another with --out"
        )
        recover(target)  # of another command: it leaves a living run alone
        staging.publish()
    assert version_of(target) == 1
    assert beside(target) == ["chat"]


def test_runs_on_other_targets_beside_it_do_not_mind(tmp_path):
    with Staging(tmp_path / "chat") as staging:
        write(staging, 1)
        run(tmp_path / "other", 2)
        staging.publish()
    assert beside(tmp_path / "chat") == ["chat", "other"]


def test_many_runs_at_once_end_one_after_the_other(tmp_path):
    target, refused = tmp_path / "chat", []

    def work(version):
        while True:
            try:
                return run(target, version, Disk())
            except OutputError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=work, args=(version,)) for version in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert version_of(target) in range(1, 9)
    assert beside(target) == ["chat"]
    assert {said.split("; ")[0] for said in refused} <= {f"{target.as_posix()}: another run is writing this folder"}


class Overtaken(Mortal):
    """Between opening the lock file and locking it, its owner ends, and removes it."""

    def lock(self, descriptor):
        if len(self.descriptors) == 1 and not hasattr(self, "path"):
            self.path = next(arguments[0] for name, *arguments in self.calls if name == "open_lock")
            self.path.unlink()
        super().lock(descriptor)


def test_a_lock_file_that_its_owner_removed_is_no_lock(tmp_path):
    with Staging(tmp_path / "chat", disk=Overtaken()):
        assert beside(tmp_path / "chat") == [".chat.ftprep-lock", ".chat.ftprep-new"]
    assert beside(tmp_path / "chat") == []


FORKING = """
import os, sys
from pathlib import Path
from ftprep.output import Staging
with Staging(Path(sys.argv[1])):
    if os.fork() == 0:
        print("at work", flush=True)
    sys.stdin.read()
    os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_a_worker_that_outlives_its_run_does_not_hold_the_lock(tmp_path):
    target = tmp_path / "chat"
    command = [sys.executable, "-c", FORKING, str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"at work\n"
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        run(target, 2)
        assert beside(target) == ["chat"]


# Disks that fail


FULL = "no space left on its disk; make room, or choose another disk with --out"


@pytest.mark.parametrize(
    ("call", "code", "message"),
    [
        pytest.param("mkdir", errno.EACCES, f"cannot be written (permission denied); {OTHER}", id="no_permission"),
        pytest.param("open_lock", errno.EROFS, f"cannot be written (read-only file system); {OTHER}", id="read_only"),
        pytest.param("lock", errno.ENOLCK, "its disk has no file locks; choose another disk with --out", id="no_locks"),
        pytest.param("open", errno.ENOSPC, FULL, id="full_at_open"),
        pytest.param("fsync", errno.ENOSPC, FULL, id="full_at_sync"),
        pytest.param("fsync", errno.EIO, f"cannot be written (input/output error); {OTHER}", id="broken"),
        pytest.param("exchange", errno.EBUSY, f"cannot be written (device or resource busy); {OTHER}", id="busy"),
    ],
)
def test_a_disk_that_fails_is_one_clear_line_and_the_earlier_result_stays(tmp_path, call, code, message):
    target = tmp_path / "chat"
    run(target, 1)
    assert complaint(lambda: run(target, 2, Mortal(fails={call: code}))) == f"{target.as_posix()}: {message}"
    recover(target)
    assert version_of(target) == 1
    assert beside(target) == ["chat"]


@exchanges
def test_a_disk_that_fails_at_any_call_leaves_one_result_whole(tmp_path, exchange):
    for n in range(1, 200):
        target, disk = tmp_path / str(n) / "chat", Mortal(exchange=exchange, stumbles_at=n)
        run(target, 1)
        said = None
        try:
            run(target, 2, disk)
        except OutputError as error:
            said = str(error)
        assert said in (
            None,
            f"{target.as_posix()}: cannot be written (input/output error); choose another folder with --out",
        )
        assert version_of(target) == (2 if said is None else 1)
        recover(target)
        assert beside(target) == ["chat"]
        disk.bury()
        if len(disk.calls) < n:
            return
    raise AssertionError("it never came to the end")


def test_a_disk_that_is_full_while_a_row_is_written_is_one_clear_line(tmp_path):
    target = tmp_path / "chat"
    run(target, 1)

    def full():
        with Staging(target) as staging:
            write(staging, 2)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # as file.write does: without a name

    assert complaint(full) == f"{target.as_posix()}: {FULL}"
    assert version_of(target) == 1
    assert beside(target) == ["chat"]


def test_an_error_about_an_input_is_not_taken_for_one_of_the_output(tmp_path):
    with pytest.raises(FileNotFoundError), Staging(tmp_path / "chat"):
        (tmp_path / "input.csv").open("rb")


def test_a_parent_that_is_a_file_is_one_clear_line(tmp_path):
    (tmp_path / "out").touch()
    said = complaint(lambda: run(tmp_path / "out" / "chat", 1))
    assert said.startswith(f"{(tmp_path / 'out' / 'chat').as_posix()}: cannot be written (")


def test_an_earlier_result_that_is_read_only_is_replaced(tmp_path):
    target = tmp_path / "chat"
    run(target, 1)
    (target / "openai_chat").chmod(0o500)
    run(target, 2)
    assert version_of(target) == 2
    assert beside(target) == ["chat"]


def test_recovering_where_nothing_is_left_over_touches_nothing(tmp_path):
    disk = Mortal()
    recover(tmp_path / "no" / "such" / "chat", disk=disk)
    assert disk.calls == []
