"""What kind of video a file holds, found by reading its head and its last seconds."""

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.media._container import open_media, picture_track, rotation_deg

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.packet import Packet
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_HEAD_PACKETS = 600
"""Enough pictures to tell a variable rate; the rest of a long file is not read."""

_REORDERED = 17
"""Pictures at the end of what was read whose neighbours in display order may still be missing."""

_TAIL_S = 3.0
_HDR_TRANSFERS = (16, 18)  # PQ and HLG, ITU-T H.273
_SMALLEST_SIDE_PX = 16
_IRREGULAR_SHARE = 0.02
_IRREGULAR_GAP = 0.02
_TRUSTED_RATE = 0.1
_CLOCK_TICK_S = 0.0011  # Matroska counts milliseconds


@dataclass(slots=True, kw_only=True)
class _Head:
    """What the first packets say."""

    frame: "VideoFrame | None" = None
    times_s: list[float] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)
    is_whole_file: bool = False
    audio_packets: int = 0
    has_sound: bool = False


def probe(path: Path, *, name: str) -> MediaProbe:
    """Facts of the video at ``path``, which people know as ``name``.

    Raises:
        BadInput: no playable video; says why.
    """
    if path.stat().st_size == 0:
        raise BadInput(name, reason="is an empty file", remedy="Copy or download it again.")
    with open_media(path, name=name) as container:
        track = picture_track(container, name=name)
        sound = container.streams.audio[0] if container.streams.audio else None
        head = _read_head(container, track, sound)
        if head.frame is None:
            raise BadInput(
                name,
                reason="is damaged: not one picture of it can be decoded",
                remedy="Copy or download it again, or export it anew.",
            )
        if len(set(head.times_s)) == 1:
            raise BadInput(
                name,
                reason="has no duration: it holds a single picture",
                remedy="Give a file with a moving picture.",
            )
        found = _facts(container, track, sound, head, head.frame)
    if min(found.width_px, found.height_px) < _SMALLEST_SIDE_PX:
        raise BadInput(
            name,
            reason=f"has a picture of only {found.width_px} x {found.height_px} pixels",
            remedy=f"Give a video of at least {_SMALLEST_SIDE_PX} pixels on each side.",
        )
    return found


def _read_head(
    container: "InputContainer", track: "VideoStream", sound: "AudioStream | None"
) -> _Head:
    import av

    head = _Head()
    tracks = [track] if sound is None or sound.codec_context is None else [track, sound]
    try:
        for packet in container.demux(tracks):
            if packet.stream is track:
                _note_times(packet, head)
            else:
                head.audio_packets += packet.size > 0
            _decode(packet, head)
            if len(head.times_s) >= _HEAD_PACKETS and head.frame is not None:
                return head
    except av.FFmpegError:
        return head  # cut off: what was read so far decides
    head.is_whole_file = True
    return head


def _note_times(packet: "Packet[Any]", head: _Head) -> None:
    tick = packet.pts if packet.pts is not None else packet.dts  # AVI has decoding times only
    if tick is None or packet.is_discard:
        return
    start_s = float(tick * packet.time_base)
    head.times_s.append(start_s)
    head.ends_s.append(start_s + float((packet.duration or 0) * packet.time_base))


def _decode(packet: "Packet[Any]", head: _Head) -> None:
    import av

    is_picture = packet.stream.type == "video"
    if head.frame is not None if is_picture else head.has_sound:
        return
    try:
        frames = packet.decode()
    except av.FFmpegError:
        return  # one bad packet is no bad file
    for frame in frames:
        if isinstance(frame, av.VideoFrame):
            head.frame = frame
        else:
            head.has_sound = True


def _facts(
    container: "InputContainer",
    track: "VideoStream",
    sound: "AudioStream | None",
    head: _Head,
    frame: "VideoFrame",
) -> MediaProbe:
    times_s = sorted(head.times_s)
    fps = _rate(track, times_s)
    rotation = rotation_deg(frame)
    width_px, height_px, pixel_aspect = _displayed(track, frame, rotation)
    end_s = max(head.ends_s) if head.is_whole_file else _end(container, track, head)
    channels, rate_hz, audio_codec = _sound(sound, head)
    return MediaProbe(
        container=container.format.name,
        duration_s=max(end_s, times_s[-1] + float(1 / fps)) - times_s[0],
        width_px=width_px,
        height_px=height_px,
        rotation_deg=rotation,
        pixel_aspect=pixel_aspect,
        fps=fps,
        is_variable_rate=_is_variable(times_s, is_whole=head.is_whole_file),
        is_hdr=frame.color_trc in _HDR_TRANSFERS,
        video_codec=track.codec_context.codec.canonical_name,
        pixel_format=frame.format.name,
        start_s=times_s[0],
        audio_channels=channels,
        audio_rate_hz=rate_hz,
        audio_codec=audio_codec,
    )


def _displayed(
    track: "VideoStream", frame: "VideoFrame", rotation: int
) -> tuple[int, int, Fraction]:
    aspect = track.sample_aspect_ratio or Fraction(1)  # 0 and none at all mean "square"
    if rotation in (90, 270):
        return round(frame.height / aspect), frame.width, aspect
    return round(frame.width * aspect), frame.height, aspect


def _rate(track: "VideoStream", times_s: list[float]) -> Fraction:
    measured = (len(times_s) - 1) / (times_s[-1] - times_s[0])
    stated = track.average_rate
    if stated and abs(stated / measured - 1) < _TRUSTED_RATE:
        return stated
    return Fraction(measured).limit_denominator(1001)


def _is_variable(times_s: list[float], *, is_whole: bool) -> bool:
    kept = times_s if is_whole else times_s[:-_REORDERED]
    gaps = [later - earlier for earlier, later in pairwise(kept)]
    usual = median(gaps)
    irregular = sum(abs(gap - usual) > usual * _IRREGULAR_GAP + _CLOCK_TICK_S for gap in gaps)
    return irregular > len(gaps) * _IRREGULAR_SHARE


def _end(container: "InputContainer", track: "VideoStream", head: _Head) -> float:
    claimed_s = float((track.duration or 0) * (track.time_base or 0))
    if not claimed_s:
        claimed_s = (container.duration or 0) / 1_000_000
    first_s, last_s = min(head.times_s), max(head.times_s)
    tail = _ends_from(container, track, max(last_s, first_s + claimed_s - _TAIL_S))
    if not tail:  # the file is cut off, and shorter than it says
        tail = _ends_from(container, track, last_s)
    return max(tail + head.ends_s)


def _ends_from(container: "InputContainer", track: "VideoStream", start_s: float) -> list[float]:
    import av

    rest = _Head()
    try:
        container.seek(int(start_s / (track.time_base or 1)), stream=track)
        for packet in container.demux(track):
            _note_times(packet, rest)
    except av.FFmpegError:
        return rest.ends_s
    return rest.ends_s


def _sound(sound: "AudioStream | None", head: _Head) -> tuple[int | None, int | None, str | None]:
    if sound is None or sound.codec_context is None:
        return None, None, None
    codec = sound.codec_context
    is_broken = head.audio_packets > 0 and not head.has_sound
    if is_broken or not codec.channels or not codec.sample_rate:
        return None, None, None
    return codec.channels, codec.sample_rate, codec.codec.canonical_name
