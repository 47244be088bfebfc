"""Plans, renders and checks one candidate's clips; reuses what was made of the same things."""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from posixpath import dirname, relpath
from typing import Protocol
from urllib.parse import quote

from viral_forge_assets.domain.clip_context import filter_context
from viral_forge_assets.domain.edit_plan import (
    ClipPlan,
    EditPlan,
    plan_edit,
    plan_hash,
    render_spec,
    with_sound,
)
from viral_forge_assets.domain.insert_plans import insert_specs
from viral_forge_assets.domain.interchange import Media, timeline_of
from viral_forge_assets.domain.moment_opinions import Opinion
from viral_forge_assets.domain.recipes import Recipe, recipe_hash
from viral_forge_assets.domain.soundtrack import SOUNDTRACK
from viral_forge_assets.domain.variation import extremes
from viral_forge_assets.filters._compose import filter_chains, open_filter
from viral_forge_assets.provenance import keep, kept, load, made_from
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.media import SceneMap, SoundLevel, Transcript
from viral_forge_resources.contracts.media_ports import MediaReader, ProgressCallback, Renderer
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import (
    CaptionTrack,
    ClipCaptions,
    RenderedClip,
    SourceFile,
)
from viral_forge_resources.documents import document_hash

EDIT_PLAN_VERSION = 12
RENDER_VERSION = 7


Paid = Callable[[int, float], AbstractContextManager[None]]
"""From a clip's number and length to what its render is paid in."""


def free(clip_number: int, duration_s: float) -> AbstractContextManager[None]:
    """Nobody asks what a render costs."""
    return nullcontext()


def chosen_recipe(recipes: Mapping[str, Recipe], name: str) -> Recipe:
    """The recipe ``name``.

    Raises:
        BadInput: there is none of that name; says which there are.
    """
    if name not in recipes:
        raise BadInput(
            name, reason="names no recipe", remedy=f"There are: {', '.join(sorted(recipes))}."
        )
    return recipes[name]


def recipe_for(recipe: Recipe, niche: Niche) -> Recipe:
    """``recipe`` with what the niche wants otherwise: another language makes another recipe."""
    wanted = niche.policy.translate_to
    return recipe if wanted is None else replace(recipe, translate_to=wanted)


def refuse_wrong_filters(recipe: Recipe) -> None:
    """Do nothing where every filter takes all that the recipe may draw for it.

    Raises:
        Misconfigured: no filter has a name that the recipe uses.
        BadInput: a parameter is unknown, or may come out of range.
    """
    for planned in extremes(recipe.filters):
        open_filter(planned.name, planned.parameters)


def insert_chains(plan: EditPlan, clip: ClipPlan) -> dict[str, tuple[str, ...]]:
    """By insert, the recipe's filters for the source's picture, so that both are of one style.

    Not the grade of a look: it mends the light of the source, and an insert has its own.
    """
    of_look = clip.look.filter if clip.look else None
    planned = [(each.name, each.parameters) for each in clip.filters if each != of_look]
    context = replace(filter_context(plan, clip), source_width_px=plan.width_px, texts=None)
    return {
        each.name: filter_chains(planned, replace(context, of=each.name)).source
        for each in clip.inserts
    }


class Dresser(Protocol):
    """Adds to a plan what is found outside of the source, such as inserts."""

    def origin(self, recipe: Recipe) -> str | None:
        """What its work depends on besides recipe and source; None where none is asked for."""

    def stands(self, plan: EditPlan) -> bool:
        """Whether what it gave the plan before may stay."""

    def dress(self, plan: EditPlan, recipe: Recipe, source: SourceFile) -> EditPlan:
        """``plan`` with what it adds; its sound is measured afterwards."""


class Judge(Protocol):
    """Has an opinion of the moments of a source."""

    def origin(self) -> str | None:
        """Who it is, as what it thinks depends on that; None where nobody is asked."""

    def opinion(
        self, recipe: Recipe, source: SourceFile, scenes: SceneMap, transcript: Transcript
    ) -> Opinion:
        """What it thinks."""


@dataclass(frozen=True, slots=True)
class CuttingRoom:
    """Works on one candidate's clips with what earlier stages left in storage."""

    key: CandidateKey
    storage: Storage
    renderer: Renderer

    def source(self) -> SourceFile:
        """The source video as it was stored."""
        document = self.key.storage_key("source", "probe.json")
        return load(self.storage, document, SourceFile, made_by="source_video")

    def planned(self) -> EditPlan:
        """The edit plan as it was stored."""
        return load(self.storage, self._plan_key(), EditPlan, made_by="edit_plan")

    def plan(
        self, recipe: Recipe, *, dressers: Sequence[Dresser] = (), judge: Judge | None = None
    ) -> tuple[EditPlan, StoredFile]:
        """The recipe applied to this candidate, sound measured; stored, and where.

        A plan that was made stays, also where its judge did not answer then and would now.
        """
        source = self.source()
        scenes = load(
            self.storage,
            self.key.storage_key("transform", "scene_map.json"),
            SceneMap,
            made_by="scene_map",
        )
        transcript = load(
            self.storage,
            self.key.storage_key("captions", "transcript.json"),
            Transcript,
            made_by="transcript",
        )
        origin = made_from(
            recipe=recipe_hash(recipe),
            source=source.video.sha256,
            scenes=document_hash(scenes),
            transcript=document_hash(transcript),
            rights=source.rights_id,
            dressing=" ".join(filter(None, (each.origin(recipe) for each in dressers))) or None,
            judge=judge.origin() if judge else None,
            version=EDIT_PLAN_VERSION,
        )
        plan = kept(self.storage, self._plan_key(), EditPlan, origin=origin)
        if plan is None or not all(each.stands(plan) for each in dressers):
            refuse_wrong_filters(recipe)
            opinion = judge.opinion(recipe, source, scenes, transcript) if judge else Opinion()
            plan = plan_edit(
                recipe,
                probe=source.probe,
                scene_map=scenes,
                transcript=transcript,
                source_sha256=source.video.sha256,
                rights_id=source.rights_id,
                source_name=source.name,
                opinion=opinion,
            )
            for each in dressers:
                plan = each.dress(plan, recipe, source)
            plan = with_sound(plan, self._sound_levels(plan, source))
        return plan, keep(self.storage, self._plan_key(), plan, origin=origin)

    def _plan_key(self) -> str:
        return self.key.storage_key("transform", "edit_plan.json")

    def _sound_levels(self, plan: EditPlan, source: SourceFile) -> dict[int, SoundLevel]:
        has_sound = bool(source.probe.audio_channels)
        levels: dict[int, SoundLevel] = {}
        for clip in plan.clips:
            if not has_sound and clip.soundtrack is None:
                continue
            with ExitStack() as open_files, _known_as(source.name):
                mixed = clip.extra_named(SOUNDTRACK)
                levels[clip.number] = self.renderer.sound_level(
                    open_files.enter_context(self.storage.as_file(source.video.key)),
                    clip.segments,
                    target_lufs=plan.target_lufs,
                    has_sound=has_sound,
                    soundtrack=open_files.enter_context(self.storage.as_file(mixed.file.key))
                    if mixed
                    else None,
                )
        return levels

    def rendered(self, clip: ClipPlan) -> RenderedClip:
        """The finished clip as it was stored."""
        return load(
            self.storage, self._clip_key(clip, ".json"), RenderedClip, made_by="rendered_clips"
        )

    def _clip_key(self, clip: ClipPlan, ending: str) -> str:
        return self.key.storage_key("transform", f"clip-{clip.number}{ending}")

    def render(
        self,
        clip: ClipPlan,
        media: MediaReader,
        scratch: Path,
        *,
        on_progress: ProgressCallback,
        paid: Paid = free,
    ) -> tuple[RenderedClip, bool]:
        """The finished clip in storage, and whether an earlier run had made it.

        What has to be rendered is rendered inside of ``paid``, which may refuse.
        """
        plan, document = self.planned(), self._clip_key(clip, ".json")
        captions = load(
            self.storage,
            self.key.storage_key("captions", "caption_track.json"),
            CaptionTrack,
            made_by="caption_track",
        ).of_clip(clip.number)
        origin = made_from(
            plan=plan_hash(plan, clip),
            captions=captions.ass.sha256 if captions.ass else None,
            build=self.renderer.build(),
            version=RENDER_VERSION,
        )
        rendered = kept(self.storage, document, RenderedClip, origin=origin)
        if rendered and self.storage.size_bytes(rendered.video.key) == rendered.video.size_bytes:
            return rendered, True
        with paid(clip.number, clip.duration_s):
            rendered = self._make(plan, clip, captions, media, scratch, on_progress)
        keep(self.storage, document, rendered, origin=origin)
        return rendered, False

    def _make(
        self,
        plan: EditPlan,
        clip: ClipPlan,
        captions: ClipCaptions,
        media: MediaReader,
        scratch: Path,
        on_progress: ProgressCallback,
    ) -> RenderedClip:
        source = self.source()
        chains = filter_chains(
            [(planned.name, planned.parameters) for planned in clip.filters],
            filter_context(plan, clip),
        )
        spec = render_spec(
            plan,
            clip,
            source.probe,
            source_filters=chains.source,
            frame_filters=chains.frame,
            inserts=insert_specs(clip, insert_chains(plan, clip)),
        )
        target = scratch / f"clip-{clip.number}.mp4"
        with ExitStack() as open_files, _known_as(source.name):
            report = self.renderer.render(
                open_files.enter_context(self.storage.as_file(source.video.key)),
                target,
                spec=spec,
                captions=open_files.enter_context(self.storage.as_file(captions.ass.key))
                if captions.ass
                else None,
                on_progress=on_progress,
                extras={
                    extra.name: open_files.enter_context(self.storage.as_file(extra.file.key))
                    for extra in clip.extras
                },
            )
        sheet, cover = target.with_suffix(".sheet.jpg"), target.with_suffix(".cover.jpg")
        media.contact_sheet(target, sheet, title=f"{source.name} · clip {clip.number}")
        media.cover(target, cover)
        return RenderedClip(
            number=clip.number,
            plan_hash=plan_hash(plan, clip),
            sheet=self.storage.put_file(sheet, self._clip_key(clip, "-sheet.jpg")),
            cover=self.storage.put_file(cover, self._clip_key(clip, "-cover.jpg")),
            video=self.storage.put_file(target, self._clip_key(clip, ".mp4")),
            probe=media.probe(target, name=target.name),
            report=report,
            subtitles=captions.srt,
            timeline=self._put_timeline(plan, clip, source, captions),
        )

    def _put_timeline(
        self, plan: EditPlan, clip: ClipPlan, source: SourceFile, captions: ClipCaptions
    ) -> StoredFile:
        """The edit for other programs, beside the clip; the source is named as seen from there."""
        key = self._clip_key(clip, ".otio")
        text = timeline_of(
            plan,
            clip,
            probe=source.probe,
            media=Media(
                source=source.video.key,
                url_of=lambda stored: quote(relpath(stored, start=dirname(key))),
            ),
            source_name=source.name,
            captions=captions.shown,
        )
        return self.storage.put_bytes(text.encode(), key)


@contextmanager
def _known_as(name: str) -> Generator[None]:
    """Inside, errors about the stored source name the file that people know."""
    try:
        yield
    except BadInput as error:
        raise BadInput(name, reason=error.reason, remedy=error.remedy) from error
