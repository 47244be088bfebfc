"""Writes what was rendered into state, and forgets what an edit has no more."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from viral_forge_assets.domain.edit_plan import EditPlan
from viral_forge_assets.provenance import artefact_of
from viral_forge_resources.contracts.media_ports import MediaReader
from viral_forge_resources.contracts.records import ArtefactKind, Clip
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import RenderedClip
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import clip_prints as clip_prints_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state


def record_clip(
    connection: sa.Connection, candidate_key: str, plan: EditPlan, rendered: RenderedClip
) -> None:
    """Write the clip and the files that people may look at into state."""
    clips_state.record(
        connection,
        Clip(
            candidate_key=candidate_key,
            number=rendered.number,
            content_sha256=rendered.video.sha256,
            storage_key=rendered.video.key,
            recipe=f"{plan.recipe}@{plan.recipe_version}",
            recipe_hash=plan.recipe_hash,
            plan_hash=rendered.plan_hash,
            source_sha256=plan.source_sha256,
            rights_id=plan.rights_id,
            duration_s=rendered.probe.duration_s,
            render_cpu_s=rendered.report.cpu_s,
            rendered_at=datetime.now(UTC),
            materials=plan.of_clip(rendered.number).materials,
        ),
    )
    for stored, kind, media_type in _files_of(rendered):
        artefacts_state.record(
            connection,
            artefact_of(
                stored,
                kind,
                candidate_key=candidate_key,
                media_type=media_type,
                clip_number=rendered.number,
            ),
        )


def remember_likeness(
    state: sa.Engine, storage: Storage, media: MediaReader, rendered: RenderedClip
) -> None:
    """Keep what the clip looks and sounds like, for as long as anybody may have posted it."""
    with state.connect() as connection:
        is_known = clip_prints_state.get(connection, rendered.video.sha256) is not None
    if is_known:
        return
    with storage.as_file(rendered.video.key) as clip:
        taken = media.likeness(clip, rendered.probe)
    with state.begin() as connection:
        clip_prints_state.save(connection, rendered.video.sha256, taken, now=datetime.now(UTC))


def forget_others(
    connection: sa.Connection, candidate_key: str, kept: Sequence[RenderedClip]
) -> None:
    """Drop clips and files of earlier renders that the candidate has no more.

    Their posts that wait are withdrawn; those that a platform may hold stay as they are.
    """
    numbers = [clip.number for clip in kept]
    clips_state.keep_only(connection, candidate_key, numbers)
    storage_keys = [stored.key for clip in kept for stored, _, _ in _files_of(clip)]
    artefacts_state.keep_only(connection, candidate_key, storage_keys)
    reason = "The edit plan has this clip no more."
    publications_state.withdraw_dropped(connection, candidate_key, numbers, reason=reason)


def _files_of(clip: RenderedClip) -> Iterator[tuple[StoredFile, ArtefactKind, str]]:
    yield clip.video, ArtefactKind.CLIP, "video/mp4"
    yield clip.sheet, ArtefactKind.CLIP_SHEET, "image/jpeg"
    yield clip.cover, ArtefactKind.COVER, "image/jpeg"
    yield clip.timeline, ArtefactKind.TIMELINE, "application/vnd.opentimelineio+json"
    if clip.subtitles is not None:
        yield clip.subtitles, ArtefactKind.SUBTITLES, "application/x-subrip"
