"""What an encoder took away from a clip's pictures is measured on some of them."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tests.clips import QUICK, cropped, lavfi, make, render, spec_of
from viral_forge_assets.domain.sampling import sampled
from viral_forge_resources.media import fidelity as fidelity_module
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.fidelity import why_not_measured

_LENGTH_S = 3.0


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Something that moves, with noise that no two pictures share."""
    graph = f"testsrc2=s=320x180:r=30:d={_LENGTH_S},noise=alls=8:allf=t"
    return make(tmp_path_factory.mktemp("source") / "busy.mp4", *lavfi(graph), *QUICK)


def _spec(crf: int):
    spec = spec_of((0.0, _LENGTH_S), framing=cropped(102, 180))
    spec = replace(spec, width_px=180, height_px=320, crf=crf)
    return replace(spec, compared=sampled(_LENGTH_S, spec.fps))


def test_what_is_encoded_well_is_like_what_was_given(source, tmp_path):
    report = render(source, tmp_path / "clip.mp4", _spec(crf=10))
    assert report.fidelity is not None
    assert report.fidelity.vmaf > 95
    assert report.fidelity.lowest <= report.fidelity.vmaf


def test_what_is_pressed_too_hard_is_not(source, tmp_path):
    report = render(source, tmp_path / "clip.mp4", _spec(crf=45))
    assert report.fidelity is not None
    assert report.fidelity.vmaf < 80


def test_the_comparison_changes_no_byte_of_the_clip(source, tmp_path):
    compared = render(source, tmp_path / "compared.mp4", _spec(crf=23))
    alone = render(source, tmp_path / "alone.mp4", replace(_spec(crf=23), compared=()))
    assert (tmp_path / "compared.mp4").read_bytes() == (tmp_path / "alone.mp4").read_bytes()
    assert compared.fidelity is not None
    assert (alone.fidelity, alone.no_fidelity_because) == (None, None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["alone.mp4", "compared.mp4"]


def test_the_comparison_gives_the_same_every_time(source, tmp_path):
    measured = [render(source, tmp_path / "clip.mp4", _spec(crf=30)).fidelity for _ in range(2)]
    assert len({(each.vmaf, each.lowest, each.pictures) for each in measured if each}) == 1


def test_each_picture_is_compared_with_itself(source, tmp_path):
    """One picture aside, even a clip without loss would be another."""
    spec = replace(_spec(crf=1), compared=sampled(_LENGTH_S, _spec(crf=1).fps))
    report = render(source, tmp_path / "clip.mp4", spec)
    assert report.fidelity is not None
    assert report.fidelity.lowest > 95


def test_an_ffmpeg_that_cannot_compare_says_so(source, tmp_path, monkeypatch):
    script = tmp_path / "ffmpeg"
    script.write_text("#!/bin/sh\necho ' .. hflip V->V'\n")
    script.chmod(0o700)
    assert why_not_measured(str(script)) == "this FFmpeg has no libvmaf"
    assert why_not_measured(ffmpeg_binary()) is None
    assert fidelity_module.samples_of((), _spec(crf=20).fps, 90) == ()


@pytest.mark.parametrize("duration_s", [0.1, 0.5, 3.0, 8.0, 20.0, 60.0, 179.9])
def test_samples_lie_inside_the_clip_and_are_few(duration_s):
    fps = _spec(crf=20).fps
    samples = sampled(duration_s, fps)
    assert all(0 <= each.start_s < each.end_s <= duration_s + 1e-9 for each in samples)
    assert all(before.end_s <= after.start_s + 1e-9 for before, after in pairwise(samples))
    total_s = sum(each.duration_s for each in samples)
    assert total_s <= max(0.1 * duration_s, 9 / fps) + 1e-9
    assert total_s <= 3.0 + 1e-9
