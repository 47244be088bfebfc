"""Checks one finished clip against its plan, its words and what is seen in it."""

from dataclasses import dataclass
from pathlib import Path

from viral_forge_assets.domain.caption_checks import Shown, check_captions
from viral_forge_assets.domain.caption_words import cleaned, in_order
from viral_forge_assets.domain.clip_checks import check_clip
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_assets.in_the_way import obstacles_in
from viral_forge_assets.provenance import T, load
from viral_forge_resources.contracts.hiding import FaceLook
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import SceneMap, Stretch, Transcript
from viral_forge_resources.contracts.media_ports import MediaReader, Renderer
from viral_forge_resources.contracts.records import CheckResult
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.works import (
    CaptionTrack,
    ClipCaptions,
    RenderedClip,
    SourceFile,
)

_MOST_LETTERS = 5


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Looks at one candidate's clips with what earlier stages left in storage."""

    key: CandidateKey
    storage: Storage
    renderer: Renderer
    media: MediaReader

    def check(
        self, plan: EditPlan, clip: ClipPlan, rendered: RenderedClip
    ) -> tuple[CheckResult, ...]:
        """What each check says of the stored clip."""
        with self.storage.as_file(rendered.video.key) as path:
            facts = self.renderer.inspect(path)
            looks = self._looks(path, clip, rendered)
        checks = check_clip(
            facts,
            plan=plan,
            clip=clip,
            content_sha256=rendered.video.sha256,
            report=rendered.report,
            looks=looks,
        )
        return (*checks, *check_captions(self._shown(plan, clip)))

    def _looks(self, path: Path, clip: ClipPlan, rendered: RenderedClip) -> tuple[FaceLook, ...]:
        """The finished clip's pictures searched for faces, where none is to be seen."""
        if clip.hiding is None:
            return ()
        whole = Stretch(start_s=0.0, end_s=rendered.probe.duration_s)
        return self.media.find_faces(path, rendered.probe, [whole], on_progress=lambda _share: None)

    def _shown(self, plan: EditPlan, clip: ClipPlan) -> Shown:
        """The clip's captions, and what they are to go with and to keep clear of."""
        track = self._load("captions", "caption_track", CaptionTrack)
        scenes = self._load("transform", "scene_map", SceneMap)
        transcript = self._load("captions", "transcript", Transcript)
        source = self._load("source", "probe", SourceFile, made_by="source_video")
        captions = track.of_clip(clip.number)
        frame = Frame(width_px=plan.width_px, height_px=plan.height_px)
        heard = words_in_clip(transcript.words, clip.segments)
        if captions.language not in {None, transcript.language}:
            # A translation says the same in other words, at times of its own.
            heard = tuple(word for each in captions.shown for word in each.words)
        words = cleaned(heard, lambda _text: captions.missing_characters).words
        return Shown(
            captions=captions.shown,
            words=tuple(in_order(words)) if plan.has_captions else (),
            frame=frame,
            obstacles=obstacles_in(plan, clip, scenes=scenes, probe=source.probe),
            none_because=_why_none(plan, track, captions),
            unseen=tuple(filter(None, (scenes.no_faces_because, scenes.no_texts_because))),
        )

    def _load(self, group: str, name: str, kind: type[T], *, made_by: str = "") -> T:
        document = self.key.storage_key(group, f"{name}.json")
        return load(self.storage, document, kind, made_by=made_by or name)


def _why_none(plan: EditPlan, track: CaptionTrack, captions: ClipCaptions) -> str:
    """Why a clip without captions has none, for people."""
    if not plan.has_captions:
        return "the recipe wants no captions"
    if captions.missing_characters:
        letters = " ".join(captions.missing_characters[:_MOST_LETTERS])
        return (
            f"no font draws what is said, such as {letters}:"
            " name folders of fonts that do in VIRAL_FORGE_FONT_FOLDERS"
        )
    return track.note or "nothing is said in it"
