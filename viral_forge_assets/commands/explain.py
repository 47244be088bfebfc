"""``viral-forge explain``: from a post's numbers back to its source and the right to it."""

from collections.abc import Iterator
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.origin_words import (
    clip_cost_words,
    moment_words,
    number_words,
    recipe_words,
    revenue_words,
    right_words,
    source_words,
)
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
    when = moment_words(post.published_at) if post.published_at else "not published"
    yield "", f"{post.publication_id} on {post.channel_id}: {post.state}, {when}"
    yield "", post.post_url or "no address is known"
    yield "clip", f"{post.candidate_key} #{post.clip_number}, {post.content_sha256[:16]}"
    yield "recipe", recipe_words(post)
    yield "edit", _plan(post)
    yield "words", post.transcript_part_key or "the clip has no subtitles"
    yield "source", f"{source_words(post)}, {post.source_page_url or post.source_platform}"
    yield "right", right_words(post)
    yield "cost", clip_cost_words(post)
    yield "revenue", revenue_words(post, numbers)
    yield from _numbers(numbers)


def _plan(post: Lineage) -> str:
    if post.plan_key is None:
        return "no longer kept"
    return f"{post.plan_key} {post.plan_hash[:8]}" if post.plan_hash else post.plan_key


def _numbers(numbers: tuple[PostMetric, ...]) -> Iterator[tuple[str, str]]:
    curve = [each for each in numbers if position_of(each.metric) is not None]
    if not numbers:
        yield "numbers", "none was read yet"
    for each in numbers:
        if position_of(each.metric) is None:
            read = f"(as of {moment_words(each.as_of)}, {each.source})"
            yield "number", f"{each.metric.replace('_', ' ')}: {number_words(each)} {read}"
    if curve:
        yield "number", f"audience watch ratio: a curve of {len(curve)} points"
