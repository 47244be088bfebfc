"""The schemas in docs/ say what the code reads and writes.

Write them anew with ``python -m tests.unit.test_schemas``.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import TypeAdapter

import viral_forge_assets
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.hearing import SoundMap, SoundPeak
from viral_forge_resources.contracts.media import SceneMap, Shot, Stretch
from viral_forge_resources.contracts.sight import Box, Face, FaceSight, WrittenText
from viral_forge_resources.documents import to_json

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
RECIPES = sorted(Path(*viral_forge_assets.__path__, "recipes").glob("*.json"))
KINDS: Mapping[str, type] = {"recipe": Recipe, "scene_map": SceneMap}
EMPTY = SceneMap(duration_s=1.0, shots=(), silences=())
FULL = SceneMap(
    duration_s=400.0,
    shots=(
        Shot(
            start_s=0.0,
            end_s=400.0,
            faces=(
                Face(
                    sights=(FaceSight(at_s=1.0, box=Box(x_px=1, y_px=2, width_px=3, height_px=4)),)
                ),
            ),
            texts=(
                WrittenText(
                    start_s=0.0,
                    end_s=2.0,
                    box=Box(x_px=1, y_px=2, width_px=3, height_px=4),
                    text="NEWS",
                ),
            ),
        ),
    ),
    silences=(Stretch(start_s=1.0, end_s=2.0),),
    in_full=(Stretch(start_s=0.0, end_s=40.0),),
    sound=SoundMap(
        step_s=0.1,
        levels_db=(-20, -90),
        kinds="s-",
        peaks=(SoundPeak(start_s=0.0, end_s=0.1, over_db=7.0, is_voice=False),),
    ),
)


def schema_of(name: str) -> dict[str, Any]:
    """The schema of documents of that kind, as it is now."""
    made = TypeAdapter(KINDS[name]).json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def written(name: str) -> str:
    """The file in docs/."""
    return json.dumps(schema_of(name), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


@pytest.mark.parametrize("name", KINDS)
def test_the_schema_in_docs_is_that_of_the_code(name):
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == written(name)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_shipped_recipe_follows_its_schema(path):
    jsonschema.validate(json.loads(path.read_bytes()), schema_of("recipe"))


@pytest.mark.parametrize("scenes", [EMPTY, FULL], ids=["empty", "full"])
def test_a_scene_map_follows_its_schema(scenes):
    jsonschema.validate(json.loads(to_json(scenes)), schema_of("scene_map"))


@pytest.mark.parametrize(
    "changes", [{"clips": 11}, {"tighten": {"longest_pause_s": 0.1}}, {"colour_grade": "warm"}]
)
def test_the_schema_refuses_what_the_studio_refuses(changes):
    document = json.loads(RECIPES[0].read_bytes()) | changes

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema_of("recipe"))


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind in KINDS:
        (FOLDER / f"{kind}.schema.json").write_text(written(kind), encoding="utf-8")
