"""Runs alternatives in turn and says what each costs, for people and for machines."""

import json
import os
import platform
import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median

from viral_forge_resources.media.ffmpeg import ffmpeg_version

ROUNDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Of one run, this process and its children together."""

    cpu_s: float
    wall_s: float


def cost_of(work: Callable[[], object]) -> Cost:
    """Do ``work`` once and say what it took; children count once they have ended."""
    started_cpu_s, started_s = _cpu_s(), time.perf_counter()
    work()
    return Cost(cpu_s=_cpu_s() - started_cpu_s, wall_s=time.perf_counter() - started_s)


def in_turn(
    alternatives: Mapping[str, Callable[[], object]], *, rounds: int = ROUNDS
) -> dict[str, list[Cost]]:
    """What each alternative costs in each round.

    They run one after the other, every second round in reverse, so that a machine that slows down
    or warms up does so for all of them alike.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in alternatives}
    for number in range(rounds):
        names = list(alternatives)
        for name in reversed(names) if number % 2 else names:
            costs[name].append(cost_of(alternatives[name]))
    return costs


def median_cpu_s(costs: list[Cost]) -> float:
    """CPU seconds of the middle round."""
    return median(each.cpu_s for each in costs)


def median_wall_s(costs: list[Cost]) -> float:
    """Wall seconds of the middle round."""
    return median(each.wall_s for each in costs)


def ratio(ours: list[Cost], theirs: list[Cost]) -> float:
    """CPU time of ours over theirs, median of the rounds: each round is compared with itself."""
    return median(our.cpu_s / their.cpu_s for our, their in zip(ours, theirs, strict=True))


def report(name: str, *, value: float, limit: float, unit: str, **details: float) -> int:
    """Print the result for people, then as one line of JSON; the exit code, 0 within the limit."""
    is_met = value <= limit
    verdict = f"{'within' if is_met else 'ABOVE'} the limit of {limit:g}"
    return _printed(name, verdict, is_met=is_met, value=value, limit=limit, unit=unit, **details)


def report_least(name: str, *, value: float, limit: float, unit: str, **details: float) -> int:
    """The same where ``limit`` is the least that ``value`` may be."""
    is_met = value >= limit
    verdict = f"{'at' if is_met else 'BELOW'} least {limit:g}"
    return _printed(name, verdict, is_met=is_met, value=value, limit=limit, unit=unit, **details)


def machine() -> str:
    """What the figures were measured on."""
    cores, load = os.cpu_count(), os.getloadavg()[0]
    return (
        f"{platform.system()} {platform.machine()}, {cores} cores, load {load:.1f},"
        f" Python {platform.python_version()}, FFmpeg {ffmpeg_version()}"
    )


def _printed(
    name: str, verdict: str, *, is_met: bool, value: float, limit: float, unit: str, **more: float
) -> int:
    print(f"{name}: {value:.3f} {unit}, {verdict}")
    for what, figure in more.items():
        print(f"  {what.replace('_', ' ')}: {figure:.3f}")
    figures = {key: round(figure, 4) for key, figure in more.items()}
    line = {"benchmark": name, "value": round(value, 4), "unit": unit, "limit": limit, **figures}
    print(json.dumps({**line, "is_met": is_met}))
    return 0 if is_met else 1


def _cpu_s() -> float:
    total_s = 0.0
    for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(whose)
        total_s += used.ru_utime + used.ru_stime
    return total_s
