"""What clips and recipes have earned so far, from the numbers of their posts; adds nothing."""

import html
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from viral_forge_resources.contracts.publishing import PostMetric, Publication, PublicationState
from viral_forge_resources.contracts.records import Clip

SUMMED = ("views", "likes", "comments", "shares", "saves", "watch_time")
"""Metrics that may be added over posts; averages and people reached may not."""

_NO_POST = "not posted yet"
_NO_NUMBER = "no report has this number"
_ABSENT = "\u2013"
_MOST_CLIPS_SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """One metric, added over the newest number of each post that has one.

    Attributes:
        value: None where no post has a number; ``reason`` says so.
        posts_measured: how many posts have one; those without are not in ``value``.
        oldest_as_of: the moment that the oldest of the added numbers speaks of.
        definitions: what was counted, as each source defines it.
    """

    metric: str
    value: float | None
    posts_measured: int
    unit: str | None = None
    oldest_as_of: datetime | None = None
    definitions: tuple[str, ...] = ()
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipPerformance:
    """One content of a clip and what its posts came to.

    Attributes:
        recipe: None where the clip was rendered anew since it was posted.
        posts: posts that are live.
    """

    candidate_key: str
    clip_number: int
    content_sha256: str
    recipe: str | None
    recipe_hash: str | None
    posts: int
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipePerformance:
    """One version of a recipe and what the posts of its clips came to."""

    recipe: str | None
    recipe_hash: str | None
    clips: int
    posts: int
    totals: tuple[Total, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NichePerformance:
    """Every clip and recipe of a niche.

    Attributes:
        posts: posts that are live.
        posts_measured: those of them with at least one number.
    """

    clips: tuple[ClipPerformance, ...]
    recipes: tuple[RecipePerformance, ...]
    posts: int
    posts_measured: int


def summarise(
    publications: Sequence[Publication], metrics: Sequence[PostMetric], clips: Sequence[Clip]
) -> NichePerformance:
    """What the live ones of ``publications`` came to, by clip and by recipe."""
    live = [p for p in publications if p.state is PublicationState.PUBLISHED]
    newest = _newest(metrics)
    by_content = {(c.candidate_key, c.number, c.content_sha256): c for c in clips}
    contents = dict.fromkeys([*by_content, *(_content(p) for p in live)])
    posts_of: defaultdict[_Content, list[Publication]] = defaultdict(list)
    for post in live:
        posts_of[_content(post)].append(post)
    clip_rows = tuple(
        _clip_row(content, by_content.get(content), posts_of[content], newest)
        for content in sorted(contents)
    )
    return NichePerformance(
        clips=clip_rows,
        recipes=_recipe_rows(clip_rows, posts_of, newest),
        posts=len(live),
        posts_measured=sum(
            any(_is_measured(newest.get((p.publication_id, metric))) for metric in SUMMED)
            for p in live
        ),
    )


_Content = tuple[str, int, str]
_Newest = dict[tuple[str, str], PostMetric]


def _newest(metrics: Sequence[PostMetric]) -> _Newest:
    """The newest number of each post and metric; an empty cell does not hide an older number."""
    oldest_first = sorted(metrics, key=lambda m: (m.value is not None, m.as_of, m.source))
    return {(metric.publication_id, metric.metric): metric for metric in oldest_first}


def _is_measured(metric: PostMetric | None) -> bool:
    return metric is not None and metric.value is not None


def _content(publication: Publication) -> _Content:
    return publication.candidate_key, publication.clip_number, publication.content_sha256


def _clip_row(
    content: _Content, clip: Clip | None, posts: Sequence[Publication], newest: _Newest
) -> ClipPerformance:
    candidate_key, number, sha256 = content
    return ClipPerformance(
        candidate_key=candidate_key,
        clip_number=number,
        content_sha256=sha256,
        recipe=clip.recipe if clip else None,
        recipe_hash=clip.recipe_hash if clip else None,
        posts=len(posts),
        totals=_totals(posts, newest),
    )


def _recipe_rows(
    clips: Sequence[ClipPerformance],
    posts_of: Mapping[_Content, Sequence[Publication]],
    newest: _Newest,
) -> tuple[RecipePerformance, ...]:
    by_recipe: defaultdict[tuple[str, str], list[ClipPerformance]] = defaultdict(list)
    for clip in clips:
        by_recipe[clip.recipe or "", clip.recipe_hash or ""].append(clip)
    rows = []
    for (recipe, recipe_hash), own in sorted(by_recipe.items()):
        contents = [(c.candidate_key, c.clip_number, c.content_sha256) for c in own]
        posts = [post for content in contents for post in posts_of[content]]
        rows.append(
            RecipePerformance(
                recipe=recipe or None,
                recipe_hash=recipe_hash or None,
                clips=len(own),
                posts=len(posts),
                totals=_totals(posts, newest),
            )
        )
    return tuple(rows)


def _totals(posts: Sequence[Publication], newest: _Newest) -> tuple[Total, ...]:
    return tuple(_total(metric, posts, newest) for metric in SUMMED)


def _total(metric: str, posts: Sequence[Publication], newest: _Newest) -> Total:
    keys = [(post.publication_id, metric) for post in posts]
    found = [newest[key] for key in keys if key in newest]
    numbers = [number for number in found if number.value is not None]
    if not numbers:
        reasons = sorted({number.reason for number in found if number.reason})
        missing = "; ".join(reasons) or (_NO_NUMBER if posts else _NO_POST)
        return Total(metric=metric, value=None, posts_measured=0, reason=missing)
    return Total(
        metric=metric,
        value=sum(number.value for number in numbers if number.value is not None),
        posts_measured=len(numbers),
        unit=numbers[0].unit,
        oldest_as_of=min(number.as_of for number in numbers),
        definitions=tuple(sorted({number.definition for number in numbers})),
    )


def to_markdown(summary: NichePerformance) -> str:
    """Two tables for people; a number that is not there is a dash, and why stands below."""
    recipes = [
        (_recipe(row.recipe, row.recipe_hash), str(row.clips), row.posts, row.totals)
        for row in summary.recipes
    ]
    clips = [
        (
            _escaped(f"{row.candidate_key} #{row.clip_number} ({row.content_sha256[:8]})"),
            _recipe(row.recipe, row.recipe_hash),
            row.posts,
            row.totals,
        )
        for row in most_viewed(summary.clips)[:_MOST_CLIPS_SHOWN]
    ]
    totals = [total for row in summary.recipes for total in row.totals]
    totals += [total for row in summary.clips for total in row.totals]
    reasons = sorted({_escaped(total.reason) for total in totals if total.reason})
    notes = [f"{summary.posts_measured} of {summary.posts} posts have numbers."]
    if reasons:
        notes.append(f"{_ABSENT}: {'; '.join(reasons)}.")
    if len(summary.clips) > _MOST_CLIPS_SHOWN:
        notes.append(
            f"Shown are the {_MOST_CLIPS_SHOWN} most viewed of {len(summary.clips)} clips."
        )
    tables = [_table(("recipe", "clips"), recipes), _table(("clip", "recipe"), clips)]
    return "\n\n".join([*tables, *notes])


def most_viewed(clips: Sequence[ClipPerformance]) -> list[ClipPerformance]:
    """Clips by views, those without a number last."""
    return sorted(clips, key=_views, reverse=True)


def _views(clip: ClipPerformance) -> float:
    return next((t.value for t in clip.totals if t.metric == "views" and t.value is not None), -1.0)


def _table(
    headers: tuple[str, str], rows: Sequence[tuple[str, str, int, tuple[Total, ...]]]
) -> str:
    names = (*headers, "posts", *(metric.replace("_", " ") for metric in SUMMED))
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for first, second, posts, totals in rows:
        shown = [_shown(total, posts) for total in totals]
        lines.append("| " + " | ".join([first, second, str(posts), *shown]) + " |")
    return "\n".join(lines)


def _shown(total: Total, posts: int) -> str:
    if total.value is None:
        return _ABSENT
    number = f"{total.value:,.0f}" + (" s" if total.unit == "s" else "")
    is_partial = total.posts_measured < posts
    return f"{number} ({total.posts_measured} of {posts} posts)" if is_partial else number


def _recipe(name: str | None, recipe_hash: str | None) -> str:
    if name is None:
        return "no longer known"
    return _escaped(f"{name} {recipe_hash[:8]}" if recipe_hash else name)


def _escaped(text: str) -> str:
    return re.sub(r"([\\`*_\[\]()|#~])", r"\\\1", html.escape(" ".join(text.split())))
