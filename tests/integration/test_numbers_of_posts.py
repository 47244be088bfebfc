"""What X, LinkedIn and Pinterest tell of posts becomes numbers, or the reason why there is none."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import NOW, publication
from tests.fakes.session import FakeSession
from tests.grounds.publishers import linkedin, pinterest, x
from tests.platforms.linkedin_uploads import LinkedinUploads
from tests.platforms.pinterest_uploads import PinterestUploads
from tests.platforms.posts import post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import EmulatedAccounts, Fault, UploadPlatform
from tests.platforms.x_uploads import XUploads
from viral_forge_resources.contracts.accounts import AT_LEAST, AccessToken
from viral_forge_resources.contracts.errors import RateLimited, Unreachable
from viral_forge_resources.contracts.metrics import METRICS
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    PostMetric,
    Publication,
    Published,
)
from viral_forge_resources.oauth.linkedin import LinkedinLogin
from viral_forge_resources.oauth.linkedin import Settings as LoginSettings

_GROUNDS: dict[str, Any] = {"x": x, "linkedin": linkedin, "pinterest": pinterest}
_PLATFORMS = [XUploads, LinkedinUploads, PinterestUploads]
_ANALYTICS = frozenset({"r_member_postAnalytics"})


class _Granted(EmulatedAccounts):
    """Tokens of an app that LinkedIn lets read members' numbers."""

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        return replace(super().access_token(channel_id, at_least=at_least), scopes=_ANALYTICS)


@contextmanager
def _reader(platform: UploadPlatform, *, is_granted: bool = False) -> Generator[MetricsReader]:
    with emulated_tools(platform) as tools:
        granted = replace(tools, accounts=_Granted(platform)) if is_granted else tools
        reader = _GROUNDS[platform.platform].opened(granted)
        assert isinstance(reader, MetricsReader)
        yield reader


def _posted(platform: UploadPlatform, folder: Path) -> Publication:
    """A live post."""
    post = post_in(folder)
    with emulated_tools(platform) as tools:
        live = _GROUNDS[platform.platform].opened(tools).submit(post, FakeSession())
    assert isinstance(live, Published)
    row = publication(content_sha256=post.content_sha256, channel_id=f"{platform.platform}:main")
    return replace(row, post_id=live.post_id, published_at=platform.now)


def _by_metric(rows: tuple[PostMetric, ...]) -> dict[str, PostMetric]:
    found = {row.metric: row for row in rows}
    assert len(found) == len(rows)
    assert all((row.value is None) == bool(row.reason) for row in rows)
    assert all(row.unit == str(METRICS[row.metric.partition("@")[0]].unit) for row in rows)
    return found


@pytest.fixture
def on_x() -> XUploads:
    platform = XUploads()
    platform.counts = {
        "post.public_metrics": {
            "retweet_count": 3,
            "quote_count": 1,
            "like_count": 40,
            "reply_count": 0,
            "bookmark_count": 7,
            "impression_count": 900,
        },
        "post.non_public_metrics": {"url_link_clicks": 5, "user_profile_clicks": 6},
        "media.public_metrics": {"view_count": 500},
        "media.non_public_metrics": {
            "playback_0_count": 400,
            "playback_25_count": 300,
            "playback_50_count": 200,
            "playback_75_count": 150,
            "playback_100_count": 100,
        },
    }
    return platform


def test_x_tells_counts_and_the_starts_that_got_on(on_x, tmp_path):
    row = _posted(on_x, tmp_path)
    with _reader(on_x) as reader:
        found = _by_metric(reader.read((row,)))
    told = {metric: each.value for metric, each in found.items() if each.value is not None}
    assert told == {
        "views": 500,
        "impressions": 900,
        "likes": 40,
        "comments": 0,
        "reposts": 3,
        "quotes": 1,
        "saves": 7,
        "link_clicks": 5,
        "profile_visits": 6,
        "audience_watch_ratio@0.25": 0.75,
        "audience_watch_ratio@0.50": 0.5,
        "audience_watch_ratio@0.75": 0.375,
        "audience_watch_ratio@1.00": 0.25,
    }
    assert "no times watched" in str(found["watch_time"].reason)
    assert on_x.calls.count("tweets") == 2


def test_after_30_days_x_tells_only_what_is_public(on_x, tmp_path):
    row = _posted(on_x, tmp_path)
    on_x.wait(timedelta(days=31))
    with _reader(on_x) as reader:
        found = _by_metric(reader.read((row,)))
    assert found["views"].value == 500
    assert "30 days" in str(found["link_clicks"].reason)
    assert "30 days" in str(found["audience_watch_ratio@0.50"].reason)


def test_what_x_does_not_tell_an_author_is_not_0(on_x, tmp_path):
    on_x.tells_own = False
    row = _posted(on_x, tmp_path)
    with _reader(on_x) as reader:
        found = _by_metric(reader.read((row,)))
    assert found["likes"].value == 40
    assert "not 0" in str(found["profile_visits"].reason)


def test_a_video_that_nobody_started_has_no_shares(on_x, tmp_path):
    on_x.counts["media.non_public_metrics"]["playback_0_count"] = 0
    row = _posted(on_x, tmp_path)
    with _reader(on_x) as reader:
        found = _by_metric(reader.read((row,)))
    assert "nobody has started" in str(found["audience_watch_ratio@0.50"].reason)


def test_a_post_that_x_does_not_show_has_no_numbers_and_hides_no_others(on_x, tmp_path):
    row = _posted(on_x, tmp_path)
    gone = replace(row, publication_id="gone", post_id="1")
    with _reader(on_x) as reader:
        rows = reader.read((gone, row))
    assert {each.value for each in rows if each.publication_id == "gone"} == {None}
    assert 500 in {each.value for each in rows if each.publication_id == row.publication_id}


def test_pinterest_counts_days_that_it_is_done_with(tmp_path):
    platform = PinterestUploads()
    row = _posted(platform, tmp_path)
    first = platform.now.astimezone(UTC).date()
    done: dict[str, float] = {
        "VIDEO_MRC_VIEW": 20,
        "VIDEO_10S_VIEW": 2,
        "IMPRESSION": 240,
        "SAVE": 0,
        "PIN_CLICK": 37,
    }
    unready = dict.fromkeys(done, 0.0)
    platform.days = [
        (str(first), "READY", done),
        (str(first + timedelta(days=1)), "READY", done),
        (str(first + timedelta(days=2)), "PROCESSING", unready),
    ]
    platform.lifetime = {"TOTAL_COMMENTS": 10}
    platform.wait(timedelta(days=3))
    with _reader(platform) as reader:
        found = _by_metric(reader.read((row,)))
    assert (found["views"].value, found["engaged_views"].value) == (40, 4)
    assert (found["impressions"].value, found["saves"].value) == (480, 0)
    ended = datetime.combine(first + timedelta(days=2), datetime.min.time(), UTC)
    assert found["views"].as_of == ended
    assert (found["comments"].value, found["comments"].as_of) == (10, platform.now)
    assert "leaves it out" in str(found["reactions"].reason)
    assert "leaves it out" in str(found["link_clicks"].reason)
    assert "which unit" in str(found["watch_time"].reason)


def test_a_pin_of_which_no_day_is_done_has_no_numbers_yet(tmp_path):
    platform = PinterestUploads()
    row = _posted(platform, tmp_path)
    platform.days = [(f"{platform.now:%Y-%m-%d}", "PROCESSING", {"VIDEO_MRC_VIEW": 0.0})]
    with _reader(platform) as reader:
        found = _by_metric(reader.read((row,)))
    assert "no day" in str(found["views"].reason)


def test_a_pin_of_more_than_90_days_is_told_of_as_a_part_by_nobody(tmp_path):
    platform = PinterestUploads()
    row = _posted(platform, tmp_path)
    platform.wait(timedelta(days=100))
    platform.days = [(f"{platform.now:%Y-%m-%d}", "READY", {"VIDEO_MRC_VIEW": 3.0})]
    with _reader(platform) as reader:
        found = _by_metric(reader.read((row,)))
    assert "90 days" in str(found["views"].reason)


def test_an_ordinary_app_is_told_nothing_by_linkedin_and_asks_nothing(tmp_path):
    platform = LinkedinUploads()
    row = _posted(platform, tmp_path)
    platform.calls.clear()
    with _reader(platform) as reader:
        found = _by_metric(reader.read((row,)))
    assert {each.value for each in found.values()} == {None}
    assert "LINKEDIN_READS_ANALYTICS" in str(found["impressions"].reason)
    assert platform.calls == []


def test_an_app_that_may_is_told_by_linkedin(tmp_path):
    platform = LinkedinUploads()
    platform.counts = {"IMPRESSION": 90, "MEMBERS_REACHED": 60, "REACTION": 5, "COMMENT": 0}
    row = _posted(platform, tmp_path)
    with _reader(platform, is_granted=True) as reader:
        found = _by_metric(reader.read((row,)))
    told = {metric: each.value for metric, each in found.items() if each.value is not None}
    assert told == {"impressions": 90, "reach": 60, "reactions": 5, "comments": 0}
    assert "leaves it out" in str(found["reposts"].reason)
    assert "not been verified" in str(found["views"].reason)


@pytest.mark.parametrize("kind", _PLATFORMS)
@pytest.mark.parametrize(
    ("fault", "error"), [(Fault.SLOW_DOWN, RateLimited), (Fault.DOWN, Unreachable)]
)
def test_a_platform_that_does_not_answer_tells_no_numbers(kind, fault, error, on_x, tmp_path):
    platform = on_x if kind is XUploads else kind()
    row = _posted(platform, tmp_path)
    platform.faults.append(fault)
    with _reader(platform, is_granted=True) as reader, pytest.raises(error):
        reader.read((row,))


def test_numbers_name_their_source_and_definition(on_x, tmp_path):
    row = _posted(on_x, tmp_path)
    with _reader(on_x) as reader:
        found = _by_metric(reader.read((row,)))
    views = found["views"]
    assert (views.source, views.as_of) == ("X API v2 tweets", NOW)
    assert views.definition == "x views v1: views of the video, as X shows them"


def test_linkedin_is_asked_for_rights_that_it_granted_and_no_others():
    ordinary = LinkedinLogin(LoginSettings()).manners.scopes
    granted = LinkedinLogin(LoginSettings(reads_analytics=True, reads_posts=True)).manners.scopes
    assert set(granted) - set(ordinary) == {*_ANALYTICS, "r_member_social"}
