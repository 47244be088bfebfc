"""Turns planned filters, given by name, into FFmpeg chains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from viral_forge_assets import filters
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.filters import Accented, Filter, FilterContext
from viral_forge_resources.plugins import get_plugin

PlannedParameters = Mapping[str, bool | int | float | str]
_IDENTITY = "null"
_APART_S = 0.4
"""Two effects closer than this would be heard as one mess."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterChains:
    """FFmpeg chains for each place, in the order they were planned."""

    source: tuple[str, ...] = ()
    frame: tuple[str, ...] = ()


def filter_chains(
    planned: Sequence[tuple[str, PlannedParameters]], clip: FilterContext
) -> FilterChains:
    """The planned filters as FFmpeg chains for that clip.

    Raises:
        Misconfigured: no filter has that name; says which there are.
        BadInput: a parameter is unknown or out of range; says what the filter takes.
    """
    chains: dict[str, list[str]] = {"source": [], "frame": []}
    for number, (name, parameters) in enumerate(planned):
        opened = open_filter(name, parameters)
        chain = opened.filtergraph(replace(clip, number=number))
        if chain != _IDENTITY:
            chains[opened.place].append(chain)
    return FilterChains(source=tuple(chains["source"]), frame=tuple(chains["frame"]))


def accents_of(
    planned: Sequence[tuple[str, PlannedParameters]], clip: FilterContext
) -> tuple[float, ...]:
    """Moments of the clip at which the planned filters do something short, in order and apart.

    Raises:
        Misconfigured: as ``filter_chains``; also BadInput.
    """
    found: set[float] = set()
    for name, parameters in planned:
        opened = open_filter(name, parameters)
        if isinstance(opened, Accented):
            found.update(opened.moments(clip))
    apart: list[float] = []
    for at_s in sorted(found):
        if not apart or at_s - apart[-1] >= _APART_S:
            apart.append(at_s)
    return tuple(apart)


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
