"""Looks at every picture of some stretches of a video that was only skimmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from viral_forge_resources.contracts.media import MediaProbe, SceneMap, Shot, Stretch
from viral_forge_resources.contracts.media_ports import ProgressCallback
from viral_forge_resources.media._container import open_media, picture_track
from viral_forge_resources.media._decoding import Event, decoded_from
from viral_forge_resources.media._sight import Sight
from viral_forge_resources.media._watch import Watch, time_of

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

_LATE_S = 0.5
"""A file that cannot be searched exactly may give its first picture later than it was asked for."""

_SHORTEST_S = 1.0
"""Less of a stretch that was seen is of no use."""

_INSTANT_S = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What was found in a stretch of which every picture was looked at."""

    stretch: Stretch
    shots: tuple[Shot, ...]
    black: tuple[Stretch, ...]
    frozen: tuple[Stretch, ...]
    damaged: tuple[Stretch, ...]


def look_closer(
    path: Path,
    probe: MediaProbe,
    skimmed: SceneMap,
    *,
    within: Sequence[Stretch],
    sight: Sight,
    on_progress: ProgressCallback,
) -> SceneMap:
    """``skimmed`` with every picture looked at ``within`` stretches, which are in order and apart.

    A stretch of which the file gives no picture is left out of ``in_full``.
    """
    seen: list[_Seen] = []
    for number, stretch in enumerate(within, start=1):
        found = _look(path, probe, stretch, sight)
        seen += [found] if found else []
        on_progress(number / len(within))
    return replace(
        skimmed,
        shots=tuple(_all_shots(skimmed.shots, seen)),
        black=tuple(each for part in seen for each in part.black),
        frozen=tuple(each for part in seen for each in part.frozen),
        damaged=tuple(each for part in seen for each in part.damaged),
        in_full=tuple(part.stretch for part in seen),
    )


class _Part:
    """Takes what is decoded from a little before a stretch on, until it is over."""

    def __init__(self, probe: MediaProbe, sight: Sight, stretch: Stretch) -> None:
        self._probe = probe
        self._sight = sight
        self._start_s, self._end_s = stretch.start_s, stretch.end_s
        self._watch: Watch | None = None
        self._is_over = False

    def take(self, found: "VideoFrame | Event") -> bool:
        """Whether there is more to look at."""
        if isinstance(found, Event):
            if self._watch is not None:
                self._watch.note(found)
            return True
        at_s = time_of(found, self._probe)
        if at_s is None:
            return True
        if self._watch is None:
            is_late = at_s > self._start_s + _LATE_S
            self._start_s = at_s if is_late else self._start_s
            self._watch = Watch(self._probe, self._sight, start_s=self._start_s)
        self._is_over = at_s >= self._end_s
        if not self._is_over and at_s >= self._start_s:
            self._watch.see(found)
        return not self._is_over

    def seen(self) -> _Seen | None:
        """What was found; None where too little was shown."""
        watch = self._watch
        if watch is None or watch.last_s is None:
            return None
        end_s = self._end_s
        if not self._is_over and end_s < self._probe.duration_s - _LATE_S:
            end_s = min(end_s, watch.last_s)  # the file broke off
        if end_s - self._start_s < _SHORTEST_S:
            return None
        shots, damaged = watch.finish(end_s)
        return _Seen(
            stretch=Stretch(start_s=self._start_s, end_s=end_s),
            shots=shots,
            black=watch.black,
            frozen=watch.frozen,
            damaged=damaged,
        )

    def close(self) -> None:
        """Stop looking."""
        if self._watch is not None:
            self._watch.close()


def _look(path: Path, probe: MediaProbe, stretch: Stretch, sight: Sight) -> _Seen | None:
    import av

    part = _Part(probe, sight, stretch)
    try:
        with open_media(path, name=path.name) as container:
            track = picture_track(container, name=path.name)
            start_s = stretch.start_s + probe.start_s
            for found in decoded_from(container, track, start_s=start_s):
                if not isinstance(found, av.AudioFrame) and not part.take(found):
                    break
        return part.seen()
    finally:
        part.close()


def _all_shots(skimmed: Sequence[Shot], seen: Sequence[_Seen]) -> Iterator[Shot]:
    """The shots of each stretch that was seen, and what was skimmed between them."""
    from_s = 0.0
    for part in seen:
        yield from _between(skimmed, from_s, part.stretch.start_s)
        yield from part.shots
        from_s = part.stretch.end_s
    yield from _between(skimmed, from_s, skimmed[-1].end_s)


def _between(shots: Sequence[Shot], start_s: float, end_s: float) -> Iterator[Shot]:
    for shot in shots:
        first_s, last_s = max(shot.start_s, start_s), min(shot.end_s, end_s)
        if last_s - first_s > _INSTANT_S:
            yield replace(shot, start_s=first_s, end_s=last_s)
