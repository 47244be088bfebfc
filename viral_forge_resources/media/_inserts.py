"""Lays inserts over the framed picture: filled to its edges, silent, to the frame."""

from collections.abc import Sequence

from viral_forge_resources.contracts.media import InsertSpec, RenderSpec

_COLOUR = "out_color_matrix=bt709:out_range=tv:flags=bicubic"


def inserted(spec: RenderSpec, *, source: str, target: str) -> str:
    """Graph from ``source`` to ``target``; every insert is seen for its frames, and no longer."""
    parts = []
    shown = source
    for number, insert in enumerate(spec.inserts):
        is_last = number + 1 == len(spec.inserts)
        laid, drawn = (target if is_last else f"[laid{number}]"), f"[insert{number}]"
        parts.append(f"[{insert.name}:V]{','.join(_chain(spec, insert))}{drawn}")
        # After the insert's last picture the clip's own goes on alone.
        parts.append(f"{shown}{drawn}overlay=eof_action=pass:format=yuv420{laid}")
        shown = laid
    return ";\n".join(parts)


def _chain(spec: RenderSpec, insert: InsertSpec) -> Sequence[str]:
    wide, tall = spec.width_px, spec.height_px
    length_s = float(insert.frames / spec.fps)
    return [
        f"trim=start={insert.from_s:.6f}:duration={length_s + 1:.6f}",
        "setpts=PTS-STARTPTS",
        f"fps={spec.fps.numerator}/{spec.fps.denominator}:start_time=0",
        f"tpad=stop_mode=clone:stop_duration={length_s:.6f}",
        f"trim=end_frame={insert.frames}",
        "scale=w='if(eq(sar,1),iw,trunc(iw*sar/2)*2)':h=ih",
        f"scale={wide}:{tall}:force_original_aspect_ratio=increase:{_COLOUR}",
        f"crop={wide}:{tall}",
        "setsar=1",
        "format=yuv420p",
        # On the clip's own clock: what filters do at a moment, they do here as well.
        f"setpts=PTS+{insert.first_frame}",
        *insert.filters,
    ]
