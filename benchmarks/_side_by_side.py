"""Runs two works at the same moment on the same core, so that both meet the same noise."""

import multiprocessing
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from typing import TypeAlias

from benchmarks._measure import ROUNDS, Cost, cost_of

Work: TypeAlias = Callable[[], object]
_Side: TypeAlias = tuple[ProcessPoolExecutor, Work]


def side_by_side(
    pairs: Mapping[str, tuple[Work, Work]], *, rounds: int = ROUNDS
) -> dict[str, tuple[list[Cost], list[Cost]]]:
    """What the two works of each pair cost in each round.

    On a machine that others use, a work differed from itself by up to a fifth when it ran twice in
    turn, and by 7 % when it ran twice at once, on a core each. So both run at once and share a
    core, where the system lets a process choose: it is theirs in turn, a few milliseconds each.
    All works run once beforehand: imports are then done and caches filled.
    """
    with ExitStack() as stack:
        sides = {
            name: [(stack.enter_context(_worker(number)), work) for work in works]
            for number, (name, works) in enumerate(pairs.items())
        }
        _all_at_once(sides)
        measured = [_all_at_once(sides) for _ in range(rounds)]
    return {
        name: ([each[name][0] for each in measured], [each[name][1] for each in measured])
        for name in pairs
    }


def _all_at_once(sides: Mapping[str, Sequence[_Side]]) -> dict[str, list[Cost]]:
    running = {
        name: [worker.submit(cost_of, work) for worker, work in pair]
        for name, pair in sides.items()
    }
    return {name: [each.result() for each in pair] for name, pair in running.items()}


def _worker(number: int) -> ProcessPoolExecutor:
    # Spawned, so that each starts with the same imports: what a child costs depends on them.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(1, mp_context=context, initializer=_settle, initargs=(number,))


def _settle(number: int) -> None:
    """Stay on core ``number`` where the system has a say in it; child processes stay there too."""
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[number % len(cores)]})
