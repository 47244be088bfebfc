"""Captions as FFmpeg really draws them."""

import os
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.captioning import CAPTION_STYLES, SAFE_ZONE, caption_lines
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.media.fonts import DejavuFonts, write_fonts_config

WIDTH, HEIGHT = 360, 640
ARABIC = "\u0645\u0631\u062d\u0628\u0627 \u0635\u062f\u064a\u0642"
RUSSIAN = "\u0414\u043e\u0431\u0440\u043e\u0435 \u0443\u0442\u0440\u043e"
HOSTILE = r"{\pos(0,0)\fs300}big \Nnew\ {x} <b>a</b> {\p1}m"


@pytest.fixture(scope="module")
def fonts_config(tmp_path_factory) -> Path:
    return write_fonts_config(tmp_path_factory.mktemp("fonts"))


def draw(text: str, style_name: str, *, folder: Path, fonts_config: Path) -> NDArray[Any]:
    """The frame at the middle of the first word, as RGB, on black."""
    words = [
        Word(text=word, start_s=0.3 * number, end_s=0.3 * number + 0.3)
        for number, word in enumerate(text.split())
    ]
    style = CAPTION_STYLES[style_name]
    ass = to_ass(
        caption_lines(words, style),
        style,
        width_px=WIDTH,
        height_px=HEIGHT,
        family=DejavuFonts().family(),
    )
    (folder / "captions.ass").write_text(ass, encoding="utf-8")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r=10:d=1"]
    command += ["-vf", "ass=captions.ass,select=eq(n\\,1)", "-frames:v", "1"]
    command += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"]
    done = subprocess.run(  # noqa: S603  our own command
        command,
        check=True,
        capture_output=True,
        cwd=folder,
        env={"PATH": os.defpath, "FONTCONFIG_FILE": str(fonts_config)},
    )
    return np.frombuffer(done.stdout, np.uint8).reshape(HEIGHT, WIDTH, 3).astype(int)


def lit(frame: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(frame.max(axis=2) > 24)


def near(frame: NDArray[Any], rgb: str) -> NDArray[Any]:
    wanted = [int(rgb[at : at + 2], 16) for at in (0, 2, 4)]
    return np.asarray(np.abs(frame - wanted).max(axis=2) < 24)


def is_in_safe_zone(mask: NDArray[Any]) -> bool:
    rows, columns = np.nonzero(mask)
    return bool(
        rows.min() >= SAFE_ZONE.top * HEIGHT
        and rows.max() < (1 - SAFE_ZONE.bottom) * HEIGHT
        and columns.min() >= SAFE_ZONE.left * WIDTH
        and columns.max() < (1 - SAFE_ZONE.right) * WIDTH
    )


@pytest.mark.parametrize("style_name", sorted(CAPTION_STYLES))
@pytest.mark.parametrize(
    "text",
    [
        "And so, my fellow Americans, ask not",
        "WWWW MMMM WWWW MMMM @@@@ %%%% mmmm",
        "Donaudampfschifffahrtsgesellschaft",
        "W" * 200,
        HOSTILE,
    ],
)
def test_text_stays_inside_the_safe_zone(text, style_name, tmp_path, fonts_config):
    frame = draw(text, style_name, folder=tmp_path, fonts_config=fonts_config)
    assert is_in_safe_zone(lit(frame))


@pytest.mark.parametrize("text", ["stir well", RUSSIAN, ARABIC])
@pytest.mark.parametrize("style_name", ["bold", "boxed"])
def test_the_spoken_word_is_drawn_in_the_highlight_colour(text, style_name, tmp_path, fonts_config):
    frame = draw(text, style_name, folder=tmp_path, fonts_config=fonts_config)
    style = CAPTION_STYLES[style_name]
    assert near(frame, style.highlight or "").sum() > 30
    assert near(frame, style.colour).sum() > 30


@pytest.mark.parametrize(("text", "is_left"), [("one two", True), (ARABIC, False)])
def test_the_first_word_stands_where_its_script_begins(text, is_left, tmp_path, fonts_config):
    frame = draw(text, "boxed", folder=tmp_path, fonts_config=fonts_config)
    style = CAPTION_STYLES["boxed"]
    spoken = np.nonzero(near(frame, style.highlight or ""))[1].mean()
    waiting = np.nonzero(near(frame, style.colour))[1].mean()
    assert bool(spoken < waiting) is is_left


def test_nothing_else_is_drawn_once_the_words_are_over(tmp_path, fonts_config):
    frame = draw("", "bold", folder=tmp_path, fonts_config=fonts_config)
    assert not lit(frame).any()
