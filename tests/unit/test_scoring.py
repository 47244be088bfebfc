"""Our score: bounded, fair between platforms, and made of nothing that is not known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral_forge_assets.domain.finalists import Finalist, ranked_by_score
from viral_forge_assets.domain.scoring import Score, Standings, age_of
from viral_forge_resources.contracts.records import ScorePart
from viral_forge_resources.contracts.sightings import Counts, Movement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HIDDEN = Counts(None, None, None, None)
_HOUR = timedelta(hours=1)


def _counts(views=None, likes=None, comments=None, shares=None) -> Counts:
    return Counts(views, likes, comments, shares)


def _movement(**changes: Any) -> Movement:
    values: dict[str, Any] = {
        "platform": "tiktok",
        "platform_video_id": "v1",
        "seen_at": NOW,
        "published_at": NOW - timedelta(days=3),
        "language": None,
        "licence": None,
        "licence_spdx": None,
        "is_hand_picked": False,
        "has_record": False,
        "counts": _counts(1_500, 90, 10),
        "before_at": NOW - 5 * _HOUR,
        "before": _counts(1_000, 80, 9),
    }
    return Movement(**{**values, **changes})


def _score(movement: Movement, *others: Movement) -> Score:
    return Standings([movement, *others], now=NOW).score(movement)


def _part(score: Score, name: str) -> ScorePart:
    (found,) = (part for part in score.parts if part.name == name)
    return found


_few = settings(max_examples=50, deadline=None)
_count = st.none() | st.integers(0, 10**15)
_all_counts = st.builds(Counts, _count, _count, _count, _count)
_ages = st.timedeltas(-timedelta(days=30), timedelta(days=4_000))
_movements = st.builds(
    _movement,
    platform=st.sampled_from(["tiktok", "reddit", "pexels"]),
    published_at=st.none() | _ages.map(NOW.__sub__),
    counts=_all_counts,
    before=_all_counts,
    before_at=st.none() | st.timedeltas(timedelta(0), timedelta(days=30)).map(NOW.__sub__),
)


@_few
@given(st.lists(_movements, min_size=1, max_size=8))
def test_a_score_and_its_parts_are_in_zero_to_one_and_add_up(movements):
    standings = Standings(movements, now=NOW)
    for movement in movements:
        score = standings.score(movement)
        known = [(part.weight, part.value) for part in score.parts if part.value is not None]
        assert all(0 <= value < 1 for _, value in known)
        assert all(part.why for part in score.parts)
        assert sum(part.weight for part in score.parts) == pytest.approx(1)
        if score.value is None:
            assert known == []
        else:
            assert 0 <= score.value < 1
            assert score.value == pytest.approx(sum(weight * value for weight, value in known))
        assert standings.value(movement) == score.value


@_few
@given(_movements, st.integers(0, 10**15))
def test_a_video_that_grew_faster_never_scores_less(movement, more):
    others = [_movement(platform=movement.platform, before=_counts(n * 100)) for n in range(10)]
    start = movement.before.views or 0
    slower, faster = (
        movement._replace(before=movement.before._replace(views=views))
        for views in (start + more, start)
    )
    scores = [Standings([each, *others], now=NOW).value(each) or 0 for each in (slower, faster)]
    assert scores[0] <= scores[1]


@_few
@given(st.lists(_movements, min_size=2, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_videos_changes_no_score(movements, random):
    shuffled = random.sample(movements, len(movements))
    one, other = Standings(movements, now=NOW), Standings(shuffled, now=NOW)
    assert [one.score(each) for each in movements] == [other.score(each) for each in movements]


@_few
@given(_movements)
def test_no_part_is_made_of_counts_that_are_hidden(movement):
    hidden = movement._replace(counts=HIDDEN, before=HIDDEN, published_at=None)
    score = _score(hidden, movement)
    assert score.value is None
    assert all(part.value is None and part.why for part in score.parts)


def test_growth_is_counted_over_the_real_interval():
    part = _part(_score(_movement()), "velocity")
    assert part.why.startswith("views from 1,000 to 1,500 in 5.0 h, 100.0 an hour")
    assert part.value == 0.5  # of one video nobody knows whether that is much


def test_a_video_seen_once_has_no_velocity_but_a_lifetime_rate():
    score = _score(_movement(before_at=None, before=HIDDEN))
    assert _part(score, "velocity").value is None
    assert _part(score, "velocity").why == "seen once: no growth is known"
    assert "1,500 views in 3.0 days, 20.8 an hour" in _part(score, "lifetime_rate").why


def test_where_views_are_hidden_the_growth_of_likes_counts_and_is_named():
    part = _part(_score(_movement(counts=_counts(None, 90), before=_counts(10, 80))), "velocity")
    assert part.why.startswith("likes from 80 to 90 in 5.0 h, 2.0 an hour")


def test_growth_of_likes_is_not_ranked_among_growth_of_views():
    likes = _movement(counts=_counts(None, 90), before=_counts(None, 80))
    assert _part(_score(likes, *[_movement()] * 9), "velocity").value == 0.5


def test_two_sightings_seconds_apart_tell_no_growth():
    part = _part(_score(_movement(before_at=NOW - timedelta(seconds=2))), "velocity")
    assert part.value is None
    assert "too close together" in part.why


def test_a_count_that_was_corrected_downwards_ranks_below_one_that_stood_still():
    corrected = _movement(before=_counts(9_000))
    still = _movement(before=_counts(1_500))
    standings = Standings([corrected, still], now=NOW)
    velocities = [_part(standings.score(each), "velocity").value for each in (corrected, still)]
    assert velocities == [0.25, 0.75]


def test_the_best_of_a_small_platform_equals_the_best_of_a_large_one():
    large = [_movement(counts=_counts(10**6 * n), before=_counts(0)) for n in range(1, 6)]
    small = [
        _movement(platform="peertube", counts=_counts(10 * n), before=_counts(0))
        for n in range(1, 6)
    ]
    standings = Standings(large + small, now=NOW)
    assert [standings.value(each) for each in large] == [standings.value(each) for each in small]


def test_to_lead_many_is_worth_more_than_to_lead_few():
    leader = _movement(before=_counts(0))
    assert _part(_score(leader, *[_movement()]), "velocity").value == 0.75
    assert _part(_score(leader, *[_movement()] * 99), "velocity").value == 0.995


def test_one_like_on_one_view_is_no_great_engagement():
    lucky = _movement(counts=_counts(1, 1, 0))
    liked = _movement(counts=_counts(10_000, 900, 100))
    standings = Standings([lucky, liked], now=NOW)
    values = [_part(standings.score(each), "engagement").value for each in (lucky, liked)]
    assert values == [0.25, 0.75]


def test_a_hidden_count_is_not_ranked_as_if_it_were_zero():
    hides_comments = _movement(counts=_counts(1_000, 50))
    shows_all = _movement(counts=_counts(1_000, 50, 50))
    part = _part(_score(hides_comments, shows_all), "engagement")
    assert (part.value, part.why) == (
        0.5,
        "50 likes on 1,000 views, with 100 views laid under; ranks at 0.500 among 1 of tiktok",
    )


def test_freshness_halves_every_three_days():
    values = [
        _part(_score(_movement(published_at=NOW - timedelta(days=days))), "freshness").value
        for days in (3, 6)
    ]
    assert values == [0.5, 0.25]


@pytest.mark.parametrize(
    ("published_at", "why"),
    [
        (None, "no publish time is known"),
        (NOW + timedelta(days=1), "its publish time has not come yet"),
    ],
)
def test_a_video_of_unknown_age_has_neither_freshness_nor_a_lifetime_rate(published_at, why):
    score = _score(_movement(published_at=published_at))
    for name in ("freshness", "lifetime_rate"):
        assert (_part(score, name).value, _part(score, name).why) == (None, why)


def test_a_missing_part_gives_its_weight_to_no_other():
    bare = _movement(counts=HIDDEN, before=HIDDEN, published_at=NOW)
    assert _score(bare).value == pytest.approx(0.2, abs=1e-4)


def test_clocks_that_differ_a_little_make_no_negative_age():
    assert age_of(NOW + timedelta(minutes=5), now=NOW) == timedelta(0)


def test_without_a_model_a_finalist_is_ranked_by_our_score_in_words():
    finalist = Finalist(
        candidate_key="cooking:tiktok:v1", platform="tiktok", title="T", score=_score(_movement())
    )
    ranking = ranked_by_score(finalist)
    assert (ranking.score, ranking.ranked_by, ranking.model) == (
        finalist.score.value,
        "score",
        None,
    )
    assert ranking.reasons[0].startswith("velocity: views from 1,000")


def test_a_finalist_that_nothing_is_known_of_stands_last_and_says_so():
    unknown = _score(_movement(counts=HIDDEN, before=HIDDEN, published_at=None))
    ranking = ranked_by_score(
        Finalist(candidate_key="c:pexels:1", platform="pexels", title="T", score=unknown)
    )
    assert (ranking.score, ranking.reasons) == (0.0, ("nothing is known to score it by",))
