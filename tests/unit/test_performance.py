"""What a niche earned is added from the newest numbers; what was not measured stays absent."""

import json
from datetime import timedelta

from tests.builders import NOW, clip, post_metric, publication, sha256
from viral_forge_assets.domain.performance import (
    ClipPerformance,
    RecipePerformance,
    Total,
    summarise,
    to_markdown,
)
from viral_forge_resources.contracts.publishing import PostMetric, Publication, PublicationState
from viral_forge_resources.documents import to_json


def _posted(**changes: object) -> Publication:
    return publication(**{"state": PublicationState.PUBLISHED, **changes})


def _metric(post: Publication, **changes: object) -> PostMetric:
    return post_metric(**{"publication_id": post.publication_id, **changes})


def _total(row: ClipPerformance | RecipePerformance, metric: str = "views") -> Total:
    return next(total for total in row.totals if total.metric == metric)


def test_the_newest_number_of_a_post_counts():
    post = _posted()
    metrics = [
        _metric(post, value=300.0, as_of=NOW),
        _metric(post, value=100.0, as_of=NOW - timedelta(days=1)),
    ]
    (row,) = summarise([post], metrics, [clip()]).clips
    assert _total(row).value == 300
    assert _total(row).oldest_as_of == NOW


def test_numbers_of_several_posts_are_added_and_say_how_many_were_measured():
    posts = [_posted(channel_id=f"folder:{name}") for name in ("a", "b", "c")]
    metrics = [_metric(posts[0], value=100.0), _metric(posts[1], value=20.0)]
    summary = summarise(posts, metrics, [clip()])
    (row,) = summary.clips
    assert (row.posts, _total(row).value, _total(row).posts_measured) == (3, 120, 2)
    assert (summary.posts, summary.posts_measured) == (3, 2)


def test_what_nobody_measured_is_absent_with_a_reason_and_never_zero():
    (row,) = summarise([_posted()], [], [clip()]).clips
    assert _total(row).value is None
    assert _total(row).reason == "no report has this number"


def test_an_empty_cell_is_absent_with_its_own_reason():
    post = _posted()
    empty = _metric(post, value=None, reason="YouTube Studio left 'Views' empty")
    summary = summarise([post], [empty], [clip()])
    assert _total(summary.clips[0]).value is None
    assert _total(summary.clips[0]).reason == "YouTube Studio left 'Views' empty"
    assert summary.posts_measured == 0


def test_an_empty_cell_does_not_hide_an_older_number():
    post = _posted()
    metrics = [
        _metric(post, value=100.0, as_of=NOW - timedelta(days=1)),
        _metric(post, value=None, as_of=NOW, reason="empty"),
    ]
    (row,) = summarise([post], metrics, [clip()]).clips
    assert _total(row).value == 100
    assert _total(row).oldest_as_of == NOW - timedelta(days=1)


def test_a_measured_zero_is_a_zero():
    post = _posted()
    (row,) = summarise([post], [_metric(post, value=0.0)], [clip()]).clips
    assert _total(row).value == 0


def test_a_clip_that_was_not_posted_is_listed_without_numbers():
    waiting = publication(state=PublicationState.PLANNED)
    (row,) = summarise([waiting], [], [clip()]).clips
    assert (row.posts, _total(row).reason) == (0, "not posted yet")


def test_recipes_are_told_apart_by_their_hash():
    clips = [
        clip(number=1, content_sha256=sha256("1"), recipe_hash=sha256("old")),
        clip(number=2, content_sha256=sha256("2"), recipe_hash=sha256("new")),
        clip(number=3, content_sha256=sha256("3"), recipe_hash=sha256("new")),
    ]
    posts = [_posted(clip_number=made.number, content_sha256=made.content_sha256) for made in clips]
    metrics = [_metric(post, value=float(10**place)) for place, post in enumerate(posts)]
    rows = summarise(posts, metrics, clips).recipes
    found = {row.recipe_hash: (row.clips, row.posts, _total(row).value) for row in rows}
    assert found == {sha256("old"): (1, 1, 1), sha256("new"): (2, 2, 110)}


def test_a_post_of_bytes_that_were_rendered_anew_belongs_to_no_recipe():
    post = _posted(content_sha256=sha256("before"))
    summary = summarise([post], [_metric(post)], [clip(content_sha256=sha256("after"))])
    by_recipe = {row.recipe: _total(row).value for row in summary.recipes}
    assert by_recipe == {None: 100, "clean": None}


def test_a_metric_that_does_not_add_up_is_not_added():
    post = _posted()
    ratio = _metric(post, metric="click_through_rate", value=0.1, unit="ratio")
    (row,) = summarise([post], [ratio], [clip()]).clips
    assert "click_through_rate" not in {total.metric for total in row.totals}


def test_a_summary_is_json():
    post = _posted()
    summary = summarise([post], [_metric(post)], [clip()])
    document = json.loads(to_json(summary))
    assert document["clips"][0]["totals"][0]["value"] == 100


def test_the_table_shows_numbers_dashes_and_why():
    posts = [_posted(), _posted(channel_id="folder:other")]
    summary = summarise(posts, [_metric(posts[0], value=1234.0)], [clip()])
    text = to_markdown(summary)
    assert "| 1,234 (1 of 2 posts) | \u2013 |" in text
    assert "no report has this number" in text
    assert "1 of 2 posts have numbers." in text


def test_hostile_names_stay_in_their_cell():
    post = _posted()
    recipe = "<img src=x>|[a](javascript:b)\n| x"
    text = to_markdown(summarise([post], [], [clip(recipe=recipe)]))
    assert "<img" not in text
    assert "\\|\\[a\\]\\(javascript:b\\) \\| x" in text


def test_an_empty_niche_has_an_empty_table():
    summary = summarise([], [], [])
    assert (summary.clips, summary.recipes) == ((), ())
    assert "0 of 0 posts have numbers." in to_markdown(summary)
