"""What the guard found to be approved is known again by who sends it."""

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.fakes.publisher import FakePublisher
from tests.integration.test_posting import made_desk
from tests.stamps import IN_MEMORY, hashed_an_hour_later, needs_stamps
from viral_forge_assets.guarding import Guard
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.contracts.stamps import Stamp


@pytest.fixture
def folder():
    with TemporaryDirectory(dir=IN_MEMORY) as folder:
        yield Path(folder)


@needs_stamps
@pytest.mark.parametrize("is_again", [False, True])
def test_a_post_bears_the_stamp_that_its_video_was_hashed_under(sqlite_state, folder, is_again):
    desk = made_desk(sqlite_state, folder)
    guard = Guard(
        state=desk.state,
        storage=desk.storage,
        requires_approval=True,
        hashing=hashed_an_hour_later,
    )
    with ExitStack() as files:
        post = (
            guard.again(desk.row(), files)
            if is_again
            else guard.admit(desk.row(), FakePublisher(), files, now=datetime.now(UTC))
        )
        assert isinstance(post, Post)
        assert post.stamp == Stamp.of(post.video.stat())
