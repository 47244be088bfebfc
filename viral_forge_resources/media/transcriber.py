"""Hears words with faster-whisper; without a model it says so and how to get captions."""

from collections.abc import Callable, Mapping
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    Unreachable,
    printable,
)
from viral_forge_resources.contracts.media import MediaProbe, Transcript, TranscriptOrigin, Word
from viral_forge_resources.media._sound import decoded_sound
from viral_forge_resources.media.subtitles import shared_out

_OFF = "off"
_HUB_TIMEOUT_S = 5.0
_RATE_HZ = 16_000
_LONG_S = 90.0
"""From this length on, a GPU is given several half-minute pieces at once."""
_BATCH = 8
_ALONE: Mapping[str, int] = MappingProxyType({})
_UNSURE = 0.5
"""A language less likely than this is a guess, and people are told so."""
# Without its tokenizer faster-whisper would fetch another model's from the hub.
_MODEL_FILES = ("model.bin", "config.json", "tokenizer.json")
_HOW_TO_GET_CAPTIONS = (
    "To get captions, put NAME.srt beside the video, set VIRAL_FORGE_WHISPER_MODEL to the folder of"
    " a faster-whisper model, or go online once so that it can be fetched."
)


class WhisperTranscriber:
    """Speech recognition on this machine.

    Args:
        model: name of a faster-whisper model, its folder, or ``off``.
        device: ``auto``, ``cpu`` or ``cuda``.
        download_root: where fetched models are kept; None is Hugging Face's own cache.
    """

    def __init__(
        self, *, model: str, device: str = "auto", download_root: Path | None = None
    ) -> None:
        self.model = model
        self._device = device
        self._download_root = download_root

    def transcribe(
        self, path: Path, probe: MediaProbe, *, used_gpu: Callable[[float], None]
    ) -> Transcript:
        """Words spoken in the file; ``origin`` says so where there are none, or no model.

        Args:
            path: the file.
            probe: facts of it.
            used_gpu: told for how many seconds a GPU was busy, also where it failed.

        Raises:
            BadInput: the sound track cannot be read.
            Misconfigured: CUDA is asked for and there is none.
        """
        if not probe.audio_channels:
            return Transcript(
                origin=TranscriptOrigin.NO_SOUND, note="The video has no sound track."
            )
        if self.model == _OFF:
            return _without_model("speech recognition is switched off")
        try:
            folder = self._folder()
        except (NotFound, Unreachable) as error:
            return _without_model(str(error))
        sound = decoded_sound(path, probe)
        if not len(sound):
            return Transcript(
                origin=TranscriptOrigin.NO_SOUND, note="Nothing of the sound track can be decoded."
            )
        return self._heard(folder, sound, used_gpu)

    def missing(self) -> str | None:
        """Why nothing could be heard without going online now; None if the model is here."""
        if self.model == _OFF:
            return "speech recognition is switched off"
        folder = Path(self.model).expanduser()
        try:
            found = _checked_model(folder) if folder.is_dir() else self._from_hub(is_local=True)
        except NotFound as error:
            return f"{error}. {_HOW_TO_GET_CAPTIONS}"
        if found is not None:
            return None
        return f"{printable(self.model)} is not on this machine yet. {_HOW_TO_GET_CAPTIONS}"

    def _folder(self) -> Path:
        folder = Path(self.model).expanduser()
        if folder.is_dir():
            return _checked_model(folder)
        if folder.is_absolute() or self.model.startswith((".", "~")):
            raise NotFound(f"there is no folder {printable(self.model)}")
        return self._from_hub(is_local=True) or self._from_hub(is_local=False) or folder

    def _from_hub(self, *, is_local: bool) -> Path | None:
        import httpx2
        from faster_whisper import download_model
        from huggingface_hub.errors import RepositoryNotFoundError

        if not is_local:
            _check_hub_answers(self.model)
        root = None if self._download_root is None else str(self._download_root)
        try:
            found = download_model(self.model, local_files_only=is_local, cache_dir=root)
            return _checked_model(Path(found))
        except (ValueError, RepositoryNotFoundError) as error:
            raise NotFound(f"no speech model is named {printable(self.model)}") from error
        except (OSError, httpx2.HTTPError, NotFound) as error:
            if is_local:
                return None
            raise _cannot_be_fetched(self.model) from error

    def _heard(
        self,
        folder: Path,
        sound: Any,  # noqa: ANN401  a numpy array
        used_gpu: Callable[[float], None],
    ) -> Transcript:
        device, compute_type = self._hardware()
        note = None
        if device == "cuda":
            started_s = monotonic()
            try:
                model, options = _batched(_open(folder, device, compute_type), sound)
                return self._transcript(model, sound, options=options)
            except RuntimeError as error:
                if self._device == "cuda":
                    raise Misconfigured(f"CUDA cannot be used: {_first_line(error)}") from error
                note = f"Heard on the processor, as CUDA cannot be used: {_first_line(error)}."
            finally:
                used_gpu(monotonic() - started_s)
        try:
            model = _open(folder, "cpu", "int8")
        except (RuntimeError, ValueError) as error:
            return _without_model(
                f"{printable(folder.name)} is no model that can be loaded: {_first_line(error)}"
            )
        return self._transcript(model, sound, note=note)

    def _hardware(self) -> tuple[str, str]:
        import ctranslate2

        has_cuda = self._device != "cpu" and ctranslate2.get_cuda_device_count() > 0
        if self._device == "cuda" and not has_cuda:
            raise Misconfigured(
                "VIRAL_FORGE_WHISPER_DEVICE is 'cuda', but no CUDA device is found."
                " Set it to 'auto' or 'cpu'."
            )
        if not has_cuda:
            return "cpu", "int8"
        supported = ctranslate2.get_supported_compute_types("cuda")
        return "cuda", "float16" if "float16" in supported else "float32"

    def _transcript(
        self,
        model: Any,  # noqa: ANN401  untyped library
        sound: Any,  # noqa: ANN401  a numpy array
        *,
        note: str | None = None,
        options: Mapping[str, int] = _ALONE,
    ) -> Transcript:
        try:
            words, info = _words(model, sound, options, has_word_times=True)
            is_estimated = False
        except IndexError:  # its alignment of no tokens; the text itself is fine
            words, info = _words(model, sound, options, has_word_times=False)
            is_estimated = True
        name = Path(self.model).name
        if not words:
            return Transcript(
                origin=TranscriptOrigin.NO_SPEECH,
                model=name,
                note=" ".join(filter(None, ("No speech was heard.", note))),
            )
        return Transcript(
            origin=TranscriptOrigin.RECOGNISED,
            words=tuple(words),
            language=str(info.language),
            model=name,
            is_timing_estimated=is_estimated,
            note=" ".join(filter(None, (note, _doubt(info)))) or None,
        )


def _check_hub_answers(model: str) -> None:
    """Ask once, briefly: a download would wait minutes for a network that swallows everything."""
    import httpx2
    from huggingface_hub import constants, get_session

    try:
        get_session().head(constants.ENDPOINT, timeout=_HUB_TIMEOUT_S)
    except (httpx2.HTTPError, OSError) as error:
        raise _cannot_be_fetched(model) from error


def _cannot_be_fetched(model: str) -> Unreachable:
    return Unreachable(
        f"the speech model {printable(model)} is not on this machine and cannot be fetched"
    )


def _without_model(reason: str) -> Transcript:
    note = f"No captions: {reason}. {_HOW_TO_GET_CAPTIONS}"
    return Transcript(origin=TranscriptOrigin.NO_MODEL, note=note)


def _checked_model(folder: Path) -> Path:
    for name in _MODEL_FILES:
        if not (folder / name).is_file():
            raise NotFound(f"the folder {printable(str(folder))} holds no speech model: no {name}")
    return folder


def _open(folder: Path, device: str, compute_type: str) -> Any:  # noqa: ANN401  untyped library
    from faster_whisper import WhisperModel

    return WhisperModel(str(folder), device=device, compute_type=compute_type)


def _batched(model: Any, sound: Any) -> tuple[Any, Mapping[str, int]]:  # noqa: ANN401  untyped library
    """The model so that it hears a long sound in several pieces at once, and how to ask it."""
    from faster_whisper import BatchedInferencePipeline

    if len(sound) < _LONG_S * _RATE_HZ:
        return model, _ALONE
    return BatchedInferencePipeline(model), {"batch_size": _BATCH}


def _doubt(info: Any) -> str | None:  # noqa: ANN401  untyped library
    sureness = float(info.language_probability)
    if sureness >= _UNSURE:
        return None
    return f"The language is a guess: {info.language}, {sureness:.0%} sure."


def _words(
    model: Any,  # noqa: ANN401  untyped library
    sound: Any,  # noqa: ANN401  a numpy array
    options: Mapping[str, int],
    *,
    has_word_times: bool,
) -> tuple[list[Word], Any]:
    segments, info = model.transcribe(
        sound,
        **options,
        vad_filter=True,
        word_timestamps=has_word_times,
        condition_on_previous_text=False,  # else one repeated phrase repeats to the end
    )
    words: list[Word] = []
    for segment in segments:
        if has_word_times:
            words += _timed_words(segment)
        else:
            texts = segment.text.split()
            words += shared_out(texts, start_s=float(segment.start), end_s=float(segment.end))
    return words, info


def _timed_words(segment: Any) -> list[Word]:  # noqa: ANN401  untyped library
    """Its words; in scripts without spaces the model's words are pieces of one phrase."""
    return [
        Word(
            text=word.word.strip(),
            start_s=float(word.start),
            end_s=float(word.end),
            is_joined=number > 0 and not word.word.startswith(" "),
        )
        for number, word in enumerate(segment.words)
        if word.word.strip()
    ]


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
