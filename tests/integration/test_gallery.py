"""Contact sheets of filters and recipes."""

import av
import numpy as np
from typer.testing import CliRunner

from tests.clips import lavfi, make
from viral_forge_assets.cli import app
from viral_forge_resources.media.tiles import labelled_sheet, most_changed


def _tones(red: int, count: int) -> list[np.ndarray]:
    return [np.full((64, 36, 3), (red, 0, 0), dtype=np.uint8) for _ in range(count)]


def test_a_gallery_has_a_tile_of_each_filter_and_recipe_that_was_asked_for(home, tmp_path):
    video = make(tmp_path / "pattern.mp4", *lavfi("testsrc2=s=160x90:r=25:d=1"))

    asked = ["--video", str(video), "--only", "noir", "--only", "mirror"]
    done = CliRunner().invoke(app, ["gallery", *asked])

    assert done.exit_code == 0, done.output
    sheets = sorted((home / "gallery").iterdir())
    assert [sheet.name for sheet in sheets] == ["filters-pattern.jpg", "recipes-pattern.jpg"]
    with av.open(str(sheets[0])) as opened:
        picture = next(opened.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    untouched, mirrored, noir = (picture[60:400, x : x + 200] for x in (16, 240, 464))
    assert (
        np.abs(np.flip(untouched, axis=1) - mirrored).mean() < np.abs(untouched - mirrored).mean()
    )
    assert np.ptp(noir, axis=2).mean() < 6 < np.ptp(untouched, axis=2).mean()


def test_a_gallery_shows_caption_styles_amid_what_they_show(home, tmp_path):
    video = make(tmp_path / "grey.mp4", *lavfi("color=c=gray:s=160x90:r=25:d=2"))

    asked = ["--video", str(video), "--only", "bold", "--only", "bar"]
    done = CliRunner().invoke(app, ["gallery", *asked])

    assert done.exit_code == 0, done.output
    (sheet,) = (home / "gallery").iterdir()
    assert sheet.name == "captions-grey.jpg"
    with av.open(str(sheet)) as opened:
        picture = next(opened.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    bold, bar = (picture[60:400, x : x + 200] for x in (16, 240))
    assert min(np.ptp(bold), np.ptp(bar)) > 150
    assert np.abs(bold - bar).max() > 100


def test_a_gallery_of_something_that_does_not_exist_says_what_there_is(home, tmp_path):
    done = CliRunner().invoke(app, ["gallery", "--video", "any.mp4", "--only", "sparkle"])

    assert done.exit_code == 1
    assert "'sparkle'" in done.output
    assert "vignette" in done.output
    assert list((home / "gallery").iterdir()) == []


def test_the_still_of_a_short_effect_shows_it():
    before = _tones(10, 5)
    after = [*_tones(10, 2), *_tones(200, 1), *_tones(12, 2)]

    assert most_changed(after, before)[0, 0, 0] == 200


def test_a_sheet_holds_more_tiles_than_fit_in_a_row(tmp_path):
    labelled_sheet(
        [(f"tile {n}", _tones(n * 20, 1)[0]) for n in range(8)], tmp_path / "s.jpg", title="t"
    )

    with av.open(str(tmp_path / "s.jpg")) as opened:
        assert opened.streams.video[0].height > 2 * 216 * 64 / 36
