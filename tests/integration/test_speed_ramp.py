"""Time lingers around accents, and is in time again before anybody could notice."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from tests.clips import lavfi, make
from viral_forge_assets.filters.speed_ramp import SpeedRamp
from viral_forge_resources.contracts.filters import FilterContext
from viral_forge_resources.contracts.media import Stretch

_FRAMES = 150
_RATES = (Fraction(30), Fraction(30000, 1001), Fraction(25), Fraction(24000, 1001))


def _clip(fps: Fraction = Fraction(30), **changes: object) -> FilterContext:
    known = {"speech": (), "texts": (), "cuts_s": (2.5,)} | changes
    return FilterContext(
        width_px=64,
        height_px=64,
        fps=fps,
        frames=_FRAMES,
        source_width_px=64,
        **known,  # type: ignore[arg-type]
    )


def _shown(folder: Path, chain: str, fps: Fraction = Fraction(30)) -> list[int]:
    """Number of the source frame that each frame shows: each is a little brighter."""
    rising = f"color=black:s=64x64:r={fps},trim=end_frame={_FRAMES},geq=lum='16+N':cb=128:cr=128"
    target = folder / "clip.mkv"
    make(target, *lavfi(rising), "-vf", f"{chain},format=yuv420p", "-c:v", "ffv1")
    with av.open(str(target)) as container:
        return [int(frame.to_ndarray()[32, 32]) - 16 for frame in container.decode(video=0)]


@pytest.mark.parametrize("fps", _RATES)
def test_frames_are_as_many_and_in_order_and_both_ends_are_in_time(fps, tmp_path):
    cut_s = round(2.5 * fps) / float(fps)
    shown = _shown(tmp_path, SpeedRamp(strength=1).filtergraph(_clip(fps, cuts_s=(cut_s,))), fps)
    assert len(shown) == _FRAMES
    assert shown == sorted(shown)
    assert shown[:20] == list(range(20))
    assert shown[-20:] == list(range(_FRAMES - 20, _FRAMES))


def test_it_hurries_lingers_on_the_accent_and_hurries_again(tmp_path):
    shown = _shown(tmp_path, SpeedRamp(strength=1, length_s=2).filtergraph(_clip()))
    moved = np.array([later - earlier for earlier, later in pairwise(shown)])
    assert shown[75] in (75, 76), "the cut keeps its frame"
    assert moved[68:80].mean() < 0.7
    assert min(moved[45:51].mean(), moved[98:104].mean()) > 1.5
    assert np.abs(np.array(shown) - np.arange(_FRAMES)).max() >= 4


@pytest.mark.parametrize(
    "speech", [None, (Stretch(start_s=0.0, end_s=5.0),), (Stretch(start_s=2.3, end_s=2.7),)]
)
def test_nothing_happens_where_somebody_speaks_or_nobody_listened(speech):
    assert SpeedRamp(every_s=8).filtergraph(_clip(speech=speech)) == "null"


def test_what_is_spoken_next_to_it_stays_in_time(tmp_path):
    speech = (Stretch(start_s=0.5, end_s=2.0), Stretch(start_s=3.0, end_s=4.5))
    shown = _shown(tmp_path, SpeedRamp(strength=1).filtergraph(_clip(speech=speech)))
    assert shown != list(range(_FRAMES))
    for stretch in speech:
        spoken = slice(round(stretch.start_s * 30), round(stretch.end_s * 30))
        assert shown[spoken] == list(range(_FRAMES))[spoken]


def test_no_other_cut_moves(tmp_path):
    clip = _clip(cuts_s=(2.0, 2.5, 3.1))
    shown = _shown(tmp_path, SpeedRamp(strength=1, every_s=1).filtergraph(clip))
    for cut_s in clip.cuts_s:
        frame = round(cut_s * 30)
        assert shown[frame - 1] < frame <= shown[frame] <= frame + 1


def test_windows_never_overlap():
    long = replace(_clip(), frames=5400, cuts_s=tuple(0.9 * cut for cut in range(1, 190)))
    ramp = SpeedRamp(length_s=4, every_s=1)
    windows = ramp._windows(long)
    assert len(windows) > 50
    for (one_s, one_half_s), (two_s, two_half_s) in pairwise(windows):
        assert one_s + one_half_s <= two_s - two_half_s + 1e-6
