"""Words of a post come from what is known, fit the platform and always credit whom they owe."""

from typing import Any

import pytest

from viral_forge_assets.domain.copywriting import (
    Copy,
    PaidWords,
    clean,
    clean_title,
    compose_text,
    numbered,
)
from viral_forge_resources.contracts.counting_text import Unit, counted, shortened
from viral_forge_resources.contracts.errors import Permanent
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.publishing import PostText, TextLimits

CREDIT = '"Pasta" by Ada (https://example.org/pasta), CC BY 4.0, changes were made'


def _spoken(text: str) -> Transcript:
    words = tuple(
        Word(text=word, start_s=place, end_s=place + 0.5) for place, word in enumerate(text.split())
    )
    return Transcript(origin=TranscriptOrigin.SUBTITLES, words=words)


def _composed(**changes: Any) -> PostText:
    values: dict[str, Any] = {
        "title": "Pasta in five minutes",
        "niche": "home-cooking",
        "transcript": _spoken("Boil the water first. Then add salt. Salt makes the pasta better."),
        "attribution": CREDIT,
        "limits": TextLimits(max_title=100, max_description=1_000, max_tags=200),
    }
    return compose_text(**{**values, **changes})


def test_a_post_has_the_sources_title_a_spoken_hook_and_the_credit():
    text = _composed()
    assert text.title == "Pasta in five minutes"
    assert text.description == f"Boil the water first. Then add salt.\n\n{CREDIT}"
    assert text.attribution == CREDIT


def test_equal_input_gives_equal_words():
    assert _composed() == _composed()


def test_tags_are_the_niche_what_is_asked_for_and_words_that_matter():
    text = _composed(tags=("#QuickMeals",))
    assert text.tags == ("homecooking", "quickmeals", "pasta", "five", "minutes", "salt")


def test_words_that_say_nothing_are_no_tags():
    text = _composed(title="This is what you should really know", transcript=None)
    assert text.tags == ("homecooking",)


@pytest.mark.parametrize("transcript", [None, Transcript(origin=TranscriptOrigin.NO_MODEL)])
def test_without_spoken_words_nothing_is_made_up(transcript):
    text = _composed(transcript=transcript, attribution=None)
    assert text.description == ""
    assert text.attribution is None


def test_without_a_title_the_hook_or_the_niche_stands_in():
    assert _composed(title="\x00 .mp4").title == "Boil the water first. Then add salt."
    assert _composed(title="", transcript=None).title == "home cooking"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("my_best_pasta.mp4", "my best pasta"),
        ("Pasta.final.MOV", "Pasta.final"),
        ("Version 2.0 is here", "Version 2.0 is here"),
        ("two\nlines\tand  spaces", "two lines and spaces"),
        ("\u202egnp.exe\u2069 \ud800 x", "gnp.exe x"),
        ("Cafe\u0301", "Café"),
        ("snake_case stays here", "snake_case stays here"),
        ("👩\u200d🍳 cooks", "👩\u200d🍳 cooks"),
    ],
)
def test_a_title_is_cleaned(title, expected):
    assert clean_title(title) == expected


def test_a_long_title_ends_after_a_whole_word():
    text = _composed(title="Pasta in five minutes", limits=TextLimits(max_title=15))
    assert text.title == "Pasta in five…"
    assert shortened("Pasta in five", 8) == "Pasta…"
    assert shortened("Donaudampfschiff", 8) == "Donauda…"


@pytest.mark.parametrize("limit", range(25))
def test_a_shortened_text_is_never_longer_than_its_limit(limit):
    assert len(shortened("Pasta in five minutes, really", limit)) <= limit


def test_the_credit_is_kept_whole_and_the_rest_is_cut():
    limit = len(CREDIT) + 20
    text = _composed(limits=TextLimits(max_description=limit))
    assert text.description.endswith(f"\n\n{CREDIT}")
    assert text.description.startswith("Boil the water…")
    assert len(text.description) <= limit


def test_where_only_the_credit_fits_it_stands_alone():
    text = _composed(limits=TextLimits(max_description=len(CREDIT)))
    assert text.description == CREDIT


def test_a_credit_that_does_not_fit_stops_the_post():
    with pytest.raises(Permanent, match="attribution"):
        _composed(limits=TextLimits(max_description=len(CREDIT) - 1))


@pytest.mark.parametrize("limit", [0, 5, 11, 17, 30])
def test_tags_fit_with_what_parts_them(limit):
    tags = _composed(limits=TextLimits(max_tags=limit)).tags
    assert len(",".join(tags)) <= limit


def test_speech_without_full_stops_is_cut_and_shows_it():
    text = _composed(transcript=_spoken("word " * 50), attribution=None)
    assert text.description == "word " * 17 + "word…"


def test_a_sentence_that_is_too_long_for_a_hook_is_cut():
    text = _composed(transcript=_spoken("wonderful " * 50 + "end."), attribution=None)
    assert text.description.endswith("wonderful…")
    assert len(text.description) <= 160


def test_several_clips_of_one_source_can_be_told_apart():
    limits = TextLimits(max_title=21)
    titles = [numbered(_composed(), number=n, of=3, limits=limits).title for n in (1, 2, 3)]
    assert titles == ["Pasta in five… (1/3)", "Pasta in five… (2/3)", "Pasta in five… (3/3)"]
    assert numbered(_composed(), number=1, of=1, limits=limits) == _composed()


def test_cleaning_twice_changes_nothing():
    once = clean("\u202e a\x07b \n c\u0301 \ud800")
    assert clean(once) == once


_PAID = PaidWords(notice="#ad", lines=("Pan: https://shop.example/pan", "Salt: https://a.example"))


def test_a_paid_post_says_so_first_and_credits_last():
    parts = _composed(paid=_PAID).description.split("\n\n")
    assert parts == [
        "#ad",
        "Boil the water first. Then add salt.",
        "Pan: https://shop.example/pan\nSalt: https://a.example",
        CREDIT,
    ]


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("more", range(0, 120, 7))
def test_where_there_is_little_room_links_go_and_notice_and_credit_stay(more, unit):
    limit = counted(f"#ad\n\n{CREDIT}", unit) + more
    limits = TextLimits(max_description=limit, description_unit=unit)
    text = _composed(paid=_PAID, limits=limits)
    assert text.description.startswith("#ad\n\n")
    assert text.description.endswith(f"\n\n{CREDIT}")
    assert counted(text.description, unit) <= limit


def test_what_a_platform_forbids_is_replaced_in_the_credit_too():
    limits = TextLimits(forbidden="<>")
    text = _composed(title="a <b> c", attribution="by <Ada>", limits=limits)
    assert (text.title, text.attribution) == ("a \u2039b\u203a c", "by \u2039Ada\u203a")
    assert text.description.endswith("by \u2039Ada\u203a")


def test_a_models_copy_is_shown_inside_the_limits_and_named():
    copy = Copy(title="Salt " * 30, description="Why. " * 99, tags=("Salt",), written_by="x y")
    limits = TextLimits(max_title=40, max_description=len(CREDIT) + 30, max_tags=30)
    text = _composed(copy=copy, limits=limits)
    assert len(text.title) <= 40
    assert text.description.endswith(CREDIT)
    assert len(text.description) <= len(CREDIT) + 30
    assert text.tags == ("homecooking", "salt")
    assert text.written_by == "x y"
    assert _composed().written_by is None
