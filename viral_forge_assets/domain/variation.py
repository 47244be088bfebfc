"""Seeded variation: the parameters of one clip, drawn from the ranges that a recipe leaves open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from viral_forge_resources.contracts.draws import between, share

ParameterValue = bool | int | float | str
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]

WRITTEN_BY_PEOPLE = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)
_DIGITS = 4
"""Finer steps are not seen, and a plan stays legible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Between:
    """A number from ``least`` up to ``most``, whole where both are."""

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    least: int | float
    most: int | float


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOf:
    """One of several values, each as likely as the others; one named twice is so twice."""

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    one_of: Annotated[tuple[ParameterValue, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFilter:
    """A creative filter by name; parameters that are not named have the filter's defaults."""

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    name: Name
    parameters: Mapping[str, ParameterValue | Between | OneOf] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFilter:
    """A creative filter by name, with the parameters that differ from its defaults."""

    __pydantic_config__: ClassVar[ConfigDict] = WRITTEN_BY_PEOPLE

    name: Name
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)


def drawn_filters(filters: tuple[RecipeFilter, ...], *reason: object) -> tuple[PlannedFilter, ...]:
    """The filters with every range drawn: the same for the same ``reason``, whenever, wherever.

    A parameter's draw does not depend on the other parameters of its filter.
    """
    return tuple(
        PlannedFilter(
            name=planned.name,
            parameters={
                parameter: _drawn(value, *reason, number, planned.name, parameter)
                for parameter, value in planned.parameters.items()
            },
        )
        for number, planned in enumerate(filters)
    )


def extremes(filters: tuple[RecipeFilter, ...]) -> tuple[PlannedFilter, ...]:
    """Filters with each end of each range and each of several values, to be tried beforehand."""
    return tuple(
        PlannedFilter(name=planned.name, parameters={parameter: value})
        for planned in filters
        for parameter, written in planned.parameters.items()
        for value in _ends(written)
    ) + tuple(PlannedFilter(name=planned.name) for planned in filters)


def _drawn(value: ParameterValue | Between | OneOf, *reason: object) -> ParameterValue:
    if isinstance(value, OneOf):
        return value.one_of[int(share(*reason) * len(value.one_of))]
    if not isinstance(value, Between):
        return value
    if isinstance(value.least, int) and isinstance(value.most, int):
        return value.least + int(share(*reason) * (value.most - value.least + 1))
    drawn = round(between(value.least, value.most, *reason), _DIGITS)
    return min(max(drawn, value.least), value.most)


def _ends(value: ParameterValue | Between | OneOf) -> tuple[ParameterValue, ...]:
    if isinstance(value, OneOf):
        return value.one_of
    return (value.least, value.most) if isinstance(value, Between) else (value,)
