"""Captions of scripts that write no blanks between words."""

import pytest

from tests.captions import STYLES, drawn, lines_of
from viral_forge_assets.domain.captioning import CaptionLine, joined
from viral_forge_assets.domain.phrases import word_ends
from viral_forge_resources.contracts.media import Word

JAPANESE = "今日は家で簡単に作れる美味しいラーメンの作り方を紹介します。"
SIMPLIFIED = "今天我们来学习怎么在家里做一碗好吃的牛肉面。"
TRADITIONAL = "今天我們來學習怎麼在家裡做飯。"
THAI = "ไม่เคยบอกใครก่อนอื่นต้มน้ำให้เดือด"
LAO = "ສະບາຍດີ"


def _sentence(text: str, *, length_s: float = 5.0) -> list[Word]:
    return [Word(text=text, start_s=0.0, end_s=length_s)]


def _texts(lines: tuple[CaptionLine, ...]) -> list[str]:
    return [word.text for line in lines for word in line.words]


def _rows(lines: tuple[CaptionLine, ...]) -> list[str]:
    return [joined(row) for line in lines for row in line.rows]


def _parts(text: str) -> list[str]:
    ends = word_ends(text)
    assert ends is not None
    return [text[first:end] for first, end in zip((0, *ends), ends, strict=False)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (JAPANESE, ["簡単に", "美味しい", "ラーメンの", "紹介します。"]),
        (SIMPLIFIED, ["今天", "我们", "学习", "怎么", "牛肉面。"]),
        (TRADITIONAL, ["今天", "我們", "怎麼"]),
        (THAI, ["ไม่", "เคย", "บอก", "น้ำ", "เดือด"]),
    ],
)
def test_words_are_told_apart_where_no_blank_parts_them(text, words):
    parts = _parts(text)
    assert "".join(parts) == text
    assert set(words) <= set(parts)


@pytest.mark.parametrize("text", ["stir well", "Größe", "Привет", "안녕하세요", LAO])
def test_other_scripts_are_left_as_they_are(text):
    assert word_ends(text) is None


@pytest.mark.parametrize("style_name", sorted(STYLES))
@pytest.mark.parametrize("text", [JAPANESE, SIMPLIFIED, TRADITIONAL, THAI])
def test_no_row_ends_within_a_word(text, style_name):
    lines = lines_of(_sentence(text), STYLES[style_name])
    ends, at = set(), 0
    for row in _rows(lines):
        at += len(row)
        ends.add(at)
    assert at == len(text)
    assert ends <= set(word_ends(text) or ())


def test_words_that_were_heard_in_halves_are_shown_whole_at_their_own_times():
    heard = [
        Word(text=text, start_s=0.3 * number, end_s=0.3 * (number + 1), is_joined=number > 0)
        for number, text in enumerate(["今日", "は家", "で簡", "単に"])
    ]
    lines = lines_of(heard, STYLES["bold"])
    assert _texts(lines) == ["今日は", "家で", "簡単に"]
    times = [(word.start_s, word.end_s) for line in lines for word in line.words]
    assert times == [pytest.approx(each) for each in [(0, 0.45), (0.45, 0.75), (0.75, 1.2)]]


def test_a_pause_parts_words_that_are_written_together():
    heard = [
        Word(text="簡", start_s=0.0, end_s=0.4),
        Word(text="単", start_s=1.4, end_s=1.8, is_joined=True),
    ]
    assert _texts(lines_of(heard, STYLES["bold"])) == ["簡", "単"]


def test_a_thai_caption_ends_at_a_blank_rather_than_behind_it():
    words = [
        Word(text="สวัสดีครับ", start_s=0.0, end_s=1.0),
        Word(text="วันนี้เราทำ", start_s=1.0, end_s=2.6),
    ]
    first, *_ = lines_of(words, STYLES["pop"])
    assert joined(first.words) == "สวัสดีครับ"


def test_short_thai_words_are_not_counted_as_long_ones():
    lines = lines_of(_sentence("เราจะไปกินกันที่นี่", length_s=1.4), STYLES["pop"])
    assert max(len(line.words) for line in lines) > 3


def test_no_number_is_cut_within_a_text_without_blanks():
    assert not any(part.endswith("1") for part in _parts("水を150ml入れて10.5分待つ"))


@pytest.mark.parametrize("is_joined", [False, True])
def test_the_outline_of_a_word_that_pops_does_not_eat_into_its_neighbour(is_joined):
    words = [
        Word(text=text, start_s=0.4 * n, end_s=0.4 * (n + 1), is_joined=is_joined and n > 0)
        for n, text in enumerate(["so", "it", "is"])
    ]
    ass = drawn(words, STYLES["pop"])
    in_front = [line for line in ass.splitlines() if line.startswith("Dialogue: 2,")]
    assert len(in_front) == 3
    assert all(("\\bord0" in line) is is_joined for line in in_front)
    # What stays behind is the outline alone: it lies under the letters of all words.
    assert ("{\\1a&HFF&}" in ass) is is_joined
