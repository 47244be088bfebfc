"""Which of tens of thousands of videos are looked at closely."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from heapq import nlargest
from typing import NamedTuple

from viral_forge_assets.domain.scoring import Standings
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.contracts.sightings import Movement

MOST_FINALISTS = 200
"""Of a niche and round: each may cost a thumbnail and a place in a model's question."""

MOST_UNLICENSED = 50
"""Of a niche and round: as many refusals as a person may want to clear."""

_CONTENDERS_FOR_A_PLACE = 3  # duplicates fall away, and whoever ranks needs a choice


class Outcome(StrEnum):
    """What became of a video in a round of choosing."""

    SHORTLISTED = "shortlisted now"
    KNOWN = "decided before, or chosen by hand"
    NO_RIGHT = "no right to use it"
    OTHER_PLATFORM = "the niche does not watch its platform"
    TOO_OLD = "published too long ago"
    OTHER_LANGUAGE = "in another language"
    LOW_SCORE = "below the niche's least score"
    OTHER_LICENCE = "under a licence that the niche does not take"
    DUPLICATE = "the same video as another one"
    NO_ROOM = "enough of its platform were shortlisted within 24 hours"
    OUTSCORED = "others score higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preselection:
    """The few that are looked at closely, the best by our score first.

    Attributes:
        finalists: may be used, as far as their platform or the rights ledger states.
        unlicensed: the best of those that may not.
        outcomes: what became of all others.
    """

    finalists: tuple[Movement, ...]
    unlicensed: tuple[Movement, ...]
    outcomes: Counter[Outcome]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policing:
    """What a round may choose.

    Attributes:
        settled: videos that need no choosing any more, by platform and id.
        room: how many more of a platform may be shortlisted now; not named means all that the
            policy allows.
    """

    policy: NichePolicy
    settled: Collection[tuple[str, str]] = ()
    room: Mapping[str, int] = field(default_factory=dict)

    def places(self, platform: str) -> int:
        """How many more of ``platform`` may be shortlisted now."""
        return max(0, self.room.get(platform, self.policy.most_per_platform))


def preselect(
    movements: Iterable[Movement], standings: Standings, policing: Policing, *, now: datetime
) -> Preselection:
    """The best that the policy takes."""
    outcomes: Counter[Outcome] = Counter()
    usable: defaultdict[str, list[_Valued]] = defaultdict(list)
    unlicensed: list[_Valued] = []
    for movement in movements:
        value = standings.value(movement)
        outcome = _outcome(movement, value, policing, now=now)
        if outcome is None:
            usable[movement.platform].append(_valued(movement, value))
            continue
        if outcome is Outcome.NO_RIGHT:
            unlicensed.append(_valued(movement, value))
        else:
            outcomes[outcome] += 1
    best_unlicensed = _best(unlicensed, MOST_UNLICENSED)
    outcomes[Outcome.NO_RIGHT] += len(unlicensed) - len(best_unlicensed)
    return Preselection(
        finalists=_finalists(usable, policing, outcomes),
        unlicensed=best_unlicensed,
        outcomes=outcomes,
    )


def is_of_language(stated: str | None, wanted: Collection[str]) -> bool:
    """Whether a language tag is among ``wanted`` by its first part; unstated is always."""
    if not wanted or not stated:
        return True
    first = stated.replace("_", "-").partition("-")[0].casefold()
    return first in {each.partition("-")[0].casefold() for each in wanted}


def _outcome(
    movement: Movement, value: float | None, policing: Policing, *, now: datetime
) -> Outcome | None:
    """Why a video is not looked at closely; None if it is."""
    policy = policing.policy
    oldest = now - timedelta(days=policy.horizon_days)
    objections = (
        (Outcome.KNOWN, movement.is_hand_picked or movement.video in policing.settled),
        (Outcome.OTHER_PLATFORM, policy.platforms and movement.platform not in policy.platforms),
        (Outcome.TOO_OLD, movement.published_at is not None and movement.published_at < oldest),
        (Outcome.OTHER_LANGUAGE, not is_of_language(movement.language, policy.languages)),
        (Outcome.LOW_SCORE, (value or 0.0) < policy.minimum_score),
    )
    for outcome, is_so in objections:
        if is_so:
            return outcome
    return None if movement.has_record else _objection_to_licence(movement, policy)


def _objection_to_licence(movement: Movement, policy: NichePolicy) -> Outcome | None:
    words = movement.licence_spdx or movement.licence
    licence = _licence(words) if words else None
    if licence is None or not licence.may_derive:
        return Outcome.NO_RIGHT
    if policy.is_monetised and not licence.may_monetise:
        return Outcome.NO_RIGHT
    if policy.licences and licence.spdx_id not in policy.licences:
        return Outcome.OTHER_LICENCE
    return None


_licence = lru_cache(maxsize=1000)(find_licence)  # many videos, few licences


class _Valued(NamedTuple):
    value: float
    video: tuple[str, str]  # makes the order of equals certain
    movement: Movement


def _valued(movement: Movement, value: float | None) -> _Valued:
    return _Valued(-1.0 if value is None else value, movement.video, movement)


def _finalists(
    usable: Mapping[str, list[_Valued]], policing: Policing, outcomes: Counter[Outcome]
) -> tuple[Movement, ...]:
    contenders: list[_Valued] = []
    for platform, valued in usable.items():
        places = policing.places(platform)
        best = nlargest(places * _CONTENDERS_FOR_A_PLACE, valued, key=_rank)
        contenders += best
        left_out = Outcome.OUTSCORED if places else Outcome.NO_ROOM
        outcomes[left_out] += len(valued) - len(best)
    finalists = _best(contenders, MOST_FINALISTS)
    outcomes[Outcome.OUTSCORED] += len(contenders) - len(finalists)
    return finalists


def _best(valued: Iterable[_Valued], number: int) -> tuple[Movement, ...]:
    return tuple(each.movement for each in nlargest(number, valued, key=_rank))


def _rank(valued: _Valued) -> tuple[float, tuple[str, str]]:
    return valued.value, valued.video
