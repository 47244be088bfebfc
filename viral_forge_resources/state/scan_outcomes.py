"""Statements on ``scan_outcomes``."""

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import ScanOutcome
from viral_forge_resources.state.rows import read_all, to_row
from viral_forge_resources.state.tables import scan_outcomes


def append(connection: sa.Connection, outcome: ScanOutcome) -> None:
    """Remember how a scan ended."""
    connection.execute(sa.insert(scan_outcomes), to_row(outcome))


def latest(connection: sa.Connection, niche: str) -> tuple[ScanOutcome, ...]:
    """The newest outcome of each platform, by platform."""
    outcome = scan_outcomes.c
    newest_first = (outcome.scanned_at.desc(), outcome.scan_outcome_id.desc())
    age = sa.func.row_number().over(partition_by=outcome.platform, order_by=newest_first)
    ranked = sa.select(scan_outcomes, age.label("age")).where(outcome.niche == niche).subquery()
    newest = sa.select(ranked).where(ranked.c.age == 1).order_by(ranked.c.platform)
    return read_all(connection, ScanOutcome, newest)
