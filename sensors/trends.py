"""Sensor over sightings: what rises across platforms is proposed as a niche."""

from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.trending import propose_trends, trends_of
from viral_forge_resources.contracts.trends import NicheProposal, ProposalState
from viral_forge_resources.state import niches as niches_state


@dg.sensor(
    minimum_interval_seconds=3600,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A keyword or channel that rises on two platforms is proposed as a niche; it"
    " becomes one by itself only where the policy of the niche it was seen in says so.",
)
def new_trends_sensor(
    context: dg.SensorEvaluationContext, state: dg.ResourceParam[sa.Engine]
) -> dg.SkipReason:
    """What was proposed, and what became a niche at once: it starts no run itself."""
    now = datetime.now(UTC)
    with state.connect() as connection:
        niches = niches_state.all_niches(connection)
    proposed: list[NicheProposal] = []
    for niche in niches:
        with state.connect() as connection:  # looking takes long, and nobody need wait for it
            trends = trends_of(connection, niche, now=now).found
        if trends:
            with state.begin() as connection:
                proposed += propose_trends(connection, niche, trends, now=now)
    if not proposed:
        return dg.SkipReason("nothing new rises on several platforms")
    # Without the evidence: it quotes figures that expire, and Dagster's log does not.
    told = "; ".join(f"{each.name} (on {', '.join(each.platforms)})" for each in proposed)
    added = [each.name for each in proposed if each.state is ProposalState.ACCEPTED]
    context.log.info("proposed %s", told)
    return dg.SkipReason(f"proposed {told}; added by policy: {', '.join(added) or 'none'}")
