"""SRT and WebVTT in, words out."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import TranscriptOrigin
from viral_forge_resources.media.subtitles import parse_subtitles, read_subtitles

SRT = """1
00:00:01,000 --> 00:00:03,000
Hello there,
good friend.

2
00:00:04,500 --> 00:00:05,500
Bye!
"""


def texts(content: str | bytes) -> list[str]:
    encoded = content if isinstance(content, bytes) else content.encode()
    return [word.text for word in parse_subtitles(encoded, name="talk.srt")]


def cue(text: str) -> str:
    return f"1\n00:00:00,000 --> 00:00:02,000\n{text}\n"


def test_words_of_a_cue_share_its_time_by_their_length():
    words = parse_subtitles(cue("ab abcd ab").encode(), name="a.srt")
    assert [(word.start_s, word.end_s) for word in words] == [(0, 0.5), (0.5, 1.5), (1.5, 2)]


def test_shared_times_are_called_estimated():
    transcript = read_subtitles(SRT.encode(), name="a.srt")
    assert transcript.origin is TranscriptOrigin.SUBTITLES
    assert transcript.is_timing_estimated


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_unicode_encoding_is_read(encoding: str):
    assert texts(cue("Grüße Привет").encode(encoding)) == ["Grüße", "Привет"]


def test_a_western_code_page_is_read():
    assert texts(cue("Déjà vu, señor \N{EN DASH} encore").encode("cp1252"))[2] == "señor"


def test_a_code_page_that_would_read_as_nonsense_is_refused_by_name():
    with pytest.raises(BadInput, match=r"'talk.srt'.*encoding.*UTF-8"):
        texts(cue("Здравствуйте, дорогие друзья").encode("cp1251"))


def test_broken_utf8_is_refused_and_not_read_as_western():
    with pytest.raises(BadInput, match="encoding"):
        texts(cue("Grüße, schöne Mädchen").encode() + b"\xc3(")


@pytest.mark.parametrize(
    "changed",
    [
        SRT.replace("\n", "\r\n"),
        SRT.replace("\n", "\r"),
        SRT.replace(",0", ".0").replace(",5", ".5"),
        SRT.replace("1\n00", "00").replace("2\n00", "00"),
        SRT.replace("friend.\n\n2", "friend.\n2"),
        SRT.replace("00:00:01,000", "0:0:1"),
        SRT.replace("03,000\n", "03,000  X1:40 Y1:20\n"),
        "\n\n" + SRT,
        "WEBVTT - talk\nKind: captions\n\n" + SRT.replace(",0", ".0").replace(",5", ".5"),
    ],
)
def test_loose_spellings_of_the_format_mean_the_same(changed: str):
    assert parse_subtitles(changed.encode(), name="a") == parse_subtitles(SRT.encode(), name="a")


def test_an_empty_line_inside_an_srt_cue_loses_no_words():
    assert texts(cue("above\n\nbelow")) == ["above", "below"]


def test_webvtt_comments_styles_settings_and_identifiers_are_not_words():
    content = (
        "WEBVTT\n\nSTYLE\n::cue { color: red }\n\nNOTE\nnot spoken\n\nintro\n"
        "00:01.000 --> 00:02.000 align:start position:10%\n<v Ann>spoken <i>twice</i>\n\n"
        "NOTE again\nnot spoken\n"
    )
    words = parse_subtitles(content.encode(), name="a.vtt")
    assert [(word.text, word.start_s) for word in words] == [("spoken", 1), ("twice", 1.545)]


def test_times_inside_a_webvtt_cue_are_measured_times():
    content = (
        "WEBVTT\n\n00:01.000 --> 00:03.000\none<00:00:01.700><c> two</c><00:00:02.000> three\n"
    )
    transcript = read_subtitles(content.encode(), name="a.vtt")
    assert [(word.text, word.start_s, word.end_s) for word in transcript.words] == [
        ("one", 1, 1.7),
        ("two", 1.7, 2),
        ("three", 2, 3),
    ]
    assert not transcript.is_timing_estimated


def test_rolling_captions_say_everything_once():
    content = "WEBVTT\n\n"
    lines = ["so today", "we will cook", "some pasta", "with garlic"]
    for number, (above, below) in enumerate(zip(["", *lines], lines, strict=False)):
        content += f"00:0{number}.000 --> 00:0{number}.990\n{above}\n{below}\n\n"
        content += f"00:0{number}.990 --> 00:0{number + 1}.000\n{below}\n\n"
    assert texts(content) == " ".join(lines).split()


def test_a_refrain_is_not_taken_for_rolling_captions():
    content = "".join(
        f"00:0{number}:00,000 --> 00:0{number}:01,000\n{text}\n\n"
        for number, text in enumerate(["No!", "No!", "Yes.", "Why?", "No!"])
    )
    assert texts(content) == ["No!", "No!", "Yes.", "Why?", "No!"]


def test_overlapping_cues_give_words_one_after_another():
    content = (
        "00:00:00,000 --> 00:00:09,000\nlong title\n\n"
        "00:00:02,000 --> 00:00:03,000\nfirst\n\n00:00:02,000 --> 00:00:03,000\nsecond\n"
    )
    words = parse_subtitles(content.encode(), name="a.srt")
    assert [word.text for word in words] == ["long", "title", "first", "second"]
    assert all(before.end_s <= after.start_s for before, after in pairwise(words))


@pytest.mark.parametrize(
    ("hostile", "left"),
    [
        (r"{\pos(0,0)\fs400}big", ["big"]),
        (r"one\Ntwo\hthree", ["one", "two", "three"]),
        ('<font color="red">red</font> <b>bold', ["red", "bold"]),
        ("<script>alert(1)</script>", ["alert(1)"]),
        ("&lt;b&gt; &amp; I &lt;3 you", ["<b>", "&", "I", "<3", "you"]),
        ("nul\x00 bell\x07 esc\x1b[31m", ["nul", "bell", "esc[31m"]),
        ("\u202egnp.exe\u202c &#8238;x", ["gnp.exe", "x"]),
        ("{laughs} 50 % {", ["{laughs}", "50", "%", "{"]),
        ("\u0645\u06cc\u200c\u062e\u0648 \u200d", ["\u0645\u06cc\u200c\u062e\u0648"]),
    ],
)
def test_markup_goes_and_everything_else_is_text(hostile: str, left: list[str]):
    assert texts(cue(hostile)) == left


@pytest.mark.parametrize(
    "content", [b"", b"just words", b"WEBVTT\n\nNOTE nothing\n", b"\x00\x01" * 50]
)
def test_a_file_without_subtitles_is_refused_by_name(content: bytes):
    with pytest.raises(BadInput, match=r"'talk.srt': .+\. .+"):
        texts(content)


def test_a_file_far_too_large_is_refused():
    with pytest.raises(BadInput, match="too large"):
        texts(b"x" * 10_000_001)


def test_a_cue_that_ends_before_it_starts_keeps_its_words():
    words = parse_subtitles(b"00:00:05,000 --> 00:00:01,000\nstill here\n", name="a.srt")
    assert [(word.text, word.start_s, word.end_s) for word in words] == [
        ("still", 5, 5),
        ("here", 5, 5),
    ]


@given(st.binary(max_size=200), st.text(max_size=200))
def test_hostile_content_gives_clean_words_or_a_refusal(raw: bytes, text: str):
    for content in (raw, cue(text).encode("utf-8", "replace")):
        try:
            words = parse_subtitles(content, name="x.srt")
        except BadInput:
            continue
        assert all(word.text.split() == [word.text] and word.text.isprintable() for word in words)
        assert all(0 <= word.start_s <= word.end_s for word in words)
