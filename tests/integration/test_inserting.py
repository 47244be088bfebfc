"""B-roll through the real stages: searched, cleared, fetched, shown, owed for, and withdrawn."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.builders import scanned_video
from tests.clips import QUICK, colours, lavfi, make
from tests.fakes.language_model import FakeModel, asked_for
from tests.fakes.scanner import NO_TOOLS, FakeScanner
from tests.studio import Studio, open_studio, tiny_recipes
from viral_forge_assets.domain.b_roll import BRollWish
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_assets.domain.variation import RecipeFilter
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanTools
from viral_forge_resources.state import rights as rights_state

_WISH = BRollWish(
    most=2,
    share=0.5,
    shortest_s=0.8,
    longest_s=1.0,
    first_s=0.5,
    last_s=0.5,
    apart_s=0.5,
    scanners=("pexels", "wikimedia_commons"),
)
_SRT = "1\n00:00:00,000 --> 00:00:05,000\nso so so a kettle so so so some bread so so\n"


_MARKED = "drawbox=w=120:h=270:t=fill:color=white"  # a picture of one colour shows nothing


@asynccontextmanager
async def _no_tools() -> AsyncGenerator[ScanTools]:
    yield NO_TOOLS


def _recipes(**changes: Any) -> dict[str, Recipe]:
    return {"clean": replace(tiny_recipes()["clean"], b_roll=_WISH, **changes)}


@pytest.fixture
def talk(tmp_path):
    source = "testsrc2=s=180x320:r=24:d=5"
    return make(tmp_path / "talk.mp4", *lavfi(source), *QUICK)


@pytest.fixture
def lime(tmp_path):
    return make(
        tmp_path / "lime.mp4",
        *lavfi("color=lime:s=480x270:r=24:d=3,drawbox=w=80:h=80:t=fill:color=white"),
        *QUICK,
    )


@pytest.fixture
def blue(tmp_path):
    return make(
        tmp_path / "blue.mp4",
        *lavfi("color=blue:s=480x270:r=24:d=3,drawbox=w=120:h=270:t=fill:color=white"),
        *QUICK,
    )


def _offered(file: Path, number: int, title: str, **changes: Any) -> ScannedVideo:
    values = {
        "platform": "pexels",
        "platform_video_id": str(number),
        "locator": str(file),
        "title": title,
        "author": "Rene",
        "page_url": f"https://www.pexels.com/video/{number}/",
        "licence": "Pexels License",
        "licence_spdx": "LicenseRef-Pexels",
        "licence_evidence": "https://www.pexels.com/license/",
        "duration_s": 3.0,
    }
    return scanned_video(**(values | changes))


def _open(
    home: Path, state: sa.Engine, videos: Sequence[ScannedVideo], **overrides: Any
) -> tuple[AbstractContextManager[Studio], FakeScanner]:
    scanner = FakeScanner(videos, platform="pexels", error=overrides.pop("error", None))
    given: dict[str, Any] = {
        "recipes": _recipes(),
        "scan_tools": _no_tools,
        "scanners": {"pexels": scanner},
    }
    return open_studio(home, state, **(given | overrides)), scanner


def _edited(studio: Studio, talk: Path) -> str:
    """Candidate key; scanned with the inbox's own scanner, then edited."""
    with open_studio(studio.home, studio.state) as inbox:
        key = inbox.add(talk, subtitles=_SRT)
    ran = studio.edit(key)
    assert ran.failure == ""
    return key


def _planned(studio: Studio) -> Any:
    (found,) = (studio.home / "storage").rglob("edit_plan.json")
    return json.loads(found.read_text())["value"]["clips"][0]


def _clip(studio: Studio) -> Path:
    (found,) = (studio.home / "storage").rglob("clip-1.mp4")
    return found


def test_words_are_shown_by_openly_licensed_pictures_which_are_owed_for(
    home, sqlite_state, talk, lime, blue
):
    videos = [_offered(lime, 1, "Kettle on a stove"), _offered(blue, 2, "Fresh bread")]
    opened, scanner = _open(home, sqlite_state, videos)
    with opened as studio:
        key = _edited(studio, talk)
        assert {request.queries for request in scanner.requests} == {("kettle",), ("bread",)}
        assert all(request.reusable_only for request in scanner.requests)
        inserts = _planned(studio)["inserts"]
        assert [(each["query"], each["licence"]) for each in inserts] == [
            ("kettle", "LicenseRef-Pexels"),
            ("bread", "LicenseRef-Pexels"),
        ]
        seen = colours(_clip(studio), 0.5, 0.1)
        for insert, colour in zip(inserts, ("lime", "blue"), strict=True):
            first, last = (round(insert["stretch"][edge] * 24) for edge in ("start_s", "end_s"))
            assert seen[first:last] == [colour] * (last - first)
        owed = studio.publication(key).text.attribution
        assert owed is not None
        assert 'Insert: "Kettle on a stove" by Rene (https://www.pexels.com/video/1/)' in owed
        assert 'Insert: "Fresh bread"' in owed
    with sqlite_state.connect() as connection:
        (row,) = rights_state.of_video(connection, "pexels", "1")
    assert (row.licence, row.evidence) == ("LicenseRef-Pexels", "https://www.pexels.com/license/")


def test_the_same_again_is_not_searched_again_and_is_the_same_clip(home, sqlite_state, talk, lime):
    opened, scanner = _open(home, sqlite_state, [_offered(lime, 1, "Kettle")])
    with opened as studio:
        key = _edited(studio, talk)
        before, asked = _clip(studio).read_bytes(), len(scanner.requests)
    changed, _ = _open(
        home, sqlite_state, [], recipes=_recipes(crf=20), scanners={"pexels": scanner}
    )
    for again in (_open(home, sqlite_state, [], scanners={"pexels": scanner})[0], changed):
        with again as studio:
            assert studio.edit(key).failure == ""
            assert len(_planned(studio)["inserts"]) == 1
    assert len(scanner.requests) == asked
    assert _clip(studio).read_bytes() != before, "the second recipe was another one"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"licence": "CC BY-NC 4.0", "licence_spdx": "CC-BY-NC-4.0"}, "forbids commercial use"),
        ({"licence": None, "licence_spdx": None}, "no licence is known"),
        ({"licence_spdx": "CC-BY-SA-4.0"}, "would bind the whole clip"),
        ({"locator": "/nowhere/at-all.mp4"}, "at-all.mp4"),
    ],
)
def test_what_may_not_be_used_or_cannot_be_had_is_left_out_and_told(
    home, sqlite_state, talk, lime, changes, why
):
    opened, _ = _open(home, sqlite_state, [_offered(lime, 1, "Kettle", **changes)])
    with opened as studio:
        _edited(studio, talk)
        clip = _planned(studio)
    assert (clip["inserts"], clip["materials"]) == ([], [])
    assert any(why in reason for reason in clip["reasons"])
    assert clip["reasons"][-1] == "no inserts: nothing was found that fits and may be used"


def test_what_says_itself_that_it_shows_the_thing_goes_first(home, sqlite_state, talk, lime, blue):
    videos = [_offered(lime, 1, "Somebody"), _offered(blue, 2, "Slices of bread")]
    opened, _ = _open(home, sqlite_state, videos)
    with opened as studio:
        _edited(studio, talk)
        inserts = _planned(studio)["inserts"]
    assert [(each["query"], each["material"]["title"]) for each in inserts] == [
        ("kettle", "Somebody"),
        ("bread", "Slices of bread"),
    ]


def test_an_insert_of_another_file_type_or_too_short_is_replaced_by_the_next(
    home, sqlite_state, talk, lime, tmp_path
):
    text = tmp_path / "text.mp4"
    text.write_text("not a video")
    short = make(tmp_path / "short.mp4", *lavfi("color=red:s=480x270:r=24:d=0.5"), *QUICK)
    videos = [
        _offered(text, 1, "Kettle", duration_s=2.0),
        _offered(short, 2, "Kettle", duration_s=2.5),
        _offered(lime, 3, "Kettle"),
    ]
    opened, _ = _open(home, sqlite_state, videos)
    with opened as studio:
        _edited(studio, talk)
        (insert,) = _planned(studio)["inserts"]
    assert insert["material"]["platform_video_id"] == "3"


def test_an_insert_starts_where_something_is_to_be_seen(home, sqlite_state, talk, tmp_path):
    dark = "color=black:s=480x270:r=24:d=1.2"
    bright = "testsrc2=s=480x270:r=24:d=3"
    fading = make(
        tmp_path / "fading.mp4", *lavfi(dark, bright), "-filter_complex", "concat", *QUICK
    )
    black = make(tmp_path / "black.mp4", *lavfi("color=black:s=480x270:r=24:d=3"), *QUICK)
    videos = [_offered(black, 1, "Kettle", duration_s=2.9), _offered(fading, 2, "Kettle")]
    opened, _ = _open(home, sqlite_state, videos)
    with opened as studio:
        _edited(studio, talk)
        clip = _planned(studio)
    (insert,) = clip["inserts"]
    assert (insert["material"]["platform_video_id"], insert["from_s"]) == ("2", 1.5)
    assert "not 'Kettle' of pexels: shows nothing but darkness, or one colour" in clip["reasons"]


def test_without_a_scanner_for_it_the_clip_has_no_inserts_and_says_so(home, sqlite_state, talk):
    opened, _ = _open(home, sqlite_state, [], scanners={})
    with opened as studio:
        _edited(studio, talk)
        assert "VIRAL_FORGE_SCANNERS names none of pexels" in _planned(studio)["reasons"][-1]


def test_a_platform_that_is_down_costs_the_inserts_and_not_the_clip(home, sqlite_state, talk):
    opened, _ = _open(home, sqlite_state, [], error=Unreachable("no answer"))
    with opened as studio:
        _edited(studio, talk)
        reasons = _planned(studio)["reasons"]
    assert "pexels was not searched: no answer" in reasons


def test_a_recipe_without_b_roll_searches_nothing(home, sqlite_state, talk, lime):
    opened, scanner = _open(
        home, sqlite_state, [_offered(lime, 1, "Kettle")], recipes=tiny_recipes()
    )
    with opened as studio:
        _edited(studio, talk)
        assert scanner.requests == []


def test_a_model_may_say_what_to_search_for(home, sqlite_state, talk, lime):
    def says(question):
        words = asked_for("words", question)
        return {
            "items": [
                {"id": each["id"], "query": "boiling water" if each["word"] == "kettle" else ""}
                for each in words
            ]
        }

    model = FakeModel(says=says)
    opened, scanner = _open(
        home, sqlite_state, [_offered(lime, 1, "Boiling water")], language_models=[model]
    )
    with opened as studio:
        _edited(studio, talk)
        assert [request.queries for request in scanner.requests] == [("boiling water",)]
        assert _planned(studio)["inserts"][0]["query"] == "boiling water"


def test_revoking_the_right_to_an_insert_withdraws_its_clips_and_the_next_edit_does_without(
    home, sqlite_state, talk, lime
):
    opened, scanner = _open(home, sqlite_state, [_offered(lime, 1, "Kettle")])
    with opened as studio:
        key = _edited(studio, talk)
        (insert,) = _planned(studio)["inserts"]
        with sqlite_state.begin() as connection:
            revoke_right(connection, insert["rights_id"], now=datetime.now(UTC))
        assert studio.publication(key).state is PublicationState.WITHDRAWN
        assert studio.edit(key).failure == ""
        assert _planned(studio)["inserts"] == []
    assert len(scanner.requests) > 2


def test_an_insert_is_graded_as_the_clip_and_never_mirrored(home, sqlite_state, tmp_path):
    half = "color={}:s=240x270:r=24:d=3"
    flag = make(
        tmp_path / "flag.mp4",
        *lavfi(half.format("blue"), half.format("yellow")),
        *("-filter_complex", "hstack", *QUICK),
    )
    talk = make(tmp_path / "plain.mp4", *lavfi("mandelbrot=s=180x320:r=24,trim=duration=5"), *QUICK)
    filters = (RecipeFilter(name="mirror"), RecipeFilter(name="noir"))
    for chosen, expected in ((filters[:1], ("blue", "yellow")), (filters, ("black", "white"))):
        opened, _ = _open(
            home,
            sqlite_state,
            [_offered(flag, 1, "Kettle")],
            recipes=_recipes(filters=chosen, has_captions=False),
        )
        with opened as studio:
            _edited(studio, talk)
            (insert,) = _planned(studio)["inserts"]
            middle = round((insert["stretch"]["start_s"] + insert["stretch"]["end_s"]) * 12)
            seen = tuple(colours(_clip(studio), x, 0.1)[middle] for x in (0.05, 0.95))
        assert seen == expected
