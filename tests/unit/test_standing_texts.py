from fractions import Fraction

import pytest

from viral_forge_assets.domain.reframing import ClipFormat, Reframing, frame_for
from viral_forge_assets.domain.standing_texts import parts_by_texts, without_furniture
from viral_forge_resources.contracts.media import (
    FramingMode,
    MediaProbe,
    SceneMap,
    Shot,
    Stretch,
)
from viral_forge_resources.contracts.sight import Box, Face, FaceSight, WrittenText

_WIDE_PX, _TALL_PX = 1920, 1080
_SHOT_S = 12.0


def _text(
    start_s: float, end_s: float, *, y_px: float = 900, tall_px: float = 60, text: str = "ADA LOVE"
) -> WrittenText:
    box = Box(x_px=200, y_px=y_px, width_px=1300, height_px=tall_px)
    return WrittenText(start_s=start_s, end_s=end_s, box=box, text=text)


def _face(start_s: float = 0.0, end_s: float = _SHOT_S) -> Face:
    box = Box(x_px=600, y_px=300, width_px=200, height_px=240)
    times = (start_s + n / 5 for n in range(round((end_s - start_s) * 5)))
    return Face(sights=tuple(FaceSight(at_s=at_s, box=box) for at_s in times))


def _framed(*shots: Shot, start_s: float = 0.0, end_s: float = _SHOT_S) -> Reframing:
    probe = MediaProbe(
        container="mp4",
        duration_s=_SHOT_S,
        width_px=_WIDE_PX,
        height_px=_TALL_PX,
        rotation_deg=0,
        pixel_aspect=Fraction(1),
        fps=Fraction(25),
        is_variable_rate=False,
        is_hdr=False,
        video_codec="h264",
        pixel_format="yuv420p",
        start_s=0.0,
    )
    return frame_for(
        probe,
        SceneMap(duration_s=_SHOT_S, shots=shots, silences=()),
        [Stretch(start_s=start_s, end_s=end_s)],
        clip=ClipFormat(width_px=1080, height_px=1920, fps=Fraction(25)),
        mode=FramingMode.CROP,
    )


def _parts(*texts: tuple[float, float], end_s: float = _SHOT_S) -> list[tuple[float, float]]:
    found = parts_by_texts([_text(*each) for each in texts], Stretch(start_s=0.0, end_s=end_s))
    return [(part.start_s, part.end_s) for part in found]


def test_a_face_fills_the_frame_but_for_the_time_of_its_lower_third():
    made = _framed(Shot(start_s=0, end_s=_SHOT_S, faces=(_face(),), texts=(_text(4, 7),)))

    (layout,) = made.framing.layouts
    assert made.reasons == ("shots: 1 static, 1 fit",)
    assert (layout.stretch.start_s, layout.stretch.end_s, layout.panes) == (4.0, 7.0, ())
    assert {key.x_px + made.framing.width_px / 2 for key in made.framing.path} == {700}


def test_the_parts_of_a_shot_begin_with_frames_of_the_clip():
    shot = Shot(start_s=0, end_s=_SHOT_S, faces=(_face(),), texts=(_text(4.013, 7.027),))

    (layout,) = _framed(shot, start_s=1.0).framing.layouts

    assert (layout.stretch.start_s, layout.stretch.end_s) == (3.0, 6.04)


def test_a_text_that_stands_all_the_while_has_the_picture_shown_whole():
    made = _framed(Shot(start_s=0, end_s=_SHOT_S, faces=(_face(),), texts=(_text(0, _SHOT_S),)))

    assert made.reasons == ("shots: 1 fit",)


@pytest.mark.parametrize(
    ("texts", "parts"),
    [
        ([], [(0, 12)]),
        ([(4, 7)], [(0, 4), (4, 7), (7, 12)]),
        ([(1, 7)], [(0, 7), (7, 12)]),
        ([(4, 11)], [(0, 4), (4, 12)]),
        ([(4, 4.8)], [(0, 4), (4, 5.5), (5.5, 12)]),
        ([(3, 5), (6, 8)], [(0, 3), (3, 8), (8, 12)]),
        ([(6, 8), (2, 4)], [(0, 2), (2, 4), (4, 6), (6, 8), (8, 12)]),
        ([(2, 8), (3, 4)], [(0, 2), (2, 8), (8, 12)]),
        ([(20, 30)], [(0, 12)]),
    ],
)
def test_no_part_is_too_short_to_be_seen_and_none_loses_its_text(texts, parts):
    assert _parts(*texts) == parts


def _three(text: WrittenText, *, faces: tuple[Face, ...]) -> tuple[Shot, ...]:
    return tuple(Shot(start_s=n * 4, end_s=n * 4 + 4, faces=faces, texts=(text,)) for n in range(3))


def test_what_a_channel_writes_under_every_shot_makes_no_face_small():
    shots = tuple(
        Shot(
            start_s=n * 4,
            end_s=n * 4 + 4,
            faces=(_face(n * 4, n * 4 + 4),),
            texts=(_text(n * 4, n * 4 + 4, y_px=1000, text="live from LONDON"),),
        )
        for n in range(3)
    )

    assert _framed(*shots).reasons == ("shots: 3 static",)


@pytest.mark.parametrize(
    ("text", "faces"),
    [
        pytest.param(_text(0, 4, y_px=500), (_face(),), id="in the middle"),
        pytest.param(_text(0, 4, y_px=950, tall_px=110), (_face(),), id="a title"),
        pytest.param(_text(0, 4, y_px=1000), (), id="nobody is seen"),
    ],
)
def test_what_is_there_to_be_read_stays_however_often_it_is_seen(text, faces):
    shots = _three(text, faces=faces)

    assert without_furniture(shots, _TALL_PX) == shots


def test_subtitles_in_the_picture_change_and_stay():
    shots = tuple(
        Shot(
            start_s=n * 4,
            end_s=n * 4 + 4,
            faces=(_face(),),
            texts=(_text(n * 4, n * 4 + 4, y_px=1000, text=words),),
        )
        for n, words in enumerate(("Boil the water", "add some salt", "and wait for it"))
    )

    assert without_furniture(shots, _TALL_PX) == shots


def test_a_strapline_of_half_a_minute_need_not_be_read_all_the_while():
    shot = Shot(start_s=0, end_s=60, faces=(_face(),), texts=(_text(5, 40, y_px=1000),))

    assert without_furniture((shot,), _TALL_PX)[0].texts == ()
