"""The sound of a video as a speech model hears it, laid against the picture."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.media._container import open_media

_RATE_HZ = 16_000  # what Whisper hears
_GAP_S = 0.1  # smaller jumps of the sound's clock are rounding
_LONGEST_OVERHANG_S = 10.0


def decoded_sound(path: Path, probe: MediaProbe) -> Any:  # noqa: ANN401  a numpy array
    """Mono float32 at 16 kHz, shape (samples,); its first sample sounds with the first frame.

    Raises:
        BadInput: the sound track cannot be read.
    """
    import numpy as np

    chunks = [np.zeros(0, np.float32)]
    filled = 0
    with open_media(path, name=path.name) as container:
        for start_s, chunk in _chunks(container):
            starts_at = filled if start_s is None else round((start_s - probe.start_s) * _RATE_HZ)
            if starts_at > (probe.duration_s + _LONGEST_OVERHANG_S) * _RATE_HZ:
                break
            if starts_at - filled > _GAP_S * _RATE_HZ:
                chunks.append(np.zeros(starts_at - filled, np.float32))
                filled = starts_at
            ahead = -starts_at if not filled and starts_at < 0 else 0
            chunks.append(chunk[ahead:])
            filled += len(chunks[-1])
    return np.concatenate(chunks)


def _chunks(container: Any) -> Iterator[tuple[float | None, Any]]:  # noqa: ANN401  untyped library
    """Pieces of the sound as mono float32 at 16 kHz, each with its time in the file."""
    import av

    resampler, shape = None, None
    for packet in container.demux(container.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue  # a broken packet costs its own sound only
        for frame in frames:
            if resampler is None or shape != (frame.format.name, frame.layout.name, frame.rate):
                shape = (frame.format.name, frame.layout.name, frame.rate)
                resampler = av.AudioResampler(format="flt", layout="mono", rate=_RATE_HZ)
            for chunk in resampler.resample(frame):
                yield frame.time, chunk.to_ndarray().reshape(-1)
