"""Statements on ``experiments``, ``draws`` and ``variant_tests``."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.experiments import (
    Draw,
    Experiment,
    Exploration,
    VariantTest,
)
from viral_forge_resources.state.rows import insert_new, read_all, read_one, to_row
from viral_forge_resources.state.tables import (
    draws,
    experiments,
    explorations,
    publications,
    variant_tests,
)


def start(connection: sa.Connection, experiment: Experiment) -> bool:
    """True if it deals from now on; False where another one of its niche deals."""
    return bool(insert_new(connection, experiments, [to_row(experiment)]))


def of_niche(connection: sa.Connection, niche: str) -> tuple[Experiment, ...]:
    """Every experiment of a niche, the newest first."""
    statement = sa.select(experiments).where(experiments.c.niche == niche)
    newest_first = (experiments.c.started_at.desc(), experiments.c.experiment_id)
    return read_all(connection, Experiment, statement.order_by(*newest_first))


def all_experiments(connection: sa.Connection) -> tuple[Experiment, ...]:
    """Every experiment, those that deal first, then the newest first."""
    order = (experiments.c.stopped_at.is_not(None), experiments.c.started_at.desc())
    return read_all(connection, Experiment, sa.select(experiments).order_by(*order))


def latest(connection: sa.Connection, niche: str) -> Experiment | None:
    """The niche's newest experiment, whether it still deals or not."""
    found = of_niche(connection, niche)
    return found[0] if found else None


def lock(connection: sa.Connection, experiment_id: str) -> Experiment | None:
    """The experiment as it is, with everybody else's draws waiting until the transaction ends."""
    wanted = sa.select(experiments).where(experiments.c.experiment_id == experiment_id)
    return read_one(connection, Experiment, wanted.with_for_update())


def stop(
    connection: sa.Connection,
    experiment_id: str,
    *,
    winner: str | None,
    stopped_by: str,
    note: str | None,
    now: datetime,
) -> bool:
    """True if it dealt until now."""
    this = experiments.c.experiment_id == experiment_id
    ended = {"winner": winner, "stopped_by": stopped_by, "note": note, "stopped_at": now}
    is_dealing = experiments.c.stopped_at.is_(None)
    statement = sa.update(experiments).where(this, is_dealing).values(ended)
    return connection.execute(statement).rowcount > 0


def record_draw(connection: sa.Connection, draw: Draw) -> None:
    """Write down what a candidate was dealt; one that was dealt before keeps that."""
    insert_new(connection, draws, [to_row(draw)])


def draw_of(connection: sa.Connection, experiment_id: str, candidate_key: str) -> Draw | None:
    """What a candidate was dealt."""
    this = (draws.c.experiment_id == experiment_id) & (draws.c.candidate_key == candidate_key)
    return read_one(connection, Draw, sa.select(draws).where(this))


def draws_of(connection: sa.Connection, experiment_id: str) -> tuple[Draw, ...]:
    """Every draw of an experiment, in the order they were dealt."""
    statement = sa.select(draws).where(draws.c.experiment_id == experiment_id)
    return read_all(connection, Draw, statement.order_by(draws.c.number))


def record_explorations(connection: sa.Connection, drawn: Sequence[Exploration]) -> None:
    """Write down which candidates were drawn to explore; what was drawn once stays."""
    insert_new(connection, explorations, [to_row(each) for each in drawn])


def exploration_of(connection: sa.Connection, candidate_key: str) -> Exploration | None:
    """What was drawn for a candidate that was chosen."""
    this = explorations.c.candidate_key == candidate_key
    return read_one(connection, Exploration, sa.select(explorations).where(this))


def start_variant_test(connection: sa.Connection, test: VariantTest) -> bool:
    """True if it is new."""
    return bool(insert_new(connection, variant_tests, [to_row(test)]))


def end_variant_test(
    connection: sa.Connection, variant_test_id: str, *, chosen: str, note: str | None, now: datetime
) -> bool:
    """True if it was open until now."""
    this = variant_tests.c.variant_test_id == variant_test_id
    is_open = variant_tests.c.ended_at.is_(None)
    values = {"chosen": chosen, "note": note, "ended_at": now}
    statement = sa.update(variant_tests).where(this, is_open).values(values)
    return connection.execute(statement).rowcount > 0


def variant_tests_of(
    connection: sa.Connection, publication_id: str | None = None
) -> tuple[VariantTest, ...]:
    """Those of one post, or all, the newest first."""
    statement = sa.select(variant_tests).join(
        publications, variant_tests.c.publication_id == publications.c.publication_id
    )
    if publication_id is not None:
        statement = statement.where(variant_tests.c.publication_id == publication_id)
    order = (variant_tests.c.started_at.desc(), variant_tests.c.variant_test_id)
    return read_all(connection, VariantTest, statement.order_by(*order))
