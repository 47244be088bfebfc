"""Where captions stand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.captions import STYLES, UPRIGHT, placed, said
from viral_forge_assets.domain.placement import (
    Obstacle,
    ObstacleKind,
    covered,
    is_free_box,
)
from viral_forge_assets.domain.safe_zones import Box, Frame, advised_area, free_area

BOLD = STYLES["bold"]
SHAPES = {
    "9:16": Frame(width_px=1080, height_px=1920),
    "4:5": Frame(width_px=1080, height_px=1350),
    "1:1": Frame(width_px=1080, height_px=1080),
    "16:9": Frame(width_px=1920, height_px=1080),
}
TALK = said("Most people think you need many hours of practice but you really do not", each=0.3)


def in_the_way(
    top: float, bottom: float, *, kind: ObstacleKind = ObstacleKind.FACE, until_s: float = 99
) -> Obstacle:
    box = Box(left=0.1, right=0.9, top=top, bottom=bottom)
    return Obstacle(start_s=0, end_s=until_s, box=box, kind=kind)


def is_inside(box: Box, area: Box) -> bool:
    edge = 1e-6
    return (
        box.left >= area.left - edge
        and box.right <= area.right + edge
        and box.top >= area.top - edge
        and box.bottom <= area.bottom + edge
    )


@pytest.mark.parametrize("frame", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_captions_stand_where_no_platform_covers_them(style, frame):
    words = [*TALK, *said("WWWWWWWWWWWWWWWWWWWWWWWWWWW Donaudampfschifffahrtsgesellschaft", at=6)]
    assert all(is_inside(each.box, advised_area(frame)) for each in placed(words, style, frame))


def test_nothing_in_the_way_leaves_captions_at_the_place_of_their_style():
    middles = {round(each.middle[1], 6) for each in placed(TALK, BOLD) if len(each.line.rows) == 2}
    assert len(middles) == 1


def test_a_caption_leaves_a_face_free_and_goes_no_further_than_it_must():
    (usual, *_), (moved, *_) = (
        placed(TALK, BOLD, obstacles=obstacles) for obstacles in ((), (in_the_way(0.55, 0.62),))
    )
    assert covered(usual.box, [in_the_way(0.55, 0.62)]) > 0
    assert covered(moved.box, [in_the_way(0.55, 0.62)]) == 0
    assert abs(moved.middle[1] - usual.middle[1]) < 0.2


def test_a_place_that_platforms_cover_is_not_taken_for_a_face():
    everywhere = in_the_way(0.0, 0.72)
    for each in placed(TALK, BOLD, obstacles=(everywhere,)):
        assert is_inside(each.box, free_area(UPRIGHT))
        assert not is_free_box(each.box, UPRIGHT, (everywhere,))


_SIDES = st.floats(0, 1)
_THINGS = st.lists(
    st.builds(
        lambda left, right, top, bottom, times, kind: Obstacle(
            start_s=min(times),
            end_s=max(times) + 0.1,
            box=Box(
                left=min(left, right),
                right=max(left, right),
                top=min(top, bottom),
                bottom=max(top, bottom),
            ),
            kind=kind,
        ),
        _SIDES,
        _SIDES,
        _SIDES,
        _SIDES,
        st.tuples(st.floats(0, 5), st.floats(0, 5)),
        st.sampled_from(ObstacleKind),
    ),
    max_size=5,
).map(tuple)


@settings(deadline=None)  # on a busy machine anything takes long
@given(_THINGS, st.sampled_from(sorted(STYLES)), st.sampled_from(sorted(SHAPES)))
def test_nothing_is_covered_where_a_place_is_free(things, style, shape):
    for each in placed(TALK, STYLES[style], SHAPES[shape], things):
        met = [
            thing
            for thing in things
            if thing.start_s < each.line.end_s and each.line.start_s < thing.end_s
        ]
        if is_free_box(each.box, SHAPES[shape], met):
            assert covered(each.box, met) == 0


def test_where_nothing_is_free_a_text_is_covered_rather_than_a_face():
    face, text = in_the_way(0.0, 0.45), in_the_way(0.46, 1.0, kind=ObstacleKind.TEXT)
    for each in placed(TALK, BOLD, obstacles=(face, text)):
        assert covered(each.box, [face]) == 0


def test_a_caption_that_had_to_move_is_followed_by_captions_at_the_same_place():
    short_lived = in_the_way(0.5, 0.65, until_s=TALK[3].end_s)
    heights = [each.middle[1] for each in placed(TALK, BOLD, obstacles=(short_lived,))]
    assert len({round(height, 2) for height in heights}) == 1


def test_after_a_pause_captions_return_to_the_place_of_their_style():
    words = [*said("one two three", each=0.3), *said("four five six", at=5, each=0.3)]
    first, last = placed(words, BOLD, obstacles=(in_the_way(0.5, 0.65, until_s=2),))
    (usual, _) = placed(words, BOLD)
    assert first.middle != usual.middle
    assert last.middle == pytest.approx(usual.middle)


def test_what_is_gone_before_a_caption_begins_is_not_in_its_way():
    gone = in_the_way(0.0, 1.0, until_s=1)
    (caption,) = placed(said("so it is", at=2), BOLD, obstacles=(gone,))
    assert caption == placed(said("so it is", at=2), BOLD)[0]
