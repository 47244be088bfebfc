"""Caption styles, and the ASS that is made of them."""

import json
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings

from tests.captions import FONTS, STYLES, drawn, placed, said
from tests.unit.test_captioning import spoken_words, styles
from viral_forge_assets.domain.ass import to_ass
from viral_forge_assets.domain.caption_styles import Effect, parse_caption_style
from viral_forge_assets.domain.caption_text import escaped
from viral_forge_assets.domain.recipes import parse_recipe, require_caption_style
from viral_forge_assets.domain.safe_zones import Frame
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import Word

BOLD, PLAIN = STYLES["bold"], STYLES["plain"]
_ROW_PROP = "\\fscx1}x"  # has no width
_COMMAND = re.compile(r"(?<!\\)\{[^{}]*\}")


def dialogues(ass: str) -> list[str]:
    return [line.split(",", 9)[9] for line in ass.splitlines() if line.startswith("Dialogue:")]


def plain_text(dialogue: str) -> str:
    return _COMMAND.sub("", dialogue.replace(_ROW_PROP, "}"))


def document(**changes: object) -> bytes:
    values = {"name": "mine", "version": 1, "description": "A test.", "font_size": 0.08}
    return json.dumps({**values, "max_characters": 20, **changes}).encode()


def test_every_effect_is_among_the_styles_that_are_shipped():
    assert {style.effect for style in STYLES.values()} == set(Effect)
    assert len(STYLES) >= 8


@pytest.mark.parametrize(
    ("changes", "culprit"),
    [
        ({"font_size": 0.5}, "font_size"),
        ({"max_lines": 4}, "max_lines"),
        ({"colour": "red"}, "colour"),
        ({"effect": "wavy"}, "effect"),
        ({"sparkle": True}, "sparkle"),
        ({"name": "other"}, "name"),
        ({"effect": "colour"}, "accent"),
        ({"effect": "box"}, "accent_box"),
        ({"accent_box": "FF0000"}, "accent_box"),
        ({"effect": "pop", "colour_below": "FF0000"}, "colour_below"),
        ({"box": "000000", "outline": 0.01}, "box"),
    ],
)
def test_a_style_that_cannot_be_drawn_is_refused_by_its_key(changes, culprit):
    with pytest.raises(BadInput, match=culprit):
        parse_caption_style(document(**changes), name="mine")


@pytest.mark.parametrize(
    ("language", "text", "shown"),
    [
        ("en", "istanbul", "ISTANBUL"),
        ("tr", "istanbul \u0131\u015f\u0131k", "İSTANBUL IŞIK"),
        ("el", "πιστεύουν ναΐφ", "ΠΙΣΤΕΥΟΥΝ ΝΑΪΦ"),
        ("vi", "tiếng Việt", "TIẾNG VIỆT"),
    ],
)
def test_capitals_are_those_of_the_language(language, text, shown):
    assert BOLD.shown(text, language=language) == shown


def test_the_spoken_word_and_no_other_is_highlighted():
    texts = dialogues(drawn(said("stir it"), BOLD))
    assert [re.findall(r"\{\\1c&H0AD6FF&\}(\S+?)\{", text) for text in texts] == [["STIR"], ["IT"]]


def test_a_highlight_goes_out_in_a_pause_and_the_caption_stays():
    words = [Word(text="one", start_s=0, end_s=0.5), Word(text="two", start_s=0.9, end_s=1.2)]
    assert re.sub(r"^\{.*?\}", "", dialogues(drawn(words, BOLD))[1]) == "ONE TWO"


def test_a_style_without_effect_draws_each_caption_once():
    assert [plain_text(text) for text in dialogues(drawn(said("stir it well"), PLAIN))] == [
        "stir it well"
    ]


def test_a_sweep_takes_as_long_as_the_words():
    words = [Word(text="one", start_s=1, end_s=1.5), Word(text="two", start_s=2, end_s=2.25)]
    (text,) = dialogues(drawn(words, STYLES["karaoke"]))
    assert re.findall(r"\\kf?\d+", text) == ["\\kf50", "\\k50", "\\kf25"]


@pytest.mark.parametrize("name", ["reveal", "single"])
def test_a_word_that_appears_is_not_seen_before(name):
    first = drawn(said("one two"), STYLES[name]).split("Dialogue: ")[1]
    assert "0:00:00.00" in first
    assert not re.search(r"(?i)\}two", first) or "FF&}two" in first


def test_a_box_stands_behind_the_spoken_word_alone():
    behind = [
        text for text in dialogues(drawn(said("one two"), STYLES["marker"])) if "rSpoken" in text
    ]
    assert [re.findall(r"\\rSpoken\}(\w+)\{", text) for text in behind] == [["one"], ["two"]]


def test_lengths_grow_with_the_frame():
    ass = drawn(said("stir"), BOLD, Frame(width_px=1080, height_px=1920))
    assert "PlayResX: 1080\nPlayResY: 1920\n" in ass
    assert "Style: Caption,DejaVu Sans,95," in ass


def test_a_wide_frame_has_letters_that_suit_its_height():
    ass = drawn(said("stir"), BOLD, Frame(width_px=1920, height_px=1080))
    assert "Style: Caption,DejaVu Sans,71," in ass


def test_the_file_changes_with_its_fonts_its_style_and_its_language():
    frame = Frame(width_px=360, height_px=640)
    captions = placed(said("stir"), BOLD)

    bare = to_ass(captions, BOLD, frame=frame, family="DejaVu Sans")
    with_fonts = to_ass(
        captions, BOLD, frame=frame, family="DejaVu Sans", fonts=("DejaVu Sans Bold 2.37",)
    )
    japanese = to_ass(captions, BOLD, frame=frame, family="DejaVu Sans", language="ja")
    assert bare != with_fonts
    assert "Language: ja\n" in japanese
    assert "bold@2" in bare


@settings(deadline=None)  # on a busy machine anything takes long
@given(spoken_words, styles)
def test_hostile_words_are_never_commands(words, style):
    ass = drawn(words, style)
    for text in dialogues(ass):
        left = plain_text(text).replace("\\{", "").replace("\\}", "").replace("\\\u2060", "")
        assert left.count("\\N") < 3
        assert not set(left.replace("\\N", "")) & set("\\{}\n\r")
    assert ass.count("\n[") == 2


def test_what_is_escaped_reads_as_before():
    assert escaped("{\\pos(0,0)}a\nb\\") == "\\{\\\u2060pos(0,0)\\}a b\\\u2060"


@pytest.mark.parametrize("name", sorted(STYLES))
def test_at_no_moment_are_two_captions_shown(name):
    ass = drawn(said("one two three four five six seven eight", each=0.3), STYLES[name])
    texts = [line.split(",", 9) for line in ass.splitlines() if line.startswith("Dialogue:")]
    spans: dict[str, tuple[str, str]] = {}
    for _, start, end, *_, text in texts:
        words = plain_text(text)
        first, last = spans.get(words, (start, end))
        spans[words] = (min(first, start), max(last, end))
    assert all(before[1] <= after[0] for before, after in pairwise(sorted(spans.values())))


def test_fonts_that_are_told_apart_by_nothing_but_their_name_are_written_on_one_line():
    ass = to_ass(
        placed(said("a"), replace(BOLD)),
        BOLD,
        frame=Frame(width_px=360, height_px=640),
        family=FONTS.family(),
        fonts=("Evil\nDialogue: 0,x",),
    )
    assert "\nDialogue: 0,x" not in ass


def test_a_recipe_can_only_name_a_style_that_is_there():
    recipe = parse_recipe(
        b'{"name": "mine", "version": 1, "description": "A test.", "caption_style": "wavy"}',
        name="mine",
    )
    with pytest.raises(BadInput, match=r"wavy.*There are: bar, bold"):
        require_caption_style(recipe, STYLES)
