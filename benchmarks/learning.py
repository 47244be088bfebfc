"""Does an experiment find the best of three recipes, and follow it when tastes change?

A world with known means is simulated: every recipe keeps a known share of its viewers, single
videos scatter about it, whole days are better or worse than others, results take three days, and
some never come. Four videos a day, 20 worlds.

Ours is held against dealing at random, and against trying each recipe as often as ours does and
then staying with the winner for ever. All of them hold the same videos out.

Run: ``python -m benchmarks.learning``.
"""

import random
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from benchmarks._measure import report, report_least
from viral_forge_assets.domain.arm_posteriors import Outcome
from viral_forge_assets.domain.experiments import deal, verdict
from viral_forge_resources.contracts.draws import share
from viral_forge_resources.contracts.experiments import Arm, Rules

_WORLDS = 20
_NAMES = ("clean", "story", "punchy")
_ARMS = tuple(Arm(name=name, recipe=name) for name in _NAMES)
_BEFORE = {"clean": 0.42, "story": 0.50, "punchy": 0.60}
_AFTER = {"clean": 0.42, "story": 0.60, "punchy": 0.50}
_OF_A_VIDEO, _OF_A_DAY = 0.15, 0.05  # standard deviations of what scatters
_A_DAY, _DELAY_DAYS = 4, 3
_NEVER_MEASURED = 0.05
_FIRST, _LATER = 200, 100  # videos before tastes change, and after
_SERVED_LEAST, _FOLLOWED_LEAST = 0.7, 0.5
_EACH = Rules().least_draws
_FOLLOWED_OVER = 30  # the last ones of those after the change

_Means = Mapping[str, float]
Policy = Callable[[Sequence[Outcome], str], str]
"""From what is known and the name of a video to its recipe."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What one policy did in one world.

    Attributes:
        served: recipe of each video.
        regret: expected reward lost against the best recipe, over all videos.
    """

    served: tuple[str, ...]
    regret: float
    outcomes: tuple[Outcome, ...]

    def share(self, name: str, start: int, end: int) -> float:
        """Of the videos from ``start`` to ``end`` that got the recipe."""
        return self.served[start:end].count(name) / (end - start)


def main() -> int:
    """Measure; 0 if every limit is met."""
    steady = {name: _courses(policy, _BEFORE) for name, policy in _POLICIES.items()}
    turned = {name: _courses(policy, _AFTER) for name, policy in _POLICIES.items()}
    return max(
        _served(steady["ours"]),
        _followed(turned["ours"]),
        *_regrets(steady, turned),
        _wrong(steady),
    )


def _served(courses: list[Course]) -> int:
    """How often the best one is served once 200 videos are out, over the 100 that follow."""
    shares = [course.share("punchy", _FIRST, _FIRST + _LATER) for course in courses]
    return report_least(
        "learning_serves_the_best",
        value=mean(shares),
        limit=_SERVED_LEAST,
        unit="of the videos 201 to 300",
        worst_of_20_worlds=min(shares),
        videos_101_to_200=mean(course.share("punchy", 100, _FIRST) for course in courses),
    )


def _followed(courses: list[Course]) -> int:
    end = _FIRST + _LATER
    shares = [course.share("story", end - _FOLLOWED_OVER, end) for course in courses]
    is_first = [
        all(share > course.share(name, end - _FOLLOWED_OVER, end) for name in ("clean", "punchy"))
        for course, share in zip(courses, shares, strict=True)
    ]
    return report_least(
        "learning_follows_a_change",
        value=mean(shares),
        limit=_FOLLOWED_LEAST,
        unit=f"of the last {_FOLLOWED_OVER} of 100 videos after it",
        worst_of_20_worlds=min(shares),
        worlds_that_serve_it_most=mean(is_first),
    )


def _regrets(steady: Mapping[str, list[Course]], turned: Mapping[str, list[Course]]) -> list[int]:
    codes = []
    for kind, courses in (("steady", steady), ("changed", turned)):
        lost = {name: mean(course.regret for course in each) for name, each in courses.items()}
        ours = lost.pop("ours")
        codes.append(
            report(
                f"learning_regret_{kind}",
                value=ours,
                limit=min(lost["uniform"], lost["first_winner"]),
                unit="reward lost over 300 videos",
                **lost,
            )
        )
    return codes


def _wrong(steady: Mapping[str, list[Course]]) -> int:
    """How often the stop rule, looked at after every video, stops for another than the best."""
    ended = [_stopped_for(course) for course in steady["ours"]]
    settled = [name for name, _ in ended if name is not None]
    return report(
        "learning_stops_for_the_wrong_one",
        value=sum(name != "punchy" for name in settled) / _WORLDS,
        limit=0.1,
        unit="of the worlds",
        worlds_settled=len(settled) / _WORLDS,
        videos_until_settled=mean(video for name, video in ended if name is not None),
    )


def _stopped_for(course: Course) -> tuple[str | None, int]:
    for video in range(30, len(course.outcomes), 5):
        said = verdict(_NAMES, course.outcomes[:video], Rules())
        if said.is_settled:
            return said.leader, video
    return None, len(course.outcomes)


def _courses(policy: Policy, after: _Means) -> list[Course]:
    return [_course(policy, after, world) for world in range(_WORLDS)]


def _course(policy: Policy, after: _Means, world: int) -> Course:
    dice = random.Random(f"world {world}")  # noqa: S311  the same worlds every time
    days = [dice.gauss(0, _OF_A_DAY) for _ in range((_FIRST + _LATER) // _A_DAY)]
    served: list[tuple[str, float | None]] = []
    regret = 0.0
    for video in range(_FIRST + _LATER):
        day, means = video // _A_DAY, _BEFORE if video < _FIRST else after
        name = policy(_known(served, day), f"{world}:{video}")
        reward = min(max(dice.gauss(means[name], _OF_A_VIDEO) + days[day], 0), 1)
        served.append((name, None if dice.random() < _NEVER_MEASURED else reward))
        regret += max(means.values()) - means[name]
    outcomes = _known(served, day=len(days) + _DELAY_DAYS)
    return Course(served=tuple(name for name, _ in served), regret=regret, outcomes=tuple(outcomes))


def _known(served: Sequence[tuple[str, float | None]], day: int) -> list[Outcome]:
    """What is known on that day: results of the last three days are not in yet."""
    return [
        Outcome(
            number=video + 1,
            arm=name,
            reward=reward if video // _A_DAY + _DELAY_DAYS <= day else None,
        )
        for video, (name, reward) in enumerate(served)
    ]


def _ours(known: Sequence[Outcome], seed: str) -> str:
    return deal(_ARMS, known, Rules(), seed=seed).arm.name


def _uniform(_known: Sequence[Outcome], seed: str) -> str:
    return random.Random(seed).choice(_NAMES)  # noqa: S311  the same worlds every time


def _first_winner(known: Sequence[Outcome], _seed: str) -> str:
    """In turn until each has as many results as ours deals it, then the best of them for ever."""
    first = {
        name: [each.reward for each in known if each.arm == name and each.reward is not None][
            :_EACH
        ]
        for name in _NAMES
    }
    if any(len(each) < _EACH for each in first.values()):
        return _NAMES[len(known) % len(_NAMES)]
    return max(_NAMES, key=lambda name: mean(first[name]))


def _held_out(policy: Policy) -> Policy:
    """The same, but for the videos that get the control: ours pays for those as well."""

    def choose(known: Sequence[Outcome], seed: str) -> str:
        is_held_out = share(seed, "holdout") < Rules().holdout_share
        return _NAMES[0] if is_held_out else policy(known, seed)

    return choose


_POLICIES: Mapping[str, Policy] = {
    "ours": _ours,
    "uniform": _held_out(_uniform),
    "first_winner": _held_out(_first_winner),
}

if __name__ == "__main__":
    sys.exit(main())
