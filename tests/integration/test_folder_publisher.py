"""The folder publisher on a real file system: whole posts only, whatever is killed and whenever."""

import fcntl
import hashlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from tests.builders import NOW, post_text, publication
from tests.fakes.session import FakeSession
from viral_forge_resources.contracts.errors import (
    NotFound,
    OutcomeUnknown,
    Rejected,
    Transient,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Post,
    Publication,
    Published,
)
from viral_forge_resources.publishers.folder import FolderPublisher

CLIP = b"clip" * 100_000
SHA256 = hashlib.sha256(CLIP).hexdigest()
_ID = "0123456789abcdef"
_NAME = f"2026-11-20-pasta-in-five-minutes-{_ID}"
_FILES = (
    "POST.txt",
    "attribution.txt",
    "clip.mp4",
    "cover.jpg",
    "description.txt",
    "post.json",
    "subtitles.srt",
    "tags.txt",
    "title.txt",
)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "published"


@pytest.fixture
def publisher(root: Path, tmp_path: Path) -> FolderPublisher:
    return FolderPublisher(path=root, reports=tmp_path / "reports")


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "clip.mp4").write_bytes(CLIP)
    (tmp_path / "cover.jpg").write_bytes(b"cover")
    (tmp_path / "words.srt").write_bytes(b"words")
    return Post(
        publication_id=_ID,
        channel="main",
        content_sha256=SHA256,
        text=post_text(attribution='"Pasta" by Ada, CC BY 4.0', tags=("pasta", "cooking")),
        video=tmp_path / "clip.mp4",
        cover=tmp_path / "cover.jpg",
        subtitles=tmp_path / "words.srt",
        due_at=NOW,
        duration_s=12.0,
    )


def _planned(**changes: object) -> Publication:
    return publication(**{"publication_id": _ID, "content_sha256": SHA256, **changes})


def _visible(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*/*") if not path.name.startswith("."))


def _hidden(root: Path) -> list[str]:
    return sorted(path.name for path in root.glob("*/.*.partial"))


def test_a_person_reads_what_viewers_must_be_told(publisher, post, root):
    publisher.submit(replace(post, disclosure=Disclosure(is_paid=True)), FakeSession())
    told = "Tell viewers, in the platform's own settings of the post: it is paid promotion."
    assert told in (root / "main" / _NAME / "POST.txt").read_text()


def test_a_post_has_everything_that_a_person_needs_to_post_it(publisher, post, root):
    publisher.submit(post, FakeSession())
    folder = root / "main" / _NAME
    assert sorted(file.name for file in folder.iterdir()) == sorted(_FILES)
    assert (folder / "clip.mp4").read_bytes() == CLIP
    assert (folder / "title.txt").read_text() == "Pasta in five minutes\n"
    assert (folder / "tags.txt").read_text() == "#pasta #cooking\n"
    ready = (folder / "POST.txt").read_text()
    for shown in ("Pasta in five minutes", "Boil, stir, eat.", "#pasta #cooking", "by Ada", _ID):
        assert shown in ready


def test_the_document_of_a_post_says_what_it_is(publisher, post, root):
    publisher.submit(post, FakeSession())
    document = json.loads((root / "main" / _NAME / "post.json").read_text())
    assert document["publication_id"] == _ID
    assert document["content_sha256"] == SHA256
    assert document["tags"] == ["pasta", "cooking"]
    assert sorted(document["files"]) == sorted(set(_FILES) - {"post.json"})


def test_what_a_post_lacks_has_no_file(publisher, post, root):
    publisher.submit(replace(post, subtitles=None, text=post_text()), FakeSession())
    names = {file.name for file in (root / "main" / _NAME).iterdir()}
    assert names == set(_FILES) - {"subtitles.srt", "attribution.txt"}


def test_the_address_of_a_post_is_its_folder(publisher, post, root):
    live = publisher.submit(post, FakeSession())
    assert isinstance(live, Published)
    assert live.post_id == _ID
    assert Path(unquote(urlparse(live.url).path)) == root / "main" / _NAME


def test_submitting_twice_makes_one_folder_even_under_another_day_and_title(publisher, post, root):
    first = publisher.submit(post, FakeSession())
    later = replace(post, due_at=NOW.replace(day=25), text=post_text(title="Other"))
    assert publisher.submit(later, FakeSession()) == first
    assert _visible(root) == [_NAME]


def test_bytes_that_were_not_approved_are_refused_and_leave_nothing(publisher, post, root):
    post.video.write_bytes(b"rendered anew")
    with pytest.raises(Rejected, match="content hash"):
        publisher.submit(post, FakeSession())
    assert _visible(root) == _hidden(root) == []


@pytest.mark.parametrize(
    "title", ["../../escape", "/etc/passwd", "a\0b", "..", ".hidden", "x" * 300, "\u202e\udcff", ""]
)
def test_no_title_leads_out_of_the_channel(publisher, post, root, title):
    publisher.submit(replace(post, text=post_text(title=title)), FakeSession())
    assert len(_visible(root)) == 1
    assert [path.name for path in root.iterdir()] == ["main"]


@pytest.mark.parametrize("channel", ["../other", "/abs", "..", "a/b", "", "ñ"])
def test_no_channel_leads_out_of_the_root(publisher, post, root, channel):
    publisher.submit(replace(post, channel=channel), FakeSession())
    assert len(_visible(root)) == 1
    assert publisher.find(_planned(), channel=channel) != Lookup.ABSENT
    assert sorted(path.name for path in root.parent.iterdir()) == [
        "clip.mp4",
        "cover.jpg",
        "published",
        "words.srt",
    ]


def test_channels_of_like_names_have_folders_of_their_own(publisher, post):
    publisher.submit(replace(post, channel="a/b"), FakeSession())
    assert publisher.find(_planned(), channel="a b") is Lookup.ABSENT


def test_a_full_or_forbidden_disk_is_transient_and_leaves_nothing(publisher, post, root):
    root.mkdir()
    (root / "main").write_text("a file is in the way")
    with pytest.raises(Transient, match="cannot be written"):
        publisher.submit(post, FakeSession())


def test_a_failure_while_writing_is_transient_and_leaves_nothing(publisher, post, root):
    post.cover.unlink()
    with pytest.raises(Transient):
        publisher.submit(post, FakeSession())
    assert _visible(root) == _hidden(root) == []


def test_while_another_process_writes_to_the_channel_a_submission_waits(publisher, post, root):
    (root / "main").mkdir(parents=True)
    with (root / "main" / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(Transient, match="another process"):
            publisher.submit(post, FakeSession())
    assert isinstance(publisher.submit(post, FakeSession()), Published)


def test_a_folder_that_cannot_be_read_as_the_post_is_left_to_a_person(publisher, post, root):
    publisher.submit(post, FakeSession())
    (root / "main" / _NAME / "post.json").write_text("{}")
    assert publisher.find(_planned(), channel="main") is Lookup.UNDECIDABLE
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, FakeSession())
    assert _visible(root) == [_NAME]


def test_there_is_no_processing_to_check(publisher):
    with pytest.raises(NotFound):
        publisher.check("receipt", channel="main")


def _was_killed_at(step: int, action: Callable[[], object]) -> bool:
    """Run ``action`` in a child that dies before its ``step``-th system-level operation."""
    child = os.fork()
    if child == 0:
        left = step

        def die_in_time(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal left
            left -= event.startswith(("open", "os.", "fcntl.", "shutil."))
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(die_in_time)
            action()
            os._exit(0)
        finally:
            os._exit(1)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0
    return os.WIFSIGNALED(status)


def test_a_crash_at_any_step_shows_nothing_or_the_whole_and_is_mended_by_the_next(post, tmp_path):
    step = 1
    outcomes = set()
    while True:
        root = tmp_path / f"published-{step}"
        publisher = FolderPublisher(path=root, reports=tmp_path / "reports")
        was_killed = _was_killed_at(step, partial(publisher.submit, post, FakeSession()))
        shown = _visible(root)
        found = publisher.find(_planned(), channel="main")
        assert shown in ([], [_NAME])
        assert isinstance(found, Published) == bool(shown)
        if shown:
            assert {file.name for file in (root / "main" / _NAME).iterdir()} == set(_FILES)
        publisher.submit(post, FakeSession())
        assert _visible(root) == [_NAME]
        assert _hidden(root) == []
        outcomes.add((was_killed, bool(shown)))
        if not was_killed:
            break
        step += 1
    assert outcomes == {(True, False), (True, True), (False, True)}
