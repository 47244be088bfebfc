"""One source, several clips: each is made, checked, planned, approved and posted by itself."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests import samples
from tests.studio import open_studio, tiny_recipes
from viral_forge_assets.approval import Decision, decide
from viral_forge_resources.contracts.publishing import PublicationState

_SEVERAL = replace(
    tiny_recipes()["clean"], name="several", clips=2, max_duration_s=1.6, min_moment_s=0.9
)

_SRT = """1
00:00:00,100 --> 00:00:01,400
Boil the water.

2
00:00:02,600 --> 00:00:03,900
Add the salt.
"""


@pytest.fixture
def studio(home, sqlite_state):
    """A studio whose recipe cuts two clips out of four seconds."""
    recipes = {**tiny_recipes(), "several": _SEVERAL}
    with open_studio(home, sqlite_state, recipes=recipes) as opened:
        yield opened


def test_each_clip_is_made_approved_and_posted_by_itself(studio, media_folder):
    key = studio.add(samples.plain(media_folder), subtitles=_SRT)

    ran = studio.edit(key, recipe="several")

    assert (ran.failure, ran.failed_checks) == ("", {})
    clips = studio.clips(key)
    assert [clip.number for clip in clips] == [1, 2]
    assert len({clip.content_sha256 for clip in clips}) == 2
    rows = studio.publications(key)
    assert [row.clip_number for row in rows] == [1, 2]
    assert [row.text.title[-5:] for row in rows] == ["(1/2)", "(2/2)"]
    assert {row.state for row in rows} == {PublicationState.PLANNED}
    assert {row.text.description for row in rows} == {"Boil the water.", "Add the salt."}
    studio.approve(key)
    assert studio.publish(key).metadata("publication", "published_posts")["published"] == 2
    assert len(studio.posts()) == 2


def test_clips_that_a_new_edit_has_no_more_are_forgotten(studio, media_folder):
    key = studio.add(samples.plain(media_folder))
    studio.edit(key, recipe="several")

    studio.edit(key, recipe="clean")

    assert [clip.number for clip in studio.clips(key)] == [1]
    states = {row.clip_number: row.state for row in studio.publications(key)}
    assert states[2] is PublicationState.WITHDRAWN


def test_a_no_to_one_clip_leaves_the_others(studio, media_folder):
    key = studio.add(samples.plain(media_folder))
    studio.edit(key, recipe="several")
    second = studio.clips(key)[1]
    no = Decision(is_approved=False, decided_by="Ada", decided_at=datetime.now(UTC))

    with studio.state.begin() as connection:
        decide(connection, second.content_sha256, no)

    states = {row.clip_number: row.state for row in studio.publications(key)}
    assert states == {
        1: PublicationState.PLANNED,
        2: PublicationState.WITHDRAWN,
    }
