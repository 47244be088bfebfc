"""Videos that earlier scans saw, which some scanners count anew."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from tests.builders import NOW, scanned_video
from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.state import sightings
from viral_forge_resources.state.known import SeenBefore

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def _video(video_id: str, **changes) -> ScannedVideo:
    values = {"platform": "youtube_long", "platform_video_id": video_id, "published_at": NOW}
    return scanned_video(**{**values, **changes})


def _seen(state: sa.Engine, *videos: ScannedVideo, niche: str = "cooking") -> None:
    with state.begin() as connection:
        sightings.append(connection, niche, videos)


def _known(state: sa.Engine, *, most: int = 10) -> Sequence[ScannedVideo]:
    async def ask() -> Sequence[ScannedVideo]:
        known = SeenBefore(state)
        return await known("cooking", "youtube_long", since=NOW - 7 * _DAY, most=most)

    return asyncio.run(ask())


def test_of_each_known_video_the_newest_sighting_is_told(state):
    first = _video("pasta", views=10)
    later = _video("pasta", views=20, seen_at=NOW + _HOUR)
    _seen(state, later)
    _seen(state, first)
    assert _known(state) == (later,)


def test_the_youngest_come_first_and_no_more_than_asked_for(state):
    videos = [_video(f"v{days}", published_at=NOW - days * _DAY) for days in (3, 1, 2)]
    _seen(state, *videos)
    assert [each.platform_video_id for each in _known(state, most=2)] == ["v1", "v2"]


def test_what_is_too_old_or_of_unknown_age_is_left_alone(state):
    _seen(state, _video("old", published_at=NOW - 8 * _DAY), _video("ageless", published_at=None))
    assert _known(state) == ()


def test_other_niches_and_platforms_are_none_of_its_business(state):
    _seen(state, _video("shorts", platform="youtube_shorts"))
    _seen(state, _video("pasta"), niche="baking")
    assert _known(state) == ()


def test_a_video_counted_anew_shows_how_fast_it_rises(state):
    _seen(state, _video("pasta", views=1_000, seen_at=NOW - 2 * _HOUR))
    (known,) = _known(state)
    _seen(state, _video("pasta", views=2_500))
    with state.connect() as connection:
        (movement,) = sightings.movements(
            connection, "cooking", since=NOW - _DAY, recently=NOW - _DAY
        )
    assert (movement.before_at, movement.before.views) == (known.seen_at, 1_000)
    assert movement.counts.views == 2_500
