"""Finds niches that nobody asked for yet, and does what people say of them."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.trends import (
    EARLIER,
    RECENT,
    Trend,
    Trends,
    niche_of,
    propose,
    rising,
    telling_sounds,
)
from viral_forge_assets.watching import watch_niche
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.contracts.trends import NicheProposal, ProposalState
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import proposals as proposals_state


def trends_of(connection: sa.Connection, niche: Niche, *, now: datetime) -> Trends:
    """What rises in ``niche`` now; reads much and writes nothing."""
    begins = now - RECENT
    recent = proposals_state.gains(connection, niche.name, after=begins, until=now)
    earlier = proposals_state.gains(connection, niche.name, after=begins - EARLIER, until=begins)
    return Trends(rising(recent, earlier), telling_sounds(recent))


def propose_trends(
    connection: sa.Connection, niche: Niche, trends: Sequence[Trend], *, now: datetime
) -> tuple[NicheProposal, ...]:
    """New proposals, of what rises in ``niche``; its policy may take them up at once."""
    made = propose(trends, niche=niche, taken=_taken(connection), now=now)
    new = proposals_state.propose(connection, made)
    if niche.policy.adds_trends:
        for name in new:
            take_up(connection, name, decided_by=f"the policy of {niche.name}", now=now)
    found = (proposals_state.get(connection, name) for name in new)
    return tuple(proposal for proposal in found if proposal is not None)


def _taken(connection: sa.Connection) -> set[str]:
    watched = niches_state.all_niches(connection)
    proposed = proposals_state.all_proposals(connection)
    return {
        *(text for niche in watched for text in (niche.name, *niche.queries)),
        *(text for proposal in proposed for text in (proposal.name, proposal.term)),
    }


def take_up(connection: sa.Connection, name: str, *, decided_by: str, now: datetime) -> Niche:
    """The niche that an open proposal became.

    Raises:
        BadInput: no open proposal has that name, or a niche has it by now.
    """
    proposal = _decided(connection, name, ProposalState.ACCEPTED, decided_by=decided_by, now=now)
    if niches_state.get(connection, name) is not None:
        raise BadInput(
            name,
            reason="is a niche already",
            remedy=f"Decline the proposal: `viral-forge niche decline {name}`.",
        )
    niche = niche_of(proposal, niches_state.get(connection, proposal.source_niche))
    watch_niche(connection, niche, now=now)
    return niche


def turn_down(connection: sa.Connection, name: str, *, decided_by: str, now: datetime) -> None:
    """Decline an open proposal; it is never made again.

    Raises:
        BadInput: no open proposal has that name.
    """
    _decided(connection, name, ProposalState.DECLINED, decided_by=decided_by, now=now)


def _decided(
    connection: sa.Connection, name: str, state: ProposalState, *, decided_by: str, now: datetime
) -> NicheProposal:
    proposal = proposals_state.get(connection, name)
    if proposal is None or not proposals_state.decide(
        connection, name, state, decided_by=decided_by, now=now
    ):
        reason = "names no proposal" if proposal is None else f"was {proposal.state} already"
        raise BadInput(
            name, reason=reason, remedy="`viral-forge niche proposals` names the open ones."
        )
    return proposal
