"""Faces that a recipe hides are found on no picture of the clip, by no finder."""

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from tests import people
from tests.clips import pictures
from tests.fakes.sight import BLIND
from tests.studio import Studio, open_studio, tiny
from viral_forge_assets.definitions import shipped_recipes
from viral_forge_assets.domain.hiding import FaceRule, Hide
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.hiding import Veil
from viral_forge_resources.media.reader import AvReader

pytestmark = pytest.mark.slow

_CLIP_PX = (640, 360)
_CHECK = "rendered_clips_hide_faces"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """She sways and comes nearer; cut; mirrored, she walks; cut; she comes in from the edge."""
    sways = people.person(
        wide="200+40*sin(2*t)", x="120+25*sin(3*t)+8*sin(17*t)+90*t", y="60+10*sin(5*t)"
    )
    walks = people.person(wide="260", x="300-60*t", y="30", filters="hflip")
    comes = people.person(wide="170", x="220*t-100", y="100")
    target = tmp_path_factory.mktemp("film") / "film.mp4"
    return people.film(target, [(sways, 1.6), (walks, 1.2), (comes, 1.2)])


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two people who stand apart."""
    graph = people.two_people(wide=220, left_px=40, right_px=380, y_px=60)
    return people.film(tmp_path_factory.mktemp("pair") / "pair.mp4", [(graph, 1.2)])


def _recipes() -> dict[str, Recipe]:
    private = replace(
        tiny(shipped_recipes()["private"]), width_px=_CLIP_PX[0], height_px=_CLIP_PX[1]
    )
    return {
        "bare": replace(private, name="bare", faces=None),
        **{
            how.value: replace(private, name=how.value, faces=FaceRule(hide=Hide.ALL, how=how))
            for how in Veil
        },
        "private": private,
    }


@pytest.fixture
def studio(home: Path, sqlite_state: sa.Engine) -> Generator[Studio]:
    with open_studio(home, sqlite_state, recipes=_recipes()) as opened:
        yield opened


def _clip(studio: Studio) -> list[np.ndarray]:
    (clip,) = studio.home.glob("**/transform/clip-1.mp4")
    return pictures(clip)


def _plan(**config: object) -> dict[str, object]:
    return {"transform__edit_plan": {"config": config}}


@pytest.mark.parametrize("how", ["blur", "pixelate"])
def test_no_picture_of_the_clip_shows_a_face_to_another_finder(studio, film, how):
    key = studio.add(film)
    assert studio.edit(key, recipe="bare").success
    bare = _clip(studio)
    hidden = studio.edit(key, recipe=how)

    found = people.other_finder(bare)
    assert sum(found) >= 0.9 * len(found), "a finder that finds none proves nothing"
    assert hidden.success, hidden.failure
    assert people.other_finder(_clip(studio)) == [0] * len(bare)
    assert people.other_finder(_clip(studio)[::5], closely=True) == [0] * len(bare[::5])
    said = {check.name: check for check in studio.clip(key).checks}
    assert said[_CHECK].message == f"none of {len(bare)} pictures shows a face"


def test_what_is_no_face_stays_as_it_is(studio, film):
    key = studio.add(film)
    studio.edit(key, recipe="bare")
    bare = _clip(studio)
    studio.edit(key, recipe="blur")
    corner = np.s_[:40, -80:]  # nobody comes there
    changes = [
        np.abs(one[corner].astype(int) - other[corner]).mean()
        for one, other in zip(bare, _clip(studio), strict=True)
    ]
    assert max(changes) < 1.5


def test_a_face_that_was_named_stays_and_the_other_one_is_hidden(studio, pair):
    key = studio.add(pair)
    ran = studio.run("candidate_job", key, ops=_plan(recipe="private", show_faces=[1]))

    assert ran.success, ran.failure
    found = people.other_finder(_clip(studio))
    assert found == [1] * len(found)
    told = ran.metadata("transform", "scene_map")
    assert told["face_numbers"].count("\n") == 3
    (sheet,) = studio.home.glob("**/transform/faces.jpg")
    assert people.other_finder([np.asarray(Image.open(sheet))], closely=True) == [2]


def test_of_a_recipe_that_spares_the_named_ones_all_are_hidden_where_none_is(studio, pair):
    key = studio.add(pair)
    ran = studio.run("candidate_job", key, ops=_plan(recipe="private"))

    assert ran.success, ran.failure
    assert set(people.other_finder(_clip(studio))) == {0}


def test_any_recipe_hides_faces_for_whoever_asks(studio, pair):
    key = studio.add(pair)
    ran = studio.run("candidate_job", key, ops=_plan(recipe="bare", hide_faces="all"))

    assert ran.success, ran.failure
    assert set(people.other_finder(_clip(studio))) == {0}


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"recipe": "private", "show_faces": [7]}, "'face 7': is none of the 2 faces"),
        ({"recipe": "blur", "show_faces": [1]}, "'face 1': cannot be shown by a recipe that hides"),
        ({"recipe": "bare", "hide_faces": "mine"}, "'mine': says not which faces to hide"),
    ],
)
def test_what_cannot_be_hidden_as_asked_is_refused(studio, pair, config, why):
    ran = studio.run("candidate_job", studio.add(pair), ops=_plan(**config))

    assert why in ran.failure
    assert not list(studio.home.glob("**/transform/clip-1.mp4"))


def test_where_nobody_can_look_for_faces_no_clip_is_made(home, sqlite_state, pair):
    with open_studio(home, sqlite_state, recipes=_recipes(), media=AvReader(BLIND)) as studio:
        ran = studio.edit(studio.add(pair), recipe="private")

        assert "nobody can look for them: the test needs none" in ran.failure
        assert not list(studio.home.glob("**/transform/clip-1.mp4"))


def test_the_same_faces_hidden_again_are_the_same_bytes(studio, pair):
    key = studio.add(pair)
    studio.edit(key, recipe="private")
    first = studio.clip(key).content_sha256
    studio.edit(key, recipe="bare")
    studio.edit(key, recipe="private")

    assert studio.clip(key).content_sha256 == first
