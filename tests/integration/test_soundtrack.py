"""What is heard besides the source, measured sample by sample in the file that it is mixed into."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.clips import QUICK, lavfi, make, samples, stretches
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.sound import EffectCue, EffectKind, MusicCue, Soundtrack
from viral_forge_resources.media.loudness import REFERENCE_LUFS, track_lufs
from viral_forge_resources.media.own_music import make_track
from viral_forge_resources.media.renderer import FfmpegRenderer

_RATE = 48_000
_KINDS: tuple[EffectKind, ...] = ("whoosh", "pop", "riser", "thump")


def _cue(**changes: object) -> MusicCue:
    known: dict[str, object] = {
        "track_sha256": "a" * 64,
        "level_db": 0.0,
        "duck_points": (),
        "fade_in_s": 0.0,
        "fade_out_s": 0.0,
    }
    return MusicCue(**(known | changes))  # type: ignore[arg-type]


def _composed(folder: Path, soundtrack: Soundtrack, track: Path | None = None) -> Path:
    target = folder / "soundtrack.flac"
    FfmpegRenderer().compose(soundtrack, target, track=track)
    return target


def _heard(folder: Path, soundtrack: Soundtrack, track: Path | None = None) -> np.ndarray:
    left = samples(_composed(folder, soundtrack, track))[::2]  # FLAC's channels lie side by side
    return left.astype(float) / 32768


def _level_db(sound: np.ndarray, start_s: float, end_s: float) -> float:
    part = sound[round(start_s * _RATE) : round(end_s * _RATE)]
    return float(10 * np.log10(np.square(part).mean() + 1e-12))


@pytest.fixture
def tone(tmp_path):
    """Three seconds of an even tone."""
    return make(tmp_path / "tone.wav", *lavfi("sine=f=440:d=3:r=44100"), "-c:a", "pcm_s16le")


def test_music_stands_at_its_level_whatever_the_loudness_of_its_file(tone, tmp_path):
    quiet = make(tmp_path / "quiet.flac", "-i", str(tone), "-af", "volume=-17dB")
    for track in (tone, quiet):
        made = _composed(tmp_path, Soundtrack(duration_s=2.0, music=_cue(level_db=-6.0)), track)
        assert track_lufs(made) == pytest.approx(REFERENCE_LUFS - 6.0, abs=0.3)


def test_it_is_as_long_as_the_clip_to_the_sample(tone, tmp_path):
    for duration_s in (0.5, 2.0, 7.3):
        heard = _heard(tmp_path, Soundtrack(duration_s=duration_s, music=_cue()), tone)
        assert len(heard) == round(duration_s * _RATE)


def test_ducking_follows_its_points_and_is_even_between(tone, tmp_path):
    points = ((0.75, 0.0), (1.0, -12.0), (1.6, -12.0), (2.1, 0.0))
    cue = _cue(duck_points=points)
    heard = _heard(tmp_path, Soundtrack(duration_s=2.8, music=cue), tone)
    loud = _level_db(heard, 0.2, 0.7)
    assert _level_db(heard, 1.05, 1.55) == pytest.approx(loud - 12, abs=0.1)
    assert _level_db(heard, 2.2, 2.7) == pytest.approx(loud, abs=0.1)
    steps = [_level_db(heard, at_s, at_s + 0.02) for at_s in np.arange(0.75, 1.0, 0.02)]
    assert all(-1.6 < later - earlier < 0.1 for earlier, later in pairwise(steps))


def test_a_short_track_goes_on_and_on_without_a_hole_or_a_click(tone, tmp_path):
    heard = _heard(tmp_path, Soundtrack(duration_s=11.0, music=_cue()), tone)
    levels = [_level_db(heard, at_s, at_s + 0.1) for at_s in np.arange(0.1, 10.8, 0.1)]
    assert max(levels) - min(levels) < 7, "two tones out of step at worst"
    assert np.abs(np.diff(heard)).max() < 1.6 * np.abs(np.diff(heard[_RATE : 2 * _RATE])).max()


def test_our_own_track_loops_by_whole_bars(tmp_path):
    track = make_track(tmp_path / "music", seed=3)
    cue = _cue(bpm=80.0)
    heard = _heard(tmp_path, Soundtrack(duration_s=60.0, music=cue), track)
    once, again = heard[6 * _RATE : 20 * _RATE], heard[27 * _RATE : 41 * _RATE]
    assert np.corrcoef(once, again)[0, 1] > 0.99, "21 s are seven bars"
    assert np.abs(np.diff(heard)).max() < 0.02


def test_our_own_track_is_the_same_whenever_it_is_made(tmp_path):
    one, other = (make_track(tmp_path / name, seed=1).read_bytes() for name in ("one", "other"))
    assert one == other
    assert make_track(tmp_path / "third", seed=2).read_bytes() != one


def test_it_begins_and_ends_in_silence(tone, tmp_path):
    cue = _cue(fade_in_s=0.4, fade_out_s=1.0)
    heard = _heard(tmp_path, Soundtrack(duration_s=2.5, music=cue), tone)
    assert heard[0] == heard[-1] == 0.0
    assert _level_db(heard, 0.0, 0.05) < _level_db(heard, 0.4, 0.45) - 15
    assert _level_db(heard, 2.45, 2.5) < _level_db(heard, 1.4, 1.45) - 15


@pytest.mark.parametrize("kind", _KINDS)
def test_an_effect_is_loudest_at_its_moment_and_as_loud_as_asked(kind, tmp_path):
    cue = EffectCue(kind=kind, at_s=2.0, level_db=-4.0, seed=7)
    heard = _heard(tmp_path, Soundtrack(duration_s=4.0, effects=(cue,)))
    levels = [_level_db(heard, at_s, at_s + 0.1) for at_s in np.arange(0, 3.9, 0.01)]
    loudest_s = 0.01 * int(np.argmax(levels)) + 0.05
    assert loudest_s == pytest.approx(2.0, abs=0.12)
    assert max(levels) == pytest.approx(REFERENCE_LUFS - 2.3 - 4.0, abs=2.0)
    assert _level_db(heard, 0.0, 0.7) == _level_db(heard, 2.8, 4.0) == pytest.approx(-120)


@pytest.mark.parametrize("kind", _KINDS)
def test_an_effect_never_clicks_even_where_the_clip_cuts_it(kind, tmp_path):
    for at_s in (0.1, 0.5, 0.95):
        cue = EffectCue(kind=kind, at_s=at_s, level_db=0.0, seed=7)
        heard = _heard(tmp_path, Soundtrack(duration_s=1.0, effects=(cue,)))
        edges = np.abs(np.diff(heard))[[0, 1, 2, -3, -2, -1]].max()
        assert edges < 0.002
        # A click is a jump far beyond what the sound itself does around it.
        jumps = np.abs(np.diff(heard, n=2))
        assert jumps.max() < 12 * np.sort(jumps)[-len(jumps) // 50] + 1e-4


def test_another_seed_sounds_a_little_different(tmp_path):
    files = [
        _composed(
            tmp_path,
            Soundtrack(
                duration_s=1.5, effects=(EffectCue(kind="pop", at_s=1.0, level_db=0, seed=seed),)
            ),
        ).read_bytes()
        for seed in (1, 1, 2)
    ]
    assert files[0] == files[1] != files[2]


def test_a_track_that_nobody_hears_is_refused(tmp_path):
    mute = make(tmp_path / "mute.wav", *lavfi("anullsrc=d=3"), "-t", "3", "-c:a", "pcm_s16le")
    with pytest.raises(BadInput, match=r"'mute\.wav': is silent"):
        _composed(tmp_path, Soundtrack(duration_s=2.0, music=_cue()), mute)


def test_what_is_no_sound_is_refused(tmp_path):
    broken = tmp_path / "song.mp3"
    broken.write_bytes(b"this is no music")
    with pytest.raises(BadInput, match=r"'song\.mp3'"):
        _composed(tmp_path, Soundtrack(duration_s=2.0, music=_cue()), broken)


@pytest.fixture
def talk(tmp_path):
    """Six seconds: a tone of 300 Hz that pauses from 2.5 to 4.5 s, as a voice would."""
    spoken = "sine=f=300:d=6,volume='if(between(t,2.5,4.5),0,1)':eval=frame"
    return make(tmp_path / "talk.mp4", *lavfi("color=s=160x90:r=30:d=6", spoken), *QUICK)


def test_the_mix_reaches_the_target(talk, tone, tmp_path):
    soundtrack = _composed(tmp_path, Soundtrack(duration_s=6.0, music=_cue(level_db=-6.0)), tone)
    level = FfmpegRenderer().sound_level(
        talk, stretches((0.0, 6.0)), target_lufs=-14.0, soundtrack=soundtrack
    )
    assert level.measured_lufs is not None
    assert level.soundtrack_db == pytest.approx(level.measured_lufs - REFERENCE_LUFS, abs=0.01)
    assert level.expected_lufs == pytest.approx(-14.0, abs=0.3)
    assert (level.is_heard, level.note) == (True, None)


def test_music_stands_alone_where_the_source_has_no_sound(tone, tmp_path):
    source = make(tmp_path / "mute.mp4", *lavfi("color=s=160x90:r=30:d=3"), *QUICK)
    soundtrack = _composed(tmp_path, Soundtrack(duration_s=3.0, music=_cue(level_db=-9.0)), tone)
    level = FfmpegRenderer().sound_level(
        source, stretches((0.0, 3.0)), target_lufs=-14.0, has_sound=False, soundtrack=soundtrack
    )
    assert (level.measured_lufs, level.is_heard, level.soundtrack_db) == (None, False, 0.0)
    assert level.expected_lufs == pytest.approx(-14.0, abs=0.3)


def test_music_stands_alone_where_nobody_would_hear_the_source(tone, tmp_path):
    mute = ("color=s=160x90:r=30:d=3", "anullsrc=d=3")
    source = make(tmp_path / "mute.mp4", *lavfi(*mute), "-t", "3", *QUICK)
    soundtrack = _composed(tmp_path, Soundtrack(duration_s=3.0, music=_cue()), tone)
    level = FfmpegRenderer().sound_level(
        source, stretches((0.0, 3.0)), target_lufs=-14.0, soundtrack=soundtrack
    )
    assert (level.measured_lufs, level.is_heard) == (None, False)
    assert level.expected_lufs == pytest.approx(-14.0, abs=0.3)
    assert level.note == "The cut sound is silent: music and effects stand alone."
