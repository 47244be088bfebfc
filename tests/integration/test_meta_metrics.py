"""What Meta's platforms say of posts becomes numbers in our units, or reasons why there is none."""

import hashlib
from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.builders import publication
from tests.fakes.session import FakeSession
from tests.grounds._kinds import ground_of
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from viral_forge_assets.measuring import read_portion
from viral_forge_resources import publishers
from viral_forge_resources.contracts import metrics
from viral_forge_resources.contracts.errors import (
    RateLimited,
    ReauthorisationNeeded,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.metrics import METRICS
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    Post,
    PostMetric,
    Publication,
    Published,
    Publisher,
)
from viral_forge_resources.publishers import instagram

_CLIP = b"clip"
_PLATFORMS = ["facebook", "instagram", "threads"]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A platform with one post of ours, and who reads its numbers."""

    platform: Any
    reader: MetricsReader
    row: Publication

    def read(self) -> dict[str, PostMetric]:
        """The post's numbers by name."""
        return _by_name(self.reader.read((self.row,)))


@pytest.fixture(params=_PLATFORMS)
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Scene]:
    ground = ground_of(publishers, request.param)
    platform = ground.emulator()
    with emulated_tools(platform) as tools:
        publisher = ground.opened(tools)
        row = _posted(publisher, tmp_path, request.param)
        yield Scene(platform=platform, reader=publisher, row=row)


def _posted(publisher: Publisher, folder: Path, name: str) -> Publication:
    video = folder / "clip.mp4"
    video.write_bytes(_CLIP)
    planned = publication(content_sha256=hashlib.sha256(_CLIP).hexdigest())
    post = Post(
        publication_id=planned.publication_id,
        channel="main",
        content_sha256=planned.content_sha256,
        text=planned.text,
        video=video,
        cover=video,
        subtitles=None,
        due_at=planned.due_at,
        duration_s=12.0,
    )
    live = publisher.submit(post, FakeSession())
    if not isinstance(live, Published):
        live = publisher.check(live.receipt, channel="main")
    assert isinstance(live, Published)
    return publication(channel_id=f"{name}:main", post_id=live.post_id)


def _by_name(read: Iterable[PostMetric]) -> dict[str, PostMetric]:
    return {metric.metric: metric for metric in read}


def _of(scene: Scene, *names: str) -> dict[str, tuple[float | None, str]]:
    read = scene.read()
    return {name: (read[name].value, read[name].unit) for name in names}


@pytest.mark.parametrize("scene", ["instagram"], indirect=True)
def test_numbers_of_instagram_come_in_our_units(scene):
    assert _of(scene, metrics.VIEWS, metrics.SAVES, metrics.REACH, metrics.REPOSTS) == {
        "views": (1_204, "count"),
        "saves": (5, "count"),
        "reach": (900, "count"),
        "reposts": (2, "count"),
    }
    assert _of(scene, metrics.AVERAGE_VIEW_DURATION, metrics.WATCH_TIME) == {
        "average_view_duration": (6.5, "s"),
        "watch_time": (7_826.0, "s"),
    }


@pytest.mark.parametrize("scene", ["facebook"], indirect=True)
def test_numbers_of_facebook_come_in_our_units_and_divided_ones_are_taken_apart(scene):
    assert _of(scene, metrics.VIEWS, metrics.REACTIONS, metrics.COMMENTS, metrics.SHARES) == {
        "views": (1_200, "count"),
        "reactions": (42, "count"),
        "comments": (5, "count"),
        "shares": (2, "count"),
    }
    assert _of(scene, metrics.AVERAGE_VIEW_DURATION) == {"average_view_duration": (4.25, "s")}


@pytest.mark.parametrize("scene", ["facebook"], indirect=True)
def test_a_part_that_facebook_leaves_out_is_absent_not_0(scene):
    scene.platform.insights.values["post_video_social_actions"] = {"COMMENT": 5}
    scene.platform.insights.values["post_video_likes_by_reaction_type"] = {}
    read = scene.read()
    assert read[metrics.COMMENTS].value == 5
    for name in (metrics.SHARES, metrics.REACTIONS):
        assert read[name].value is None
        assert read[name].reason


@pytest.mark.parametrize("scene", ["threads"], indirect=True)
def test_numbers_of_threads_come_as_they_are_and_a_true_0_stays_one(scene):
    assert _of(scene, metrics.VIEWS, metrics.COMMENTS, metrics.QUOTES) == {
        "views": (300, "count"),
        "comments": (4, "count"),
        "quotes": (0, "count"),
    }
    assert scene.read()[metrics.WATCH_TIME].value is None


def test_every_number_has_our_name_its_unit_a_definition_and_a_reason_where_it_is_absent(scene):
    read = scene.read()
    assert len(read) >= 7
    for metric in read.values():
        assert metric.unit == METRICS[metric.metric].unit
        assert metric.definition.startswith(f"{scene.platform.platform} {metric.metric} v1: ")
        assert (metric.value is None) == (metric.reason is not None)
        assert metric.as_of == scene.platform.now
        assert metric.publication_id == scene.row.publication_id


def test_a_dead_number_fails_no_other_one_and_is_asked_for_once(scene):
    insights = scene.platform.insights
    name = "views" if "views" in insights.values else "blue_reels_play_count"
    insights.dead.add(name)
    numbers = scene.reader.read((scene.row, scene.row))
    half = len(numbers) // 2
    for read in (_by_name(numbers[:half]), _by_name(numbers[half:])):
        assert read[metrics.VIEWS].value is None
        assert "not any more" in (read[metrics.VIEWS].reason or "")
        assert read[metrics.SHARES].value is not None
    assert sum((name,) == question for question in insights.questions) <= 1


def test_no_number_yet_is_not_0(scene):
    for name in scene.platform.insights.values:
        scene.platform.insights.values[name] = None
    for metric in scene.read().values():
        assert metric.value is None
        assert metric.reason


def test_too_few_viewers_are_a_reason_and_no_refusal_of_the_account(scene):
    scene.platform.insights.has_too_few_viewers = True
    assert "too few people" in (scene.read()[metrics.VIEWS].reason or "")


def test_what_is_no_number_is_not_taken_for_one(scene):
    for name in scene.platform.insights.values:
        scene.platform.insights.values[name] = "many"
    assert all(metric.value is None for metric in scene.read().values())


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault.DOWN, UnexpectedAnswer),
        (Fault.LOST, Unreachable),
        (Fault.UNREACHABLE, Unreachable),
        (Fault.SLOW_DOWN, RateLimited),
    ],
)
def test_a_platform_that_does_not_answer_is_asked_later(scene, fault, error):
    scene.platform.faults.append(fault)
    with pytest.raises(error):
        scene.read()


def test_a_post_that_is_gone_is_named_and_leaves_the_others_to_be_asked_about(scene):
    gone = replace(scene.row, publication_id="gone", post_id="404")
    with pytest.raises(UnexpectedAnswer, match="post 404"):
        scene.reader.read((scene.row, gone))
    answered = read_portion(scene.reader, (scene.row, gone))
    assert set(answered.failures) == {"gone"}
    assert {each.publication_id for each in answered.metrics} == {scene.row.publication_id}


def test_a_permission_that_is_missing_is_told(scene):
    scene.platform.insights.answer = _no_permission
    with pytest.raises(ReauthorisationNeeded):
        scene.read()


def _no_permission(*_: object) -> Any:
    from tests.platforms import meta_forms

    return meta_forms.error(200, 403, message="(#200) Permissions error")


def test_numbers_that_died_in_2025_are_never_asked_for(scene):
    scene.read()
    asked = {name for question in scene.platform.insights.questions for name in question}
    assert not asked & {
        "plays",
        "impressions",
        "video_views",
        "clips_replays_count",
        "ig_reels_aggregated_all_plays_count",
    }


@pytest.mark.parametrize("scene", ["instagram"], indirect=True)
@pytest.mark.parametrize(
    ("scale", "told", "value"),
    [("percent", 31.5, 0.315), ("ratio", 0.315, 0.315), ("ratio", 31.5, None)],
)
def test_the_skip_rate_is_read_where_its_scale_is_known(scene, scale, told, value):
    scene.platform.insights.values["reels_skip_rate"] = told
    assert scene.read()[metrics.SHARE_SKIPPED].value is None
    assert "SKIP_RATE" in (scene.read()[metrics.SHARE_SKIPPED].reason or "")
    with emulated_tools(scene.platform) as tools:
        reader = instagram.open_plugin(instagram.Settings(skip_rate=scale), tools)
        read = _by_name(reader.read((scene.row,)))
    assert read[metrics.SHARE_SKIPPED].value == pytest.approx(value)
