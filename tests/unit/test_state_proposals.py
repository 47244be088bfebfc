"""Proposed niches, and what sightings say of how fast videos rise."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.builders import NOW, scanned_video
from viral_forge_resources.contracts.trends import Gain, NicheProposal, ProposalState, TrendKind
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.state import proposals, sightings

_HOUR = timedelta(hours=1)
_FIRST = NicheProposal(
    name="air-fryer",
    source_niche="cooking",
    kind=TrendKind.KEYWORD,
    term="air fryer",
    platforms=("reddit", "x"),
    evidence="figures",
    proposed_at=NOW,
)


def test_a_proposal_is_made_once(state):
    with state.begin() as connection:
        assert proposals.propose(connection, [_FIRST]) == ("air-fryer",)
        assert proposals.propose(connection, [_FIRST]) == ()
        assert proposals.get(connection, "air-fryer") == _FIRST


@pytest.mark.parametrize("word", [ProposalState.ACCEPTED, ProposalState.DECLINED])
def test_a_proposal_is_decided_once_and_for_good(state, word):
    with state.begin() as connection:
        proposals.propose(connection, [_FIRST])
        assert proposals.decide(connection, "air-fryer", word, decided_by="Ada", now=NOW)
        assert not proposals.decide(
            connection, "air-fryer", ProposalState.DECLINED, decided_by="Bob", now=NOW
        )
        assert proposals.propose(connection, [_FIRST]) == ()
        found = proposals.get(connection, "air-fryer")
    assert found is not None
    assert (found.state, found.decided_by, found.decided_at) == (word, "Ada", NOW)


def test_open_proposals_are_listed_newest_first(state):
    newer = replace(_FIRST, name="kimchi", proposed_at=NOW + _HOUR)
    declined = replace(_FIRST, name="soup")
    with state.begin() as connection:
        proposals.propose(connection, [_FIRST, newer, declined])
        proposals.decide(connection, "soup", ProposalState.DECLINED, decided_by="Ada", now=NOW)
        still_open = proposals.all_proposals(connection, ProposalState.OPEN)
        assert [each.name for each in still_open] == ["kimchi", "air-fryer"]
        assert len(proposals.all_proposals(connection)) == 3


def _gains(state, *seen, after=NOW, until=NOW + 10 * _HOUR) -> tuple[Gain, ...]:
    with state.begin() as connection:
        sightings.append(connection, "cooking", seen)
        return proposals.gains(connection, "cooking", after=after, until=until)


def test_a_gain_is_what_views_grew_by_between_the_first_and_the_last_sighting(state):
    seen = [
        scanned_video(views=views, seen_at=NOW + hours * _HOUR, title=f"seen at {hours}")
        for hours, views in ((1, 100), (2, 900), (5, 500))
    ]
    (gain,) = _gains(state, *seen)
    assert (gain.views, gain.hours, gain.title) == (400, 4.0, "seen at 5")
    assert (gain.platform, gain.platform_video_id) == ("inbox", "pasta-1a2b3c4d")


def test_a_gain_tells_the_sound_that_was_told_last(state):
    sound = UsedSound(sound_id="6956990112127585029", title="Σ '❄'", author=None)
    seen = [
        scanned_video(views=hours, seen_at=NOW + hours * _HOUR, sound=told)
        for hours, told in ((1, None), (2, sound))
    ]
    (gain,) = _gains(state, *seen)
    assert gain.sound == sound
    with state.connect() as connection:
        assert sightings.latest(connection, "cooking") == (seen[1],)


def test_views_that_a_platform_took_back_are_no_gain(state):
    seen = [scanned_video(views=9 - n, seen_at=NOW + n * _HOUR) for n in (1, 2)]
    (gain,) = _gains(state, *seen)
    assert gain.views == 0


def test_only_sightings_of_that_time_count(state):
    seen = [scanned_video(views=n * n, seen_at=NOW + n * _HOUR) for n in range(1, 9)]
    (gain,) = _gains(state, *seen, after=NOW + 2 * _HOUR, until=NOW + 5 * _HOUR)
    assert (gain.views, gain.hours) == (25 - 9, 2.0)


def test_a_video_that_was_seen_once_or_hides_its_views_has_no_gain(state):
    once = scanned_video(platform_video_id="once", views=5, seen_at=NOW + _HOUR)
    hidden = [
        scanned_video(platform_video_id="hidden", views=None, seen_at=NOW + n * _HOUR)
        for n in (1, 2)
    ]
    half = [
        scanned_video(platform_video_id="half", views=views, seen_at=NOW + n * _HOUR)
        for n, views in ((1, 5), (2, None))
    ]
    assert _gains(state, once, *hidden, *half) == ()


def test_other_niches_are_left_alone(state):
    seen = [scanned_video(views=n, seen_at=NOW + n * _HOUR) for n in (1, 2)]
    with state.begin() as connection:
        sightings.append(connection, "travel", seen)
    assert _gains(state) == ()
