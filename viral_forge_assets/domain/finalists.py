"""The videos that may still be chosen, as whoever ranks them sees them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from viral_forge_assets.domain.scoring import Score
from viral_forge_resources.contracts.records import Ranking


@dataclass(frozen=True, slots=True, kw_only=True)
class Finalist:
    """A video that may be used and that our score puts among the best of its platform.

    Attributes:
        title: hostile text from outside, as the author is.
        score: ours, with its parts.
        age: since it was published; None if that is unknown.
        licence: SPDX id of the right that it may be used under.
    """

    candidate_key: str
    platform: str
    title: str
    score: Score
    author: str | None = None
    age: timedelta | None = None
    duration_s: float | None = None
    language: str | None = None
    licence: str | None = None
    tags: tuple[str, ...] = ()


class Ranker(Protocol):
    """Orders finalists; may ask the network, so it is called outside every transaction."""

    def __call__(self, finalists: Sequence[Finalist]) -> Mapping[str, Ranking]:
        """A ranking by candidate key; a finalist left out keeps its place by our score."""


def ranked_by_score(finalist: Finalist) -> Ranking:
    """The ranking that our score alone gives; where it is unknown the finalist stands last."""
    value = finalist.score.value
    known = [f"{part.name}: {part.why}" for part in finalist.score.parts if part.value is not None]
    return Ranking(
        score=0.0 if value is None else value,
        reasons=tuple(known) or ("nothing is known to score it by",),
        ranked_by="score",
    )
