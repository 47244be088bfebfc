"""Faces and written words that are seen in a picture, and where."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """An upright rectangle, in pixels of the upright source picture."""

    x_px: float
    y_px: float
    width_px: float
    height_px: float

    @property
    def right_px(self) -> float:
        """Its right edge."""
        return self.x_px + self.width_px

    @property
    def bottom_px(self) -> float:
        """Its lower edge."""
        return self.y_px + self.height_px

    @property
    def middle_px(self) -> tuple[float, float]:
        """Its middle, across and down."""
        return self.x_px + self.width_px / 2, self.y_px + self.height_px / 2

    @property
    def area_px(self) -> float:
        """Its area."""
        return self.width_px * self.height_px

    def shared_px(self, other: "Box") -> float:
        """The area that both cover."""
        across = min(self.right_px, other.right_px) - max(self.x_px, other.x_px)
        down = min(self.bottom_px, other.bottom_px) - max(self.y_px, other.y_px)
        return max(across, 0.0) * max(down, 0.0)

    def with_other(self, other: "Box") -> "Box":
        """The smallest box around both."""
        x_px, y_px = min(self.x_px, other.x_px), min(self.y_px, other.y_px)
        return Box(
            x_px=x_px,
            y_px=y_px,
            width_px=max(self.right_px, other.right_px) - x_px,
            height_px=max(self.bottom_px, other.bottom_px) - y_px,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSight:
    """A face at a moment.

    Attributes:
        speaking: how much more its mouth changed than its eyes since the sight before, 0 to 1.
    """

    at_s: float
    box: Box
    speaking: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """One person's face within one shot.

    Attributes:
        sights: in time order, about five a second; gaps are filled, wobble is smoothed.
    """

    sights: tuple[FaceSight, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenText:
    """A line of text within one shot.

    Attributes:
        start_s: it may be there from here on: up to here, it was seen not to be.
        end_s: it may be there until then.
        box: around every place at which it was seen.
    """

    start_s: float
    end_s: float
    box: Box
    text: str
