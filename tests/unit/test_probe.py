from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from tests import samples
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.media.reader import AvReader


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("samples")


def _probe(path: Path) -> MediaProbe:
    return AvReader().probe(path, name=path.name)


def test_a_plain_video_is_described_as_it_is(folder):
    found = _probe(samples.plain(folder))
    assert found.duration_s == pytest.approx(samples.PLAIN_DURATION_S, abs=0.01)
    assert (found.width_px, found.height_px, found.rotation_deg) == (640, 360, 0)
    assert (found.fps, found.is_variable_rate) == (Fraction(30), False)
    assert (found.video_codec, found.pixel_format, found.is_hdr) == ("h264", "yuv420p", False)
    assert (found.audio_channels, found.audio_rate_hz, found.audio_codec) == (1, 48000, "aac")
    assert found.start_s == 0
    assert "mp4" in found.container


@pytest.mark.parametrize(
    ("make", "size"),
    [
        (samples.vertical, (360, 640)),
        (samples.uhd_10_bit, (3840, 2160)),
        (samples.rotated, (360, 640)),
        (samples.odd_dimensions, (321, 241)),
        (samples.wide_pixels, (512, 288)),
    ],
)
def test_the_size_is_that_of_the_upright_picture_with_square_pixels(folder, make, size):
    found = _probe(make(folder))
    assert (found.width_px, found.height_px) == size


def test_a_turned_and_stretched_picture_is_measured_after_turning_and_stretching(folder):
    found = _probe(samples.rotated(folder))
    assert (found.rotation_deg, found.pixel_aspect) == (90, Fraction(1))
    assert _probe(samples.wide_pixels(folder)).pixel_aspect == Fraction(64, 45)


def test_only_pq_and_hlg_are_hdr(folder):
    assert _probe(samples.hdr_pq(folder)).is_hdr
    assert not _probe(samples.uhd_10_bit(folder)).is_hdr


def test_a_rate_that_changes_is_variable_and_its_average_is_told(folder):
    found = _probe(samples.variable_rate(folder))
    assert found.is_variable_rate
    assert float(found.fps) == pytest.approx(20, rel=0.05)


def test_a_late_start_is_told_and_not_counted(folder):
    found = _probe(samples.shifted_start(folder))
    assert found.start_s > 10
    assert found.duration_s == pytest.approx(samples.PLAIN_DURATION_S, abs=0.01)


def test_a_video_without_sound_has_no_channels(folder):
    found = _probe(samples.no_audio(folder))
    assert (found.audio_channels, found.audio_rate_hz, found.audio_codec) == (None, None, None)


def test_a_file_that_is_cut_off_lasts_as_long_as_what_is_there(folder):
    found = _probe(samples.truncated(folder))
    assert 2.0 < found.duration_s < samples.PLAIN_DURATION_S - 0.2


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (samples.empty, "is an empty file"),
        (samples.text_named_mp4, "is no video that can be read"),
        (samples.unfinished, "is no video that can be read"),
        (samples.audio_only, "has no video track, only sound"),
        (samples.song, "has no video track, only sound"),
        (samples.covered_song, "has no video track, only sound and a cover picture"),
        (samples.one_picture, "has no duration: it holds a single picture"),
    ],
)
def test_what_is_no_video_is_refused_with_name_reason_and_remedy(
    folder: Path, make: Callable[[Path], Path], reason: str
):
    with pytest.raises(BadInput) as caught:
        AvReader().probe(make(folder), name="my\nholiday.mp4")
    assert caught.value.name == "my\nholiday.mp4"
    assert reason in caught.value.reason
    assert caught.value.remedy.endswith(".")
    assert "\n" not in str(caught.value)


def test_a_file_whose_pictures_are_all_damaged_is_refused(folder, tmp_path):
    content = bytearray(samples.no_audio(folder).read_bytes())
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[begin:end] = bytes(end - begin)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content)
    with pytest.raises(BadInput, match="not one picture of it can be decoded"):
        _probe(damaged)


def test_a_sound_track_that_cannot_be_decoded_is_no_sound(folder):
    found = _probe(samples.broken_sound(folder))
    assert (found.audio_channels, found.audio_rate_hz, found.audio_codec) == (None, None, None)
    assert found.width_px == 640


def test_a_playlist_cannot_make_us_open_other_files(folder, tmp_path):
    playlist = tmp_path / "list.mp4"
    playlist.write_text(f"#EXTM3U\n#EXTINF:4,\n{samples.plain(folder)}\n#EXT-X-ENDLIST\n")
    with pytest.raises(BadInput, match="no video that can be read"):
        _probe(playlist)


_REAL = {
    "ae_attached_pic.mp4": (640, 360, 2.0),
    "ae_sar2by3.mp4": (427, 360, 2.0),
    "dec_corrupted.mp4": (1280, 720, 5.0),
    "dec_rot90.mov": (320, 568, 0.1),
    "dec_rot270.mov": (320, 568, 0.1),
    "mp_failing_audio.mp4": (640, 360, 11.2),
    "mp_fire2.mp4": (1280, 720, 2.38),
    "mp_no_duration.webm": (1280, 720, 4.94),
    "psd_delayed_start.mp4": (480, 320, 0.96),
    "sk_bigbuckbunny.mp4": (1280, 720, 5.28),
    "tc_nasa.mp4": (320, 180, 13.0),
}


@samples.needs_media
@pytest.mark.parametrize("name", _REAL)
def test_real_files_are_measured_like_people_see_them(name):
    found = _probe(samples.shared_media(name))
    width_px, height_px, duration_s = _REAL[name]
    assert (found.width_px, found.height_px) == (width_px, height_px)
    assert found.duration_s == pytest.approx(duration_s, abs=0.05)


@samples.needs_media
def test_real_oddities_are_told():
    turned = {
        name: _probe(samples.shared_media(name)).rotation_deg
        for name in ("dec_rot90.mov", "dec_rot270.mov", "mp_fire2.mp4")
    }
    assert turned == {"dec_rot90.mov": 90, "dec_rot270.mov": 270, "mp_fire2.mp4": 180}
    rates = {
        name: _probe(samples.shared_media(name)).is_variable_rate
        for name in ("mp_fire2.mp4", "mp_no_duration.webm", "mp_bbb_0_30.webm", "intel_bottle.mp4")
    }
    assert list(rates.values()) == [True, True, False, False]
    assert _probe(samples.shared_media("psd_delayed_start.mp4")).start_s == pytest.approx(1.075)
    assert _probe(samples.shared_media("sk_bigbuckbunny.mp4")).audio_channels == 6
    assert _probe(samples.shared_media("tc_av1.mkv")).video_codec == "av1"


@samples.needs_media
@pytest.mark.parametrize("name", ["ae_commentary.mp3", "fw_jfk.flac", "fw_stereo.wav"])
def test_sound_alone_is_no_video(name):
    with pytest.raises(BadInput, match=r"has no video track"):
        _probe(samples.shared_media(name))
