"""What it adds to a render to compare samples of the clip with what its encoder was given: 10 %.

Run it with ``python -m benchmarks.comparing``.
"""

import sys
import tempfile
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path

from benchmarks._long_video import FPS, long_video
from benchmarks._measure import median_cpu_s, ratio, report
from benchmarks._side_by_side import side_by_side
from viral_forge_assets.domain.sampling import sampled
from viral_forge_resources.contracts.media import CropKey, Framing, FramingMode, RenderSpec, Stretch
from viral_forge_resources.media.renderer import FfmpegRenderer

_LIMIT = 1.1
_LENGTH_S = 30.0

_SPEC = RenderSpec(
    segments=(Stretch(start_s=15.0, end_s=15.0 + _LENGTH_S),),
    width_px=1080,
    height_px=1920,
    fps=Fraction(FPS),
    framing=Framing(
        mode=FramingMode.CROP,
        width_px=608,
        height_px=1080,
        path=(CropKey(at_s=0.0, x_px=656, y_px=0),),
    ),
)


def main() -> int:
    """The exit code: 0 where we are within the limit."""
    source = long_video()
    compared = replace(_SPEC, compared=sampled(_LENGTH_S, _SPEC.fps))
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        folder = Path(scratch)
        works = (
            partial(_render, source, folder / "compared.mp4", compared),
            partial(_render, source, folder / "alone.mp4", _SPEC),
        )
        checked, alone = side_by_side({"compared": works})["compared"]
    return report(
        "a render with its comparison against one without",
        value=ratio(checked, alone),
        limit=_LIMIT,
        unit="times its CPU time",
        compared_cpu_s=median_cpu_s(checked),
        alone_cpu_s=median_cpu_s(alone),
    )


def _render(source: Path, target: Path, spec: RenderSpec) -> None:
    FfmpegRenderer().render(
        source, target, spec=spec, captions=None, on_progress=lambda _share: None
    )


if __name__ == "__main__":
    sys.exit(main())
