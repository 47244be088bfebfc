"""Hardware encodes where it works; where it does not, the CPU does and the clip says why."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import QUICK, coloured_seconds, colours, lavfi, make, spec_of
from tests.fakes.ffmpeg import Manner, calls_of, ffmpeg_with
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.encoders import AUTO, Encoders
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.renderer import FfmpegRenderer

_CODECS = {
    "nvenc": "h264_nvenc",
    "videotoolbox": "h264_videotoolbox",
    "qsv": "h264_qsv",
    "vaapi": "h264_vaapi",
}


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return coloured_seconds(tmp_path_factory.mktemp("source") / "two.mp4", "red", "lime")


def _render(binary: str, source: Path, target: Path, *, encoder: str = AUTO):
    return FfmpegRenderer(encoder=encoder, binary=binary).render(
        source,
        target,
        spec=replace(spec_of((0.5, 1.5)), crf=21),
        captions=None,
        on_progress=lambda _share: None,
    )


@pytest.mark.parametrize("name", _CODECS)
def test_hardware_that_works_is_used(name, tmp_path):
    (tmp_path / "renderD128").touch()
    binary = ffmpeg_with(tmp_path, _CODECS[name], Manner.WORKS)
    choice = Encoders(binary, gpus=tmp_path).choice(AUTO)
    assert (choice.encoder.codec, choice.note) == (_CODECS[name], None)
    assert ("-vaapi_device" in choice.before) == (name == "vaapi")


@pytest.mark.parametrize("codec", ["h264_nvenc", "h264_qsv"])
def test_a_clip_is_encoded_by_hardware_that_works(codec, source, tmp_path):
    binary = ffmpeg_with(tmp_path, codec, Manner.WORKS)
    report = _render(binary, source, tmp_path / "clip.mp4")
    assert (report.encoder, report.encoder_note) == (codec, None)
    assert codec in report.build
    assert colours(tmp_path / "clip.mp4") == ["red"] * 15 + ["lime"] * 15
    assert calls_of(binary) == ["trial", "trial", "render"]


def test_an_encoder_is_tried_once(source, tmp_path):
    binary = ffmpeg_with(tmp_path, "h264_nvenc", Manner.WORKS)
    for number in range(2):
        _render(binary, source, tmp_path / f"clip-{number}.mp4")
    assert calls_of(binary) == ["trial", "trial", "render", "render"]


def test_hardware_that_does_not_start_leaves_the_clip_to_the_cpu(source, tmp_path):
    binary = ffmpeg_with(tmp_path, "h264_nvenc", Manner.REFUSES)
    report = _render(binary, source, tmp_path / "clip.mp4")
    assert report.encoder == "libx264"
    assert report.encoder_note is not None
    assert (
        "nvenc: Cannot load libcuda.so.1; videotoolbox: this FFmpeg has none" in report.encoder_note
    )
    assert calls_of(binary) == ["trial"]


def test_hardware_that_varies_is_used_only_by_name(source, tmp_path):
    binary = ffmpeg_with(tmp_path, "h264_nvenc", Manner.WAVERS)
    left_to_choose = _render(binary, source, tmp_path / "clip.mp4")
    named = _render(binary, source, tmp_path / "named.mp4", encoder="nvenc")
    assert left_to_choose.encoder == "libx264"
    assert "nvenc: gives other bytes for the same pictures" in (left_to_choose.encoder_note or "")
    assert named.encoder == "h264_nvenc"
    assert "wants a new approval" in (named.encoder_note or "")


@pytest.mark.parametrize("manner", [Manner.BREAKS, Manner.LOSES_FRAMES])
def test_hardware_that_breaks_in_a_clip_is_replaced_and_not_asked_again(manner, source, tmp_path):
    binary = ffmpeg_with(tmp_path, "h264_nvenc", manner)
    first = _render(binary, source, tmp_path / "first.mp4")
    second = _render(binary, source, tmp_path / "second.mp4")
    assert [first.encoder, second.encoder] == ["libx264"] * 2
    assert all("gave up in the middle" in (each.encoder_note or "") for each in (first, second))
    assert calls_of(binary) == ["trial", "trial", "render"]
    assert (tmp_path / "first.mp4").read_bytes() == (tmp_path / "second.mp4").read_bytes()


def test_a_source_that_ends_too_early_is_not_blamed_on_the_hardware(source, tmp_path):
    binary = ffmpeg_with(tmp_path, "h264_nvenc", Manner.WORKS)
    short = make(tmp_path / "short.mp4", *lavfi("color=red:s=160x90:r=30:d=0.4"), *QUICK)
    renderer = FfmpegRenderer(encoder=AUTO, binary=binary)
    with pytest.raises(BadInput, match=r"ends .* before the clip"):
        renderer.render(
            short,
            tmp_path / "clip.mp4",
            spec=spec_of((0.0, 8.0)),
            captions=None,
            on_progress=lambda _share: None,
        )
    assert renderer.encoder().encoder.codec == "h264_nvenc"


def test_a_clip_is_no_other_for_the_encoder_that_happened_to_work(tmp_path):
    working = ffmpeg_with(tmp_path, "h264_nvenc", Manner.WORKS)
    broken = ffmpeg_with(tmp_path, "h264_nvenc", Manner.REFUSES)
    builds = {FfmpegRenderer(encoder=AUTO, binary=each).build() for each in (working, broken)}
    assert len(builds) == 1
    assert FfmpegRenderer(binary=working).build() not in builds


def test_a_gpu_without_a_device_file_is_not_tried(tmp_path):
    trial = Encoders("/nonexistent/ffmpeg", gpus=tmp_path).trial("vaapi")
    assert trial.trouble == f"there is no GPU in {tmp_path}"


def test_this_machine_says_of_each_encoder_whether_it_works():
    encoders = Encoders(ffmpeg_binary())
    choice = encoders.choice(AUTO)
    for name in _CODECS:
        trial = encoders.trial(name)
        assert trial.trouble is None or name in (choice.note or ""), trial
    assert encoders.choice("cpu").note is None
