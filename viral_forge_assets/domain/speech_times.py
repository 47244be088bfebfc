"""When somebody speaks in a clip, and how much of it is music."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from viral_forge_assets.domain.edit_plan import words_in_clip
from viral_forge_resources.contracts.hearing import MUSIC, QUIET, SPEECH, SoundMap
from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin, Word

_DIGITS = 3
_JOINED_S = 0.3
"""Words closer than this are one stretch of speech."""


def speech_in_clip(
    transcript: Transcript, sound: SoundMap | None, segments: Sequence[Stretch]
) -> tuple[Stretch, ...] | None:
    """Stretches of the clip in which words were read or a voice was heard; None: nobody listened.

    Both count: subtitles leave things out, and a voice detector misses what is said softly.
    """
    is_heard = sound is not None and sound.no_speech_because is None
    if transcript.origin is TranscriptOrigin.NO_MODEL and not is_heard:
        return None
    spoken = [*transcript.words, *(_heard_as(SPEECH, sound) if sound and is_heard else ())]
    parts = [words_in_clip([each], segments) for each in spoken]
    return _joined(sorted((part.start_s, part.end_s) for found in parts for part in found))


def music_in_clip(sound: SoundMap | None, segments: Sequence[Stretch]) -> float:
    """Share of what is heard in the clip that is music, in [0, 1]; 0 where nobody listened."""
    if sound is None:
        return 0.0
    kinds = "".join(
        sound.kinds[round(each.start_s / sound.step_s) : round(each.end_s / sound.step_s)]
        for each in segments
    ).replace(QUIET, "")
    return kinds.count(MUSIC) / len(kinds) if kinds else 0.0


def _heard_as(kind: str, sound: SoundMap) -> Iterator[Word]:
    reached = 0
    for letter, steps in groupby(sound.kinds):
        first, reached = reached, reached + len(list(steps))
        if letter == kind:
            yield Word(text="", start_s=first * sound.step_s, end_s=reached * sound.step_s)


def _joined(times: Sequence[tuple[float, float]]) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    for start_s, end_s in times:
        if found and start_s - found[-1].end_s < _JOINED_S:
            last = found.pop()
            start_s, end_s = last.start_s, max(last.end_s, end_s)  # noqa: PLW2901
        found.append(Stretch(start_s=round(start_s, _DIGITS), end_s=round(end_s, _DIGITS)))
    return tuple(found)
