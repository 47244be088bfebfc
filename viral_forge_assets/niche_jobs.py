"""What operators start by hand about niches: adding one, and deciding on proposed ones."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

from viral_forge_assets.domain.niches import NicheDescription, describe_niche
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.trending import take_up, turn_down
from viral_forge_assets.watching import known_things, watch_niche


class AddNicheConfig(dg.Config, NicheDescription):
    """A niche, as ``niches.yaml`` describes it, and its name."""

    name: str

    def description(self) -> dict[str, object]:
        """All of it but the name."""
        return self.model_dump(exclude={"name"})


@dg.op
def add_niche(
    context: dg.OpExecutionContext,
    config: AddNicheConfig,
    state: dg.ResourceParam[sa.Engine],
    recipes: dg.ResourceParam[Mapping[str, Recipe]],
) -> None:
    """Watch a niche, in place of the one of that name."""
    with dagster_failures("adding a niche"):
        known = known_things(recipes)
        niche = describe_niche(config.name, config.description(), known=known)
        with state.begin() as connection:
            watch_niche(connection, niche, now=datetime.now(UTC))
    context.log.info("watching %s", niche.name)


class ProposalsConfig(dg.Config):
    """A person's word on proposed niches."""

    accept: list[str] = Field(default=[], description="Proposals that become niches.")
    decline: list[str] = Field(default=[], description="Proposals that are not made again.")
    decided_by: str = Field(default="operator", description="Who decides.")


@dg.op
def decide_proposals(
    context: dg.OpExecutionContext, config: ProposalsConfig, state: dg.ResourceParam[sa.Engine]
) -> None:
    """Take proposed niches up or turn them down: all that are named, or none."""
    now = datetime.now(UTC)
    with dagster_failures("deciding on proposals"), state.begin() as connection:
        for name in config.accept:
            take_up(connection, name, decided_by=config.decided_by, now=now)
        for name in config.decline:
            turn_down(connection, name, decided_by=config.decided_by, now=now)
    context.log.info("accepted %s, declined %s", config.accept, config.decline)


@dg.job(description="Watch a niche. Config: name, and what niches.yaml says of a niche.")
def add_niche_job() -> None:
    """Add a niche."""
    add_niche()


@dg.job(description="Accept or decline proposed niches. Config: accept, decline = names.")
def decide_proposals_job() -> None:
    """Decide on proposals."""
    decide_proposals()
