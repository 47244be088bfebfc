"""The whole chain on one video, in one instance: what ``make demo`` runs."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.approval import Decision, decide
from viral_forge_assets.clearance import Statement, record_right
from viral_forge_assets.failures import why_failed
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.errors import BadInput, Permanent, printable
from viral_forge_resources.contracts.publishing import Publication, PublicationState
from viral_forge_resources.contracts.records import Artefact, Candidate, CandidateStatus, Clip
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.contracts.speech import Voice
from viral_forge_resources.media.sample import make_sample
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state

NICHE = Niche(name="demo")
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_SIDECAR_ENDINGS = (".json", ".srt", ".vtt")
_SETTLED_S = 60  # a file that changed a moment ago may still be growing: a scan leaves it alone


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoResult:
    """What the demo made."""

    candidate: Candidate
    clips: tuple[Clip, ...]
    publications: tuple[Publication, ...]
    artefacts: tuple[Artefact, ...]
    wall_s: float


@dataclass(frozen=True, slots=True)
class Demo:
    """Runs the jobs one after the other, as sensors would.

    Attributes:
        inbox: the inbox scanner's folder.
        say: told each step, for the terminal.
    """

    definitions: dg.Definitions
    instance: dg.DagsterInstance
    state: sa.Engine
    inbox: Path
    say: Callable[[str], None]

    def run(
        self, video: Path | None, *, voice: Voice, licence: str, is_approved: bool
    ) -> DemoResult:
        """The chain's result on ``video``, or on a sample of our own making.

        Raises:
            Permanent: the video cannot or may not be used, or a job failed; says why.
        """
        started = time.monotonic()
        candidate = self.shortlist(video, voice=voice, licence=licence)
        key = candidate.candidate_key
        self._edit_and_post(candidate, is_approved=is_approved)
        self.run_job("metrics_job", key)
        self.run_job("performance_job", NICHE.name)
        return self._result(key, time.monotonic() - started)

    def shortlist(self, video: Path | None, *, voice: Voice, licence: str) -> Candidate:
        """The candidate that a scan makes of ``video``, or of a sample of our own making."""
        with self.state.begin() as connection:
            watch_niche(connection, NICHE, now=datetime.now(UTC))
        placed = self._place(video, voice)
        self.instance.add_dynamic_partitions("niches", [NICHE.name])
        self.run_job("scan_job", NICHE.name)
        candidate = self._candidate(placed)
        if candidate.status is CandidateStatus.REFUSED and video is not None:
            candidate = self._vouch(candidate, licence)
        return candidate

    def _place(self, video: Path | None, voice: Voice) -> Path:
        """The video in the niche's inbox, with what lies beside it."""
        folder = self.inbox / NICHE.name
        folder.mkdir(parents=True, exist_ok=True)
        if video is None:
            self.say("making a sample video")
            made = make_sample(folder, voice)
            placed = [made.video, made.subtitles, made.sidecar]
        else:
            self.say(f"taking {printable(video.name)}")
            placed = _copy(video, folder)
        for path in placed:
            settled = time.time() - _SETTLED_S
            os.utime(path, (settled, settled))
        return placed[0]

    def run_job(self, name: str, partition_key: str) -> None:
        """Run one job in this process.

        Raises:
            Permanent: it failed; says why.
        """
        self.say(f"{name} {partition_key}")
        result = self.definitions.resolve_job_def(name).execute_in_process(
            instance=self.instance,
            partition_key=partition_key,
            raise_on_error=False,
            run_config=_QUIET,
        )
        if not result.success:
            raise Permanent(why_failed(result.all_events))

    def _candidate(self, placed: Path) -> Candidate:
        with self.state.connect() as connection:
            for status in CandidateStatus:
                for row in candidates_state.with_status(connection, status, niche=NICHE.name):
                    if Path(row.locator) == placed.absolute():
                        return row
        raise BadInput(
            placed.name,
            reason="is no video that the inbox takes: by its name it is something else",
            remedy="Give a video file, such as .mp4, .mov, .mkv or .webm.",
        )

    def _vouch(self, candidate: Candidate, licence: str) -> Candidate:
        """The candidate after the person at the terminal stated the right to it."""
        user = getuser()
        self.say(f"recording that {user} vouches for the right to it, as {licence}")
        statement = Statement(
            licence=licence,
            evidence=f"{user} ran the demo on this file and named the licence there",
            stated_by=user,
        )
        now = datetime.now(UTC)
        with self.state.begin() as connection:
            record_right(connection, candidate, statement, now=now)
            choose_candidates(connection, NICHE, now=now)
            decided = candidates_state.get(connection, candidate.candidate_key)
        return decided or candidate

    def _edit_and_post(self, candidate: Candidate, *, is_approved: bool) -> None:
        if candidate.status is CandidateStatus.REFUSED:
            raise Permanent(f"{candidate.reason}. To clear it: {candidate.remedy}")
        key = candidate.candidate_key
        self.instance.add_dynamic_partitions("candidates", [key])
        self.run_job("candidate_job", key)
        if is_approved:
            decision = Decision(
                is_approved=True,
                decided_by=getuser(),
                decided_at=datetime.now(UTC),
                note="viral-forge demo --yes",
            )
            with self.state.begin() as connection:
                for clip in clips_state.of_candidate(connection, key):
                    decide(connection, clip.content_sha256, decision)
        self.run_job("publish_job", key)
        if self._is_due(key):  # it was looked for after a lost answer, and is not there
            self.run_job("publish_job", key)

    def _is_due(self, key: str) -> bool:
        now = datetime.now(UTC)
        with self.state.connect() as connection:
            rows = publications_state.of_candidate(connection, key)
        return any(row.state is PublicationState.APPROVED and row.due_at <= now for row in rows)

    def _result(self, key: str, wall_s: float) -> DemoResult:
        with self.state.connect() as connection:
            candidate = candidates_state.get(connection, key)
            if candidate is None:
                raise Permanent(f"{key} vanished from the state database")
            return DemoResult(
                candidate=candidate,
                clips=clips_state.of_candidate(connection, key),
                publications=publications_state.of_candidate(connection, key),
                artefacts=artefacts_state.of_candidate(connection, key),
                wall_s=wall_s,
            )


def _copy(video: Path, folder: Path) -> list[Path]:
    if not video.is_file():
        raise BadInput(
            str(video), reason="is no file", remedy="Give VIDEO= the path of a video file."
        )
    beside = [video.with_suffix(ending) for ending in _SIDECAR_ENDINGS]
    beside += [video.with_name(video.name + ending) for ending in _SIDECAR_ENDINGS]
    placed = []
    for source in [video, *(path for path in beside if _is_there(path))]:
        partial = folder / f".{os.getpid()}.part"  # not named after it: a name may fill 255 bytes
        shutil.copyfile(source, partial)
        placed.append(partial.replace(folder / source.name))
    return placed


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # the name with its ending is too long to be one
        return False
