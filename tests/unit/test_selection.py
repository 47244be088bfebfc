"""Which videos are edited."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from viral_forge_assets.domain.selection import choose
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
NICHE = Niche(name="cooking")
ALLOWED = RightsVerdict(is_allowed=True, reason="CC0 1.0: sidecar", rights_id="r1")
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


def _verdicts(
    verdict: RightsVerdict, *videos: ScannedVideo
) -> dict[tuple[str, str], RightsVerdict]:
    return {(video.platform, video.platform_video_id): verdict for video in videos}


def test_a_video_chosen_by_hand_that_may_be_used_is_shortlisted():
    [candidate] = choose([PICKED], _verdicts(ALLOWED, PICKED), niche=NICHE, now=NOW)
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert candidate.candidate_key == "cooking:inbox:pasta-1a2b3c4d"
    assert (candidate.reason, candidate.remedy, candidate.score) == ("chosen by hand", None, None)
    assert candidate.rights_id == "r1"
    assert (candidate.locator, candidate.subtitles) == (PICKED.locator, PICKED.subtitles)
    assert candidate.decided_at == NOW


def test_a_video_that_may_not_be_used_is_refused_with_reason_and_remedy():
    [candidate] = choose([PICKED], _verdicts(FORBIDDEN, PICKED), niche=NICHE, now=NOW)
    assert candidate.status is CandidateStatus.REFUSED
    assert (candidate.reason, candidate.remedy) == (FORBIDDEN.reason, FORBIDDEN.remedy)
    assert candidate.rights_id is None


def test_a_video_that_nobody_chose_is_refused_because_nothing_ranks_it():
    found = replace(PICKED, platform="youtube", is_hand_picked=False, views=10**9)
    [candidate] = choose([found], _verdicts(ALLOWED, found), niche=NICHE, now=NOW)
    assert candidate.status is CandidateStatus.REFUSED
    assert "youtube are not ranked" in candidate.reason
    assert "inbox of cooking" in str(candidate.remedy)
    assert candidate.score is None


def test_the_order_of_the_sightings_changes_nothing():
    videos = [replace(PICKED, platform_video_id=name) for name in ("b", "c", "a")]
    verdicts = _verdicts(ALLOWED, *videos)
    chosen = choose(videos, verdicts, niche=NICHE, now=NOW)
    assert [candidate.platform_video_id for candidate in chosen] == ["a", "b", "c"]
    assert choose(reversed(videos), verdicts, niche=NICHE, now=NOW) == chosen


def test_of_several_sightings_of_a_video_the_newest_counts():
    older = replace(PICKED, title="Old title", seen_at=NOW - timedelta(days=1))
    for videos in ([PICKED, older], [older, PICKED]):
        [candidate] = choose(videos, _verdicts(ALLOWED, PICKED), niche=NICHE, now=NOW)
        assert candidate.title == "Pasta"


def test_a_video_whose_rights_nobody_asked_for_is_an_error():
    with pytest.raises(KeyError):
        choose([PICKED], {}, niche=NICHE, now=NOW)


def test_nothing_seen_is_nothing_chosen():
    assert choose([], {}, niche=NICHE, now=NOW) == ()
