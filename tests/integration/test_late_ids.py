"""A post that went out before TikTok told its id gets it at a later reading, once."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.grounds.publishers import tiktok
from tests.platforms.publishing import emulated_tools
from tests.platforms.tiktok_uploads import TiktokUploads
from tests.platforms.uploads import Fault
from tests.publishing_desk import DeskMaker, PublishingDesk
from viral_forge_assets.measuring import Measurer, Taken
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    PostMetric,
    Publication,
    PublicationState,
    Published,
)
from viral_forge_resources.state import post_metrics, publications

_HOUR = timedelta(hours=1)
_ID = "7301234567890123000"
_STATUS = "v2/post/publish/status/fetch"


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Generator[PublishingDesk]:
    """A post that is live for a day, of which TikTok has told no id."""
    platform = TiktokUploads()
    platform.withholds_ids = True
    with emulated_tools(platform) as tools:
        maker = DeskMaker(sqlite_template, tmp_path / "desk", "tiktok")
        opened = maker.desk(platform, tiktok.opened(tools))
        opened.settle()
        platform.calls.clear()
        yield opened


def _read(desk: PublishingDesk, age: timedelta) -> Taken:
    published_at = desk.row().published_at
    assert published_at is not None
    assert isinstance(desk.publisher, MetricsReader)
    desk.platform.now = published_at + age
    readers = {"tiktok": desk.publisher}
    return Measurer(state=desk.state, readers=readers, clock=desk.platform.clock).take_due()


def _views(desk: PublishingDesk) -> list[PostMetric]:
    with desk.state.connect() as connection:
        rows = post_metrics.of_publications(connection, [desk.row().publication_id])
    return [row for row in rows if row.metric == "views"]


def _tell(desk: PublishingDesk, views: int = 40) -> None:
    counts = {"view_count": views, "like_count": 4, "comment_count": 0, "share_count": 1}
    desk.platform.withholds_ids = False  # type: ignore[attr-defined]
    desk.platform.counts[_ID] = counts  # type: ignore[attr-defined]


def test_until_its_id_is_told_its_numbers_are_absent_and_no_video_is_asked_about(desk):
    _read(desk, _HOUR)
    (row,) = _views(desk)
    assert row.value is None
    assert "told no id" in str(row.reason)
    assert desk.platform.calls == [_STATUS]
    assert desk.row().post_id == "v_pub_file~v2-1.0"


def test_an_id_that_was_told_since_is_kept_and_the_numbers_come_at_once(desk):
    before = desk.row()
    _read(desk, _HOUR)
    _tell(desk)
    _read(desk, 6 * _HOUR)
    address = f"https://www.tiktok.com/@knotlab/video/{_ID}"
    assert desk.row() == replace(before, post_id=_ID, post_url=address, reason=None)
    assert before.state is PublicationState.PUBLISHED
    assert [row.value for row in _views(desk)] == [None, 40]


def test_what_has_its_id_is_not_asked_for_it_again(desk):
    _tell(desk)
    _read(desk, _HOUR)
    _read(desk, 6 * _HOUR)
    assert desk.platform.calls.count(_STATUS) == 1


def test_a_second_id_never_replaces_the_first(desk):
    stale = desk.row()
    _tell(desk)
    _read(desk, _HOUR)
    with desk.state.begin() as connection:
        other = Published(post_id="7399", url="https://www.tiktok.com/player/v1/7399")
        assert not publications.rename(connection, stale, other)
    assert desk.row().post_id == _ID


def test_a_post_that_was_taken_down_gets_no_id(desk):
    row = desk.row()
    with desk.state.begin() as connection:
        _take_down(connection, row, desk)
        assert not publications.rename(connection, row, Published(post_id=_ID, url="https://x"))
    assert desk.row().post_id == row.post_id


def _take_down(connection, row: Publication, desk: PublishingDesk) -> None:
    publications.settle(
        connection,
        row.publication_id,
        PublicationState.RETRACTED,
        expected=PublicationState.PUBLISHED,
        now=desk.platform.now,
    )


@pytest.mark.parametrize("fault", [Fault.SLOW_DOWN, Fault.DOWN, Fault.LOST])
def test_where_no_id_can_be_had_now_it_is_asked_for_at_the_next_reading(desk, fault):
    _tell(desk)
    desk.platform.faults.append(fault)
    taken = _read(desk, _HOUR)
    assert (taken.posts, taken.put_off, desk.row().post_id) == (1, {}, "v_pub_file~v2-1.0")
    _read(desk, 6 * _HOUR)
    assert [row.value for row in _views(desk)] == [None, 40]


def test_an_upload_that_tiktok_forgot_leaves_its_post_as_it_is(desk):
    before = desk.row()
    desk.platform.uploads.clear()
    assert _read(desk, _HOUR).posts == 1
    assert desk.row() == before
