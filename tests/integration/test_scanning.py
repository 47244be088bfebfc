"""Scanning many platforms at once: who waits for whom, and what a failure touches."""

import asyncio
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests import builders
from tests.builders import NOW
from tests.fakes.scanner import NO_TOOLS, FakeScanner, FakeStandInScanner
from viral_forge_assets.scanning import Answer, ScanPlan, run_to_its_end, scan_niches
from viral_forge_resources.contracts.calls import tools_for
from viral_forge_resources.contracts.errors import NoCredentials, QuotaSpent, Unreachable
from viral_forge_resources.contracts.scanning import (
    Niche,
    NichePolicy,
    Scanner,
    ScanOutcome,
    ScanState,
    SkipCause,
    Unusable,
)

_VIDEO = builders.scanned_video()


def plan(**changes: Any) -> ScanPlan:
    values: dict[str, Any] = {
        "platforms": (),
        "deadline_s": 5.0,
        "niches_at_once": 4,
        "most_videos": 100,
    }
    return ScanPlan(**{**values, **changes})


def scan(
    scanners: Mapping[str, Scanner], *niches: Niche, how: ScanPlan | None = None
) -> list[Answer]:
    """What was answered, in the order in which it came."""
    answers: list[Answer] = []
    run_to_its_end(
        scan_niches(
            niches or (builders.niche(),),
            scanners,
            NO_TOOLS,
            plan=how or plan(),
            now=NOW,
            on_answer=answers.append,
        )
    )
    return answers


def outcomes(answers: list[Answer]) -> dict[str, ScanOutcome]:
    """By platform; each has one."""
    told = [outcome for answer in answers for outcome in answer.outcomes]
    assert len({(each.niche, each.platform) for each in told}) == len(told)
    return {each.platform: each for each in told}


def named(*scanners: FakeScanner) -> dict[str, Scanner]:
    return {each.platform: each for each in scanners}


def test_each_platform_of_a_niche_has_one_outcome_whether_it_was_asked_or_not():
    told = outcomes(
        scan(
            named(
                FakeScanner([_VIDEO], platform="busy"),
                FakeScanner(platform="quiet"),
                FakeScanner(platform="keyless", error=NoCredentials("set KEYLESS_KEY")),
                FakeScanner(platform="down", error=Unreachable("is down")),
            ),
            how=plan(platforms=("busy", "quiet", "keyless", "down", "off")),
        )
    )

    assert {name: (each.state, each.found, each.skip) for name, each in told.items()} == {
        "busy": (ScanState.FOUND, 1, None),
        "quiet": (ScanState.FOUND, 0, None),
        "keyless": (ScanState.SKIPPED, None, SkipCause.NO_CREDENTIALS),
        "down": (ScanState.FAILED, None, None),
        "off": (ScanState.SKIPPED, None, SkipCause.DISABLED),
    }


def test_a_scanner_is_told_what_the_niche_wants_of_its_platform():
    asked = FakeScanner(platform="pinterest")
    policy = NichePolicy(languages=("en",), reusable_only=True, horizon_days=3)
    watched = {"pinterest": ("board-1",), "reddit": ("r/pasta",)}

    scan(
        named(asked),
        Niche(name="cooking", queries=("pasta",), watched=watched, policy=policy),
        how=plan(most_videos=7),
    )

    (request,) = asked.requests
    assert (request.niche, request.queries, request.watched) == (
        "cooking",
        ("pasta",),
        ("board-1",),
    )
    assert (request.languages, request.reusable_only) == (("en",), True)
    assert (request.since, request.limit) == (NOW - timedelta(days=3), 7)
    assert asked.tools == [tools_for("pinterest", NO_TOOLS)]


def test_all_platforms_of_a_niche_are_asked_at_once():
    started_s = time.perf_counter()

    scan(named(*(FakeScanner(platform=f"p{number}", delay_s=0.3) for number in range(20))))

    assert time.perf_counter() - started_s < 1.5


@pytest.mark.parametrize(("at_once", "rounds"), [(1, 4), (2, 2), (4, 1)])
def test_so_many_niches_are_scanned_side_by_side_as_are_allowed(at_once, rounds):
    most = 0
    now = 0

    class Counting(FakeScanner):
        async def _wait(self) -> None:
            nonlocal most, now
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.05)
            now -= 1

    niches = [builders.niche(name=f"n{number}") for number in range(4)]
    scan(named(Counting()), *niches, how=plan(niches_at_once=at_once))

    assert most == 4 // rounds


def test_an_answer_is_handed_over_before_slower_platforms_have_theirs():
    answers = scan(
        named(FakeScanner(platform="slow", delay_s=0.2), FakeScanner([_VIDEO], platform="fast"))
    )

    assert [each.platform for answer in answers for each in answer.outcomes] == ["fast", "slow"]


def test_what_came_before_a_failure_is_kept():
    (answer,) = scan(named(FakeScanner([_VIDEO], error=Unreachable("page 2"))))[1:]

    assert [video.platform_video_id for video in answer.videos] == [_VIDEO.platform_video_id]
    assert answer.outcomes[0].reason == "page 2; kept 1 that came before"


def test_a_platform_that_takes_too_long_has_failed_and_keeps_nobody_waiting():
    class Endless(FakeScanner):
        async def _wait(self) -> None:
            await asyncio.Event().wait()

    told = outcomes(
        scan(
            named(Endless(platform="endless"), FakeScanner([_VIDEO], platform="fine")),
            how=plan(deadline_s=0.1),
        )
    )

    assert (told["endless"].state, told["endless"].error) == (ScanState.FAILED, "Unreachable")
    assert told["endless"].reason == "gave no complete answer within 0.1 s"
    assert told["fine"].found == 1


def test_what_came_before_the_deadline_is_kept():
    class Stalling(FakeScanner):
        async def scan(self, request, tools):
            async for video in super().scan(request, tools):
                yield video
            await asyncio.Event().wait()

    *_, answer = scan(named(Stalling([_VIDEO])), how=plan(deadline_s=0.1))

    assert len(answer.videos) == 1
    assert answer.outcomes[0].state is ScanState.FAILED


def test_a_scanner_that_does_not_stop_when_told_is_left_behind():
    deaf = FakeScanner(platform="deaf", delay_s=60, ignores_being_told_to_stop=True)
    started_s = time.perf_counter()

    told = outcomes(
        scan(named(deaf, FakeScanner([_VIDEO], platform="fine")), how=plan(deadline_s=0.1))
    )

    assert time.perf_counter() - started_s < 20
    assert told["deaf"].state is ScanState.FAILED
    assert told["fine"].found == 1


def test_a_mistake_in_a_scanner_costs_no_other_its_videos_and_is_handed_over():
    mistake = KeyError("id")
    answers = scan(
        named(
            FakeScanner([_VIDEO], platform="broken", error=mistake),
            FakeScanner([_VIDEO], platform="fine"),
        )
    )

    by_platform = {answer.outcomes[0].platform: answer for answer in answers[1:]}
    assert by_platform["broken"].mistake is mistake
    assert len(by_platform["broken"].videos) == len(by_platform["fine"].videos) == 1
    assert by_platform["fine"].mistake is None


def test_a_scanner_that_cancels_itself_made_a_mistake():
    class Quitting(FakeScanner):
        async def _wait(self) -> None:
            raise asyncio.CancelledError

    *_, answer = scan(named(Quitting()))

    assert isinstance(answer.mistake, asyncio.CancelledError)
    assert answer.outcomes[0].state is ScanState.FAILED


def test_a_scanner_that_does_not_end_is_stopped_at_the_most_that_it_may_bring():
    class Endless(FakeScanner):
        closed = False

        async def scan(self, request, tools):
            try:
                for number in range(10**9):
                    yield builders.scanned_video(platform="fake", platform_video_id=f"v{number}")
            finally:
                self.closed = True

    endless = Endless()
    *_, answer = scan(named(endless), how=plan(most_videos=5))

    assert len(answer.videos) == 5
    assert endless.closed


def test_entries_that_make_no_video_are_counted_and_the_rest_stands():
    *_, answer = scan(named(FakeScanner([Unusable(reason="has no id"), _VIDEO])))

    assert len(answer.videos) == 1
    assert answer.outcomes[0].reason == "left out 1: has no id"


@pytest.mark.parametrize("error", [QuotaSpent("none left"), NoCredentials("set KEY")])
def test_a_stand_in_is_asked_where_one_that_it_stands_in_for_could_not_be(error):
    stand_in = FakeStandInScanner([_VIDEO], platform="other", stands_in_for=("first", "second"))

    told = outcomes(
        scan(
            named(
                stand_in,
                FakeScanner(platform="first", delay_s=0.05, error=error),
                FakeScanner(platform="second"),
            )
        )
    )

    assert told["other"].found == 1


def test_a_stand_in_is_asked_where_those_that_it_stands_in_for_are_disabled():
    stand_in = FakeStandInScanner([_VIDEO], platform="other", stands_in_for=("first",))

    told = outcomes(scan(named(stand_in), how=plan(platforms=("first", "other"))))

    assert told["other"].found == 1


@pytest.mark.parametrize("error", [None, Unreachable("is down")])
def test_a_stand_in_is_not_needed_where_the_others_could_be_asked(error):
    stand_in = FakeStandInScanner([_VIDEO], platform="other", stands_in_for=("first",))

    told = outcomes(scan(named(stand_in, FakeScanner(platform="first", error=error))))

    assert (told["other"].skip, told["other"].state) == (SkipCause.NOT_NEEDED, ScanState.SKIPPED)
    assert stand_in.requests == []


def test_a_platform_that_the_niche_leaves_out_is_not_asked_by_another_way_either():
    stand_in = FakeStandInScanner([_VIDEO], platform="other", stands_in_for=("first",))
    niche = builders.niche(policy=NichePolicy(platforms=("other",)))

    told = outcomes(scan(named(stand_in, FakeScanner(platform="first")), niche))

    assert told["first"].skip is SkipCause.NOT_WATCHED
    assert told["other"].skip is SkipCause.NOT_NEEDED


def test_an_answer_that_cannot_be_kept_ends_everything():
    def refuse(_: Answer) -> None:
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="the disk is full"):
        run_to_its_end(
            scan_niches(
                [builders.niche()],
                named(FakeScanner(delay_s=60)),
                NO_TOOLS,
                plan=plan(),
                now=NOW,
                on_answer=refuse,
            )
        )
