from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral_forge_assets.domain.tightening import Tightening, tightened
from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.media import (
    SceneMap,
    Stretch,
    Transcript,
    TranscriptOrigin,
    Word,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
ALL = Stretch(start_s=0.0, end_s=20.0)
SCENES = SceneMap(duration_s=20.0, shots=(), silences=())


def _words(*spoken: tuple[str, float, float]) -> tuple[Word, ...]:
    return tuple(Word(text=text, start_s=start_s, end_s=end_s) for text, start_s, end_s in spoken)


def _cut(
    words: tuple[Word, ...],
    *,
    silences: tuple[tuple[float, float], ...] = (),
    language: str | None = "en",
    longest_pause_s: float = 0.5,
    is_timing_estimated: bool = False,
    sound: SoundMap | None = None,
) -> list[tuple[float, float]]:
    made = tightened(
        ALL,
        Tightening(longest_pause_s=longest_pause_s),
        replace(
            SCENES, silences=tuple(Stretch(start_s=a, end_s=b) for a, b in silences), sound=sound
        ),
        Transcript(
            origin=TranscriptOrigin.RECOGNISED,
            words=words,
            language=language,
            is_timing_estimated=is_timing_estimated,
        ),
    )
    return [(each.start_s, each.end_s) for each in made.segments]


def test_a_long_silent_pause_is_cut_to_the_length_asked_for():
    words = _words(("One.", 0.0, 5.0), ("Two.", 9.0, 20.0))

    (first, second) = _cut(words, silences=((5.0, 9.0),))

    assert first[0] == 0.0
    assert second[1] == 20.0
    assert (first[1] - 5.0) + (9.0 - second[0]) == pytest.approx(0.5, abs=0.002)
    assert first[1] > 5.1
    assert second[0] < 8.9


def test_a_pause_as_short_as_asked_for_stays():
    words = _words(("One.", 0.0, 5.0), ("Two.", 5.5, 20.0))

    assert _cut(words, silences=((5.0, 5.5),)) == [(0.0, 20.0)]


def test_what_is_heard_between_words_is_no_pause():
    words = _words(("One.", 0.0, 5.0), ("Two.", 9.0, 20.0))

    assert _cut(words) == [(0.0, 20.0)]


def test_in_a_noisy_room_a_pause_is_what_is_quiet_there():
    words = _words(("One.", 0.0, 5.0), ("Two.", 9.0, 20.0))
    kinds = "s" * 50 + "-" * 40 + "s" * 110
    sound = SoundMap(step_s=0.1, levels_db=(-30,) * 200, kinds=kinds)

    assert len(_cut(words, sound=sound)) == 2


@pytest.mark.parametrize(
    ("language", "text"), [("en", "um,"), ("de", "Äh"), ("fr", "euh..."), (None, "Uh")]
)
def test_a_filler_word_is_cut_without_touching_its_neighbours(language, text):
    words = _words(("So", 0.0, 3.0), (text, 3.1, 3.5), ("yes.", 3.6, 20.0))

    (first, second) = _cut(words, language=language)

    assert 3.0 <= first[1] <= 3.1
    assert 3.5 <= second[0] <= 3.6


def test_what_is_a_word_in_the_language_is_no_filler():
    words = _words(("Wir", 0.0, 3.0), ("um", 3.1, 3.5), ("acht", 3.6, 20.0))

    assert _cut(words, language="de") == [(0.0, 20.0)]


def test_a_filler_with_the_pauses_around_it_is_one_cut():
    words = _words(("So", 0.0, 3.0), ("uh", 4.5, 4.9), ("yes.", 6.5, 20.0))

    (first, second) = _cut(words, silences=((3.0, 4.5), (4.9, 6.5)))

    assert first[1] - 3.0 + 6.5 - second[0] == pytest.approx(0.5, abs=0.002)


def test_where_times_are_estimated_fillers_stay():
    words = _words(("So", 0.0, 3.0), ("um", 3.1, 3.5), ("yes.", 3.6, 20.0))

    assert _cut(words, is_timing_estimated=True) == [(0.0, 20.0)]


def test_no_piece_flashes_by():
    words = _words(
        ("One", 0.0, 5.0), ("um", 5.1, 5.5), ("a", 5.55, 5.7), ("uh", 5.75, 6.2), ("b", 6.3, 20.0)
    )

    assert all(end_s - start_s > 0.4 for start_s, end_s in _cut(words))


def test_without_words_silence_alone_is_cut():
    assert len(_cut((), silences=((4.0, 8.0),))) == 2


def test_people_are_told_what_was_cut():
    made = tightened(
        ALL,
        Tightening(),
        replace(SCENES, silences=(Stretch(start_s=5.0, end_s=9.0),)),
        Transcript(
            origin=TranscriptOrigin.RECOGNISED,
            words=_words(("One.", 0.0, 5.0), ("Two.", 9.0, 20.0)),
        ),
    )

    assert made.reasons == ("tightened by 3.4 s: 1 pauses and 0 filler words cut",)


@st.composite
def _speech(draw):
    words, at_s = [], 0.0
    for text in draw(st.lists(st.sampled_from(["word", "um", "end.", "uh"]), max_size=30)):
        at_s += draw(st.floats(0, 1.5))
        end_s = at_s + draw(st.floats(0.05, 0.8))
        words.append(Word(text=text, start_s=at_s, end_s=end_s))
        at_s = end_s
    edges = sorted(draw(st.lists(st.floats(0, 20), max_size=12)))
    return tuple(words), tuple(zip(edges[::2], edges[1::2], strict=False))


@UNHURRIED
@given(_speech())
def test_no_word_but_a_filler_is_ever_cut(speech):
    words, silences = speech
    segments = _cut(words, silences=silences)

    for before, after in pairwise(segments):
        assert before[1] < after[0]
        for word in words:
            if word.text in {"um", "uh"}:
                continue
            hole = (before[1], after[0])
            assert min(hole[1], word.end_s) - max(hole[0], word.start_s) < 0.002
    assert segments[0][0] == 0.0 or words
