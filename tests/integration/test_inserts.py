"""Inserts cover the picture to the frame, under the captions, and are seen as they are."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import (
    QUICK,
    coloured_seconds,
    colours,
    cropped,
    lavfi,
    make,
    render,
    samples,
    spec_of,
    whole,
)
from viral_forge_resources.contracts.media import InsertSpec, RenderSpec
from viral_forge_resources.media.renderer import FfmpegRenderer


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return coloured_seconds(tmp_path_factory.mktemp("source") / "red.mp4", *["red"] * 3)


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """Half a second of lime, then blue on its left and yellow on its right; with sound."""
    left, right = (f"color={name}:s=160x180:r=24:d=2" for name in ("blue", "yellow"))
    lime = "color=lime:s=320x180:r=24:d=0.5"
    return make(
        tmp_path_factory.mktemp("insert") / "wide.mp4",
        *lavfi(lime, left, right, "sine=frequency=440:duration=2.5"),
        *("-filter_complex", "[1][2]hstack[b];[0][b]concat=n=2,format=yuv420p[v]"),
        *("-map", "[v]", "-map", "3", *QUICK),
    )


def _render(
    source: Path, target: Path, spec: RenderSpec, *inserts: InsertSpec, files: Mapping[str, Path]
) -> Path:
    FfmpegRenderer().render(
        source,
        target,
        spec=replace(spec, inserts=inserts),
        captions=None,
        on_progress=lambda _: None,
        extras=files,
    )
    return target


@pytest.mark.parametrize("framing", [cropped(50, 90), whole(160, 90)], ids=["crop", "fit"])
def test_an_insert_covers_the_frame_for_its_frames_and_no_longer(source, wide, tmp_path, framing):
    spec = spec_of((0.0, 2.0), framing=framing)
    one = InsertSpec(name="insert_1_1", first_frame=12, frames=15, from_s=0.0)
    two = InsertSpec(name="insert_1_2", first_frame=40, frames=6, from_s=0.5)
    clip = _render(
        source, tmp_path / "c.mp4", spec, one, two, files={"insert_1_1": wide, "insert_1_2": wide}
    )
    for y in (0.02, 0.5, 0.98):
        seen = colours(clip, 0.9, y)
        assert seen[:12] + seen[27:40] + seen[46:] == ["red"] * (12 + 13 + 14)
        assert seen[12:27] == ["lime"] * 15
        assert seen[40:46] == ["yellow"] * 6
    assert colours(clip, 0.1, 0.5)[40:46] == ["blue"] * 6


def test_an_insert_that_ends_early_stands_still_and_the_clip_goes_on(source, wide, tmp_path):
    one = InsertSpec(name="insert_1_1", first_frame=0, frames=20, from_s=2.2)
    clip = _render(source, tmp_path / "c.mp4", spec_of((0.0, 1.0)), one, files={"insert_1_1": wide})
    assert colours(clip, 0.9) == ["yellow"] * 20 + ["red"] * 10


def test_its_sound_is_not_heard(source, wide, tmp_path):
    one = InsertSpec(name="insert_1_1", first_frame=5, frames=20, from_s=0.0)
    clip = _render(source, tmp_path / "c.mp4", spec_of((0.0, 1.0)), one, files={"insert_1_1": wide})
    assert abs(samples(clip)).max() < 1e-4


def test_filters_of_the_frame_work_on_it_and_those_of_its_own_before_them(source, wide, tmp_path):
    one = InsertSpec(name="insert_1_1", first_frame=0, frames=30, from_s=0.5, filters=("hflip",))
    mirrored = replace(spec_of((0.0, 1.0)), frame_filters=("hflip",))
    clip = _render(source, tmp_path / "c.mp4", mirrored, one, files={"insert_1_1": wide})
    assert (colours(clip, 0.1)[0], colours(clip, 0.9)[0]) == ("blue", "yellow")


def test_equal_specs_give_equal_bytes_and_no_insert_leaves_all_as_it_was(source, wide, tmp_path):
    one = InsertSpec(name="insert_1_1", first_frame=5, frames=9, from_s=0.1)
    made = [
        _render(
            source,
            tmp_path / f"{number}.mp4",
            spec_of((0.0, 1.0)),
            one,
            files={"insert_1_1": wide},
        ).read_bytes()
        for number in range(2)
    ]
    render(source, tmp_path / "plain.mp4", spec_of((0.0, 1.0)))
    assert made[0] == made[1] != (tmp_path / "plain.mp4").read_bytes()
