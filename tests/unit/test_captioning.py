"""Words become captions and subtitles without losing, inventing or parting any."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captions import FONTS, STYLES, UPRIGHT, lines_of, rows_of, said
from viral_forge_assets.domain.caption_words import cleaned
from viral_forge_assets.domain.captioning import CaptionLine, Limits, caption_lines, joined
from viral_forge_assets.domain.placement import limits_of
from viral_forge_assets.domain.subtitle_text import subtitle_lines, to_srt, to_vtt
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.media.subtitles import parse_subtitles

BOLD, BOXED, PLAIN = (STYLES[name] for name in ("bold", "boxed", "plain"))

styles = st.sampled_from(sorted(STYLES)).map(STYLES.__getitem__)
tokens = st.text(
    st.characters(exclude_categories=["C", "Z"]) | st.sampled_from("\\{}N<>-&;"),
    min_size=1,
    max_size=30,
)
spoken_words = st.lists(
    st.builds(
        lambda text, start_s, length_s: Word(text=text, start_s=start_s, end_s=start_s + length_s),
        tokens,
        st.floats(0, 20, allow_nan=False),
        st.floats(0, 2),
    ),
    max_size=25,
)
short_words = st.text("abcdefgh,.", min_size=1, max_size=9)


@settings(deadline=None)  # on a busy machine anything takes long
@given(st.lists(short_words, max_size=40), st.floats(0.05, 1.5), styles)
def test_every_word_is_shown_once_in_the_order_in_which_it_is_spoken(texts, each, style):
    words = said(" ".join(texts), each=each)
    lines = lines_of(words, style)
    assert [word.text for line in lines for word in line.words] == [word.text for word in words]


@settings(deadline=None)  # on a busy machine anything takes long
@given(spoken_words, styles)
def test_captions_follow_each_other_without_overlap(words, style):
    lines = lines_of(words, style)
    assert all(line.start_s < line.end_s for line in lines)
    assert all(line.start_s == line.words[0].start_s for line in lines)
    assert all(before.end_s <= after.start_s for before, after in pairwise(lines))
    assert all(
        after.start_s == before.end_s or after.start_s - before.end_s >= 0.2
        for before, after in pairwise(lines)
    )


@settings(deadline=None)  # on a busy machine anything takes long
@given(spoken_words, styles)
def test_rows_fit_in_the_frame(words, style):
    limits = limits_of(style, UPRIGHT)
    for line in lines_of(words, style):
        assert 1 <= len(line.rows) <= style.max_lines
        for row in line.rows:
            text = joined(row)
            assert FONTS.width(style.shown(text)) * line.scale <= limits.widest * 1.0001
            assert len(text) * line.scale <= limits.max_characters * 1.0001


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("We cook pasta. Then we eat.", ["We cook pasta.", "Then we eat."]),
        ("Mix it with Dr. Smith now", ["Mix it with / Dr. Smith now"]),
        ("and so my fellow Americans", ["and so my fellow / Americans"]),
    ],
)
def test_captions_and_rows_end_where_thoughts_do(text, rows):
    assert rows_of(lines_of(said(text, each=0.3), PLAIN)) == rows


@pytest.mark.parametrize(
    "text",
    [
        "today we need exactly 500 g of sugar and 20 percent of milk to make it",
        "it costs around 3 million dollars and takes 10 000 hours of work per person",
    ],
)
@pytest.mark.parametrize("name", sorted(set(STYLES) - {"single"}))
def test_a_number_is_never_parted_from_its_unit(text, name):
    shown = " / ".join(rows_of(lines_of(said(text, each=0.25), STYLES[name]))).lower()
    for pair in ("500 g", "20 percent", "3 million", "10 000 hours"):
        assert pair in shown or pair not in text


def test_a_pause_ends_a_caption_and_leaves_the_screen_empty():
    lines = lines_of([*said("stir well"), *said("and wait", at=3)], PLAIN)
    assert rows_of(lines) == ["stir well", "and wait"]
    assert lines[0].end_s == 0.8


def test_a_very_short_sentence_stays_with_the_next():
    assert rows_of(lines_of(said("Yes. That is it", each=0.2), PLAIN)) == ["Yes. That is it"]


def test_a_caption_does_not_begin_another_sentence_for_want_of_a_tenth_of_a_second():
    # "you this?" alone would stand for 0.64 s.
    told = "Why does nobody tell you this? Three tricks make every pancake fly."
    letters = [len(word) for word in told.split()]
    starts = [0.3 + 0.073 * sum(letters[:number]) for number in range(len(letters))]
    words = [
        Word(text=text, start_s=start_s, end_s=start_s + 0.07 * len(text))
        for text, start_s in zip(told.split(), starts, strict=True)
    ]
    shown = [" ".join(word.text for word in line.words) for line in lines_of(words, BOLD)]
    assert all("? " not in each for each in shown)


def test_no_word_of_a_sentence_stands_alone_if_it_can_be_helped():
    lines = lines_of(said("you only need three ingredients for this soup", each=0.4), BOLD)
    assert min(len(line.words) for line in lines) >= 2


def test_a_short_word_stands_long_enough_to_be_read():
    (line,) = lines_of(said("Hi", each=0.1), PLAIN)
    assert line.end_s == pytest.approx(0.7)


def test_chinese_is_given_more_time_than_as_many_latin_letters():
    (latin,) = lines_of(said("abcdefghijkl", each=0.1), PLAIN)
    (chinese,) = lines_of([Word(text="我们今天学习怎么做饭了", start_s=0, end_s=0.1)], PLAIN)
    assert chinese.end_s > latin.end_s


def test_fast_speech_fills_more_rows_than_slow_speech():
    text = "the first thing that you should know about this is that nothing is easy"
    slow, fast = (lines_of(said(text, each=each), STYLES["karaoke"]) for each in (0.9, 0.12))
    assert max(len(line.rows) for line in slow) == 1
    assert max(len(line.rows) for line in fast) == 3


def test_no_caption_stands_for_more_than_four_seconds_of_speech():
    lines = lines_of(said("one two three four five six", each=1.5), PLAIN)
    assert rows_of(lines) == ["one two", "three four", "five six"]


def test_one_word_at_a_time_is_one_word_at_a_time():
    lines = lines_of(said("we cook it slowly", each=0.4), STYLES["single"])
    assert rows_of(lines) == ["we", "cook", "it", "slowly"]


def test_words_too_quick_to_be_read_one_by_one_are_shown_together():
    lines = lines_of(said("we do it now", each=0.1), STYLES["single"])
    assert all(line.end_s - line.start_s >= 0.25 for line in lines)


@pytest.mark.parametrize(
    ("texts", "written"),
    [
        (["你好", "世界", "ok", "好"], "你好世界 ok 好"),
        (["안녕", "하세요"], "안녕 하세요"),
        (["ラーメン", "です"], "ラーメンです"),
    ],
)
def test_only_scripts_without_spaces_are_joined_without(texts, written):
    assert joined([Word(text=text, start_s=0, end_s=0) for text in texts]) == written


def test_a_word_that_was_heard_without_a_space_is_written_without():
    heard = [
        Word(text="สวัส", start_s=0, end_s=0.3),
        Word(text="ดี", start_s=0.3, end_s=0.6, is_joined=True),
    ]
    assert rows_of(lines_of(heard, PLAIN)) == ["สวัสดี"]


def test_a_chinese_sentence_is_cut_between_characters_and_punctuation_begins_no_row():
    sentence = "我们今天学习怎么做饭。首先把水烧开、然后放入三百克面条、最后加一点盐。"
    lines = lines_of([Word(text=sentence, start_s=0, end_s=8)], BOLD)
    rows = [joined(row) for line in lines for row in line.rows]
    assert "".join(rows) == sentence
    assert len(rows) > 3
    assert not any(row[0] in "、。" for row in rows)


@pytest.mark.parametrize("end", ["\uff1f", "\uff01", "。"])
def test_a_caption_ends_where_a_japanese_sentence_does(end):
    first, second = f"なぜ誰も教えてくれないの{end}", "三つのコツで飛ぶ。"
    words = [Word(text=first, start_s=0, end_s=2), Word(text=second, start_s=2.1, end_s=4)]
    rows = rows_of(lines_of(words, BOLD))
    assert all(end not in row or row.replace(" / ", "").endswith(end) for row in rows)


def test_a_word_that_is_too_wide_is_drawn_smaller():
    (line,) = lines_of(said("Kraftfahrzeugversicherung"), STYLES["boxed"])
    assert 0.6 <= line.scale < 1
    assert rows_of((line,)) == ["Kraftfahrzeugversicherung"]


def test_a_longer_word_is_broken_with_a_hyphen_and_an_address_at_its_strokes():
    words = said("Donaudampfschifffahrtsgesellschaftskapitän example.com/cooking/pasta-with-sauce")
    rows = [joined(row) for line in lines_of(words, BOLD) for row in line.rows]
    assert rows[0].endswith("-")
    assert "".join(rows).replace("-", "").startswith("Donaudampfschifffahrtsgesellschaftskapitän")
    assert any(row.endswith(("/", "-")) and "cook" in row for row in rows)


def test_a_word_without_end_is_cut_off_visibly():
    lines = lines_of(said("x" * 500), PLAIN)
    assert rows_of(lines)[-1].endswith("…")
    assert len(lines) <= 2


def test_no_words_give_no_captions():
    assert lines_of([], BOLD) == ()
    assert to_srt(()) == ""
    assert to_vtt(()) == "WEBVTT\n"


def test_emoji_and_letters_without_a_font_leave_the_picture_and_are_named():
    told = cleaned(said("so👍🏽 good❤️ 1️⃣ 👨‍👩‍👧 𒀀x 🇩🇪"), FONTS.missing)
    assert [word.text for word in told.words] == ["so", "good", "1", "x"]
    assert told.missing == ("𒀀",)
    assert {"👍", "❤", "👨", "🇩"} < set(told.emoji)


@settings(deadline=None)  # on a busy machine anything takes long
@given(spoken_words.filter(lambda words: len({w.text for w in words}) == len(words)))
def test_an_srt_read_back_says_the_same(words):
    lines = subtitle_lines(words)
    if lines:
        read = parse_subtitles(to_srt(lines).encode(), name="clip-1.srt")
        expected = "".join(word.text for line in lines for word in line.words)
        assert "".join(word.text for word in read) == expected


@settings(deadline=None)  # on a busy machine anything takes long
@given(spoken_words.filter(lambda words: len({w.text for w in words}) == len(words)))
def test_a_webvtt_read_back_says_the_same(words):
    lines = subtitle_lines(words)
    if lines:
        read = parse_subtitles(to_vtt(lines).encode(), name="clip-1.vtt")
        expected = "".join(word.text for line in lines for word in line.words)
        assert "".join(word.text for word in read) == expected


def test_a_backslash_in_webvtt_is_read_as_no_line_break():
    read = parse_subtitles(to_vtt(subtitle_lines(said(r"C:\new \N"))).encode(), name="clip-1.vtt")
    assert [word.text for word in read] == [r"C:\new", r"\N"]


def test_subtitles_for_players_have_two_rows_of_42_letters_whatever_the_style():
    text = "people who cook every day know that salt belongs into the water before it boils " * 3
    lines = subtitle_lines(said(text, each=0.25))
    assert max(len(line.rows) for line in lines) == 2
    assert max(len(joined(row)) for line in lines for row in line.rows) <= 42
    assert all(line.end_s - line.start_s >= 5 / 6 for line in lines)


def test_times_of_subtitles_are_rounded_to_whole_milliseconds():
    line = CaptionLine(
        start_s=59.9996, end_s=3661.5, rows=((Word(text="a", start_s=60, end_s=61),),)
    )
    assert to_srt([line]) == "1\n00:01:00,000 --> 01:01:01,500\na\n"
    assert to_vtt([line]) == "WEBVTT\n\n00:01:00.000 --> 01:01:01.500\na\n"


def test_what_looks_like_markup_is_text_in_webvtt():
    (line,) = subtitle_lines(said("<v Bob> &amp; --> 00:01.000"))
    assert "&lt;v Bob&gt; &amp;amp; --&gt; 00:01.000" in to_vtt([line])


def test_no_caption_goes_on_over_a_break():
    words = [
        Word(text=text, start_s=number * 0.3, end_s=number * 0.3 + 0.3)
        for number, text in enumerate(["Never", "do", "that", "again", "The", "team", "met"])
    ]
    limits = Limits(widest=100.0, max_characters=80)

    lines = caption_lines(words, limits, len, breaks_s=(1.2,))

    spoken = [[word.text for word in line.words] for line in lines]
    assert not any("again" in line and "The" in line for line in spoken)
    assert all(line.end_s <= 1.2 or line.start_s >= 1.2 for line in lines)
    assert [text for line in spoken for text in line] == [word.text for word in words]
