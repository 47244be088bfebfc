"""From a post's numbers back to its source: the view, and the command that reads it."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from tests import builders
from tests.builders import NOW, post_metric, save_publication, sha256
from viral_forge_assets.cli import app
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.state import clips, lineage, post_metrics, rights
from viral_forge_resources.state.tables import candidates, publications

_URL = "https://www.youtube.com/shorts/abc"


def _live(state: sa.Engine) -> str:
    """Id of a live post with its clip, its right and two readings."""
    post = save_publication(state, channel_id="youtube:knots")
    clip, right = builders.clip(rights_id="right-1"), builders.rights_record(rights_id="right-1")
    seen = post_metric(publication_id=post.publication_id, value=10.0)
    later = replace(seen, value=25.0, as_of=NOW + timedelta(hours=6))
    hidden = replace(later, metric="likes", value=None, reason="it is hidden")
    with state.begin() as connection:
        clips.record(connection, clip)
        rights.append(connection, right)
        post_metrics.append(connection, [seen, later, hidden])
        live = {
            "state": PublicationState.PUBLISHED,
            "post_id": "abc",
            "post_url": _URL,
            "published_at": NOW,
        }
        connection.execute(sa.update(publications).values(live))
    return post.publication_id


@pytest.mark.parametrize("named", ["id", "abc", _URL, sha256("clip")[:8], sha256("clip")])
def test_a_post_is_found_by_all_its_names(state, named):
    publication_id = _live(state)
    with state.connect() as connection:
        (post,) = lineage.found(connection, publication_id if named == "id" else named)
    assert post.publication_id == publication_id
    assert (post.recipe, post.rights_id) == (builders.clip().recipe, "right-1")
    assert post.licence == builders.rights_record().licence
    assert post.published_at == NOW


def test_what_nobody_recorded_is_absent(state):
    save_publication(state)
    with state.begin() as connection:
        connection.execute(sa.update(candidates).values(rights_id=None))
        (post,) = lineage.found(connection, sha256("clip"))
    assert post.recipe is None
    assert post.licence is None
    assert post.revenue is None
    assert post.cost_usd is None


def test_the_newest_of_each_number_counts_and_an_empty_one_says_why(state):
    publication_id = _live(state)
    with state.connect() as connection:
        likes, views = lineage.newest_numbers(connection, publication_id)
    assert (views.metric, views.value) == ("views", 25.0)
    assert (likes.metric, likes.value, likes.reason) == ("likes", None, "it is hidden")


def test_an_empty_reading_does_not_hide_the_number_before_it(state):
    publication_id = _live(state)
    gone = post_metric(
        publication_id=publication_id, value=None, reason="gone", as_of=NOW + timedelta(days=9)
    )
    with state.begin() as connection:
        post_metrics.append(connection, [gone])
        _, views = lineage.newest_numbers(connection, publication_id)
    assert views.value == 25.0


@pytest.fixture
def typed(home: Path, sqlite_state: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """The database that commands find."""
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", sqlite_state.url.render_as_string())
    return sqlite_state


def test_the_command_tells_all_of_it(typed):
    _live(typed)
    ran = CliRunner().invoke(app, ["explain", "abc"])
    assert ran.exit_code == 0, ran.output
    for told in (
        _URL,
        "views: 25 (as of",
        "likes: absent: it is hidden",
        "right",
        "no cost is recorded",
    ):
        assert told in ran.output


def test_a_post_that_nobody_knows_is_named_with_the_remedy(typed):
    ran = CliRunner().invoke(app, ["explain", "nowhere"])
    assert ran.exit_code != 0
    assert "nowhere" in ran.output
    assert "published_posts" in ran.output
