"""Which of many videos are looked at closely."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from viral_forge_assets.domain.preselection import (
    MOST_FINALISTS,
    MOST_UNLICENSED,
    Outcome,
    Policing,
    Preselection,
    is_of_language,
    preselect,
)
from viral_forge_assets.domain.scoring import Standings
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.contracts.sightings import Counts, Movement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
_NONE = Counts(None, None, None, None)


def _movement(video_id: str = "v", *, views: int = 100, **changes: Any) -> Movement:
    values: dict[str, Any] = {
        "platform": "tiktok",
        "platform_video_id": video_id,
        "seen_at": NOW,
        "published_at": NOW - timedelta(days=1),
        "language": None,
        "licence": None,
        "licence_spdx": "CC-BY-4.0",
        "is_hand_picked": False,
        "has_record": False,
        "counts": Counts(views, None, None, None),
        "before_at": None,
        "before": _NONE,
    }
    return Movement(**{**values, **changes})


def _select(
    *movements: Movement, room: dict[str, int] | None = None, **policy: Any
) -> Preselection:
    policing = Policing(
        policy=NichePolicy(**policy), settled={("tiktok", "settled")}, room=room or {}
    )
    return preselect(movements, Standings(movements, now=NOW), policing, now=NOW)


@pytest.mark.parametrize(
    ("movement", "policy", "outcome"),
    [
        (_movement(is_hand_picked=True), {}, Outcome.KNOWN),
        (_movement("settled"), {}, Outcome.KNOWN),
        (_movement(), {"platforms": ("reddit",)}, Outcome.OTHER_PLATFORM),
        (_movement(published_at=NOW - timedelta(days=31)), {}, Outcome.TOO_OLD),
        (_movement(language="de-AT"), {"languages": ("en",)}, Outcome.OTHER_LANGUAGE),
        (_movement(), {"minimum_score": 0.9}, Outcome.LOW_SCORE),
        (_movement(), {"licences": ("CC0-1.0",)}, Outcome.OTHER_LICENCE),
        (_movement(), {"most_per_platform": 0}, Outcome.NO_ROOM),
    ],
)
def test_what_the_policy_does_not_take_is_counted_by_the_reason(movement, policy, outcome):
    selected = _select(movement, **policy)
    assert selected.outcomes == Counter({outcome: 1})
    assert selected.finalists == selected.unlicensed == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"licence_spdx": None},
        {"licence_spdx": None, "licence": "All rights reserved"},
        {"licence_spdx": "CC-BY-ND-4.0"},
        {"licence_spdx": "CC-BY-NC-4.0"},
    ],
    ids=["unknown", "unknown words", "no changes", "no commerce"],
)
def test_a_video_without_a_usable_licence_is_among_the_unlicensed(changes):
    movement = _movement(**changes)
    assert _select(movement).unlicensed == (movement,)
    assert _select(movement).finalists == ()


def test_a_niche_that_earns_nothing_takes_non_commercial_licences():
    movement = _movement(licence_spdx="CC-BY-NC-4.0")
    assert _select(movement, is_monetised=False).finalists == (movement,)


def test_licences_are_read_from_the_platforms_own_words_too():
    movement = _movement(licence_spdx=None, licence="Creative Commons Attribution 4.0")
    assert _select(movement).finalists == (movement,)


def test_a_video_that_the_ledger_names_is_looked_at_whatever_its_platform_says():
    movement = _movement(licence_spdx=None, has_record=True)
    assert _select(movement).finalists == (movement,)


def test_the_best_come_first_and_three_for_each_place():
    movements = [_movement(f"v{n}", views=n) for n in range(10)]
    selected = _select(*movements, room={"tiktok": 2})
    assert [each.platform_video_id for each in selected.finalists] == [
        "v9",
        "v8",
        "v7",
        "v6",
        "v5",
        "v4",
    ]
    assert selected.outcomes == Counter({Outcome.OUTSCORED: 4})


def test_a_round_looks_at_a_bounded_number():
    usable = [_movement(f"v{n}", platform=f"p{n % 20}", views=n) for n in range(MOST_FINALISTS * 2)]
    unusable = [_movement(f"u{n}", views=n, licence_spdx=None) for n in range(100)]
    selected = _select(*usable, *unusable, most_per_platform=50)
    assert len(selected.finalists) == MOST_FINALISTS
    assert len(selected.unlicensed) == MOST_UNLICENSED
    assert selected.unlicensed[0].platform_video_id == "u99"
    assert selected.outcomes == Counter({Outcome.OUTSCORED: 200, Outcome.NO_RIGHT: 50})


def test_where_nothing_can_be_scored_videos_are_looked_at_last():
    unknown = _movement("a", counts=_NONE, published_at=None)
    known = _movement("b")
    assert _select(unknown, known).finalists == (known, unknown)


@pytest.mark.parametrize(
    ("stated", "wanted", "is_taken"),
    [
        ("en", ("en",), True),
        ("en-GB", ("en",), True),
        ("EN_us", ("en-GB",), True),
        ("eng", ("en",), False),
        (None, ("en",), True),
        ("de", (), True),
    ],
)
def test_languages_are_compared_by_their_first_part(stated, wanted, is_taken):
    assert is_of_language(stated, wanted) is is_taken
