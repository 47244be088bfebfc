"""Ticks of the sensors over 50,000 candidates: what they take besides the runs that they ask for.

Each tick is a fresh evaluation on SQLite, in a Dagster instance on disk that knows every candidate
as a partition. Three states of the studio: nothing to do, as it mostly is; 25 new candidates; and
none of whose posts was ever planned, so that all are looked at.
"""

import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from benchmarks._measure import in_turn, median_wall_s, report
from sensors.candidates import retired_candidates_sensor, shortlisted_candidates_sensor
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.state.engine import migrate, open_engine
from viral_forge_resources.state.tables import candidates, channels, publications

_CANDIDATES = 50_000
_NEW = 25
_RUNS = 200
_LIMIT_S = 1.0
_AT_ONCE = 5_000
_DAY = timedelta(days=1)


@dg.job
def _some_job() -> None: ...


def main() -> int:
    """The exit code: 0 where every tick is within the limit."""
    with tempfile.TemporaryDirectory() as folder:
        planned = _state(Path(folder) / "planned", planned=_CANDIDATES)
        unplanned = _state(Path(folder) / "unplanned", planned=0)
        with _instance(Path(folder)) as instance, _instance(Path(folder), new=_NEW) as behind:
            ticks = {
                "nothing to do": lambda: _tick(shortlisted_candidates_sensor, instance, planned),
                "25 new": lambda: _tick(shortlisted_candidates_sensor, behind, planned),
                "none planned": lambda: _tick(shortlisted_candidates_sensor, instance, unplanned),
                "retirement": lambda: _tick(retired_candidates_sensor, instance, planned),
            }
            costs = in_turn(ticks)
    walls_s = {name: median_wall_s(each) for name, each in costs.items()}
    return report(
        f"slowest tick of the sensors over {_CANDIDATES:,} candidates",
        value=max(walls_s.values()),
        limit=_LIMIT_S,
        unit="s",
        **{name.replace(" ", "_"): wall_s for name, wall_s in walls_s.items()},
    )


def _tick(sensor: dg.SensorDefinition, instance: dg.DagsterInstance, state: sa.Engine) -> None:
    resources = {"state": state, "llm_budget": Budget(usd=None, quantity=None, day_usd=1.0)}
    with dg.build_sensor_context(instance=instance, resources=resources) as context:
        sensor(context)


def _keys() -> list[str]:
    return [f"niche-{number % 20}:pexels:video-{number:05}" for number in range(_CANDIDATES)]


@contextmanager
def _instance(folder: Path, *, new: int = 0) -> Generator[dg.DagsterInstance]:
    """An instance in which all candidates but the last ``new`` are partitions."""
    home = folder / f"dagster-{new}"
    home.mkdir()
    keys = _keys()[: _CANDIDATES - new]
    with dg.DagsterInstance.local_temp(str(home)) as instance:
        for start in range(0, len(keys), _AT_ONCE):
            instance.add_dynamic_partitions("candidates", keys[start : start + _AT_ONCE])
        for key in keys[-_RUNS:]:
            instance.create_run_for_job(
                _some_job, tags={"dagster/partition": key}, status=dg.DagsterRunStatus.SUCCESS
            )
        yield instance


def _state(folder: Path, *, planned: int) -> sa.Engine:
    """State with every candidate shortlisted, and the first ``planned`` of them with a post."""
    folder.mkdir()
    engine = open_engine(f"sqlite:///{folder / 'state.db'}")
    migrate(engine)
    now = datetime.now(UTC)
    rows = [_candidate(key, now - _DAY + timedelta(seconds=n)) for n, key in enumerate(_keys())]
    posts = [_post(row["candidate_key"], now) for row in rows[:planned]]
    with engine.begin() as connection:
        connection.execute(
            sa.insert(channels),
            {
                "channel_id": "folder:main",
                "publisher": "folder",
                "name": "main",
                "niche": "niche-0",
                "saved_at": now,
            },
        )
        connection.execute(sa.insert(candidates), rows)
        if posts:
            connection.execute(sa.insert(publications), posts)
    return engine


def _candidate(key: str, decided_at: datetime) -> dict[str, object]:
    niche, platform, video_id = key.split(":")
    return {
        "candidate_key": key,
        "niche": niche,
        "platform": platform,
        "platform_video_id": video_id,
        "locator": f"https://videos.example/{video_id}.mp4",
        "title": "Pasta in five minutes",
        "status": CandidateStatus.SHORTLISTED,
        "decided_at": decided_at,
        "reason": "the score is 0.71",
        "score_parts": (),
    }


def _post(key: object, now: datetime) -> dict[str, object]:
    return {
        "publication_id": f"post-{key}"[-64:],
        "candidate_key": key,
        "clip_number": 1,
        "content_sha256": f"content-{key}"[-64:],
        "channel_id": "folder:main",
        "state": "planned",
        "title": "",
        "description": "",
        "tags": (),
        "due_at": now,
        "planned_at": now,
        "priority": 0,
        "attempts": 0,
    }


if __name__ == "__main__":
    sys.exit(main())
