"""``viral-forge experiment``: recipes and openings compared between the videos of a niche."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets import definitions
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.experiments import Verdict
from viral_forge_assets.experimenting import standing, start_experiment, stop_experiment
from viral_forge_assets.partitions import known_niche
from viral_forge_assets.variants import end_variants, record_variants
from viral_forge_resources.contracts.experiments import Experiment, Rules, VariantKind
from viral_forge_resources.state import experiments as experiments_state

app = typer.Typer(no_args_is_help=True, help="What is tried, and what is known of it.")

_USUAL = Rules()
_Niche = Annotated[str, typer.Argument(help="Name of the niche.")]


@app.command()
def start(
    niche: _Niche,
    arms: Annotated[
        str,
        typer.Option(
            help="Recipes, comma-separated, the control first; +hook, -hook, ~question behind."
        ),
    ],
    channel: Annotated[str, typer.Option(help="Only its posts count as results.")] = "",
    holdout: Annotated[
        float, typer.Option(help="Share of videos that always get the control.")
    ] = _USUAL.holdout_share,
    explore: Annotated[
        float, typer.Option(help="Share of videos that are chosen first whatever their score.")
    ] = _USUAL.explore_share,
    *,
    until_settled: Annotated[
        bool, typer.Option("--until-settled", help="End by itself once the leader is sure.")
    ] = False,
) -> None:
    """Let an experiment deal the recipes of a niche's candidates from now on."""
    described = {
        "niche": niche,
        "arms": [each.strip() for each in arms.split(",") if each.strip()],
        "channel": channel,
        "holdout": holdout,
        "explore": explore,
        "ends_when_settled": until_settled,
    }
    with writing() as connection:
        experiment = start_experiment(
            connection,
            described,
            recipes=definitions.shipped_recipes(),
            started_by=getuser(),
            now=datetime.now(UTC),
        )
    say(f"{_titled(experiment)} from now on")


@app.command(name="list")
def list_experiments() -> None:
    """List every experiment there was."""
    with writing() as connection:
        found = experiments_state.all_experiments(connection)
    for each in found:
        say(f"{_titled(each)}: {_ended(each)}")
    if not found:
        say("there is no experiment; start one with `viral-forge experiment start`")


@app.command()
def show(niche: _Niche) -> None:
    """Show what is known of a niche's newest experiment."""
    with writing() as connection:
        known_niche(connection, niche)
        newest = experiments_state.latest(connection, niche)
        known = standing(connection, newest) if newest else None
    if known is None:
        say(f"{niche} has no experiment")
        return
    say(f"{_titled(known.experiment)}: {_ended(known.experiment)}")
    for arm in known.beliefs.arms:
        say(
            f"    {arm.name}: reward {arm.mean:.3f} ({arm.low:.3f} to {arm.high:.3f}), best with"
            f" {arm.probability_best:.3f}; {arm.draws} videos, {arm.rewards} with a result"
        )
    say(f"    {_told(known.verdict)}")


@app.command()
def stop(
    niche: _Niche,
    winner: Annotated[str, typer.Option(help="Arm that every candidate gets from now on.")] = "",
    note: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
) -> None:
    """End a niche's experiment; without a winner the niche's own recipe counts again."""
    with writing() as connection:
        experiment = stop_experiment(
            connection,
            niche,
            winner=winner or None,
            stopped_by=getuser(),
            note=note or None,
            now=datetime.now(UTC),
        )
    say(f"{_titled(experiment)} has ended")


@app.command()
def variants(
    post: Annotated[str, typer.Argument(help="Id of the post.")],
    shown: Annotated[list[str], typer.Argument(help="The variants, in the order set up there.")],
    kind: Annotated[VariantKind, typer.Option(help="What they differ in.")] = VariantKind.TITLE,
) -> None:
    """Record that titles or thumbnails of one post are compared on its platform; sends nothing."""
    with writing() as connection:
        test = record_variants(
            connection, post, kind, tuple(shown), started_by=getuser(), now=datetime.now(UTC)
        )
    say(f"test {test.variant_test_id}: {len(test.variants)} {kind}s of {post}")
    say(f"tell what came of it: viral-forge experiment chose {test.variant_test_id} VARIANT")


@app.command()
def chose(
    test: Annotated[str, typer.Argument(help="Id of the test, as `variants` printed it.")],
    variant: Annotated[str, typer.Argument(help="The one that did better.")],
    note: Annotated[str, typer.Option(help="What the platform said.")] = "",
) -> None:
    """Record what came of a comparison on a platform."""
    with writing() as connection:
        end_variants(connection, test, variant, note=note or None, now=datetime.now(UTC))
    say(f"test {test} chose {variant}")


def _titled(experiment: Experiment) -> str:
    where = f" on {experiment.channel_id}" if experiment.channel_id else ""
    arms = ", ".join(arm.name for arm in experiment.arms)
    return f"experiment {experiment.experiment_id} deals {arms} in {experiment.niche}{where}"


def _ended(experiment: Experiment) -> str:
    if experiment.stopped_at is None:
        return f"deals since {experiment.started_at:%Y-%m-%d}"
    ended = f"ended {experiment.stopped_at:%Y-%m-%d} by {experiment.stopped_by}"
    return f"{ended}, winner {experiment.winner}" if experiment.winner else ended


def _told(verdict: Verdict) -> str:
    return f"{'settled' if verdict.is_settled else 'not settled'}: {verdict.why}"
