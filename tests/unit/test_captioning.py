"""Words become lines, ASS and SRT without losing, inventing or executing any."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral_forge_assets.domain.ass import escaped, to_ass
from viral_forge_assets.domain.captioning import (
    CAPTION_STYLES,
    CaptionLine,
    caption_lines,
    joined,
    width_em,
)
from viral_forge_assets.domain.subtitle_text import to_srt
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.media.subtitles import parse_subtitles

BOLD, BOXED, PLAIN = (CAPTION_STYLES[name] for name in ("bold", "boxed", "plain"))

styles = st.sampled_from(sorted(CAPTION_STYLES)).map(CAPTION_STYLES.__getitem__)
tokens = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("\\{}N<>-&;"),
    min_size=1,
    max_size=30,
)
seconds = st.floats(0, 20, allow_nan=False)
spoken_words = st.lists(
    st.builds(
        lambda text, start_s, length_s: Word(text=text, start_s=start_s, end_s=start_s + length_s),
        tokens,
        seconds,
        st.floats(0, 2),
    ),
    max_size=25,
)


def said(text: str, *, at: float = 0.0, each: float = 0.4) -> list[Word]:
    return [
        Word(text=word, start_s=at + each * number, end_s=at + each * (number + 1))
        for number, word in enumerate(text.split())
    ]


def shown(lines: tuple[CaptionLine, ...]) -> list[str]:
    return [" / ".join(joined([word.text for word in row]) for row in line.rows) for line in lines]


def drawn(words: list[Word], style=BOLD, *, drop: str = "") -> str:
    lines = caption_lines(words, style)
    return to_ass(
        lines, style, width_px=360, height_px=640, family="DejaVu Sans", drop=frozenset(drop)
    )


def dialogues(ass: str) -> list[str]:
    return [line.split(",", 9)[9] for line in ass.splitlines() if line.startswith("Dialogue:")]


def plain_text(dialogue: str) -> str:
    return re.sub(r"(?<!\\)\{\\(?:1c&H[0-9A-F]{6}&|fs\d+)\}", "", dialogue)


@given(spoken_words, styles)
def test_every_word_is_shown_once_in_the_order_in_which_it_is_spoken(words, style):
    lines = caption_lines(words, style)
    in_order = sorted(words, key=lambda word: word.start_s)
    assert [word.text for line in lines for word in line.words] == [word.text for word in in_order]


@given(spoken_words, styles)
def test_lines_follow_each_other_without_overlap(words, style):
    lines = caption_lines(words, style)
    assert all(line.start_s < line.end_s for line in lines)
    assert all(before.end_s <= after.start_s for before, after in pairwise(lines))
    assert all(
        after.start_s == before.end_s or after.start_s - before.end_s >= 0.2
        for before, after in pairwise(lines)
    )


@given(spoken_words, styles)
def test_rows_fit_unless_one_word_alone_is_too_wide(words, style):
    for line in caption_lines(words, style):
        assert len(line.rows) <= style.max_lines
        for row in line.rows:
            text = style.shown(joined([word.text for word in row]))
            fits = len(text) <= style.max_characters and width_em(text) <= style.widest_em()
            assert fits or len(row) == len(line.words) == 1


def test_a_sentence_ends_a_line():
    lines = caption_lines(said("We cook pasta. Then we eat."), PLAIN)
    assert shown(lines) == ["We cook pasta.", "Then we eat."]


def test_a_pause_ends_a_line_and_leaves_the_screen_empty():
    lines = caption_lines([*said("stir well"), *said("and wait", at=3)], PLAIN)
    assert shown(lines) == ["stir well", "and wait"]
    assert lines[0].end_s == 0.8


def test_a_very_short_sentence_stays_with_the_next():
    lines = caption_lines(said("Yes. That is it", each=0.2), PLAIN)
    assert shown(lines) == ["Yes. That is it"]


def test_a_short_word_stands_long_enough_to_be_read():
    (line,) = caption_lines(said("Hi", each=0.1), PLAIN)
    assert line.end_s == pytest.approx(0.7)


def test_rows_are_even():
    lines = caption_lines(said("and so my fellow Americans", each=0.2), BOXED)
    assert shown(lines) == ["and so my / fellow Americans"]


def test_no_line_stands_for_more_than_four_seconds_of_speech():
    lines = caption_lines(said("one two three four five six", each=1.5), PLAIN)
    assert shown(lines) == ["one two", "three four", "five six"]


def test_no_words_give_no_lines_and_no_events():
    assert caption_lines([], BOLD) == ()
    assert dialogues(drawn([])) == []
    assert to_srt(()) == ""


def test_words_of_scripts_without_spaces_are_joined_without():
    assert joined(["你好", "世界", "ok", "好"]) == "你好世界 ok 好"


@pytest.mark.parametrize("changed", [{"bottom": 0.1}, {"bottom": 0.9}, {"max_lines": 3}])
def test_a_style_outside_the_safe_zone_cannot_be_made(changed):
    with pytest.raises(ValueError, match="bold"):
        replace(BOLD, **changed)


def test_the_spoken_word_and_no_other_is_highlighted():
    texts = dialogues(drawn(said("stir it")))
    assert [re.findall(r"\{\\1c&H0AD6FF&\}(\S+?)\{", text) for text in texts] == [["STIR"], ["IT"]]


def test_a_highlight_goes_out_in_a_pause_and_the_line_stays():
    words = [Word(text="one", start_s=0, end_s=0.5), Word(text="two", start_s=0.9, end_s=1.2)]
    assert dialogues(drawn(words))[1] == "ONE TWO"


def test_a_style_without_highlight_draws_each_line_once():
    assert dialogues(drawn(said("stir it well"), PLAIN)) == ["stir it well"]


def test_lengths_grow_with_the_frame():
    lines = caption_lines(said("stir"), BOLD)
    ass = to_ass(lines, BOLD, width_px=1080, height_px=1920, family="DejaVu Sans")
    assert "PlayResX: 1080\nPlayResY: 1920\n" in ass
    assert "Style: Caption,DejaVu Sans,95," in ass
    assert ",2,130,130,518,-1\n" in ass


def test_characters_that_no_font_draws_are_left_out_and_empty_words_with_them():
    assert dialogues(drawn(said("so👍 👍 good"), PLAIN, drop="👍")) == ["so good"]


def test_a_line_of_nothing_drawable_draws_nothing():
    assert dialogues(drawn(said("👍\u200d"), PLAIN, drop="👍")) == []


def test_a_word_that_is_too_wide_is_drawn_smaller():
    (text,) = dialogues(drawn(said("Donaudampfschifffahrt"), BOLD))[:1]
    assert 16 <= int(re.findall(r"\\fs(\d+)", text)[0]) < 32
    assert "DONAUDAMPFSCHIFFFAHRT" in text


def test_a_word_without_end_is_cut_off_visibly():
    (text,) = dialogues(drawn(said("x" * 500), PLAIN))
    assert plain_text(text).endswith("…")
    assert text.count("\\N") == 1


@given(spoken_words, styles)
def test_hostile_words_are_never_commands(words, style):
    ass = drawn(words, style)
    for text in dialogues(ass):
        left = plain_text(text).replace("\\{", "").replace("\\}", "").replace("\\\u2060", "")
        assert left.count("\\N") <= 3
        assert not set(left.replace("\\N", "")) & set("\\{}\n\r")
    assert ass.count("\n[") == 2


def test_what_is_escaped_reads_as_before():
    assert escaped("{\\pos(0,0)}a\nb\\") == "\\{\\\u2060pos(0,0)\\}a b\\\u2060"


@given(spoken_words.filter(lambda words: len({w.text for w in words}) == len(words)), styles)
def test_an_srt_read_back_says_the_same(words, style):
    lines = caption_lines(words, style)
    if lines:
        read = parse_subtitles(to_srt(lines).encode(), name="clip-1.srt")
        expected = "".join(word.text for line in lines for word in line.words)
        assert "".join(word.text for word in read) == expected


def test_srt_times_are_rounded_to_whole_milliseconds():
    line = CaptionLine(
        start_s=59.9996, end_s=3661.5, rows=((Word(text="a", start_s=60, end_s=61),),)
    )
    assert to_srt([line]) == "1\n00:01:00,000 --> 01:01:01,500\na\n"
