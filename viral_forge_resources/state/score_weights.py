"""Statements on ``score_weights``."""

from dataclasses import replace
from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.calibration import ScoreWeights, WeightsState
from viral_forge_resources.state.rows import read_all, read_one, to_row
from viral_forge_resources.state.tables import score_weights

_S = WeightsState


def propose(connection: sa.Connection, proposal: ScoreWeights) -> ScoreWeights:
    """The proposal with the version it has from now on; an older open one is declined for it."""
    is_open = (score_weights.c.niche == proposal.niche) & (score_weights.c.state == _S.PROPOSED)
    older = {"state": _S.DECLINED, "decided_at": proposal.proposed_at, "decided_by": "a newer one"}
    connection.execute(sa.update(score_weights).where(is_open).values(older))
    row = to_row(proposal)
    del row["version"]
    inserted = sa.insert(score_weights).values(row).returning(score_weights.c.version)
    return replace(proposal, version=int(connection.execute(inserted).scalar_one()))


def adopted(connection: sa.Connection, niche: str) -> ScoreWeights | None:
    """Those that count in the niche; None: those that come with the studio."""
    which = (score_weights.c.niche == niche) & (score_weights.c.state == _S.ADOPTED)
    return read_one(connection, ScoreWeights, sa.select(score_weights).where(which))


def get(connection: sa.Connection, version: int) -> ScoreWeights | None:
    """Those of that version."""
    this = score_weights.c.version == version
    return read_one(connection, ScoreWeights, sa.select(score_weights).where(this))


def of_niche(connection: sa.Connection, niche: str) -> tuple[ScoreWeights, ...]:
    """Every version that was ever proposed for a niche, the newest first."""
    statement = sa.select(score_weights).where(score_weights.c.niche == niche)
    return read_all(connection, ScoreWeights, statement.order_by(score_weights.c.version.desc()))


def adopt(connection: sa.Connection, version: int, *, decided_by: str, now: datetime) -> bool:
    """True if that version was a proposal and counts from now on."""
    found = get(connection, version)
    if found is None or found.state is not _S.PROPOSED:
        return False
    reset(connection, found.niche, decided_by=decided_by, now=now)
    return _decide(connection, version, _S.ADOPTED, decided_by=decided_by, now=now)


def decline(connection: sa.Connection, version: int, *, decided_by: str, now: datetime) -> bool:
    """True if that version was a proposal until now."""
    return _decide(connection, version, _S.DECLINED, decided_by=decided_by, now=now)


def reset(connection: sa.Connection, niche: str, *, decided_by: str, now: datetime) -> bool:
    """True if others than those that come with the studio counted until now."""
    counts = (score_weights.c.niche == niche) & (score_weights.c.state == _S.ADOPTED)
    ended = {"state": _S.REPLACED, "decided_by": decided_by, "decided_at": now}
    return connection.execute(sa.update(score_weights).where(counts).values(ended)).rowcount > 0


def _decide(
    connection: sa.Connection, version: int, state: WeightsState, *, decided_by: str, now: datetime
) -> bool:
    is_open = (score_weights.c.version == version) & (score_weights.c.state == _S.PROPOSED)
    decided = {"state": state, "decided_by": decided_by, "decided_at": now}
    return connection.execute(sa.update(score_weights).where(is_open).values(decided)).rowcount > 0
