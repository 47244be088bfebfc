"""A clip may be made of further files, which filter chains know by name."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import QUICK, coloured_seconds, colours, lavfi, make, spec_of
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.renderer import FfmpegRenderer

_OVER_THE_TOP = "null[under];[insert:v]scale=90:20[over];[under][over]overlay"
_OVER_THE_FOOT = (
    "null[under_2];[a_mark:v]fps=30,scale=90:20[over_2];[under_2][over_2]overlay=y=H-h:shortest=1"
)


@pytest.fixture
def source(tmp_path):
    return coloured_seconds(tmp_path / "source.mp4", "red", "lime", "red")


def _render(source: Path, target: Path, extras: Mapping[str, Path], *chains: str) -> None:
    # Two spans: the extras' numbers follow those of the source.
    spec = replace(spec_of((2.0, 2.5), (0.0, 0.5)), frame_filters=chains)
    FfmpegRenderer().render(
        source, target, spec=spec, captions=None, on_progress=lambda _: None, extras=extras
    )


def test_each_chain_sees_the_file_that_it_names(source, tmp_path):
    blue = make(tmp_path / "it's [a]:b.png", *lavfi("color=blue:s=16x16"), "-frames:v", "1")
    white = make(tmp_path / "white.mkv", *lavfi("color=white:s=16x16:r=30:d=1"), *QUICK)
    extras = {"insert": blue, "a_mark": white}
    _render(source, tmp_path / "clip.mp4", extras, _OVER_THE_TOP, _OVER_THE_FOOT)
    seen = [colours(tmp_path / "clip.mp4", 0.5, y) for y in (0.03, 0.5, 0.97)]
    assert seen == [["blue"] * 30, ["red"] * 30, ["white"] * 30]


def test_an_extra_reaches_no_other_file(source, tmp_path):
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{source}\n#EXT-X-ENDLIST\n")
    with pytest.raises(BadInput):
        _render(source, tmp_path / "clip.mp4", {"insert": playlist}, _OVER_THE_TOP)


@pytest.mark.parametrize("name", ["source", "../outside", "captions.ass", "-i", ""])
def test_a_name_that_means_another_file_is_refused(name, source, tmp_path):
    with pytest.raises(ValueError, match="cannot name"):
        _render(source, tmp_path / "clip.mp4", {name: source}, "null")
