"""When somebody speaks in a clip."""

from collections.abc import Sequence

from viral_forge_assets.domain.edit_plan import words_in_clip
from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin

_DIGITS = 3
_JOINED_S = 0.3
"""Words closer than this are one stretch of speech."""


def speech_in_clip(
    transcript: Transcript, segments: Sequence[Stretch]
) -> tuple[Stretch, ...] | None:
    """Stretches of the clip in which words are spoken; None: nobody listened."""
    if transcript.origin is TranscriptOrigin.NO_MODEL:
        return None
    found: list[Stretch] = []
    for word in words_in_clip(transcript.words, segments):
        start_s, end_s = round(word.start_s, _DIGITS), round(word.end_s, _DIGITS)
        if found and start_s - found[-1].end_s < _JOINED_S:
            last = found.pop()
            start_s, end_s = min(last.start_s, start_s), max(last.end_s, end_s)
        found.append(Stretch(start_s=start_s, end_s=end_s))
    return tuple(found)
