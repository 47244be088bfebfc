"""Looks at the pictures of a stretch as they pass by: shots, what is in them, stillness, damage."""

from typing import TYPE_CHECKING

import numpy as np

from viral_forge_resources.contracts.media import MediaProbe, Shot, Stretch
from viral_forge_resources.media._decoding import Event
from viral_forge_resources.media._lookout import Lookout
from viral_forge_resources.media._shots import Picture, ShotFinder
from viral_forge_resources.media._sight import Sight
from viral_forge_resources.media._stretches import StillFinder

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.video.frame import VideoFrame
    from av.video.reformatter import VideoReformatter

_COLUMNS, _ROWS = 64, 36


class Watch:
    """Hands pictures to the finders, at times counted from the first video frame.

    Attributes:
        last_s: time of the latest picture; None before the first.
    """

    def __init__(self, probe: MediaProbe, sight: Sight, *, start_s: float = 0.0) -> None:
        from av.video.reformatter import VideoReformatter

        self.last_s: float | None = None
        self._start_s = start_s
        self.black: tuple[Stretch, ...] = ()
        self.frozen: tuple[Stretch, ...] = ()
        self._probe = probe
        self._shrinker = VideoReformatter()
        self._shots = ShotFinder(start_s)
        self._lookout = Lookout(sight, probe, start_s=start_s)
        self._stills = StillFinder()
        self._harmed_s: float | None = None
        self._damaged: list[Stretch] = []

    def see(self, frame: "VideoFrame") -> None:
        """Look at a picture."""
        at_s = time_of(frame, self._probe)
        if at_s is None:
            at_s = 0.0 if self.last_s is None else self.last_s + float(1 / self._probe.fps)
        if self.last_s is not None and at_s <= self.last_s:
            return  # damaged times: pictures cannot go back
        self.last_s = at_s
        picture = small_picture(frame, self._shrinker, self._probe)
        self._shots.add(at_s, picture)
        self._stills.add(at_s, picture)
        self._lookout.see(at_s, frame, picture)
        self._lookout.know(self._shots.start_s, self._shots.known_s)

    def note(self, event: Event) -> None:
        """Later pictures are made of earlier ones: damage lasts until one stands alone."""
        now_s = self._start_s if self.last_s is None else self.last_s
        if event is Event.HARMED and self._harmed_s is None:
            self._harmed_s = now_s
        elif event is Event.MENDED:
            self._end_damage(now_s)

    def finish(self, end_s: float) -> tuple[tuple[Shot, ...], tuple[Stretch, ...]]:
        """All shots, the last of which ends at ``end_s``, and the damage."""
        self._stills.finish(end_s)
        self._end_damage(end_s)
        self.black, self.frozen = tuple(self._stills.black), tuple(self._stills.frozen)
        return self._lookout.seen_in(self._shots.finish(end_s)), tuple(self._damaged)

    def close(self) -> None:
        """Stop looking."""
        self._lookout.close()

    def _end_damage(self, at_s: float) -> None:
        if self._harmed_s is not None:
            self._damaged.append(Stretch(start_s=self._harmed_s, end_s=at_s))
            self._harmed_s = None


def time_of(frame: "VideoFrame | AudioFrame", probe: MediaProbe) -> float | None:
    """Seconds from the first video frame; None where the file does not say."""
    if frame.pts is None or frame.time_base is None:
        return None
    return float(frame.pts * frame.time_base) - probe.start_s


def small_picture(frame: "VideoFrame", shrinker: "VideoReformatter", probe: MediaProbe) -> Picture:
    """``frame`` upright, small enough to be compared with every other one."""
    twice = shrinker.reformat(
        frame,
        width=_COLUMNS * 2,
        height=_ROWS * 2,
        format="yuv444p",
        interpolation="FAST_BILINEAR",  # picks points: a mean of four calms the noise
    ).to_ndarray()
    points = twice.astype(np.int16)
    top, bottom = points[:, ::2], points[:, 1::2]
    mean = (top[..., ::2] + top[..., 1::2] + bottom[..., ::2] + bottom[..., 1::2]) >> 2
    return np.rot90(mean, k=-(probe.rotation_deg // 90), axes=(1, 2))
