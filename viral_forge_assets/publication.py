"""Stage 5, by candidate: what is to be posted where, and what was posted."""

from collections import Counter
from collections.abc import Mapping, Sequence

import dagster as dg
import sqlalchemy as sa

from viral_forge_assets.asking import Asker
from viral_forge_assets.copywriters import Copywriter
from viral_forge_assets.domain.edit_plan import EditPlan, words_in_clip
from viral_forge_assets.experimenting import dealt_title
from viral_forge_assets.failures import dagster_failures
from viral_forge_assets.metadata import markdown_table, table_metadata
from viral_forge_assets.outbox import plan_posts
from viral_forge_assets.partitions import candidate_partitions, known_candidate
from viral_forge_assets.post_words import link, state_words, when
from viral_forge_assets.posting import Poster
from viral_forge_assets.provenance import load
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.disclosures import flags_of
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.publishing import (
    Publication,
    PublicationState,
    Publisher,
)
from viral_forge_resources.contracts.sessions import Cipher
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.studio import Studio
from viral_forge_resources.state import publications as publications_state


@dg.asset(
    key_prefix="publication",
    group_name="publication",
    partitions_def=candidate_partitions,
    deps=[dg.AssetKey(["transform", "rendered_clips"])],
    kinds={"sql"},
)
def publication_plan(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    publishers: dg.ResourceParam[Mapping[str, Publisher]],
    studio: dg.ResourceParam[Studio],
    language_models: dg.ResourceParam[Sequence[LanguageModel]],
    llm_budget: dg.ResourceParam[Budget],
) -> dg.MaterializeResult[None]:
    """The clips' posts per channel, with their words and times: rows of the outbox.

    Planning twice gives one row. A clip that a channel may hold already is not planned for it
    again, whatever its bytes are now. Nothing is posted from here.
    """
    key = parse_candidate_key(context.partition_key)
    with dagster_failures("planning the posts"):
        document = key.storage_key("captions", "transcript.json")
        words = load(storage, document, Transcript, made_by="transcript")
        document = key.storage_key("transform", "edit_plan.json")
        plan = load(storage, document, EditPlan, made_by="edit_plan")
        asker = Asker(state=state, budget=llm_budget, niche=key.niche, candidate_key=str(key))
        with state.connect() as connection:
            style = dealt_title(connection, known_candidate(connection, str(key)))
        writer = Copywriter(
            key=key, storage=storage, asker=asker, models=language_models, title_style=style
        )
        copies = writer.write(state, publishers, _said(plan, words))
        with state.begin() as connection:
            planned = plan_posts(
                connection,
                context.partition_key,
                transcript=words,
                publishers=publishers,
                requires_approval=studio.requires_approval,
                plan=plan,
                copies=copies.by_post,
                title_style=style,
            )
    waiting = [row for row in planned.rows if row.state is PublicationState.PLANNED]
    facts = table_metadata(rows=len(planned.rows), rows_read=planned.clips, rows_new=planned.new)
    return dg.MaterializeResult(
        metadata=facts
        | {"posts": markdown_table([_planned(row) for row in planned.rows])}
        | {"waiting_for_approval": len(waiting), "approve_with": _approval_commands(waiting)}
        | ({"titles_were_dealt": style.value} if style else {})
        | ({"words_by_rules_because": "; ".join(copies.notes)} if copies.notes else {})
        | {f"nothing_for_{channel}": why for channel, why in planned.left_out.items()}
    )


def _said(plan: EditPlan, transcript: Transcript) -> dict[int, str]:
    """What is said in each clip, by its number."""
    return {
        clip.number: " ".join(word.text for word in words_in_clip(transcript.words, clip.segments))
        for clip in plan.clips
    }


def _approval_commands(waiting: list[Publication]) -> dg.MarkdownMetadataValue:
    """What to type, or paste into approve_job's launchpad, to say yes to these very bytes."""
    hashes = sorted({row.content_sha256 for row in waiting})
    commands = [f"`viral-forge approve {content[:12]}`" for content in hashes]
    return dg.MetadataValue.md(", ".join(commands) or "*nothing waits*")


def _planned(row: Publication) -> dict[str, object]:
    """What is decided on comes first: wide tables are cut at the right."""
    return {
        "channel": row.channel_id,
        "state": state_words(row.state),
        "when": when(row),
        "content hash": row.content_sha256[:12],
        "title": row.text.title,
        "title is": row.text.title_style or "as usual",
        "tells viewers of": ", ".join(sorted(flags_of(row.disclosure))) or "nothing",
        "reason": row.reason,
        "written by": row.text.written_by or "rules",
        "clip": row.clip_number,
    }


def _posted(row: Publication) -> dict[str, object]:
    return {
        "channel": row.channel_id,
        "state": state_words(row.state),
        "when": when(row),
        "reason": row.reason,
        "post": link(row.post_url),
        "title": row.text.title,
        "clip": row.clip_number,
    }


@dg.asset(
    key_prefix="publication",
    group_name="publication",
    partitions_def=candidate_partitions,
    deps=[publication_plan],
    kinds={"sql"},
)
def published_posts(
    context: dg.AssetExecutionContext,
    state: dg.ResourceParam[sa.Engine],
    storage: dg.ResourceParam[Storage],
    publishers: dg.ResourceParam[Mapping[str, Publisher]],
    studio: dg.ResourceParam[Studio],
    cipher: dg.ResourceParam[Cipher],
    prices: dg.ResourceParam[Prices],
    llm_budget: dg.ResourceParam[Budget],
) -> dg.MaterializeResult[None]:
    """The candidate's posts as the platforms have them.

    Takes every due row of the outbox one step on. Rights, approval, checks and the very bytes are
    verified here again. A row whose answer was lost is looked up, never posted a second time.
    """
    poster = Poster(
        state=state,
        storage=storage,
        publishers=publishers,
        requires_approval=studio.requires_approval,
        run_id=context.run.run_id,
        cipher=cipher,
        prices=prices,
        budget=llm_budget,
    )
    with dagster_failures("posting"):
        with state.connect() as connection:
            known_candidate(connection, context.partition_key)
        rows = poster.work_on(context.partition_key)
    counts = Counter(row.state.value for row in rows)
    urls = {f"url_{row.channel_id}": row.post_url for row in rows if row.post_url}
    return dg.MaterializeResult(
        metadata=table_metadata(rows=len(rows), rows_read=len(rows), rows_new=counts["published"])
        | {name: counts[name] for name in ("published", "processing", "rejected", "unknown")}
        | {name: dg.MetadataValue.url(url) for name, url in urls.items()}
        | {"posts": markdown_table([_posted(row) for row in rows])}
    )


@dg.asset_check(asset=published_posts)
def published_posts_have_a_known_end(
    context: dg.AssetCheckExecutionContext, state: dg.ResourceParam[sa.Engine]
) -> dg.AssetCheckResult:
    """No post's end is unknown and none was refused by its platform."""
    partition_key = context.op_execution_context.partition_key
    with dagster_failures("checking the posts"), state.connect() as connection:
        rows = publications_state.of_candidate(connection, partition_key)
    bad = [
        row for row in rows if row.state in {PublicationState.UNKNOWN, PublicationState.REJECTED}
    ]
    return dg.AssetCheckResult(
        passed=not bad,
        description="; ".join(f"{row.channel_id}: {row.state}: {row.reason}" for row in bad),
    )
