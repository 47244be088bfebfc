"""What is removed after its time, and what stays."""

from datetime import timedelta

import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate
from viral_forge_resources.contracts.records import Candidate, Ranking, ScorePart
from viral_forge_resources.contracts.trends import NicheProposal, TrendKind
from viral_forge_resources.state import candidates, proposals, scan_outcomes, sightings

_MONTH = timedelta(days=30)
_SECOND = timedelta(seconds=1)
_SHORT = "cooking:youtube_shorts:abc"
_FIGURES = {
    "score": 0.5,
    "score_parts": (ScorePart(name="speed", value=0.5, weight=1.0, why="120345 views a day"),),
    "ranking": Ranking(score=0.5, reasons=("120345 views",), ranked_by="score"),
}


def see(state: sa.Engine, *, platform: str, age: timedelta, video_id: str = "abc") -> None:
    video = builders.scanned_video(
        platform=platform, platform_video_id=video_id, seen_at=NOW - age, views=120_345
    )
    with state.begin() as connection:
        sightings.append(connection, "cooking", [video])


def left(state: sa.Engine) -> set[tuple[str, str]]:
    """Platform and id of the videos of which a sighting is left."""
    with state.connect() as connection:
        found = sightings.latest(connection, "cooking")
    return {(video.platform, video.platform_video_id) for video in found}


def expire(state: sa.Engine, *platforms: str) -> int:
    with state.begin() as connection:
        return sightings.expire(connection, platforms=platforms, before=NOW - _MONTH)


def test_statistics_older_than_a_month_are_removed(state):
    see(state, platform="youtube_shorts", age=_MONTH + _SECOND)
    see(state, platform="youtube_shorts", age=_MONTH, video_id="younger")

    assert expire(state, "youtube_shorts", "youtube_long") == 1
    assert left(state) == {("youtube_shorts", "younger")}


def test_every_old_sighting_of_a_video_goes_and_the_newer_one_stays(state):
    for days in (29, 31, 32, 400):
        see(state, platform="youtube_long", age=timedelta(days=days))

    assert expire(state, "youtube_long") == 3
    with state.connect() as connection:
        (video,) = sightings.latest(connection, "cooking")
    assert video.seen_at == NOW - timedelta(days=29)


def test_other_platforms_keep_what_they_have(state):
    see(state, platform="internet_archive", age=_MONTH * 12)

    assert expire(state, "youtube_shorts") == 0
    assert left(state) == {("internet_archive", "abc")}


def forget(state: sa.Engine) -> int:
    with state.begin() as connection:
        return candidates.forget_figures(connection, platforms=["youtube_shorts"])


def candidate(state: sa.Engine, key: str) -> Candidate:
    with state.connect() as connection:
        found = candidates.get(connection, key)
    assert found is not None
    return found


def test_a_candidate_keeps_its_score_and_loses_the_expired_figures_behind_it(state):
    save_candidate(state, candidate_key=_SHORT, **_FIGURES)

    assert forget(state) == 1
    assert forget(state) == 0  # there is nothing more to forget
    row = candidate(state, _SHORT)
    assert (row.score, row.score_parts, row.ranking) == (0.5, (), None)


def test_figures_of_a_video_that_is_still_seen_stay(state):
    save_candidate(state, candidate_key=_SHORT, **_FIGURES)
    save_candidate(state, candidate_key=KEY, **_FIGURES)
    see(state, platform="youtube_shorts", age=_SECOND)

    assert forget(state) == 0
    assert candidate(state, _SHORT).score_parts == _FIGURES["score_parts"]


def test_figures_of_other_platforms_stay(state):
    save_candidate(state, candidate_key=KEY, **_FIGURES)

    assert forget(state) == 0
    assert candidate(state, KEY).ranking == _FIGURES["ranking"]


def test_outcomes_of_old_scans_are_removed(state):
    with state.begin() as connection:
        old = builders.scan_outcome(scanned_at=NOW - _MONTH - _SECOND)
        young = builders.scan_outcome(scanned_at=NOW - _MONTH, platform="reddit")
        scan_outcomes.append(connection, old, young)
        assert scan_outcomes.expire(connection, before=NOW - _MONTH) == 1
        assert scan_outcomes.latest(connection, "cooking") == (young,)


def propose(state: sa.Engine, name: str, *, age: timedelta) -> None:
    proposal = NicheProposal(
        name=name,
        source_niche="cooking",
        kind=TrendKind.KEYWORD,
        term=name,
        platforms=("youtube", "reddit"),
        evidence="120345 views on youtube",
        proposed_at=NOW - age,
    )
    with state.begin() as connection:
        proposals.propose(connection, [proposal])


def test_a_proposal_keeps_its_figures_no_longer_than_a_month(state):
    propose(state, "old", age=_MONTH + _SECOND)
    propose(state, "new", age=_MONTH)
    for removed in (1, 0):
        with state.begin() as connection:
            assert proposals.forget_figures(connection, before=NOW - _MONTH) == removed
    with state.connect() as connection:
        told = {each.name: each.evidence for each in proposals.all_proposals(connection)}
    assert told == {
        "old": "its figures were removed after their time",
        "new": "120345 views on youtube",
    }
