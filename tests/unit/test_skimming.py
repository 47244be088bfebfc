"""A long source is skimmed, then parts of it are looked at in full."""

import subprocess
from pathlib import Path

import pytest

from tests import samples
from tests.fakes.sight import BLIND, FakeFinder
from viral_forge_assets.domain.clip_times import texts_in_clip
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.media import SceneMap, Stretch
from viral_forge_resources.media._sight import Found, Sight
from viral_forge_resources.media.ffmpeg import ffmpeg_binary
from viral_forge_resources.media.reader import AvReader

PART = Stretch(start_s=12.0, end_s=22.0)


@pytest.fixture(scope="session")
def long_video(tmp_path_factory) -> Path:
    """Thirty seconds: a colour, bars from 10 s on, another colour from 18 s on."""
    path: Path = tmp_path_factory.mktemp("long") / "long.mp4"
    graph = (
        "color=gray:s=320x180:r=25:d=10[a];smptebars=s=320x180:r=25:d=8[b];"
        "color=red:s=320x180:r=25:d=12[c];[a][b][c]concat=n=3,format=yuv420p[v];"
        "sine=f=440:d=30[s]"
    )
    command = [ffmpeg_binary(), "-nostdin", "-v", "error", "-y", "-filter_complex", graph]
    command += ["-map", "[v]", "-map", "[s]", "-c:v", "libx264", "-preset", "veryfast"]
    subprocess.run([*command, "-g", "100", str(path)], check=True)  # noqa: S603  written above
    return path


def _closer(path: Path, *within: Stretch, sight: Sight = BLIND) -> SceneMap:
    reader = AvReader(sight)
    probe = reader.probe(path, name=path.name)
    skimmed = reader.skim(path, probe, on_progress=lambda _share: None)
    return reader.look_closer(path, probe, skimmed, within=within, on_progress=lambda _share: None)


def test_skimming_finds_cuts_at_key_pictures_and_sees_nothing_in_full(long_video):
    reader = AvReader(BLIND)
    probe = reader.probe(long_video, name="long")

    found = reader.skim(long_video, probe, on_progress=lambda _share: None)

    assert [shot.start_s for shot in found.shots] == pytest.approx([0, 10, 18], abs=0.05)
    assert found.in_full == ()
    assert found.sound is not None


def test_a_part_is_looked_at_as_if_it_were_the_whole(long_video):
    found = _closer(long_video, PART)

    assert found.in_full == (PART,)
    assert [shot.start_s for shot in found.shots] == pytest.approx([0, 10, 12, 18, 22], abs=0.05)
    assert found.shots[-1].end_s == pytest.approx(30, abs=0.1)
    whole = AvReader(BLIND)
    probe = whole.probe(long_video, name="long")
    all_of_it = whole.analyse(long_video, probe, on_progress=lambda _share: None)
    assert found.frozen[0].end_s == pytest.approx(all_of_it.frozen[1].end_s, abs=0.05)


def test_text_and_faces_are_looked_for_in_that_part_alone(long_video):
    texts = FakeFinder(lambda _: [Found(x=0, y=0, width=0.5, height=0.1, certainty=1, text="HI")])
    small = Found(x=0.4, y=0.4, width=0.05, height=0.05, certainty=0.9)
    faces = FakeFinder(lambda _: [small])

    found = _closer(long_video, PART, sight=Sight(faces=faces, texts=texts))

    assert {shot.start_s for shot in found.shots if shot.texts} == {12.0, 18.0}
    assert len(faces.shapes) == pytest.approx(50, abs=2)


def test_where_nobody_looked_it_is_not_known_whether_there_is_text(long_video):
    found = _closer(
        long_video,
        PART,
        sight=Sight(faces=FakeFinder(lambda _: []), texts=FakeFinder(lambda _: [])),
    )

    assert texts_in_clip(found, [Stretch(start_s=13.0, end_s=20.0)]) == ()
    assert texts_in_clip(found, [Stretch(start_s=2.0, end_s=8.0)]) is None
    assert texts_in_clip(found, [PART, Stretch(start_s=20.0, end_s=24.0)]) is None


def test_a_file_that_breaks_off_is_seen_up_to_there(long_video, tmp_path):
    matroska = tmp_path / "long.mkv"
    copy = [ffmpeg_binary(), "-nostdin", "-v", "error", "-i", str(long_video), "-c", "copy"]
    subprocess.run([*copy, str(matroska)], check=True)  # noqa: S603  written above
    reader = AvReader(BLIND)
    probe = reader.probe(matroska, name="long")
    skimmed = reader.skim(matroska, probe, on_progress=lambda _share: None)
    broken = tmp_path / "broken.mkv"
    content = matroska.read_bytes()
    broken.write_bytes(content[: len(content) // 2])

    found = reader.look_closer(
        broken,
        probe,
        skimmed,
        within=[Stretch(start_s=2.0, end_s=28.0)],
        on_progress=lambda _share: None,
    )

    assert found.in_full
    assert all(seen.end_s < 28.0 for seen in found.in_full)


def test_a_file_without_one_good_picture_is_refused(tmp_path):
    path = samples.plain(tmp_path)
    reader = AvReader(BLIND)
    probe = reader.probe(path, name="plain")
    content = bytearray(path.read_bytes())
    start = content.index(b"mdat") + 4
    content[start : start + len(content) // 2] = bytes(len(content) // 2)
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content)

    with pytest.raises(BadInput, match=r"damaged\.mp4.*not one picture"):
        reader.skim(damaged, probe, on_progress=lambda _share: None)
