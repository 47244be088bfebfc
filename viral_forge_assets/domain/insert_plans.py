"""Lays inserts into a clip's plan, and tells the renderer of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from viral_forge_assets.domain.edit_plan import ClipPlan
from viral_forge_assets.domain.inserts import Insert, merged_cuts, on_frames
from viral_forge_resources.contracts.media import InsertSpec
from viral_forge_resources.contracts.works import Extra


def with_inserts(
    clip: ClipPlan, inserts: Sequence[Insert], *, notes: Sequence[str] = ()
) -> ClipPlan:
    """``clip`` with these pictures over its own; ``notes`` say what was not found."""
    return replace(
        clip,
        inserts=tuple(inserts),
        cuts_s=merged_cuts(clip.cuts_s, inserts),
        extras=(*clip.extras, *(Extra(name=each.name, file=each.file) for each in inserts)),
        materials=(*clip.materials, *(each.material for each in inserts)),
        reasons=(*clip.reasons, *(each.told for each in inserts), *notes),
    )


def insert_specs(clip: ClipPlan, chains: Mapping[str, tuple[str, ...]]) -> tuple[InsertSpec, ...]:
    """Inserts for the renderer; ``chains`` are the filters of each, by its name.

    A mirrored clip mirrors all of its picture: an insert, in which nobody looked for text, is
    turned beforehand, and comes out as it is.
    """
    turned = ("hflip",) if clip.is_mirrored else ()
    return tuple(
        InsertSpec(
            name=each.name,
            first_frame=on_frames(each.stretch, clip.fps)[0],
            frames=on_frames(each.stretch, clip.fps)[1],
            from_s=each.from_s,
            filters=(*chains.get(each.name, ()), *turned),
        )
        for each in clip.inserts
    )
