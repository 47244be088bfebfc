import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest

import viral_forge_assets
from viral_forge_assets import filters
from viral_forge_assets.domain.formats import FORMATS, in_format
from viral_forge_assets.domain.recipes import parse_recipe, recipe_hash
from viral_forge_assets.domain.variation import extremes
from viral_forge_assets.filters._compose import open_filter
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import FramingMode
from viral_forge_resources.plugins import get_plugin

SHIPPED = sorted(Path(*viral_forge_assets.__path__, "recipes").glob("*.json"))


def _document(**changes: object) -> bytes:
    return json.dumps({"name": "mine", "version": 1, "description": "A test.", **changes}).encode()


def _zoom(**scale: object) -> dict[str, object]:
    return {"name": "zoom", "parameters": {"scale": scale}}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_valid_and_its_filters_exist(path):
    recipe = parse_recipe(path.read_bytes(), name=path.stem)

    for planned in extremes(recipe.filters):
        open_filter(planned.name, planned.parameters)
    assert (recipe.width_px, recipe.height_px) in FORMATS.values()
    assert recipe.target_lufs == -14.0


@pytest.mark.parametrize("shape", FORMATS)
def test_a_recipe_is_shipped_for_every_format(shape):
    shipped = [parse_recipe(path.read_bytes(), name=path.stem) for path in SHIPPED]

    assert FORMATS[shape] in {(recipe.width_px, recipe.height_px) for recipe in shipped}


def test_any_recipe_can_be_had_in_another_format():
    recipe = parse_recipe(_document(crf=20), name="mine")
    square = in_format(recipe, "1:1")

    assert square == replace(recipe, width_px=1080, height_px=1080)
    assert recipe_hash(square) != recipe_hash(recipe)
    assert in_format(recipe, "") == recipe


def test_an_unknown_format_is_refused_by_those_that_there_are():
    with pytest.raises(BadInput, match="'3:4': names no format"):
        in_format(parse_recipe(_document(), name="mine"), "3:4")


def test_recipes_that_niches_may_name_are_still_there():
    assert {"clean", "fit", "punchy"} < {path.stem for path in SHIPPED}
    assert len(SHIPPED) >= 9


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_whatever_a_shipped_recipe_leaves_to_chance_has_a_seed_of_its_own(path):
    for planned in parse_recipe(path.read_bytes(), name=path.stem).filters:
        takes_a_seed = "seed" in {f.name for f in fields(get_plugin(filters, planned.name).FILTER)}
        assert takes_a_seed == ("seed" in planned.parameters)


def test_keys_that_are_left_out_have_their_defaults():
    recipe = parse_recipe(_document(), name="mine")

    assert (recipe.framing, recipe.max_duration_s) == (FramingMode.CROP, 60)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"colour_grade": "warm"}, "colour_grade"),
        ({"crf": 51}, "crf"),
        ({"crf": "21"}, "crf"),
        ({"width_px": 1081}, "width_px"),
        ({"framing": "stretch"}, "framing"),
        ({"preset": "placebo"}, "preset"),
        ({"max_crop": float("nan")}, "max_crop"),
        ({"version": None}, "version"),
        ({"filters": [{"name": "zoom", "strength": 2}]}, "filters.0.strength"),
        ({"filters": [{"name": "../zoom"}]}, "filters.0.name"),
        ({"width_px": 1920, "height_px": 400}, "height_px"),
        ({"width_px": 3840, "height_px": 3840}, "height_px"),
        ({"min_duration_s": 30, "max_duration_s": 20}, "min_duration_s"),
        ({"filters": [_zoom(least=1.06, most=1.02)]}, "filters.0.parameters.scale"),
        ({"filters": [_zoom(least=1.0)]}, "filters.0.parameters.scale"),
        ({"filters": [_zoom(least=float("nan"), most=1.0)]}, "filters.0.parameters.scale"),
        ({"filters": [_zoom(one_of=[])]}, "filters.0.parameters.scale"),
        ({"caption_style": "Wavy!"}, "caption_style"),
        ({"name": "other"}, "name"),
    ],
)
def test_a_wrong_value_is_refused_by_recipe_key_and_remedy(changes, key):
    with pytest.raises(BadInput) as caught:
        parse_recipe(_document(**changes), name="mine")

    assert caught.value.name == "recipe mine"
    assert re.search(rf"{re.escape(key)}[\w.,\[\]]*: ", caught.value.reason)
    assert caught.value.remedy.endswith(".")


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe", b"null"])
def test_something_else_than_a_recipe_is_refused(content):
    with pytest.raises(BadInput, match="recipe mine"):
        parse_recipe(content, name="mine")


def test_the_hash_depends_on_what_the_recipe_says_and_not_on_how_it_is_written():
    recipe = parse_recipe(_document(crf=20), name="mine")
    reordered = json.dumps(dict(reversed(json.loads(_document(crf=20)).items())), indent=4)

    assert recipe_hash(recipe) == recipe_hash(parse_recipe(reordered.encode(), name="mine"))
    assert recipe_hash(recipe) != recipe_hash(replace(recipe, crf=22))
    assert len(recipe_hash(recipe)) == 16
