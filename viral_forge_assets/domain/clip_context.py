"""What the filters of a clip are told of it."""

from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_resources.contracts.filters import FilterContext


def filter_context(plan: EditPlan, clip: ClipPlan) -> FilterContext:
    """What the filters of ``clip`` are told of it."""
    return FilterContext(
        width_px=plan.width_px,
        height_px=plan.height_px,
        fps=clip.fps,
        frames=clip.frames,
        source_width_px=clip.framing.width_px,
        cuts_s=clip.cuts_s,
        texts=clip.texts,
        speech=clip.speech,
    )
