"""What captions must be before a clip with them may be published."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from viral_forge_assets.domain.placement import Obstacle, covered, is_free_box
from viral_forge_assets.domain.safe_zones import Box, Frame, free_area
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.contracts.records import CheckResult
from viral_forge_resources.contracts.works import ShownCaption

_EARLY_S = 0.05
"""A caption is never seen before its first word is heard, but for a frame at 20 a second."""
_LATE_S = 0.05
_EDGE = 0.003
"""Share of the frame by which measured and drawn letters differ."""
_NOTHING = 1e-9
_MOST_TOLD = 3

_TIMED = "rendered_clips_have_captions_in_time"
_CLEAR = "rendered_clips_have_captions_in_the_clear"
_SAFE = "rendered_clips_have_captions_in_the_safe_zone"

CAPTION_CHECK_NAMES = {
    _TIMED: "Every word that is heard is shown while it is, to 50 ms.",
    _CLEAR: "No caption covers a face or a text of the picture while there is room elsewhere.",
    _SAFE: "No caption lies where a platform draws its own buttons and texts.",
}
"""What is checked of captions, in this order, each in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionFault:
    """What is wrong with one caption, for people."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A clip's captions, and what they are to go with and to keep clear of.

    Attributes:
        captions: in the order in which they are shown.
        words: of the clip, at their times in it, all that are to be seen.
        none_because: why there are none, if there are none.
        unseen: why nobody looked for faces or texts.
    """

    captions: Sequence[ShownCaption]
    words: Sequence[Word]
    frame: Frame
    obstacles: Sequence[Obstacle] = ()
    none_because: str = ""
    unseen: Sequence[str] = ()


def check_captions(shown: Shown) -> tuple[CheckResult, ...]:
    """One result for each of ``CAPTION_CHECK_NAMES``, in that order."""
    if not shown.captions and not shown.words:
        said = f"not applicable: {shown.none_because}"
        return tuple(
            CheckResult(name=name, passed=True, message=said) for name in CAPTION_CHECK_NAMES
        )
    count = len(shown.captions)
    clear = f"{count} captions cover nothing that they could keep clear of"
    return (
        _verdict(
            _TIMED,
            timing_faults(shown.captions, shown.words),
            f"{count} captions show {len(shown.words)} words in time",
        ),
        _verdict(
            _CLEAR,
            covering_faults(shown.captions, shown.frame, shown.obstacles),
            "; ".join((clear, *(f"nobody looked: {each}" for each in shown.unseen))),
        ),
        _verdict(
            _SAFE,
            zone_faults(shown.captions, shown.frame),
            f"{count} captions lie where no platform draws",
        ),
    )


def _verdict(name: str, faults: "Sequence[CaptionFault]", good: str) -> CheckResult:
    told = [f"at {each.at_s:.2f} s {each.text}" for each in faults[:_MOST_TOLD]]
    more = [f"and {len(faults) - _MOST_TOLD} more"] if len(faults) > _MOST_TOLD else []
    return CheckResult(name=name, passed=not faults, message="; ".join([*told, *more]) or good)


def timing_faults(
    captions: Sequence[ShownCaption], words: Sequence[Word]
) -> tuple[CaptionFault, ...]:
    """Where captions and the words that are heard do not meet.

    Args:
        captions: in the order in which they are shown.
        words: of the clip, at their times in it, all that are to be seen.
    """
    return (*_overlaps(captions), *_off_beat(captions), *_unseen(captions, words))


def zone_faults(captions: Sequence[ShownCaption], frame: Frame) -> tuple[CaptionFault, ...]:
    """Captions that a platform covers."""
    area = free_area(frame)
    return tuple(
        CaptionFault(at_s=each.start_s, text="a platform's controls cover it")
        for each in captions
        if not _is_inside(_box(each), area)
    )


def covering_faults(
    captions: Sequence[ShownCaption], frame: Frame, obstacles: Sequence[Obstacle] = ()
) -> tuple[CaptionFault, ...]:
    """Captions that cover a face or a text though there was room."""
    return tuple(_covering(captions, frame, obstacles))


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


def _covering(
    captions: Sequence[ShownCaption], frame: Frame, obstacles: Sequence[Obstacle]
) -> Iterator[CaptionFault]:
    for caption in captions:
        met = [
            each
            for each in obstacles
            if each.start_s < caption.end_s and caption.start_s < each.end_s
        ]
        box = _box(caption)
        if covered(box, met) > _NOTHING and is_free_box(box, frame, met):
            hit = {each.kind.value for each in met if box.shared_with(each.box) > 0}
            text = (
                f"it covers what is in the picture ({', '.join(sorted(hit))}) though there is room"
            )
            yield CaptionFault(at_s=caption.start_s, text=text)


def _box(caption: ShownCaption) -> Box:
    return Box(left=caption.left, top=caption.top, right=caption.right, bottom=caption.bottom)


def _is_inside(box: Box, area: Box) -> bool:
    return (
        box.left >= area.left - _EDGE
        and box.right <= area.right + _EDGE
        and box.top >= area.top - _EDGE
        and box.bottom <= area.bottom + _EDGE
    )
