from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import samples
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media import sheets
from viral_forge_resources.media.probe import probe
from viral_forge_resources.media.reader import AvReader

_HOSTILE = 'two\nlines "quoted" \u202egpj.exe שלום %d {\\pos(1,1)} <b> ' + "x" * 300


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("samples")


def _sheet(path: Path, tmp_path: Path, title: str = "a title") -> Path:
    target = tmp_path / "sheet.jpg"
    AvReader().contact_sheet(path, target, title=title)
    return target


def _tiles(path: Path, count: int = 8) -> list[tuple[float, Image.Image]]:
    return list(sheets._tiles(path, probe(path, name=path.name), count=count))


@pytest.mark.parametrize("title", ["", "a title", _HOSTILE])
def test_a_sheet_is_a_wide_small_jpeg_whatever_the_title(folder, tmp_path, title):
    sheet = _sheet(samples.plain(folder), tmp_path, title)
    with Image.open(sheet) as picture:
        assert picture.format == "JPEG"
        assert picture.width == 1200
        assert 350 < picture.height < 900
    assert sheet.stat().st_size < 400_000


def test_the_title_is_drawn_on_one_line_that_fits(folder, tmp_path):
    sheet = _sheet(samples.plain(folder), tmp_path, _HOSTILE)
    with Image.open(sheet) as picture:
        light = np.asarray(picture.convert("L").point(lambda level: 255 * (level > 120)))
    assert light[8:34, 1000:1190].any()
    assert not light[:, 1196:].any()
    assert not light[36:44].any()


def test_tiles_show_the_whole_video_in_order(folder):
    tiles = _tiles(samples.plain(folder))
    times = [at_s for at_s, _ in tiles]
    assert len(tiles) == 8
    assert times == sorted(set(times))
    assert times[0] < 0.5
    assert times[-1] >= 3.5
    assert all(0.5 * slot - 0.01 <= at_s < 0.5 * slot + 0.75 for slot, at_s in enumerate(times))


def test_a_short_video_shows_each_frame_once_and_none_twice(folder):
    tiles = _tiles(samples.uhd_10_bit(folder))
    assert [round(at_s, 2) for at_s, _ in tiles] == [0, 0.04, 0.08, 0.12, 0.16]


def test_tiles_are_upright(folder):
    turned, plain = (
        np.asarray(_tiles(make(folder))[0][1].convert("L"))
        for make in (samples.rotated, samples.plain)
    )
    box = np.argwhere(plain > 200).mean(axis=0) / plain.shape
    turned_box = np.argwhere(turned > 200).mean(axis=0) / turned.shape
    assert plain.shape[0] < plain.shape[1]
    assert turned.shape[0] > turned.shape[1]
    assert tuple(turned_box) == pytest.approx((box[1], 1 - box[0]), abs=0.03)


@pytest.mark.parametrize("make", [samples.wide_pixels, samples.odd_dimensions, samples.vertical])
def test_tiles_have_square_pixels(folder, make):
    path = make(folder)
    facts = probe(path, name=path.name)
    picture = _tiles(path)[0][1]
    assert picture.width / picture.height == pytest.approx(
        facts.width_px / facts.height_px, rel=0.02
    )


def test_a_transport_stream_in_which_a_seek_gets_lost_has_a_whole_sheet(folder):
    times = [time_s for time_s, _ in _tiles(samples.shifted_start(folder))]
    assert times == pytest.approx([0.125, *(slot * 0.5 for slot in range(1, 8))], abs=0.05)


def test_damaged_parts_are_left_out(folder, tmp_path):
    sheet = _sheet(samples.truncated(folder), tmp_path)
    with Image.open(sheet) as picture:
        assert picture.width == 1200


def test_a_file_that_is_no_video_has_no_sheet(folder, tmp_path):
    with pytest.raises(BadInput, match=r"text\.mp4"):
        _sheet(samples.text_named_mp4(folder), tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("max_bytes", [1200, 4000, 20_000])
def test_a_thumbnail_fits_and_keeps_the_shape(folder, tmp_path, max_bytes):
    sheet = _sheet(samples.plain(folder), tmp_path)
    content = AvReader().thumbnail(sheet, max_bytes=max_bytes)
    assert len(content) <= max_bytes
    small = tmp_path / "small.jpg"
    small.write_bytes(content)
    with Image.open(small) as picture, Image.open(sheet) as large:
        assert picture.format == "JPEG"
        assert picture.width / picture.height == pytest.approx(large.width / large.height, rel=0.1)


def test_more_bytes_give_a_larger_thumbnail(folder, tmp_path):
    sheet = _sheet(samples.plain(folder), tmp_path)
    sizes = [len(AvReader().thumbnail(sheet, max_bytes=limit)) for limit in (1200, 4000, 20_000)]
    assert sizes == sorted(set(sizes))


def test_a_thumbnail_that_cannot_be_made_is_refused(folder, tmp_path):
    sheet = _sheet(samples.plain(folder), tmp_path)
    with pytest.raises(BadInput, match="fits no JPEG of 100 bytes"):
        AvReader().thumbnail(sheet, max_bytes=100)
    with pytest.raises(BadInput, match="is no picture"):
        AvReader().thumbnail(samples.text_named_mp4(folder), max_bytes=4000)


@samples.needs_media
@pytest.mark.parametrize("name", ["dec_rot90.mov", "mp_no_duration.webm", "psd_delayed_start.mp4"])
def test_real_oddities_have_a_sheet(name, tmp_path):
    assert 5_000 < _sheet(samples.shared_media(name), tmp_path).stat().st_size < 400_000
