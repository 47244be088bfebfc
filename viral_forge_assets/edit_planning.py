"""Stage 4, by candidate: how it will be cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.edit_desk import EditDesk, Market, Models, Wanted
from viral_forge_assets.editing import (
    EDIT_PLAN_VERSION,
)
from viral_forge_assets.experimenting import draw_metadata
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import (
    file_metadata,
    logged_progress,
    markdown_table,
)
from viral_forge_assets.metering import metered
from viral_forge_assets.partitions import candidate_partitions
from viral_forge_assets.scanning import OpenScanTools
from viral_forge_resources.contracts.costs import Budget, CostKind
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media_ports import Downloader, MediaReader, Renderer
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.scanning import Scanner
from viral_forge_resources.contracts.sound import MusicLibrary
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import ProgressDisplay, Studio
from viral_forge_resources.contracts.vision import VisionModel


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
    deps=[dg.AssetKey(["transform", "scene_map"]), dg.AssetKey(["captions", "transcript"])],
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
    desk = EditDesk(
        key=parse_candidate_key(context.partition_key),
        state=state,
        storage=storage,
        renderer=renderer,
        media=media,
        recipes=recipes,
        market=Market(scanners=scanners, open_tools=scan_tools, downloader=downloader),
        models=Models(language=language_models, vision=vision_models, budget=llm_budget),
        music=music,
        studio=studio,
        scratch=scratch,
        on_faces=logged_progress(context, "looking for faces", progress),
    )
    with dagster_failures("planning the edit"), paid:
        made = desk.plan(
            Wanted(
                recipe=config.recipe,
                format=config.format,
                hide_faces=config.hide_faces,
                show_faces=tuple(config.show_faces),
            )
        )
    plan = made.plan
    return dg.MaterializeResult(
        metadata=file_metadata(made.stored)
        | {"recipe": f"{plan.recipe}@{plan.recipe_version}", "recipe_hash": plan.recipe_hash}
        | {"width_px": plan.width_px, "height_px": plan.height_px}
        | {"clips": markdown_table([_planned(clip) for clip in plan.clips])}
        | draw_metadata(made.dealt)
        | ({"music_refused": "; ".join(made.refused_music)} if made.refused_music else {})
    )


def _planned(clip: ClipPlan) -> dict[str, object]:
    return {
        "clip": clip.number,
        "from_s": round(clip.segments[0].start_s, 2),
        "to_s": round(clip.segments[-1].end_s, 2),
        "why": "; ".join(clip.reasons),
        "measured_lufs": clip.sound.measured_lufs if clip.sound else "no sound track",
        "sound": (clip.sound.note if clip.sound else None) or "",
    }
