"""A studio of a test's own: real stages on real files and a real database, with tiny clips."""

import json
import os
import shutil
import time
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.approval import Decision, decide
from viral_forge_assets.clearance import Statement, record_right
from viral_forge_assets.definitions import build_definitions, shipped_recipes
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.failures import why_failed
from viral_forge_assets.partitions import known_candidate
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.publishing import Publication
from viral_forge_resources.contracts.records import Candidate, Clip
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.settings import Settings
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state

NICHE = "cooking"
OWN = {"title": "Pasta in five minutes", "licence": "LicenseRef-Own", "author": "Ada"}
SRT = "1\n00:00:00,100 --> 00:00:00,900\nBoil the water.\n"

_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_SETTLED_S = 60  # the inbox leaves alone what changed a moment ago


def tiny(recipe: Recipe) -> Recipe:
    """``recipe`` with clips so small that a test can afford them."""
    return replace(recipe, width_px=180, height_px=320, min_duration_s=0.5, preset="ultrafast")


def tiny_recipes() -> dict[str, Recipe]:
    """The shipped recipes, tiny."""
    return {name: tiny(recipe) for name, recipe in shipped_recipes().items()}


@dataclass(frozen=True, slots=True)
class Ran:
    """What one run of a job came to."""

    result: dg.ExecuteInProcessResult

    @property
    def success(self) -> bool:
        return self.result.success

    @property
    def failure(self) -> str:
        """What a person reads where the run failed; empty where it did not."""
        return "" if self.success else why_failed(self.result.all_events)

    def metadata(self, *asset: str) -> Mapping[str, Any]:
        """Metadata of the one materialization of ``asset``, as plain values."""
        (event,) = (
            event
            for event in self.result.get_asset_materialization_events()
            if event.asset_key == dg.AssetKey(asset)
        )
        found = event.materialization.metadata
        return {name: value.value for name, value in found.items()}

    @property
    def made(self) -> set[str]:
        """Names of the assets that were materialized."""
        events = self.result.get_asset_materialization_events()
        return {event.asset_key.path[-1] for event in events if event.asset_key}

    @property
    def failed_checks(self) -> dict[str, str]:
        """Why each asset check that failed did, by its name."""
        return {
            check.check_name: check.description or ""
            for check in self.result.get_asset_check_evaluations()
            if not check.passed
        }


@dataclass(frozen=True, slots=True)
class Studio:
    """Does what people and sensors do, one step at a time."""

    home: Path
    settings: Settings
    definitions: dg.Definitions
    instance: dg.DagsterInstance
    state: sa.Engine

    @property
    def inbox(self) -> Path:
        return self.home / "inbox" / NICHE

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    def drop(
        self,
        video: Path,
        *,
        name: str | bytes | None = None,
        sidecar: Mapping[str, object] | None = OWN,
        subtitles: str | None = None,
    ) -> Path:
        """Put a video, and what lies beside it, into the inbox; its own by default."""
        named = Path(os.fsdecode(name) if name else video.name)
        stem = named.name[: len(named.name) - len(named.suffix)]
        self.inbox.mkdir(parents=True, exist_ok=True)
        placed = [self.inbox / named]
        shutil.copyfile(video, placed[0])
        for ending, content in (
            (".json", json.dumps(sidecar) if sidecar is not None else None),
            (".srt", subtitles),
        ):
            if content is not None:
                placed.append(self.inbox / f"{stem}{ending}")
                placed[-1].write_text(content, encoding="utf-8")
        for path in placed:
            os.utime(path, (time.time() - _SETTLED_S, time.time() - _SETTLED_S))
        return placed[0]

    def scan(self) -> Ran:
        """One scan of the niche."""
        return self.run("scan_job", NICHE)

    def candidates(self) -> tuple[Candidate, ...]:
        with self.state.connect() as connection:
            return candidates_state.of_niche(connection, NICHE)

    def candidate(self, placed: Path) -> Candidate:
        """The candidate of the video that was put there."""
        (found,) = (row for row in self.candidates() if row.locator == str(placed))
        return found

    def add(self, video: Path, **beside: Any) -> str:
        """Key of the candidate that a scan makes of ``video``."""
        placed = self.drop(video, **beside)
        scanned = self.scan()
        assert scanned.success, scanned.failure
        return self.candidate(placed).candidate_key

    def vouch(self, key: str) -> None:
        """State a right to the candidate's video by hand."""
        now = datetime.now(UTC)
        statement = Statement(licence="LicenseRef-Own", evidence="filmed it", stated_by="Ada")
        with self.state.begin() as connection:
            record_right(connection, known_candidate(connection, key), statement, now=now)
            choose_candidates(connection, Niche(name=NICHE), now=now)

    def edit(self, key: str, *, recipe: str = "") -> Ran:
        """Make the candidate's clips and plan their posts."""
        ops = {"transform__edit_plan": {"config": {"recipe": recipe}}}
        return self.run("candidate_job", key, ops=ops)

    def clips(self, key: str) -> tuple[Clip, ...]:
        with self.state.connect() as connection:
            return clips_state.of_candidate(connection, key)

    def clip(self, key: str) -> Clip:
        """The candidate's only clip."""
        (found,) = self.clips(key)
        return found

    def approve(self, key: str) -> None:
        """Say yes to the candidate's clips as they are."""
        self._decide(self.clips(key), is_approved=True)

    def reject(self, key: str) -> None:
        """Say no to the candidate's clips as they are."""
        self._decide(self.clips(key), is_approved=False)

    def _decide(self, clips: Iterable[Clip], *, is_approved: bool) -> None:
        decision = Decision(is_approved=is_approved, decided_by="Ada", decided_at=datetime.now(UTC))
        with self.state.begin() as connection:
            for clip in clips:
                decide(connection, clip.content_sha256, decision)

    def publish(self, key: str) -> Ran:
        """Take the candidate's posts one step on."""
        return self.run("publish_job", key)

    def publications(self, key: str) -> tuple[Publication, ...]:
        with self.state.connect() as connection:
            return publications_state.of_candidate(connection, key)

    def publication(self, key: str) -> Publication:
        """The candidate's only row of the outbox."""
        (found,) = self.publications(key)
        return found

    def posts(self) -> list[Path]:
        """Every folder that a person may post from."""
        return sorted(
            folder
            for folder in (self.home / "published").glob("*/*")
            if not folder.name.startswith(".")
        )

    def report(self, name: str, content: str) -> None:
        """Put an export of a platform's studio where they are read."""
        self.reports.mkdir(exist_ok=True)
        (self.reports / name).write_text(content, encoding="utf-8")

    def measure(self, key: str) -> Ran:
        """Read the results of the candidate's posts."""
        return self.run("metrics_job", key)

    def sum_up(self) -> Ran:
        """How the niche did."""
        return self.run("performance_job", NICHE)

    def run(
        self,
        job: str,
        partition_key: str,
        *,
        ops: Mapping[str, object] | None = None,
        only: Sequence[dg.AssetKey] | None = None,
    ) -> Ran:
        """One run in this process, with the partition added first, as sensors and the UI do."""
        partitions = "niches" if job in {"scan_job", "performance_job"} else "candidates"
        self.instance.add_dynamic_partitions(partitions, [partition_key])
        result = self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=partition_key,
            raise_on_error=False,
            run_config=_QUIET | {"ops": dict(ops or {})},
            asset_selection=only,
        )
        return Ran(result)


@contextmanager
def open_studio(
    home: Path, state: sa.Engine, *, settings: Mapping[str, Any] | None = None, **overrides: object
) -> Generator[Studio]:
    """A studio that watches one niche, with ``overrides`` in place of resources of those keys.

    ``VIRAL_FORGE_HOME`` must name ``home`` already: plugins read it themselves.
    """
    url = state.url.render_as_string(hide_password=False)
    given = Settings(home=home, state_url=url, whisper_model="off", **(settings or {}))
    with state.begin() as connection:
        watch_niche(connection, Niche(name=NICHE), now=datetime.now(UTC))
    with dg.DagsterInstance.ephemeral() as instance:
        yield Studio(
            home=home,
            settings=given,
            definitions=build_definitions(given, **{"recipes": tiny_recipes(), **overrides}),
            instance=instance,
            state=state,
        )
