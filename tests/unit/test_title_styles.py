"""Titles that quote, ask or name: made of what is said, never cut and never made up."""

import pytest

from viral_forge_assets.domain.title_styles import has_style, spoken_title
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.media import Word

_S = TitleStyle
_SAID = "Boil the water first. Why does salt come last? You should never stir it right away. Okay?"


def _words(text: str = _SAID) -> list[Word]:
    return [
        Word(text=word, start_s=place, end_s=place + 0.5) for place, word in enumerate(text.split())
    ]


@pytest.mark.parametrize(
    ("title", "style", "is_it"),
    [
        ("Why does salt come last?", _S.QUESTION, True),
        ("Salt comes last", _S.QUESTION, False),
        ("“why does salt come LAST”", _S.QUOTE, True),
        ("Why must salt come last", _S.QUOTE, False),
        ("Water first", _S.QUOTE, False),
        ("Pasta in five minutes", _S.TOPIC, True),
        ("Pasta in five minutes?", _S.TOPIC, False),
        ("Boil the water first", _S.TOPIC, False),
    ],
)
def test_a_title_is_held_to_what_it_should_do(title, style, is_it):
    assert has_style(title, style, said=_SAID) is is_it


def test_a_question_is_one_that_is_asked_and_no_tag():
    assert spoken_title(_words(), _S.QUESTION, language="en", most=100) == (
        "Why does salt come last?"
    )


def test_nothing_is_asked_so_no_question_is_made_up():
    assert spoken_title(_words("Boil it. Okay?"), _S.QUESTION, language="en", most=100) is None


def test_a_quote_is_the_strongest_sentence_that_fits_whole():
    assert spoken_title(_words(), _S.QUOTE, language="en", most=100) == (
        "You should never stir it right away."
    )
    assert spoken_title(_words(), _S.QUOTE, language="en", most=22) == "Boil the water first."
    assert spoken_title(_words(), _S.QUOTE, language="en", most=10) is None
