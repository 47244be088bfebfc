"""The demo's own source video: drawn, spoken and composed here, so anyone may use it."""

import json
import os
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.contracts.speech import Speech, Voice
from viral_forge_resources.media.ffmpeg import ffmpeg_binary

NAME = "How viral_forge works"
FPS = 30
_NARRATION = (
    "This is viral forge. It starts with a video that you may use.",
    "It hammers the video into short, tall clips for a phone.",
    "It finds every cut, follows what moves, and keeps it in the picture.",
    "Each word appears under the picture at the moment it is spoken.",
    "You look, you say yes, and the clip is published exactly once.",
)
_SHORTEST_SCENE_S = 4.2
_LEAD_S = 0.25  # a scene is seen before it is spoken about
_PAUSE_S = 0.35
_LONGEST_CUE_CHARACTERS = 26
_CHORDS_HZ = (
    (220.0, 261.6, 329.6),
    (174.6, 220.0, 261.6),
    (196.0, 261.6, 329.6),
    (196.0, 246.9, 293.7),
)
_SPEECH_PEAK = 0.7
_MUSIC_PEAK = 0.06  # 21 dB below the speech: heard in the pauses, never in the way
_FADE_S = 0.6
_SETTLED_S = 60
_TO_BT709 = (
    "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,"
    "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
)

Sound = npt.NDArray[np.float64]
"""Mono, full scale is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Files of the sample, beside each other and named alike."""

    video: Path
    subtitles: Path
    sidecar: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoken:
    """One sentence and the scene it is spoken over; times from the start of the video."""

    starts_at_s: float
    frames: int
    sound: Sound
    words: tuple[Word, ...]


def make_sample(folder: Path, voice: Voice) -> Sample:
    """A video of some 22 s with subtitles that carry the voice's own word times, and a sidecar.

    1280 by 720 pixels, 30 frames a second, five scenes with hard cuts, narration over soft music.
    What stood in ``folder`` under the same names is replaced, the video last and at once.

    Raises:
        Misconfigured: FFmpeg could not encode it; says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sample = Sample(
        video=folder / f"{NAME}.mp4",
        subtitles=folder / f"{NAME}.vtt",
        sidecar=folder / f"{NAME}.json",
    )
    with TemporaryDirectory(dir=folder, prefix=".sample-") as made:
        rate_hz, spoken = _narration(voice, Path(made))
        _write_sound(Path(made, "sound.wav"), _mixed(spoken, rate_hz), rate_hz=rate_hz)
        _encode(Path(made), frames=[part.frames for part in spoken])
        Path(made, "subtitles").write_text(_subtitles(spoken), encoding="utf-8")
        Path(made, "sidecar").write_text(_sidecar(), encoding="utf-8")
        _place(Path(made, "sidecar"), sample.sidecar)
        _place(Path(made, "subtitles"), sample.subtitles)
        _place(Path(made, "video.mp4"), sample.video)
    return sample


def _narration(voice: Voice, folder: Path) -> tuple[int, list[_Spoken]]:
    spoken: list[_Spoken] = []
    starts_at_s = 0.0
    rate_hz = 0
    for sentence in _NARRATION:
        speech = voice.speak(sentence, folder / "sentence.wav")
        rate_hz, sound = _read_sound(folder / "sentence.wav")
        duration_s = max(_SHORTEST_SCENE_S, _LEAD_S + speech.duration_s + _PAUSE_S)
        frames = round(duration_s * FPS)
        spoken.append(
            _Spoken(
                starts_at_s=starts_at_s,
                frames=frames,
                sound=sound,
                words=_shifted(speech, starts_at_s + _LEAD_S),
            )
        )
        starts_at_s += frames / FPS
    return rate_hz, spoken


def _shifted(speech: Speech, by_s: float) -> tuple[Word, ...]:
    return tuple(
        Word(text=word.text, start_s=word.start_s + by_s, end_s=word.end_s + by_s)
        for word in speech.words
    )


def _read_sound(path: Path) -> tuple[int, Sound]:
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
        return file.getframerate(), samples / 32768


def _write_sound(path: Path, sound: Sound, *, rate_hz: int) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes((sound * 32767).astype("<i2").tobytes())


def _mixed(spoken: Sequence[_Spoken], rate_hz: int) -> Sound:
    duration_s = spoken[-1].starts_at_s + spoken[-1].frames / FPS
    speech = np.zeros(round(duration_s * rate_hz))
    for part in spoken:
        start = round((part.starts_at_s + _LEAD_S) * rate_hz)
        speech[start : start + len(part.sound)] = part.sound
    music = np.concatenate(
        [
            _chord(_CHORDS_HZ[number % len(_CHORDS_HZ)], part.frames / FPS, rate_hz)
            for number, part in enumerate(spoken)
        ]
    )
    music.resize(speech.shape)
    edge = np.minimum(1, np.arange(len(music)) / (_FADE_S * rate_hz))
    mixed: Sound = speech * (_SPEECH_PEAK / abs(speech).max()) + music * edge * edge[::-1]
    return mixed


def _chord(notes_hz: Sequence[float], duration_s: float, rate_hz: int) -> Sound:
    at_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    swell = np.minimum(1, np.minimum(at_s, duration_s - at_s) / _FADE_S)
    tones = sum(
        np.sin(2 * np.pi * note * octave * at_s) / octave**2
        for note in notes_hz
        for octave in (0.5, 1, 2)
    )
    sound: Sound = swell * tones
    sound *= _MUSIC_PEAK / abs(sound).max()
    return sound


def _encode(folder: Path, *, frames: Sequence[int]) -> None:
    """Write ``video.mp4`` from drawn pictures and ``sound.wav``."""
    from viral_forge_resources.media import _sample_scenes as drawn

    scenes = drawn.scenes()
    height_px, width_px, _ = scenes[0][0].shape
    command = [
        *(ffmpeg_binary(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
        *("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", f"{width_px}x{height_px}"),
        *("-framerate", str(FPS), "-protocol_whitelist", "pipe", "-i", "pipe:0"),
        *("-protocol_whitelist", "file", "-i", "sound.wav"),
        *("-vf", _TO_BT709),
        *("-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-threads", "2"),
        *("-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2"),
        *("-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"),
        *("-movflags", "+faststart", "video.mp4"),
    ]
    with Path(folder, "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stderr=log)  # noqa: S603  our own binary
        assert process.stdin is not None  # noqa: S101  asked for above; tells the type checker
        try:
            with process.stdin as pipe:
                for scene, count in zip(scenes, frames, strict=True):
                    for picture in drawn.pictures(scene, count=count, fps=FPS):
                        pipe.write(picture.data)
        except BrokenPipeError:
            pass  # it gave up: its log says why
        finally:
            process.wait()
    if process.returncode:
        said = Path(folder, "log").read_text(encoding="utf-8", errors="replace").strip()
        raise Misconfigured(f"FFmpeg could not encode the sample: {said[-300:]}")


def _subtitles(spoken: Sequence[_Spoken]) -> str:
    """WebVTT whose cues carry the time of each word."""
    cues = [cue for part in spoken for cue in _cues(part.words)]
    return "\n\n".join(["WEBVTT", *map(_cue, cues)]) + "\n"


def _cues(words: Sequence[Word]) -> list[list[Word]]:
    cues: list[list[Word]] = [[]]
    for word in words:
        is_new_sentence = bool(cues[-1]) and cues[-1][-1].text.endswith((".", "!", "?"))
        length = sum(len(other.text) + 1 for other in cues[-1]) + len(word.text)
        if cues[-1] and (is_new_sentence or length > _LONGEST_CUE_CHARACTERS):
            cues.append([])
        cues[-1].append(word)
    return cues


def _cue(words: Sequence[Word]) -> str:
    timing = f"{_clock(words[0].start_s)} --> {_clock(words[-1].end_s)}"
    first, *others = words
    text = " ".join([first.text, *(f"<{_clock(word.start_s)}>{word.text}" for word in others)])
    return f"{timing}\n{text}"


def _clock(at_s: float) -> str:
    minutes, milliseconds = divmod(round(at_s * 1000), 60_000)
    return f"00:{minutes:02}:{milliseconds // 1000:02}.{milliseconds % 1000:03}"


def _sidecar() -> str:
    facts = {"title": NAME, "author": "viral_forge", "licence": "LicenseRef-Own", "language": "en"}
    return json.dumps(facts, indent=2) + "\n"


def _place(made: Path, target: Path) -> None:
    # Whole from the start: dated back, so that the inbox does not wait for a copy to end.
    changed_at = made.stat().st_mtime - _SETTLED_S
    os.utime(made, (changed_at, changed_at))
    made.replace(target)
