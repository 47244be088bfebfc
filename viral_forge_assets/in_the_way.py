"""What captions of a clip keep clear of: what its picture shows, and what filters write on it."""

from collections.abc import Iterator

from viral_forge_assets.domain.clip_context import filter_context
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.obstacles import obstacles_of
from viral_forge_assets.domain.placement import Obstacle, ObstacleKind
from viral_forge_assets.domain.safe_zones import Box, Frame
from viral_forge_assets.filters._compose import open_filter
from viral_forge_assets.filters.watermark import Watermark
from viral_forge_resources.contracts.media import MediaProbe, SceneMap


def obstacles_in(
    plan: EditPlan, clip: ClipPlan, *, scenes: SceneMap, probe: MediaProbe
) -> tuple[Obstacle, ...]:
    """Faces, texts and watermarks on the frame of ``clip``, in the order of time."""
    seen = obstacles_of(
        scenes,
        clip.segments,
        clip.framing,
        probe=probe,
        frame=Frame(width_px=plan.width_px, height_px=plan.height_px),
        is_mirrored=clip.is_mirrored,
    )
    return (*_watermarks(plan, clip), *seen)


def _watermarks(plan: EditPlan, clip: ClipPlan) -> Iterator[Obstacle]:
    for planned in clip.filters:
        drawn = open_filter(planned.name, planned.parameters)
        if isinstance(drawn, Watermark) and drawn.is_seen:
            left, top, right, bottom = drawn.covers(filter_context(plan, clip))
            box = Box(left=left, top=top, right=right, bottom=bottom)
            end_s = clip.duration_s
            yield Obstacle(start_s=0.0, end_s=end_s, box=box, kind=ObstacleKind.OTHER)
