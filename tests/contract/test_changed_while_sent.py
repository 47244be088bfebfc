"""Bytes that change between the guard's look and the end of an upload never become a post."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest

from tests.fakes.session import FakeSession
from tests.grounds._kinds import emulated_publishers, ground_of
from tests.platforms.posts import post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import UploadPlatform
from tests.stamps import change, stamp_of
from viral_forge_resources import publishers
from viral_forge_resources.contracts.errors import Rejected
from viral_forge_resources.contracts.publishing import Post, Publisher

_CLIP = Random(1).randbytes(2_700_000)  # noqa: S311  the same every time
_SENDING = [name for name in emulated_publishers() if name != "threads"]  # Threads fetches a copy


@dataclass(kw_only=True)
class _Meddled(FakeSession):
    """Somebody does something once the first piece was read."""

    meddle: Callable[[], object]
    is_meddled: bool = False

    def save(self, document: str) -> None:
        self.saved = document

    def keep(self) -> None:
        if not self.is_meddled:
            self.is_meddled = True
            self.meddle()


@pytest.fixture(params=_SENDING)
def opened(request: pytest.FixtureRequest) -> Generator[tuple[UploadPlatform, Publisher]]:
    ground = ground_of(publishers, request.param)
    platform = ground.emulator()
    with emulated_tools(platform) as tools:
        yield platform, ground.opened(tools)


@pytest.fixture(params=["stamped", "not stamped"])
def post(request: pytest.FixtureRequest, tmp_path: Path) -> Post:
    made = post_in(tmp_path, _CLIP)
    return replace(made, stamp=stamp_of(made.video)) if request.param == "stamped" else made


def test_bytes_that_change_before_they_are_sent_become_no_post(opened, post):
    platform, publisher = opened
    change(post.video, 2_000_000, b"other")
    with pytest.raises(Rejected, match="content hash"):
        publisher.submit(post, FakeSession())
    assert platform.posts() == []


def test_bytes_that_change_while_they_are_sent_become_no_post(opened, post):
    platform, publisher = opened
    session = _Meddled(meddle=lambda: change(post.video, 2_000_000, b"other"))
    with pytest.raises(Rejected, match="content hash"):
        publisher.submit(post, session)
    assert session.is_meddled
    assert platform.posts() == []


def test_a_clip_that_is_replaced_while_it_is_sent_is_posted_as_it_was_approved(opened, post):
    platform, publisher = opened
    anew = post.video.with_name("anew.mp4")
    anew.write_bytes(b"rendered anew")
    session = _Meddled(meddle=lambda: anew.replace(post.video))
    publisher.submit(post, session)
    assert session.is_meddled
    assert [content for _, content in platform.posts()] == [_CLIP]
