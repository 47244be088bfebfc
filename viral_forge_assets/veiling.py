"""Hides faces in planned clips: looks for them on every picture, and stores where they are."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.face_tracks import face_tracks
from viral_forge_assets.domain.hiding import (
    cell_px,
    hidden_boxes,
    hidden_tracks,
    most_at_once,
    numbered_faces,
    spared_faces,
)
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.provenance import load, made_from
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import MASK, FaceLook, Hiding
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import SceneMap
from viral_forge_resources.contracts.media_ports import MediaReader, ProgressCallback
from viral_forge_resources.contracts.sight import Box
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.works import Extra, SourceFile

_DIGITS = 16
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Veiler:
    """Hides faces in one candidate's clips, as an editor's ``Dresser``.

    Attributes:
        shown: numbers of the faces that stay to be seen.
    """

    key: CandidateKey
    storage: Storage
    media: MediaReader
    scratch: Path
    on_progress: ProgressCallback
    shown: tuple[int, ...] = ()

    def origin(self, recipe: Recipe) -> str | None:
        """What its work depends on besides recipe and source; None where none is asked for."""
        if recipe.faces is None:
            return None
        return made_from(version=_VERSION, sight=self.media.sight(), shown=str(self.shown))

    def stands(self, plan: EditPlan) -> bool:
        """Whether the masks that it stored are still there."""
        masks = (extra.file for clip in plan.clips for extra in clip.extras if extra.name == MASK)
        return all(self.storage.size_bytes(mask.key) == mask.size_bytes for mask in masks)

    def dress(self, plan: EditPlan, recipe: Recipe, source: SourceFile) -> EditPlan:
        """``plan`` with what hides the faces that the recipe says, save those of ``shown``.

        Raises:
            BadInput: ``shown`` names a face that is not known, or that the recipe does not spare;
                or the source has no picture where a clip shows it.
            Misconfigured: nobody can look for faces.
        """
        if recipe.faces is None:
            return plan
        rule = recipe.faces
        document = self.key.storage_key("transform", "scene_map.json")
        scenes = load(self.storage, document, SceneMap, made_by="scene_map")
        known = numbered_faces(scenes)
        spared = spared_faces(rule, self.shown, known)
        clips = []
        with self.storage.as_file(source.video.key) as path:
            for clip in plan.clips:
                looks = self._looks(path, source, clip)
                tracks = hidden_tracks(face_tracks(looks, scenes.shots), spared, known)
                hiding = Hiding(
                    veil=rule.how,
                    cell_px=cell_px(tracks),
                    faces=len(tracks),
                    shown=tuple(each.number for each in spared),
                    shown_at_once=most_at_once(spared),
                )
                masks = hidden_boxes(tracks, clip.segments, clip.fps)
                clips.append(self._masked(clip, hiding, masks, source))
        return replace(plan, clips=tuple(clips))

    def _looks(self, path: Path, source: SourceFile, clip: ClipPlan) -> tuple[FaceLook, ...]:
        try:
            return self.media.find_faces(
                path, source.probe, clip.segments, on_progress=self.on_progress
            )
        except BadInput as error:  # it names the stored file
            raise BadInput(source.name, reason=error.reason, remedy=error.remedy) from error

    def _masked(
        self,
        clip: ClipPlan,
        hiding: Hiding,
        masks: Sequence[Sequence[Box]],
        source: SourceFile,
    ) -> ClipPlan:
        if not hiding.faces:
            return replace(clip, hiding=hiding, reasons=(*clip.reasons, _told(hiding)))
        made = self.scratch / f"clip-{clip.number}-faces.mkv"
        size_px = (source.probe.width_px, source.probe.height_px)
        self.media.write_mask(masks, made, size_px=size_px, fps=clip.fps)
        digest = hashlib.sha256(made.read_bytes()).hexdigest()[:_DIGITS]
        stored = self.storage.put_file(
            made, self.key.storage_key("transform", f"faces-{digest}.mkv")
        )
        made.unlink()
        return replace(
            clip,
            hiding=hiding,
            extras=(*clip.extras, Extra(name=MASK, file=stored)),
            reasons=(*clip.reasons, _told(hiding)),
        )


def _told(hiding: Hiding) -> str:
    spared = f", all but {', '.join(map(str, hiding.shown))}" if hiding.shown else ""
    return f"faces: {hiding.faces} hidden ({hiding.veil.value}{spared})"
