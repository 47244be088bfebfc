"""Statements on ``scan_outcomes``."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import ScanOutcome, ScanState
from viral_forge_resources.state.rows import read_all, to_row
from viral_forge_resources.state.tables import scan_outcomes


def append(connection: sa.Connection, *outcomes: ScanOutcome) -> None:
    """Remember how scans ended."""
    if outcomes:
        connection.execute(sa.insert(scan_outcomes), [to_row(outcome) for outcome in outcomes])


def latest(connection: sa.Connection, niche: str) -> tuple[ScanOutcome, ...]:
    """The newest outcome of each platform, by platform."""
    return read_all(connection, ScanOutcome, _newest(scan_outcomes.c.niche == niche))


def failing(connection: sa.Connection, *, since: datetime) -> tuple[ScanOutcome, ...]:
    """Newest outcomes from ``since`` on that are failures, by niche and platform."""
    newest = _newest(scan_outcomes.c.scanned_at >= since).subquery()
    failed = sa.select(newest).where(newest.c.state == ScanState.FAILED)
    return read_all(connection, ScanOutcome, failed.order_by(newest.c.niche, newest.c.platform))


def expire(connection: sa.Connection, *, before: datetime) -> int:
    """How many outcomes of scans before that moment were removed."""
    old = sa.delete(scan_outcomes).where(scan_outcomes.c.scanned_at < before)
    return connection.execute(old).rowcount


def _newest(which: sa.ColumnElement[bool]) -> sa.Select[tuple[object, ...]]:
    """Of ``which``, the newest of each niche and platform, by niche and platform."""
    outcome = scan_outcomes.c
    age = sa.func.row_number().over(
        partition_by=(outcome.niche, outcome.platform),
        order_by=(outcome.scanned_at.desc(), outcome.scan_outcome_id.desc()),
    )
    ranked = sa.select(scan_outcomes, age.label("age")).where(which).subquery()
    return sa.select(ranked).where(ranked.c.age == 1).order_by(ranked.c.niche, ranked.c.platform)
