"""Experiments as people describe them: names of arms, and how they are dealt."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.experiments import Arm, Experiment, Rules, TitleStyle
from viral_forge_resources.contracts.keys import checked_niche_name, short_hash

_USUAL = Rules()
_OPENINGS = {"+hook": True, "-hook": False}
_FEWEST_ARMS, _MOST_ARMS = 2, 8
_REMEDY = "See `docs/learning.md`; such as --arms punchy,story,clean."


class ExperimentDescription(BaseModel):
    """What people say of an experiment."""

    model_config = ConfigDict(extra="forbid")

    niche: str
    arms: list[str] = Field(min_length=_FEWEST_ARMS, max_length=_MOST_ARMS)
    channel: str = ""
    holdout: Annotated[float, Field(ge=0, le=0.5)] = _USUAL.holdout_share
    least_draws: Annotated[int, Field(ge=1, le=100)] = _USUAL.least_draws
    discount: Annotated[float, Field(ge=0.9, le=1)] = _USUAL.discount
    change_evidence: Annotated[float, Field(gt=0)] = _USUAL.change_evidence
    ends_when_settled: bool = _USUAL.ends_when_settled
    explore: Annotated[float, Field(ge=0, le=0.5)] = _USUAL.explore_share


def described_experiment(
    said: Mapping[str, object], *, recipes: Collection[str], started_by: str, started_at: datetime
) -> Experiment:
    """The experiment that somebody described; its first arm is the control.

    Raises:
        BadInput: names everything that is wrong with it.
    """
    name = str(said.get("niche", ""))
    try:
        wanted = ExperimentDescription.model_validate(dict(said))
    except ValidationError as error:
        told = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_url=False, include_input=False)
        )
        raise BadInput(name, reason=f"gets no experiment: {told}", remedy=_REMEDY) from error
    if len(set(wanted.arms)) < len(wanted.arms):
        raise BadInput(name, reason="gets no experiment: an arm stands twice", remedy=_REMEDY)
    return Experiment(
        experiment_id=short_hash(wanted.niche, started_at.isoformat()),
        niche=checked_niche_name(wanted.niche),
        arms=tuple(parse_arm(each, recipes=recipes) for each in wanted.arms),
        rules=Rules(
            holdout_share=wanted.holdout,
            least_draws=wanted.least_draws,
            discount=wanted.discount,
            change_evidence=wanted.change_evidence,
            ends_when_settled=wanted.ends_when_settled,
            explore_share=wanted.explore,
        ),
        channel_id=wanted.channel or None,
        started_at=started_at,
        started_by=started_by,
    )


def parse_arm(text: str, *, recipes: Collection[str]) -> Arm:
    """``punchy``; ``punchy+hook`` opens with the strongest sentence, ``punchy-hook`` does not.

    ``~question`` behind either is a style of titles.

    Raises:
        BadInput: no recipe, or no style, has that name; says which there are.
    """
    made_with, _, style = text.partition("~")
    endings = () if made_with in recipes else _OPENINGS
    opening = next((ending for ending in endings if made_with.endswith(ending)), None)
    recipe = made_with.removesuffix(opening) if opening else made_with
    if recipe not in recipes:
        raise BadInput(
            text, reason="names no recipe", remedy=f"There are: {', '.join(sorted(recipes))}."
        )
    return Arm(
        name=text,
        recipe=recipe,
        hook_first=_OPENINGS[opening] if opening else None,
        title=_style(text, style) if style else None,
    )


def _style(text: str, named: str) -> TitleStyle:
    if named not in set(TitleStyle):
        raise BadInput(
            text, reason="names no style of titles", remedy=f"There are: {', '.join(TitleStyle)}."
        )
    return TitleStyle(named)
