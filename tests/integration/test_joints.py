"""No click where a clip jumps: not in its own sound, not under music, not with effects."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.clips import QUICK, lavfi, make, samples, spec_of
from viral_forge_resources.contracts.sound import EffectCue, MusicCue, Soundtrack
from viral_forge_resources.media.own_music import make_track
from viral_forge_resources.media.renderer import FfmpegRenderer

_RATE = 48_000
_CUTS = ((0.313, 1.3), (3.171, 4.05), (1.9, 2.777), (8.05, 9.0))
_JOINTS_S = (0.987, 1.866, 2.743)
_WINDOW = 96  # 2 ms
_NEAR_S = 0.02


@pytest.fixture(scope="module")
def hum(tmp_path_factory):
    """Ten seconds of a low, even chord: whatever lies above it is no part of it."""
    chord = "aevalsrc='0.25*sin(2*PI*110*t)+0.2*sin(2*PI*173*t)':s=48000:d=10"
    target = tmp_path_factory.mktemp("hum") / "hum.mkv"
    return make(target, *lavfi("color=s=160x90:r=30:d=10", chord), *QUICK[:6], "-c:a", "flac")


def _sharpness_db(sound: np.ndarray) -> np.ndarray:
    """Energy of every 2 ms far above the chord, where a click has most of its own."""
    sharp = np.diff(sound.astype(float), n=4)
    whole = sharp[: len(sharp) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    energy = np.square(whole).mean(axis=1)
    return np.asarray(10 * np.log10(energy + 1e-14))


def _is_near_a_joint(count: int) -> np.ndarray:
    times_s = (np.arange(count) + 0.5) * _WINDOW / _RATE
    near = [np.abs(times_s - joint_s) < _NEAR_S for joint_s in _JOINTS_S]
    return np.asarray(np.any(near, axis=0))


def _clip(source: Path, folder: Path, soundtrack: Soundtrack | None, track: Path | None) -> Path:
    renderer, target = FfmpegRenderer(), folder / "clip.mp4"
    spec = spec_of(*_CUTS, has_sound=True)
    extras = {}
    if soundtrack is not None:
        renderer.compose(soundtrack, folder / "soundtrack.flac", track=track)
        extras = {"soundtrack": folder / "soundtrack.flac"}
        spec = replace(spec, soundtrack_db=6.0, gain_db=0.0)
    renderer.render(
        source, target, spec=spec, captions=None, on_progress=lambda _: None, extras=extras
    )
    return target


def test_what_is_cut_without_fades_clicks_and_is_found(hum):
    heard = samples(hum)
    parts = [heard[round(start_s * _RATE) : round(end_s * _RATE)] for start_s, end_s in _CUTS]
    sharp = _sharpness_db(np.concatenate(parts))
    near = _is_near_a_joint(len(sharp))
    assert sharp[near].max() > sharp[~near].max() + 30


def test_joints_do_not_click(hum, tmp_path):
    sharp = _sharpness_db(samples(_clip(hum, tmp_path, None, None)))[5:-5]
    near = _is_near_a_joint(len(sharp) + 5)[5:]
    assert sharp[near].max() < sharp[~near].max() + 6


def test_joints_do_not_click_under_music(hum, tmp_path):
    music = MusicCue(
        track_sha256="a" * 64, level_db=-6.0, duck_points=(), fade_in_s=0.3, fade_out_s=0.5
    )
    soundtrack = Soundtrack(duration_s=3.693, music=music)
    sharp = _sharpness_db(
        samples(_clip(hum, tmp_path, soundtrack, make_track(tmp_path / "music")))
    )[5:-5]
    near = _is_near_a_joint(len(sharp) + 5)[5:]
    assert sharp[near].max() < sharp[~near].max() + 6


def test_an_effect_on_a_joint_adds_what_it_is_and_no_click(hum, tmp_path):
    # A thump is as low as the chord: it hides no click.
    effects = tuple(
        EffectCue(kind="thump", at_s=at_s, level_db=-6.0, seed=number)
        for number, at_s in enumerate(_JOINTS_S)
    )
    bare = samples(_clip(hum, tmp_path, None, None))
    with_effects = samples(
        _clip(hum, tmp_path, Soundtrack(duration_s=3.693, effects=effects), None)
    )
    jumps = [np.abs(np.diff(sound)).max() for sound in (bare, with_effects)]
    assert jumps[1] < 3 * jumps[0]
