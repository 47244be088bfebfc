"""Filter graphs of what is no crop: the whole picture over a blurred one, and panes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from viral_forge_resources.contracts.media import Layout, RenderSpec
from viral_forge_resources.contracts.sight import Box

_BLUR_SHRINKS = 4
"""A background blurred at a quarter of the size looks the same for a tenth of the work."""

_TAGGED = "flags=bicubic:out_color_matrix=bt709:out_range=tv,setsar=1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Frames of the clip from ``first`` up to ``end`` that are laid out alike; None: the crop."""

    first: int
    end: int
    layout: Layout | None = None

    def trim(self, fps: Fraction) -> str:
        """Filters that take these frames out of all of them; half a frame early, to be sure."""
        half = Fraction(1, 2)
        start_s, end_s = float((self.first - half) / fps), float((self.end - half) / fps)
        return f"trim=start={start_s:.6f}:end={end_s:.6f},setpts=PTS-STARTPTS"


def runs_of(spec: RenderSpec, frames: int) -> tuple[Run, ...]:
    """All ``frames`` of the clip, in order."""
    runs: list[Run] = []
    reached = 0
    for layout in spec.framing.layouts:
        first = max(round(layout.stretch.start_s * spec.fps), reached)
        end = min(round(layout.stretch.end_s * spec.fps), frames)
        if first >= end:
            continue
        if first > reached:
            runs.append(Run(first=reached, end=first))
        runs.append(Run(first=first, end=end, layout=layout))
        reached = end
    if reached < frames:
        runs.append(Run(first=reached, end=frames))
    return tuple(runs)


def laid_out(spec: RenderSpec, runs: Sequence[Run], crop: Sequence[str]) -> str:
    """From ``[whole]`` to ``[framed]``; ``crop`` is the chain of those frames that are cropped."""
    cropped = [f"[crop{n}]" for n, run in enumerate(runs) if run.layout is None]
    others = [f"[other{n}]" for n, run in enumerate(runs) if run.layout is not None]
    heads = (["[main]"] if cropped else []) + others
    parts = [f"[whole]split={len(heads)}{''.join(heads)}"]
    if cropped:
        taken = "+".join(f"between(n,{r.first},{r.end - 1})" for r in runs if r.layout is None)
        chain = [f"select='{taken}'", *crop, f"split={len(cropped)}"]
        parts.append(f"[main]{','.join(chain)}{''.join(cropped)}")
    for n, run in enumerate(runs):
        trim = run.trim(spec.fps)
        if run.layout is None:
            parts.append(f"[crop{n}]{trim}[run{n}]")
        elif run.layout.panes:
            parts.append(_panes(spec, run.layout.panes, f"[other{n}]{trim},", n))
        else:
            fits = f"w={spec.width_px}:h={spec.height_px}:force_original_aspect_ratio=decrease"
            front = f"scale={fits}:force_divisible_by=2:{_TAGGED}"
            source, target = f"[other{n}]{trim},", f"[run{n}]"
            parts.append(over_blurred(spec, front, source=source, target=target, number=n))
    together = "".join(f"[run{n}]" for n in range(len(runs)))
    parts.append(f"{together}concat=n={len(runs)}[framed]")
    return ";\n".join(parts)


def over_blurred(spec: RenderSpec, front: str, *, source: str, target: str, number: int = 0) -> str:
    """From ``source`` to ``target``: what ``front`` makes of it over a blurred background."""
    width_px, height_px = even(spec.width_px / _BLUR_SHRINKS), even(spec.height_px / _BLUR_SHRINKS)
    blurred = (
        f"scale={width_px}:{height_px}:force_original_aspect_ratio=increase:flags=bilinear,"
        f"crop={width_px}:{height_px},gblur=sigma=8"
    )
    near, far, back, over = (f"[{name}{number}]" for name in ("near", "far", "back", "front"))
    return ";\n".join(
        (
            f"{source}split{near}{far}",
            f"{far}{blurred},{scaled(spec.width_px, spec.height_px)}{back}",
            f"{near}{front}{over}",
            f"{back}{over}overlay=x=(W-w)/2:y=(H-h)/2{target}",
        )
    )


def scaled(width_px: int, height_px: int) -> str:
    """The filter that brings a picture to that size, in the clip's colours."""
    return f"scale={width_px}:{height_px}:{_TAGGED}"


def even(size: float) -> int:
    """The nearest even length."""
    return max(2, round(size / 2) * 2)


def _panes(spec: RenderSpec, panes: Sequence[Box], source: str, number: int) -> str:
    labels = [f"[pane{number}_{index}]" for index in range(len(panes))]
    made = [f"[shown{number}_{index}]" for index in range(len(panes))]
    parts = [f"{source}split={len(panes)}{''.join(labels)}"]
    left_px = spec.height_px
    for index, (pane, label, shown) in enumerate(zip(panes, labels, made, strict=True)):
        tall_px = even(left_px / (len(panes) - index))
        left_px -= tall_px
        crop = (
            f"crop=w='min({round(pane.width_px)},iw)':h='min({round(pane.height_px)},ih)'"
            f":x={round(pane.x_px)}:y={round(pane.y_px)}:exact=1"
        )
        parts.append(f"{label}{crop},{scaled(spec.width_px, tall_px)}{shown}")
    parts.append(f"{''.join(made)}vstack=inputs={len(panes)}[run{number}]")
    return ";\n".join(parts)
