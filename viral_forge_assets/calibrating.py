"""Compares scores with results, and keeps the weights that people adopt."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.calibration import Calibration, Scored, calibration, refit
from viral_forge_assets.domain.rewards import rewards
from viral_forge_assets.domain.scoring import WEIGHTS
from viral_forge_assets.rewarding import post_results
from viral_forge_resources.contracts.calibration import ScoreWeights, WeightsState
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import results
from viral_forge_resources.state import score_weights as weights_state


def scored_videos(connection: sa.Connection, niche: str) -> list[Scored]:
    """Videos of the niche that have a score and a result."""
    earned = rewards(post_results(connection, results.posts_of_niche(connection, niche)))
    known = candidates_state.of_keys(connection, sorted(earned))
    return [
        Scored(
            candidate_key=key,
            score=candidate.score,
            reward=earned[key],
            parts={p.name: p.value for p in candidate.score_parts if p.value is not None},
        )
        for key, candidate in sorted(known.items())
        if candidate.score is not None
    ]


def calibration_of(connection: sa.Connection, niche: str) -> Calibration:
    """Whether the niche's scores predicted results."""
    return calibration(scored_videos(connection, niche))


def current_weights(
    connection: sa.Connection, niche: str
) -> tuple[int | None, Mapping[str, float]]:
    """Version and weights that count in the niche; None: those that come with the studio."""
    found = weights_state.adopted(connection, niche)
    return (None, WEIGHTS) if found is None else (found.version, found.weights)


def propose_weights(connection: sa.Connection, niche: str, *, now: datetime) -> ScoreWeights:
    """Weights that would have predicted the niche's results better; nothing changes by them.

    Raises:
        BadInput: too few videos have a result, or the weights that count are as good.
    """
    _, current = current_weights(connection, niche)
    found = refit(scored_videos(connection, niche), current)
    remedy = "Let more posts become three days old; `viral-forge scoring show` counts them."
    if found.weights is None or found.correlation is None or found.before is None:
        raise BadInput(niche, reason=f"gets no new weights: {found.reason}", remedy=remedy)
    if found.correlation <= found.before:
        told = (
            "gets no new weights: on videos that the fit did not see they correlate with results"
            f" at {found.correlation:.3f}, those that count at {found.before:.3f}"
        )
        raise BadInput(niche, reason=told, remedy=remedy)
    return weights_state.propose(
        connection,
        ScoreWeights(
            version=0,
            niche=niche,
            weights=found.weights,
            state=WeightsState.PROPOSED,
            posts=found.videos,
            correlation=found.correlation,
            correlation_before=found.before,
            proposed_at=now,
        ),
    )


def decide_weights(
    connection: sa.Connection, version: int, *, is_adopted: bool, decided_by: str, now: datetime
) -> None:
    """Let proposed weights count from the next choice on, or turn them down.

    Raises:
        BadInput: no open proposal has that version.
    """
    step = weights_state.adopt if is_adopted else weights_state.decline
    if not step(connection, version, decided_by=decided_by, now=now):
        raise BadInput(
            str(version),
            reason="is no open proposal of weights",
            remedy="`viral-forge scoring show NICHE` lists them.",
        )
