"""Captions as FFmpeg really draws them."""

import os
import subprocess
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.captions import STYLES, UPRIGHT, drawn, said
from viral_forge_assets.domain.safe_zones import advised_area
from viral_forge_resources.media.fonts import write_fonts_config

WIDTH, HEIGHT = UPRIGHT.width_px, UPRIGHT.height_px
ARABIC = "\u0645\u0631\u062d\u0628\u0627 \u0635\u062f\u064a\u0642"
RUSSIAN = "\u0414\u043e\u0431\u0440\u043e\u0435 \u0443\u0442\u0440\u043e"
HOSTILE = r"{\pos(0,0)\fs300}big \Nnew\ {x} <b>a</b> {\p1}m"


@pytest.fixture(scope="module")
def fonts_config(tmp_path_factory) -> Path:
    return write_fonts_config(tmp_path_factory.mktemp("fonts"))


def draw(
    text: str, style_name: str, *, folder: Path, fonts_config: Path, at_s: float = 0.1
) -> NDArray[Any]:
    """The frame at that moment, as RGB, on black."""
    ass = drawn(said(text, each=0.3), STYLES[style_name])
    (folder / "captions.ass").write_text(ass, encoding="utf-8")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-f", "lavfi", "-i", f"color=black:s={WIDTH}x{HEIGHT}:r=20:d=2"]
    command += ["-vf", f"ass=captions.ass,select=eq(n\\,{round(at_s * 20)})", "-frames:v", "1"]
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


def is_in_advised_area(mask: NDArray[Any]) -> bool:
    rows, columns = np.nonzero(mask)
    area = advised_area(UPRIGHT)
    return bool(
        rows.min() >= area.top * HEIGHT - 2
        and rows.max() <= area.bottom * HEIGHT + 2
        and columns.min() >= area.left * WIDTH - 2
        and columns.max() <= area.right * WIDTH + 2
    )


@pytest.mark.parametrize("style_name", sorted(STYLES))
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
def test_text_stays_where_no_platform_covers_it(text, style_name, tmp_path, fonts_config):
    frame = draw(text, style_name, folder=tmp_path, fonts_config=fonts_config)
    assert is_in_advised_area(lit(frame))


@pytest.mark.parametrize("text", ["stir well", RUSSIAN, ARABIC])
@pytest.mark.parametrize("style_name", ["bold", "boxed"])
def test_the_spoken_word_is_drawn_in_the_highlight_colour(text, style_name, tmp_path, fonts_config):
    frame = draw(text, style_name, folder=tmp_path, fonts_config=fonts_config)
    style = STYLES[style_name]
    assert near(frame, style.accent or "").sum() > 30
    assert near(frame, style.colour).sum() > 30


@pytest.mark.parametrize(("text", "is_left"), [("one two", True), (ARABIC, False)])
def test_the_first_word_stands_where_its_script_begins(text, is_left, tmp_path, fonts_config):
    frame = draw(text, "boxed", folder=tmp_path, fonts_config=fonts_config)
    style = STYLES["boxed"]
    spoken = np.nonzero(near(frame, style.accent or ""))[1].mean()
    waiting = np.nonzero(near(frame, style.colour))[1].mean()
    assert bool(spoken < waiting) is is_left


def test_nothing_else_is_drawn_once_the_words_are_over(tmp_path, fonts_config):
    frame = draw("", "bold", folder=tmp_path, fonts_config=fonts_config)
    assert not lit(frame).any()


def columns_of(frame: NDArray[Any], rgb: str) -> tuple[int, int]:
    columns = np.nonzero(near(frame, rgb))[1]
    return int(columns.min()), int(columns.max())


@pytest.mark.parametrize("text", ["stir well", ARABIC])
def test_a_box_is_as_wide_as_the_spoken_word_and_moves_on_with_it(text, tmp_path, fonts_config):
    first, second = (
        columns_of(
            draw(text, "marker", folder=tmp_path, fonts_config=fonts_config, at_s=at_s),
            STYLES["marker"].accent_box or "",
        )
        for at_s in (0.1, 0.4)
    )
    assert first[1] < second[0] if text != ARABIC else second[1] < first[0]


def test_a_bar_lies_under_the_letters(tmp_path, fonts_config):
    frame = draw("name well", "bar", folder=tmp_path, fonts_config=fonts_config)
    bar = np.nonzero(near(frame, STYLES["bar"].accent_box or ""))[0]
    letters = np.nonzero(near(frame, "FFFFFF"))[0]
    assert bar.min() > np.percentile(letters, 75)


def test_a_word_that_grows_pushes_no_other_aside(tmp_path, fonts_config):
    at_rest, grown = (
        draw("so it is", "pop", folder=tmp_path, fonts_config=fonts_config, at_s=at_s)
        for at_s in (0.1, 0.4)
    )
    # "is" waits in both.
    assert columns_of(at_rest, "FFFFFF")[1] == columns_of(grown, "FFFFFF")[1]


def test_words_appear_one_after_another_and_stay(tmp_path, fonts_config):
    counts = [
        int(
            lit(
                draw("one two", "reveal", folder=tmp_path, fonts_config=fonts_config, at_s=at_s)
            ).sum()
        )
        for at_s in (0.25, 0.55)
    ]
    assert counts[1] > 1.5 * counts[0] > 0


def test_letters_run_from_one_colour_to_another(tmp_path, fonts_config):
    frame = draw("HHH", "gradient", folder=tmp_path, fonts_config=fonts_config)
    above = np.nonzero(near(frame, STYLES["gradient"].colour))[0].mean()
    below = np.nonzero(near(frame, STYLES["gradient"].colour_below or ""))[0].mean()
    assert above < below


def test_a_sweep_leaves_what_was_said_in_its_colour(tmp_path, fonts_config):
    frame = draw("stir well now", "karaoke", folder=tmp_path, fonts_config=fonts_config, at_s=0.45)
    accent = STYLES["karaoke"].accent or ""
    assert columns_of(frame, accent)[1] < columns_of(frame, "FFFFFF")[1]
    assert near(frame, accent).sum() > 100
