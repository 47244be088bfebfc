"""Takes a clip's likeness: what it shows and how it sounds, in a few hundred numbers."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.media._container import open_media
from viral_forge_resources.media._sound import decoded_sound

_COLUMNS, _ROWS = 9, 8
_MOST_FRAMES = 96
_STEP_S = 0.9
_FLAT = 3.0
"""Grey levels: a picture that varies by less says nothing of what it shows."""

_RATE_HZ = 16_000
_WINDOW, _HOP = 6_400, 1_600
_BANDS = 33
_LOWEST_HZ, _HIGHEST_HZ = 300.0, 2_000.0
_SILENT_RMS = 1e-3
"""-60 dB: what is softer counts as no sound."""


def clip_print(path: Path, probe: MediaProbe) -> ClipPrint:
    """The likeness of the clip at ``path``; of its pictures, only those that stand alone are read.

    Raises:
        BadInput: no picture or no sound of it can be decoded.
    """
    return ClipPrint(frames=_frames(path), sound=_sound(path, probe))


def _frames(path: Path) -> tuple[int, ...]:
    found: list[int] = []
    seen = 0
    next_s = 0.0
    with open_media(path, name=path.name) as container:
        track = container.streams.video[0]
        track.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(track):
            seen += 1
            at_s = frame.time or 0.0
            if at_s < next_s or len(found) >= _MOST_FRAMES:
                continue
            next_s = at_s + _STEP_S
            grey = frame.reformat(
                width=_COLUMNS, height=_ROWS, format="gray", interpolation="AREA"
            ).to_ndarray()
            if grey.std() >= _FLAT:
                found.append(_difference_hash(grey))
    if not seen:
        raise BadInput(path.name, reason="shows no frame", remedy="Render the clip again.")
    return tuple(found)


def _difference_hash(grey: npt.NDArray[Any]) -> int:
    """A bit for each pair of neighbours: whether it gets darker to the right; by rows.

    Source: https://www.hackerfactor.com/blog/index.php?/archives/529-Kind-of-Like-That.html
    """
    return _as_number(grey[:, :-1] > grey[:, 1:])


def _sound(path: Path, probe: MediaProbe) -> tuple[int, ...]:
    """A bit for each two neighbouring bands: whether their difference grew since a tenth before.

    Source: Haitsma and Kalker, A Highly Robust Audio Fingerprinting System, ISMIR 2002, 4.2.
    """
    if probe.audio_channels is None:
        return ()
    samples = decoded_sound(path, probe)
    if len(samples) < _WINDOW + _HOP or float(np.sqrt(np.mean(samples**2))) < _SILENT_RMS:
        return ()
    energy = _band_energy(samples)
    change = np.diff(energy[:, :-1] - energy[:, 1:], axis=0)
    return tuple(_as_number(row > 0) for row in change)


def _band_energy(samples: npt.NDArray[np.float32]) -> Any:  # noqa: ANN401  a numpy array
    """Energy by moment and band, shape (moments, 33)."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, _WINDOW)[::_HOP]
    shape = np.hanning(_WINDOW).astype(np.float32)
    edges_hz = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, _BANDS + 1)
    edges = np.round(edges_hz * _WINDOW / _RATE_HZ).astype(np.int64)
    rows = []
    for window in windows:  # one at a time: a minute at once would take 30 MB
        power = np.abs(np.fft.rfft(window * shape)) ** 2
        rows.append(np.add.reduceat(power[: edges[-1]], edges[:-1]))
    return np.asarray(rows)


def _as_number(bits: npt.NDArray[np.bool_]) -> int:
    return int.from_bytes(np.packbits(bits.reshape(-1)).tobytes(), "big")
