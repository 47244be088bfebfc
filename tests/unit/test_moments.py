from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral_forge_assets.domain.moments import Moment, choose_moments, hopeful_moments
from viral_forge_assets.domain.recipes import Recipe
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hearing import SoundMap, SoundPeak
from viral_forge_resources.contracts.media import (
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
    Transcript,
    TranscriptOrigin,
    Word,
)

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
RECIPE = Recipe(name="mine", version=1, description="A test.")


def _probe(duration_s: float, *, audio_channels: int | None) -> MediaProbe:
    return MediaProbe(
        container="mp4",
        duration_s=duration_s,
        width_px=1280,
        height_px=720,
        rotation_deg=0,
        pixel_aspect=Fraction(1),
        fps=Fraction(25),
        is_variable_rate=False,
        is_hdr=False,
        video_codec="h264",
        pixel_format="yuv420p",
        start_s=0.0,
        audio_channels=audio_channels,
    )


def _scenes(
    duration_s: float, cuts: Sequence[float], silences: Sequence[tuple[float, float]]
) -> SceneMap:
    edges = [0.0, *cuts, duration_s]
    shots = (Shot(start_s=a, end_s=b) for a, b in pairwise(edges))
    quiet = (Stretch(start_s=a, end_s=b) for a, b in silences)
    return SceneMap(duration_s=duration_s, shots=tuple(shots), silences=tuple(quiet))


def _choose(
    duration_s: float,
    *,
    words: Sequence[Word] = (),
    cuts: Sequence[float] = (),
    silences: Sequence[tuple[float, float]] = (),
    audio_channels: int | None = 2,
) -> Moment:
    return choose_moments(
        RECIPE,
        _probe(duration_s, audio_channels=audio_channels),
        _scenes(duration_s, cuts, silences),
        _said(words),
        source_name="holiday.mp4",
    )[0]


def _said(words: Sequence[Word]) -> Transcript:
    return Transcript(origin=TranscriptOrigin.SUBTITLES, words=tuple(words), language="en")


def _sentences(*starts_s: float, words: int = 5, each_s: float = 0.4) -> tuple[Word, ...]:
    """A sentence of ``words`` words at each start, the last word with a full stop."""
    return tuple(
        Word(
            text="word." if index == words - 1 else "word",
            start_s=start_s + index * each_s,
            end_s=start_s + (index + 1) * each_s,
        )
        for start_s in starts_s
        for index in range(words)
    )


def test_a_short_source_is_kept_whole():
    moment = _choose(12.345, cuts=(4.0,), silences=[(5.0, 7.0)])

    assert moment.stretch == Stretch(start_s=0.0, end_s=12.345)
    assert "kept whole" in moment.reasons[0]


def test_silence_at_the_edges_is_cut_up_to_a_margin():
    moment = _choose(20.0, words=_sentences(2.0, 16.0), silences=[(0.0, 2.0), (18.0, 20.0)])

    assert moment.stretch == Stretch(start_s=1.85, end_s=18.15)
    assert "1.9 s of silence cut from its start" in moment.reasons
    assert "1.9 s of silence cut from its end" in moment.reasons


def test_half_a_second_of_silence_at_the_edges_stays():
    moment = _choose(20.0, words=_sentences(0.5, 17.5), silences=[(0.0, 0.5), (19.5, 20.0)])

    assert moment.stretch == Stretch(start_s=0.0, end_s=20.0)


def test_words_are_never_cut_away_as_silence():
    whispered = _sentences(0.6, 17.0)

    moment = _choose(20.0, words=whispered, silences=[(0.0, 5.0), (12.0, 20.0)])

    assert moment.stretch.start_s <= 0.6
    assert moment.stretch.end_s >= 19.0


@pytest.mark.parametrize(
    ("audio_channels", "silences"),
    [(None, [(0.0, 20.0)]), (2, [(0.0, 20.0)]), (2, [(0.0, 15.0)])],
    ids=["no sound track", "a silent one", "silent for the most part"],
)
def test_where_the_picture_is_all_there_is_nothing_is_trimmed(audio_channels, silences):
    moment = _choose(20.0, audio_channels=audio_channels, silences=silences)

    assert moment.stretch == Stretch(start_s=0.0, end_s=20.0)


def test_a_long_source_gives_the_stretch_with_the_most_speech():
    sparse = _sentences(*range(0, 100, 20))
    dense = _sentences(*(100 + 2.1 * index for index in range(28)))

    moment = _choose(300.0, words=(*sparse, *dense))

    assert 99 <= moment.stretch.start_s <= 101
    assert "starts on a sentence" in moment.reasons
    assert "ends with a sentence" in moment.reasons


def test_a_moment_begins_after_a_pause_where_there_is_no_punctuation():
    quiet = tuple(Word(text="um", start_s=float(s), end_s=s + 0.1) for s in range(0, 60, 9))
    flow = tuple(Word(text="la", start_s=80 + i * 0.5, end_s=80.5 + i * 0.5) for i in range(110))

    moment = _choose(200.0, words=(*quiet, *flow))

    assert moment.stretch.start_s == pytest.approx(79.85, abs=0.002)
    assert moment.stretch.end_s == pytest.approx(135.15, abs=0.002)


def test_without_words_a_moment_begins_and_ends_at_cuts():
    cuts = (30.0, 100.0, 104.0, 108.0, 150.0, 210.0)

    moment = _choose(300.0, cuts=cuts, audio_channels=None)

    assert moment.stretch == Stretch(start_s=100.0, end_s=150.0)


def test_the_less_silent_of_two_stretches_wins():
    moment = _choose(200.0, cuts=(60.0, 120.0), silences=[(0.0, 60.0), (130.0, 200.0)])

    assert moment.stretch == Stretch(start_s=60.0, end_s=120.0)


def test_where_nothing_tells_stretches_apart_the_earliest_is_taken():
    moment = _choose(139.4, audio_channels=None)

    assert moment.stretch == Stretch(start_s=0.0, end_s=60.0)


def test_a_source_without_words_is_not_marked_down_for_it():
    moment = _choose(20.0, words=())

    assert not any("speech" in reason or "sentence" in reason for reason in moment.reasons)


def test_a_source_too_short_for_a_clip_is_refused_by_name_reason_and_remedy():
    with pytest.raises(BadInput, match=r"'holiday.mp4': lasts 0.10 s, a clip at least 1.0 s. Use"):
        _choose(0.1)


@st.composite
def _material(draw):
    duration_s = draw(st.floats(min_value=1, max_value=400))
    instant = st.floats(min_value=0, max_value=duration_s)
    spoken = draw(st.lists(st.tuples(instant, st.floats(0, 2), st.sampled_from(["a", "b."]))))
    words = [Word(text=t, start_s=s, end_s=s + d) for s, d, t in sorted(spoken)]
    edges = sorted(draw(st.lists(instant, max_size=8)))
    silences = list(zip(edges[::2], edges[1::2], strict=False))
    return {
        "duration_s": duration_s,
        "words": words,
        "cuts": sorted(draw(st.lists(instant, max_size=8))),
        "silences": silences,
        "audio_channels": draw(st.sampled_from([None, 2])),
    }


@UNHURRIED
@given(_material())
def test_a_moment_lies_inside_the_source_and_the_limits(material):
    moment = _choose(**material)

    assert moment == _choose(**material)
    assert 0 <= moment.stretch.start_s < moment.stretch.end_s <= material["duration_s"]
    assert RECIPE.min_duration_s <= moment.stretch.duration_s <= RECIPE.max_duration_s + 1e-9
    assert 0 <= moment.score <= 1


def test_a_damaged_stretch_is_not_in_the_clip():
    scenes = SceneMap(
        duration_s=20.0,
        shots=(Shot(start_s=0.0, end_s=20.0),),
        silences=(),
        damaged=(Stretch(start_s=4.0, end_s=6.0),),
    )

    moment = choose_moments(
        RECIPE, _probe(20.0, audio_channels=None), scenes, _said(()), source_name="a"
    )[0]

    assert moment.stretch == Stretch(start_s=6.0, end_s=20.0)
    assert "14.0 s" in moment.reasons[0]


def test_a_source_without_enough_whole_pictures_is_refused_by_name():
    scenes = SceneMap(
        duration_s=2.0,
        shots=(Shot(start_s=0.0, end_s=2.0),),
        silences=(),
        damaged=(Stretch(start_s=0.4, end_s=2.0),),
    )

    with pytest.raises(BadInput, match=r"'broken\.mp4': is damaged: .* 0\.40 s are whole"):
        choose_moments(
            RECIPE, _probe(2.0, audio_channels=None), scenes, _said(()), source_name="broken.mp4"
        )


HOOKS = (
    "Why does nobody tell you the truth about money?",
    "I lost 40000 dollars in a single day.",
    "This is the worst mistake of my life.",
)


def _talk(hooks_s: Sequence[float], *, duration_s: float) -> tuple[Word, ...]:
    """Plain sentences of four seconds with a second between, and a hook at each moment."""
    plain = "then the second box goes next to the first box here."
    words: list[Word] = []
    at_s = 0.0
    while at_s + 4 < duration_s:
        hook = next((n for n, each in enumerate(hooks_s) if at_s <= each < at_s + 5), None)
        text = (plain if hook is None else HOOKS[hook % len(HOOKS)]).split()
        step_s = 4 / len(text)
        words += [
            Word(text=each, start_s=at_s + n * step_s, end_s=at_s + (n + 1) * step_s)
            for n, each in enumerate(text)
        ]
        at_s += 5.0
    return tuple(words)


def _several(recipe: Recipe, words: Sequence[Word], duration_s: float) -> tuple[Moment, ...]:
    return choose_moments(
        recipe,
        _probe(duration_s, audio_channels=2),
        _scenes(duration_s, (), ()),
        _said(words),
        source_name="talk.mp4",
    )


def test_as_many_moments_as_the_recipe_wants_start_on_the_hooks_of_a_talk():
    hooks_s = (100.0, 300.0, 500.0)
    recipe = replace(RECIPE, clips=3, max_duration_s=40.0)

    moments = _several(recipe, _talk(hooks_s, duration_s=600.0), 600.0)

    starts_s = sorted(moment.stretch.start_s for moment in moments)
    assert starts_s == pytest.approx(hooks_s, abs=0.2)
    assert [moment.score for moment in moments] == sorted(
        (moment.score for moment in moments), reverse=True
    )


def test_moments_do_not_overlap():
    recipe = replace(RECIPE, clips=10, max_duration_s=60.0)

    moments = _several(recipe, _talk((100.0, 110.0, 180.0, 260.0), duration_s=400.0), 400.0)

    ordered = sorted(moments, key=lambda moment: moment.stretch.start_s)
    assert all(a.stretch.end_s <= b.stretch.start_s for a, b in pairwise(ordered))
    assert len(moments) > 1


def test_a_moment_is_no_shorter_than_the_recipe_wants_it():
    recipe = replace(RECIPE, clips=5, min_moment_s=45.0)

    moments = _several(recipe, _talk((100.0, 300.0), duration_s=600.0), 600.0)

    assert all(45 <= moment.stretch.duration_s <= 60 for moment in moments)


def test_a_short_source_gives_one_clip_whatever_the_recipe_wants():
    recipe = replace(RECIPE, clips=5)

    (moment,) = _several(recipe, _talk((10.0,), duration_s=50.0), 50.0)

    assert "kept whole" in moment.reasons[0]


def test_the_strongest_sentence_of_a_moment_is_known():
    (moment,) = _several(RECIPE, _talk((20.0,), duration_s=50.0), 50.0)

    assert moment.hook is not None
    assert moment.hook.start_s == pytest.approx(20.0, abs=0.2)
    assert moment.hook.end_s == pytest.approx(24.0, abs=0.2)


def test_where_every_picture_was_not_looked_at_no_moment_lies():
    scenes = replace(_scenes(600.0, (), ()), in_full=(Stretch(start_s=200.0, end_s=260.0),))

    moments = choose_moments(
        replace(RECIPE, clips=4, max_duration_s=30.0),
        _probe(600.0, audio_channels=2),
        scenes,
        _said(_talk((100.0, 300.0, 500.0), duration_s=600.0)),
        source_name="talk.mp4",
    )

    assert all(scenes.is_seen_in_full(moment.stretch) for moment in moments)
    assert moments


def test_a_loud_stretch_with_laughter_beats_a_calm_one():
    kinds = "s" * 6000
    levels = [-30] * 3000 + [-24] * 400 + [-30] * 2600
    laughter = SoundPeak(start_s=330.0, end_s=332.0, over_db=12.0, is_voice=False)
    sound = SoundMap(step_s=0.1, levels_db=tuple(levels), kinds=kinds, peaks=(laughter,))

    (moment,) = choose_moments(
        replace(RECIPE, max_duration_s=40.0),
        _probe(600.0, audio_channels=2),
        replace(_scenes(600.0, (), ()), sound=sound),
        _said(_talk((), duration_s=600.0)),
        source_name="talk.mp4",
    )

    assert 290 <= moment.stretch.start_s <= 315
    assert "1 bursts such as laughter or applause" in moment.reasons


def test_an_opinion_moves_a_moment_and_says_why():
    words = _talk((100.0, 300.0), duration_s=600.0)
    recipe = replace(RECIPE, max_duration_s=40.0)
    probe, scenes = _probe(600.0, audio_channels=2), _scenes(600.0, (), ())
    hopefuls = hopeful_moments(recipe, probe, scenes, _said(words))
    dull = hopefuls[-1].stretch

    (moment,) = choose_moments(
        recipe,
        probe,
        scenes,
        _said(words),
        source_name="talk.mp4",
        opinions={each.stretch: (0.0, "no") for each in hopefuls} | {dull: (1.0, "funny")},
    )

    assert abs(moment.stretch.start_s - dull.start_s) < 8
    assert "funny" in moment.reasons


def test_where_only_less_was_looked_at_than_the_recipe_wants_a_moment_is_a_whole_thought():
    scenes = replace(_scenes(600.0, (), ()), in_full=(Stretch(start_s=298.0, end_s=342.0),))

    (moment,) = choose_moments(
        replace(RECIPE, max_duration_s=180.0),
        _probe(600.0, audio_channels=2),
        scenes,
        _said(_talk((300.0,), duration_s=600.0)),
        source_name="talk.mp4",
    )

    assert moment.stretch.start_s == pytest.approx(300.0, abs=0.2)
    assert scenes.is_seen_in_full(moment.stretch)


def test_a_long_source_of_which_no_picture_could_be_seen_is_refused_as_damaged():
    with pytest.raises(BadInput, match=r"'talk\.mp4': is damaged"):
        choose_moments(
            RECIPE,
            _probe(600.0, audio_channels=2),
            replace(_scenes(600.0, (), ()), in_full=()),
            _said(()),
            source_name="talk.mp4",
        )


def test_moments_of_a_long_source_are_a_question_though_each_part_seen_is_short():
    parts = (Stretch(start_s=98.0, end_s=140.0), Stretch(start_s=298.0, end_s=340.0))

    hopefuls = hopeful_moments(
        RECIPE,
        _probe(600.0, audio_channels=2),
        replace(_scenes(600.0, (), ()), in_full=parts),
        _said(_talk((100.0, 300.0), duration_s=600.0)),
    )

    assert len(hopefuls) >= 2
