"""Single pictures of a video, reached by seeking, also in damaged files and without an index."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.media import MediaProbe

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream
    from PIL.Image import Image


def frames_from(
    container: "InputContainer", track: "VideoStream", start_s: float, at_s: float
) -> "Iterator[tuple[float, VideoFrame]]":
    """Frames with their times, from the key frame before ``at_s`` to the end."""
    is_lost = "mpegts" in container.format.name
    for time_s, frame in _after_seek(container, track, start_s + at_s):
        is_lost = False
        yield time_s - start_s, frame
    if is_lost:
        # MPEG-TS has no index: a seek may end behind the last key frame, and nothing follows.
        for time_s, frame in _after_seek(container, track, start_s):
            yield time_s - start_s, frame


def _after_seek(
    container: "InputContainer", track: "VideoStream", to_s: float
) -> "Iterator[tuple[float, VideoFrame]]":
    import av

    try:
        container.seek(int(to_s / (track.time_base or 1)), stream=track)
        for packet in container.demux(track):
            try:
                frames = packet.decode()
            except av.FFmpegError:
                continue  # damaged here; the next may be whole
            for frame in frames:
                yield float((frame.pts or 0) * (frame.time_base or 0)), frame
    except av.FFmpegError:
        return


def upright(frame: "VideoFrame", facts: MediaProbe, size: tuple[int, int]) -> "Image":
    """The picture as it is shown, scaled to ``size``."""
    from PIL import Image

    is_turned = facts.rotation_deg in (90, 270)
    width_px, height_px = size[::-1] if is_turned else size
    rgb = frame.reformat(width=width_px, height=height_px, format="rgb24", interpolation="AREA")
    picture = Image.fromarray(rgb.to_ndarray())
    return picture.rotate(-facts.rotation_deg, expand=True) if facts.rotation_deg else picture
