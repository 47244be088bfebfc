"""Hands out pictures and sound as they are decoded, and says where the file is broken."""

from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SKIP_FROM_PIXELS = 1280 * 720
"""From here on, pictures that no other one needs are not decoded: half the cost, and a cut is
found at most a few pictures late."""


class Event(Enum):
    """What packets tell of the picture besides frames."""

    HARMED = "could not be decoded"
    MENDED = "stands alone again"


def decoded(
    container: "InputContainer", track: "VideoStream", *, with_sound: bool
) -> Iterator["VideoFrame | AudioFrame | Event"]:
    """Everything from where ``container`` stands to its end, or to where it is cut off."""
    import av

    _prepare(track)
    tracks = [track, container.streams.audio[0]] if with_sound else [track]
    with suppress(av.FFmpegError):  # cut off: what came before counts
        for packet in container.demux(tracks):
            yield from _frames(packet, is_picture=packet.stream is track)


def decoded_from(
    container: "InputContainer", track: "VideoStream", *, start_s: float
) -> Iterator["VideoFrame | AudioFrame | Event"]:
    """Pictures from a little before ``start_s``, a time of the file, to the end.

    A file that cannot be searched is read from its beginning.
    """
    import av

    _prepare(track)
    with suppress(av.FFmpegError):
        container.seek(int(start_s / (track.time_base or 1)), stream=track, backward=True)
    yield from decoded(container, track, with_sound=False)


def key_pictures(
    container: "InputContainer", track: "VideoStream", *, with_sound: bool
) -> Iterator["VideoFrame | AudioFrame"]:
    """Pictures that stand alone, one in some seconds, and all of the sound."""
    import av

    track.thread_type = "SLICE"  # one at a time: no other picture waits for it
    track.codec_context.skip_frame = "NONKEY"
    tracks = [track, container.streams.audio[0]] if with_sound else [track]
    with suppress(av.FFmpegError):
        for packet in container.demux(tracks):
            is_picture = packet.stream is track
            # A packet without data flushes the decoder at the end.
            if is_picture and packet.size and not packet.is_keyframe:
                continue
            for each in _frames(packet, is_picture=is_picture):
                if not isinstance(each, Event):
                    yield each


def _prepare(track: "VideoStream") -> None:
    track.thread_type = "AUTO"
    if track.codec_context.width * track.codec_context.height >= _SKIP_FROM_PIXELS:
        track.codec_context.skip_frame = "NONREF"


def _frames(
    packet: "Packet[Stream]", *, is_picture: bool
) -> Iterator["VideoFrame | AudioFrame | Event"]:
    import av

    if is_picture and packet.is_keyframe:
        yield Event.MENDED
    try:
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame | av.AudioFrame):
                yield frame
    except av.FFmpegError:  # one bad packet is no bad file
        if is_picture:
            yield Event.HARMED
