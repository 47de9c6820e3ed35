"""The uploader `store`: a folder, fsspec's file system in memory, and S3, by a server on this machine."""

from __future__ import annotations

import http.client
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from pydantic import ValidationError

from ftprep import DataError, FtprepError, RecipeError, Remote, RemoteError, Session, Upload
from ftprep.testing import check_uploader
from ftprep_store.objects import Objects
from ftprep_store.place import Folder
from ftprep_store.remote import StoreRemote
from ftprep_store.uploader import Store

pytestmark = pytest.mark.files

ROW = b'{"messages": []}\n'
KEYS = {"SHELF_KEY": "AKIDNOTREAL", "SHELF_SECRET": "canary-4711-secret"}
NAMED = {"key_env": "SHELF_KEY", "secret_env": "SHELF_SECRET"}
MIB = 1 << 20
Make = Callable[[Session], Remote]


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """The address of a server that behaves as S3 does, with an empty `bucket`."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    line = http.client.HTTPConnection(host, port)
    line.request("PUT", "/bucket")
    assert line.getresponse().read() is not None
    line.close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "memory", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """An uploader to a place of each kind, where nothing is yet."""
    here = tmp_path.name
    if request.param == "folder":
        return Store(url=(tmp_path / "shelf").as_posix())
    if request.param == "memory":
        return Store(url=f"memory://{here}/files")
    address = request.getfixturevalue("s3")
    return Store(url=f"s3://bucket/{here}", storage_options={**NAMED, "endpoint_url": address})


@pytest.fixture
def connect() -> Iterator[Callable[..., Remote]]:
    """Connections, which are closed at the end."""
    made: list[Remote] = []

    def connected(uploader: Store, **options: Any) -> Remote:
        made.append(uploader.connect(Session(environ=KEYS, **options)))
        return made[-1]

    yield connected
    for remote in made:
        remote.close()


def upload(folder: Path, content: bytes = ROW, name: str = "talks.train.0123abcd.jsonl") -> Upload:
    path = folder / "train.jsonl"
    path.write_bytes(content)
    return Upload(path=path, name=name, bytes=len(content), sha256="0" * 64, split="train")


def refused(call: Callable[[], object]) -> tuple[str, str]:
    """The kind of the RemoteError, and its text."""
    with pytest.raises(RemoteError) as error:
        call()
    return error.value.kind, str(error.value)


def test_it_keeps_the_contract(place: Store) -> None:
    check_uploader(place, Session(environ=KEYS))


def test_a_file_is_sent_once_and_is_then_listed_with_its_size(place: Store, connect: Any, tmp_path: Path) -> None:
    sent: list[int] = []
    remote = connect(place, sent=sent.append)
    assert list(remote.files()) == []
    first = remote.put(upload(tmp_path))
    assert (first.id, first.name, first.bytes) == (
        f"{place.url}/talks.train.0123abcd.jsonl",
        "talks.train.0123abcd.jsonl",
        len(ROW),
    )
    assert remote.put(upload(tmp_path)) == first
    assert list(remote.files()) == [first] == [remote.file(first.id)]
    assert first.created is not None
    assert sum(sent) == len(ROW)


def test_a_file_of_the_same_name_and_another_size_is_replaced(place: Store, connect: Any, tmp_path: Path) -> None:
    remote = connect(place)
    remote.put(upload(tmp_path, ROW[:5]))
    made = remote.put(upload(tmp_path))
    assert remote.fetch(made.id) == ROW
    assert len(list(remote.files())) == 1


def test_a_large_file_arrives_in_parts(place: Store, connect: Any, tmp_path: Path) -> None:
    sent: list[int] = []
    content = bytes(range(256)) * (17 * MIB // 256)
    remote = connect(place, sent=sent.append)
    assert remote.fetch(remote.put(upload(tmp_path, content)).id) == content
    assert (sum(sent), len(sent) > 2) == (17 * MIB, True)


def test_nothing_stays_of_a_file_that_is_interrupted(place: Store, connect: Any, tmp_path: Path) -> None:
    def stop(count: int) -> None:
        raise OSError("the cable is out")

    remote = connect(place, sent=stop)
    said = refused(lambda: remote.put(upload(tmp_path, bytes(17 * MIB))))
    assert said == (
        "refused",
        f"{place.url}: cannot take 'talks.train.0123abcd.jsonl' (the cable is out); check 'url' and 'storage_options'",
    )
    assert list(connect(place).files()) == []


def test_a_file_that_changes_while_it_is_sent_is_taken_away_again(place: Store, connect: Any, tmp_path: Path) -> None:
    remote, file = connect(place), upload(tmp_path)
    file.path.write_bytes(ROW + ROW)
    assert refused(lambda: remote.put(file)) == (
        "lost",
        f"{place.url}: has 34 bytes of 'talks.train.0123abcd.jsonl', which is 17 bytes long; "
        "try again; the file must not change meanwhile",
    )
    assert list(remote.files()) == []


@pytest.mark.parametrize("id_", ["nothing.jsonl", "{}/nothing.jsonl", "{}/../secret", "{}/.hidden", "{}/", "{}", ""])
def test_an_id_outside_the_folder_is_missing(place: Store, connect: Any, id_: str) -> None:
    remote, id_ = connect(place), id_.format(place.url)
    for call in (remote.file, remote.fetch, remote.delete_file):
        expected = f"{place.url}: there is no file '{id_}'; look at what is there"
        assert refused(lambda call=call: call(id_)) == ("missing", expected)  # type: ignore[misc]


def test_what_lies_in_folders_below_is_not_listed(place: Store, connect: Any, tmp_path: Path) -> None:
    below = place.model_copy(update={"url": f"{place.url}/below"})
    connect(place).put(upload(tmp_path))
    connect(below).put(upload(tmp_path, name="other.jsonl"))
    assert [file.name for file in connect(place).files()] == ["talks.train.0123abcd.jsonl"]
    assert [file.name for file in connect(below).files()] == ["other.jsonl"]


def test_a_file_that_is_not_there_is_a_line(place: Store, connect: Any, tmp_path: Path) -> None:
    file = upload(tmp_path)
    file.path.unlink()
    with pytest.raises(DataError) as error:
        connect(place).put(file)
    assert str(error.value) == f"{file.path.as_posix()}: no such file; write it first"


def test_it_starts_no_jobs(place: Store, connect: Any) -> None:
    remote = connect(place)
    offered = ["put", "file", "files", "fetch", "delete_file"]
    assert [what for what in vars(Remote) if callable(getattr(Remote, what)) and what in offered] == offered
    assert all(type(remote).can(what) for what in offered)
    assert not any(type(remote).can(what) for what in ("start", "job", "jobs", "events", "ask", "models"))


def test_the_newest_file_comes_first(tmp_path: Path, connect: Any) -> None:
    remote = connect(Store(url=tmp_path.as_posix()))
    for n, name in enumerate(["b", "c", "a"]):
        remote.put(upload(tmp_path, name=name))
        os.utime(tmp_path / name, (n, n))
    assert [file.name for file in remote.files()] == ["train.jsonl", "a", "c", "b"]


def test_a_folder_is_made_but_not_the_one_it_lies_in(tmp_path: Path, connect: Any) -> None:
    url = (tmp_path / "drive" / "shelf").as_posix()
    said = refused(lambda: connect(Store(url=url)).put(upload(tmp_path)))
    hint = "check 'url': its bucket, or the folder it lies in, has to be there"
    assert said == (
        "refused",
        f"{url}: cannot take 'talks.train.0123abcd.jsonl' (no such file or directory); {hint}",
    )


def test_urls_of_files_and_relative_paths_lead_to_folders(tmp_path: Path) -> None:
    assert Store(url=tmp_path.as_uri()).connect(Session()).address == tmp_path.as_posix()
    assert Store(url="shelf").connect(Session()).address == (Path.cwd() / "shelf").as_posix()
    assert Store(url="~/shelf").connect(Session()).address == Path("~/shelf").expanduser().as_posix()


def test_the_account_is_the_place_and_where_it_is_reached(connect: Any) -> None:
    options = {**NAMED, "endpoint_url": "http://127.0.0.1:9", "max_concurrency": 2}
    remote = connect(Store(url="s3://bucket/files/", storage_options=options))
    assert remote.address == "s3://bucket/files"
    assert remote.account == "s3://bucket/files endpoint_url: http://127.0.0.1:9"
    assert list(remote.about()) == ["endpoint_url: http://127.0.0.1:9"]


def test_a_folder_works_without_fsspec(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
sys.modules["fsspec"] = None
from ftprep import RemoteError, Session, Upload
from ftprep_store.uploader import Store
path = Path(sys.argv[1], "train.jsonl")
path.write_bytes(b"{}")
file = Upload(path=path, name="a.jsonl", bytes=2, sha256="", split="train")
Store(url=sys.argv[1]).connect(Session()).put(file)
try:
    Store(url="s3://bucket/files").connect(Session())
except RemoteError as error:
    sys.exit(f"{error.kind}: {error}")
"""
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.stderr == "refused: s3://bucket/files: needs the package 'fsspec'; pip install 'ftprep[store]'\n"
    assert (tmp_path / "a.jsonl").read_bytes() == b"{}"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(
            "s3://bucket", "needs a package that reaches 's3'; pip install 'ftprep[store]'", id="of the extra"
        ),
        pytest.param(
            "gs://bucket",
            "needs a package that reaches 'gs'; please install gcsfs to access Google Storage",
            id="of somebody else",
        ),
        pytest.param(
            "nonsense://bucket",
            "nothing here knows 'nonsense://'; take s3://bucket/folder, a path, or another URL that fsspec knows",
            id="of nobody",
        ),
    ],
)
def test_a_package_that_is_not_there_is_named(url: str, expected: str) -> None:
    code = f"""
import sys
sys.modules.update(s3fs=None, gcsfs=None)
from ftprep import RemoteError, Session
from ftprep_store.uploader import Store
try:
    Store(url={url!r}).connect(Session())
except RemoteError as error:
    sys.exit(str(error))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == f"{url}: {expected}\n"


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        pytest.param(
            NAMED,
            {},
            "the variable SHELF_KEY is not set; set it, or name another one in 'storage_options'",
            id="a variable that is named",
        ),
        pytest.param(
            {},
            {},
            "the variable AWS_ACCESS_KEY_ID is not set; set it, or name others with key_env and secret_env in "
            "'storage_options'",
            id="none is named",
        ),
        pytest.param(
            {},
            {"AWS_ACCESS_KEY_ID": "x"},
            "the variable AWS_SECRET_ACCESS_KEY is not set; set it, or name others with key_env and secret_env in "
            "'storage_options'",
            id="half of a key",
        ),
    ],
)
def test_a_variable_that_is_not_set_is_named(options: dict[str, Any], environ: dict[str, str], expected: str) -> None:
    uploader = Store(url="s3://bucket", storage_options=options)
    said = refused(lambda: uploader.connect(Session(environ=environ)))
    assert said == ("refused", f"s3://bucket: {expected}")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"url": ""}, "give a path, or a URL such as s3://bucket/folder", id="nothing"),
        pytest.param({"url": "memory://"}, "a URL without a bucket or a folder; put its name behind", id="no folder"),
        pytest.param(
            {"url": "sftp://me:pass@host/files"},
            "a URL with a password in it; name its variable under storage_options: password_env",
            id="a password",
        ),
        pytest.param(
            {"url": "s3://b", "storage_options": {"secret": "abc"}},
            "'secret' would hold a secret itself; name its variable: secret_env",
            id="a secret",
        ),
        pytest.param(
            {"url": "s3://b", "storage_options": {"client_kwargs": {"aws_secret_access_key": "abc"}}},
            "'aws_secret_access_key' would hold a secret itself; name its variable: aws_secret_access_key_env",
            id="a secret below",
        ),
        pytest.param(
            {"url": "files", "storage_options": {"anon": True}},
            "storage_options are for URLs; a folder takes none",
            id="options of a folder",
        ),
    ],
)
def test_options_that_cannot_be_meant_are_refused(options: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError) as error:
        Store.model_validate_json(json.dumps(options), strict=True)
    assert [one["msg"] for one in error.value.errors()] == [f"Value error, {expected}"]


def test_a_misspelt_option_of_s3_is_refused() -> None:
    uploader = Store(url="s3://bucket", storage_options={**NAMED, "endpiont_url": "http://127.0.0.1:9"})
    with pytest.raises(RecipeError) as error:
        uploader.connect(Session(environ=KEYS))
    assert str(error.value) == "storage_options: S3 has no option 'endpiont_url'; did you mean 'endpoint_url'?"


def test_variables_deep_in_the_options_are_filled_in() -> None:
    options = {"client_kwargs": {"aws_access_key_id_env": "SHELF_KEY", "aws_secret_access_key_env": "SHELF_SECRET"}}
    uploader = Store(url="s3://bucket", storage_options={"anon": True, **options})
    assert uploader.connect(Session(environ=KEYS)).address == "s3://bucket"
    assert refused(lambda: uploader.connect(Session(environ={})))[1].startswith("s3://bucket: the variable SHELF_KEY")


def test_aws_own_files_variables_and_proxies_lead_nowhere(
    s3: str, tmp_path: Path, connect: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = {"AWS_ACCESS_KEY_ID": "AKIDUSUAL", "AWS_SECRET_ACCESS_KEY": "usual", "AWS_SESSION_TOKEN": "token"}
    uploader = Store(url="s3://bucket/usual", storage_options={"endpoint_url": s3})
    remote = uploader.connect(Session(environ=usual))
    with monkeypatch.context() as elsewhere:
        for name in ("HTTP_PROXY", "http_proxy", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
            elsewhere.setenv(name, "http://127.0.0.1:9")
        elsewhere.setenv("AWS_PROFILE", "nobody")
        elsewhere.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
        (tmp_path / "config").write_text("[profile nobody]\nregion = [", encoding="utf-8", newline="\n")
        session = remote._place._fs.session  # type: ignore[attr-defined]
        assert (session.profile, session.full_config) == (None, {"profiles": {}})
        client = remote._place._fs.s3  # type: ignore[attr-defined]
    assert client.meta.endpoint_url == s3
    made = remote.put(upload(tmp_path))
    assert remote.fetch(made.id) == ROW
    remote.close()


def test_a_bucket_that_is_not_there_is_a_line(s3: str, connect: Any, tmp_path: Path) -> None:
    remote = connect(Store(url="s3://nowhere/files", storage_options={**NAMED, "endpoint_url": s3}))
    hint = "check 'url': its bucket, or the folder it lies in, has to be there"
    assert refused(lambda: remote.put(upload(tmp_path))) == (
        "refused",
        "s3://nowhere/files: cannot take 'talks.train.0123abcd.jsonl' (the specified bucket does not exist); " + hint,
    )


def test_a_server_that_does_not_answer_is_a_line(connect: Any, tmp_path: Path) -> None:
    options = {**NAMED, "endpoint_url": "http://127.0.0.1:9"}
    remote = connect(Store(url="s3://bucket/files", storage_options=options))
    kind, text = refused(lambda: list(remote.files()))
    assert (kind, text) == (
        "lost",
        's3://bucket/files: cannot be listed (could not connect to the endpoint URL: "http://127.0.0.1:9/bucket'
        '?list-type=2&prefix=files%2F&delimiter=%2F&encoding-type=url"); try again; what is there already is not sent '
        "twice",
    )


class Failing(Folder):
    """A place that raises what it is told to."""

    def __init__(self, error: Exception):
        super().__init__(Path("/shelf"))
        self.error = error

    def find(self, name: str) -> Any:
        raise self.error

    all = find  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("error", "kind", "expected"),
    [
        pytest.param(
            PermissionError("Access\nDenied."),
            "refused",
            "(access Denied); check the rights there, and the variables that hold the key",
            id="no rights",
        ),
        pytest.param(OSError(16, "Please reduce your request rate"), "busy",
            "(please reduce your request rate); try again; what is there already is not sent twice", id="too many"),
        pytest.param(OSError(5, "canary-4711-secret is bad"), "lost",
            "(… is bad); try again; what is there already is not sent twice", id="its own fault"),
        pytest.param(TimeoutError(), "lost",
            "(timeoutError); try again; what is there already is not sent twice", id="no answer"),
        pytest.param(ValueError("odd"), "refused", "(odd); check 'url' and 'storage_options'", id="something else"),
    ],
)  # fmt: skip
def test_what_a_store_raises_is_one_line(error: Exception, kind: str, expected: str, tmp_path: Path) -> None:
    remote = StoreRemote(Failing(error), Session(), "shelf", [], list(KEYS.values()))
    name = "cannot take 'talks.train.0123abcd.jsonl'"
    base = Failing(error).base
    assert refused(lambda: remote.put(upload(tmp_path))) == (kind, f"{base}: {name} {expected}")


def test_errors_of_ftprep_go_through(tmp_path: Path) -> None:
    remote = StoreRemote(Failing(FtprepError("as it is")), Session(), "shelf", [], [])
    with pytest.raises(FtprepError, match=r"^as it is$"):
        remote.put(upload(tmp_path))


def test_memory_shows_a_file_only_when_it_is_whole(tmp_path: Path) -> None:
    seen: list[list[str]] = []
    place = Objects(f"memory://{tmp_path.name}/slow", {}, {})

    def look(count: int) -> None:
        seen.append([file.name for file in place.all()])

    place.write(upload(tmp_path).path, "a.jsonl", look)
    assert seen == [[]]
    assert [file.name for file in place.all()] == ["a.jsonl"]
    assert fsspec.filesystem("memory").ls(f"/{tmp_path.name}/slow", detail=False) == [f"/{tmp_path.name}/slow/a.jsonl"]
