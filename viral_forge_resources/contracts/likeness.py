"""What a clip looks and sounds like, in a few numbers that survive another encode."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPrint:
    """A clip by its likeness; two clips of the same material have nearly the same.

    Attributes:
        frames: of pictures spread over the clip, 64 bits each; none of flat ones, which are alike.
        sound: 32 bits each tenth of a second; empty where nothing is heard.
    """

    frames: tuple[int, ...]
    sound: tuple[int, ...] = ()
