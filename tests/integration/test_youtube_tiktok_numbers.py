"""What YouTube and TikTok tell of posts becomes numbers, or the reason why there is none."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders import NOW, publication, sha256
from tests.grounds.publishers import tiktok, youtube
from tests.platforms.publishing import emulated_tools
from tests.platforms.tiktok_uploads import TiktokUploads
from tests.platforms.uploads import Fault, UploadPlatform
from tests.platforms.youtube_uploads import Video, YoutubeUploads
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.metrics import METRICS, position_of
from viral_forge_resources.contracts.publishing import MetricsReader, PostMetric, Publication

_GROUNDS: dict[str, Any] = {"youtube": youtube, "tiktok": tiktok}
_POSTED = NOW - timedelta(days=8)
_A_DAY = {
    "views": 100,
    "engagedViews": 80,
    "estimatedMinutesWatched": 30,
    "averageViewDuration": 18,
    "averageViewPercentage": 90,
    "shares": 3,
    "subscribersGained": 2,
    "subscribersLost": 0,
    "estimatedRevenue": 0.25,
}


@contextmanager
def _reader(platform: UploadPlatform) -> Generator[MetricsReader]:
    with emulated_tools(platform) as tools:
        reader = _GROUNDS[platform.platform].opened(tools)
        assert isinstance(reader, MetricsReader)
        yield reader


def _read(platform: UploadPlatform, *posts: Publication) -> dict[tuple[str, str], PostMetric]:
    with _reader(platform) as reader:
        rows = reader.read(posts)
    found = {(row.publication_id, row.metric): row for row in rows}
    assert len(found) == len(rows)
    assert all((row.value is None) == bool(row.reason) for row in rows)
    assert all(row.metric.partition("@")[0] in METRICS for row in rows)
    return found


def _post(platform: UploadPlatform, number: int, post_id: str | None) -> Publication:
    row = publication(
        content_sha256=sha256(f"clip {number}"), channel_id=f"{platform.platform}:main"
    )
    return replace(row, post_id=post_id, published_at=_POSTED)


@pytest.fixture
def tube() -> YoutubeUploads:
    """A channel with one video of eight days, of which YouTube has processed the first three."""
    platform = YoutubeUploads()
    platform.now = NOW
    _add_video(platform, "video000000")
    platform.statistics["video000000"] = {
        "viewCount": "12345",
        "likeCount": "67",
        "commentCount": "0",
    }
    first = _POSTED.date()
    platform.analytics.days["video000000"] = {
        first + timedelta(days=day): dict(_A_DAY) for day in range(3)
    }
    platform.analytics.processed_until = first + timedelta(days=2)
    platform.analytics.curves["video000000"] = [(0.01, 1.2), (0.5, 0.6), (1.0, 0.3)]
    return platform


def _add_video(platform: YoutubeUploads, video_id: str) -> None:
    account = platform.accounts["main"].account_id
    resource: dict[str, Any] = {"snippet": {}, "status": {}}
    platform.videos.append(
        Video(
            video_id=video_id,
            account_id=account,
            resource=resource,
            content=b"",
            came_at=_POSTED,
            looks_left=0,
        )
    )


def test_youtube_tells_counts_of_now_and_results_up_to_the_last_processed_day(tube):
    post = _post(tube, 1, "video000000")

    found = {metric: row for (_, metric), row in _read(tube, post).items()}

    assert found["views"].value == 12_345
    assert found["views"].as_of == NOW
    assert found["comments"].value == 0
    assert found["engaged_views"].value == 240
    assert found["watch_time"].value == 90 * 60
    assert found["average_share_viewed"].value == pytest.approx(0.9)
    assert found["engaged_views"].as_of < NOW
    assert found["engaged_views"].as_of.date() == _POSTED.date() + timedelta(days=3)


def test_the_curve_has_the_points_that_were_told_and_no_others(tube):
    rows = _read(tube, _post(tube, 1, "video000000"))
    curve = {position_of(metric): row.value for (_, metric), row in rows.items()}
    curve.pop(None)
    assert curve == {0.01: 1.2, 0.5: 0.6, 1.0: 0.3}


def test_without_a_curve_a_row_says_so(tube):
    tube.analytics.curves.clear()
    post = _post(tube, 1, "video000000")
    row = _read(tube, post)[post.publication_id, "audience_watch_ratio"]
    assert row.value is None
    assert "no curve" in str(row.reason)


def test_revenue_that_is_forbidden_takes_no_other_number_along(tube):
    post = _post(tube, 1, "video000000")
    rows = _read(tube, post)
    revenue = rows[post.publication_id, "estimated_revenue"]
    assert revenue.value is None
    assert "Partner Program" in str(revenue.reason)
    assert rows[post.publication_id, "engaged_views"].value == 240


def test_analytics_that_are_forbidden_take_no_count_along(tube):
    tube.analytics.is_shut = True
    post = _post(tube, 1, "video000000")
    rows = _read(tube, post)
    assert rows[post.publication_id, "views"].value == 12_345
    assert rows[post.publication_id, "engaged_views"].value is None
    assert "permission" in str(rows[post.publication_id, "engaged_views"].reason)


def test_a_partner_is_told_revenue_in_its_currency(tube):
    tube.analytics.is_partner = True
    post = _post(tube, 1, "video000000")
    revenue = _read(tube, post)[post.publication_id, "estimated_revenue"]
    assert (revenue.value, revenue.unit) == (0.75, "USD")


def test_days_that_are_not_processed_yet_are_no_zero(tube):
    tube.analytics.processed_until = None
    post = _post(tube, 1, "video000000")
    row = _read(tube, post)[post.publication_id, "engaged_views"]
    assert row.value is None
    assert "not processed" in str(row.reason)


def test_a_young_video_has_counts_and_analytics_is_not_asked(tube):
    post = replace(_post(tube, 1, "video000000"), published_at=NOW - timedelta(hours=6))
    rows = _read(tube, post)
    assert rows[post.publication_id, "views"].value == 12_345
    assert "reports.query" not in tube.calls


def test_a_hidden_count_and_a_video_that_is_gone_have_their_reasons(tube):
    del tube.statistics["video000000"]["likeCount"]
    here, gone = _post(tube, 1, "video000000"), _post(tube, 2, "video999999")
    rows = _read(tube, here, gone)
    assert "hidden" in str(rows[here.publication_id, "likes"].reason)
    assert "removed" in str(rows[gone.publication_id, "views"].reason)
    assert rows[here.publication_id, "views"].value == 12_345


def test_the_counts_of_fifty_videos_are_one_call(tube):
    posts = []
    for number in range(50):
        video_id = f"many{number:07d}"
        _add_video(tube, video_id)
        tube.statistics[video_id] = {"viewCount": "1", "likeCount": "1", "commentCount": "1"}
        posts.append(_post(tube, number, video_id))
    tube.analytics.days = {}
    tube.analytics.processed_until = date(2026, 1, 1)
    _read(tube, *posts)
    assert tube.calls.count("videos.list") == 1


@pytest.fixture
def tok() -> TiktokUploads:
    platform = TiktokUploads()
    platform.now = NOW
    platform.counts["7301"] = {
        "view_count": 0,
        "like_count": 4,
        "comment_count": 0,
        "share_count": 1,
    }
    return platform


def test_tiktok_tells_four_counts_and_a_real_zero_is_one(tok):
    post = _post(tok, 1, "7301")
    found = {metric: row.value for (_, metric), row in _read(tok, post).items()}
    assert found == {"views": 0, "likes": 4, "comments": 0, "shares": 1}


def test_a_post_whose_id_tiktok_has_not_told_yet_is_absent_and_not_asked_for(tok):
    late, unlisted = _post(tok, 1, "v_pub_file~v2.123"), _post(tok, 2, "7399")
    rows = _read(tok, late, unlisted)
    assert "told no id" in str(rows[late.publication_id, "views"].reason)
    assert "not public, or gone" in str(rows[unlisted.publication_id, "views"].reason)


@pytest.mark.parametrize("name", ["tube", "tok"])
def test_a_platform_that_is_away_raises_and_changes_no_account(name, request):
    platform = request.getfixturevalue(name)
    platform.faults.extend([Fault.DOWN] * 3)
    with _reader(platform) as reader, pytest.raises(Unreachable):
        reader.read((_post(platform, 1, "7301"),))
