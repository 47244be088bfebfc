"""When access to accounts is prolonged."""

import dagster as dg

from viral_forge_assets.access_jobs import BETWEEN_TICKS, tokens_job
from viral_forge_resources.contracts.accounts import TokenKeeper


@dg.schedule(
    job=tokens_job,
    cron_schedule="*/10 * * * *",
    execution_timezone="UTC",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Tokens that end soon, or were left alone for long, are refreshed.",
)
def ten_minutely_tokens_schedule(
    context: dg.ScheduleEvaluationContext, token_keeper: dg.ResourceParam[TokenKeeper]
) -> dg.RunRequest | dg.SkipReason:
    """A run, if any token needs one before the next tick."""
    due = token_keeper.due(ahead=BETWEEN_TICKS)
    if not due:
        return dg.SkipReason("no token ends soon")
    return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())
