"""Best slots come from results, drawn towards the middle; too few results make none."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from viral_forge_assets.domain.slot_results import LEAST_RESULTS, TimedResult, slots_of

_BERLIN = ZoneInfo("Europe/Berlin")


def _results(*hours_and_values: tuple[int, float]) -> dict[str, TimedResult]:
    day = datetime(2026, 11, 2, tzinfo=_BERLIN)
    return {
        f"post-{number:02}": TimedResult(
            publication_id=f"post-{number:02}",
            published_at=(day + timedelta(days=number)).replace(hour=hour),
            value=value,
        )
        for number, (hour, value) in enumerate(hours_and_values)
    }


_EVENINGS_DO_BETTER = [(18, 1000.0 + n) for n in range(10)] + [(8, 10.0 + n) for n in range(10)]


def test_the_hours_whose_posts_did_better_come_first_by_the_channels_own_clock():
    found = slots_of("youtube:a", _results(*_EVENINGS_DO_BETTER), zone="Europe/Berlin")
    assert [(slot.name, slot.posts) for slot in found.slots] == [
        ("18 to 20 h", 10),
        ("08 to 10 h", 10),
    ]
    assert found.slots[0].estimate > 0.5 > found.slots[1].estimate


def test_a_channel_with_few_results_has_no_best_slot_and_says_why():
    few = _results(*_EVENINGS_DO_BETTER[: LEAST_RESULTS - 1])
    found = slots_of("youtube:a", few, zone="UTC")
    assert found.slots == ()
    assert found.reason == "19 of 20 results that it takes are in"


def test_a_lucky_post_makes_no_best_slot():
    lucky = _results((3, 10.0**6), *_EVENINGS_DO_BETTER)
    assert "02 to 04 h" not in {s.name for s in slots_of("a", lucky, zone="Europe/Berlin").slots}


def test_few_results_are_drawn_towards_the_middle():
    found = slots_of("a", _results(*_EVENINGS_DO_BETTER), zone="Europe/Berlin")
    plain = sum(range(10, 20)) / 10 / 19
    assert 0.5 < found.slots[0].estimate < plain
