"""``viral-forge explain``: from a post's numbers back to its source and the right to it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.lineage import Lineage
from viral_forge_resources.contracts.metrics import position_of
from viral_forge_resources.contracts.publishing import PostMetric
from viral_forge_resources.state import lineage


def explain(
    post: Annotated[
        str, typer.Argument(help="Its id, ours or the platform's; its address; or the clip's hash.")
    ],
) -> None:
    """Say what a post's numbers are, and what all of it was made of."""
    with writing() as connection:
        posts = lineage.found(connection, post)
        if not posts:
            raise BadInput(
                post,
                reason="is no post that was planned here",
                remedy="Name it as published_posts or the console shows it.",
            )
        told = [(each, lineage.newest_numbers(connection, each.publication_id)) for each in posts]
    for each, numbers in told:
        for label, text in _lines(each, numbers):
            say(f"{label:>10}  {text}")
        say("")


def _lines(post: Lineage, numbers: tuple[PostMetric, ...]) -> Iterator[tuple[str, str]]:
    yield "post", f"{post.title}"
    yield "", f"{post.publication_id} on {post.channel_id}: {post.state}, {_moment(post)}"
    yield "", post.post_url or "no address is known"
    yield "clip", f"{post.candidate_key} #{post.clip_number}, {post.content_sha256[:16]}"
    yield "recipe", _recipe(post)
    yield "edit", post.plan_key or "no longer kept"
    yield "words", post.transcript_part_key or "the clip has no subtitles"
    source = f"{post.source_title} by {post.source_author or 'an unknown author'}"
    yield "source", f"{source}, {post.source_page_url or post.source_platform}"
    yield "right", _right(post)
    yield "cost", _cost(post)
    yield "revenue", _revenue(post)
    yield from _numbers(numbers)


def _moment(post: Lineage) -> str:
    return _worded(post.published_at) if post.published_at else "not published"


def _worded(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def _recipe(post: Lineage) -> str:
    if post.recipe is None:
        return "no longer known: the clip was rendered anew since"
    plan = f", plan {post.plan_hash[:8]}" if post.plan_hash else ""
    return f"{post.recipe} {str(post.recipe_hash)[:8]}{plan}"


def _right(post: Lineage) -> str:
    if post.licence is None:
        return "none is on record"
    ended = f"; revoked {_worded(post.revoked_at)}" if post.revoked_at else ""
    return f"{post.licence}, {post.evidence} (recorded by {post.recorded_by}){ended}"


def _cost(post: Lineage) -> str:
    if post.cost_usd is None and not post.costs_unpriced:
        return "nothing is recorded"
    known = "no price is known"
    if post.cost_usd is not None:
        known = f"${post.cost_usd:.4f}"
    missing = post.costs_unpriced
    return f"{known}; {missing} costs without a price are not in it" if missing else known


def _revenue(post: Lineage) -> str:
    if post.revenue is None:
        return "no platform has told one"
    return f"{post.revenue:.2f} {post.revenue_currency}"


def _numbers(numbers: tuple[PostMetric, ...]) -> Iterator[tuple[str, str]]:
    curve = [each for each in numbers if position_of(each.metric) is not None]
    if not numbers:
        yield "numbers", "none was read yet"
    for each in numbers:
        if position_of(each.metric) is None:
            name = each.metric.replace("_", " ")
            value = (
                f"{each.value:g} {each.unit}"
                if each.value is not None
                else f"absent: {each.reason}"
            )
            yield "number", f"{name}: {value} (as of {_worded(each.as_of)}, {each.source})"
    if curve:
        yield "number", f"audience watch ratio: a curve of {len(curve)} points"
