"""What is a folder's own: nothing half-written is ever seen in it."""

import os
import subprocess
import sys
from pathlib import Path
from threading import Thread

import pytest

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.storage.local import LocalStorage

KEY = "cooking/inbox/pasta-1/transform/clip-1.mp4"


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "storage")


def test_a_reader_never_sees_half_a_file(local: LocalStorage) -> None:
    old, new = b"o" * 300_000, b"n" * 200_000
    local.put_bytes(old, KEY)
    writer = Thread(target=lambda: [local.put_bytes((new, old)[n % 2], KEY) for n in range(40)])
    writer.start()

    seen = set()
    while writer.is_alive():
        seen.add(local.get_bytes(KEY))
    writer.join()

    assert seen <= {old, new}


_WRITER = """
import sys
from pathlib import Path
from viral_forge_resources.storage.local import LocalStorage
LocalStorage(Path(sys.argv[1])).put_file(Path(sys.argv[2]), sys.argv[3])
"""


def test_a_killed_writer_leaves_nothing_visible(local: LocalStorage, tmp_path: Path) -> None:
    local.put_bytes(b"before", KEY)
    pipe = tmp_path / "endless"
    os.mkfifo(pipe)
    root = tmp_path / "storage"
    writer = subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", _WRITER, str(root), str(pipe), KEY]
    )
    with pipe.open("wb") as source:
        source.write(bytes(3 << 20))  # more than a pipe holds: the writer is in the middle of it
        writer.kill()
        writer.wait()

    (leftover,) = (root / ".partial").iterdir()
    assert leftover.stat().st_size > 0
    assert local.get_bytes(KEY) == b"before"
    assert list(local.keys("")) == [KEY]

    os.utime(leftover, (0, 0))
    local.put_bytes(b"after", KEY)

    assert list((root / ".partial").iterdir()) == []


def test_a_fresh_leftover_may_be_another_writer(local: LocalStorage, tmp_path: Path) -> None:
    local.put_bytes(b"", KEY)
    in_progress = tmp_path / "storage" / ".partial" / "theirs"
    in_progress.touch()

    local.put_bytes(b"", KEY)

    assert in_progress.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(Misconfigured, match="VIRAL_FORGE_STORAGE_LOCAL_PATH"):
        LocalStorage(tmp_path / "file" / "storage").put_bytes(b"x", KEY)
