"""Statements on ``artefacts``."""

from collections.abc import Collection

import sqlalchemy as sa

from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.records import Artefact
from viral_forge_resources.state.rows import read_all, read_one, to_row, upsert
from viral_forge_resources.state.tables import artefacts


def artefact_id(storage_key: str) -> str:
    """Ten hex digits that stand for a storage key."""
    return short_hash(storage_key, length=10)


def record(connection: sa.Connection, artefact: Artefact) -> None:
    """Remember a stored file, in place of what was stored there before."""
    upsert(connection, artefacts, to_row(artefact))


def keep_only(connection: sa.Connection, candidate_key: str, storage_keys: Collection[str]) -> int:
    """How many other files of the candidate's clips were forgotten now; its source's stay."""
    others = (
        (artefacts.c.candidate_key == candidate_key)
        & artefacts.c.clip_number.is_not(None)
        & artefacts.c.storage_key.not_in(storage_keys)
    )
    return connection.execute(sa.delete(artefacts).where(others)).rowcount


def get(connection: sa.Connection, artefact_id: str) -> Artefact | None:
    """The file of that id."""
    statement = sa.select(artefacts).where(artefacts.c.artefact_id == artefact_id)
    return read_one(connection, Artefact, statement)


def of_candidate(connection: sa.Connection, key: str) -> tuple[Artefact, ...]:
    """Every file of a candidate, by storage key."""
    statement = sa.select(artefacts).where(artefacts.c.candidate_key == key)
    return read_all(connection, Artefact, statement.order_by(artefacts.c.storage_key))
