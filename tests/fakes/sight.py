"""Sees what a test tells it to see."""

from collections.abc import Callable, Sequence

from viral_forge_resources.media._sight import Colours, Found, Sight

BLIND = Sight(no_faces_because="the test needs none", no_texts_because="the test needs none")


class FakeFinder:
    """Finds what ``look`` makes of a picture; remembers the shape of each picture it was shown."""

    def __init__(self, look: Callable[[Colours], Sequence[Found]]) -> None:
        self._look = look
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, picture: Colours) -> Sequence[Found]:
        """What ``look`` says."""
        self.shapes.append(picture.shape)
        return self._look(picture)
