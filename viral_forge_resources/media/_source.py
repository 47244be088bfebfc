"""What a render must know of its source besides the spec."""

from dataclasses import dataclass
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.ffmpeg import INPUT_GUARD

_UNSPECIFIED = 2
_LAST_SD_HEIGHT = 576


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """Of a video file, as FFmpeg will see it.

    Attributes:
        origin_s: time of the first picture, counted from the start of the file.
        assumed_matrix: colour matrix that players take where the file names none, else None.
    """

    origin_s: float
    assumed_matrix: str | None


def source_facts(path: Path, *, name: str) -> SourceFacts:
    """Read the head of the file.

    Raises:
        BadInput: there is no picture in it.
    """
    import av  # noqa: PLC0415  heavy

    try:
        with av.open(f"file:{path}", options=INPUT_GUARD) as container:
            cover = av.stream.Disposition.attached_pic
            streams = [each for each in container.streams.video if not each.disposition & cover]
            if not streams:
                raise BadInput(name, reason="has no video track", remedy="Give a video file.")
            stream = streams[0]
            file_start_s = (container.start_time or 0) / av.time_base
            start_s = float((stream.start_time or 0) * (stream.time_base or 0))
            codec = stream.codec_context
            is_unsaid = codec.colorspace == _UNSPECIFIED
            guess = "bt709" if min(codec.height, codec.width) > _LAST_SD_HEIGHT else "smpte170m"
            return SourceFacts(
                origin_s=max(0.0, start_s - file_start_s),
                assumed_matrix=guess if is_unsaid else None,
            )
    except av.FFmpegError as error:
        raise BadInput(
            name,
            reason=f"cannot be read as a video ({error.strerror})",
            remedy="Play it to see whether it is damaged; if it plays, convert it to MP4.",
        ) from error
