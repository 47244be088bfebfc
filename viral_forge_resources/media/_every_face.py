"""Looks for faces on every picture of a few stretches of a video, more closely than elsewhere."""

from collections.abc import Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import FaceLook, SeenFace
from viral_forge_resources.contracts.media import MediaProbe, Stretch
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.contracts.sight import Box
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._sight import Colours, Finder, Found

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter
    from av.video.stream import VideoStream

_AREA_PX = 640 * 360
"""Four times what ``Lookout`` looks at: faces of 18 lines in 1080 are found."""
_GRID_PX = 32
_LONGEST_SIDE_PX = 1280

_BEYOND_S = 0.2
"""To either side of a stretch: FFmpeg rounds its times to pictures."""


def every_face(
    path: Path,
    probe: MediaProbe,
    stretches: Sequence[Stretch],
    *,
    finder: Finder,
    on_progress: ProgressCallback,
) -> tuple[FaceLook, ...]:
    """What ``finder`` finds on each picture of the stretches, in time order, each once.

    Raises:
        BadInput: a stretch has no picture that can be decoded.
    """
    from av.video.reformatter import VideoReformatter

    shrinker, size = VideoReformatter(), _size(probe)
    looks: dict[float, FaceLook] = {}
    for number, stretch in enumerate(stretches):
        is_empty = True
        for at_s, frame in _pictures(path, probe, stretch):
            is_empty = False
            if at_s not in looks:
                found = finder(_upright(frame, shrinker, size, probe.rotation_deg // 90))
                looks[at_s] = FaceLook(at_s=at_s, faces=tuple(_seen(each, probe) for each in found))
            done = min(max((at_s - stretch.start_s) / stretch.duration_s, 0.0), 1.0)
            on_progress((number + done) / len(stretches))
        if is_empty:
            raise BadInput(
                path.name,
                reason=f"shows no picture from {stretch.start_s:.1f} to {stretch.end_s:.1f} s",
                remedy="Choose another moment, or copy the file again.",
            )
    return tuple(looks[at_s] for at_s in sorted(looks))


def _pictures(
    path: Path, probe: MediaProbe, stretch: Stretch
) -> Iterator[tuple[float, "VideoFrame"]]:
    first_s, last_s = stretch.start_s - _BEYOND_S, stretch.end_s + _BEYOND_S
    previous: tuple[float, VideoFrame] | None = None
    for at_s, frame in _decoded_from(path, probe, first_s):
        if at_s > last_s:
            break
        if at_s >= first_s:
            if previous is not None:  # it is on until the next one comes
                yield previous
                previous = None
            yield at_s, frame
        else:
            previous = at_s, frame
    if previous is not None:
        yield previous


def _decoded_from(
    path: Path, probe: MediaProbe, first_s: float
) -> Iterator[tuple[float, "VideoFrame"]]:
    """Pictures from ``first_s`` on, and some before; from the start where no seek leads there."""
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        track.thread_type = "AUTO"
        if first_s > 0 and _can_seek(container, track, first_s + probe.start_s):
            pictures = _decoded(container, track, probe)
            opening = next(pictures, None)
            if opening is not None and opening[0] <= first_s:
                yield opening
                yield from pictures
                return
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        track.thread_type = "AUTO"
        yield from _decoded(container, track, probe)


def _can_seek(container: "InputContainer", track: "VideoStream", to_s: float) -> bool:
    import av

    if track.time_base is None:
        return False
    try:
        container.seek(int(to_s / track.time_base), stream=track, backward=True)
    except av.FFmpegError:
        return False
    return True


def _decoded(
    container: "InputContainer", track: "VideoStream", probe: MediaProbe
) -> Iterator[tuple[float, "VideoFrame"]]:
    """Damaged pictures are left out: FFmpeg repeats the one before."""
    import av

    last_s = float("-inf")
    try:
        for packet in container.demux(track):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue
            for frame in frames:
                if frame.pts is None or frame.time_base is None:
                    continue
                at_s = float(frame.pts * frame.time_base) - probe.start_s
                if at_s > last_s:
                    last_s = at_s
                    yield at_s, frame
    except av.FFmpegError:
        return  # cut off: what came before counts


def _upright(
    frame: "VideoFrame", shrinker: "VideoReformatter", size: tuple[int, int], turns: int
) -> Colours:
    width, height = size[::-1] if turns % 2 else size
    shrunk = shrinker.reformat(
        frame, width=width, height=height, format="rgb24", interpolation="BILINEAR"
    )
    return np.ascontiguousarray(np.rot90(shrunk.to_ndarray(), k=-turns))


def _seen(found: Found, probe: MediaProbe) -> SeenFace:
    box = Box(
        x_px=round(found.x * probe.width_px, 1),
        y_px=round(found.y * probe.height_px, 1),
        width_px=round(found.width * probe.width_px, 1),
        height_px=round(found.height * probe.height_px, 1),
    )
    return SeenFace(box=box, certainty=found.certainty)


def _size(probe: MediaProbe) -> tuple[int, int]:
    """Near the picture's shape, on the grid that the finder needs, always as much to look at."""
    aspect = probe.width_px / probe.height_px
    lengths = sqrt(_AREA_PX * aspect), sqrt(_AREA_PX / aspect)
    width, height = (
        _GRID_PX * min(max(round(length / _GRID_PX), 1), _LONGEST_SIDE_PX // _GRID_PX)
        for length in lengths
    )
    return width, height
