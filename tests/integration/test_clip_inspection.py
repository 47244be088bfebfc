"""A finished clip is measured on the file itself."""

from fractions import Fraction

import pytest

from tests.clips import QUICK, lavfi, make
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.inspection import clip_facts

_MOVING = "testsrc2=s=64x112:r=30:d=3"


@pytest.fixture(scope="module")
def moving(tmp_path_factory):
    target = tmp_path_factory.mktemp("clip") / "moving.mp4"
    return make(target, *lavfi(_MOVING, "sine=f=500:r=48000:d=3"), *QUICK)


def test_a_good_clip_is_measured(moving):
    facts = clip_facts(moving)
    assert facts.duration_s == pytest.approx(3.0)
    assert (facts.width_px, facts.height_px) == (64, 112)
    assert (facts.fps, facts.is_variable_rate) == (Fraction(30), False)
    assert facts.sync_offset_s == 0.0, "the encoder's lead-in is no offset"
    assert facts.loudness_lufs == pytest.approx(-21.0, abs=1.0)
    assert facts.true_peak_dbtp == pytest.approx(-18.0, abs=0.5)
    assert (facts.black_s, facts.frozen_s) == (0.0, 0.0)


@pytest.mark.parametrize("late_s", [0.2, -0.2])
def test_sound_that_starts_late_or_early_is_out_of_step(moving, late_s, tmp_path):
    first, second = ("0:v", "1:a") if late_s > 0 else ("1:v", "0:a")
    inputs = ["-i", str(moving), "-itsoffset", str(abs(late_s)), "-i", str(moving)]
    clip = make(tmp_path / "late.mp4", *inputs, "-map", first, "-map", second, "-c", "copy")
    assert clip_facts(clip).sync_offset_s == pytest.approx(late_s, abs=0.03)


@pytest.mark.parametrize("extra_s", [0.4, -0.4])
def test_sound_that_ends_late_or_early_is_out_of_step(extra_s, tmp_path):
    tone = f"sine=f=500:r=48000:d={3 + extra_s}"
    clip = make(tmp_path / "long.mp4", *lavfi(_MOVING, tone), *QUICK)
    assert clip_facts(clip).sync_offset_s == pytest.approx(extra_s, abs=0.03)


def test_black_and_standstill_are_counted(tmp_path):
    graph = (
        "[0]trim=end=0.8[a];[1]trim=end=0.6[b];[2]loop=-1:1,trim=end=2.4,setpts=N/30/TB[c];"
        "[a][b][c]concat=n=3,format=yuv420p"
    )
    inputs = lavfi(_MOVING, "color=black:s=64x112:r=30:d=3", "smptebars=s=64x112:r=30:d=0.04")
    clip = make(tmp_path / "dull.mp4", *inputs, "-filter_complex", graph, *QUICK)
    facts = clip_facts(clip)
    assert facts.black_s == pytest.approx(0.6, abs=0.1)
    assert facts.frozen_s == pytest.approx(2.4, abs=0.2)
    assert facts.sync_offset_s is None, "there is no sound to be out of step"
    assert facts.loudness_lufs is None


def test_a_small_clock_on_a_flat_ground_is_no_standstill(tmp_path):
    inputs = lavfi("color=gray:s=640x1136:r=30:d=3", "color=black:s=26x26:r=30:d=3")
    graph = "[0][1]overlay=x='mod(n,40)*16':y=500"
    clip = make(tmp_path / "clock.mp4", *inputs, "-filter_complex", graph, *QUICK)
    assert clip_facts(clip).frozen_s == 0.0


def test_an_uneven_rate_is_noticed(tmp_path):
    uneven = f"{_MOVING},select='lt(t,1)+not(mod(n,3))'"
    clip = make(tmp_path / "vfr.mp4", *lavfi(uneven), "-fps_mode", "vfr", *QUICK)
    assert clip_facts(clip).is_variable_rate


def test_silence_has_no_loudness(tmp_path):
    inputs = lavfi(_MOVING, "anullsrc")
    clip = make(tmp_path / "mute.mp4", *inputs, "-t", "1", *QUICK)
    facts = clip_facts(clip)
    assert (facts.loudness_lufs, facts.true_peak_dbtp) == (None, None)
    assert facts.sync_offset_s == pytest.approx(0.0, abs=0.03)


@pytest.mark.parametrize("content", [b"", b"no clip"])
def test_what_is_no_clip_is_refused(content, tmp_path):
    clip = tmp_path / "clip-1.mp4"
    clip.write_bytes(content)
    with pytest.raises(BadInput, match=r"'clip-1\.mp4': is no playable clip"):
        clip_facts(clip)
