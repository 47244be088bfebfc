"""Channels with a rhythm: the times of their posts in state, on both databases."""

from datetime import time, timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import CHANNEL, NOW, save_publication, sha256
from viral_forge_assets.approval import prefer_post
from viral_forge_assets.domain.posting_times import Fate
from viral_forge_assets.queueing import deal_channel, turn_of
from viral_forge_assets.queues import posting_queue
from viral_forge_assets.watching import add_channel, give_rhythm
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.rhythm import Rhythm, Slot
from viral_forge_resources.state import approvals, channels, niches, publications, queues

HOURLY = Rhythm(
    zone="UTC",
    slots=tuple(Slot(at=time(hour)) for hour in range(24)),
    most_a_day=3,
    least_distance=timedelta(hours=1),
)
_HOUR = timedelta(hours=1)
_S = PublicationState


def wait(state: sa.Engine, *names: str) -> list[Publication]:
    """Posts of those clips that wait for the channel."""
    return [
        save_publication(state, candidate_key=f"cooking:inbox:{name}", content_sha256=sha256(name))
        for name in names
    ]


def rhythm(state: sa.Engine, said: Rhythm | None = HOURLY) -> int:
    with state.begin() as connection:
        return give_rhythm(connection, CHANNEL, said, now=NOW)


def due(state: sa.Engine, row: Publication) -> timedelta:
    """How long after ``NOW`` the post is due."""
    return stored(state, row).due_at - NOW


def stored(state: sa.Engine, row: Publication) -> Publication:
    with state.connect() as connection:
        found = publications.get(connection, row.publication_id)
    assert found is not None
    return found


def publish(state: sa.Engine, row: Publication, *, at=NOW) -> None:
    with state.begin() as connection:
        publications.approve(connection, row.content_sha256, now=at)
        queues.move(connection, {row.publication_id: at})
        assert publications.claim(
            connection, row.publication_id, claimed_by="run", lease=_HOUR, now=at
        )
        publications.settle(
            connection, row.publication_id, _S.PUBLISHED, expected=_S.SUBMITTING, now=at
        )


def test_a_rhythm_gives_what_waits_its_times(state):
    first, second, third, fourth = wait(state, "a", "b", "c", "d")
    assert rhythm(state) == 3  # the first may go at once, as it might before
    times = sorted(due(state, row) for row in (first, second, third, fourth))
    assert times == [timedelta(), _HOUR, 2 * _HOUR, 12 * _HOUR]


def test_a_rhythm_is_kept_as_it_was_said(state):
    wait(state, "a")
    rhythm(state)
    with state.connect() as connection:
        channel = channels.get(connection, CHANNEL)
    assert channel is not None
    assert channel.rhythm == HOURLY


def test_adding_a_channel_again_keeps_its_rhythm(state):
    wait(state, "a")
    rhythm(state)
    with state.begin() as connection:
        niches.save(connection, builders.niche(), now=NOW)
        again = add_channel(connection, "cooking", publisher="folder", name="main", now=NOW)
    assert again.rhythm == HOURLY


def test_a_rhythm_for_no_channel_is_refused(state):
    with state.begin() as connection, pytest.raises(BadInput, match="names no channel"):
        give_rhythm(connection, "folder:nowhere", HOURLY, now=NOW)


def test_a_preferred_post_goes_first(state):
    rows = wait(state, "a", "b", "c")
    rhythm(state)
    last = max(rows, key=lambda row: due(state, row))
    with state.begin() as connection:
        moved = prefer_post(connection, last.publication_id, priority=1, now=NOW)
    assert moved.due_at == NOW
    assert sorted(due(state, row) for row in rows) == [timedelta(), _HOUR, 2 * _HOUR]


def test_what_does_not_wait_cannot_be_preferred(state):
    (row,) = wait(state, "a")
    rhythm(state)
    publish(state, row)
    with state.begin() as connection, pytest.raises(BadInput, match="does not wait"):
        prefer_post(connection, row.publication_id, priority=1, now=NOW)


def test_a_post_waits_while_the_day_is_full(state):
    rows = wait(state, "a", "b", "c", "d")
    rhythm(state)
    for hours, row in enumerate(rows[:3]):
        publish(state, row, at=NOW + hours * _HOUR)
    later = NOW + 5 * _HOUR
    with state.begin() as connection:
        queues.move(connection, {rows[3].publication_id: later})
        assert turn_of(connection, stored(state, rows[3]), now=later) is Fate.LATER
        deal_channel(connection, CHANNEL, now=later + _HOUR)
    assert due(state, rows[3]) == 12 * _HOUR


def test_a_post_whose_end_is_unknown_takes_its_place_in_the_day(state):
    one, other = wait(state, "a", "b")
    rhythm(state)
    with state.begin() as connection:
        publications.approve(connection, one.content_sha256, now=NOW)
        assert publications.claim(
            connection, one.publication_id, claimed_by="run", lease=_HOUR, now=NOW
        )
        publications.settle(
            connection,
            one.publication_id,
            _S.UNKNOWN,
            expected=_S.SUBMITTING,
            now=NOW,
            due_at=NOW + 100 * _HOUR,
        )
        queues.move(connection, {other.publication_id: NOW})
        assert turn_of(connection, stored(state, other), now=NOW) is Fate.LATER


def test_a_channel_without_rhythm_posts_at_once(state):
    (row,) = wait(state, "a")
    with state.begin() as connection:
        assert turn_of(connection, row, now=NOW + 400 * _HOUR) is Fate.GO
        assert deal_channel(connection, CHANNEL, now=NOW) == 0


def test_the_queue_names_time_channel_and_who_approved(state):
    (row,) = wait(state, "a")
    with state.begin() as connection:
        approvals.record(connection, builders.approval(content_sha256=row.content_sha256))
        (queued,) = queues.queued(connection, limit=10)
    assert (queued.due_at, queued.channel_id, queued.approved_by) == (NOW, CHANNEL, "operator")


def test_the_asset_shows_the_queue(sqlite_state):
    wait(sqlite_state, "a", "b")
    made = dg.materialize([posting_queue], resources={"state": sqlite_state})
    (event,) = made.asset_materializations_for_node("publication__posting_queue")
    shown = event.metadata["posts"].value
    assert "2026-11-20 12:00 UTC" in str(shown)
    assert "nobody yet" in str(shown)
    assert event.metadata["planned"].value == 2
