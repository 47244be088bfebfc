"""Deals recipes to candidates from their niche's experiment, and starts and stops experiments."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.arm_posteriors import Beliefs, Outcome, beliefs
from viral_forge_assets.domain.experiment_arms import described_experiment
from viral_forge_assets.domain.experiments import Verdict, deal, verdict
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.rewards import rewards
from viral_forge_assets.metadata import Metadata, markdown_table
from viral_forge_assets.partitions import known_niche
from viral_forge_assets.rewarding import post_results
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.experiments import Arm, Draw, Experiment, TitleStyle
from viral_forge_resources.contracts.publishing import MAY_BE_LIVE
from viral_forge_resources.contracts.records import Candidate
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import experiments as experiments_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import results

_ITS_RULES = "its own rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An experiment and what is known of it."""

    experiment: Experiment
    beliefs: Beliefs
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """What a candidate is edited with.

    Attributes:
        draw: None where an experiment that has ended found a winner, which every candidate gets.
    """

    arm: Arm
    experiment: Experiment
    draw: Draw | None


def assigned(state: sa.Engine, candidate: Candidate, *, now: datetime) -> Assigned | None:
    """What its niche's experiment deals the candidate; None where none has a say.

    What was dealt once stays, whatever was learned since. A candidate that a platform may hold
    already is dealt nothing: what its post did is no result of what it would be made with now.
    """
    with state.begin() as connection:
        newest = experiments_state.latest(connection, candidate.niche)
        if newest is None:
            return None
        key = candidate.candidate_key
        experiment = experiments_state.lock(connection, newest.experiment_id) or newest
        draw = experiments_state.draw_of(connection, experiment.experiment_id, key)
        if draw is None and experiment.stopped_at is None:
            if _may_be_live(connection, key):
                return None
            experiment, draw = _dealt(connection, experiment, key, now=now)
    name = draw.arm if draw else experiment.winner
    if name is None:
        return None
    return Assigned(arm=_arm(experiment, name), experiment=experiment, draw=draw)


def with_opening(recipe: Recipe, dealt: Assigned | None) -> Recipe:
    """``recipe`` with the opening that was dealt: another opening makes another recipe."""
    if dealt is None or dealt.arm.hook_first is None:
        return recipe
    return replace(recipe, hook_first=dealt.arm.hook_first)


def dealt_title(connection: sa.Connection, candidate: Candidate) -> TitleStyle | None:
    """What the titles of the candidate's posts were dealt to do; None: what they usually do."""
    newest = experiments_state.latest(connection, candidate.niche)
    if newest is None:
        return None
    draw = experiments_state.draw_of(connection, newest.experiment_id, candidate.candidate_key)
    name = draw.arm if draw else newest.winner
    return _arm(newest, name).title if name else None


def draw_metadata(dealt: Assigned | None) -> Metadata:
    """What was dealt, how likely that was, and by which state of knowledge."""
    if dealt is None:
        return {}
    facts: Metadata = {"experiment": dealt.experiment.experiment_id, "arm": dealt.arm.name}
    if dealt.draw is None:
        return facts | {"dealt_because": "it won the experiment, which has ended"}
    return facts | {
        "dealt_because": dealt.draw.reason.value,
        "probability": round(dealt.draw.probability, 4),
        "probabilities": markdown_table(
            [{"arm": n, "probability": round(p, 4)} for n, p in dealt.draw.probabilities.items()]
        ),
        "posterior": dealt.draw.posterior,
        "draw": dealt.draw.number,
    }


def _may_be_live(connection: sa.Connection, candidate_key: str) -> bool:
    rows = publications_state.of_candidate(connection, candidate_key)
    return any(row.state in MAY_BE_LIVE for row in rows)


def _dealt(
    connection: sa.Connection, experiment: Experiment, candidate_key: str, *, now: datetime
) -> tuple[Experiment, Draw | None]:
    """A new draw, written down; or the experiment's end, where it ends itself."""
    outcomes = outcomes_of(connection, experiment)
    if experiment.rules.ends_when_settled:
        said = verdict(_names(experiment), outcomes, experiment.rules)
        if said.is_settled:
            return _ended(connection, experiment, said, now=now), None
    seed = f"{experiment.experiment_id}:{candidate_key}"
    dealt = deal(experiment.arms, outcomes, experiment.rules, seed=seed)
    draw = Draw(
        experiment_id=experiment.experiment_id,
        candidate_key=candidate_key,
        number=len(outcomes) + 1,
        arm=dealt.arm.name,
        probability=dealt.probabilities[dealt.arm.name],
        probabilities=dealt.probabilities,
        reason=dealt.reason,
        posterior=dealt.posterior,
        seed=seed,
        drawn_at=now,
    )
    experiments_state.record_draw(connection, draw)
    return experiment, draw


def _ended(
    connection: sa.Connection, experiment: Experiment, said: Verdict, *, now: datetime
) -> Experiment:
    experiments_state.stop(
        connection,
        experiment.experiment_id,
        winner=said.leader,
        stopped_by=_ITS_RULES,
        note=said.why,
        now=now,
    )
    return experiments_state.lock(connection, experiment.experiment_id) or experiment


def outcomes_of(connection: sa.Connection, experiment: Experiment) -> list[Outcome]:
    """Every draw and its reward, if it has one yet."""
    dealt = experiments_state.draws_of(connection, experiment.experiment_id)
    posts = results.posts_of_experiment(
        connection, experiment.experiment_id, channel_id=experiment.channel_id
    )
    arms = {draw.candidate_key: _arm(experiment, draw.arm) for draw in dealt}
    # A person may have edited it with another recipe since, or nothing that is said makes such a
    # title: then the post is no result of the arm.
    ours = [post for post in posts if _is_made_with(post, arms[post.candidate_key])]
    earned = rewards(post_results(connection, ours))
    return [
        Outcome(number=draw.number, arm=draw.arm, reward=earned.get(draw.candidate_key))
        for draw in dealt
    ]


def standing(connection: sa.Connection, experiment: Experiment) -> Standing:
    """What is known of an experiment now."""
    outcomes, names = outcomes_of(connection, experiment), _names(experiment)
    return Standing(
        experiment=experiment,
        beliefs=beliefs(names, outcomes, experiment.rules),
        verdict=verdict(names, outcomes, experiment.rules),
    )


def start_experiment(
    connection: sa.Connection,
    described: Mapping[str, object],
    *,
    recipes: Collection[str],
    started_by: str,
    now: datetime,
) -> Experiment:
    """Let an experiment deal the niche's candidates from now on.

    Raises:
        BadInput: it cannot be made like this, or another one deals.
    """
    experiment = described_experiment(
        described, recipes=recipes, started_by=started_by, started_at=now
    )
    known_niche(connection, experiment.niche)
    _refuse_unknown_channel(connection, experiment)
    if not experiments_state.start(connection, experiment):
        raise BadInput(
            experiment.niche,
            reason="has an experiment that deals already",
            remedy=f"Stop it with `viral-forge experiment stop {experiment.niche}`.",
        )
    return experiment


def _refuse_unknown_channel(connection: sa.Connection, experiment: Experiment) -> None:
    known = {each.channel_id for each in channels_state.serving(connection, experiment.niche)}
    if experiment.channel_id is not None and experiment.channel_id not in known:
        raise BadInput(
            experiment.channel_id,
            reason="is no channel of the niche",
            remedy=f"There are: {', '.join(sorted(known)) or 'none'}.",
        )


def stop_experiment(
    connection: sa.Connection,
    niche: str,
    *,
    winner: str | None,
    stopped_by: str,
    note: str | None,
    now: datetime,
) -> Experiment:
    """End the experiment that deals in the niche; its winner, if there is one, is what counts then.

    Raises:
        BadInput: none deals there, or it has no arm of that name.
    """
    experiment = experiments_state.latest(connection, niche)
    if experiment is None or experiment.stopped_at is not None:
        raise BadInput(
            niche,
            reason="has no experiment that deals",
            remedy=f"Start one with `viral-forge experiment start {niche} --arms ...`.",
        )
    if winner is not None:
        _arm(experiment, winner)
    experiments_state.stop(
        connection,
        experiment.experiment_id,
        winner=winner,
        stopped_by=stopped_by,
        note=note,
        now=now,
    )
    return experiment


def _arm(experiment: Experiment, name: str) -> Arm:
    found = next((arm for arm in experiment.arms if arm.name == name), None)
    if found is None:
        raise BadInput(
            name,
            reason=f"is no arm of the experiment in {experiment.niche}",
            remedy=f"There are: {', '.join(_names(experiment))}.",
        )
    return found


def _names(experiment: Experiment) -> list[str]:
    return [arm.name for arm in experiment.arms]


def _is_made_with(post: results.LivePost, arm: Arm) -> bool:
    has_recipe = post.recipe is None or post.recipe.partition("@")[0] == arm.recipe
    return has_recipe and arm.title in (None, post.title_style)
