"""Opens media files with PyAV: one local file of a known container, the same track everywhere."""

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.ffmpeg import INPUT_GUARD

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_DAMAGED = "Play it to see whether it is damaged; if it plays, convert it to MP4 (H.264 and AAC)."


@contextmanager
def open_media(path: Path, *, name: str) -> Generator["InputContainer"]:
    """The container at ``path``, which may not refer to other files.

    Raises:
        BadInput: FFmpeg does not know what it is, here or while it is read.
    """
    import av

    try:
        with av.open(f"file:{path}", options=INPUT_GUARD, metadata_errors="replace") as container:
            yield container
    except av.FFmpegError as error:
        reason = f"is no video that can be read ({error.strerror})"
        raise BadInput(name, reason=reason, remedy=_DAMAGED) from error


def picture_track(container: "InputContainer", *, name: str) -> "VideoStream":
    """The first video track that is no cover picture: FFmpeg calls it ``0:V:0``.

    Raises:
        BadInput: there is none.
    """
    import av

    cover = av.stream.Disposition.attached_pic
    tracks = [track for track in container.streams.video if not track.disposition & cover]
    if not tracks:
        what = "a cover picture" if container.streams.video else "sound"
        if container.streams.video and container.streams.audio:
            what = "sound and a cover picture"
        raise BadInput(
            name,
            reason=f"has no video track{f', only {what}' if len(container.streams) else ''}",
            remedy="Give a file with a moving picture.",
        )
    track = tracks[0]
    if track.codec_context is None:
        raise BadInput(
            name,
            reason="has a video track of a kind that FFmpeg cannot decode",
            remedy="Convert it to MP4 (H.264 and AAC).",
        )
    return track


def rotation_deg(frame: "VideoFrame") -> int:
    """Clockwise quarter turns, in degrees, that show the decoded frame upright."""
    return round(-frame.rotation / 90) * 90 % 360
