"""Tells speech from everything else, with the weights that lie inside faster-whisper."""

import importlib.metadata
import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

RATE_HZ = 16_000
WINDOW = 512
"""Samples that one probability stands for: 32 ms."""

Sound = npt.NDArray[np.float32]
"""Mono, -1 to 1, at ``RATE_HZ``."""

Voices = Callable[[Sound], npt.NDArray[np.float32]]
"""How likely each window of a sound is speech; the sound holds whole windows."""

_PACKAGE = "faster_whisper"
_WEIGHTS = "assets/silero_vad_v6.onnx"


def hearing_name() -> str:
    """What ``open_voices`` tells speech with; changes when other speech would be heard."""
    if _weights() is None:
        return "no ear for speech"
    return f"silero in faster-whisper {importlib.metadata.version('faster-whisper')}"


def no_voices_because() -> str:
    """What to say where nobody listens for speech."""
    if _weights() is None:
        return "faster-whisper came without the weights of Silero VAD"
    return "nobody was asked to"


@cache
def open_voices() -> Voices | None:
    """Silero VAD, loaded once for this process; None where its weights are missing.

    Source: https://github.com/snakers4/silero-vad
    """
    if _weights() is None:
        return None
    from faster_whisper.vad import get_vad_model

    model = get_vad_model()
    one_at_a_time = Lock()

    def likelihoods(sound: Sound) -> npt.NDArray[np.float32]:
        with one_at_a_time:
            return np.asarray(model(sound), dtype=np.float32).reshape(-1)

    return likelihoods


def _weights() -> Path | None:
    found = importlib.util.find_spec(_PACKAGE)
    folders = found.submodule_search_locations if found else None
    path = Path(folders[0], _WEIGHTS) if folders else None
    return path if path and path.is_file() else None
