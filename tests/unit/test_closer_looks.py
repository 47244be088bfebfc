from dataclasses import replace
from itertools import pairwise

import pytest

from tests.unit.test_moments import _probe, _said, _scenes, _talk
from viral_forge_assets.domain.closer_looks import is_long, worth_a_closer_look
from viral_forge_resources.contracts.media import Stretch


def _worth(duration_s: float, hooks_s: tuple[float, ...] = ()) -> tuple[Stretch, ...]:
    return worth_a_closer_look(
        _probe(duration_s, audio_channels=2),
        replace(_scenes(duration_s, (), ()), in_full=()),
        _said(_talk(hooks_s, duration_s=duration_s) if hooks_s else ()),
    )


@pytest.mark.parametrize(("duration_s", "expected"), [(300.0, False), (300.1, True)])
def test_a_source_of_more_than_five_minutes_is_long(duration_s, expected):
    assert is_long(_probe(duration_s, audio_channels=2)) is expected


def test_the_stretches_with_hooks_are_worth_a_closer_look():
    hooks_s = (300.0, 900.0, 1500.0)

    stretches = _worth(1800.0, hooks_s)

    for hook_s in hooks_s:
        assert any(each.start_s < hook_s and each.end_s > hook_s + 20 for each in stretches)


@pytest.mark.parametrize(("duration_s", "most_s"), [(600.0, 260), (1800.0, 480), (9000.0, 990)])
def test_no_more_is_looked_at_than_a_share_that_is_bounded(duration_s, most_s):
    stretches = _worth(duration_s, (100.0, 400.0))

    assert 0.4 * most_s <= sum(each.duration_s for each in stretches) <= most_s
    assert all(one.end_s < other.start_s for one, other in pairwise(stretches))
    assert stretches[0].start_s >= 0
    assert stretches[-1].end_s <= duration_s


def test_a_source_without_words_is_looked_at_as_well():
    assert _worth(600.0)
