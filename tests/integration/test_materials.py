"""What a clip holds besides its source is named beside it, and ends with the right to it."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import CHANNEL, KEY, NOW, save_candidate, sha256
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.outbox import PlannedPosts, plan_posts
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.errors import NotPermitted
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus, Material
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.state import candidates, channels, clips, publications, rights

_LATER = NOW + timedelta(hours=1)
_SONG = Material(
    role="music",
    platform="music",
    platform_video_id="slow-song-1a2b3c4d",
    title="Slow  song",
    author="Bob",
    page_url="https://music.example/slow",
)
_SILENT = Transcript(words=(), origin=TranscriptOrigin.NO_MODEL, note="no model")


@pytest.fixture
def studio(state: sa.Engine) -> sa.Engine:
    """Two clips of one candidate, the first with a song; both sources and song may be used."""
    save_candidate(state)
    with state.begin() as connection:
        rights.append(connection, builders.rights_record())
        rights.append(connection, _right_to_the_song())
        channels.save(connection, builders.channel(), now=NOW)
        for number, materials in ((1, (_SONG,)), (2, ())):
            content = sha256(f"clip-{number}")
            clips.record(
                connection,
                builders.clip(
                    number=number,
                    content_sha256=content,
                    materials=materials,
                    checks=(builders.check_result(),),
                ),
            )
    return state


def _right_to_the_song() -> RightsRecord:
    return builders.rights_record(
        rights_id="song-right",
        platform="music",
        platform_video_id=_SONG.platform_video_id,
        licence="CC-BY-4.0",
    )


def _plan(state: sa.Engine) -> PlannedPosts:
    with state.begin() as connection:
        return plan_posts(
            connection,
            KEY,
            transcript=_SILENT,
            publishers={"folder": FakePublisher()},
            requires_approval=True,
        )


def _states(state: sa.Engine) -> dict[int, PublicationState]:
    with state.connect() as connection:
        rows = publications.of_candidate(connection, KEY)
    return {row.clip_number: row.state for row in rows}


def test_what_is_owed_for_it_stands_beside_the_clip_that_holds_it_alone(studio):
    first, second = _plan(studio).rows
    assert first.text.attribution == (
        'Music: "Slow song" by Bob (https://music.example/slow), '
        "CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), changes were made"
    )
    assert second.text.attribution is None


def test_a_clip_survives_state_with_its_materials(studio):
    with studio.connect() as connection:
        first, second = clips.of_candidate(connection, KEY)
        assert (first.materials, second.materials) == ((_SONG,), ())
        assert clips.with_material(connection, "music", _SONG.platform_video_id) == (first,)
        assert clips.with_material(connection, "music", "slow-song") == ()
        assert clips.with_material(connection, "inbox", _SONG.platform_video_id) == ()


def test_revoking_its_right_withdraws_the_clips_that_hold_it_and_no_other(studio):
    _plan(studio)
    with studio.begin() as connection:
        withdrawal = revoke_right(connection, "song-right", now=_LATER)
    assert [clip.number for clip in withdrawal.clips] == [1]
    assert (withdrawal.frozen, withdrawal.withdrawn, withdrawal.live) == ((), 1, ())
    assert _states(studio) == {1: PublicationState.WITHDRAWN, 2: PublicationState.PLANNED}
    with studio.connect() as connection:
        candidate = candidates.get(connection, KEY)
        first = publications.of_candidate(connection, KEY)[0]
    assert candidate is not None
    assert candidate.status is CandidateStatus.SHORTLISTED
    assert first.reason == (
        f"its music 'Slow song' by Bob: the right to it was withdrawn on {_LATER:%Y-%m-%d}"
    )


def test_a_clip_whose_music_may_not_be_used_is_not_planned_again(studio):
    with studio.begin() as connection:
        revoke_right(connection, "song-right", now=_LATER)
    assert [row.clip_number for row in _plan(studio).rows] == [2]


def test_posts_with_it_that_may_be_live_are_listed(studio):
    (row, _) = _plan(studio).rows
    with studio.begin() as connection:
        publications.approve(connection, row.content_sha256, now=NOW)
        publications.claim(
            connection,
            row.publication_id,
            claimed_by="run",
            lease=timedelta(minutes=5),
            now=row.due_at,
        )
        publications.settle(
            connection,
            row.publication_id,
            PublicationState.PUBLISHED,
            expected=PublicationState.SUBMITTING,
            claimed_by="run",
            now=_LATER,
        )
        withdrawal = revoke_right(connection, "song-right", now=_LATER)
    assert [(post.clip_number, post.channel_id) for post in withdrawal.live] == [(1, CHANNEL)]


def test_where_no_clip_may_be_posted_that_is_said(studio):
    with studio.begin() as connection:
        clips.keep_only(connection, KEY, [1])
        revoke_right(connection, "song-right", now=_LATER)
    with pytest.raises(NotPermitted, match=r"its music 'Slow song' by Bob.*candidate_job"):
        _plan(studio)
