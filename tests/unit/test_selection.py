"""Which videos are edited."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests import builders
from viral_forge_assets.domain.preselection import Outcome, Policing
from viral_forge_assets.domain.scoring import Score
from viral_forge_assets.domain.selection import Choice, Contender, choose, finalist, key_of
from viral_forge_resources.contracts.experiments import Exploration
from viral_forge_resources.contracts.records import (
    Candidate,
    CandidateStatus,
    Ranking,
    ScorePart,
)
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, NichePolicy, ScannedVideo

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NICHE = Niche(name="cooking")
ALLOWED = RightsVerdict(
    is_allowed=True, reason="CC0 1.0: sidecar", rights_id="r1", licence="CC0-1.0"
)
FORBIDDEN = RightsVerdict(is_allowed=False, reason="no licence is known", remedy="viral-forge …")
PICKED = ScannedVideo(
    platform="inbox",
    platform_video_id="pasta-1a2b3c4d",
    locator="/inbox/cooking/pasta.mp4",
    title="Pasta",
    seen_at=NOW,
    author="Ada",
    subtitles="/inbox/cooking/pasta.vtt",
    is_hand_picked=True,
)
_SCORE = Score(
    value=0.4, parts=(ScorePart(name="velocity", value=0.9, weight=0.4, why="views rose"),)
)


def _contender(video: ScannedVideo = PICKED, **changes: Any) -> Contender:
    return Contender(key=key_of(NICHE, video), video=video, **{"verdict": ALLOWED, **changes})


def _found(video_id: str, *, ranked: float = 0.5, **changes: Any) -> Contender:
    """A video that no person chose."""
    names = ("platform", "title", "duration_s", "page_url", "locator", "thumbnail_url")
    of_video = {name: changes.pop(name) for name in names if name in changes}
    video = replace(
        PICKED,
        **{
            "platform": "tiktok",
            "platform_video_id": video_id,
            "locator": f"https://tiktok.example/{video_id}",
            "title": f"Title of {video_id}",
            "is_hand_picked": False,
            **of_video,
        },
    )
    ranking = Ranking(score=ranked, reasons=("it rises",), ranked_by="score")
    return _contender(video, **{"score": _SCORE, "ranking": ranking, **changes})


def _known(contender: Contender, status: CandidateStatus, **changes: Any) -> Contender:
    """The contender as one that was decided on yesterday."""
    [before] = _choose(replace(contender, verdict=ALLOWED)).decisions
    then = NOW - timedelta(days=1)
    known = replace(before, **{"status": status, "decided_at": then, "reason": "then", **changes})
    return replace(contender, known=known)


def _choose(
    *contenders: Contender, policy: NichePolicy | None = None, room: dict[str, int] | None = None
) -> Choice:
    policing = Policing(policy=policy or NichePolicy(), room=room or {})
    return choose(contenders, niche=NICHE, policing=policing, now=NOW)


def _ids(choice: Choice, status: CandidateStatus = CandidateStatus.SHORTLISTED) -> list[str]:
    return [row.platform_video_id for row in choice.decisions if row.status is status]


def _one(choice: Choice) -> Candidate:
    [decision] = choice.decisions
    return decision


def test_a_video_chosen_by_hand_that_may_be_used_is_shortlisted():
    candidate = _one(_choose(_contender()))
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert candidate.candidate_key == "cooking:inbox:pasta-1a2b3c4d"
    assert (candidate.reason, candidate.remedy, candidate.score) == ("chosen by hand", None, None)
    assert (candidate.rights_id, candidate.ranking) == ("r1", None)
    assert (candidate.locator, candidate.subtitles) == (PICKED.locator, PICKED.subtitles)
    assert candidate.decided_at == NOW


def test_a_video_that_may_not_be_used_is_refused_with_reason_and_remedy():
    for contender in (_contender(verdict=FORBIDDEN), _found("a", verdict=FORBIDDEN)):
        candidate = _one(_choose(contender))
        assert candidate.status is CandidateStatus.REFUSED
        assert (candidate.reason, candidate.remedy) == (FORBIDDEN.reason, FORBIDDEN.remedy)
        assert candidate.rights_id is None


def test_a_video_that_nobody_chose_is_shortlisted_by_its_rank_with_what_it_is_made_of():
    candidate = _one(_choose(_found("a", ranked=0.7)))
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert candidate.reason == "our score ranks it 1 of 1 that may be used"
    assert (candidate.score, candidate.score_parts) == (0.4, _SCORE.parts)
    assert candidate.ranking == Ranking(score=0.7, reasons=("it rises",), ranked_by="score")


def test_a_model_that_had_a_word_in_the_order_is_named():
    ranking = Ranking(score=0.8, reasons=("funny",), ranked_by="groq", model="gpt")
    candidate = _one(_choose(_found("a", ranking=ranking)))
    assert candidate.reason == "groq and our score rank it 1 of 1 that may be used"


def test_of_each_platform_the_best_ranked_are_taken_up_to_the_limit():
    videos = [_found(f"v{n}", ranked=n / 10) for n in range(5)]
    other = _found("r", platform="reddit", ranked=0.01)
    choice = _choose(*videos, other, policy=NichePolicy(most_per_platform=2))
    assert _ids(choice) == ["r", "v3", "v4"]
    assert choice.outcomes == Counter({Outcome.SHORTLISTED: 3, Outcome.NO_ROOM: 3})


def test_what_was_shortlisted_within_a_day_counts_for_the_limit():
    videos = [_found(f"v{n}", ranked=n / 10) for n in range(5)]
    assert _ids(_choose(*videos, room={"tiktok": 1})) == ["v4"]
    assert _ids(_choose(*videos, room={"tiktok": -3})) == []


def test_the_limit_leaves_those_that_a_person_chose_alone():
    choice = _choose(_contender(), _found("a"), policy=NichePolicy(most_per_platform=0))
    assert _ids(choice) == ["pasta-1a2b3c4d"]


def test_of_one_video_on_several_platforms_the_better_ranked_is_taken():
    title = "A cat opens the fridge and takes the cheese"
    copies = [
        _found("lower", ranked=0.4, title=title, duration_s=30.0),
        _found("higher", ranked=0.6, title=title, duration_s=30.4, platform="reddit"),
    ]
    choice = _choose(*copies)
    assert _ids(choice) == ["higher"]
    assert choice.outcomes[Outcome.DUPLICATE] == 1


def test_of_one_video_on_several_platforms_the_one_with_a_right_is_taken():
    address = {"page_url": "https://youtu.be/dQw4w9WgXcQ"}
    stolen = _found("stolen", ranked=0.9, verdict=FORBIDDEN, **address)
    choice = _choose(stolen, _found("licensed", ranked=0.1, platform="youtube_long", **address))
    assert [row.platform_video_id for row in choice.decisions] == ["licensed"]


def test_a_copy_of_a_video_that_there_was_no_room_for_is_taken():
    address = {"page_url": "https://youtu.be/dQw4w9WgXcQ"}
    first = _found("first", ranked=0.9, **address)
    second = _found("second", ranked=0.1, platform="reddit", **address)
    assert _ids(_choose(first, second, room={"tiktok": 0})) == ["second"]


def test_a_copy_of_a_video_that_was_chosen_before_is_not_taken():
    address = {"page_url": "https://youtu.be/dQw4w9WgXcQ"}
    chosen = _known(_found("chosen", ranked=0.1, **address), CandidateStatus.SHORTLISTED)
    copy = _found("copy", ranked=0.9, platform="reddit", **address)
    assert _ids(_choose(chosen, copy)) == ["chosen"]


def test_copies_are_told_by_their_thumbnails_too():
    copies = [
        _found("a", ranked=0.4, thumbnail_hash="00ff00ff00ff00ff"),
        _found("b", ranked=0.6, thumbnail_hash="00ff00ff00ff00f0"),
    ]
    assert _ids(_choose(*copies)) == ["b"]
    assert _ids(_choose(*copies, policy=NichePolicy(thumbnail_distance=3))) == ["a", "b"]


def test_a_licence_that_the_niche_does_not_take_is_not_taken():
    choice = _choose(_found("a"), policy=NichePolicy(licences=("CC-BY-4.0",)))
    assert choice.decisions == ()
    assert choice.outcomes == Counter({Outcome.OTHER_LICENCE: 1})


def test_a_candidate_that_was_chosen_is_not_taken_back_by_a_lower_rank():
    known = _known(_found("a", ranked=0.0), CandidateStatus.SHORTLISTED, reason="it was the best")
    better = _found("b", ranked=0.9)
    choice = _choose(known, better, room={"tiktok": 1})
    assert _ids(choice) == ["a", "b"]
    [first, _] = choice.decisions
    assert first.reason == "it was the best"
    assert first.decided_at == NOW - timedelta(days=1)  # else it would count for the limit again


def test_a_candidate_that_was_chosen_is_taken_back_when_the_right_is_gone():
    known = _known(_found("a", verdict=FORBIDDEN), CandidateStatus.SHORTLISTED)
    candidate = _one(_choose(known))
    assert (candidate.status, candidate.reason) == (CandidateStatus.REFUSED, FORBIDDEN.reason)
    assert candidate.decided_at == NOW


def test_a_refused_candidate_is_chosen_again_once_a_person_states_the_right():
    refused = _known(_found("a", is_vouched=True), CandidateStatus.REFUSED, remedy="add it")
    candidate = _one(_choose(refused, room={"tiktok": 0}))
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert (candidate.reason, candidate.remedy) == ("a person stated the right to it", None)
    assert candidate.ranking is None


def test_a_refused_candidate_that_may_be_used_now_says_why_it_is_still_refused():
    refused = _known(_found("a"), CandidateStatus.REFUSED, remedy="add a right")
    candidate = _one(_choose(refused, room={"tiktok": 0}))
    assert candidate.status is CandidateStatus.REFUSED
    assert candidate.reason == "it may be used, but the niche takes 10 of tiktok within 24 hours"
    assert candidate.remedy is None


def test_a_failed_candidate_that_no_person_chose_stays_as_it_is():
    failed = _known(_found("a"), CandidateStatus.FAILED)
    assert _choose(failed).decisions == ()


def test_a_failed_candidate_is_chosen_again_under_another_right():
    failed = _known(_found("a"), CandidateStatus.FAILED, rights_id="r0")
    assert _one(_choose(failed)).status is CandidateStatus.SHORTLISTED


def test_a_candidate_that_is_not_seen_any_more_keeps_its_figures():
    known = replace(_known(_found("a"), CandidateStatus.SHORTLISTED), score=None, ranking=None)
    candidate = _one(_choose(known))
    assert (candidate.score, candidate.score_parts) == (0.4, _SCORE.parts)
    assert candidate.ranking is not None


def test_the_order_of_the_contenders_changes_nothing():
    contenders = [_contender(), *(_found(name, ranked=0.5) for name in ("b", "c", "a"))]
    policy = NichePolicy(most_per_platform=2)
    chosen = _choose(*contenders, policy=policy)
    assert _ids(chosen) == ["pasta-1a2b3c4d", "a", "b"]
    assert _choose(*reversed(contenders), policy=policy) == chosen


def test_a_finalist_shows_what_whoever_ranks_it_needs():
    contender = _found("a", title="Soup")
    shown = finalist(contender, _SCORE, now=NOW)
    assert (shown.candidate_key, shown.platform, shown.title, shown.author) == (
        "cooking:tiktok:a",
        "tiktok",
        "Soup",
        "Ada",
    )
    assert (shown.licence, shown.age, shown.score) == ("CC0-1.0", None, _SCORE)


@pytest.mark.parametrize("policy", [NichePolicy(), NichePolicy(most_per_platform=0)])
def test_nothing_seen_is_nothing_chosen(policy):
    choice = _choose(policy=policy)
    assert (choice.decisions, choice.outcomes) == ((), Counter())


def test_the_builders_candidate_is_one_that_a_person_chose():
    assert builders.candidate().ranking is None


def test_a_video_that_is_drawn_to_explore_comes_before_better_ones_and_says_so():
    drawn = Exploration(
        candidate_key="",
        experiment_id="e1",
        probability=0.1,
        is_explored=True,
        seed="s",
        drawn_at=NOW,
    )
    high, low = _found("high", ranked=0.9), _found("low", ranked=0.1)
    missed = replace(high, exploration=replace(drawn, is_explored=False, probability=0.9))
    for chosen, ids in (
        (_choose(high, low, room={"tiktok": 1}), ["high"]),
        (_choose(missed, replace(low, exploration=drawn), room={"tiktok": 1}), ["low"]),
    ):
        assert _ids(chosen) == ids
    row = _one(_choose(replace(low, exploration=drawn)))
    assert row.reason == "drawn with a probability of 0.1 to come first, whatever its score"
