"""One FFmpeg process makes the clip that the spec describes."""

import os
import select
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tests.clips import (
    HEIGHT_PX,
    QUICK,
    WIDTH_PX,
    coloured_seconds,
    colours,
    cropped,
    lavfi,
    make,
    pictures,
    render,
    spec_of,
    whole,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.renderer import FfmpegRenderer

_ASS = """[Script Info]
ScriptType: v4.00+
PlayResX: 90
PlayResY: 160
[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Bold, Alignment, MarginV
Style: Default,DejaVu Sans,30,&H00FFFFFF,-1,2,20
[Events]
Format: Start, End, Style, Text
Dialogue: 0:00:00.00,0:00:09.00,Default,{text}
"""


@pytest.fixture(scope="module")
def four_colours(tmp_path_factory):
    target = tmp_path_factory.mktemp("source") / "four.mp4"
    return coloured_seconds(target, "red", "lime", "blue", "yellow")


def test_a_clip_has_the_size_rate_and_frames_that_were_asked_for(four_colours, tmp_path):
    target = tmp_path / "clip.mp4"
    spec = replace(spec_of((0.5, 1.5), fps=Fraction(30000, 1001)), comment='recipe "a"; 1=2')
    render(four_colours, target, spec)
    with av.open(str(target)) as container:
        video = container.streams.video[0]
        assert (video.codec_context.width, video.codec_context.height) == (WIDTH_PX, HEIGHT_PX)
        assert video.average_rate == Fraction(30000, 1001)
        assert video.frames == 30
        assert video.codec_context.pix_fmt == "yuv420p"
        assert container.metadata["comment"] == 'recipe "a"; 1=2'
        assert "encoder" not in container.metadata
    head = target.read_bytes()[:4096]
    assert head.index(b"moov") < head.index(b"mdat"), "players could not start before the end"


def test_segments_are_shown_in_their_order_cut_to_the_frame(four_colours, tmp_path):
    target = tmp_path / "clip.mp4"
    render(four_colours, target, spec_of((2.0, 2.5), (0.0, 0.5), (0.8, 1.2), (3.5, 4.0)))
    expected = ["blue"] * 15 + ["red"] * 21 + ["lime"] * 6 + ["yellow"] * 15
    assert colours(target) == expected


def test_a_moving_crop_jumps_at_its_very_frame(tmp_path):
    halves = "color=black:s=160x90:r=30:d=1,drawbox=x=80:w=80:h=90:color=white:t=fill"
    source = make(tmp_path / "halves.mp4", *lavfi(halves), *QUICK)
    framing = cropped(50, 90, (0.0, 0, 0), (0.5, 110, 0), (0.7, 0, 0))
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 1.0), framing=framing))
    assert colours(tmp_path / "clip.mp4") == ["black"] * 15 + ["white"] * 6 + ["black"] * 9


def test_source_filters_act_on_the_picture_and_frame_filters_on_the_finished_frame(
    four_colours, tmp_path
):
    mark = "drawbox=x=0:y=0:w=20:h=20:color=white:t=fill"
    spec = replace(spec_of((0.0, 0.1)), source_filters=(mark, "hflip"), frame_filters=("vflip",))
    render(four_colours, tmp_path / "clip.mp4", spec)
    corners = [(0.02, 0.02), (0.98, 0.02), (0.02, 0.98), (0.98, 0.98)]
    seen = [colours(tmp_path / "clip.mp4", x, y)[0] for x, y in corners]
    assert seen == ["red", "red", "red", "white"]


def test_fit_shows_the_whole_picture_over_a_blurred_one(tmp_path):
    framed = "color=blue:s=160x90:r=30:d=0.1,drawbox=w=160:h=90:color=white:t=8"
    source = make(tmp_path / "framed.mp4", *lavfi(framed), *QUICK)
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.1), framing=whole(160, 90)))
    down_the_middle = [colours(tmp_path / "clip.mp4", 0.5, y)[0] for y in (0.2, 0.36, 0.5, 0.64)]
    assert down_the_middle == ["blue", "white", "blue", "white"]


def test_captions_are_drawn_on_top_whatever_their_file_is_called(four_colours, tmp_path):
    captions = tmp_path / "it's [a]:b,c;d\\e.ass"
    captions.write_text(_ASS.format(text="HEY"))
    report = render(four_colours, tmp_path / "clip.mp4", spec_of((0.0, 0.1)), captions)
    render(four_colours, tmp_path / "bare.mp4", spec_of((0.0, 0.1)))
    shown, bare = pictures(tmp_path / "clip.mp4")[0], pictures(tmp_path / "bare.mp4")[0]
    assert (shown[100:140] != bare[100:140]).any()
    assert abs(shown[:80].astype(int) - bare[:80]).max() < 8
    assert report.warnings == ()


def test_a_letter_that_no_font_has_is_reported(four_colours, tmp_path):
    captions = tmp_path / "captions.ass"
    captions.write_text(_ASS.format(text="\u6f22"))
    report = render(four_colours, tmp_path / "clip.mp4", spec_of((0.0, 0.1)), captions)
    assert any("0x6F22" in warning for warning in report.warnings)


def test_a_hostile_file_name_is_only_a_name(four_colours, tmp_path):
    source = tmp_path / "-i a'b\"c\n%03d:[x];\u202e.mp4"
    source.write_bytes(four_colours.read_bytes())
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.1)))
    assert colours(tmp_path / "clip.mp4") == ["red"] * 3


def test_equal_specs_give_equal_bytes(four_colours, tmp_path):
    captions = tmp_path / "captions.ass"
    captions.write_text(_ASS.format(text="HEY"))
    spec = spec_of((0.2, 0.6), (1.0, 1.4))
    first, second = tmp_path / "first.mp4", tmp_path / "second.mp4"
    render(four_colours, first, spec, captions)
    render(four_colours, second, spec, captions)
    assert first.read_bytes() == second.read_bytes()


def test_the_threads_of_the_encoder_leave_no_trace(tmp_path):
    # Of full size and noisy: on small pictures the threads never met.
    noise = lavfi("testsrc2=s=1280x720:r=30:d=2,noise=alls=6:allf=t")
    source = make(tmp_path / "noise.mp4", *noise, *QUICK)
    spec = replace(spec_of((0.0, 2.0), framing=cropped(404, 720)), width_px=1080, height_px=1920)
    clips = [tmp_path / f"{number}.mp4" for number in range(3)]
    for clip in clips:
        render(source, clip, spec)
    assert len({clip.read_bytes() for clip in clips}) == 1


def test_progress_rises_to_the_end(tmp_path):
    source = make(tmp_path / "a.mp4", *lavfi("testsrc2=s=640x360:r=30:d=2"), *QUICK)
    slow = replace(spec_of((0.0, 2.0), framing=cropped(200, 360)), frame_filters=("realtime",))
    shares: list[float] = []
    report = FfmpegRenderer().render(
        source, tmp_path / "clip.mp4", spec=slow, captions=None, on_progress=shares.append
    )
    assert len(shares) > 2
    assert shares == sorted(set(shares))
    assert shares[-1] == 1.0
    assert report.cpu_s > 0
    assert report.wall_s > 1.0
    assert report.build.startswith("ffmpeg ")


@pytest.mark.parametrize("content", [b"", b"this is no video", b"ffconcat version 1.0\nfile a\n"])
def test_what_is_no_video_is_refused_and_leaves_nothing(content, tmp_path):
    source = tmp_path / "holiday.mp4"
    source.write_bytes(content)
    with pytest.raises(BadInput, match=r"'holiday\.mp4'.*damaged"):
        render(source, tmp_path / "clip.mp4", spec_of((0.0, 1.0)))
    assert list(tmp_path.iterdir()) == [source]


def test_a_source_cut_short_is_refused_and_leaves_nothing(four_colours, tmp_path):
    with pytest.raises(BadInput, match=r"ends 1\.5 s before"):
        render(four_colours, tmp_path / "clip.mp4", spec_of((3.0, 6.5)))
    assert list(tmp_path.iterdir()) == []


def test_less_than_a_frame_is_no_clip(four_colours, tmp_path):
    with pytest.raises(BadInput, match="less than one frame"):
        render(four_colours, tmp_path / "clip.mp4", spec_of((1.0, 1.01)))


def test_a_filter_that_ffmpeg_does_not_know_is_named(four_colours, tmp_path):
    spec = replace(spec_of((0.0, 0.1)), frame_filters=("sparkle",))
    with pytest.raises(BadInput, match="sparkle"):
        render(four_colours, tmp_path / "clip.mp4", spec)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_render_leaves_the_old_clip(four_colours, tmp_path):
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"old")

    def interrupt(_share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        FfmpegRenderer().render(
            four_colours, target, spec=spec_of((0.0, 1.0)), captions=None, on_progress=interrupt
        )
    assert [each.name for each in tmp_path.iterdir()] == ["clip.mp4"]


_ENDLESS = """
from pathlib import Path
from viral_forge_resources.media.ffmpeg import run_ffmpeg
source = ["-f", "lavfi", "-i", "testsrc2=s=64x64,realtime", "-f", "rawvideo", "-y", "pictures"]
run_ffmpeg(source, name="x", folder=Path("."))
"""


def test_ffmpeg_ends_when_its_parent_is_killed(tmp_path):
    os.mkfifo(tmp_path / "pictures")
    command = [sys.executable, "-c", _ENDLESS]
    environment = {"PYTHONPATH": str(Path(__file__).parents[2])}
    with (
        subprocess.Popen(command, cwd=tmp_path, env=environment) as parent,  # noqa: S603  our own
        (tmp_path / "pictures").open("rb", buffering=0) as flow,
    ):
        assert flow.read(1), "it runs"
        parent.kill()
        # While FFmpeg lives the pipe has a writer, and a picture comes every 40 ms.
        reads = [flow.read(65_536) for _ in range(100) if select.select([flow], [], [], 10)[0]]
    assert reads[-1] == b""


_BRIEF = """
import signal
from pathlib import Path
signal.signal(signal.SIGTERM, signal.SIG_IGN)
from viral_forge_resources.media.ffmpeg import run_ffmpeg
source = ["-f", "lavfi", "-i", "color=s=64x64:d=0.1", "-f", "null", "-"]
print(run_ffmpeg(source, name="x", folder=Path(".")).frames)
"""


def test_where_sigterm_is_ignored_as_in_background_jobs_ffmpeg_is_not_waited_for_in_vain(tmp_path):
    done = subprocess.run(  # noqa: S603  our own
        [sys.executable, "-c", _BRIEF],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert int(done.stdout) > 0
