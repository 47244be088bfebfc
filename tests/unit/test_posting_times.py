"""When posts go out: slots, clocks that jump, limits, priorities and what was missed."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from viral_forge_assets.domain.posting_times import GRACE, Calendar, Fate, Turn, deal, fate
from viral_forge_resources.contracts.rhythm import Rhythm, Slot

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday
EVENINGS = Rhythm(zone="Europe/Berlin", slots=(Slot(at=time(18)),))
HOURLY = Rhythm(zone="UTC", slots=tuple(Slot(at=time(hour)) for hour in range(24)))


def turn(name: str, **changes: object) -> Turn:
    values = {"publication_id": name, "planned_at": NOW, **changes}
    return Turn(**values)  # type: ignore[arg-type]


def first_slots(rhythm: Rhythm, after: datetime, many: int) -> list[datetime]:
    slots = Calendar(rhythm, ()).slots(after=after)
    return [next(slots) for _ in range(many)]


def test_slots_are_read_by_the_channels_clock():
    assert first_slots(EVENINGS, NOW, 2) == [
        datetime(2026, 11, 20, 17, 0, tzinfo=UTC),
        datetime(2026, 11, 21, 17, 0, tzinfo=UTC),
    ]


def test_a_slot_keeps_its_time_of_day_when_summer_ends():
    before, after = first_slots(EVENINGS, datetime(2026, 10, 24, 0, 0, tzinfo=UTC), 2)
    assert (before.hour, after.hour) == (16, 17)


def test_a_time_that_the_clock_leaves_out_is_read_by_the_offset_before_the_gap():
    rhythm = Rhythm(zone="America/New_York", slots=(Slot(at=time(2, 30)),))
    (at,) = first_slots(rhythm, datetime(2026, 3, 8, 5, 0, tzinfo=UTC), 1)
    assert at == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)
    assert at.astimezone(ZoneInfo("America/New_York")).time() == time(3, 30)


def test_a_time_that_the_clock_shows_twice_is_the_first_and_comes_once():
    rhythm = Rhythm(zone="Europe/Berlin", slots=(Slot(at=time(2, 30)),))
    twice, following = first_slots(rhythm, datetime(2026, 10, 24, 22, 0, tzinfo=UTC), 2)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert following == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_slot_of_some_weekdays_comes_on_those_alone():
    rhythm = Rhythm(zone="UTC", slots=(Slot(at=time(9), days=(5, 6)),))
    assert [at.date() for at in first_slots(rhythm, NOW, 3)] == [
        date(2026, 11, 21),
        date(2026, 11, 22),
        date(2026, 11, 28),
    ]


def test_who_came_first_goes_first_and_nobody_shares_a_slot():
    dealt = deal(
        [turn("b", planned_at=NOW + timedelta(seconds=1)), turn("a")], HOURLY, taken=(), now=NOW
    )
    assert dealt == {"a": NOW, "b": NOW + timedelta(hours=1)}


def test_dealing_again_changes_nothing():
    turns = [turn(name) for name in "abcdef"]
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, jitter=timedelta(minutes=20))
    dealt = deal(turns, rhythm, taken=(), now=NOW)
    again = [turn(name, due_at=at) for name, at in dealt.items()]
    assert deal(again, rhythm, taken=(), now=NOW) == dealt


def test_a_higher_priority_takes_the_first_slot_and_the_others_move_up_in_order():
    waiting = [turn(name, due_at=NOW + timedelta(hours=n)) for n, name in enumerate("abc")]
    dealt = deal([*waiting, turn("urgent", priority=1)], HOURLY, taken=(), now=NOW)
    assert sorted(dealt, key=dealt.__getitem__) == ["urgent", "a", "b", "c"]


def test_no_day_has_more_posts_than_the_limit():
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, most_a_day=2)
    dealt = deal([turn(str(n)) for n in range(6)], rhythm, taken=(NOW,), now=NOW)
    days = sorted(at.date() for at in dealt.values())
    assert [days.count(NOW.date() + timedelta(days=n)) for n in range(4)] == [1, 2, 2, 1]


def test_a_new_channel_warms_up_from_its_first_post_on():
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, most_a_day=3, warm_up=(1, 1, 2))
    dealt = deal([turn(str(n)) for n in range(10)], rhythm, taken=(), now=NOW)
    days = sorted(at.date() for at in dealt.values())
    assert [days.count(NOW.date() + timedelta(days=n)) for n in range(5)] == [1, 1, 2, 3, 3]


def test_a_warm_channel_does_not_warm_up_again():
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, warm_up=(1,))
    long_ago = NOW - timedelta(days=30)
    dealt = deal([turn("a"), turn("b")], rhythm, taken=(long_ago,), now=NOW)
    assert {at.date() for at in dealt.values()} == {NOW.date()}


def test_a_time_that_has_passed_is_given_up_for_the_next_free_one():
    missed = turn("a", due_at=NOW - GRACE - timedelta(minutes=1))
    assert deal([missed], EVENINGS, taken=(), now=NOW)["a"] > NOW


def test_after_an_outage_missed_posts_do_not_go_out_in_one_burst():
    missed = [turn(str(n), due_at=NOW - timedelta(hours=n + 2)) for n in range(5)]
    dealt = sorted(deal(missed, HOURLY, taken=(), now=NOW).values())
    assert [later - sooner for sooner, later in pairwise(dealt)] == [timedelta(hours=1)] * 4


def test_a_post_whose_time_has_come_may_go():
    due_at = NOW - timedelta(minutes=1)
    assert fate(due_at, EVENINGS, taken=(), now=NOW) is Fate.GO


def test_a_post_too_near_to_another_waits():
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, least_distance=timedelta(hours=2))
    taken = (NOW - timedelta(hours=1),)
    assert fate(NOW, rhythm, taken=taken, now=NOW) is Fate.LATER


def test_a_post_above_the_days_limit_waits():
    rhythm = Rhythm(zone="UTC", slots=HOURLY.slots, most_a_day=1)
    taken = (NOW - timedelta(hours=6),)
    assert fate(NOW, rhythm, taken=taken, now=NOW) is Fate.LATER


def test_a_post_that_missed_its_time_gets_another_one():
    assert fate(NOW - timedelta(hours=5), EVENINGS, taken=(), now=NOW) is Fate.LATER


def test_a_post_that_missed_its_time_by_days_is_not_made_up_for():
    assert fate(NOW - timedelta(days=4), EVENINGS, taken=(), now=NOW) is Fate.MISSED


RHYTHMS = st.builds(
    Rhythm,
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]),
    slots=st.sets(st.integers(0, 23), min_size=1, max_size=6).map(
        lambda hours: tuple(Slot(at=time(hour, 30)) for hour in hours)
    ),
    most_a_day=st.integers(1, 4),
    least_distance=st.integers(0, 400).map(lambda minutes: timedelta(minutes=minutes)),
    jitter=st.integers(0, 90).map(lambda minutes: timedelta(minutes=minutes)),
)


@given(
    rhythm=RHYTHMS,
    now=st.integers(0, 100_000).map(lambda minutes: NOW + timedelta(minutes=7 * minutes)),
    many=st.integers(1, 25),
)
def test_whatever_the_rhythm_no_limit_is_broken(rhythm, now, many):
    dealt = sorted(deal([turn(str(n)) for n in range(many)], rhythm, taken=(), now=now).values())
    days = [at.astimezone(ZoneInfo(rhythm.zone)).date() for at in dealt]
    assert len(set(dealt)) == many
    assert dealt[0] >= now
    assert max(days.count(day) for day in days) <= rhythm.most_a_day
    assert all(b - a >= rhythm.least_distance for a, b in pairwise(dealt))
