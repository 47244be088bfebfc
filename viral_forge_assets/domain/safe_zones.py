"""What the platforms lay over a video, and so where on a frame captions may stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_UPRIGHT = 1.6
"""Height over width from which on platforms show a video full-screen under their own controls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A part of the frame, in shares of it from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float

    def shared_with(self, other: "Box") -> float:
        """How much of this box the other covers, 0 to 1."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        own = (self.right - self.left) * (self.bottom - self.top)
        return max(width, 0.0) * max(height, 0.0) / own if own > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The picture of a clip."""

    width_px: int
    height_px: int

    @property
    def unit_px(self) -> float:
        """What the lengths of a style are shares of: the width of an upright frame."""
        return min(self.width_px, 0.75 * self.height_px)

    @property
    def is_upright(self) -> bool:
        """Whether it fills an upright screen."""
        return self.height_px >= _UPRIGHT * self.width_px


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Shares of an upright frame, from its edges, that a platform covers with its own things.

    Attributes:
        bottom: covered under every video.
        advised_bottom: what the platform asks to keep free, for longer texts and for buttons of
            advertisements.
        source: where the figures come from.
    """

    top: float
    bottom: float
    advised_bottom: float
    left: float
    right: float
    source: str


INTERFACES: Mapping[str, Interface] = MappingProxyType(
    {
        "tiktok": Interface(
            top=0.07,
            bottom=0.25,
            advised_bottom=0.25,
            left=0.06,
            right=0.12,
            source="UNVERIFIED: published templates, 130 px above, 484 below, 120 at the right",
        ),
        "instagram": Interface(
            top=0.14,
            bottom=0.22,
            advised_bottom=0.35,
            left=0.06,
            right=0.12,
            source="Meta's advice for Reels: 14 % above, 35 % below, 6 % at the sides, as others"
            " quote it; UNVERIFIED: right and bottom of a post that is no advertisement",
        ),
        "facebook": Interface(
            top=0.14,
            bottom=0.22,
            advised_bottom=0.35,
            left=0.06,
            right=0.12,
            source="as Instagram",
        ),
        "youtube": Interface(
            top=0.10,
            bottom=0.25,
            advised_bottom=0.35,
            left=0.05,
            right=0.12,
            source="UNVERIFIED: published templates of Shorts, 480 px below; 35 % under buttons",
        ),
        "snapchat": Interface(
            top=0.08,
            bottom=0.20,
            advised_bottom=0.20,
            left=0.05,
            right=0.12,
            source="UNVERIFIED: published templates of Spotlight, 150 px above, 345 below",
        ),
    }
)
"""By platform. A clip is made once for all of them, so captions keep clear of every one."""

_PLAYER_SIDE, _PLAYER_TOP, _PLAYER_BOTTOM = 0.05, 0.05, 0.10
"""Of a frame that is not upright: a player's progress bar lies below."""


def advised_area(frame: Frame) -> Box:
    """Where captions stand unless something is in their way."""
    return _area(frame, max(each.advised_bottom for each in INTERFACES.values()))


def free_area(frame: Frame) -> Box:
    """What no platform covers."""
    return _area(frame, max(each.bottom for each in INTERFACES.values()))


def _area(frame: Frame, covered_below: float) -> Box:
    if not frame.is_upright:
        return Box(
            left=_PLAYER_SIDE,
            right=1 - _PLAYER_SIDE,
            top=_PLAYER_TOP,
            bottom=1 - _PLAYER_BOTTOM,
        )
    # Both sides as the wider one, so that captions stand centred.
    side = max(max(each.left, each.right) for each in INTERFACES.values())
    return Box(
        left=side,
        right=1 - side,
        top=max(each.top for each in INTERFACES.values()),
        bottom=1 - covered_below,
    )
