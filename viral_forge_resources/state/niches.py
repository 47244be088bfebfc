"""Statements on ``niches``."""

from datetime import datetime

import sqlalchemy as sa

from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.state.rows import read_all, read_one, to_row, upsert
from viral_forge_resources.state.tables import niches


def save(connection: sa.Connection, niche: Niche, *, now: datetime) -> None:
    """Remember ``niche``, in place of the one of that name."""
    upsert(connection, niches, to_row(niche) | {"saved_at": now})


def get(connection: sa.Connection, name: str) -> Niche | None:
    """The niche of that name."""
    return read_one(connection, Niche, sa.select(niches).where(niches.c.name == name))


def remove(connection: sa.Connection, name: str) -> bool:
    """True if there was a niche of that name; what was seen and made in it stays."""
    return connection.execute(sa.delete(niches).where(niches.c.name == name)).rowcount > 0


def all_niches(connection: sa.Connection) -> tuple[Niche, ...]:
    """Every niche, by name."""
    return read_all(connection, Niche, sa.select(niches).order_by(niches.c.name))
