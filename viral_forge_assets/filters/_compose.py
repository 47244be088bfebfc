"""Turns planned filters, given by name, into FFmpeg chains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Literal, Protocol, Self

from pydantic import TypeAdapter, ValidationError

from viral_forge_assets import filters
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.plugins import get_plugin

PlannedParameters = Mapping[str, bool | int | float | str]
_IDENTITY = "null"


class Filter(Protocol):
    """One creative operation on the picture: a frozen value whose fields are its parameters.

    Attributes:
        place: ``source`` works on the picture before it is cropped and scaled, where it is
            cheaper, ``frame`` on the finished frame, under the captions.
        cost: CPU for a frame of 1080x1920: ``light`` below 1.2 ms, ``medium`` up to 10 ms,
            ``heavy`` above.
    """

    place: ClassVar[Literal["source", "frame"]]
    cost: ClassVar[Literal["light", "medium", "heavy"]]

    @classmethod
    def neutral(cls) -> Self:
        """The one that changes nothing."""

    def filtergraph(self, *, width_px: int, height_px: int, fps: Fraction, frames: int) -> str:
        """FFmpeg chain that keeps frame size, rate and count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChains:
    """FFmpeg chains for each place, in the order they were planned."""

    source: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()


def filter_chains(
    planned: Sequence[tuple[str, PlannedParameters]],
    *,
    width_px: int,
    height_px: int,
    fps: Fraction,
    frames: int,
) -> FilterChains:
    """The planned filters as FFmpeg chains for a clip of that size, rate and number of frames.

    Raises:
        Misconfigured: no filter has that name; says which there are.
        BadInput: a parameter is unknown or out of range; says what the filter takes.
    """
    chains: dict[str, list[str]] = {"source": [], "frame": []}
    for name, parameters in planned:
        opened = open_filter(name, parameters)
        chain = opened.filtergraph(width_px=width_px, height_px=height_px, fps=fps, frames=frames)
        if chain != _IDENTITY:
            chains[opened.place].append(chain)
    return FilterChains(source=tuple(chains["source"]), frame=tuple(chains["frame"]))


def open_filter(name: str, parameters: PlannedParameters) -> Filter:
    """The filter of that name with these parameters, and its defaults for the others.

    Raises:
        Misconfigured: no filter has that name; says which there are.
        BadInput: a parameter is unknown or out of range; says what the filter takes.
    """
    kind = get_plugin(filters, name).FILTER
    try:
        opened: Filter = kind(**parameters)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BadInput(
            f"filter {name}",
            reason=f"{where}: {first['msg']}",
            remedy=f"It takes {_parameters_of(kind)}.",
        ) from error
    return opened


def _parameters_of(kind: type[Filter]) -> str:
    """Its parameters with their ranges, for people."""
    properties: dict[str, dict[str, Any]] = TypeAdapter(kind).json_schema().get("properties", {})
    return ", ".join(
        f"{name} ({schema['minimum']} to {schema['maximum']})"
        if "minimum" in schema and "maximum" in schema
        else f"{name} ({schema.get('type', 'any')})"
        for name, schema in properties.items()
    )
