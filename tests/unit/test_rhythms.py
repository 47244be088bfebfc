"""Rhythms as people write them."""

from datetime import time, timedelta

import pytest

from viral_forge_assets.domain.rhythms import checked, described, parse_slot, written
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.rhythm import EVERY_DAY, Rhythm, Slot

EVENING = Slot(at=time(18))


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("18:00", Slot(at=time(18), days=EVERY_DAY)),
        ("7:05", Slot(at=time(7, 5))),
        ("mon-fri 18:00", Slot(at=time(18), days=(0, 1, 2, 3, 4))),
        ("Sat,Sun 11:30", Slot(at=time(11, 30), days=(5, 6))),
        ("fri-mon 09:00", Slot(at=time(9), days=(0, 4, 5, 6))),
        ("wed 00:00", Slot(at=time(0), days=(2,))),
    ],
)
def test_a_slot_is_read_as_it_is_meant(text, slot):
    assert parse_slot(text) == slot
    assert parse_slot(written(slot)) == slot


@pytest.mark.parametrize(
    "text", ["", "18", "25:00", "18:60", "mo 18:00", "mon- 18:00", "18:00 mon"]
)
def test_what_is_no_slot_is_refused_with_how_to_write_one(text):
    with pytest.raises(BadInput, match="mon-fri 18:00"):
        parse_slot(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"zone": "Mars/Olympus"},
        {"zone": "../etc/passwd"},
        {"slots": ()},
        {"most_a_day": 0},
        {"warm_up": (-1,)},
        {"least_distance": timedelta(minutes=-1)},
        {"catch_up": timedelta()},
    ],
)
def test_a_rhythm_by_which_nothing_can_go_out_is_refused(changes):
    with pytest.raises(BadInput):
        checked(Rhythm(**{"zone": "UTC", "slots": (EVENING,), **changes}))


def test_a_slot_named_twice_counts_once():
    assert checked(Rhythm(zone="UTC", slots=(EVENING, EVENING))).slots == (EVENING,)


def test_a_rhythm_is_told_in_a_line():
    rhythm = Rhythm(
        zone="Europe/Berlin",
        slots=(EVENING,),
        most_a_day=2,
        warm_up=(1, 1),
        least_distance=timedelta(hours=2),
        jitter=timedelta(minutes=9),
    )
    assert described(rhythm) == (
        "18:00 (Europe/Berlin); at most 2 a day; first days 1, 1; 120 min apart; up to 9 min late"
    )
