"""Counts calls before they are made, many in one transaction, and waits where that is short."""

import asyncio
from datetime import UTC, datetime

from viral_forge_resources.contracts.errors import RateLimited
from viral_forge_resources.contracts.quota import QuotaLedger, Use

_SOONEST_S = 0.05
_Refusal = RateLimited | None


class CallCounter:
    """A ledger for all tasks of an event loop.

    What is asked to be counted while one transaction runs shares the next one: a write that reaches
    the disk takes milliseconds, and a niche asks twenty platforms at once.
    """

    def __init__(self, ledger: QuotaLedger, *, longest_wait_s: float) -> None:
        """Count nothing yet.

        Args:
            ledger: where it is counted.
            longest_wait_s: an allowance that is free again within so long is waited for: to be a
                little late is better than to leave a platform out of the scan.
        """
        self._ledger = ledger
        self._longest_wait_s = longest_wait_s
        self._waiting: list[tuple[tuple[Use, ...], asyncio.Future[_Refusal]]] = []
        self._counting: asyncio.Task[None] | None = None

    async def take(self, uses: tuple[Use, ...]) -> None:
        """Return once all of ``uses`` are counted.

        Raises:
            QuotaSpent: a bucket does not hold that much, and will not soon; none is counted.
            OverBudget: a budget does not hold what it costs; none is counted.
        """
        left_s = self._longest_wait_s
        while (refusal := await self._taken(uses)) is not None:
            wait_s = _wait_s(refusal)
            if wait_s is None or wait_s > left_s:
                raise refusal
            left_s -= wait_s
            await asyncio.sleep(wait_s)

    async def _taken(self, uses: tuple[Use, ...]) -> _Refusal:
        answer: asyncio.Future[_Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((uses, answer))
        if self._counting is None or self._counting.done():
            self._counting = asyncio.create_task(self._count())  # nobody's: who waits may give up
        return await answer

    async def _count(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            calls = [uses for uses, _ in batch]
            taking = asyncio.to_thread(self._ledger.take_each, calls, now=datetime.now(UTC))
            (result,) = await asyncio.gather(taking, return_exceptions=True)
            for number, (_, answer) in enumerate(batch):
                if answer.done():  # its task was told to stop
                    continue
                if isinstance(result, BaseException):
                    answer.set_exception(result)
                else:
                    answer.set_result(result[number])


def _wait_s(refusal: RateLimited) -> float | None:
    if refusal.retry_after is None:
        return None
    return max(refusal.retry_after.total_seconds(), _SOONEST_S)
