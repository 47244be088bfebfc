"""What happens in the source, at its times in the clip."""

from collections.abc import Sequence
from itertools import pairwise

from viral_forge_resources.contracts.media import SceneMap, Stretch

_DIGITS = 3


def cuts_in_clip(scene_map: SceneMap, segments: Sequence[Stretch]) -> tuple[float, ...]:
    """Moments of the clip, in order, at which it jumps: the source's cuts and its own joints."""
    found: list[float] = []
    offset_s = 0.0
    for segment in segments:
        found += [offset_s] if offset_s else []
        found += [
            shot.start_s - segment.start_s + offset_s
            for shot in scene_map.shots
            if segment.start_s < shot.start_s < segment.end_s
        ]
        offset_s += segment.duration_s
    return tuple(round(at_s, _DIGITS) for at_s in found)


def jumps_back_s(segments: Sequence[Stretch]) -> tuple[float, ...]:
    """Moments of the clip, in order, at which the source goes back: behind a hook shown first."""
    found: list[float] = []
    at_s = 0.0
    for before, after in pairwise(segments):
        at_s += before.duration_s
        found += [round(at_s, _DIGITS)] if after.start_s < before.end_s else []
    return tuple(found)


def texts_in_clip(scene_map: SceneMap, segments: Sequence[Stretch]) -> tuple[Stretch, ...] | None:
    """When the clip may show text of the source's picture; None: nobody looked for it."""
    if scene_map.no_texts_because is not None:
        return None
    if not all(map(scene_map.is_seen_in_full, segments)):
        return None
    texts = [text for shot in scene_map.shots for text in shot.texts]
    found: list[Stretch] = []
    offset_s = 0.0
    for segment in segments:
        for text in texts:
            start_s, end_s = max(text.start_s, segment.start_s), min(text.end_s, segment.end_s)
            if start_s < end_s:
                shift_s = offset_s - segment.start_s
                found.append(
                    Stretch(
                        start_s=round(start_s + shift_s, _DIGITS),
                        end_s=round(end_s + shift_s, _DIGITS),
                    )
                )
        offset_s += segment.duration_s
    return tuple(found)
