"""``viral-forge scoring``: whether our score predicted results, and weights that would, better."""

from collections.abc import Mapping
from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.calibrating import (
    calibration_of,
    current_weights,
    decide_weights,
    propose_weights,
)
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.calibration import ReliabilityBin
from viral_forge_assets.partitions import known_niche
from viral_forge_resources.contracts.calibration import ScoreWeights
from viral_forge_resources.state import score_weights as weights_state

app = typer.Typer(no_args_is_help=True, help="Whether our score predicted results.")

_Niche = Annotated[str, typer.Argument(help="Name of the niche.")]
_Version = Annotated[int, typer.Argument(help="Version of proposed weights.")]


@app.command()
def show(niche: _Niche) -> None:
    """Show how well scores predicted results, and every version of the weights."""
    with writing() as connection:
        known_niche(connection, niche)
        found = calibration_of(connection, niche, now=datetime.now(UTC))
        version, weights = current_weights(connection, niche)
        versions = weights_state.of_niche(connection, niche)
    counting = "the studio's own" if version is None else f"version {version}"
    say(f"{niche} is scored with {counting}: {_weights(weights)}")
    if found.correlation is None:
        say(f"    correlation with results is not known: {found.reason}")
    else:
        say(
            f"    correlation with results {found.correlation:.3f} ({found.low:.3f} to"
            f" {found.high:.3f}) over {found.videos} videos"
        )
    for each in found.bins:
        say(f"    {_bin(each)}")
    for proposal in versions:
        say(f"    {_told(proposal)}")


@app.command()
def refit(niche: _Niche) -> None:
    """Propose weights that would have predicted results better; adopt makes them count."""
    with writing() as connection:
        known_niche(connection, niche)
        proposal = propose_weights(connection, niche, now=datetime.now(UTC))
    say(_told(proposal))
    say(f"nothing has changed; adopt it with `viral-forge scoring adopt {proposal.version}`")


@app.command()
def adopt(version: _Version) -> None:
    """Let proposed weights count from the next choice of candidates on."""
    with writing() as connection:
        decide_weights(
            connection, version, is_adopted=True, decided_by=getuser(), now=datetime.now(UTC)
        )
    say(f"version {version} counts from now on")


@app.command()
def decline(version: _Version) -> None:
    """Turn proposed weights down."""
    with writing() as connection:
        decide_weights(
            connection, version, is_adopted=False, decided_by=getuser(), now=datetime.now(UTC)
        )
    say(f"version {version} is declined")


@app.command()
def reset(niche: _Niche) -> None:
    """Go back to the weights that come with the studio."""
    with writing() as connection:
        known_niche(connection, niche)
        was = weights_state.reset(connection, niche, decided_by=getuser(), now=datetime.now(UTC))
    say("the studio's own weights count again" if was else "the studio's own weights count already")


def _weights(weights: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {share:g}" for name, share in sorted(weights.items()))


def _bin(found: ReliabilityBin) -> str:
    titled = f"score {found.low:.1f} to {found.high:.1f}: {found.videos} videos"
    if found.share is None:
        return titled
    return (
        f"{titled}, {found.good} better than the middle: {found.share:.2f}"
        f" ({found.share_low:.2f} to {found.share_high:.2f})"
    )


def _told(proposal: ScoreWeights) -> str:
    decided = f" by {proposal.decided_by}" if proposal.decided_by else ""
    return (
        f"version {proposal.version}, {proposal.state}{decided}: {_weights(proposal.weights)};"
        f" {proposal.correlation:.3f} instead of {proposal.correlation_before:.3f} on"
        f" {proposal.posts} videos"
    )
