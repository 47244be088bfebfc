"""A right that ends freezes what it allowed, and lists what is live already."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_candidate, sha256
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.outbox import plan_posts
from viral_forge_assets.withdrawal import Withdrawal, revoke_right
from viral_forge_resources.contracts.errors import NotFound, NotPermitted
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.state import (
    candidates,
    channels,
    clips,
    niches,
    publications,
    rights,
)

_S = PublicationState
_LATER = NOW + timedelta(hours=1)
_OTHER = "travel:inbox:pasta-1a2b3c4d"


def _studio(state: sa.Engine, *rights_ids: str, key: str = KEY) -> None:
    save_candidate(state, candidate_key=key)
    with state.begin() as connection:
        for rights_id in rights_ids:
            rights.append(connection, builders.rights_record(rights_id=rights_id))


def _post(state: sa.Engine, in_state: PublicationState, *, content: str, channel: str) -> None:
    with state.begin() as connection:
        channels.save(connection, builders.channel(channel_id=channel, name=channel), now=NOW)
        row = builders.publication(
            publication_id=f"{content}-{channel}",
            content_sha256=sha256(content),
            channel_id=channel,
        )
        assert publications.plan(connection, row)
        if in_state is _S.PLANNED:
            return
        publications.approve(connection, row.content_sha256, now=NOW)
        if in_state is _S.APPROVED:
            return
        publications.claim(
            connection, row.publication_id, claimed_by="run", lease=timedelta(minutes=5), now=NOW
        )
        publications.settle(
            connection,
            row.publication_id,
            in_state,
            expected=_S.SUBMITTING,
            claimed_by="run",
            now=NOW,
            post_url="https://posts.example/1",
        )


def _revoke(state: sa.Engine, rights_id: str = "right-1") -> Withdrawal:
    with state.begin() as connection:
        return revoke_right(connection, rights_id, now=_LATER)


def _posts(state: sa.Engine) -> dict[str, Publication]:
    with state.connect() as connection:
        return {row.channel_id: row for row in publications.of_candidate(connection, KEY)}


def _status(state: sa.Engine, key: str = KEY) -> CandidateStatus:
    with state.connect() as connection:
        found = candidates.get(connection, key)
    assert found is not None
    return found.status


@pytest.mark.parametrize("waiting", [_S.PLANNED, _S.APPROVED])
def test_what_waits_is_withdrawn_and_says_why(state, waiting):
    _studio(state, "right-1")
    _post(state, waiting, content="clip", channel="folder:main")
    assert _revoke(state).withdrawn == 1
    post = _posts(state)["folder:main"]
    assert post.state is _S.WITHDRAWN
    assert post.reason == f"the right to it was withdrawn on {_LATER:%Y-%m-%d}"


@pytest.mark.parametrize("out", [_S.PUBLISHED, _S.PROCESSING, _S.UNKNOWN])
def test_what_may_be_live_is_listed_and_left_as_it_is(state, out):
    _studio(state, "right-1")
    _post(state, out, content="clip", channel="folder:main")
    _post(state, _S.PLANNED, content="clip", channel="folder:second")
    withdrawal = _revoke(state)
    assert [post.channel_id for post in withdrawal.live] == ["folder:main"]
    assert withdrawal.live[0].post_url == "https://posts.example/1"
    assert _posts(state)["folder:main"].state is out


def test_its_candidate_is_refused_with_the_command_that_would_clear_it(state):
    _studio(state, "right-1")
    withdrawal = _revoke(state)
    assert [row.candidate_key for row in withdrawal.frozen] == [KEY]
    with state.connect() as connection:
        row = candidates.get(connection, KEY)
    assert row is not None
    assert row.status is CandidateStatus.REFUSED
    assert row.remedy is not None
    assert f"viral-forge rights add {KEY}" in row.remedy


def test_the_same_video_freezes_in_every_niche(state):
    _studio(state, "right-1")
    _studio(state, key=_OTHER)
    assert [row.candidate_key for row in _revoke(state).frozen] == [KEY, _OTHER]
    assert _status(state, _OTHER) is CandidateStatus.REFUSED


def test_another_right_in_force_that_is_newer_keeps_it_going(state):
    _studio(state, "right-1")
    with state.begin() as connection:
        rights.append(connection, builders.rights_record(rights_id="right-2", recorded_at=NOW))
    _post(state, _S.APPROVED, content="clip", channel="folder:main")
    assert _revoke(state).frozen == ()
    assert _status(state) is CandidateStatus.SHORTLISTED
    assert _posts(state)["folder:main"].state is _S.APPROVED


def test_a_right_ends_once(state):
    _studio(state, "right-1")
    _revoke(state)
    with pytest.raises(NotFound, match="right-1"):
        _revoke(state)


def test_a_retired_candidate_stays_retired(state):
    _studio(state, "right-1")
    with state.begin() as connection:
        candidates.set_status(connection, KEY, CandidateStatus.RETIRED, reason="old", now=NOW)
    _revoke(state)
    assert _status(state) is CandidateStatus.RETIRED


def _planned(state: sa.Engine, *names: str) -> list[str]:
    with state.begin() as connection:
        clips.record(connection, builders.clip(checks=(builders.check_result(),)))
        for name in names:
            publisher = name.partition(":")[0]
            channels.save(
                connection,
                builders.channel(channel_id=name, publisher=publisher, name="main"),
                now=NOW,
            )
        silent = Transcript(words=(), origin=TranscriptOrigin.NO_MODEL, note="no model")
        publishers = {name.partition(":")[0]: FakePublisher() for name in names}
        planned = plan_posts(
            connection, KEY, transcript=silent, publishers=publishers, requires_approval=True
        )
    return sorted(row.channel_id for row in planned.rows)


def test_a_post_is_planned_where_the_right_covers_the_platform_alone(sqlite_state):
    save_candidate(sqlite_state)
    with sqlite_state.begin() as connection:
        rights.append(connection, builders.rights_record(platforms=("folder",)))
    assert _planned(sqlite_state, "folder:main", "youtube:main") == ["folder:main"]


def test_a_right_that_covers_no_channel_is_none(sqlite_state):
    save_candidate(sqlite_state)
    with sqlite_state.begin() as connection:
        rights.append(connection, builders.rights_record(platforms=("tiktok",)))
    with pytest.raises(NotPermitted, match="covers tiktok, not folder"):
        _planned(sqlite_state, "folder:main")


@pytest.mark.parametrize("is_monetised", [True, False])
def test_the_niche_says_whether_its_clips_earn_money(sqlite_state, is_monetised):
    save_candidate(sqlite_state)
    with sqlite_state.begin() as connection:
        policy = NichePolicy(is_monetised=is_monetised)
        niches.save(connection, builders.niche(policy=policy), now=NOW)
        rights.append(connection, builders.rights_record(licence="CC-BY-NC-4.0"))
    if is_monetised:
        with pytest.raises(NotPermitted, match="forbids commercial use"):
            _planned(sqlite_state, "folder:main")
    else:
        assert _planned(sqlite_state, "folder:main") == ["folder:main"]
