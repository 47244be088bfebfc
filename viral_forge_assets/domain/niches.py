"""Niches as people write them: on a command line, in a job's configuration, in ``niches.yaml``."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.scanning import Niche, NichePolicy

_USUAL = NichePolicy()
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
REMEDY = "Nothing was saved; mend it and try again."
"""For any description that is wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a niche may name.

    Attributes:
        scanners: all there are, enabled or not.
    """

    recipes: frozenset[str]
    scanners: frozenset[str]


def _check_known(kind: str, name: str, info: ValidationInfo) -> str:
    """Refuses what the validation's context, a ``Known``, does not name; without one nothing."""
    names = None if info.context is None else getattr(info.context, f"{kind}s")
    if names is not None and name not in names:
        raise ValueError(f"no {kind} is named '{name}'. There are: {', '.join(sorted(names))}")
    return name


def _known_scanner(name: str, info: ValidationInfo) -> str:
    return _check_known("scanner", name, info)


def _known_recipe(name: str, info: ValidationInfo) -> str:
    return _check_known("recipe", name, info)


def _by_known_scanner(watched: dict[str, list[str]], info: ValidationInfo) -> dict[str, list[str]]:
    for name in watched:
        _check_known("scanner", name, info)
    return watched


def _licence_id(words: str) -> str:
    licence = find_licence(words)
    if licence is None:
        raise ValueError(f"'{words}' is no licence that we know; give SPDX ids such as CC-BY-4.0")
    return licence.spdx_id


def _language(tag: str) -> str:
    if _LANGUAGE.fullmatch(tag) is None:
        raise ValueError(f"'{tag}' is no language; give subtags such as en or pt-BR")
    return tag


_PLAIN = TypeAdapter(dict[str, object])

Place = tuple[int | str, ...]
"""Keys and positions, from the outermost inwards."""

_Text = Annotated[str, Field(min_length=1, max_length=500)]
_Line = Annotated[str, Field(min_length=1, max_length=300)]
_Notice = Annotated[str, Field(max_length=100)]
_Platform = Annotated[str, AfterValidator(_known_scanner)]
_Watched = Annotated[dict[str, list[_Text]], AfterValidator(_by_known_scanner)]
_Recipe = Annotated[str, AfterValidator(_known_recipe)]
_Language = Annotated[str, AfterValidator(_language)]
_Licence = Annotated[str, AfterValidator(_licence_id)]


class NicheDescription(BaseModel):
    """All that a niche says of itself but its name; what is not said is as usual."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    queries: list[_Text] = Field(default=[], description="What is searched for.")
    recipe: _Recipe | None = Field(
        default=None, description="Recipe of its clips; none: the studio's."
    )
    watched: _Watched = Field(
        default={}, description="By scanner: channels, boards or addresses that it watches."
    )
    platforms: list[_Platform] = Field(
        default=[], description="Scanners that watch it; none: every enabled one."
    )
    most_per_platform: int = Field(
        default=_USUAL.most_per_platform,
        ge=1,
        description="Most new candidates of one platform within 24 hours.",
    )
    minimum_score: float = Field(
        default=_USUAL.minimum_score,
        ge=0,
        lt=1,
        description="Least score of a candidate that nobody chose by hand.",
    )
    languages: list[_Language] = Field(
        default=[], description="Languages that are taken, such as en; none: all."
    )
    licences: list[_Licence] = Field(
        default=[], description="SPDX ids that are taken; none: every one that permits the use."
    )
    is_monetised: bool = Field(
        default=_USUAL.is_monetised, description="Its clips earn money: no licence may forbid it."
    )
    reusable_only: bool = Field(
        default=_USUAL.reusable_only, description="Ask for openly licensed videos alone."
    )
    horizon_days: int = Field(
        default=_USUAL.horizon_days, ge=1, le=3650, description="Oldest videos that are looked for."
    )
    title_similarity: float = Field(
        default=_USUAL.title_similarity,
        gt=0,
        le=1,
        description="Videos with titles at least this alike are one.",
    )
    thumbnail_distance: int = Field(
        default=_USUAL.thumbnail_distance,
        ge=0,
        le=64,
        description="Videos whose thumbnails differ in at most so many of 64 bits are one.",
    )
    translate_to: _Language | None = Field(
        default=None,
        description="Language of its clips' captions, such as es; none: as the recipe says.",
    )
    adds_trends: bool = Field(
        default=_USUAL.adds_trends, description="What rises in it becomes a niche unasked."
    )
    affiliate_lines: list[_Line] = Field(
        default=[],
        max_length=10,
        description="Where to buy, below the words of its posts; any makes them paid.",
    )
    is_sponsored: bool = Field(
        default=_USUAL.is_sponsored, description="Somebody pays for its posts."
    )
    paid_notice: _Notice = Field(
        default=_USUAL.paid_notice,
        description="What paid posts begin with; empty: '#ad' and why.",
    )
    is_made_for_kids: bool = Field(
        default=_USUAL.is_made_for_kids, description="Its posts are for children."
    )

    def named(self, name: str) -> Niche:
        """The niche of that name."""
        said = self.model_dump(include=set(NicheDescription.model_fields))
        about = {key: said.pop(key) for key in ("queries", "recipe", "watched")}
        # Through JSON-like values into the contract's own: lists become tuples.
        return TypeAdapter(Niche).validate_python({"name": name, **about, "policy": said})


def description_of(niche: Niche) -> dict[str, object]:
    """All that ``niche`` says of itself but its name, as people would write it."""
    about = {"queries": niche.queries, "recipe": niche.recipe, "watched": niche.watched}
    plain: dict[str, object] = _PLAIN.dump_python(about | asdict(niche.policy), mode="json")
    return plain


def describe_niche(name: str, said: Mapping[str, object], *, known: Known) -> Niche:
    """The niche that somebody described.

    Raises:
        BadInput: names everything that is wrong with it.
    """
    try:
        return NicheDescription.model_validate(dict(said), context=known).named(name)
    except ValidationError as error:
        found = described_problems(error, NicheDescription.model_fields)
        told = "; ".join(f"{shown_place(loc)}: {message}" for loc, message in found)
        raise BadInput(name, reason=f"makes no niche: {told}", remedy=REMEDY) from error


def described_problems(
    error: ValidationError, first_keys: Collection[str]
) -> Iterator[tuple[Place, str]]:
    """Where each problem is, and what it is; ``first_keys`` may stand outermost."""
    for problem in error.errors(include_url=False, include_input=False):
        message, loc = problem["msg"].removeprefix("Value error, "), problem["loc"]
        if problem["type"] == "extra_forbidden":
            keys = first_keys if len(loc) == 1 else NicheDescription.model_fields
            message = f"is no key. There are: {', '.join(keys)}"
        if problem["type"] in {"model_type", "dict_type"}:
            message = "says no keys with values"
        yield loc, message


def shown_place(place: Place) -> str:
    """A place in a description, for people."""
    return ".".join(str(part) for part in place if part != "[key]") or "the file"
