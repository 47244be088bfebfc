"""Stage 1, by niche: what the platforms show, and which of it we choose. Touches no file.

One run may be for many niches.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.domain.scan_answers import is_mistaken
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import Metadata, markdown_table, table_metadata
from viral_forge_assets.partitions import known_niche, niche_partitions
from viral_forge_assets.ranking import ModelRanker
from viral_forge_assets.scanning import (
    OpenScanTools,
    ScanPlan,
    ScanRecord,
    run_to_its_end,
    scan_niches,
)
from viral_forge_assets.shortlisting import Shortlist, shortlist_round
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.records import Candidate, Ranking
from viral_forge_resources.contracts.scanning import Niche, Scanner, ScanOutcome, ScanState
from viral_forge_resources.contracts.thumbnails import ThumbnailHasher
from viral_forge_resources.state import scan_outcomes

_MOST_ROWS_SHOWN = 50
_RECENT = timedelta(days=2)  # what a platform said before tells nothing of it now


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    partitions_def=niche_partitions,
    kinds={"sql"},
)
def scanned_videos(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    scanners: dg.ResourceParam[Mapping[str, Scanner]],
    scan_tools: dg.ResourceParam[OpenScanTools],
    scan_plan: dg.ResourceParam[ScanPlan],
) -> dg.MaterializeResult[None]:
    """What each platform shows for the niche now: new rows of ``sightings``.

    One row a video and moment; counts that a platform hides are absent. One platform's failure
    never fails the scan: how each platform answered is in the metadata and in ``scan_outcomes``.
    One run may scan many niches, side by side.
    """
    now = datetime.now(UTC)
    record = ScanRecord(state)
    with dagster_failures("scanning"):
        with state.connect() as connection:
            niches = [known_niche(connection, name) for name in context.partition_keys]

        async def scan() -> None:
            async with scan_tools() as tools:
                await scan_niches(
                    niches, scanners, tools, plan=scan_plan, now=now, on_answer=record.keep
                )

        run_to_its_end(scan())
    for name, error in record.mistakes.items():
        context.log.error("the scanner of %s made a mistake", name, exc_info=error)
    for niche in niches:
        context.add_asset_metadata(_scan_metadata(record, niche), partition_key=niche.name)
    return dg.MaterializeResult()


def _scan_metadata(record: ScanRecord, niche: Niche) -> Metadata:
    outcomes = record.outcomes[niche.name]
    states = [outcome.state for outcome in outcomes]
    read, new = record.rows_read[niche.name], record.rows_new[niche.name]
    facts = table_metadata(
        rows=new,
        rows_read=read,
        rows_new=new,
        platforms_found=states.count(ScanState.FOUND),
        platforms_failed=states.count(ScanState.FAILED),
        platforms_skipped=states.count(ScanState.SKIPPED),
    )
    shown = sorted(
        outcomes, key=lambda outcome: (outcome.state is ScanState.SKIPPED, outcome.platform)
    )
    return facts | {
        "answers": markdown_table(_by_state(shown)),
        "platforms": markdown_table([_shown(outcome) for outcome in shown]),
    }


def _by_state(outcomes: Iterable[ScanOutcome]) -> list[dict[str, object]]:
    """The platforms by what they answered: short enough for the UI to show at once."""
    platforms: dict[str, list[str]] = {}
    for outcome in outcomes:
        found = f" {outcome.found}" if outcome.found else ""
        platforms.setdefault(_state(outcome), []).append(f"{outcome.platform}{found}")
    return [{"state": state, "platforms": ", ".join(platforms[state])} for state in platforms]


def _state(outcome: ScanOutcome) -> str:
    detail = outcome.skip or outcome.error
    state = "quiet" if outcome.found == 0 else outcome.state.value
    return f"{state}: {detail}" if detail else state


def _shown(outcome: ScanOutcome) -> dict[str, object]:
    return {
        "platform": outcome.platform,
        "state": _state(outcome),
        "found": outcome.found,
        "seconds": None if outcome.took_s is None else round(outcome.took_s, 1),
        "reason": outcome.reason,
    }


@dg.multi_asset_check(
    specs=[
        dg.AssetCheckSpec(
            "platforms_answered",
            asset=scanned_videos,
            description="Every platform that was asked for a watched niche answered the last time,"
            " if only with nothing. Those that are skipped on purpose do not count.",
        )
    ]
)
def platforms_answered(
    state: dg.ResourceParam[sa.Engine],
) -> Iterable[dg.AssetCheckResult]:
    """Whether every platform answered the last time, niche by niche.

    A platform that is down is a warning. A mistake in a scanner fails the run as well, after the
    sightings of all platforms are kept and while candidates are still chosen from them.
    """
    with state.connect() as connection:
        failed = scan_outcomes.failing(connection, since=datetime.now(UTC) - _RECENT)
    mistaken = sorted({outcome.platform for outcome in failed if is_mistaken(outcome)})
    told = "; ".join(f"{row.niche}: {row.platform} ({row.error})" for row in failed)
    yield dg.AssetCheckResult(
        passed=not failed,
        severity=dg.AssetCheckSeverity.ERROR if mistaken else dg.AssetCheckSeverity.WARN,
        description=f"no answer for {told}" if failed else "every platform that was asked answered",
        metadata={
            "failed": markdown_table(
                [{"niche": row.niche} | _shown(row) for row in failed[:_MOST_ROWS_SHOWN]]
            )
        },
    )
    if mistaken:
        raise dg.Failure(
            description=f"While scanning: mistakes in the scanners {', '.join(mistaken)}: "
            f"{'; '.join(str(row.reason) for row in failed if is_mistaken(row))}",
            allow_retries=False,
        )


@dg.asset(
    key_prefix="candidates",
    group_name="candidates",
    partitions_def=niche_partitions,
    deps=[scanned_videos],
    kinds={"sql"},
)
def shortlist(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    thumbnails: dg.ResourceParam[ThumbnailHasher],
    language_models: dg.ResourceParam[Sequence[LanguageModel]],
    llm_budget: dg.ResourceParam[Budget],
) -> dg.MaterializeResult[None]:
    """Videos chosen for editing, and those refused with the reason: rows of ``candidates``.

    Ordered by our score: how fast a video rises among those of its platform, what it moves people
    to, and its age; language models have a word in it where they are set up. Nothing is chosen
    without a right to it. A refused row carries the command that would clear it.
    """
    now = datetime.now(UTC)
    for name in context.partition_keys:
        with dagster_failures("choosing candidates"):
            with state.connect() as connection:
                niche = known_niche(connection, name)
            ranker = ModelRanker(
                state=state, models=language_models, budget=llm_budget, niche=niche
            )
            chosen = shortlist_round(
                state,
                niche,
                now=now,
                rank=ranker if language_models else None,
                hash_thumbnails=thumbnails,
            )
        context.add_asset_metadata(_choice_metadata(chosen), partition_key=name)
    return dg.MaterializeResult()


def _choice_metadata(chosen: Shortlist) -> Metadata:
    facts = table_metadata(
        rows=len(chosen.decisions),
        rows_read=chosen.seen,
        rows_new=chosen.new,
        refused=len(chosen.refused),
    )
    outcomes = [
        {"outcome": outcome.value, "videos": number}
        for outcome, number in chosen.outcomes.most_common()
    ]
    refusals = [
        {"candidate": row.candidate_key, "why": row.reason, "remedy": row.remedy}
        for row in chosen.refused[:_MOST_ROWS_SHOWN]
    ]
    return facts | {
        "outcomes": markdown_table(outcomes),
        "best": markdown_table([_ranked(row) for row in chosen.best[:_MOST_ROWS_SHOWN]]),
        "refusals": markdown_table(refusals),
    }


def _ranked(row: Candidate) -> dict[str, object]:
    """A chosen candidate; the score and its parts are ours, no platform's."""
    parts = (
        f"{part.name} {'unknown' if part.value is None else format(part.value, '.3f')}"
        for part in row.score_parts
    )
    return {
        "candidate": row.candidate_key,
        "title": row.title,
        "our score": None if row.score is None else f"{row.score:.3f}",
        "parts of our score": ", ".join(parts) or None,
        "ranked at": None if row.ranking is None else f"{row.ranking.score:.3f}",
        "ranked by": "a person" if row.ranking is None else _ranked_by(row.ranking),
        "cost": None if row.ranking is None else _cost(row.ranking),
        "why": "; ".join((row.reason, *_opinion(row.ranking))),
        "right": row.rights_id,
    }


def _ranked_by(ranking: Ranking) -> str:
    by = ranking.ranked_by if ranking.model is None else f"{ranking.ranked_by} {ranking.model}"
    return f"{by} (after {'; '.join(ranking.fallen_through)})" if ranking.fallen_through else by


def _opinion(ranking: Ranking | None) -> tuple[str, ...]:
    """What a model said. Reasons of our score quote figures that expire; Dagster's log does not."""
    return () if ranking is None or ranking.model is None else ranking.reasons[:1]


def _cost(ranking: Ranking) -> str | None:
    """This candidate's share of the call that ranked it; None where no model did."""
    if ranking.model is None:
        return None
    tokens = [ranking.prompt_tokens, ranking.completion_tokens]
    used = f"{sum(each or 0 for each in tokens)} tokens" if None not in tokens else "tokens unknown"
    return f"{used}, {'no price set' if ranking.cost_usd is None else f'${ranking.cost_usd:.6f}'}"
