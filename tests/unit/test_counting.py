"""Calls are counted many at a time, and an allowance that is free again soon is waited for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from viral_forge_resources.contracts.calls import calls_of, jobs_of, tools_for
from viral_forge_resources.contracts.errors import QuotaSpent, Unreachable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScanTools
from viral_forge_resources.contracts.web import WebAnswer, WebRequest
from viral_forge_resources.counting import CallCounter

CALL = calls_of("peertube")


@dataclass
class _Ledger:
    """A ledger that refuses as it is told, and notes what came together."""

    refusals: list[QuotaSpent] = field(default_factory=list)
    error: Exception | None = None
    batches: list[int] = field(default_factory=list)

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[QuotaSpent | None, ...]:
        self.batches.append(len(calls))
        if self.error is not None:
            raise self.error
        return tuple(self.refusals.pop(0) if self.refusals else None for _ in calls)


def _take(ledger: _Ledger, *, times: int = 1, longest_wait_s: float = 1.0) -> list[object]:
    async def take() -> list[object]:
        counter = CallCounter(ledger, longest_wait_s=longest_wait_s)
        taking = (counter.take((CALL,)) for _ in range(times))
        return await asyncio.gather(*taking, return_exceptions=True)

    return asyncio.run(take())


def test_calls_that_come_together_share_one_transaction():
    ledger = _Ledger()
    assert _take(ledger, times=50) == [None] * 50
    assert ledger.batches == [50]


def test_one_that_is_refused_does_not_refuse_the_others():
    spent = QuotaSpent("no more today")
    assert _take(_Ledger([spent]), times=3) == [spent, None, None]


def test_an_allowance_that_is_free_again_soon_is_waited_for():
    soon = QuotaSpent("in a moment", retry_after=timedelta(seconds=0.01))
    ledger = _Ledger([soon, soon])
    assert _take(ledger) == [None]
    assert ledger.batches == [1, 1, 1]


def test_one_that_is_free_again_late_is_not_waited_for():
    late = QuotaSpent("in an hour", retry_after=timedelta(hours=1))
    assert _take(_Ledger([late])) == [late]


def test_the_waits_for_one_call_add_up():
    soon = QuotaSpent("in a moment", retry_after=timedelta(seconds=0.06))
    ledger = _Ledger([soon] * 9)
    assert _take(ledger, longest_wait_s=0.1) == [soon]
    assert ledger.batches == [1, 1]


def test_a_ledger_that_fails_is_told_to_everybody():
    gone = Unreachable("the state database does not answer")
    assert _take(_Ledger(error=gone), times=2) == [gone, gone]


def test_whoever_gives_up_keeps_nobody_waiting():
    async def take() -> tuple[object, object]:
        counter = CallCounter(_Ledger(), longest_wait_s=1.0)
        first, second = (asyncio.ensure_future(counter.take((CALL,))) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        return await asyncio.gather(first, second, return_exceptions=True)

    given_up, counted = asyncio.run(take())
    assert isinstance(given_up, asyncio.CancelledError)
    assert counted is None


@dataclass
class _Noting:
    """A web and workers that note what is used."""

    uses: list[tuple[Use, ...]] = field(default_factory=list)

    async def send(self, request: WebRequest) -> WebAnswer:
        self.uses.append(request.uses)
        return WebAnswer(name=request.url, status=200, headers={}, body=b"")

    async def run(self, job, arguments, *, deadline_s, uses=()):
        self.uses.append(uses)


def _used_with_tools_for(platform: str, request: WebRequest) -> list[tuple[Use, ...]]:
    noting = _Noting()

    async def ask() -> None:
        tools = tools_for(platform, ScanTools(web=noting, workers=noting))
        await tools.web.send(request)
        await tools.workers.run("ytdlp", {}, deadline_s=1.0)

    asyncio.run(ask())
    return noting.uses


def test_a_scanner_that_says_nothing_of_allowances_is_counted_all_the_same():
    used = _used_with_tools_for("rumble", WebRequest(url="https://rumble.com"))
    assert used == [(calls_of("rumble"),), (jobs_of("rumble", "ytdlp"),)]


def test_calls_are_counted_by_the_account_whose_allowance_they_take():
    search = Bucket(
        platform="youtube", name="search", limit=100, window=Window.DAY, project="studio-7"
    )
    asked = WebRequest(url="https://youtube.googleapis.com", uses=(Use(bucket=search),))
    used, _ = _used_with_tools_for("youtube_shorts", asked)
    assert used == (Use(bucket=search), calls_of("youtube_shorts", project="studio-7"))


@pytest.mark.parametrize("window", Window)
def test_every_window_can_be_said(window):
    assert window.worded in {f"a {window}", f"in {window}"}
