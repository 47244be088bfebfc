"""Keeps access to our accounts from ending while nobody looks."""

from datetime import timedelta

import dagster as dg

from viral_forge_assets.failures import dagster_failures
from viral_forge_resources.contracts.accounts import TokenKeeper
from viral_forge_resources.contracts.errors import Transient

BETWEEN_TICKS = timedelta(minutes=10)
"""A token whose window begins before the next tick is refreshed in this one."""


@dg.op
def refresh_tokens(
    context: dg.OpExecutionContext, token_keeper: dg.ResourceParam[TokenKeeper]
) -> None:
    """Refresh each account's token that will soon be due; one that fails is in nobody's way.

    Access that has ended fails the run, once: from then on the account waits for its owner.
    """
    with dagster_failures("refreshing access to accounts"):
        outcomes = token_keeper.refresh_due(ahead=BETWEEN_TICKS)
        for outcome in outcomes:
            context.log.info("%s", outcome.error or f"{outcome.channel_id}: refreshed")
        ended = [outcome for outcome in outcomes if outcome.has_ended]
        if ended:
            raise dg.Failure(
                description="\n".join(str(outcome.error) for outcome in ended),
                allow_retries=False,
            )
        failed = [str(outcome.error) for outcome in outcomes if outcome.error]
        if failed:
            raise Transient("\n".join(failed))


@dg.job(
    description="Refresh the tokens of accounts whose end is near. Changes no post.",
    tags={"viral_forge/kind": "tokens"},
)
def tokens_job() -> None:
    """Refresh tokens."""
    refresh_tokens()
