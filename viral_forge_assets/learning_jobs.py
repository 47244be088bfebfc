"""What operators start by hand about learning: experiments."""

from collections.abc import Mapping
from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

from viral_forge_assets.calibrating import propose_weights
from viral_forge_assets.domain.experiment_arms import ExperimentDescription
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.experimenting import start_experiment, stop_experiment
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.partitions import known_niche


class StartExperimentConfig(dg.Config, ExperimentDescription):
    """An experiment: its niche, its arms, and how they are dealt."""

    started_by: str = "operator"

    def description(self) -> dict[str, object]:
        """What is said of the experiment itself."""
        return self.model_dump(exclude={"started_by"})


@dg.op
def start_niche_experiment(
    context: dg.OpExecutionContext,
    config: StartExperimentConfig,
    state: dg.ResourceParam[sa.Engine],
    recipes: dg.ResourceParam[Mapping[str, Recipe]],
) -> None:
    """Let an experiment deal the recipes of a niche's candidates from now on."""
    with dagster_failures("starting an experiment"), state.begin() as connection:
        experiment = start_experiment(
            connection,
            config.description(),
            recipes=recipes,
            started_by=config.started_by,
            now=datetime.now(UTC),
        )
    context.log.info("experiment %s deals in %s", experiment.experiment_id, experiment.niche)


class StopExperimentConfig(dg.Config):
    """The end of an experiment."""

    niche: str
    winner: str = Field(default="", description="Arm that every candidate gets from now on.")
    stopped_by: str = Field(default="operator", description="Who stops it.")
    note: str = Field(default="", description="Why, for those who ask later.")


@dg.op
def stop_niche_experiment(
    context: dg.OpExecutionContext,
    config: StopExperimentConfig,
    state: dg.ResourceParam[sa.Engine],
) -> None:
    """End the experiment of a niche; what it dealt and learned stays."""
    with dagster_failures("stopping an experiment"), state.begin() as connection:
        experiment = stop_experiment(
            connection,
            config.niche,
            winner=config.winner or None,
            stopped_by=config.stopped_by,
            note=config.note or None,
            now=datetime.now(UTC),
        )
    context.log.info("experiment %s has ended", experiment.experiment_id)


class RefitConfig(dg.Config):
    """Which niche's score."""

    niche: str


@dg.op
def propose_score_weights(
    context: dg.OpExecutionContext, config: RefitConfig, state: dg.ResourceParam[sa.Engine]
) -> None:
    """Propose weights that would have predicted the niche's results better; nothing changes."""
    with dagster_failures("refitting the score"), state.begin() as connection:
        known_niche(connection, config.niche)
        proposal = propose_weights(connection, config.niche, now=datetime.now(UTC))
    context.log.info("version %d waits for `viral-forge scoring adopt`", proposal.version)


@dg.job(description="Propose weights of the score from results. Config: niche. Adopts nothing.")
def refit_scores_job() -> None:
    """Refit a score."""
    propose_score_weights()


@dg.job(description="Deal a niche's recipes by an experiment. Config: niche, arms = recipes.")
def start_experiment_job() -> None:
    """Start an experiment."""
    start_niche_experiment()


@dg.job(description="End the experiment of a niche. Config: niche, winner if there is one.")
def stop_experiment_job() -> None:
    """Stop an experiment."""
    stop_niche_experiment()
