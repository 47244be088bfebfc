"""Mixes what is heard in a clip besides its source into one file, sample by sample."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.sound import EffectCue, MusicCue, Soundtrack
from viral_forge_resources.media._container import open_media
from viral_forge_resources.media._effects import RATE_HZ, Stereo, effect, faded
from viral_forge_resources.media.loudness import REFERENCE_LUFS

_REFERENCE_RMS_DB = REFERENCE_LUFS - 2.3
"""Of an effect in each channel: noise with that RMS in both has about the reference's loudness.

Source: https://www.itu.int/rec/R-REC-BS.1770 (equation 2: both channels add up, -0.691 LU)
"""

_CROSSFADE_S = 1.0
_BEATS_A_BAR = 4
_QUIET = 10 ** (-50 / 20)
_EDGE_S = 0.01
_SHORTEST_S = 1.0
_PEAK = 0.98


def compose(
    soundtrack: Soundtrack, target: Path, *, track: Path | None, track_lufs: float | None
) -> None:
    """Write ``target``: FLAC, stereo, 48 kHz, 16 bit, exactly as long as the clip.

    Args:
        soundtrack: what is heard when.
        target: replaced.
        track: the music's file, where there is music.
        track_lufs: its loudness.

    Raises:
        BadInput: the music cannot be decoded, or is nothing but silence.
    """
    samples = round(soundtrack.duration_s * RATE_HZ)
    mix = np.zeros((2, samples), np.float32)
    if soundtrack.music is not None and track is not None and track_lufs is not None:
        cue = soundtrack.music
        music = _looped(_decoded(track, samples), samples, bpm=cue.bpm, name=track.name)
        mix += music * _decibels(REFERENCE_LUFS - track_lufs + cue.level_db)
        mix *= _envelope(cue, samples)
    for each in soundtrack.effects:
        _lay(mix, each)
    _write(faded(np.clip(mix, -_PEAK, _PEAK), round(_EDGE_S * RATE_HZ)), target)


def _decoded(track: Path, samples: int) -> Stereo:
    """As much of the track as a clip may need."""
    import av

    wanted = samples + round(_CROSSFADE_S * RATE_HZ)
    resampler = av.AudioResampler(format="fltp", layout="stereo", rate=RATE_HZ)
    pieces = [np.zeros((2, 0), np.float32)]
    filled = 0
    with open_media(track, name=track.name) as container:
        if not container.streams.audio:
            raise BadInput(track.name, reason="has no sound", remedy="Remove it from the folder.")
        for frame in container.decode(container.streams.audio[0]):
            for piece in resampler.resample(frame):
                pieces.append(piece.to_ndarray().astype(np.float32))
                filled += piece.samples
            if filled >= wanted:
                break
        else:
            pieces += [piece.to_ndarray().astype(np.float32) for piece in resampler.resample(None)]
    return np.concatenate(pieces, axis=1)


def _looped(music: Stereo, samples: int, *, bpm: float | None, name: str) -> Stereo:
    """``music`` without silence at its ends, over and over, each end faded into the next start."""
    loud = np.flatnonzero(np.abs(music).max(axis=0) > _QUIET) if music.size else np.zeros(0)
    if not len(loud) or loud[-1] - loud[0] < _SHORTEST_S * RATE_HZ:
        reason = f"is heard for less than {_SHORTEST_S:g} s"
        raise BadInput(name, reason=reason, remedy="Replace it in the music folder.")
    music = music[:, int(loud[0]) : int(loud[-1]) + 1]
    if music.shape[1] >= samples:
        return music[:, :samples]
    step = _period(music.shape[1], bpm)
    overlap = music.shape[1] - step
    rise = np.sqrt(np.linspace(0, 1, overlap, dtype=np.float32))
    piece = music.copy()
    piece[:, :overlap] *= rise
    piece[:, step:] *= rise[::-1]
    whole = np.zeros((2, samples + music.shape[1]), np.float32)
    for start in range(0, samples, step):
        whole[:, start : start + music.shape[1]] += piece
    whole[:, :overlap] = music[:, :overlap]  # nothing is faded into the very first start
    return whole[:, :samples]


def _period(length: int, bpm: float | None) -> int:
    """Samples from one start of a loop to the next: whole bars where the beat is known."""
    longest = length - min(round(_CROSSFADE_S * RATE_HZ), length // 4)
    if bpm is None:
        return longest
    bar = _BEATS_A_BAR * 60 / bpm * RATE_HZ
    bars = int((length - round(_EDGE_S * RATE_HZ)) / bar)
    # A tail longer than the loop would sound on over it.
    return round(bars * bar) if bars and round(bars * bar) >= length // 2 else longest


def _envelope(cue: MusicCue, samples: int) -> npt.NDArray[np.float32]:
    times_s = np.arange(samples, dtype=np.float64) / RATE_HZ
    gain = np.ones(samples)
    if cue.duck_points:
        moments, levels_db = zip(*cue.duck_points, strict=True)
        gain = 10 ** (np.interp(times_s, moments, levels_db) / 20)
    end_s = samples / RATE_HZ
    gain *= np.clip(times_s / max(cue.fade_in_s, 1 / RATE_HZ), 0, 1)
    gain *= np.clip((end_s - times_s) / max(cue.fade_out_s, 1 / RATE_HZ), 0, 1)
    return gain.astype(np.float32)


def _lay(mix: Stereo, cue: EffectCue) -> None:
    made = effect(cue.kind, cue.seed)
    start = round(cue.at_s * RATE_HZ) - made.moment
    shown = slice(max(start, 0), min(start + made.sound.shape[1], mix.shape[1]))
    if shown.start >= shown.stop:
        return
    part = made.sound[:, shown.start - start : shown.stop - start]
    part = faded(part, round(_EDGE_S * RATE_HZ)) if part.shape != made.sound.shape else part
    mix[:, shown] += part * _decibels(_REFERENCE_RMS_DB + cue.level_db)


def _decibels(level: float) -> np.float32:
    return np.float32(10 ** (level / 20))


def _write(mix: Stereo, target: Path) -> None:
    import av

    whole = np.ascontiguousarray(np.round(mix * 32767).astype(np.int16).T.reshape(1, -1))
    with av.open(str(target), "w", format="flac", options={"fflags": "+bitexact"}) as container:
        stream = container.add_stream("flac", rate=RATE_HZ, layout="stereo", format="s16")
        for start in range(0, whole.shape[1], 2 * RATE_HZ):
            piece = whole[:, start : start + 2 * RATE_HZ]
            frame = av.AudioFrame.from_ndarray(piece, format="s16", layout="stereo")
            frame.sample_rate = RATE_HZ
            frame.pts = start // 2
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
