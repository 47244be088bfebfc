"""What is to be hidden is hidden on every picture, in sources of every kind; the rest stays."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests import samples
from tests.clips import QUICK, lavfi, make, pictures, stretches, whole
from tests.fakes.sight import FakeFinder
from viral_forge_assets.domain.face_tracks import face_tracks
from viral_forge_assets.domain.hiding import cell_px, hidden_boxes
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.hiding import MASK, Hiding, Veil
from viral_forge_resources.contracts.media import CropKey, Framing, FramingMode, RenderSpec, Shot
from viral_forge_resources.contracts.sight import Box
from viral_forge_resources.media._sight import Colours, Found, Sight
from viral_forge_resources.media.face_mask import write_mask
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.media.renderer import FfmpegRenderer

_CHECKS = "mod(floor(X/6)+floor(Y/6),2)"


def _checkered(target: Path, rate: str) -> Path:
    """A square of red and blue checks that goes by 9 px a picture, round and round."""
    square = f"color=black:s=48x48:r={rate},geq=r='255*{_CHECKS}':g=0:b='255*(1-{_CHECKS})'"
    room = f"color=gray:s=640x360:r={rate}:d=4"
    graph = f"{room}[room];{square}[square];[room][square]overlay=x='20+mod(n*9,560)':y=140"
    return make(target, *lavfi(f"{graph}:shortest=1,format=yuv420p"), *QUICK, "-g", "25")


def _reds(picture: np.ndarray) -> np.ndarray:
    red, green, blue = (picture[..., channel].astype(int) for channel in range(3))
    return (red > 170) & (green < 90) & (blue < 90)


def _square_in(picture: Colours) -> Sequence[Found]:
    rows, columns = np.nonzero(_reds(picture))
    if not len(rows):
        return []
    tall, wide = picture.shape[:2]
    top, bottom, left, right = rows.min(), rows.max(), columns.min(), columns.max()
    return [
        Found(
            x=left / wide,
            y=top / tall,
            width=(right - left) / wide,
            height=(bottom - top) / tall,
            certainty=0.9,
        )
    ]


@pytest.mark.parametrize(
    ("rate", "fps", "times"),
    [
        ("25", Fraction(25), [(0.0, 2.0)]),
        ("30000/1001", Fraction(30000, 1001), [(1.337, 2.5)]),
        ("24", Fraction(24), [(2.51, 3.3), (0.52, 1.1), (1.23, 1.9)]),
        ("12", Fraction(30), [(1.03, 2.2)]),
        ("50", Fraction(30), [(0.7, 1.7), (1.9, 2.6)]),
    ],
)
def test_no_picture_is_missed_however_the_source_is_cut_and_whatever_its_rate(
    rate, fps, times, tmp_path
):
    source = _checkered(tmp_path / "checks.mkv", rate)
    reader = AvReader(Sight(faces=FakeFinder(_square_in), no_texts_because="not needed"))
    probe = reader.probe(source, name="checks")
    segments = stretches(*times)
    looks = reader.find_faces(source, probe, segments, on_progress=lambda _share: None)
    tracks = face_tracks(looks, (Shot(start_s=0, end_s=4),))
    masks = hidden_boxes(tracks, segments, fps)
    reader.write_mask(masks, tmp_path / "mask.mkv", size_px=(640, 360), fps=fps)
    hiding = Hiding(veil=Veil.PIXELATE, cell_px=cell_px(tracks), faces=len(tracks))
    spec = RenderSpec(
        segments=segments,
        width_px=640,
        height_px=360,
        fps=fps,
        framing=Framing(
            mode=FramingMode.CROP,
            width_px=640,
            height_px=360,
            path=(CropKey(at_s=0, x_px=0, y_px=0),),
        ),
        has_sound=False,
        preset="ultrafast",
        crf=16,
    )
    bare = _rendered(source, tmp_path, spec, None)
    hidden = _rendered(source, tmp_path, replace(spec, hiding=hiding), tmp_path / "mask.mkv")

    assert len(masks) == len(bare) == len(hidden)
    assert min(np.count_nonzero(_reds(picture)) for picture in bare) > 200
    assert max(np.count_nonzero(_reds(picture)) for picture in hidden) == 0


def _rendered(source: Path, folder: Path, spec: RenderSpec, mask: Path | None) -> list[np.ndarray]:
    target = folder / "clip.mp4"
    FfmpegRenderer().render(
        source,
        target,
        spec=spec,
        captions=None,
        on_progress=lambda _share: None,
        extras={MASK: mask} if mask else {},
    )
    return pictures(target)


def _plain(folder: Path) -> Path:
    picture = "testsrc2=s=640x360:r=25:d=0.5,format=yuv420p"
    return make(folder / "plain.mp4", *lavfi(picture), *QUICK)


def _turned(folder: Path) -> Path:
    lying = str(_plain(folder))
    return make(folder / "turned.mp4", "-display_rotation", "90", "-i", lying, "-c", "copy")


def _full_range(folder: Path) -> Path:
    return make(
        folder / "full.mp4",
        *lavfi("testsrc2=s=640x360:r=25:d=0.5,scale=out_range=pc,format=yuvj420p"),
        *QUICK,
    )


@pytest.mark.parametrize("veil", Veil)
@pytest.mark.parametrize(
    "made", [_plain, _turned, _full_range, samples.hdr_pq, samples.odd_dimensions]
)
def test_only_what_is_marked_is_veiled_in_any_kind_of_source(made, veil, tmp_path):
    source = made(tmp_path)
    probe = AvReader().probe(source, name=source.name)
    fps = Fraction(25)
    spec = RenderSpec(
        segments=stretches((0.0, 0.16)),
        width_px=320,
        height_px=2 * round(160 * probe.height_px / probe.width_px),
        fps=fps,
        framing=whole(probe.width_px // 2 * 2, probe.height_px // 2 * 2),
        has_sound=False,
        is_hdr=probe.is_hdr,
        preset="ultrafast",
        crf=16,
    )
    left = Box(x_px=0, y_px=0, width_px=probe.width_px * 0.45, height_px=probe.height_px)
    write_mask(
        [(left,)] * 4, tmp_path / "mask.mkv", size_px=(probe.width_px, probe.height_px), fps=fps
    )
    bare = _rendered(source, tmp_path, spec, None)
    hiding = Hiding(veil=veil, cell_px=max(probe.height_px // 8, 8), faces=1)
    hidden = _rendered(source, tmp_path, replace(spec, hiding=hiding), tmp_path / "mask.mkv")

    half = spec.width_px // 2 + 16
    middle = np.s_[spec.height_px // 3 : 2 * spec.height_px // 3, 30:110]
    changes = np.abs(bare[1].astype(int) - hidden[1])
    assert changes[:, half:].mean() < 1.0
    assert changes[middle].mean() > 3


def test_a_mask_that_is_too_short_shows_no_face_at_the_end(tmp_path):
    source = samples.plain(tmp_path)
    box = Box(x_px=0, y_px=0, width_px=90, height_px=90)
    write_mask([(box,)] * 3, tmp_path / "mask.mkv", size_px=(640, 360), fps=Fraction(25))
    spec = RenderSpec(
        segments=stretches((0.0, 1.0)),
        width_px=180,
        height_px=320,
        fps=Fraction(25),
        framing=whole(640, 360),
        has_sound=False,
        preset="ultrafast",
        hiding=Hiding(veil=Veil.BLUR, cell_px=20, faces=1),
    )

    with pytest.raises(BadInput, match="the picture ends"):
        _rendered(source, tmp_path, spec, tmp_path / "mask.mkv")


def test_equal_masks_are_equal_bytes(tmp_path):
    boxes = [(Box(x_px=n * 5, y_px=40, width_px=60, height_px=80),) for n in range(10)]
    for name in ("one.mkv", "two.mkv"):
        write_mask(boxes, tmp_path / name, size_px=(640, 360), fps=Fraction(30000, 1001))

    assert (tmp_path / "one.mkv").read_bytes() == (tmp_path / "two.mkv").read_bytes()
