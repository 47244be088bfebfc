"""Stage 4, by candidate: what is in the picture, how it will be cut, and the finished clips."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

from viral_forge_assets.asking import Asker
from viral_forge_assets.clearance import require_right, verdict_on
from viral_forge_assets.clip_records import forget_others, record_clip, remember_likeness
from viral_forge_assets.domain.caption_checks import CAPTION_CHECK_NAMES
from viral_forge_assets.domain.clip_checks import CHECK_NAMES
from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_assets.domain.formats import in_format
from viral_forge_assets.domain.recipes import Recipe, hiding
from viral_forge_assets.domain.soundtrack import MusicOffer
from viral_forge_assets.editing import (
    EDIT_PLAN_VERSION,
    RENDER_VERSION,
    CuttingRoom,
    chosen_recipe,
    recipe_for,
)
from viral_forge_assets.experimenting import assigned, draw_metadata, with_opening
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.inserting import InsertEditor
from viral_forge_assets.judging import ModelJudge
from viral_forge_assets.looking import Colourist
from viral_forge_assets.metadata import (
    THUMBNAIL_BYTES,
    Metadata,
    clip_metadata,
    file_metadata,
    logged_progress,
    markdown_table,
)
from viral_forge_assets.metering import metered
from viral_forge_assets.music import judge_music
from viral_forge_assets.naming_faces import face_numbers
from viral_forge_assets.partitions import candidate_partitions, known_candidate, known_niche
from viral_forge_assets.provenance import load
from viral_forge_assets.reviewing import Reviewer
from viral_forge_assets.scanning import OpenScanTools
from viral_forge_assets.scene_maps import SCENE_MAP_VERSION, look_at
from viral_forge_assets.sound_stage import SoundStage
from viral_forge_assets.spending import Spender
from viral_forge_assets.stock import Stock
from viral_forge_assets.veiling import Veiler
from viral_forge_resources.contracts.costs import Budget, CostKind
from viral_forge_resources.contracts.errors import printable
from viral_forge_resources.contracts.hearing import MUSIC, SPEECH
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media import SceneMap, Transcript
from viral_forge_resources.contracts.media_ports import Downloader, MediaReader, Renderer
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.records import CheckResult
from viral_forge_resources.contracts.scanning import Niche, Scanner
from viral_forge_resources.contracts.sound import MusicLibrary
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import ProgressDisplay, Studio
from viral_forge_resources.contracts.vision import VisionModel
from viral_forge_resources.contracts.works import SourceFile
from viral_forge_resources.state import clips as clips_state

_NO_MUSIC = (MusicOffer(none_because="the recipe has none"), ())


class EditConfig(dg.Config):
    """How this run edits.

    Attributes:
        recipe: name of a recipe; empty means the niche's own, or the studio's.
        format: 9:16, 4:5, 1:1 or 16:9; empty means the recipe's own.
        hide_faces: ``all`` or ``all_but`` (those of ``show_faces``); empty means as the recipe
            says.
        show_faces: numbers of faces that stay to be seen, from the metadata of scene_map.
    """

    recipe: str = ""
    format: str = ""
    hide_faces: str = ""
    show_faces: list[int] = Field(default_factory=list)


@dg.asset(
    key_prefix="transform",
    group_name="transform",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["source", "source_video"]), dg.AssetKey(["captions", "transcript"])],
    kinds={"opencv"},
    code_version=str(SCENE_MAP_VERSION),
)
def scene_map(
    context: dg.AssetExecutionContext,
    storage: dg.ResourceParam[Storage],
    media: dg.ResourceParam[MediaReader],
    scratch: dg.ResourceParam[Path],
    state: dg.ResourceParam[sa.Engine],
    prices: dg.ResourceParam[Prices],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """Cuts; faces, text and movement in each shot; speech, music, silence, black, frozen.

    Times are seconds from the first video frame. Made once per source. A source of more than five
    minutes is skimmed, and looked at in full where its words and its sound promise a clip.
    """
    key = parse_candidate_key(context.partition_key)
    paid = metered(state, prices, context.partition_key, CostKind.ANALYSIS, "scene_map")
    with dagster_failures("looking at the source video"), paid:
        source = load(
            storage, key.storage_key("source", "probe.json"), SourceFile, made_by="source_video"
        )
        looked = look_at(
            source,
            load(
                storage,
                key.storage_key("captions", "transcript.json"),
                Transcript,
                made_by="transcript",
            ),
            storage=storage,
            media=media,
            document=key.storage_key("transform", "scene_map.json"),
            on_progress=logged_progress(context, "looking", progress),
        )
        scenes = looked.scenes
        faces = face_numbers(source, scenes, key=key, storage=storage, media=media, scratch=scratch)
    return dg.MaterializeResult(
        metadata=file_metadata(looked.stored, reused=looked.is_reused)
        | {"shots": len(scenes.shots), "silences": len(scenes.silences)}
        | {"duration_s": round(scenes.duration_s, 3)}
        | _seen(scenes)
        | faces
        | _heard(scenes)
    )


def _seen(scenes: SceneMap) -> Metadata:
    faces: int | str = sum(len(shot.faces) for shot in scenes.shots)
    texts: int | str = sum(len(shot.texts) for shot in scenes.shots)
    if scenes.no_faces_because is not None:
        faces = f"nobody looked for faces: {scenes.no_faces_because}"
    if scenes.no_texts_because is not None:
        texts = f"nobody looked for text: {scenes.no_texts_because}"
    in_full: str | float = "all of it"
    if scenes.in_full is not None:
        in_full = round(sum(stretch.duration_s for stretch in scenes.in_full), 1)
    return {"faces": faces, "texts": texts, "seen_in_full_s": in_full}


def _heard(scenes: SceneMap) -> Metadata:
    sound = scenes.sound
    if sound is None:
        return {"sound": "none"}
    names = {"speech_s": SPEECH, "music_s": MUSIC}
    lengths = {name: round(sound.kinds.count(kind) * sound.step_s) for name, kind in names.items()}
    if sound.no_speech_because is not None:
        lengths = {}
    return {"sound": sound.no_speech_because or "heard", "peaks": len(sound.peaks), **lengths}


@dg.asset(
    key_prefix="transform",
    group_name="transform",
    partitions_def=candidate_partitions,
    deps=[scene_map, dg.AssetKey(["captions", "transcript"])],
    kinds={"json"},
    code_version=str(EDIT_PLAN_VERSION),
)
def edit_plan(
    context: dg.AssetExecutionContext,
    config: EditConfig,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    renderer: dg.ResourceParam[Renderer],
    media: dg.ResourceParam[MediaReader],
    recipes: dg.ResourceParam[Mapping[str, Recipe]],
    scanners: dg.ResourceParam[Mapping[str, Scanner]],
    scan_tools: dg.ResourceParam[OpenScanTools],
    downloader: dg.ResourceParam[Downloader],
    scratch: dg.ResourceParam[Path],
    language_models: dg.ResourceParam[Sequence[LanguageModel]],
    vision_models: dg.ResourceParam[Sequence[VisionModel]],
    llm_budget: dg.ResourceParam[Budget],
    prices: dg.ResourceParam[Prices],
    music: dg.ResourceParam[MusicLibrary],
    studio: dg.ResourceParam[Studio],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """A recipe applied to this candidate: what is kept, how it is framed, filtered and how loud.

    Where the recipe asks for a look, pictures of the clips decide it: small ones are shown to a
    model where an operator enabled one, else their colours decide. Where it asks for inserts,
    openly licensed videos of what is said are searched for, cleared and fetched.

    Of a source with several good moments, language models may say which are the best; the score
    of what was seen and heard counts as much. Where none answers it decides alone.

    Music and effects are mixed and the loudness is measured here, so that rendering takes one
    process.
    """
    paid = metered(state, prices, context.partition_key, CostKind.EDIT, "edit_plan")
    with dagster_failures("planning the edit"), paid:
        with state.connect() as connection:
            candidate = known_candidate(connection, context.partition_key)
            niche = known_niche(connection, candidate.niche)
            right = verdict_on(connection, candidate, now=datetime.now(UTC))
        # A recipe that a person names is no result of an experiment, so it draws none.
        dealt = None if config.recipe else assigned(state, candidate, now=datetime.now(UTC))
        named = dealt.arm.recipe if dealt else config.recipe or niche.recipe or studio.recipe
        recipe = with_opening(recipe_for(chosen_recipe(recipes, named), niche), dealt)
        recipe = hiding(in_format(recipe, config.format), config.hide_faces)
        room = CuttingRoom(parse_candidate_key(context.partition_key), storage, renderer)
        asker = Asker(
            state=state,
            budget=llm_budget,
            niche=niche.name,
            candidate_key=candidate.candidate_key,
        )
        # Faces that are to be hidden are not shown to anyone else's model either.
        models = () if recipe.faces else vision_models
        colourist = Colourist(
            key=room.key, storage=storage, media=media, asker=asker, models=models
        )
        veiler = Veiler(
            key=room.key,
            storage=storage,
            media=media,
            scratch=scratch,
            on_progress=logged_progress(context, "looking for faces", progress),
            shown=tuple(config.show_faces),
        )
        stock = Stock(
            state=state,
            niche=niche,
            scanners=scanners,
            open_tools=scan_tools,
            downloader=downloader,
            media=media,
            limits=studio.fetch_limits,
            scratch=scratch,
            source_licence=right.licence or "",
        )
        inserter = InsertEditor(
            key=room.key, storage=storage, stock=stock, asker=asker, models=language_models
        )
        offer, refused = _offered_music(state, music, niche) if recipe.music else _NO_MUSIC
        stage = SoundStage(
            key=room.key,
            storage=storage,
            renderer=renderer,
            offer=offer,
            source_licence=right.licence or "",
        )
        plan, stored = room.plan(
            recipe,
            dressers=[inserter, colourist, veiler, stage],
            judge=ModelJudge(asker=asker, models=language_models),
        )
    return dg.MaterializeResult(
        metadata=file_metadata(stored)
        | {"recipe": f"{plan.recipe}@{plan.recipe_version}", "recipe_hash": plan.recipe_hash}
        | {"width_px": plan.width_px, "height_px": plan.height_px}
        | {"clips": markdown_table([_planned(clip) for clip in plan.clips])}
        | draw_metadata(dealt)
        | ({"music_refused": "; ".join(refused)} if refused else {})
    )


def _offered_music(
    state: sa.Engine, music: MusicLibrary, niche: Niche
) -> tuple[MusicOffer, tuple[str, ...]]:
    """What a recipe may choose from, and why it may not have the rest."""
    with state.begin() as connection:
        judged = judge_music(
            connection,
            music.shelf(),
            is_monetised=niche.policy.is_monetised,
            now=datetime.now(UTC),
        )
    return judged.offer(), judged.refusals


def _planned(clip: ClipPlan) -> dict[str, object]:
    return {
        "clip": clip.number,
        "from_s": round(clip.segments[0].start_s, 2),
        "to_s": round(clip.segments[-1].end_s, 2),
        "why": "; ".join(clip.reasons),
        "measured_lufs": clip.sound.measured_lufs if clip.sound else "no sound track",
        "sound": (clip.sound.note if clip.sound else None) or "",
    }


@dg.asset(
    key_prefix="transform",
    group_name="transform",
    partitions_def=candidate_partitions,
    deps=[edit_plan, dg.AssetKey(["captions", "caption_track"])],
    kinds={"ffmpeg"},
    pool="encoder",
    code_version=str(RENDER_VERSION),
)
def rendered_clips(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    renderer: dg.ResourceParam[Renderer],
    media: dg.ResourceParam[MediaReader],
    studio: dg.ResourceParam[Studio],
    scratch: dg.ResourceParam[Path],
    prices: dg.ResourceParam[Prices],
    llm_budget: dg.ResourceParam[Budget],
    progress: dg.ResourceParam[ProgressDisplay],
) -> dg.MaterializeResult[None]:
    """Finished clips: cut, reframed, filtered, captioned and levelled in one encode.

    A clip made of the same plan, captions and FFmpeg build is not rendered again.
    """
    room = CuttingRoom(parse_candidate_key(context.partition_key), storage, renderer)
    spender = Spender(
        state=state,
        prices=prices,
        budget=llm_budget,
        candidate_key=context.partition_key,
    )
    facts: Metadata = {}
    made = []
    paid = metered(state, prices, context.partition_key, CostKind.ANALYSIS, "rendered_clips")
    with dagster_failures("rendering the clips"), paid:
        with state.connect() as connection:  # launched alone, no check of the source ran before
            candidate = known_candidate(connection, context.partition_key)
            plan = room.planned()
            materials = [each for clip in plan.clips for each in clip.materials]
            require_right(connection, candidate, now=datetime.now(UTC), materials=materials)
        for clip in plan.clips:
            on_progress = logged_progress(context, f"rendering clip {clip.number}", progress)
            rendered, is_reused = room.render(
                clip, media, scratch, on_progress=on_progress, paid=spender.rendering
            )
            if not is_reused:
                spender.used_encoder(clip.number, rendered.report)
            with state.begin() as connection:
                record_clip(connection, context.partition_key, plan, rendered)
            remember_likeness(state, storage, media, rendered)
            with storage.as_file(rendered.sheet.key) as sheet:
                small = media.thumbnail(sheet, max_bytes=THUMBNAIL_BYTES)
            facts |= clip_metadata(rendered, studio, small, is_reused=is_reused)
            made.append(rendered)
        with state.begin() as connection:
            forget_others(connection, context.partition_key, made)
    return dg.MaterializeResult(metadata=facts | {"clips": len(plan.clips)} | spender.told())


ALL_CHECKS = {**CHECK_NAMES, **CAPTION_CHECK_NAMES}
"""What is checked of each clip, in this order, each in one line."""


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(name=name, asset=rendered_clips, description=description, blocking=True)
        for name, description in ALL_CHECKS.items()
    ]
)
def rendered_clips_checks(
    context: dg.AssetCheckExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    renderer: dg.ResourceParam[Renderer],
    media: dg.ResourceParam[MediaReader],
    prices: dg.ResourceParam[Prices],
) -> Iterator[dg.AssetCheckResult]:
    """Every clip measured on the file itself; state remembers what each check said."""
    partition_key = context.op_execution_context.partition_key
    room = CuttingRoom(parse_candidate_key(partition_key), storage, renderer)
    reviewer = Reviewer(parse_candidate_key(partition_key), storage, renderer, media)
    results: list[tuple[int, CheckResult]] = []
    paid = metered(state, prices, partition_key, CostKind.CHECK, "rendered_clips_checks")
    with dagster_failures("checking the clips"), paid:
        plan = room.planned()
        for clip in plan.clips:
            rendered = room.rendered(clip)
            checks = reviewer.check(plan, clip, rendered)
            results += [(clip.number, check) for check in checks]
            with state.begin() as connection:
                clips_state.record_checks(
                    connection,
                    partition_key,
                    clip.number,
                    content_sha256=rendered.video.sha256,
                    checks=checks,
                )
    for name in ALL_CHECKS:
        said = [(number, check) for number, check in results if check.name == name]
        yield dg.AssetCheckResult(
            asset_key=rendered_clips.key,
            check_name=name,
            passed=all(check.passed for _, check in said),
            description="; ".join(f"clip {number}: {check.message}" for number, check in said),
        )
    _fail_with_words(room.source().name, results)


def _fail_with_words(source_name: str, results: list[tuple[int, CheckResult]]) -> None:
    """Dagster would stop the run as well, but name neither the file nor what helps."""
    failed = [
        f"clip {number}: {check.name}: {check.message}"
        for number, check in results
        if not check.passed
    ]
    if failed:
        raise dg.Failure(
            description=f"{printable(source_name)} made a clip that is not fit to be posted:"
            f" {'; '.join(failed).rstrip('.')}. Look at it in the console; another recipe or a"
            " better source may help, then launch candidate_job again.",
            allow_retries=False,
        )
