"""Whether two clips are the same thing twice: another encode, grade, crop or caption of it."""

from dataclasses import dataclass

from viral_forge_resources.contracts.likeness import ClipPrint

_BITS_APART = 12
"""Of 64. Pictures that have nothing in common differ in about half; a grade and captions change
up to ten."""

_SAME_PICTURES = 0.6
_SAME_SILENT_PICTURES = 0.8
"""Where there is no sound to tell two moments in front of one background apart."""

_RELATED_PICTURES = 0.3
"""A mirrored or tilted copy whose pictures were taken at other moments still shares so many."""

_SAME_SOUND = 0.35
"""Share of bits that differ, as in the paper that the numbers come from; others have half."""

_VERY_SAME_SOUND = 0.2

_LEAST_OVERLAP = 0.5
_SOUND_BITS = 32
_ROW_BITS = 8
_FRAME_BITS = 64
_ROW_STARTS = range(0, _FRAME_BITS, _ROW_BITS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How alike two clips are.

    Attributes:
        pictures: share of the shorter one's pictures that the other one shows, too.
        sound_apart: share of bits in which their sound differs where it fits best; None where one
            of them has none, or the pictures have too little in common.
    """

    pictures: float
    sound_apart: float | None

    @property
    def is_same(self) -> bool:
        """Whether posting both on one channel would be posting one thing twice."""
        if self.sound_apart is None:
            return self.pictures >= _SAME_SILENT_PICTURES
        most = _SAME_SOUND if self.pictures >= _SAME_PICTURES else _VERY_SAME_SOUND
        return self.sound_apart <= most


def likeness(one: ClipPrint, other: ClipPrint) -> Likeness:
    """How alike two clips are; one that is mirrored is like the one that is not."""
    pictures = max(_shared(one.frames, other.frames), _shared(_mirrored(one.frames), other.frames))
    if pictures < _RELATED_PICTURES or not (one.sound and other.sound):
        return Likeness(pictures=pictures, sound_apart=None)
    return Likeness(pictures=pictures, sound_apart=_sound_apart(one.sound, other.sound))


def _shared(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    if not one or not other:
        return 0.0
    shorter, longer = sorted((one, other), key=len)
    found = sum(
        any((mine ^ theirs).bit_count() <= _BITS_APART for theirs in longer) for mine in shorter
    )
    return found / len(shorter)


def _mirrored(frames: tuple[int, ...]) -> tuple[int, ...]:
    """Each row the other way round; what got darker to the right gets brighter."""
    return tuple(
        int("".join(_turned(f"{frame:0{_FRAME_BITS}b}", start) for start in _ROW_STARTS), 2)
        for frame in frames
    )


def _turned(bits: str, start: int) -> str:
    row = bits[start : start + _ROW_BITS][::-1]
    return row.translate({ord("0"): "1", ord("1"): "0"})


def _sound_apart(one: tuple[int, ...], other: tuple[int, ...]) -> float:
    """Where one is laid over the other so that most of the shorter one is covered."""
    shorter, longer = sorted((one, other), key=len)
    least = max(1, round(_LEAST_OVERLAP * len(shorter)))
    return min(
        _apart_at(shorter, longer, offset)
        for offset in range(least - len(shorter), len(longer) - least + 1)
    )


def _apart_at(shorter: tuple[int, ...], longer: tuple[int, ...], offset: int) -> float:
    """The first of ``shorter`` lies at ``offset`` of ``longer``."""
    mine = shorter[max(-offset, 0) : len(longer) - offset]
    theirs = longer[max(offset, 0) :]
    pairs = zip(mine, theirs, strict=False)
    return sum((a ^ b).bit_count() for a, b in pairs) / (_SOUND_BITS * len(mine))
