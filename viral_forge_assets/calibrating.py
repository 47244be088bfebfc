"""Compares scores with results, and keeps the weights that people adopt."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.calibration import Calibration, Scored, calibration, refit
from viral_forge_assets.domain.rewards import rewards
from viral_forge_assets.domain.scoring import WEIGHTS
from viral_forge_assets.rewarding import results_until
from viral_forge_resources.contracts.calibration import ScoreWeights, WeightsState
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.results import ReportedPost
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import reporting
from viral_forge_resources.state import score_weights as weights_state


def calibrations(
    connection: sa.Connection, posts: Sequence[ReportedPost], *, until: datetime
) -> dict[str, Calibration]:
    """Whether each niche's scores predicted results, by niche.

    Args:
        connection: to the database.
        posts: every live one of the studio: ranks are among all posts of a channel.
        until: what was read later is left out.
    """
    scored = _scored(connection, posts, until=until)
    names = {each.name for each in niches_state.all_niches(connection)}
    return {name: calibration(scored.get(name, ())) for name in sorted({*names, *scored})}


def calibration_of(connection: sa.Connection, niche: str, *, now: datetime) -> Calibration:
    """Whether the niche's scores predicted results."""
    return calibration(scored_of(connection, niche, now=now))


def scored_of(connection: sa.Connection, niche: str, *, now: datetime) -> Sequence[Scored]:
    """Videos of the niche that have a score and a result."""
    posts = reporting.live_posts(connection, until=now)
    return _scored(connection, posts, until=now).get(niche, ())


def _scored(
    connection: sa.Connection, posts: Sequence[ReportedPost], *, until: datetime
) -> Mapping[str, Sequence[Scored]]:
    """Videos that have a score and a result, by niche, without the parts of the score."""
    earned = rewards(results_until(connection, posts, until=until))
    found: defaultdict[str, list[Scored]] = defaultdict(list)
    for post in {post.candidate_key: post for post in posts}.values():
        if post.score is not None and post.candidate_key in earned:
            found[post.niche].append(
                Scored(
                    candidate_key=post.candidate_key,
                    score=post.score,
                    reward=earned[post.candidate_key],
                )
            )
    return found


def _with_parts(connection: sa.Connection, videos: Sequence[Scored]) -> list[Scored]:
    known = candidates_state.of_keys(connection, sorted(each.candidate_key for each in videos))
    parts = {
        key: {part.name: part.value for part in row.score_parts if part.value is not None}
        for key, row in known.items()
    }
    return [replace(each, parts=parts.get(each.candidate_key, {})) for each in videos]


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
    found = refit(_with_parts(connection, scored_of(connection, niche, now=now)), current)
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
