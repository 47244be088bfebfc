"""The partition sets, and what a partition key stands for. Nothing else."""

import dagster as dg
import sqlalchemy as sa

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.records import Candidate
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import niches as niches_state

niche_partitions = dg.DynamicPartitionsDefinition(name="niches")
day_partitions = dg.DailyPartitionsDefinition(start_date="2026-01-01")
candidate_partitions = dg.DynamicPartitionsDefinition(name="candidates")


def known_candidate(connection: sa.Connection, partition_key: str) -> Candidate:
    """The candidate that ``partition_key`` names.

    Raises:
        BadInput: not a key, or no candidate has it: anyone can type a partition into the UI.
    """
    parse_candidate_key(partition_key)
    candidate = candidates_state.get(connection, partition_key)
    if candidate is None:
        raise BadInput(
            partition_key,
            reason="names no candidate",
            remedy="Candidates come from a scan of their niche; delete this partition in the UI.",
        )
    return candidate


def known_niche(connection: sa.Connection, partition_key: str) -> Niche:
    """The niche that ``partition_key`` names.

    Raises:
        BadInput: no niche has that name.
    """
    niche = niches_state.get(connection, partition_key)
    if niche is None:
        raise BadInput(
            partition_key,
            reason="names no niche",
            remedy="Add it with `viral-forge niche add NAME`.",
        )
    return niche
