"""What a round of choosing reads: movements of counts, and what was decided before."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tests import builders
from tests.builders import NOW, save_candidate
from viral_forge_resources.contracts.records import CandidateStatus, Ranking, ScorePart
from viral_forge_resources.contracts.sightings import Counts, Movement
from viral_forge_resources.state import candidates, choices, rights, sightings

_HOUR = timedelta(hours=1)
_RANKING = Ranking(score=0.5, reasons=("velocity: fast",), ranked_by="score")
_PARTS = (
    ScorePart(name="velocity", value=0.75, weight=0.4, why="views from 1 to 2"),
    ScorePart(name="freshness", value=None, weight=0.2, why="no publish time is known"),
)


def _see(state: sa.Engine, *moments: datetime, niche: str = "cooking", **changes: object) -> None:
    videos = [
        builders.scanned_video(
            **{"seen_at": moment, "views": number, "platform": "tiktok", **changes}
        )
        for number, moment in enumerate(moments)
    ]
    with state.begin() as connection:
        sightings.append(connection, niche, videos)


def _movements(state: sa.Engine, *, horizon: timedelta = 240 * _HOUR) -> list[Movement]:
    with state.connect() as connection:
        found = sightings.movements(
            connection, "cooking", since=NOW - horizon, recently=NOW - 48 * _HOUR
        )
        return list(found)


def test_growth_is_measured_from_the_oldest_of_the_recent_sightings(state):
    _see(state, *(NOW - hours * _HOUR for hours in (100, 40, 20, 0)))
    (movement,) = _movements(state)
    assert (movement.seen_at, movement.counts) == (NOW, Counts(3, None, None, None))
    assert (movement.before_at, movement.before.views) == (NOW - 40 * _HOUR, 1)


def test_where_only_one_is_recent_growth_is_measured_from_the_newest_before(state):
    _see(state, *(NOW - hours * _HOUR for hours in (100, 60, 0)))
    (movement,) = _movements(state)
    assert (movement.before_at, movement.before.views) == (NOW - 60 * _HOUR, 1)


def test_a_video_seen_once_has_nothing_to_compare_with(state):
    _see(state, NOW)
    (movement,) = _movements(state)
    assert (movement.before_at, movement.before) == (None, Counts(None, None, None, None))


def test_each_video_moves_once_and_for_its_own_niche(state):
    _see(state, NOW - _HOUR, NOW, platform_video_id="b", language="en", licence_spdx="CC0-1.0")
    _see(state, NOW - _HOUR, NOW, platform_video_id="a", published_at=NOW - 5 * _HOUR)
    _see(state, NOW, platform_video_id="c", niche="travel")
    first, second = _movements(state)
    assert (first.video, second.video) == (("tiktok", "a"), ("tiktok", "b"))
    assert (first.published_at, second.published_at) == (NOW - 5 * _HOUR, None)
    assert (second.language, second.licence_spdx) == ("en", "CC0-1.0")


def test_a_video_not_seen_for_long_is_left_out_unless_a_person_chose_it(state):
    _see(state, NOW - 300 * _HOUR, platform_video_id="old")
    _see(state, NOW - 300 * _HOUR, platform_video_id="picked", is_hand_picked=True)
    (movement,) = _movements(state)
    assert (movement.platform_video_id, movement.is_hand_picked) == ("picked", True)


def test_a_row_of_the_ledger_shows(state):
    _see(state, NOW, platform_video_id="a")
    _see(state, NOW, platform_video_id="b")
    with state.begin() as connection:
        record = builders.rights_record(platform="tiktok", platform_video_id="b")
        rights.append(connection, record)
    assert [movement.has_record for movement in _movements(state)] == [False, True]


def test_sightings_are_read_by_their_moments(state):
    _see(state, NOW - _HOUR, NOW, platform_video_id="a")
    _see(state, NOW - _HOUR, NOW, platform_video_id="b")
    moments = [("tiktok", "b", NOW - _HOUR), ("tiktok", "a", NOW), ("tiktok", "c", NOW)]
    with state.connect() as connection:
        found = list(sightings.at_moments(connection, "cooking", moments))
    assert [(each.platform_video_id, each.seen_at) for each in found] == [
        ("a", NOW),
        ("b", NOW - _HOUR),
    ]


def test_a_decision_keeps_its_score_with_the_parts_and_the_ranking(state):
    made = save_candidate(state, score=0.5, score_parts=_PARTS, ranking=_RANKING)
    with state.connect() as connection:
        assert candidates.of_keys(connection, [made.candidate_key, "cooking:x:y"]) == {
            made.candidate_key: made
        }


def test_new_parts_and_rankings_are_kept_and_are_no_news(state):
    save_candidate(state, score=0.5)
    again = builders.candidate(
        score=0.5, score_parts=_PARTS, ranking=_RANKING, decided_at=NOW + _HOUR
    )
    with state.begin() as connection:
        assert candidates.decide(connection, [again]).changed == ()
        (found,) = candidates.of_keys(connection, [again.candidate_key]).values()
    assert (found.score_parts, found.ranking, found.decided_at) == (_PARTS, _RANKING, NOW)


def test_what_was_chosen_is_reviewed_and_of_the_refused_what_the_ledger_names(state):
    for video_id, status in (
        ("a", CandidateStatus.SHORTLISTED),
        ("b", CandidateStatus.FAILED),
        ("c", CandidateStatus.RETIRED),
        ("d", CandidateStatus.REFUSED),
        ("e", CandidateStatus.REFUSED),
    ):
        save_candidate(state, candidate_key=f"cooking:tiktok:{video_id}", status=status)
    save_candidate(state, candidate_key="travel:tiktok:a")
    with state.begin() as connection:
        rights.append(connection, builders.rights_record(platform="tiktok", platform_video_id="e"))
        reviewed = choices.to_review(connection, "cooking")
        statuses = choices.statuses(connection, "cooking")
    assert [row.platform_video_id for row in reviewed] == ["a", "b", "e"]
    assert len(statuses) == 5
    assert statuses["tiktok", "c"] is CandidateStatus.RETIRED


def test_only_what_no_person_chose_counts_for_the_limit_of_a_day(state):
    rows: tuple[dict[str, Any], ...] = (
        {"ranking": _RANKING},
        {"ranking": _RANKING, "status": CandidateStatus.FAILED},
        {"ranking": _RANKING, "status": CandidateStatus.REFUSED},
        {"ranking": _RANKING, "decided_at": NOW - 25 * _HOUR},
        {"ranking": None},
    )
    for number, changes in enumerate(rows):
        save_candidate(state, candidate_key=f"cooking:tiktok:v{number}", **changes)
    save_candidate(state, candidate_key="cooking:reddit:v", ranking=_RANKING)
    with state.connect() as connection:
        since = NOW - 24 * _HOUR
        assert choices.newly_shortlisted(connection, "cooking", since=since) == {
            "tiktok": 2,
            "reddit": 1,
        }
