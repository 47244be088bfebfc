"""One thing twice, or two things: what clips look and sound like, on real footage."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.samples import needs_media, shared_media
from viral_forge_assets.domain.near_duplicates import Likeness, likeness
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.media.ffmpeg import run_ffmpeg
from viral_forge_resources.media.fingerprints import clip_print
from viral_forge_resources.media.probe import probe

Taken = Callable[..., ClipPrint]
_CROP = "crop=ih*9/16:ih"

pytestmark = needs_media


@pytest.fixture
def taken(tmp_path: Path) -> Taken:
    """Takes the likeness of a small clip cut from real footage."""

    def take(
        name: str,
        *,
        start_s: float = 0,
        length_s: float = 9,
        look: str = _CROP,
        sound: str = "anull",
    ) -> ClipPrint:
        source = shared_media(name)
        (tmp_path / "source").unlink(missing_ok=True)
        (tmp_path / "source").symlink_to(source)
        run_ffmpeg(
            [
                *("-y", "-ss", str(start_s), "-t", str(length_s), "-i", "source"),
                *("-vf", f"{look},scale=180:320,setsar=1", "-af", sound),
                *("-g", "50", "-preset", "ultrafast", "clip.mp4"),
            ],
            name=name,
            folder=tmp_path,
        )
        clip = tmp_path / "clip.mp4"
        return clip_print(clip, probe(clip, name="clip.mp4"))

    return take


def test_another_grade_and_level_is_the_same_clip(taken):
    noir = f"{_CROP},hue=s=0,eq=contrast=1.3:brightness=-0.05"
    one = taken("mp_bbb_0_30.webm")
    other = taken("mp_bbb_0_30.webm", look=noir, sound="volume=0.5")
    assert likeness(one, other).is_same


def test_a_mirrored_clip_that_starts_a_little_later_is_the_same(taken):
    one = taken("mp_bbb_0_30.webm")
    other = taken("mp_bbb_0_30.webm", start_s=0.4, look=f"{_CROP},hflip")
    assert likeness(one, other).is_same


def test_captions_make_no_other_clip(taken):
    box = "drawbox=y=ih*0.7:h=ih*0.1:x=iw*0.1:w=iw*0.8:color=white:t=fill"
    one = taken("mp_bbb_0_30.webm")
    assert likeness(one, taken("mp_bbb_0_30.webm", look=f"{_CROP},{box}")).is_same


@pytest.mark.parametrize(
    ("name", "length_s", "later_s"),
    [("mp_bbb_0_30.webm", 9, 15), ("tc_nasa.mp4", 6, 6.5), ("ae_man_green.mp4", 10, 12)],
)
def test_another_moment_of_one_source_is_another_clip(taken, name, length_s, later_s):
    one = taken(name, length_s=length_s)
    other = taken(name, start_s=later_s, length_s=length_s)
    assert not likeness(one, other).is_same


def test_clips_of_other_sources_are_others(taken):
    prints = [
        taken(name, length_s=5)
        for name in ("mp_bbb_0_30.webm", "mp_chaplin.mp4", "tc_nasa.mp4", "sk_bigbuckbunny.mp4")
    ]
    same = [
        (one, other)
        for one in range(len(prints))
        for other in range(one)
        if likeness(prints[one], prints[other]).is_same
    ]
    assert same == []


def test_a_silent_clip_is_told_by_its_pictures_alone(taken):
    one = taken("mp_chaplin.mp4", sound="volume=0")
    assert one.sound == ()
    assert likeness(one, taken("mp_chaplin.mp4", sound="volume=0")) == Likeness(
        pictures=1.0, sound_apart=None
    )


def test_clips_of_flat_pictures_are_not_taken_for_each_other(taken):
    black = taken("mp_chaplin.mp4", look=f"{_CROP},lutyuv=y=16:u=128:v=128")
    assert black.frames == ()
    assert not likeness(black, black).is_same
