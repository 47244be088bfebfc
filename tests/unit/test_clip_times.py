import pytest

from viral_forge_assets.domain.clip_times import cuts_in_clip, jumps_back_s, texts_in_clip
from viral_forge_resources.contracts.media import SceneMap, Shot, Stretch
from viral_forge_resources.contracts.sight import Box, WrittenText

SIGN = WrittenText(
    start_s=3.0, end_s=6.0, box=Box(x_px=10, y_px=10, width_px=80, height_px=20), text="EXIT"
)
SCENES = SceneMap(
    duration_s=20.0,
    shots=(
        Shot(start_s=0, end_s=4),
        Shot(start_s=4, end_s=10, texts=(SIGN,)),
        Shot(start_s=10, end_s=20),
    ),
    silences=(),
)
SEGMENTS = (Stretch(start_s=5.0, end_s=12.0), Stretch(start_s=1.0, end_s=5.0))


def test_a_clip_jumps_at_the_cuts_of_its_source_and_at_its_own_joints():
    assert cuts_in_clip(SCENES, SEGMENTS) == (5.0, 7.0, 10.0)


def test_a_stretch_that_begins_or_ends_on_a_cut_does_not_jump_there():
    assert cuts_in_clip(SCENES, (Stretch(start_s=4.0, end_s=10.0),)) == ()


def test_text_is_told_at_its_times_in_the_clip():
    assert texts_in_clip(SCENES, SEGMENTS) == (
        Stretch(start_s=0.0, end_s=1.0),
        Stretch(start_s=9.0, end_s=11.0),
    )


@pytest.mark.parametrize(("reason", "texts"), [(None, ()), ("no reader", None)])
def test_no_text_and_nobody_who_looked_are_told_apart(reason, texts):
    scenes = SceneMap(duration_s=20.0, shots=(), silences=(), no_texts_because=reason)

    assert texts_in_clip(scenes, SEGMENTS) == texts


def test_the_source_goes_back_behind_a_hook_alone():
    hook, body = Stretch(start_s=8.0, end_s=10.0), Stretch(start_s=2.0, end_s=5.0)

    assert jumps_back_s((hook, body, Stretch(start_s=6.0, end_s=12.0))) == (2.0,)
    assert jumps_back_s((body, hook)) == ()
