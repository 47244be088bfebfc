"""Every storage keeps the same promises."""

import hashlib
import os
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.grounds._kinds import ground_of, grounded
from viral_forge_resources import storage as plugins
from viral_forge_resources.contracts.errors import BadInput, NotFound
from viral_forge_resources.contracts.storage import Lender, Storage
from viral_forge_resources.plugins import get_plugin
from viral_forge_resources.storage.local import LocalStorage

KEY = "cooking/inbox/pasta-1/transform/clip-1.mp4"
_PIECE_BYTES = 1 << 20


@pytest.fixture(scope="module", params=grounded(plugins))
def opened(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Storage]:
    """Open for every test of a plugin: servers and clients are slow to make."""
    ground = tmp_path_factory.mktemp("ground")
    with ground_of(plugins, request.param).open_on_ground(ground) as storage:
        yield storage


@pytest.fixture
def storage(opened: Storage) -> Generator[Storage]:
    yield opened
    for key in list(opened.keys("")):
        opened.delete(key)


@pytest.mark.parametrize("name", grounded(plugins))
def test_opening_reaches_nothing(name: str, tmp_path: Path) -> None:
    settings = ground_of(plugins, name).settings_of_nowhere(tmp_path)

    get_plugin(plugins, name).open_plugin(settings)

    assert list(tmp_path.iterdir()) == []


def test_what_was_stored_comes_back(storage: Storage, tmp_path: Path) -> None:
    content = b"frames" * 1000
    source = tmp_path / "clip.mp4"
    source.write_bytes(content)

    from_file = storage.put_file(source, KEY)
    from_bytes = storage.put_bytes(content, KEY.replace("clip-1", "clip-2"))

    assert from_file.key == KEY
    assert from_file.uri.endswith(KEY)
    assert from_file.size_bytes == from_bytes.size_bytes == storage.size_bytes(KEY) == 6000
    assert from_file.sha256 == from_bytes.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.get_bytes(KEY) == content
    with storage.as_file(KEY) as path:
        assert path.name == "clip-1.mp4"
        assert path.read_bytes() == content


def test_a_file_of_many_parts_comes_back_whole(storage: Storage, tmp_path: Path) -> None:
    content = os.urandom(9 * _PIECE_BYTES + 5)  # remote storage cuts it in parts
    source = tmp_path / "source"
    source.write_bytes(content)

    stored = storage.put_file(source, KEY)

    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.get_bytes(KEY) == content
    assert (
        b"".join(storage.read_range(KEY, start=_PIECE_BYTES - 3, length=_PIECE_BYTES + 9))
        == (content[_PIECE_BYTES - 3 : 2 * _PIECE_BYTES + 6])
    )
    with storage.as_file(KEY) as path:
        assert path.read_bytes() == content


def test_an_empty_file_is_a_file(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "empty"
    source.touch()

    stored = storage.put_file(source, KEY)

    assert stored.sha256 == hashlib.sha256(b"").hexdigest()
    assert storage.size_bytes(KEY) == 0
    assert storage.get_bytes(KEY) == b""
    assert b"".join(storage.read_range(KEY, start=0, length=10)) == b""


def test_a_second_put_replaces_the_first(storage: Storage) -> None:
    storage.put_bytes(b"old and longer", KEY)

    storage.put_bytes(b"new", KEY)

    assert storage.get_bytes(KEY) == b"new"
    assert list(storage.keys("")) == [KEY]


@pytest.mark.parametrize(
    ("start", "length", "expected"),
    [(0, 4, b"0123"), (3, 1, b"3"), (8, 99, b"89"), (10, 5, b""), (4, 0, b"")],
)
def test_a_range_holds_what_was_asked_for(
    storage: Storage, start: int, length: int, expected: bytes
) -> None:
    storage.put_bytes(b"0123456789", KEY)

    assert b"".join(storage.read_range(KEY, start=start, length=length)) == expected


def test_a_missing_file_is_named(storage: Storage) -> None:
    storage.put_bytes(b"a longer name", f"{KEY}.part")

    assert storage.size_bytes(KEY) is None
    with pytest.raises(NotFound, match=KEY):
        storage.get_bytes(KEY)
    with pytest.raises(NotFound, match=KEY):
        list(storage.read_range(KEY, start=0, length=1))
    with pytest.raises(NotFound, match=KEY), storage.as_file(KEY):
        pass


def test_deleting_twice_is_deleting_once(storage: Storage) -> None:
    storage.put_bytes(b"x", KEY)

    storage.delete(KEY)
    storage.delete(KEY)

    assert storage.size_bytes(KEY) is None
    assert list(storage.keys("")) == []


def test_keys_come_sorted_and_by_prefix(storage: Storage) -> None:
    names = ["b/x/1/s/a", "a/x/1/s/b", "a/x/1/s/a", "a-b/x/1/s/a", "a/x/12/s/a"]
    for name in names:
        storage.put_bytes(b"", name)

    assert list(storage.keys("")) == sorted(names)
    assert list(storage.keys("a/")) == ["a/x/1/s/a", "a/x/1/s/b", "a/x/12/s/a"]
    assert list(storage.keys("a/x/1")) == ["a/x/1/s/a", "a/x/1/s/b", "a/x/12/s/a"]
    assert list(storage.keys("a/x/1/")) == ["a/x/1/s/a", "a/x/1/s/b"]
    assert list(storage.keys("nothing/here")) == []


@pytest.mark.parametrize(
    "key",
    [
        "",
        "clip.mp4",
        "/etc/passwd",
        "../outside/file",
        "a/../../outside",
        "a/./b",
        "a//b",
        "a/b/",
        ".partial/x",
        "a/.hidden",
        "a\\..\\b/c",
        "a/b\n",
        "a/b\0",
        "a/ü",
        "a/b c",
        "a/" + "x" * 300,
    ],
)
def test_a_hostile_key_is_refused(storage: Storage, key: str) -> None:
    uses: list[Callable[[], object]] = [
        lambda: storage.put_bytes(b"x", key),
        lambda: storage.get_bytes(key),
        lambda: storage.size_bytes(key),
        lambda: list(storage.read_range(key, start=0, length=1)),
        lambda: storage.as_file(key).__enter__(),
        lambda: storage.delete(key),
    ]
    for use in uses:
        with pytest.raises(BadInput):
            use()


@pytest.mark.parametrize("prefix", ["../", "/", "a/../b", ".partial", "a//"])
def test_a_hostile_prefix_is_refused(storage: Storage, prefix: str) -> None:
    with pytest.raises(BadInput):
        list(storage.keys(prefix))


def test_what_is_lent_is_read_without_a_key_and_only_that(storage: Storage) -> None:
    storage.put_bytes(b"frames", KEY)
    storage.put_bytes(b"another clip", KEY.replace("clip-1", "clip-2"))
    if not isinstance(storage, Lender):
        assert isinstance(storage, LocalStorage)
        return
    address = storage.lent(KEY, lasts=timedelta(minutes=5))

    assert httpx.get(address).content == b"frames"
    storage.delete(KEY)
    assert httpx.get(address).status_code == 404
