"""What a video earned its arm."""

from datetime import timedelta

import pytest

from tests.builders import NOW
from viral_forge_assets.domain.rewards import (
    ENGAGED,
    RETENTION,
    STARTED,
    PostResult,
    Reading,
    rewards,
    value_at,
)


def post(name: str, *readings: tuple[float, str, float], channel: str = "youtube:main"):
    return PostResult(
        publication_id=f"{name} {channel}",
        candidate_key=name,
        channel_id=channel,
        published_at=NOW,
        readings=tuple(
            Reading(metric=metric, value=value, as_of=NOW + timedelta(hours=hours))
            for hours, metric, value in readings
        ),
    )


def test_the_first_reading_of_that_age_counts_and_nothing_between_two_is_guessed():
    both = post("a", (48, RETENTION, 0.9), (80, RETENTION, 0.5), (100, RETENTION, 0.4))
    assert value_at(both, RETENTION) == 0.5
    assert value_at(post("a", (48, RETENTION, 0.9), (168, RETENTION, 0.4)), RETENTION) is None


def test_people_who_watch_again_are_worth_no_more_than_the_whole():
    assert rewards([post("a", (72, RETENTION, 1.4))]) == {"a": 1.0}


def test_a_post_that_lacks_what_its_channel_tells_waits():
    full = [post(str(n), (72, RETENTION, 0.5), (72, ENGAGED, 10.0 * n)) for n in range(5)]
    half = post("late", (72, RETENTION, 0.5))
    assert "late" not in rewards([*full, half])


def test_views_stand_in_where_a_channel_tells_no_engaged_ones():
    plain = [post(str(n), (72, STARTED, 10.0 * n), channel="tiktok:main") for n in range(5)]
    assert list(rewards(plain).values()) == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9])


def test_a_rank_among_too_few_is_none():
    assert rewards([post(str(n), (72, ENGAGED, 10.0 * n)) for n in range(4)]) == {}


def test_several_posts_of_one_video_are_one_result():
    posts = [
        post("a", (72, RETENTION, 0.2)),
        post("a", (72, RETENTION, 0.6), channel="instagram:main"),
    ]
    assert rewards(posts) == {"a": pytest.approx(0.4)}
