"""The run that takes readings ends in the right rows, whatever oddities platforms answer with."""

import hashlib
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from tests.builders import save_publication, studio_policy
from tests.fakes.session import FakeSession
from tests.grounds._kinds import ground_of
from tests.platforms.posts import post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import RETRY_AFTER_S, Fault
from tests.platforms.youtube_uploads import Video
from viral_forge_assets.measuring_jobs import readings_job
from viral_forge_assets.metrics import post_metrics as post_metrics_asset
from viral_forge_resources import publishers
from viral_forge_resources.contracts.publishing import (
    PostMetric,
    Publication,
    PublicationState,
    Published,
    Publisher,
)
from viral_forge_resources.contracts.snapshots import Snapshot, SnapshotState
from viral_forge_resources.state import post_metrics, publications, snapshots
from viral_forge_resources.state.tables import publications as publications_table

_S = SnapshotState
_WEEK = timedelta(days=7)
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
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
_META = ("facebook", "instagram", "threads")


@dataclass(kw_only=True)
class Scene:
    """A studio with posts of a week on one emulated platform, and who reads their results."""

    state: sa.Engine
    folder: Path
    platform: Any
    publisher: Publisher
    instance: dg.DagsterInstance
    keys: list[str] = field(default_factory=list)

    def post(self) -> str:
        """A clip that was really posted a week ago; its publication id."""
        clip = f"clip {len(self.keys)}".encode()
        post = post_in(self.folder, clip)
        live = self.publisher.submit(post, FakeSession())
        if not isinstance(live, Published):
            live = self.publisher.check(live.receipt, channel="main")
        assert isinstance(live, Published)
        return self.live(live.post_id, hashlib.sha256(clip).hexdigest())

    def live(self, post_id: str, content_sha256: str) -> str:
        """A row of a post that has been live for a week, and a little more."""
        number = len(self.keys) + 1
        row = save_publication(
            self.state,
            candidate_key=f"cooking:inbox:video-{number}",
            content_sha256=content_sha256,
            channel_id=f"{self.platform.platform}:main",
        )
        posted = self.platform.now - _WEEK - timedelta(minutes=5)
        state = PublicationState.PUBLISHED
        is_it = publications_table.c.publication_id == row.publication_id
        with self.state.begin() as connection:
            connection.execute(
                sa.update(publications_table)
                .where(is_it)
                .values(state=state, post_id=post_id, published_at=posted)
            )
            snapshots.enrol(connection, row.publication_id, published_at=posted)
        self.keys.append(row.publication_id)
        self.instance.add_dynamic_partitions("candidates", [row.candidate_key])
        return row.publication_id

    def read(self) -> None:
        """One run of the real job."""
        result = readings_job.execute_in_process(
            instance=self.instance, resources=self.resources, run_config=_QUIET
        )
        assert result.success

    @property
    def resources(self) -> dict[str, Any]:
        readers = {self.platform.platform: self.publisher}
        return {
            "state": self.state,
            "metrics_readers": readers,
            "studio": studio_policy(),
        }

    def rows(self, key: str) -> dict[str, PostMetric]:
        """The newest row of each metric."""
        with self.state.connect() as connection:
            found = post_metrics.of_publications(connection, [key])
        return {row.metric: row for row in found}

    def row(self, key: str) -> Publication:
        with self.state.connect() as connection:
            found = publications.get(connection, key)
        assert found is not None
        return found

    def reading(self, key: str) -> Snapshot:
        """The reading of the week."""
        with self.state.connect() as connection:
            found = snapshots.of_publication(connection, key)
        return next(each for each in found if each.age_hours == 168)


@pytest.fixture
def scene_on(sqlite_state: sa.Engine, tmp_path: Path) -> Generator[Callable[[str], Scene]]:
    """Opens a scene on the platform of that name."""
    with ExitStack() as opened, dg.DagsterInstance.ephemeral() as instance:

        def open_scene(name: str) -> Scene:
            ground = ground_of(publishers, name)
            platform = ground.emulator()
            platform.now = datetime.now(UTC)  # the job goes by the real clock
            tools = opened.enter_context(emulated_tools(platform))
            return Scene(
                state=sqlite_state,
                folder=tmp_path,
                platform=platform,
                publisher=ground.opened(tools),
                instance=instance,
            )

        yield open_scene


@pytest.fixture
def tube(scene_on: Callable[[str], Scene]) -> Scene:
    """A channel with two videos; YouTube has processed days of the first one alone."""
    scene = scene_on("youtube")
    account = scene.platform.accounts["main"].account_id
    first = (scene.platform.now - _WEEK).date()
    for number in (1, 2):
        video_id = f"video{number:06d}"
        scene.platform.videos.append(
            Video(
                video_id=video_id,
                account_id=account,
                resource={"snippet": {}, "status": {}},
                content=b"",
                came_at=scene.platform.now - _WEEK,
                looks_left=0,
            )
        )
        counts = {"viewCount": "500", "likeCount": "40", "commentCount": "0"}
        scene.platform.statistics[video_id] = counts
        scene.live(video_id, hashlib.sha256(video_id.encode()).hexdigest())
    analytics = scene.platform.analytics
    analytics.days["video000001"] = {first + timedelta(days=day): dict(_A_DAY) for day in range(3)}
    analytics.processed_until = first + timedelta(days=2)
    analytics.curves["video000001"] = [(0.01, 1.2), (0.5, 0.6), (1.0, 0.3)]
    return scene


def test_a_video_without_rows_in_youtubes_analytics_has_no_results_rather_than_0(tube):
    tube.read()
    told, untold = (tube.rows(key) for key in tube.keys)
    assert (told["engaged_views"].value, untold["engaged_views"].value) == (240, None)
    assert "no row of this video yet" in str(untold["engaged_views"].reason)
    assert "no curve" in str(untold["audience_watch_ratio"].reason)
    assert untold["views"].value == 500
    assert untold["comments"].value == 0


def test_days_that_youtube_has_not_processed_are_absent_and_their_reading_is_taken(tube):
    tube.platform.analytics.processed_until = None
    tube.read()
    row = tube.rows(tube.keys[0])["watch_time"]
    assert row.value is None
    assert "not processed" in str(row.reason)
    assert tube.reading(tube.keys[0]).state is _S.TAKEN


def test_revenue_that_is_forbidden_is_absent_and_all_else_is_there(tube):
    tube.read()
    rows = tube.rows(tube.keys[0])
    assert rows["estimated_revenue"].value is None
    assert "Partner Program" in str(rows["estimated_revenue"].reason)
    told = {name for name, row in rows.items() if row.value is not None}
    assert told == {
        *("views", "likes", "comments", "engaged_views", "watch_time", "average_view_duration"),
        *("average_share_viewed", "shares", "followers_gained", "followers_lost"),
        *(f"audience_watch_ratio@{place}" for place in ("0.01", "0.50", "1.00")),
    }


def test_the_asset_of_one_candidate_ends_in_the_same_rows_as_the_run_for_all(tube):
    key = tube.keys[0]
    ran = dg.materialize(
        [post_metrics_asset],
        partition_key=tube.row(key).candidate_key,
        instance=tube.instance,
        resources=tube.resources,
    )
    (event,) = ran.get_asset_materialization_events()
    by_asset = tube.rows(key)
    tube.read()
    assert event.materialization.metadata["dagster/row_count"].value == len(by_asset)
    assert {name: row.value for name, row in tube.rows(key).items()} == {
        name: row.value for name, row in by_asset.items()
    }


def test_every_candidate_that_was_read_counts_as_materialized(tube):
    tube.read()
    known = tube.instance.get_materialized_partitions(post_metrics_asset.key)
    assert known == {tube.row(key).candidate_key for key in tube.keys}


def test_tiktoks_late_id_is_kept_by_the_asset_and_the_numbers_come_with_it(scene_on):
    scene = scene_on("tiktok")
    scene.platform.withholds_ids = True
    scene.publisher.submit(post_in(scene.folder), FakeSession())
    key = scene.live("v_pub_file~v2-1.0", hashlib.sha256(b"clip").hexdigest())
    scene.read()
    assert "told no id" in str(scene.rows(key)["views"].reason)
    scene.platform.withholds_ids = False
    scene.platform.wait(timedelta(minutes=1))
    counts = {"view_count": 0, "like_count": 4, "comment_count": 0, "share_count": 1}
    scene.platform.counts["7301234567890123000"] = counts
    dg.materialize(
        [post_metrics_asset],
        partition_key=scene.row(key).candidate_key,
        instance=scene.instance,
        resources=scene.resources,
    )
    row = scene.row(key)
    assert (row.state, row.post_id) == (PublicationState.PUBLISHED, "7301234567890123000")
    assert {name: each.value for name, each in scene.rows(key).items()} == {
        "views": 0,
        "likes": 4,
        "comments": 0,
        "shares": 1,
    }


@pytest.mark.parametrize("name", _META)
def test_a_number_that_meta_took_out_is_absent_and_the_others_come(scene_on, name):
    scene = scene_on(name)
    key = scene.post()
    insights = scene.platform.insights
    dead = "views" if "views" in insights.values else "blue_reels_play_count"
    insights.dead.add(dead)
    scene.read()
    rows = scene.rows(key)
    assert rows["views"].value is None
    assert "not any more" in str(rows["views"].reason)
    assert rows["shares"].value is not None
    assert any(dead in question and len(question) > 1 for question in insights.questions)
    assert scene.reading(key).state is _S.TAKEN


def test_one_post_that_is_gone_is_put_off_and_hides_no_other(scene_on):
    scene = scene_on("instagram")
    keys = [scene.post() for _ in range(4)]
    gone = scene.live("404", hashlib.sha256(b"gone").hexdigest())
    scene.read()
    assert all(scene.rows(key)["views"].value == 1_204 for key in keys)
    assert scene.rows(gone) == {}
    waiting = scene.reading(gone)
    assert (waiting.state, waiting.attempts) == (_S.WAITING, 1)
    assert "post 404" in str(waiting.reason)
    assert scene.row(gone).state is PublicationState.PUBLISHED


@pytest.mark.parametrize("name", [*_META, "pinterest", "tiktok", "x", "youtube"])
def test_asked_to_wait_the_run_waits_as_long_and_leaves_posts_as_they_are(scene_on, name):
    scene = scene_on(name)
    key = scene.live("7301", hashlib.sha256(name.encode()).hexdigest())
    scene.platform.faults.extend([Fault.SLOW_DOWN] * 3)
    before = scene.row(key)
    scene.read()
    reading = scene.reading(key)
    assert scene.rows(key) == {}
    assert (reading.state, reading.attempts) == (_S.WAITING, 1)
    assert reading.due_at >= scene.platform.now + timedelta(seconds=RETRY_AFTER_S)
    assert scene.row(key) == before
