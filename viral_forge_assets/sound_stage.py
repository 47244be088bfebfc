"""Gives the clips of a plan the music and the effects that its recipe asks for."""

from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from viral_forge_assets.domain.clip_context import filter_context
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.soundtrack import (
    SOUNDTRACK,
    Choice,
    MusicOffer,
    choose_track,
    effect_cues,
    music_cue,
    parts_of,
    soundtrack_of,
)
from viral_forge_assets.domain.speech_times import music_in_clip, speech_in_clip
from viral_forge_assets.filters._compose import accents_of
from viral_forge_assets.provenance import load
from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import SceneMap, Transcript
from viral_forge_resources.contracts.media_ports import Renderer
from viral_forge_resources.contracts.sound import EffectCue, Soundtrack, Track
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import Extra, SourceFile
from viral_forge_resources.documents import document_hash

_SOUNDTRACK_VERSION = 2
"""Rises with every change that makes another sound of the same soundtrack, or other files."""

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundStage:
    """Works on the sound of one candidate's clips.

    Attributes:
        offer: the music that may be used.
        source_licence: SPDX id of the right to the source; empty where none is known.
    """

    key: CandidateKey
    storage: Storage
    renderer: Renderer
    offer: MusicOffer
    source_licence: str = ""

    def origin(self, recipe: Recipe) -> str | None:
        """What its work depends on besides recipe and source."""
        if recipe.music is None and recipe.effects is None:
            return None
        music = f"{self.offer.fingerprint} {self.source_licence}" if recipe.music else ""
        return f"sound {_SOUNDTRACK_VERSION} {music}"

    def stands(self, plan: EditPlan) -> bool:
        """Whether all that was mixed for the plan is still stored."""
        mixed = [
            extra.file
            for clip in plan.clips
            for extra in (clip.extra_named(SOUNDTRACK), *clip.stems)
            if extra
        ]
        return all(self.storage.size_bytes(file.key) == file.size_bytes for file in mixed)

    def dress(self, plan: EditPlan, recipe: Recipe, source: SourceFile) -> EditPlan:
        """``plan`` with the times of speech, and with music and effects as stored files.

        Raises:
            BadInput: a track that was chosen cannot be read, or is silent.
        """
        del source
        transcript, sound = self._heard()
        clips = []
        for clip in plan.clips:
            told = replace(clip, speech=speech_in_clip(transcript, sound, clip.segments))
            choice = self._choice(plan, clip, recipe, music_in_clip(sound, clip.segments))
            clips.append(self._mixed(told, recipe, choice, _effects(plan, told, recipe)))
        dressed = replace(plan, clips=tuple(clips))
        self._forget_others(dressed)
        return dressed

    def _heard(self) -> tuple[Transcript, SoundMap | None]:
        transcript = self.key.storage_key("captions", "transcript.json")
        scenes = self.key.storage_key("transform", "scene_map.json")
        return (
            load(self.storage, transcript, Transcript, made_by="transcript"),
            load(self.storage, scenes, SceneMap, made_by="scene_map").sound,
        )

    def _choice(
        self, plan: EditPlan, clip: ClipPlan, recipe: Recipe, own_music: float
    ) -> Choice | None:
        if recipe.music is None:
            return None
        reason = ("music", plan.recipe_hash, plan.source_sha256, clip.number)
        offer = self.offer.beside([self.source_licence, *(each.licence for each in clip.inserts)])
        return choose_track(recipe.music, offer, *reason, own_music=own_music)

    def _mixed(
        self,
        clip: ClipPlan,
        recipe: Recipe,
        choice: Choice | None,
        effects: tuple[EffectCue, ...],
    ) -> ClipPlan:
        duration_s = float(clip.frames / clip.fps)
        track = choice.track if choice else None
        music = None
        if track is not None and recipe.music is not None:
            music = music_cue(recipe.music, track, duration_s=duration_s, speech=clip.speech)
        soundtrack = soundtrack_of(duration_s=duration_s, music=music, effects=effects)
        told = replace(clip, reasons=(*clip.reasons, *([choice.why] if choice else [])))
        if soundtrack is None:
            return told
        mix = Extra(name=SOUNDTRACK, file=self._stored(soundtrack, track))
        return replace(
            told,
            soundtrack=soundtrack,
            stems=self._stems(soundtrack, track, mix.file),
            extras=(*clip.extras, mix),
            materials=(*clip.materials, *([track.work] if track else [])),
        )

    def _stems(
        self, soundtrack: Soundtrack, track: Track | None, mix: StoredFile
    ) -> tuple[Extra, ...]:
        return tuple(
            Extra(name=name, file=mix if part == soundtrack else self._stored(part, track))
            for name, part in parts_of(soundtrack).items()
        )

    def _stored(self, soundtrack: Soundtrack, track: Track | None) -> StoredFile:
        name = document_hash((soundtrack, _SOUNDTRACK_VERSION))[:_ID_DIGITS]
        with TemporaryDirectory() as scratch:
            file = Path(scratch) / "soundtrack.flac"
            music = track.path if track and soundtrack.music else None
            self.renderer.compose(soundtrack, file, track=music)
            key = self.key.storage_key("transform", f"{SOUNDTRACK}-{name}.flac")
            return self.storage.put_file(file, key)

    def _forget_others(self, plan: EditPlan) -> None:
        kept = {extra.file.key for clip in plan.clips for extra in (*clip.extras, *clip.stems)}
        for key in self.storage.keys(self.key.storage_key("transform", f"{SOUNDTRACK}-")):
            if key not in kept:
                self.storage.delete(key)


def _effects(plan: EditPlan, clip: ClipPlan, recipe: Recipe) -> tuple[EffectCue, ...]:
    if recipe.effects is None:
        return ()
    planned = [(each.name, each.parameters) for each in clip.filters]
    moments_s = accents_of(planned, filter_context(plan, clip))
    reason = (plan.recipe_hash, plan.source_sha256, clip.number)
    return effect_cues(recipe.effects, moments_s, *reason, speech=clip.speech)
