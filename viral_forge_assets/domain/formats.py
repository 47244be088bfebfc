"""The shapes that a clip may have, by the names that people give them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.errors import BadInput

FORMATS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"9:16": (1080, 1920), "4:5": (1080, 1350), "1:1": (1080, 1080), "16:9": (1920, 1080)}
)
"""Width and height in pixels."""


def in_format(recipe: Recipe, name: str) -> Recipe:
    """``recipe`` in the format of that name; as it is where the name is empty.

    Raises:
        BadInput: there is no such format; says which there are.
    """
    if not name:
        return recipe
    if name not in FORMATS:
        known = ", ".join(FORMATS)
        raise BadInput(name, reason="names no format", remedy=f"There are: {known}.")
    width_px, height_px = FORMATS[name]
    return replace(recipe, width_px=width_px, height_px=height_px)
