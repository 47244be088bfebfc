"""The edit plan: a recipe applied to one candidate, as a document that a renderer can follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from viral_forge_assets.domain.clip_times import cuts_in_clip, texts_in_clip
from viral_forge_assets.domain.inserts import Insert
from viral_forge_assets.domain.looks import Look
from viral_forge_assets.domain.moment_opinions import Opinion
from viral_forge_assets.domain.moments import Moment, choose_moments
from viral_forge_assets.domain.recipes import Preset, Recipe, recipe_hash
from viral_forge_assets.domain.reframing import ClipFormat, crop_loss
from viral_forge_assets.domain.sampling import sampled
from viral_forge_assets.domain.segments import segments_of
from viral_forge_assets.domain.side_bars import between_bars, frame_between_bars, shots_in
from viral_forge_assets.domain.variation import PlannedFilter, drawn_filters
from viral_forge_resources.contracts.hiding import Hiding
from viral_forge_resources.contracts.media import (
    Framing,
    FramingMode,
    InsertSpec,
    MediaProbe,
    RenderSpec,
    SceneMap,
    SoundLevel,
    Stretch,
    Transcript,
    Word,
)
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.sound import Soundtrack
from viral_forge_resources.contracts.works import Extra
from viral_forge_resources.documents import document_hash

_SLOWEST_KEPT, _FASTEST_KEPT = 23, 60
_USUAL_FPS = Fraction(30)
_HASH_LENGTH = 16
_ADJOINING_S = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPlan:
    """One clip to be.

    Attributes:
        number: 1 is the first clip of the candidate.
        segments: stretches of the source, in the order they are shown.
        filters: in the order they are applied, with what the recipe left open drawn.
        cuts_s: moments of the clip at which the picture jumps.
        texts: when the source's picture may show text in it; None: nobody looked for it.
        speech: when somebody speaks in it; None: nobody listened.
        soundtrack: music and effects that are heard besides; the extra ``soundtrack`` holds them.
        stems: the same, music and effects each in a file of its own, for editors.
        look: what its pictures decided; the grade of it stands among the filters.
        inserts: pictures of others over its own, in the order in which they are seen.
        hiding: how its faces are hidden; None: nobody asked for that.
        extras: further files that the clip is made of.
        materials: works of others that it holds besides the source.
        sound: None until the cut sound was measured, and for a source without a sound track.
        reasons: why these segments and this framing, for people.
        score: of the moment, in [0, 1].
    """

    number: int
    segments: tuple[Stretch, ...]
    framing: Framing
    fps: Fraction
    score: float
    filters: tuple[PlannedFilter, ...] = ()
    cuts_s: tuple[float, ...] = ()
    texts: tuple[Stretch, ...] | None = None
    speech: tuple[Stretch, ...] | None = None
    soundtrack: Soundtrack | None = None
    stems: tuple[Extra, ...] = ()
    reasons: tuple[str, ...] = ()
    look: Look | None = None
    inserts: tuple[Insert, ...] = ()
    hiding: Hiding | None = None
    extras: tuple[Extra, ...] = ()
    materials: tuple[Material, ...] = ()
    sound: SoundLevel | None = None

    @property
    def duration_s(self) -> float:
        """Length of the clip in seconds."""
        return sum(segment.duration_s for segment in self.segments)

    @property
    def is_silent(self) -> bool:
        """Whether what was measured of the cut sound counts as no sound."""
        return self.sound is not None and self.sound.gain_db is None

    def extra_named(self, name: str) -> Extra | None:
        """The extra of that name, where it has one."""
        return next((each for each in self.extras if each.name == name), None)

    @property
    def is_source_heard(self) -> bool:
        """Whether the cut sound is part of the clip, where the source has any."""
        return not self.is_silent and (self.sound is None or self.sound.is_heard)

    @property
    def is_mirrored(self) -> bool:
        """Whether left and right change places: never where text may be seen."""
        mirrors = [each for each in self.filters if each.name == "mirror"]
        return self.texts == () and sum(_is_enabled(each) for each in mirrors) % 2 == 1

    @property
    def frames(self) -> int:
        """How many pictures the clip has."""
        return max(round(self.duration_s * self.fps), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPlan:
    """What is made of one source, with all that the bytes depend on."""

    recipe: str
    recipe_version: int
    recipe_hash: str
    source_sha256: str
    rights_id: str
    width_px: int
    height_px: int
    has_captions: bool
    caption_style: str
    target_lufs: float
    crf: int
    preset: Preset
    clips: tuple[ClipPlan, ...]
    translate_to: str | None = None

    def of_clip(self, number: int) -> ClipPlan:
        """The plan of clip ``number``, which must be among them."""
        return next(clip for clip in self.clips if clip.number == number)


def plan_edit(
    recipe: Recipe,
    *,
    probe: MediaProbe,
    scene_map: SceneMap,
    transcript: Transcript,
    source_sha256: str,
    rights_id: str,
    source_name: str,
    opinion: Opinion | None = None,
) -> EditPlan:
    """``recipe`` applied to a source; its sound levels are still to be measured.

    Raises:
        BadInput: the source, known as ``source_name``, is too short for a clip.
    """
    moments = choose_moments(
        recipe,
        probe,
        scene_map,
        transcript,
        source_name=source_name,
        opinions=opinion.of_moments if opinion else None,
    )
    material = _Source(
        probe=probe,
        scene_map=scene_map,
        transcript=transcript,
        sha256=source_sha256,
        asked_in_vain=opinion.fallen_through if opinion else (),
    )
    clips = [
        _clip_plan(recipe, material, moment, number)
        for number, moment in enumerate(moments, start=1)
    ]
    return EditPlan(
        recipe=recipe.name,
        recipe_version=recipe.version,
        recipe_hash=recipe_hash(recipe),
        source_sha256=source_sha256,
        rights_id=rights_id,
        width_px=recipe.width_px,
        height_px=recipe.height_px,
        has_captions=recipe.has_captions,
        caption_style=recipe.caption_style,
        target_lufs=recipe.target_lufs,
        crf=recipe.crf,
        preset=recipe.preset,
        clips=tuple(clips),
        translate_to=recipe.translate_to,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    probe: MediaProbe
    scene_map: SceneMap
    transcript: Transcript
    sha256: str
    asked_in_vain: tuple[str, ...]


def _clip_plan(recipe: Recipe, source: _Source, moment: Moment, number: int) -> ClipPlan:
    cut = segments_of(moment, recipe, source.scene_map, source.transcript)
    framing, reasons = _framing(recipe, source.probe, source.scene_map, cut.segments)
    return ClipPlan(
        number=number,
        segments=cut.segments,
        framing=framing,
        fps=clip_fps(source.probe),
        score=moment.score,
        filters=drawn_filters(recipe.filters, recipe_hash(recipe), source.sha256, number),
        cuts_s=cuts_in_clip(source.scene_map, cut.segments),
        texts=texts_in_clip(source.scene_map, cut.segments),
        reasons=(
            *(f"asked in vain for an opinion: {each}" for each in source.asked_in_vain),
            *moment.reasons,
            *cut.reasons,
            *reasons,
        ),
    )


def with_sound(plan: EditPlan, levels: Mapping[int, SoundLevel]) -> EditPlan:
    """``plan`` with the sound level of each clip, by clip number; clips not named keep theirs."""
    clips = (replace(clip, sound=levels.get(clip.number, clip.sound)) for clip in plan.clips)
    return replace(plan, clips=tuple(clips))


def clip_fps(probe: MediaProbe) -> Fraction:
    """The source's own rate where it is constant and usual, exactly; else 30."""
    is_usual = _SLOWEST_KEPT <= probe.fps <= _FASTEST_KEPT
    return probe.fps if is_usual and not probe.is_variable_rate else _USUAL_FPS


def words_in_clip(words: Sequence[Word], segments: Sequence[Stretch]) -> tuple[Word, ...]:
    """Words of the source at their times in the clip, in the order they are heard there.

    A word at an edge is shortened, one that is cut away is gone, and one that loses its middle is
    still one word.
    """
    heard: list[Word] = []
    last: Word | None = None
    offset_s = 0.0
    for segment in segments:
        for word in words:
            part = _part_in_clip(word, segment, offset_s)
            if part is None:
                continue
            if word is last and part.start_s - heard[-1].end_s < _ADJOINING_S:
                heard[-1] = replace(heard[-1], end_s=part.end_s)
            else:
                heard.append(part)
            last = word
        offset_s += segment.duration_s
    return tuple(heard)


def render_spec(
    plan: EditPlan,
    clip: ClipPlan,
    probe: MediaProbe,
    *,
    source_filters: tuple[str, ...],
    frame_filters: tuple[str, ...],
    inserts: tuple[InsertSpec, ...] = (),
) -> RenderSpec:
    """Everything the renderer needs for ``clip``; filters come as FFmpeg chains."""
    made_by = f"{plan.recipe}@{plan.recipe_version}+{plan.recipe_hash}"
    return RenderSpec(
        segments=clip.segments,
        width_px=plan.width_px,
        height_px=plan.height_px,
        fps=clip.fps,
        framing=clip.framing,
        source_filters=source_filters,
        frame_filters=frame_filters,
        inserts=inserts,
        gain_db=clip.sound.gain_db if clip.sound else None,
        soundtrack_db=clip.sound.soundtrack_db if clip.sound else None,
        has_sound=bool(probe.audio_channels) and clip.is_source_heard,
        is_hdr=probe.is_hdr,
        hiding=clip.hiding if clip.hiding and clip.hiding.faces else None,
        crf=plan.crf,
        preset=plan.preset,
        comment=f"recipe={made_by} source={plan.source_sha256} rights={plan.rights_id}",
        compared=sampled(clip.duration_s, clip.fps),
    )


def plan_hash(plan: EditPlan, clip: ClipPlan) -> str:
    """16 hex digits for all that the bytes of ``clip`` depend on, without the other clips."""
    # Grade and captions hold what a look decides; who decided it changes no byte.
    bare = replace(clip, score=0.0, reasons=(), look=None, stems=())
    return document_hash(replace(plan, clips=(bare,)))[:_HASH_LENGTH]


def _is_enabled(planned: PlannedFilter) -> bool:
    return bool(planned.parameters.get("enabled", True))


def _framing(
    recipe: Recipe, probe: MediaProbe, scene_map: SceneMap, segments: Sequence[Stretch]
) -> tuple[Framing, tuple[str, ...]]:
    """The framing and why it is this one."""
    mode = recipe.framing
    bars = between_bars(shots_in(scene_map.shots, segments), probe)
    seen = bars.probe(probe) if bars else probe
    loss = crop_loss(seen, width_px=recipe.width_px, height_px=recipe.height_px)
    why = f"{mode.value}: as the recipe says"
    if mode is FramingMode.CROP and loss > recipe.max_crop:
        mode = FramingMode.FIT
        why = f"fit: a crop would lose {loss:.0%} of the picture, above {recipe.max_crop:.0%}"
    elif mode is FramingMode.CROP:
        why = f"crop: loses {loss:.0%} of the picture{' between its bars' if bars else ''}"
    clip = ClipFormat(width_px=recipe.width_px, height_px=recipe.height_px, fps=clip_fps(probe))
    reframing = frame_between_bars(probe, scene_map, segments, clip=clip, mode=mode)
    return reframing.framing, (why, *reframing.reasons)


def _part_in_clip(word: Word, segment: Stretch, offset_s: float) -> Word | None:
    start_s = max(word.start_s, segment.start_s)
    end_s = min(word.end_s, segment.end_s)
    is_instant = word.start_s == word.end_s and segment.start_s <= word.start_s < segment.end_s
    if end_s <= start_s and not is_instant:
        return None
    shift_s = offset_s - segment.start_s
    return replace(word, start_s=max(start_s + shift_s, 0.0), end_s=end_s + shift_s)
