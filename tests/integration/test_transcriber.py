"""Speech recognition on real sound, and everything that can stand in its way."""

import socket
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import ctranslate2
import imageio_ffmpeg
import pytest

from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.contracts.media import MediaProbe, Transcript, TranscriptOrigin
from viral_forge_resources.media._sound import decoded_sound
from viral_forge_resources.media.transcriber import WhisperTranscriber

ROOT = Path(__file__).parents[2]
MEDIA = ROOT.parent / "shared" / "media"
MODEL = MEDIA / "tiny_whisper" / "model"
SPEECH = MEDIA / "fw_jfk.flac"

needs_media = pytest.mark.skipif(not MODEL.is_dir(), reason=f"no test media at {MEDIA}")

PROBE = MediaProbe(
    container="mp4",
    duration_s=12.0,
    width_px=64,
    height_px=64,
    rotation_deg=0,
    pixel_aspect=Fraction(1),
    fps=Fraction(10),
    is_variable_rate=False,
    is_hdr=False,
    video_codec="h264",
    pixel_format="yuv420p",
    start_s=0.0,
    audio_channels=2,
)


def video(target: Path, *sound: str, picture_starts_s: float = 0.0) -> Path:
    """A black video with this sound, muxed by FFmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-v", "error"]
    command += ["-itsoffset", str(picture_starts_s), "-f", "lavfi"]
    command += ["-i", "color=black:s=64x64:r=10:d=12", *sound, str(target)]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603  our own command
    return target


def no_gpu(seconds: float) -> None:
    pytest.fail(f"a GPU was busy for {seconds} s")


def hear(path: Path, *, model: object = MODEL, probe: MediaProbe = PROBE) -> Transcript:
    transcriber = WhisperTranscriber(model=str(model), device="cpu", download_root=None)
    return transcriber.transcribe(path, probe, used_gpu=no_gpu)


def hear_elsewhere(model: str, folder: Path, **environment: str) -> str:
    """In a process of its own: the hub's client reads its environment when it is imported."""
    script = (
        "import sys; from pathlib import Path\n"
        "from tests.integration.test_transcriber import PROBE, WhisperTranscriber, no_gpu\n"
        "hearer = WhisperTranscriber(model=sys.argv[1], device='cpu', download_root=Path('.'))\n"
        "heard = hearer.transcribe(Path('absent.mp4'), PROBE, used_gpu=no_gpu)\n"
        "print(heard.origin, heard.note)\n"
    )
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", script, model],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "HOME": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return done.stdout


@needs_media
def test_spoken_words_come_with_the_times_at_which_they_are_spoken(tmp_path):
    heard = hear(video(tmp_path / "a.mp4", "-i", str(SPEECH)))
    assert heard.origin is TranscriptOrigin.RECOGNISED
    assert " ".join(word.text for word in heard.words) == (
        "And so, my fellow Americans, ask not what your country can do for you,"
        " ask what you can do for your country."
    )
    assert (heard.language, heard.model, heard.is_timing_estimated) == ("en", "model", False)
    assert all(type(word.start_s) is float for word in heard.words)
    assert all(0 <= word.start_s <= word.end_s <= 12 for word in heard.words)


@needs_media
def test_times_count_from_the_first_picture_when_the_sound_starts_later(tmp_path):
    at_once = hear(video(tmp_path / "a.mp4", "-i", str(SPEECH)))
    later = hear(video(tmp_path / "b.mp4", "-itsoffset", "1.5", "-i", str(SPEECH)))
    assert later.words[-1].end_s - at_once.words[-1].end_s == pytest.approx(1.5, abs=0.25)


@needs_media
def test_times_count_from_the_first_picture_when_the_picture_starts_later(tmp_path):
    sound = ["-i", str(SPEECH), "-af", "adelay=1000:all=1"]
    at_once = hear(video(tmp_path / "a.mkv", *sound))
    path = video(tmp_path / "b.mkv", *sound, picture_starts_s=0.5)
    shifted = hear(path, probe=replace(PROBE, start_s=0.5))
    assert at_once.words[-1].end_s - shifted.words[-1].end_s == pytest.approx(0.5, abs=0.25)


@needs_media
@pytest.mark.parametrize("sound", ["anullsrc", "sine=f=200"])
def test_sound_without_speech_gives_no_words(sound, tmp_path):
    heard = hear(video(tmp_path / "a.mp4", "-f", "lavfi", "-t", "4", "-i", sound))
    assert (heard.origin, heard.words) == (TranscriptOrigin.NO_SPEECH, ())


@needs_media
def test_a_sound_track_that_breaks_off_is_heard_as_far_as_it_goes():
    heard = hear(MEDIA / "mp_failing_audio.mp4")
    assert heard.origin is TranscriptOrigin.NO_SPEECH


class _Model:
    """Answers as faster-whisper does; cannot align words if it is so told."""

    def __init__(self, *words: str, sureness: float = 1.0, aligns: bool = True) -> None:
        self._words = words
        self._sureness = sureness
        self._aligns = aligns

    def transcribe(self, sound: object, *, word_timestamps: bool, **options: object):
        if word_timestamps and not self._aligns:
            raise IndexError("list index out of range")
        words = [
            SimpleNamespace(word=word, start=0.5 * at, end=0.5 * at + 0.5)
            for at, word in enumerate(self._words)
        ]
        text = "".join(self._words)
        segment = SimpleNamespace(words=words, text=text, start=0.0, end=len(words) / 2)
        info = SimpleNamespace(language="th", language_probability=self._sureness)
        return iter([segment]), info


def heard_by(model: _Model) -> Transcript:
    return WhisperTranscriber(model="tiny")._transcript(model, None)


def test_words_that_cannot_be_aligned_share_the_time_of_their_sentence():
    heard = heard_by(_Model(" to", " me", aligns=False))
    assert heard.is_timing_estimated
    assert [(word.text, word.start_s, word.end_s) for word in heard.words] == [
        ("to", 0.0, 0.5),
        ("me", 0.5, 1.0),
    ]


def test_pieces_of_a_phrase_without_spaces_are_known_as_such():
    heard = heard_by(_Model(" สวัส", "ดี", " ครับ"))
    assert [word.is_joined for word in heard.words] == [False, True, False]


@pytest.mark.parametrize(("sureness", "note"), [(0.97, None), (0.34, "a guess: th, 34% sure")])
def test_a_language_that_is_not_sure_is_said_to_be_a_guess(sureness, note):
    heard = heard_by(_Model(" one", sureness=sureness))
    assert heard.language == "th"
    assert (note or "") in (heard.note or "")
    assert bool(heard.note) is bool(note)


@needs_media
@pytest.mark.parametrize("fails", [False, True])
def test_the_seconds_of_a_gpu_are_told_also_where_it_fails(fails, tmp_path, monkeypatch):
    from viral_forge_resources.media import transcriber as module

    def opened(folder: Path, device: str, compute_type: str) -> _Model:
        if fails and device == "cuda":
            raise RuntimeError("CUDA out of memory")
        return _Model(" one")

    monkeypatch.setattr(module, "_open", opened)
    monkeypatch.setattr(WhisperTranscriber, "_hardware", lambda _self: ("cuda", "float16"))
    told: list[float] = []
    hearer = WhisperTranscriber(model=str(MODEL))
    heard = hearer.transcribe(
        video(tmp_path / "a.mp4", "-i", str(SPEECH)), PROBE, used_gpu=told.append
    )
    assert [word.text for word in heard.words] == ["one"]
    assert ("on the processor" in (heard.note or "")) is fails
    assert [seconds > 0 for seconds in told] == [True]


@needs_media
def test_a_long_sound_heard_in_batches_gives_the_same_words(tmp_path):
    from viral_forge_resources.media.transcriber import _batched, _open

    repeated = ["-stream_loop", "8", "-i", str(SPEECH)]
    sound = decoded_sound(
        video(tmp_path / "a.mkv", *repeated, "-t", "95"), replace(PROBE, duration_s=95)
    )
    model, options = _batched(_open(MODEL, "cpu", "int8"), sound)
    heard = WhisperTranscriber(model="tiny")._transcript(model, sound, options=options)
    assert options
    assert "my fellow Americans, ask not" in " ".join(word.text for word in heard.words)
    assert heard.words[-1].end_s > 80


def test_a_video_without_sound_needs_no_model(tmp_path):
    heard = hear(tmp_path / "absent.mp4", model="small", probe=replace(PROBE, audio_channels=None))
    assert heard.origin is TranscriptOrigin.NO_SOUND
    assert heard.note == "The video has no sound track."


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("off", "switched off"),
        ("/nowhere/whisper", "there is no folder '/nowhere/whisper'"),
        ("./nowhere", "there is no folder './nowhere'"),
    ],
)
def test_without_a_model_there_are_no_words_and_a_way_to_get_them(model, reason, tmp_path):
    heard = hear(tmp_path / "absent.mp4", model=model)
    assert (heard.origin, heard.words) == (TranscriptOrigin.NO_MODEL, ())
    assert heard.note is not None
    assert reason in heard.note
    assert "NAME.srt" in heard.note


def test_a_folder_without_a_model_is_named(tmp_path):
    heard = hear(tmp_path / "absent.mp4", model=tmp_path)
    assert heard.origin is TranscriptOrigin.NO_MODEL
    assert "no model.bin" in (heard.note or "")


@needs_media
def test_a_broken_model_gives_no_captions_and_says_so(tmp_path):
    folder = tmp_path / "whisper"
    folder.mkdir()
    for file in MODEL.iterdir():
        content = b"broken" if file.name == "model.bin" else file.read_bytes()
        (folder / file.name).write_bytes(content)
    heard = hear(video(tmp_path / "a.mp4", "-i", str(SPEECH)), model=folder)
    assert heard.origin is TranscriptOrigin.NO_MODEL
    assert "no model that can be loaded" in (heard.note or "")


@needs_media
def test_an_unreadable_file_is_refused_by_name(tmp_path):
    (tmp_path / "talk.mp4").write_text("no video")
    with pytest.raises(BadInput, match=r"'talk\.mp4'"):
        hear(tmp_path / "talk.mp4")


@needs_media
@pytest.mark.skipif(ctranslate2.get_cuda_device_count() > 0, reason="this machine has CUDA")
def test_asking_for_cuda_where_there_is_none_is_a_mistake_of_the_settings(tmp_path):
    path = video(tmp_path / "a.mp4", "-i", str(SPEECH))
    transcriber = WhisperTranscriber(model=str(MODEL), device="cuda", download_root=None)
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_WHISPER_DEVICE"):
        transcriber.transcribe(path, PROBE, used_gpu=no_gpu)


def test_a_hub_that_never_answers_is_given_up_soon(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        said = hear_elsewhere("small", tmp_path, HF_ENDPOINT=endpoint)
    assert "'small' is not on this machine and cannot be fetched" in said


@pytest.mark.parametrize(
    ("model", "variable", "reason"),
    [
        ("small", "HF_ENDPOINT=http://127.0.0.1:9", "'small' is not on this machine"),
        ("studio/whisper", "HF_HUB_OFFLINE=1", "'studio/whisper' is not on this machine"),
        ("smoll", "HF_HUB_OFFLINE=1", "no speech model is named 'smoll'"),
    ],
)
def test_a_model_that_cannot_be_fetched_is_a_clear_state(model, variable, reason, tmp_path):
    name, _, value = variable.partition("=")
    said = hear_elsewhere(model, tmp_path, **{name: value})
    assert said.startswith("no_model No captions:")
    assert reason in said
