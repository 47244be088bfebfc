"""The cut sound is brought to the target, and what cannot be is said."""

from pathlib import Path

import pytest

from tests.clips import MEDIA, QUICK, lavfi, make, render, spec_of, stretches, whole
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.inspection import clip_facts
from viral_forge_resources.media.loudness import sound_level

_TARGET_LUFS = -14.0


@pytest.mark.skipif(not MEDIA.exists(), reason=f"{MEDIA} is not there")
@pytest.mark.parametrize(
    "name",
    [
        "ae_example.mp4",  # tones
        "dec_pancake.mkv",  # mono Opus
        "mp_bbb_0_30.webm",  # music in which AAC's default coder added clicks
        "mp_chaplin.mp4",  # MP3, loud already
        "mp_failing_audio.mp4",  # a broken track
        "sk_bigbuckbunny.mp4",  # 5.1
        "tc_nasa.mp4",  # speech, 8 kHz
    ],
)
def test_real_sound_reaches_the_target_under_the_peak_limit(name, tmp_path):
    times = [(0.6, 2.0), (2.4, 5.0)]
    level = sound_level(MEDIA / name, stretches(*times), target_lufs=_TARGET_LUFS)
    assert level.note is None
    framing = whole(320, 180)
    spec = spec_of(*times, framing=framing, has_sound=True, gain_db=level.gain_db)
    render(MEDIA / name, tmp_path / "clip.mp4", spec)
    facts = clip_facts(tmp_path / "clip.mp4")
    assert facts.loudness_lufs == pytest.approx(_TARGET_LUFS, abs=1.0)
    assert facts.loudness_lufs == pytest.approx(level.expected_lufs, abs=0.3)
    assert facts.true_peak_dbtp is not None
    assert facts.true_peak_dbtp <= -1.0
    assert facts.sync_offset_s == 0.0


@pytest.mark.parametrize("layout", ["mono", "stereo", "5.1"])
@pytest.mark.parametrize("rate_hz", [8_000, 44_100])
def test_any_layout_and_rate_is_measured(layout, rate_hz, tmp_path):
    tone = f"sine=f=500:r={rate_hz}:d=2,aformat=channel_layouts={layout}"
    source = make(tmp_path / "tone.mkv", *lavfi("color=s=64x64:d=2", tone), "-c:a", "pcm_s16le")
    level = sound_level(source, stretches((0.5, 2.0)), target_lufs=-20.0)
    assert level.measured_lufs is not None
    assert level.gain_db == pytest.approx(-20.0 - level.measured_lufs, abs=0.1)
    assert level.expected_lufs == pytest.approx(-20.0, abs=0.3)


def test_only_the_cut_sound_counts(tmp_path):
    # Loud for a second, then quiet by 20 dB.
    tone = "sine=f=500:d=3,volume='if(lt(t,1),1,0.1)':eval=frame"
    source = make(tmp_path / "two.mkv", *lavfi("color=s=64x64:d=3", tone), "-c:a", "pcm_s16le")
    loud = sound_level(source, stretches((0.1, 0.9)), target_lufs=-14.0)
    quiet = sound_level(source, stretches((1.2, 2.0), (2.1, 2.9)), target_lufs=-14.0)
    assert loud.measured_lufs is not None
    assert quiet.measured_lufs == pytest.approx(loud.measured_lufs - 20.0, abs=0.5)


def test_silence_is_not_raised(tmp_path):
    mute = ("color=s=64x64:d=1", "anullsrc=d=1")
    source = make(tmp_path / "mute.mp4", *lavfi(*mute), "-t", "1", *QUICK)
    level = sound_level(source, stretches((0.0, 1.0)), target_lufs=-14.0)
    assert (level.measured_lufs, level.gain_db, level.expected_lufs) == (None, None, None)
    assert level.note is not None
    assert level.note == "The cut sound is silent: it counts as no sound."


def _clicks(target: Path) -> Path:
    # A click of 2 ms every half second: nothing but peaks.
    clicks = "aevalsrc='0.9*sin(2000*PI*t)*lt(mod(t,0.5),0.002)':d=3:s=48000"
    return make(target, *lavfi("color=s=64x64:d=3", clicks), "-c:a", "flac")


def test_peaks_that_keep_the_target_out_of_reach_are_said(tmp_path):
    source = _clicks(tmp_path / "clicks.mkv")
    level = sound_level(source, stretches((0.0, 3.0)), target_lufs=_TARGET_LUFS)
    assert level.is_held_back
    assert level.expected_lufs is not None
    assert level.expected_lufs < -15.0
    assert level.note is not None
    assert level.note.startswith(f"{level.expected_lufs:.1f} LUFS is as loud as it gets")


def test_sound_that_is_held_back_is_not_squashed_and_keeps_its_peaks(tmp_path):
    source = _clicks(tmp_path / "clicks.mkv")
    level = sound_level(source, stretches((0.0, 3.0)), target_lufs=_TARGET_LUFS)
    assert level.gain_db is not None
    assert level.measured_lufs is not None
    assert level.expected_lufs is not None
    assert 0 <= level.measured_lufs + level.gain_db - level.expected_lufs <= 6.1
    spec = spec_of((0.0, 3.0), framing=whole(64, 64), has_sound=True, gain_db=level.gain_db)
    render(source, tmp_path / "clip.mp4", spec)
    facts = clip_facts(tmp_path / "clip.mp4")
    assert facts.loudness_lufs == pytest.approx(level.expected_lufs, abs=1.0)
    assert facts.true_peak_dbtp is not None
    assert facts.true_peak_dbtp <= -1.0


@pytest.mark.skipif(not MEDIA.exists(), reason=f"{MEDIA} is not there")
@pytest.mark.parametrize(
    ("name", "length_s"), [("mp_smpte2997.mp4", 10.0), ("ae_man_green.mp4", 9)]
)
def test_ticks_in_silence_are_as_loud_as_they_get(name, length_s, tmp_path):
    level = sound_level(MEDIA / name, stretches((0.0, length_s)), target_lufs=_TARGET_LUFS)
    assert level.is_held_back
    spec = spec_of((0.0, length_s), framing=whole(64, 36), has_sound=True, gain_db=level.gain_db)
    render(MEDIA / name, tmp_path / "clip.mp4", spec)
    facts = clip_facts(tmp_path / "clip.mp4")
    assert facts.loudness_lufs == pytest.approx(level.expected_lufs, abs=1.0)
    assert facts.true_peak_dbtp is not None
    assert facts.true_peak_dbtp <= -1.0


def test_one_clap_beside_a_voice_does_not_hold_it_back(tmp_path):
    # A tone at -30 dBFS, and a clap of 10 ms at -1 dBFS.
    sound = "aevalsrc='0.045*sin(1000*PI*t)+0.85*sin(3000*PI*t)*between(t,1,1.01)':d=3:s=48000"
    source = make(tmp_path / "clap.mkv", *lavfi("color=s=64x64:d=3", sound), "-c:a", "flac")
    level = sound_level(source, stretches((0.0, 3.0)), target_lufs=_TARGET_LUFS)
    assert not level.is_held_back
    assert level.expected_lufs == pytest.approx(_TARGET_LUFS, abs=0.3)


def test_a_source_without_sound_has_no_level(tmp_path):
    source = make(tmp_path / "mute.mp4", *lavfi("color=s=64x64:d=1"), *QUICK)
    with pytest.raises(BadInput, match=r"'mute\.mp4'"):
        sound_level(source, stretches((0.0, 1.0)), target_lufs=-14.0)


def _faint(target: Path, lufs: float) -> Path:
    # A tone of 500 Hz at FFmpeg's usual level is at -21.7 LUFS.
    tone = f"sine=f=500:d=2,volume={lufs + 21.7}dB"
    return make(target, *lavfi("color=s=64x64:d=2", tone), "-c:a", "pcm_s16le")


@pytest.mark.parametrize("lufs", [-41.0, -59.7])
def test_faint_sound_is_raised_like_any_other(lufs, tmp_path):
    source = _faint(tmp_path / "faint.mkv", lufs)
    level = sound_level(source, stretches((0.0, 2.0)), target_lufs=_TARGET_LUFS)
    assert level.measured_lufs == pytest.approx(lufs, abs=0.2)
    assert level.note is None
    spec = spec_of((0.0, 2.0), framing=whole(64, 64), has_sound=True, gain_db=level.gain_db)
    render(source, tmp_path / "clip.mp4", spec)
    assert clip_facts(tmp_path / "clip.mp4").loudness_lufs == pytest.approx(_TARGET_LUFS, abs=1.0)


def test_inaudible_sound_has_no_gain_and_its_figure_is_said(tmp_path):
    source = _faint(tmp_path / "inaudible.mkv", -60.4)
    level = sound_level(source, stretches((0.0, 2.0)), target_lufs=_TARGET_LUFS)
    assert level.measured_lufs == pytest.approx(-60.4, abs=0.2)
    assert (level.gain_db, level.expected_lufs) == (None, None)
    assert level.note is not None
    assert f"At {level.measured_lufs:.1f} LUFS the cut sound is inaudible" in level.note


@pytest.mark.skipif(not MEDIA.exists(), reason=f"{MEDIA} is not there")
def test_music_that_aac_clicked_in_keeps_its_peaks(tmp_path):
    spec = spec_of((8.0, 9.5), framing=whole(320, 180), has_sound=True, gain_db=9.7)
    render(MEDIA / "mp_bbb_0_30.webm", tmp_path / "clip.mp4", spec)
    peak = clip_facts(tmp_path / "clip.mp4").true_peak_dbtp
    assert peak is not None
    assert peak <= -1.0
