"""Which music a clip gets and how loud it is where."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import sha256
from viral_forge_assets.domain.soundtrack import (
    EffectsWish,
    MusicOffer,
    MusicWish,
    choose_track,
    effect_cues,
    music_cue,
    soundtrack_of,
)
from viral_forge_resources.contracts.media import Stretch
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.sound import Track

_WISH = MusicWish(level_db=-8.0, duck_db=12.0)


def _track(name: str, *moods: str) -> Track:
    work = Material(role="music", platform="music", platform_video_id=name, title=name)
    return Track(path=Path(f"{name}.mp3"), sha256=sha256(name), work=work, moods=moods)


_TRACKS = tuple(_track(f"song-{number}", "calm") for number in range(20))


def _level_db(points: tuple[tuple[float, float], ...], at_s: float) -> float:
    moments = [moment for moment, _ in points]
    levels = [level for _, level in points]
    return float(np.interp(at_s, moments, levels)) if points else 0.0


def _stretches(*times: tuple[float, float]) -> tuple[Stretch, ...]:
    return tuple(Stretch(start_s=start_s, end_s=end_s) for start_s, end_s in times)


def _points(*times: tuple[float, float], duration_s: float = 60.0):
    speech = _stretches(*times)
    return music_cue(_WISH, _TRACKS[0], duration_s=duration_s, speech=speech).duck_points


def test_the_same_reason_takes_the_same_track_whatever_the_order():
    chosen = choose_track(_WISH, MusicOffer(tracks=_TRACKS), "recipe", "source", 1)
    again = choose_track(_WISH, MusicOffer(tracks=_TRACKS[::-1]), "recipe", "source", 1)
    assert chosen == again
    assert chosen.track is not None
    assert chosen.why == f"music: {chosen.track.work.title}"


def test_reasons_spread_over_the_tracks_and_one_more_track_changes_few():
    offer, more = MusicOffer(tracks=_TRACKS), MusicOffer(tracks=(*_TRACKS, _track("new")))
    before = [choose_track(_WISH, offer, number).track for number in range(200)]
    after = [choose_track(_WISH, more, number).track for number in range(200)]
    assert len(set(before)) == len(_TRACKS)
    assert sum(one != other for one, other in zip(before, after, strict=True)) < 30


def test_a_mood_that_no_track_has_is_said():
    offer = MusicOffer(tracks=(*_TRACKS, _track("loud", "wild")))
    wild = choose_track(replace(_WISH, mood="wild"), offer, 1)
    sad = choose_track(replace(_WISH, mood="sad"), offer, 1)
    assert wild.track is not None
    assert wild.track.work.title == "loud"
    assert (sad.track, sad.why) == (None, "no music: no track that may be used is 'sad'")


def test_an_empty_folder_is_said():
    chosen = choose_track(_WISH, MusicOffer(none_because="the folder is empty"), 1)
    assert (chosen.track, chosen.why) == (None, "no music: the folder is empty")


def test_an_offer_changes_with_what_a_choice_depends_on():
    offers = [
        MusicOffer(tracks=_TRACKS),
        MusicOffer(tracks=_TRACKS[1:]),
        MusicOffer(tracks=(replace(_TRACKS[0], moods=("wild",)), *_TRACKS[1:])),
        MusicOffer(none_because="the folder is empty"),
    ]
    assert len({offer.fingerprint for offer in offers}) == 4
    assert MusicOffer(tracks=_TRACKS[::-1]).fingerprint == offers[0].fingerprint


_SPEECH = st.lists(
    st.tuples(st.floats(0, 50), st.floats(0.05, 5)).map(lambda t: (t[0], t[0] + t[1])), max_size=12
)


@given(_SPEECH)
def test_music_is_down_whenever_somebody_speaks(times):
    points = _points(*times)
    moments = [at_s for at_s, _ in points]
    assert moments == sorted(moments)
    for start_s, end_s in times:
        for at_s in (start_s + 0.001, (start_s + end_s) / 2, end_s - 0.001):
            assert _level_db(points, at_s) == pytest.approx(-12.0, abs=0.2)


def test_it_stays_down_between_words_and_comes_back_in_pauses():
    points = _points((1.0, 2.0), (2.4, 3.0), (3.9, 5.0), (8.0, 9.0))
    assert {_level_db(points, at_s) for at_s in (2.2, 3.4, 4.5)} == {-12.0}
    assert [_level_db(points, at_s) for at_s in (0.5, 6.0, 7.0, 10.0)] == [0.0] * 4


def test_where_nobody_listened_it_stays_down_throughout():
    cue = music_cue(_WISH, _TRACKS[0], duration_s=10.0, speech=None)
    assert {_level_db(cue.duck_points, at_s) for at_s in (0.0, 5.0, 10.0)} == {-12.0}


def test_fades_fit_into_a_short_clip():
    cue = music_cue(_WISH, _TRACKS[0], duration_s=1.0, speech=())
    assert cue.fade_in_s + cue.fade_out_s <= 1.0


def test_an_effect_is_quieter_where_somebody_speaks_or_nobody_listened():
    wish = EffectsWish(kinds=("pop", "whoosh"), level_db=-3.0, under_speech_db=-15.0)
    heard = effect_cues(wish, (1.0, 9.0), "reason", speech=_stretches((0.0, 2.0)))
    unheard = effect_cues(wish, (1.0, 9.0), "reason", speech=None)
    assert [cue.level_db for cue in heard] == [-15.0, -3.0]
    assert [cue.level_db for cue in unheard] == [-15.0, -15.0]
    assert [(cue.kind, cue.seed) for cue in heard] == [(cue.kind, cue.seed) for cue in unheard]


def test_effects_are_of_the_kinds_that_are_asked_for_each_now_and_then():
    wish = EffectsWish(kinds=("pop", "riser"))
    cues = effect_cues(wish, tuple(map(float, range(60))), "reason", speech=())
    assert {cue.kind for cue in cues} == {"pop", "riser"}
    assert len({cue.seed for cue in cues}) > 50


def test_nothing_to_hear_is_no_soundtrack():
    assert soundtrack_of(duration_s=3.0, music=None, effects=()) is None
