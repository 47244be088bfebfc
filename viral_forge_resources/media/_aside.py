"""Does slow work beside the decoder, in the order in which it came."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST_WAITING = 6
"""Pictures that wait: whoever brings more waits as well, so that memory stays bounded."""


class Aside(Generic[T]):
    """One thread of its own; what it finds comes out in the order of the work."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="aside")
        self._waiting: deque[Future[T]] = deque()
        self._done: list[T] = []

    def close(self) -> None:
        """Drop what is still waiting, and end the thread."""
        self._thread.shutdown(wait=True, cancel_futures=True)

    def do(self, work: Callable[[], T]) -> None:
        """Have ``work`` done; errors of earlier works may be raised here."""
        if len(self._waiting) >= _MOST_WAITING:
            self._done.append(self._waiting.popleft().result())
        self._waiting.append(self._thread.submit(work))

    def results(self) -> list[T]:
        """What every work came to, once all are done."""
        while self._waiting:
            self._done.append(self._waiting.popleft().result())
        return self._done
