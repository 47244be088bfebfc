"""Looks at and listens to a whole video once: cuts, faces, text, movement, stillness, silence."""

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Stretch
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._lookout import Lookout
from viral_forge_resources.media._shots import Picture, ShotFinder
from viral_forge_resources.media._sight import Sight
from viral_forge_resources.media._stretches import SilenceFinder, StillFinder

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.container import InputContainer
    from av.packet import Packet
    from av.stream import Stream
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_COLUMNS, _ROWS = 64, 36
_SKIP_FROM_PIXELS = 1280 * 720
"""From here on, pictures that no other one needs are not decoded: half the cost, and a cut is
found at most a few pictures late."""

_PROGRESS_STEP = 0.01


def analyse(
    path: Path, probe: MediaProbe, *, sight: Sight, on_progress: ProgressCallback
) -> SceneMap:
    """Cuts, what is in each shot, silence, black and frozen stretches, in one pass.

    Broken sound does not cost the picture: what could be read is used. The time of a cut is that
    of the first picture seen behind it.

    Raises:
        BadInput: not one picture can be decoded.
    """
    import av

    watch = _Watch(probe, sight, on_progress)
    with open_media(path, name=path.name) as container:
        track = picture_track(container, name=path.name)
        for found in _frames(container, track, with_sound=probe.audio_channels is not None):
            if isinstance(found, av.VideoFrame):
                watch.see(found)
            elif isinstance(found, av.AudioFrame):
                watch.hear(found)
            else:
                watch.note(found)
    if watch.last_s is None:
        raise BadInput(
            path.name,
            reason="is damaged: not one picture of it can be decoded",
            remedy="Copy or download it again, or export it anew.",
        )
    on_progress(1.0)
    return watch.scene_map()


class _Event(Enum):
    """What packets tell of the picture besides frames."""

    HARMED = "could not be decoded"
    MENDED = "stands alone again"


def _frames(
    container: "InputContainer", track: "VideoStream", *, with_sound: bool
) -> Iterator["VideoFrame | AudioFrame | _Event"]:
    import av

    track.thread_type = "AUTO"
    if track.codec_context.width * track.codec_context.height >= _SKIP_FROM_PIXELS:
        track.codec_context.skip_frame = "NONREF"
    tracks = [track, container.streams.audio[0]] if with_sound else [track]
    try:
        for packet in container.demux(tracks):
            yield from _decoded(packet, is_picture=packet.stream is track)
    except av.FFmpegError:
        return  # cut off: what came before counts


def _decoded(
    packet: "Packet[Stream]", *, is_picture: bool
) -> Iterator["VideoFrame | AudioFrame | _Event"]:
    import av

    if is_picture and packet.is_keyframe:
        yield _Event.MENDED
    try:
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame | av.AudioFrame):
                yield frame
    except av.FFmpegError:  # one bad packet is no bad file
        if is_picture:
            yield _Event.HARMED


class _Watch:
    """Hands what is decoded to the finders, at times counted from the first video frame."""

    def __init__(self, probe: MediaProbe, sight: Sight, on_progress: ProgressCallback) -> None:
        from av.video.reformatter import VideoReformatter

        self.last_s: float | None = None
        self._probe = probe
        self._on_progress = on_progress
        self._share = 0.0
        self._shrinker = VideoReformatter()
        self._shots = ShotFinder()
        self._sight = sight
        self._lookout = Lookout(sight, probe)
        self._stills = StillFinder()
        self._silence = SilenceFinder()
        self._harmed_s: float | None = None
        self._damaged: list[Stretch] = []

    def see(self, frame: "VideoFrame") -> None:
        """Look at a picture."""
        at_s = self._time(frame)
        if at_s is None:
            at_s = 0.0 if self.last_s is None else self.last_s + float(1 / self._probe.fps)
        if self.last_s is not None and at_s <= self.last_s:
            return  # damaged times: pictures cannot go back
        self.last_s = at_s
        picture = self._small(frame)
        self._shots.add(at_s, picture)
        self._stills.add(at_s, picture)
        self._lookout.see(at_s, frame, picture)
        self._lookout.know(self._shots.start_s, self._shots.known_s)
        share = min(at_s / self._probe.duration_s, 1.0)
        if share >= self._share + _PROGRESS_STEP:
            self._share = share
            self._on_progress(share)

    def note(self, event: _Event) -> None:
        """Later pictures are made of earlier ones: damage lasts until one stands alone."""
        now_s = self.last_s or 0.0
        if event is _Event.HARMED and self._harmed_s is None:
            self._harmed_s = now_s
        elif event is _Event.MENDED:
            self._end_damage(now_s)

    def _end_damage(self, at_s: float) -> None:
        if self._harmed_s is not None:
            self._damaged.append(Stretch(start_s=self._harmed_s, end_s=at_s))
            self._harmed_s = None

    def hear(self, frame: "AudioFrame") -> None:
        """Listen to a few samples."""
        at_s = self._time(frame)
        if at_s is not None and at_s <= self._probe.duration_s:
            self._silence.add(at_s, _power(frame), frame.sample_rate)

    def scene_map(self) -> SceneMap:
        """What was seen and heard."""
        duration_s = self._probe.duration_s
        self._stills.finish(duration_s)
        self._end_damage(duration_s)
        return SceneMap(
            duration_s=duration_s,
            shots=self._lookout.seen_in(self._shots.finish(duration_s)),
            silences=self._silence.silences(duration_s),
            black=tuple(self._stills.black),
            frozen=tuple(self._stills.frozen),
            damaged=tuple(self._damaged),
            no_faces_because=self._sight.no_faces_because,
            no_texts_because=self._sight.no_texts_because,
        )

    def _time(self, frame: "VideoFrame | AudioFrame") -> float | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base) - self._probe.start_s

    def _small(self, frame: "VideoFrame") -> Picture:
        twice = self._shrinker.reformat(
            frame,
            width=_COLUMNS * 2,
            height=_ROWS * 2,
            format="yuv444p",
            interpolation="FAST_BILINEAR",  # picks points: a mean of four calms the noise
        ).to_ndarray()
        points = twice.astype(np.int16)
        top, bottom = points[:, ::2], points[:, 1::2]
        mean = (top[..., ::2] + top[..., 1::2] + bottom[..., ::2] + bottom[..., 1::2]) >> 2
        return np.rot90(mean, k=-(self._probe.rotation_deg // 90), axes=(1, 2))


def _power(frame: "AudioFrame") -> npt.NDArray[np.float64]:
    samples = frame.to_ndarray()
    level = samples.astype(np.float64)
    if samples.dtype == np.uint8:
        level = (level - 128) / 128
    elif samples.dtype in (np.int16, np.int32):
        level /= 2 ** (8 * samples.itemsize - 1)
    if not frame.format.is_planar:
        level = level.reshape(-1, len(frame.layout.channels)).T
    return np.asarray(np.nan_to_num(np.square(level)).mean(axis=0), dtype=np.float64)
