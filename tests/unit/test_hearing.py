import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests import samples
from tests.fakes.sight import BLIND
from viral_forge_resources.contracts.hearing import MUSIC, NOISE, QUIET, SPEECH, UNKNOWN, SoundMap
from viral_forge_resources.media._ear import Ear
from viral_forge_resources.media._sound_kinds import sound_map
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.reader import AvReader


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("heard")


def _heard(path: Path) -> SoundMap | None:
    reader = AvReader(BLIND)
    probe = reader.probe(path, name=path.name)
    return reader.skim(path, probe, on_progress=lambda _share: None).sound


def _share(sound: SoundMap | None, kind: str) -> float:
    assert sound is not None
    return sound.kinds.count(kind) / len(sound.kinds)


def _chord(folder: Path) -> Path:
    """Two seconds of noise, eight of a chord, two of nothing."""
    path = folder / "chord.mp4"
    graph = (
        "anoisesrc=d=2:a=0.3:seed=1,aformat=sample_rates=48000:channel_layouts=mono[n];"
        "sine=f=262:d=8:r=48000[a];sine=f=330:d=8:r=48000[b];sine=f=392:d=8:r=48000[c];"
        "[a][b][c]amix=inputs=3,aformat=channel_layouts=mono[m];"
        "anullsrc=r=48000:cl=mono,atrim=end=2[q];[n][m][q]concat=n=3:v=0:a=1[out];"
        "color=gray:s=64x64:r=10:d=12[v]"
    )
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", "-filter_complex", graph]
    command += ["-map", "[v]", "-map", "[out]", "-c:a", "aac", str(path)]
    subprocess.run(command, check=True)  # noqa: S603  written above
    return path


def test_noise_music_and_silence_are_told_apart(folder):
    sound = _heard(_chord(folder))

    assert sound is not None
    assert set(sound.kinds[3:17]) == {NOISE}
    assert set(sound.kinds[25:95]) == {MUSIC}
    assert set(sound.kinds[103:118]) == {QUIET}
    assert len(sound.kinds) == len(sound.levels_db) == 120
    assert sound.levels_db[110] == -90


@samples.needs_media
@pytest.mark.parametrize(
    ("name", "kind", "least", "most"),
    [
        ("tc_nasa.mp4", SPEECH, 0.7, 1.0),
        ("ae_example.mp4", SPEECH, 0.3, 0.55),
        ("mp_bbb_0_30.webm", MUSIC, 0.7, 1.0),
        ("mp_chaplin.mp4", MUSIC, 0.8, 1.0),
        ("ae_man_green.mp4", QUIET, 0.9, 1.0),
    ],
)
def test_real_sound_is_what_people_hear_in_it(name, kind, least, most):
    assert least <= _share(_heard(samples.shared_media(name)), kind) <= most


def test_without_a_sound_track_nothing_was_heard(folder):
    assert _heard(samples.no_audio(folder)) is None


def test_where_nobody_can_tell_speech_the_map_says_so(folder):
    path = samples.plain(folder)
    probe = AvReader(BLIND).probe(path, name=path.name)
    import av

    ear = Ear(probe, None)
    with av.open(str(path)) as container:
        for frame in container.decode(container.streams.audio[0]):
            ear.hear(frame)
    sound = ear.sound()

    assert sound is not None
    assert sound.no_speech_because is not None
    assert SPEECH not in sound.kinds


def _levels(*parts: tuple[float, int]) -> np.ndarray:
    return np.concatenate([np.full(steps, level) for level, steps in parts])


def _spoken(*parts: tuple[float, int]) -> np.ndarray:
    """Likelihoods of windows of 32 ms for parts counted in steps of 100 ms."""
    per_step = 16_000 / 512 / 10
    edges = np.cumsum([0, *(steps for _, steps in parts)]) * per_step
    likely = np.zeros(round(edges[-1]), dtype=np.float32)
    for (value, _), start, end in zip(parts, edges, edges[1:], strict=False):
        likely[round(start) : round(end)] = value
    return likely


def test_laughter_between_sentences_is_a_burst_and_a_pause_is_none():
    levels = _levels((-20, 100), (-55, 10), (-20, 100), (-24, 15), (-20, 100))
    likely = _spoken((1, 100), (0, 10), (1, 100), (0, 15), (1, 100))

    sound = sound_map(levels, likely, np.full(325, 0.5), no_speech_because=None)

    (burst,) = sound.peaks
    assert not burst.is_voice
    assert (burst.start_s, burst.end_s) == pytest.approx((21.0, 22.5), abs=0.2)
    assert sound.kinds[102:108] == QUIET * 6


def test_a_shout_is_a_burst_of_the_voice():
    levels = _levels((-26, 150), (-16, 8), (-26, 150))

    sound = sound_map(levels, _spoken((1, 308)), np.ones(308), no_speech_because=None)

    (burst,) = sound.peaks
    assert burst.is_voice
    assert burst.start_s == pytest.approx(15.0, abs=0.2)
    assert burst.over_db == pytest.approx(10.0, abs=0.5)


def test_in_a_noisy_room_the_hum_between_words_is_quiet():
    levels = _levels((-20, 100), (-36, 10), (-20, 100))
    likely = _spoken((1, 100), (0, 10), (1, 100))

    sound = sound_map(levels, likely, np.ones(210), no_speech_because=None)

    assert sound.kinds[102:108] == QUIET * 6


def test_unknown_is_no_noise():
    sound = sound_map(_levels((-20, 50)), None, np.ones(50), no_speech_because="no weights")

    assert set(sound.kinds) == {UNKNOWN}
    assert sound.peaks == ()


def _faint(folder: Path, layout: str) -> Path:
    """Two seconds of a faint tone, in the first two of the layout's channels alone."""
    path = folder / f"faint-{layout}.mkv"
    tone = "0.02*sin(440*2*PI*t)"
    silent = {"stereo": 0, "5.1": 4}[layout]
    channels = "|".join([tone, tone, *["0"] * silent])
    graph = f"aevalsrc={channels}:d=2:s=48000:c={layout}[out];color=gray:s=64x64:r=10:d=2[v]"
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", "-filter_complex", graph]
    command += ["-map", "[v]", "-map", "[out]", "-c:a", "pcm_s16le", str(path)]
    subprocess.run(command, check=True)  # noqa: S603  written above
    return path


def test_silent_channels_make_what_the_others_play_no_quieter(folder):
    stereo, surround = _heard(_faint(folder, "stereo")), _heard(_faint(folder, "5.1"))

    assert stereo is not None
    assert surround is not None
    assert surround.levels_db == pytest.approx(stereo.levels_db, abs=0.1)
