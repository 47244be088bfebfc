"""What platforms let us ask, and how much of it is used: for people who plan scans."""

from datetime import UTC, datetime

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_resources.contracts.quota import Balance, Bucket
from viral_forge_resources.state import quotas as quotas_state


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    deps=[["candidates", "scanned_videos"]],
    kinds={"sql"},
)
def quota_use(
    context: dg.AssetExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.MaterializeResult[None]:
    """How much of each platform's allowance is used, and when there is more, as of the last scan.

    One row an allowance that was used lately, and one for all ``calls`` of each caller, whether or
    not a limit of them is documented; the counts themselves are in ``quota_ledger``.
    """
    with state.connect() as connection:
        balances = quotas_state.balances(connection, now=datetime.now(UTC))
    spent = sum(map(_is_spent, balances))
    facts = table_metadata(rows=len(balances), rows_read=len(balances), rows_new=0, spent=spent)
    return dg.MaterializeResult(
        metadata=facts | {"allowances": markdown_table([_shown(each) for each in balances])}
    )


def _is_spent(balance: Balance) -> bool:
    return balance.bucket.limit is not None and balance.used >= balance.bucket.limit


def _limit(bucket: Bucket) -> str:
    if bucket.limit is None:
        return f"none documented; counted by the {bucket.window}"
    return f"{bucket.limit:,} {bucket.window.worded}"


def _shown(balance: Balance) -> dict[str, object]:
    bucket = balance.bucket
    return {
        "platform": bucket.platform,
        "project": bucket.project,
        "allowance": bucket.name,
        "used": f"{balance.used:,}",
        "limit": _limit(bucket),
        "resets at": f"{balance.resets_at:%Y-%m-%d %H:%M} UTC",
    }
