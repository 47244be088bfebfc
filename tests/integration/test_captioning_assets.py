"""From sound to captions through the real assets, with a real speech model and real letters."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.captions import STYLES
from tests.clips import lavfi, make
from tests.studio import Ran, Studio, open_studio, tiny
from viral_forge_assets.domain.recipes import parse_recipe
from viral_forge_resources.media.transcriber import WhisperTranscriber

_MEDIA = Path(__file__).parents[2].parent / "shared" / "media"
_MODEL, _SPEECH = _MEDIA / "tiny_whisper" / "model", _MEDIA / "fw_jfk.flac"

needs_media = pytest.mark.skipif(not _MODEL.is_dir(), reason=f"no test media at {_MEDIA}")


@needs_media
def test_a_spoken_sentence_becomes_text_and_subtitles_word_for_word(home, sqlite_state, tmp_path):
    video = make(
        tmp_path / "talk.mp4",
        *lavfi("testsrc2=s=180x320:r=24:d=11"),
        *("-i", str(_SPEECH), "-shortest", "-preset", "ultrafast"),
    )
    hearing = WhisperTranscriber(model=str(_MODEL), device="cpu")
    with open_studio(home, sqlite_state, transcriber=hearing) as studio:
        ran = studio.edit(studio.add(video))
    assert ran.metadata("captions", "transcript")["text"] == (
        "And so, my fellow Americans, ask not what your country can do for you,"
        " ask what you can do for your country."
    )
    assert ran.metadata("captions", "transcript")["language"] == "en"
    assert "ask not" in " ".join(_kept(studio, "*/clip-1.vtt").split())
    assert _kept(studio, "*/clip-1.ass").count("Dialogue: ") >= 10


def test_emoji_and_letters_without_a_font_are_told_and_stay_in_the_subtitles(studio, tmp_path):
    srt = "1\n00:00:00,000 --> 00:00:00,900\nBoil 👍 水 well\n"
    video = make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=1"))
    ran = studio.edit(studio.add(video, subtitles=srt))
    told = ran.metadata("captions", "caption_track")
    assert told["missing_characters"] == "水 (U+6C34 CJK UNIFIED IDEOGRAPH-6C34)"
    assert told["emoji_left_out"] == "👍"
    assert told["fonts"] == "DejaVu Sans Bold Version 2.35"
    assert "Boil 👍 水 well" in _kept(studio, "*/clip-1.srt")
    assert not {"👍", "水"} & set(_kept(studio, "*/clip-1.ass"))


def test_where_no_font_draws_what_is_said_the_checks_do_not_claim_silence(studio, tmp_path):
    srt = "1\n00:00:00,000 --> 00:00:00,900\n水水\n"
    video = make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=1"))
    key = studio.add(video, subtitles=srt)
    assert studio.edit(key).success
    told = {each.name: each.message for each in studio.clip(key).checks}
    assert told["rendered_clips_have_captions_in_time"] == (
        "not applicable: no font draws what is said, such as 水:"
        " name folders of fonts that do in VIRAL_FORGE_FONT_FOLDERS"
    )
    assert "水水" in _kept(studio, "*/clip-1.srt")


@pytest.mark.parametrize("opacity", [0.0, 0.9])
def test_captions_keep_clear_of_a_watermark(home, sqlite_state, tmp_path, opacity):
    mark = {"corner": "centre", "size": 0.12, "opacity": opacity}
    document = {"name": "clean", "version": 1, "description": "A test.", "framing": "crop"}
    document |= {"filters": [{"name": "watermark", "parameters": mark}]}
    recipe = parse_recipe(json.dumps(document).encode(), name="clean")
    style = replace(STYLES["plain"], place=0.72)  # about the middle of the frame
    srt = "1\n00:00:00,000 --> 00:00:00,900\nBoil the water\n"
    video = make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=1"))
    styles = {recipe.caption_style: style}
    recipes = {"clean": tiny(recipe)}
    with open_studio(home, sqlite_state, recipes=recipes, caption_styles=styles) as studio:
        ran = studio.edit(studio.add(video, subtitles=srt))
        assert ran.failure == ""
        (clip,) = json.loads(_kept(studio, "*/caption_track.json"))["value"]["clips"]
    (shown,) = clip["shown"]
    crosses_the_middle = shown["top"] < 0.5 < shown["bottom"]
    assert crosses_the_middle is (opacity == 0)


def test_what_is_shown_is_kept_with_its_words_and_its_place(studio, tmp_path):
    srt = "1\n00:00:00,000 --> 00:00:00,900\nBoil the water\n"
    video = make(tmp_path / "soup.mp4", *lavfi("testsrc2=s=180x320:r=24:d=1"))
    ran: Ran = studio.edit(studio.add(video, subtitles=srt))
    assert ran.success
    (clip,) = json.loads(_kept(studio, "*/caption_track.json"))["value"]["clips"]
    (shown,) = clip["shown"]
    assert [word["text"] for word in shown["words"]] == ["Boil", "the", "water"]
    assert 0.15 <= shown["top"] < shown["bottom"] <= 0.65


def _kept(studio: Studio, pattern: str) -> str:
    (found,) = studio.home.rglob(f"captions/{pattern.removeprefix('*/')}")
    return found.read_text(encoding="utf-8")
