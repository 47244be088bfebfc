"""Niches that scans suggest, for people to decide on."""

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_resources.contracts.trends import NicheProposal, ProposalState
from viral_forge_resources.state import proposals as proposals_state

_MOST_ROWS_SHOWN = 50


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    deps=[["candidates", "scanned_videos"]],
    kinds={"sql"},
)
def niche_proposals(
    context: dg.AssetExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.MaterializeResult[None]:
    """Keywords and channels that rise on several platforms, as niches to be, as of the last scan.

    ``viral-forge niche proposals`` shows the evidence of each: it quotes figures that expire, and
    what is told here stays in Dagster's log. ``decide_proposals_job`` or ``viral-forge niche
    accept`` takes one up.
    """
    with state.connect() as connection:
        proposals = proposals_state.all_proposals(connection)
    waiting = [each for each in proposals if each.state is ProposalState.OPEN]
    facts = table_metadata(
        rows=len(proposals), rows_read=len(proposals), rows_new=0, waiting=len(waiting)
    )
    shown = [_shown(each) for each in waiting[:_MOST_ROWS_SHOWN]]
    return dg.MaterializeResult(metadata=facts | {"open": markdown_table(shown)})


def _shown(proposal: NicheProposal) -> dict[str, object]:
    return {
        "name": proposal.name,
        "what rises": f"{proposal.kind}: {proposal.term}",
        "seen in": proposal.source_niche,
        "rises on": ", ".join(proposal.platforms),
        "since": f"{proposal.proposed_at:%Y-%m-%d}",
    }
