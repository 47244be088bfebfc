from pathlib import Path

import pytest

from tests import samples
from tests.fakes.sight import BLIND
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import MOVEMENT_STEP_S, SceneMap
from viral_forge_resources.media.reader import AvReader


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("samples")


def _ignored(share: float) -> None:
    return


def _analyse(path: Path) -> SceneMap:
    reader = AvReader(BLIND)
    facts = reader.probe(path, name=path.name)
    return reader.analyse(path, facts, on_progress=_ignored)


def _cuts(found: SceneMap) -> list[float]:
    return [round(shot.start_s, 2) for shot in found.shots[1:]]


def test_cuts_are_found_where_they_are(folder):
    found = _analyse(samples.plain(folder))
    assert _cuts(found) == pytest.approx(samples.PLAIN_CUTS_S, abs=0.04)
    assert found.shots[0].start_s == 0
    assert found.shots[-1].end_s == found.duration_s == pytest.approx(4, abs=0.01)
    assert all(a.end_s == b.start_s for a, b in zip(found.shots, found.shots[1:], strict=False))


def test_times_count_from_the_first_frame_even_if_the_clock_starts_late(folder):
    found = _analyse(samples.shifted_start(folder))
    assert _cuts(found) == pytest.approx(samples.PLAIN_CUTS_S, abs=0.04)
    assert found.silences[0].start_s == pytest.approx(samples.PLAIN_SILENCE_S[0], abs=0.08)


def test_the_focus_is_where_something_moves_and_nowhere_where_nothing_does(folder):
    moving, still, _ = _analyse(samples.plain(folder)).shots
    assert (moving.focus_x, moving.focus_y) == pytest.approx(samples.PLAIN_FOCUS, abs=0.05)
    assert (still.focus_x, still.focus_y) == (None, None)


def test_movement_is_told_for_each_half_second_of_a_shot(folder):
    found = _analyse(samples.plain(folder))
    moving, still, _ = found.shots
    assert [len(shot.movement) for shot in found.shots] == [
        int((shot.end_s - shot.start_s) / MOVEMENT_STEP_S) for shot in found.shots
    ]
    assert min(moving.movement) > 0.0005 > max(still.movement)


def test_the_focus_of_a_turned_video_is_a_share_of_the_upright_picture(folder):
    moving = _analyse(samples.rotated(folder)).shots[0]
    x, y = samples.PLAIN_FOCUS
    assert (moving.focus_x, moving.focus_y) == pytest.approx((1 - y, x), abs=0.05)


def test_a_pause_in_the_sound_is_a_silence(folder):
    (found,) = _analyse(samples.plain(folder)).silences
    assert (found.start_s, found.end_s) == pytest.approx(samples.PLAIN_SILENCE_S, abs=0.08)


def test_a_still_picture_is_frozen(folder):
    (found,) = _analyse(samples.plain(folder)).frozen
    assert (found.start_s, found.end_s) == pytest.approx(samples.PLAIN_CUTS_S, abs=0.04)


def test_a_video_without_sound_has_no_silences(folder):
    assert _analyse(samples.no_audio(folder)).silences == ()


def test_flashes_are_no_cuts(folder):
    assert _cuts(_analyse(samples.flashes(folder))) == []


def test_the_rest_of_a_broken_file_is_used(folder):
    found = _analyse(samples.truncated(folder))
    assert _cuts(found)[0] == pytest.approx(samples.PLAIN_CUTS_S[0], abs=0.04)
    assert found.shots[-1].end_s == found.duration_s < samples.PLAIN_DURATION_S


def test_broken_sound_does_not_cost_the_picture(folder):
    facts = AvReader(BLIND).probe(samples.plain(folder), name="plain")
    found = AvReader(BLIND).analyse(samples.broken_sound(folder), facts, on_progress=_ignored)
    assert _cuts(found) == pytest.approx(samples.PLAIN_CUTS_S, abs=0.04)
    assert found.silences == ()


def test_a_file_without_one_good_picture_is_refused(folder, tmp_path):
    source = samples.no_audio(folder)
    facts = AvReader(BLIND).probe(source, name="mute")
    content = bytearray(source.read_bytes())
    begin, end = content.index(b"mdat") + 4, content.index(b"moov") - 4
    content[begin:end] = bytes(end - begin)
    (tmp_path / "damaged.mp4").write_bytes(content)
    with pytest.raises(BadInput, match=r"damaged\.mp4': is damaged"):
        AvReader(BLIND).analyse(tmp_path / "damaged.mp4", facts, on_progress=_ignored)


def test_progress_rises_to_one(folder):
    shares: list[float] = []
    path = samples.plain(folder)
    facts = AvReader(BLIND).probe(path, name=path.name)
    AvReader(BLIND).analyse(path, facts, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 10


@pytest.mark.parametrize(
    "make", [samples.hdr_pq, samples.uhd_10_bit, samples.odd_dimensions, samples.variable_rate]
)
def test_odd_formats_are_one_shot(folder, make):
    found = _analyse(make(folder))
    assert [(shot.start_s, shot.end_s) for shot in found.shots] == [(0, found.duration_s)]


_REAL_CUTS = {
    "mp_bbb_0_30.webm": [0.75, 11.79, 15.67, 22.96],  # it fades in from black
    "tc_nasa.mp4": [8.08],
    "dec_pancake.mkv": [],
    "mp_fire2.mp4": [],
    "mp_chaplin.mp4": [],
    "intel_bottle.mp4": [],
    "sk_bigbuckbunny.mp4": [],
    "ae_man_green.mp4": [],
}


@samples.needs_media
@pytest.mark.parametrize("name", _REAL_CUTS)
def test_real_cuts_are_found_and_camera_motion_is_not_one(name):
    assert _cuts(_analyse(samples.shared_media(name))) == pytest.approx(_REAL_CUTS[name], abs=0.09)


@samples.needs_media
def test_a_fade_through_black_ends_a_shot():
    found = _analyse(samples.shared_media("psd_fades.mp4"))
    assert len(found.black) == 4
    assert _cuts(found) == [round(stretch.end_s, 2) for stretch in found.black[:3]]


@samples.needs_media
def test_damage_is_known_up_to_the_next_picture_that_stands_alone():
    found = _analyse(samples.shared_media("dec_corrupted.mp4"))

    (damage,) = found.damaged
    assert damage.start_s == pytest.approx(2.6, abs=0.3)
    assert damage.end_s == pytest.approx(found.duration_s)
