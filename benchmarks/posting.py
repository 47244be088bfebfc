"""Planning, watching and sending posts: times for 10,000, a tick over 100,000, a studio's day.

On SQLite. The day is simulated: twenty channels, each of a niche of its own, have five approved
posts and may send three; every quarter of an hour what is due is worked on.
"""

import hashlib
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from benchmarks._measure import in_turn, median_wall_s, report
from sensors.publications import due_publications_sensor
from tests import builders
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.posting import Poster
from viral_forge_assets.queueing import deal_times
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.contracts.rhythm import Rhythm, Slot
from viral_forge_resources.state import (
    approvals,
    artefacts,
    candidates,
    channels,
    clips,
    publications,
    rights,
)
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.rows import to_row
from viral_forge_resources.state.tables import candidates as candidates_table
from viral_forge_resources.state.tables import publications as publications_table
from viral_forge_resources.storage.local import LocalStorage

_PLANNED, _ROWS = 10_000, 100_000
_PLANNING_LIMIT_S, _TICK_LIMIT_S = 2.0, 0.2
_CHANNELS, _MOST_A_DAY, _POSTS = 20, 3, 5
_TODAY = datetime(2026, 11, 20, tzinfo=UTC)
_QUARTER = timedelta(minutes=15)
_RHYTHM = Rhythm(
    zone="UTC",
    slots=tuple(Slot(at=time(hour)) for hour in (7, 9, 12, 18, 20)),
    most_a_day=_MOST_A_DAY,
    least_distance=timedelta(hours=2),
    jitter=timedelta(minutes=9),
)


def main() -> int:
    """The exit code: 0 where everything is within its limit."""
    with tempfile.TemporaryDirectory() as folder:
        return max(_planning(Path(folder)), _tick(Path(folder)), _day(Path(folder)))


def _planning(folder: Path) -> int:
    state = _state(folder / "planning", _PLANNED, PublicationState.PLANNED)
    channel = builders.channel(rhythm=_RHYTHM)

    def plan() -> None:
        with state.begin() as connection:
            deal_times(connection, channel, now=builders.NOW, is_anew=True)

    wall_s = median_wall_s(in_turn({"planning": plan})["planning"])
    return report(
        f"giving {_PLANNED:,} posts their times",
        value=wall_s,
        limit=_PLANNING_LIMIT_S,
        unit="s",
    )


def _tick(folder: Path) -> int:
    state = _state(folder / "tick", _ROWS, PublicationState.APPROVED)

    def tick() -> None:
        with dg.build_sensor_context(instance=instance, resources={"state": state}) as context:
            due_publications_sensor(context)

    home = folder / "dagster"
    home.mkdir()
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        wall_s = median_wall_s(in_turn({"tick": tick})["tick"])
    return report(
        f"tick of the due posts' sensor over {_ROWS:,} posts that wait",
        value=wall_s,
        limit=_TICK_LIMIT_S,
        unit="s",
    )


def _day(folder: Path) -> int:
    state = _opened(folder / "day")
    storage = LocalStorage(folder / "storage")
    platform = FakePublisher()
    for number in range(_CHANNELS):
        _fill_channel(state, storage, f"niche-{number}")
    for quarter in range(24 * 4):
        now = _TODAY + quarter * _QUARTER
        with state.connect() as connection:
            due = publications.due(connection, now=now, limit=_CHANNELS * _POSTS)
        poster = Poster(
            state=state,
            storage=storage,
            publishers={"folder": platform},
            requires_approval=True,
            run_id=f"run-{quarter}",
            clock=lambda now=now: now,  # type: ignore[misc]
        )
        for key in sorted({row.candidate_key for row in due}):
            poster.work_on(key)
    sent = Counter(post.channel for post in platform.held)
    # A post says in its title for which channel it was made.
    strayed = sum(post.text.title != post.channel for post in platform.held)
    missing = _CHANNELS * _MOST_A_DAY - len(platform.held)
    over = sum(count > _MOST_A_DAY for count in sent.values())
    return report(
        f"{_CHANNELS} channels' day: limits broken, posts astray, missing or sent twice",
        value=over + strayed + abs(missing) + len(platform.held) - len(_distinct(platform)),
        limit=0,
        unit="posts",
        sent=len(platform.held),
    )


def _distinct(platform: FakePublisher) -> set[str]:
    return {post.publication_id for post in platform.held}


def _fill_channel(state: sa.Engine, storage: LocalStorage, niche: str) -> None:
    channel = builders.channel(
        channel_id=f"folder:{niche}", name=niche, niche=niche, rhythm=_RHYTHM
    )
    with state.begin() as connection:
        channels.save(connection, channel, now=_TODAY)
        for number in range(_POSTS):
            _add_post(connection, storage, f"{niche}:inbox:video-{number}", channel.channel_id)
        deal_times(connection, channel, now=_TODAY)


def _add_post(connection: sa.Connection, storage: LocalStorage, key: str, channel_id: str) -> None:
    """An approved clip with its files, and its post."""
    niche, _, video = key.split(":")
    folder = f"{niche}/inbox/{video}/transform"
    clip_file = storage.put_bytes(key.encode(), f"{folder}/clip-1.mp4")
    cover = storage.put_bytes(b"cover", f"{folder}/clip-1-cover.jpg")
    content = hashlib.sha256(key.encode()).hexdigest()
    right = builders.rights_record(rights_id=f"right-{key}", platform_video_id=video)
    rights.append(connection, right)
    candidates.decide(
        connection, [builders.candidate(candidate_key=key, rights_id=right.rights_id)]
    )
    clips.record(
        connection,
        builders.clip(
            candidate_key=key,
            content_sha256=content,
            storage_key=clip_file.key,
            rights_id=right.rights_id,
            checks=(builders.check_result(),),
        ),
    )
    for stored, kind in ((clip_file, ArtefactKind.CLIP), (cover, ArtefactKind.COVER)):
        artefacts.record(
            connection,
            builders.artefact(candidate_key=key, storage_key=stored.key, kind=kind),
        )
    post = builders.publication(
        candidate_key=key,
        content_sha256=content,
        channel_id=channel_id,
        text=builders.post_text(title=niche),
        due_at=_TODAY,
        planned_at=_TODAY,
    )
    publications.plan(connection, post)
    approvals.record(connection, builders.approval(content_sha256=content))
    publications.approve(connection, content, now=_TODAY)


def _opened(folder: Path) -> sa.Engine:
    folder.mkdir()
    engine = open_engine(f"sqlite:///{folder / 'state.db'}")
    migrate(engine)
    return engine


def _state(folder: Path, rows: int, post_state: PublicationState) -> sa.Engine:
    """State in which so many posts wait for one channel; none is due for a year."""
    state = _opened(folder)
    keys = [f"cooking:inbox:video-{number:06}" for number in range(rows)]
    videos = [to_row(builders.candidate(candidate_key=key)) for key in keys]
    posts = [_waiting(key, post_state) for key in keys]
    with state.begin() as connection:
        channels.save(connection, builders.channel(rhythm=_RHYTHM), now=_TODAY)
        connection.execute(sa.insert(candidates_table), videos)
        connection.execute(sa.insert(publications_table), posts)
    return state


def _waiting(key: str, post_state: PublicationState) -> dict[str, object]:
    post = builders.publication(
        candidate_key=key,
        content_sha256=hashlib.sha256(key.encode()).hexdigest(),
        due_at=datetime.now(UTC) + timedelta(days=365),
    )
    row = to_row(post) | {"state": post_state}
    return row | to_row(row.pop("text"))


if __name__ == "__main__":
    sys.exit(main())
