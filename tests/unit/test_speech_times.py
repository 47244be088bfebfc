"""When somebody speaks in a clip."""

import pytest

from viral_forge_assets.domain.soundtrack import MusicOffer, MusicWish, choose_track
from viral_forge_assets.domain.speech_times import music_in_clip, speech_in_clip
from viral_forge_resources.contracts.hearing import SoundMap
from viral_forge_resources.contracts.media import Stretch, Transcript, TranscriptOrigin, Word

_WHOLE = (Stretch(start_s=0.0, end_s=10.0),)
_SILENT = Transcript(origin=TranscriptOrigin.NO_SPEECH)
_UNHEARD = Transcript(origin=TranscriptOrigin.NO_MODEL)


def _words(*times: tuple[float, float]) -> Transcript:
    words = tuple(Word(text="word", start_s=start_s, end_s=end_s) for start_s, end_s in times)
    return Transcript(origin=TranscriptOrigin.RECOGNISED, words=words)


def _sound(kinds: str, *, no_speech_because: str | None = None) -> SoundMap:
    return SoundMap(
        step_s=0.5,
        levels_db=(-20,) * len(kinds),
        kinds=kinds,
        no_speech_because=no_speech_because,
    )


def _times(speech: tuple[Stretch, ...] | None) -> list[tuple[float, float]]:
    return [(each.start_s, each.end_s) for each in speech or ()]


def test_words_that_are_near_are_one_stretch():
    heard = speech_in_clip(_words((1.0, 1.4), (1.6, 2.0), (4.0, 4.5)), None, _WHOLE)
    assert _times(heard) == [(1.0, 2.0), (4.0, 4.5)]


def test_a_voice_counts_where_no_word_was_read():
    heard = speech_in_clip(_words((1.0, 1.4)), _sound("--------ss--"), _WHOLE)
    assert _times(heard) == [(1.0, 1.4), (4.0, 5.0)]


def test_times_are_those_of_the_clip():
    segments = (Stretch(start_s=5.0, end_s=6.0), Stretch(start_s=0.5, end_s=2.5))
    heard = speech_in_clip(_words((5.5, 7.0)), _sound("ss--------------"), segments)
    assert _times(heard) == [(0.5, 1.5)]
    assert _times(speech_in_clip(_words((1.0, 1.5)), None, segments)) == [(1.5, 2.0)]


def test_nobody_listened_is_not_silence():
    deaf = _sound("??????", no_speech_because="no detector")
    assert speech_in_clip(_UNHEARD, None, _WHOLE) is None
    assert speech_in_clip(_UNHEARD, deaf, _WHOLE) is None
    assert speech_in_clip(_UNHEARD, _sound("------"), _WHOLE) == ()
    assert speech_in_clip(_SILENT, None, _WHOLE) == ()


@pytest.mark.parametrize(
    ("kinds", "share"), [("mmmm----", 1.0), ("ssmmnnnn", 0.25), ("--------", 0.0), ("", 0.0)]
)
def test_the_share_of_music_is_of_what_is_heard(kinds, share):
    assert music_in_clip(_sound(kinds), _WHOLE) == pytest.approx(share)
    assert music_in_clip(None, _WHOLE) == 0


def test_two_pieces_at_once_are_not_played_unless_asked_for():
    offer = MusicOffer(none_because="the folder is empty")
    own = choose_track(MusicWish(), offer, 1, own_music=0.5).why
    asked_for = choose_track(MusicWish(over_music=True), offer, 1, own_music=0.5).why
    assert own == "no music: the source has music of its own"
    assert asked_for == "no music: the folder is empty"
