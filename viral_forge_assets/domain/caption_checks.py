"""What captions must be before a clip with them may be published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from viral_forge_assets.domain.placement import Obstacle, covered, is_free_box
from viral_forge_assets.domain.safe_zones import Box, Frame, free_area
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.contracts.works import ShownCaption

_EARLY_S = 0.05
"""A caption is never seen before its first word is heard, but for a frame at 20 a second."""
_LATE_S = 0.05
_EDGE = 0.003
"""Share of the frame by which measured and drawn letters differ."""
_COVERED = 0.2
"""Cost from which on a caption covers something: 2 % of its box on a face, 3 % on a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFault:
    """What is wrong with one caption, for people."""

    at_s: float
    text: str


def timing_faults(
    captions: Sequence[ShownCaption], words: Sequence[Word]
) -> tuple[CaptionFault, ...]:
    """Where captions and the words that are heard do not meet.

    Args:
        captions: in the order in which they are shown.
        words: of the clip, at their times in it, all that are to be seen.
    """
    return (*_overlaps(captions), *_off_beat(captions), *_unseen(captions, words))


def place_faults(
    captions: Sequence[ShownCaption], frame: Frame, obstacles: Sequence[Obstacle] = ()
) -> tuple[CaptionFault, ...]:
    """Captions that a platform covers, or that cover a face or a text though there was room."""
    return tuple(_misplaced(captions, frame, obstacles))


def _overlaps(captions: Sequence[ShownCaption]) -> Iterator[CaptionFault]:
    for before, after in pairwise(captions):
        if after.start_s < before.end_s - 1e-6:
            yield CaptionFault(at_s=after.start_s, text="two captions are shown at once")


def _off_beat(captions: Sequence[ShownCaption]) -> Iterator[CaptionFault]:
    for caption in captions:
        first, last = caption.words[0], caption.words[-1]
        if abs(caption.start_s - first.start_s) > _EARLY_S:
            off_s = caption.start_s - first.start_s
            text = f"'{first.text}' is shown {off_s:+.2f} s off its sound"
            yield CaptionFault(at_s=caption.start_s, text=text)
        if caption.end_s < last.end_s - _LATE_S:
            text = f"'{last.text}' leaves {last.end_s - caption.end_s:.2f} s before its end"
            yield CaptionFault(at_s=caption.end_s, text=text)


def _unseen(captions: Sequence[ShownCaption], words: Sequence[Word]) -> Iterator[CaptionFault]:
    """Words during whose sound no caption, or another one, stands."""
    at = 0
    for word in sorted(words, key=lambda each: each.start_s):
        middle_s = (word.start_s + word.end_s) / 2
        while at < len(captions) and captions[at].end_s <= middle_s:
            at += 1
        if at == len(captions) or captions[at].start_s > middle_s + _LATE_S:
            yield CaptionFault(at_s=word.start_s, text=f"'{word.text}' is heard and not shown")


def _misplaced(
    captions: Sequence[ShownCaption], frame: Frame, obstacles: Sequence[Obstacle]
) -> Iterator[CaptionFault]:
    area = free_area(frame)
    for caption in captions:
        box = Box(left=caption.left, top=caption.top, right=caption.right, bottom=caption.bottom)
        met = [
            each
            for each in obstacles
            if each.start_s < caption.end_s and caption.start_s < each.end_s
        ]
        if not _is_inside(box, area):
            yield CaptionFault(at_s=caption.start_s, text="a platform's controls cover it")
        elif covered(box, met) > _COVERED and is_free_box(box, frame, met):
            kinds = ", ".join(sorted({each.kind.value for each in met}))
            text = f"it covers what is in the picture ({kinds}) though there is room"
            yield CaptionFault(at_s=caption.start_s, text=text)


def _is_inside(box: Box, area: Box) -> bool:
    return (
        box.left >= area.left - _EDGE
        and box.right <= area.right + _EDGE
        and box.top >= area.top - _EDGE
        and box.bottom <= area.bottom + _EDGE
    )
