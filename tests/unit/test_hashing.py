"""A stamp is given only where every later change of the file breaks it."""

import hashlib
import io
import mmap
import os
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.stamps import IN_MEMORY, change, hashed_an_hour_later, let_times_pass, needs_stamps
from viral_forge_resources.contracts.stamps import Stamp
from viral_forge_resources.hashing import hashed

pytestmark = needs_stamps
_CONTENT = b"the bytes of a clip" * 100


@pytest.fixture
def path() -> Generator[Path]:
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        path = Path(folder) / "clip.mp4"
        path.write_bytes(_CONTENT)
        yield path


def test_a_file_that_nobody_touched_for_a_while_is_stamped(path):
    found = hashed_an_hour_later(path)
    assert found.sha256 == hashlib.sha256(_CONTENT).hexdigest()
    assert found.stamp == Stamp.of(path.stat())


@pytest.mark.parametrize("ago_ns", [0, 1_900_000_000, -5_000_000_000])
def test_a_file_that_was_changed_a_moment_ago_is_hashed_and_not_stamped(path, ago_ns):
    found = hashed(path, clock=lambda: path.stat().st_ctime_ns + ago_ns)
    assert (found.sha256, found.stamp) == (hashlib.sha256(_CONTENT).hexdigest(), None)


def test_a_change_breaks_the_stamp_though_its_time_was_set_back(path):
    stamp = hashed_an_hour_later(path).stamp
    modified_ns = path.stat().st_mtime_ns
    change(path, 5, b"other")
    assert path.stat().st_mtime_ns == modified_ns
    assert Stamp.of(path.stat()) != stamp


def test_another_file_of_the_same_name_and_size_breaks_the_stamp(path):
    stamp = hashed_an_hour_later(path).stamp
    other = path.with_name("other.mp4")
    other.write_bytes(_CONTENT)
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)
    assert Stamp.of(path.stat()) != stamp


def test_a_file_that_somebody_may_write_to_is_not_stamped(path):
    with path.open("r+b"):
        assert hashed_an_hour_later(path).stamp is None
    assert hashed_an_hour_later(path).stamp is not None


def test_a_file_that_is_mapped_into_memory_is_not_stamped(path):
    with path.open("r+b") as file:
        mapped = mmap.mmap(file.fileno(), 0)
    with mapped:
        assert hashed_an_hour_later(path).stamp is None


def test_a_write_through_a_later_mapping_breaks_the_stamp(path):
    stamp = hashed_an_hour_later(path).stamp
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        mapped[5:10] = b"other"
        assert Stamp.of(path.stat()) != stamp


class _ChangedAmid(io.FileIO):
    """A file that somebody writes to while it is read."""

    def readinto(self, buffer):
        let_times_pass(Path(str(self.name)))
        change(Path(str(self.name)), 0, b"other")
        return super().readinto(buffer)


class _PathChangedAmid(type(Path())):  # type: ignore[misc]  # the path of this system
    def open(self, mode):
        return _ChangedAmid(str(self), mode)


def test_a_change_while_it_is_hashed_leaves_no_stamp(path):
    assert hashed_an_hour_later(_PathChangedAmid(path)).stamp is None


def test_a_file_system_whose_times_may_be_anothers_gives_no_stamp():
    found = hashed(Path("/proc/version"), clock=lambda: 1 << 62)
    assert found.stamp is None
