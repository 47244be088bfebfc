"""eSpeak NG: a robotic voice that needs no network and no account, and knows when it says what."""

import ctypes
import re
import sys
import threading
import unicodedata
import wave
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import espeakng_loader
import numpy as np
import numpy.typing as npt
from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput, Misconfigured
from viral_forge_resources.contracts.media import Word
from viral_forge_resources.contracts.speech import Speech
from viral_forge_resources.settings import settings_config

_AUDIO_OUTPUT_RETRIEVAL = 1
_PARAMETER_RATE = 1
_POSITION_CHARACTER = 1
_FLAGS_UTF8_ONLY = 1  # neither SSML nor phoneme input: text is only ever text
_EVENT_WORD = 1
_SILENT_BELOW = 0.01  # of full scale; between words the voice is at digital zero
_TOKEN = re.compile(r"\S*[^\W_]\S*")

_ONE_AT_A_TIME = threading.Lock()
"""The library keeps its voice, rate and callback once for the whole process."""


class Settings(BaseSettings):
    """How it speaks."""

    model_config = settings_config("VOICE_ESPEAK")

    language: str = Field(
        default="en-us",
        pattern=r"^[a-z]{2,3}(-[a-z0-9]+)*$",
        description="Voice name, such as en-us, de or fr-fr.",
    )
    words_per_minute: int = Field(default=165, ge=80, le=450, description="Speed of speech.")


def open_plugin(settings: Settings) -> "EspeakVoice":
    """The voice that ``settings`` describe."""
    return EspeakVoice(settings.language, words_per_minute=settings.words_per_minute)


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    """``espeak_EVENT``.

    Source: https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
    """

    _fields_ = (
        ("kind", ctypes.c_int),
        ("message", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_ms", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)


class EspeakVoice:
    """Speaks offline.

    Word times are the voice's own: a word starts where the library says so, and ends where its
    sound ends. The library merges some short words (``of the``); the time of such a group is
    shared among its words by length. The same text sounds the same to a few hundredths of a
    second: the library carries a phase over from what the process said before, even through its
    own reset.
    """

    def __init__(self, language: str = "en-us", *, words_per_minute: int = 165) -> None:
        self._language = language
        self._words_per_minute = words_per_minute

    def speak(self, text: str, target: Path) -> Speech:
        """Write ``text``, spoken, as a mono 16-bit WAV of 22,050 Hz to ``target``.

        Raises:
            BadInput: there is nothing to say.
            Misconfigured: there is no voice of that language.
        """
        spoken = "".join(
            " " if unicodedata.category(character)[0] == "C" else character for character in text
        )
        tokens = list(_TOKEN.finditer(spoken))
        if not tokens:
            raise BadInput(text, reason="holds no word to say", remedy="Give a sentence.")
        sound, marks, rate_hz = _synthesized(
            spoken, language=self._language, words_per_minute=self._words_per_minute
        )
        if not sound:
            raise BadInput(text, reason="is silent in this voice", remedy="Give a sentence.")
        _write_wav(target, sound, rate_hz=rate_hz)
        samples = np.frombuffer(sound, dtype=np.int16)
        return Speech(
            words=tuple(_words(tokens, marks, samples, rate_hz=rate_hz)),
            duration_s=len(samples) / rate_hz,
            language=self._language,
        )


@cache
def _library() -> tuple[ctypes.CDLL, int]:
    """The library, ready for use, and its sample rate; called under the lock."""
    library = ctypes.CDLL(str(espeakng_loader.get_library_path()))
    folder = str(espeakng_loader.get_data_path()).encode(sys.getfilesystemencoding())
    rate_hz = int(library.espeak_Initialize(_AUDIO_OUTPUT_RETRIEVAL, 0, folder, 0))
    if rate_hz <= 0:
        raise Misconfigured("eSpeak NG found no voices. Install espeakng-loader again.")
    return library, rate_hz


def _synthesized(
    text: str, *, language: str, words_per_minute: int
) -> tuple[bytes, list[tuple[int, int]], int]:
    """Samples; where each word starts, as (character of the text, sample); samples a second."""
    chunks: list[bytes] = []
    marks: list[tuple[int, int]] = []

    def receive(samples: int | None, count: int, events: int) -> int:
        if samples and count:
            chunks.append(ctypes.string_at(samples, 2 * count))
        marks.extend(_word_marks(events))
        return 0

    callback = _Callback(receive)
    content = text.encode()
    with _ONE_AT_A_TIME:
        library, rate_hz = _library()
        if library.espeak_SetVoiceByName(language.encode()) != 0:
            raise Misconfigured(
                f"eSpeak NG has no voice '{language}'. Set VIRAL_FORGE_VOICE_ESPEAK_LANGUAGE."
            )
        library.espeak_SetParameter(_PARAMETER_RATE, words_per_minute, 0)
        library.espeak_SetSynthCallback(callback)
        library.espeak_Synth(
            content, len(content) + 1, 0, _POSITION_CHARACTER, 0, _FLAGS_UTF8_ONLY, None, None
        )
        library.espeak_Synchronize()
        library.espeak_SetSynthCallback(_Callback())
    return b"".join(chunks), marks, rate_hz


def _word_marks(events: int) -> Iterator[tuple[int, int]]:
    event = ctypes.cast(events, ctypes.POINTER(_Event))
    index = 0
    while event[index].kind:
        if event[index].kind == _EVENT_WORD:
            yield event[index].text_position - 1, event[index].sample
        index += 1


def _write_wav(target: Path, sound: bytes, *, rate_hz: int) -> None:
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(sound)


def _words(
    tokens: Sequence[re.Match[str]],
    marks: Sequence[tuple[int, int]],
    samples: npt.NDArray[np.int16],
    *,
    rate_hz: int,
) -> Iterator[Word]:
    groups = _groups(tokens, marks)
    ends = [*groups[1:], (len(tokens), len(samples))]
    for (first, start), (last, end) in zip(groups, ends, strict=True):
        audible = abs(samples[start:end].astype(int)) > _SILENT_BELOW * 32768
        length = int(audible.nonzero()[0][-1]) + 1 if audible.any() else end - start
        texts = [token.group() for token in tokens[first:last]]
        total = sum(map(len, texts))
        done = 0
        for text in texts:
            from_, done = done, done + len(text)
            yield Word(
                text=text,
                start_s=(start + length * from_ / total) / rate_hz,
                end_s=(start + length * done / total) / rate_hz,
            )


def _groups(
    tokens: Sequence[re.Match[str]], marks: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """(number of the first token, first sample) of each stretch that the voice timed."""
    starts = [token.start() for token in tokens]
    groups = [(0, marks[0][1] if marks else 0)]
    for position, sample in marks:
        number = bisect_right(starts, position) - 1
        if number > groups[-1][0] and sample > groups[-1][1]:
            groups.append((number, sample))
    return groups
