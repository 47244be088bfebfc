"""Sources of every kind come out upright, in step with their sound, and in their own colours."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.clips import (
    MEDIA,
    QUICK,
    colour_at,
    coloured_seconds,
    colours,
    cropped,
    lavfi,
    make,
    pictures,
    render,
    samples,
    spec_of,
    whole,
)
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.media.inspection import clip_facts

_RATE_HZ = 48_000
_FLASH = "color=black:s=160x90:r=25:d=4,drawbox=w=160:h=90:color=white:t=fill:enable='eq(n,50)'"
_BEEP = "sine=f=1000:r=48000:d=4,volume=0:enable='not(between(t,2,2.04))'"


def _flash_and_beep(clip: Path) -> tuple[float, float]:
    flash_s = colours(clip).index("white") / 30
    beep_s = float(np.argmax(np.abs(samples(clip)) > 0.02)) / _RATE_HZ
    return flash_s, beep_s


@pytest.mark.parametrize(
    "times",
    [[(0.0, 3.0)], [(1.3, 3.0)], [(3.0, 3.5), (0.0, 0.4), (0.9, 1.13), (1.51, 2.7)]],
    ids=["whole", "from the middle", "many cuts"],
)
def test_sound_and_picture_stay_together(times, tmp_path):
    source = make(tmp_path / "source.mp4", *lavfi(_FLASH, _BEEP), *QUICK)
    clip = tmp_path / "clip.mp4"
    render(source, clip, spec_of(*times, has_sound=True))
    flash_s, beep_s = _flash_and_beep(clip)
    assert abs(flash_s - beep_s) < 1 / 30
    assert clip_facts(clip).sync_offset_s == 0.0


@pytest.mark.parametrize("late", ["picture", "sound"])
def test_a_track_that_starts_late_stays_where_it_was(late, tmp_path):
    together = make(tmp_path / "together.mp4", *lavfi(_FLASH, _BEEP), *QUICK)
    delayed = ["-itsoffset", "0.5", "-i", str(together), "-i", str(together)]
    maps = ["-map", "0:v", "-map", "1:a"] if late == "picture" else ["-map", "1:v", "-map", "0:a"]
    source = make(tmp_path / "late.mp4", *delayed, *maps, "-c", "copy")
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 3.0), has_sound=True))
    flash_s, beep_s = _flash_and_beep(tmp_path / "clip.mp4")
    expected_s = -0.5 if late == "picture" else 0.5
    assert beep_s - flash_s == pytest.approx(expected_s, abs=1 / 30)
    assert flash_s == pytest.approx(2.0, abs=1 / 30), "times count from the first picture"


def test_a_joint_and_a_gain_leave_the_sound_as_long_as_the_picture(tmp_path):
    tracks = lavfi("color=black:s=64x64:r=25:d=8", "sine=f=300:r=44100:d=8")
    source = make(tmp_path / "source.mp4", *tracks, *QUICK)
    spec = spec_of((0.0, 3.0), (5.0, 8.0), framing=whole(64, 64), has_sound=True, gain_db=6.0)
    render(source, tmp_path / "clip.mp4", spec)
    assert clip_facts(tmp_path / "clip.mp4").sync_offset_s == 0.0


def test_a_source_without_sound_gets_a_silent_track(tmp_path):
    source = coloured_seconds(tmp_path / "mute.mp4", "red")
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.7)))
    facts = clip_facts(tmp_path / "clip.mp4")
    assert facts.sync_offset_s == 0.0
    assert facts.loudness_lufs is None
    assert len(samples(tmp_path / "clip.mp4")) >= 0.7 * _RATE_HZ


def test_a_sound_track_that_ends_early_is_followed_by_silence(tmp_path):
    sources = lavfi("color=red:s=160x90:r=25:d=3", "sine=f=440:d=1")
    source = make(tmp_path / "early.mp4", *sources, *QUICK)
    render(source, tmp_path / "clip.mp4", spec_of((0.5, 1.5), (2.0, 2.5), has_sound=True))
    heard = samples(tmp_path / "clip.mp4")
    assert np.abs(heard[: _RATE_HZ // 2]).max() > 0.05
    assert np.abs(heard[int(0.55 * _RATE_HZ) :]).max() < 0.001
    assert clip_facts(tmp_path / "clip.mp4").sync_offset_s == 0.0


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_a_rotated_source_comes_out_upright(rotation_deg, tmp_path):
    # Stored so that after the turn the top is red and the bottom blue.
    turn = {90: "transpose=cclock", 180: "hflip,vflip", 270: "transpose=clock"}[rotation_deg]
    upright = f"color=blue:s=120x200:r=25:d=0.2,drawbox=w=120:h=100:color=red:t=fill,{turn}"
    stored = make(tmp_path / "stored.mp4", *lavfi(upright), *QUICK)
    turned = ["-display_rotation", str(-rotation_deg), "-i", str(stored), "-c", "copy"]
    source = make(tmp_path / "turned.mp4", *turned)
    spec = spec_of((0.0, 0.2), framing=cropped(112, 200))
    render(source, tmp_path / "clip.mp4", spec)
    picture = pictures(tmp_path / "clip.mp4")[0]
    assert (colour_at(picture, 0.5, 0.2), colour_at(picture, 0.5, 0.8)) == ("red", "blue")


def test_pixels_that_are_not_square_are_made_so(tmp_path):
    # Half as wide as they are high: 320x90 stored is 160x90 shown; its left half is red.
    stored = "color=blue:s=320x90:r=25:d=0.2,drawbox=w=160:h=90:color=red:t=fill,setsar=1/2"
    source = make(tmp_path / "squeezed.mp4", *lavfi(stored), *QUICK)
    spec = spec_of((0.0, 0.2), framing=cropped(50, 90, (0.0, 54, 0)))
    render(source, tmp_path / "clip.mp4", spec)
    picture = pictures(tmp_path / "clip.mp4")[0]
    assert [colour_at(picture, x) for x in (0.1, 0.45, 0.6, 0.9)] == ["red", "red", "blue", "blue"]


@pytest.mark.parametrize("framing", [cropped(86, 153), whole(161, 153)], ids=["crop", "fit"])
def test_odd_dimensions_are_no_obstacle(framing, tmp_path):
    odd = "color=red:s=161x153:r=25:d=0.2"
    codec = ("-c:v", "ffv1", "-pix_fmt", "yuv444p")
    source = make(tmp_path / "odd.mkv", *lavfi(odd), *codec)
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.2), framing=framing))
    assert colours(tmp_path / "clip.mp4") == ["red"] * 6


def test_a_variable_rate_keeps_its_times(tmp_path):
    # 50 fps for a second, then one picture every fifth of a second; lime from 1.6 s on.
    # The first cut starts between two pictures: the older one is on.
    uneven = (
        "color=red:s=160x90:r=50:d=2.4,drawbox=w=160:h=90:color=lime:t=fill:enable='gte(t,1.6)',"
        "select='lt(t,1)+not(mod(n,10))'"
    )
    source = make(tmp_path / "vfr.mp4", *lavfi(uneven), "-fps_mode", "vfr", *QUICK)
    render(source, tmp_path / "clip.mp4", spec_of((1.5, 2.2), (0.2, 0.8)))
    assert colours(tmp_path / "clip.mp4") == ["red"] * 3 + ["lime"] * 18 + ["red"] * 18
    assert not clip_facts(tmp_path / "clip.mp4").is_variable_rate


def test_ten_bits_keep_their_colour_at_an_odd_corner(tmp_path):
    # A green that is not pure: misread, pure green happens to come out right.
    codec = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le")
    source = make(tmp_path / "deep.mp4", *lavfi("color=0x30B040:s=160x90:r=25:d=0.2"), *codec)
    spec = spec_of((0.0, 0.2), framing=cropped(50, 90, (0.0, 33, 0)))
    render(source, tmp_path / "clip.mp4", spec)
    assert set(colours(tmp_path / "clip.mp4")) == {"lime"}


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
@pytest.mark.parametrize("framing", [cropped(50, 90, (0.0, 33, 0)), whole(160, 90)])
def test_hdr_is_toned_down_to_plain_colours(transfer, framing, tmp_path):
    # 203 cd/m² is white in HDR; shown without toning down it is a dull grey.
    hdr = (
        "color=white:s=160x90:r=25:d=0.2,format=gbrpf32le,"
        "setparams=color_primaries=bt2020:color_trc=linear:colorspace=gbr,"
        f"zscale=tin=linear:npl=203:pin=bt2020:p=bt2020:t={transfer}:m=bt2020nc:r=tv,"
        "format=yuv420p10le"
    )
    source = make(tmp_path / "hdr.mkv", *lavfi(hdr), "-c:v", "ffv1")
    spec = spec_of((0.0, 0.2), framing=framing, is_hdr=True)
    render(source, tmp_path / "clip.mp4", spec)
    render(source, tmp_path / "raw.mp4", replace(spec, is_hdr=False))
    toned, raw = (pictures(tmp_path / name)[0][80, 45].mean() for name in ("clip.mp4", "raw.mp4"))
    assert toned == pytest.approx(229, abs=5)
    assert raw < 195


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_what_is_no_brighter_than_skin_keeps_its_colour_in_hdr(transfer, tmp_path):
    hdr = (
        "color=0xC89678:s=160x90:r=25:d=0.2,format=gbrp,"
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=gbr,"
        "zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt2020,"
        f"zscale=npl=203:t={transfer}:m=bt2020nc:r=tv,format=yuv420p10le"
    )
    source = make(tmp_path / "hdr.mkv", *lavfi(hdr), "-c:v", "ffv1")
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.2), is_hdr=True))
    shown = pictures(tmp_path / "clip.mp4")[0][80, 45]
    assert shown == pytest.approx([200, 150, 120], abs=8)


def _combed(target: Path, *options: str) -> Path:
    # A white bar that moves 8 pixels a field, whose two fields are stored in one picture.
    bar = (
        "color=black:s=160x96:r=50:d=0.4[room];color=white:s=20x96:r=50:d=0.4[bar];"
        "[room][bar]overlay=x='mod(8*n,140)',tinterlace=mode=interleave_top,setfield=tff,"
        "format=yuv420p[v]"
    )
    return make(target, "-filter_complex", bar, "-map", "[v]", *options)


def _comb(picture: np.ndarray) -> float:
    """How much every second line differs from its neighbours."""
    grey = picture.mean(axis=2)
    return float(np.abs(grey[1:-1] - (grey[:-2] + grey[2:]) / 2).max())


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("x264.mkv", ("-c:v", "libx264", "-crf", "4", "-flags", "+ilme+ildct")),
        ("mpeg2.ts", ("-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ilme+ildct")),
    ],
)
def test_the_fields_of_an_interlaced_source_are_made_whole_pictures(name, options, tmp_path):
    source = _combed(tmp_path / name, *options)
    spec = replace(
        spec_of((0.0, 0.4), fps=Fraction(25), framing=cropped(160, 96)), width_px=160, height_px=96
    )
    render(source, tmp_path / "clip.mp4", spec)
    assert _comb(pictures(source)[4]) > 100
    assert max(_comb(each) for each in pictures(tmp_path / "clip.mp4")) < 60


def test_a_progressive_source_keeps_every_line(tmp_path):
    lines = "nullsrc=s=160x90:r=25:d=0.2,geq=lum='235*mod(floor(Y/2),2)':cb=128:cr=128"
    source = make(tmp_path / "lines.mkv", *lavfi(lines), "-c:v", "libx264", "-crf", "4")
    spec = replace(
        spec_of((0.0, 0.2), fps=Fraction(25), framing=cropped(160, 90)), width_px=160, height_px=90
    )
    render(source, tmp_path / "clip.mp4", spec)
    assert pictures(tmp_path / "clip.mp4")[2].mean(axis=(1, 2)).std() > 80


@pytest.mark.parametrize(
    "described",
    [
        "s=160x90,scale=out_color_matrix=bt601,format=yuv420p,setparams=colorspace=unknown",
        "s=1280x720,scale=out_color_matrix=bt709,format=yuv420p,setparams=colorspace=unknown",
        "s=160x90,scale=out_color_matrix=bt709,format=yuv420p,setparams=colorspace=bt709",
        "s=160x90,scale=out_color_matrix=bt709:out_range=pc,format=yuv420p,setparams=range=pc",
        "s=160x90,scale=out_color_matrix=bt601,format=yuv422p10le,setparams=colorspace=smpte170m",
    ],
    ids=["SD that does not say", "HD that does not say", "tagged", "full range", "4:2:2 10 bit"],
)
def test_colours_stay_what_they_were(described, tmp_path):
    height_px = 720 if "1280" in described else 90
    graph = f"color=0xC83214:r=25:d=0.1:{described}"
    source = make(tmp_path / "c.mkv", *lavfi(graph), "-c:v", "libx264", "-crf", "4")
    framing = cropped(height_px // 2, height_px)
    render(source, tmp_path / "clip.mp4", spec_of((0.0, 0.1), framing=framing))
    assert pictures(tmp_path / "clip.mp4")[0][80, 45] == pytest.approx([200, 50, 20], abs=6)


@pytest.mark.skipif(not MEDIA.exists(), reason=f"{MEDIA} is not there")
@pytest.mark.parametrize(
    ("name", "framing"),
    [
        ("dec_corrupted.mp4", whole(1280, 720)),
        ("dec_rot90.mov", cropped(180, 320)),
        ("mp_fire2.mp4", whole(1280, 720)),
        ("mp_no_duration.webm", whole(1280, 720)),
        ("psd_delayed_start.mp4", cropped(180, 320)),
        ("tc_av1.mkv", whole(640, 360)),
        ("ae_attached_pic.mp4", whole(640, 360)),
    ],
)
def test_odd_files_of_the_world_give_whole_clips(name, framing, tmp_path):
    end_s = 0.1 if "rot" in name else 0.9
    render(MEDIA / name, tmp_path / "clip.mp4", spec_of((0.0, end_s), framing=framing))
    facts = clip_facts(tmp_path / "clip.mp4")
    assert facts.duration_s == pytest.approx(end_s, abs=1e-3)
    assert (facts.sync_offset_s, facts.is_variable_rate) == (0.0, False)


def test_a_file_with_sound_only_has_no_picture_to_render(tmp_path):
    source = make(tmp_path / "song.m4a", *lavfi("sine=d=1"), "-c:a", "aac")
    with pytest.raises(BadInput, match=r"'song\.m4a': has no video track"):
        render(source, tmp_path / "clip.mp4", spec_of((0.0, 1.0)))
