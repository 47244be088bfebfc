"""What fontconfig learnt about the fonts is kept from one render to the next."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.clips import QUICK, lavfi, make, spec_of
from tests.fonts import write_font
from viral_forge_resources.media.ffmpeg import run_ffmpeg, trouble_of
from viral_forge_resources.media.fonts import write_fonts_config
from viral_forge_resources.media.renderer import FfmpegRenderer

HINDI_NA = "\N{DEVANAGARI LETTER NA}"
_ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 90
PlayResY: 160
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment, MarginV
Style: Default,DejaVu Sans,30,&H00FFFFFF,-1,2,20
[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:09.00,Default,{text}
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "captions.ass").write_text(_ASS.format(text="HEY"))
    return make(tmp_path / "source.mp4", *lavfi("color=red:s=160x90:r=25:d=1"), *QUICK)


def _clip(source: Path, name: str, font_cache: Path | None) -> bytes:
    target = source.with_name(name)
    FfmpegRenderer(font_cache=font_cache).render(
        source,
        target,
        spec=spec_of((0.0, 0.1)),
        captions=source.with_name("captions.ass"),
        on_progress=lambda _share: None,
    )
    return target.read_bytes()


def _kept(cache: Path) -> dict[str, int]:
    """When each file of the cache was written."""
    return {each.name: each.stat().st_mtime_ns for each in cache.iterdir()}


def test_fonts_are_read_once_for_all_renders_and_no_clip_tells(source, tmp_path):
    cache = tmp_path / "home" / "font_cache"
    first = _clip(source, "first.mp4", cache)
    kept = _kept(cache)
    second = _clip(source, "second.mp4", cache)
    assert any(".cache-" in name for name in kept)
    assert _kept(cache) == kept
    assert first == second == _clip(source, "without.mp4", None)


def test_renders_that_start_at_once_share_a_new_cache(source, tmp_path):
    cache = tmp_path / "font_cache"
    with ThreadPoolExecutor(3) as pool:
        clips = list(pool.map(lambda n: _clip(source, f"{n}.mp4", cache), range(3)))
    assert len(set(clips)) == 1
    assert all(name == "CACHEDIR.TAG" or ".cache-" in name for name in _kept(cache))
    kept = _kept(cache)
    assert _clip(source, "later.mp4", cache) == clips[0]
    assert _kept(cache) == kept


def test_a_font_that_comes_later_is_found_in_spite_of_the_cache(tmp_path):
    extra, cache = tmp_path / "extra", tmp_path / "font_cache"
    extra.mkdir()
    assert "hindi.ttf" not in _fonts_drawn_with(tmp_path, extra, cache)
    write_font(extra / "hindi.ttf", HINDI_NA)
    changed_at = extra.stat().st_mtime + 1  # fontconfig compares whole seconds
    os.utime(extra, (changed_at, changed_at))
    assert "hindi.ttf" in _fonts_drawn_with(tmp_path, extra, cache)


def _fonts_drawn_with(folder: Path, extra: Path, cache: Path) -> str:
    """What libass says about the fonts that it chose."""
    log = _log_of_drawing(folder, extra, cache, HINDI_NA)
    return "\n".join(line for line in log if "fontselect" in line)


def _log_of_drawing(folder: Path, extra: Path, cache: Path, text: str) -> tuple[str, ...]:
    (folder / "captions.ass").write_text(_ASS.format(text=text))
    config = write_fonts_config(folder, extra_folders=[extra], cache=cache)
    drawing = ["-f", "lavfi", "-i", "color=s=90x160:d=0.1", "-vf", "ass=captions.ass"]
    finished = run_ffmpeg(
        [*drawing, "-f", "null", "-"],
        name="captions",
        folder=folder,
        environment={"FONTCONFIG_FILE": str(config)},
    )
    return finished.log


def test_only_letters_that_no_font_has_are_trouble(tmp_path):
    extra = tmp_path / "extra"
    extra.mkdir()
    write_font(extra / "hindi.ttf", HINDI_NA)
    assert _trouble(tmp_path, extra, f"one {HINDI_NA}") == ()
    (said,) = _trouble(tmp_path, extra, "one \N{CUNEIFORM SIGN A}")
    assert "glyph 0x12000" in said


def _trouble(folder: Path, extra: Path, text: str) -> tuple[str, ...]:
    return trouble_of(_log_of_drawing(folder, extra, folder / "cache", text))
