"""Whatever goes wrong, and wherever: one post on the platform, or an honest word about it."""

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.grounds._kinds import emulated_publishers, ground_of
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from tests.publishing_desk import CLIP, DeskMaker, PublishingDesk
from viral_forge_resources import publishers
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.submission import StepState

_S = PublicationState
_EMULATED = emulated_publishers()
_SCHEDULES = 520
_SOME_PIECES = 3_500_001
_LARGE = {"tiktok": 65_000_003}
"""What a platform takes in several requests."""
_FORGETFUL = {"facebook", "instagram", "threads"}
"""Publishes by a name of the upload alone: once the platform has forgotten it, nobody can tell."""
_FORGETTING = {Fault.SESSIONS_GO, Fault.SESSIONS_GO_AFTER}


Makers = Callable[[str], DeskMaker]


@pytest.fixture(scope="module")
def makers(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Makers:
    """What sets up the desk of each platform."""
    return cache(lambda name: DeskMaker(sqlite_template, tmp_path_factory.mktemp(name), name))


def _run(name: str, makers: Makers, faults: Sequence[Fault | None]) -> PublishingDesk:
    """The desk after its post went through ``faults``, one a request."""
    ground = ground_of(publishers, name)
    platform = ground.emulator()
    with emulated_tools(platform) as tools:
        desk = makers(name).desk(platform, ground.opened(tools))
        desk.settle(faults)
    return desk


def _asks_a_person(desk: PublishingDesk) -> bool:
    """Whether it is said that nobody knows what became of a post: it is there once, or not."""
    row = desk.row()
    return row.state is _S.UNKNOWN and bool(row.reason) and len(desk.platform.posts()) <= 1


def _is_posted_once(desk: PublishingDesk, clip: bytes = CLIP) -> None:
    """Nothing was refused, so in the end it is live: once, whole, on its own account."""
    row = desk.row()
    assert (row.state, row.reason) == (_S.PUBLISHED, row.reason)
    account = desk.platform.accounts["main"].account_id
    assert desk.platform.posts() == [(account, clip)]
    assert row.post_id
    assert row.post_url


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
@pytest.mark.parametrize("name", _EMULATED)
def test_one_fault_at_any_request_ends_in_one_post(name, fault, makers):
    place = 0
    while True:
        desk = _run(name, makers, [None] * place + [fault])
        _is_posted_once(desk)
        assert all(step.state is StepState.DONE for step in desk.steps())
        if desk.platform.faults:  # it was over before the fault's turn came
            break
        place += 1
    assert place >= 3


@pytest.mark.parametrize("name", _EMULATED)
@settings(
    max_examples=max(_SCHEDULES // max(len(_EMULATED), 1), 1),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    faults=st.lists(st.one_of(st.none(), st.sampled_from(sorted(Fault))), min_size=1, max_size=16)
)
def test_any_schedule_of_faults_ends_in_one_post(name, makers, faults):
    desk = _run(name, makers, faults)
    is_forgotten = name in _FORGETFUL and not _FORGETTING.isdisjoint(faults)
    if not (is_forgotten and _asks_a_person(desk)):
        _is_posted_once(desk)


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault", [Fault.BREAKS, Fault.CUT, Fault.KILLED_AMID], ids=lambda f: f.name
)
@pytest.mark.parametrize("name", _EMULATED)
def test_a_large_video_goes_on_wherever_it_broke_off(name, fault, sqlite_template, tmp_path):
    """An upload that went on in the middle of a piece was rejected as other bytes."""
    clip = Random(3).randbytes(_LARGE.get(name, _SOME_PIECES))  # noqa: S311  the same every time
    maker = DeskMaker(sqlite_template, tmp_path, name, clip=clip)
    makers = {name: maker}.__getitem__
    for place in itertools.count():
        desk = _run(name, makers, [None] * place + [fault])
        _is_posted_once(desk, clip)
        if desk.platform.faults:
            break


def matrix(name: str, makers: Makers) -> dict[Fault, Counter[str]]:
    """How a post ended, by fault, whichever request it hit."""
    ends: dict[Fault, Counter[str]] = {}
    for fault in Fault:
        counted: Counter[str] = Counter()
        for place in itertools.count():
            desk = _run(name, makers, [None] * place + [fault])
            if desk.platform.faults:
                break
            counted[f"{desk.row().state} x {len(desk.platform.posts())}"] += 1
        ends[fault] = counted
    return ends
