"""What each shipped recipe costs above the least that a clip can cost, in CPU time.

The floor is FFmpeg by hand that decodes, crops, scales and encodes picture and sound, and nothing
else. A typical recipe may cost 1.15 times that, the heaviest 1.3 times.

Run it with ``python -m benchmarks.recipes``; with names of recipes behind it, it measures those.
"""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks._long_video import CAPTIONS, FPS, SHOWN_S, START_S, long_video, run
from benchmarks._measure import median_cpu_s, ratio, report
from benchmarks._side_by_side import side_by_side
from viral_forge_assets.definitions import shipped_recipes
from viral_forge_assets.domain.recipes import Recipe, recipe_hash
from viral_forge_assets.domain.variation import drawn_filters
from viral_forge_assets.filters._compose import filter_chains
from viral_forge_resources.contracts.filters import FilterContext
from viral_forge_resources.contracts.media import (
    CropKey,
    Framing,
    FramingMode,
    RenderSpec,
    Stretch,
)
from viral_forge_resources.media.renderer import FfmpegRenderer

_LIMITS = {"hype": 1.15, "dreamy": 1.3}
"""A typical recipe, and the heaviest when all were measured."""

_HEAVIEST_LIMIT = 1.3
_FLOOR = (
    *("-ss", str(START_S), "-t", str(SHOWN_S), "-i", "source.mp4"),
    *("-vf", "crop=608:1080,scale=1080:1920:flags=bicubic,setsar=1,format=yuv420p"),
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "21", "-maxrate", "16M", "-bufsize", "16M"),
    *("-x264-params", "sliced-threads=1", "-profile:v", "high", "-g", "60"),
    *("-c:a", "aac", "-aac_coder", "fast", "-b:a", "256k", "-movflags", "+faststart", "floor.mp4"),
)


def main(names: Sequence[str] = tuple(_LIMITS)) -> int:
    """The exit code: 0 where each is within its limit."""
    recipes = shipped_recipes()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "source.mp4").symlink_to(long_video())
        (folder / "captions.ass").write_text(CAPTIONS)
        floor = partial(run, *_FLOOR, folder=folder)
        pairs = {name: (partial(_render, folder, recipes[name]), floor) for name in names}
        costs = {name: side_by_side({name: pair})[name] for name, pair in pairs.items()}
    return max(
        report(
            f"recipe {name} against the floor",
            value=ratio(ours, floors),
            limit=_LIMITS.get(name, _HEAVIEST_LIMIT),
            unit="times its CPU time",
            our_cpu_s=median_cpu_s(ours),
            floor_cpu_s=median_cpu_s(floors),
        )
        for name, (ours, floors) in costs.items()
    )


def _render(folder: Path, recipe: Recipe) -> None:
    spec = _spec(recipe)
    context = FilterContext(
        width_px=spec.width_px,
        height_px=spec.height_px,
        fps=spec.fps,
        frames=SHOWN_S * FPS,
        source_width_px=spec.framing.width_px,
        cuts_s=(1.0, 2.0),
        texts=(),
        speech=(),
    )
    drawn = drawn_filters(recipe.filters, recipe_hash(recipe), "benchmark", 1)
    chains = filter_chains([(each.name, each.parameters) for each in drawn], context)
    FfmpegRenderer(font_cache=folder / "font_cache").render(
        folder / "source.mp4",
        folder / f"{recipe.name}.mp4",
        spec=replace(spec, source_filters=chains.source, frame_filters=chains.frame),
        captions=folder / "captions.ass" if recipe.has_captions else None,
        on_progress=lambda _share: None,
    )


def _spec(recipe: Recipe) -> RenderSpec:
    middle = CropKey(at_s=0.0, x_px=656, y_px=0)
    framing = Framing(mode=FramingMode.CROP, width_px=608, height_px=1080, path=(middle,))
    if recipe.framing is FramingMode.FIT:
        framing = Framing(mode=FramingMode.FIT, width_px=1920, height_px=1080)
    return RenderSpec(
        segments=(Stretch(start_s=START_S, end_s=START_S + SHOWN_S),),
        width_px=recipe.width_px,
        height_px=recipe.height_px,
        fps=Fraction(FPS),
        framing=framing,
        gain_db=3.0,
        crf=recipe.crf,
        preset=recipe.preset,
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or tuple(_LIMITS)))
