"""Reads numbers of posts from Meta's insights, of which one bad name fails a whole question.

Source: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.metrics import METRICS, Definition
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._calling import Refused, outcomes
from viral_forge_resources.publishers._meta_calls import MetaCalls, is_gone

AT_ONCE = 10
"""Posts in one reading: each is a question or two, and what is dead is found out once."""

_UNKNOWN_NAME = "100"
_MAYBE_OF_ONE_POST = frozenset({"1", "2"})
"""What Meta says when it fails, which it may do of one post for ever."""
_TOO_FEW_WORDS = "not enough viewers"
_SILENT = "no number yet, which is not 0: Meta's numbers come up to 48 hours late"
_NO_NUMBER = "what was answered is no such number"
_TOO_FEW = "too few people saw it for Meta to show numbers"
_DEAD = "Meta knows no such number, or not any more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One number, and where it stands in what Meta answers.

    Attributes:
        name: as Meta calls it.
        metric: as we call it.
        meaning: what Meta counts.
        scale: from Meta's unit to ours, such as 0.001 of milliseconds.
        part: of an answer that is divided; ``*``: all of its parts added up.
        most: what our number cannot exceed, such as 1 of a share.
        version: of the definition.
    """

    name: str
    metric: str
    meaning: str
    scale: float = 1
    part: str | None = None
    most: float | None = None
    version: int = 1

    def value_in(self, value: object) -> float | None:
        """Our number; None where there is none."""
        if self.part is not None:
            value = _part(value, self.part)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            return None
        scaled = value if self.scale == 1 else value * self.scale
        return scaled if self.most is None or scaled <= self.most else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A number that the platform never gives."""

    metric: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights:
    """What is asked of posts on one platform.

    Attributes:
        edge: of a post.
        groups: what is asked for together: one dead name of a group fails no other group.
        absent: what is not asked for.
        source: where a number was read.
        calls_of: the calls in the name of a channel, by its name.
        clock: the moment.
    """

    platform: str
    edge: str
    groups: Sequence[Sequence[Told]]
    absent: Sequence[Absent]
    source: str
    calls_of: Callable[[str], MetaCalls]
    clock: Callable[[], datetime]

    def read(self, publications: Sequence[Publication]) -> tuple[PostMetric, ...]:
        """Every number of these posts, and why one is absent.

        Raises:
            UnexpectedAnswer: there is something about one of the posts; names it.
        Transient: the platform did not answer.
            ReauthorisationNeeded, Misconfigured: it lets us read nothing.
        """
        dead: set[str] = set()
        return tuple(metric for post in publications for metric in self._of(post, dead))

    def _of(self, post: Publication, dead: set[str]) -> Iterator[PostMetric]:
        channel = post.channel_id.partition(":")[2]
        asking = _Asking(api=self.calls_of(channel), post=post, edge=self.edge, dead=dead)
        with outcomes(post.channel_id, is_reading=True):
            for group in self.groups:
                asking.ask(sorted({told.name for told in group} - dead))
        now = self.clock()
        for told in (told for group in self.groups for told in group):
            value, reason = asking.number(told)
            yield self._row(post, told.metric, value, reason, now, told)
        for absent in self.absent:
            yield self._row(post, absent.metric, None, absent.reason, now, None)

    def _row(
        self,
        post: Publication,
        metric: str,
        value: float | None,
        reason: str | None,
        now: datetime,
        told: Told | None,
    ) -> PostMetric:
        known = METRICS[metric]
        defined = Definition(
            platform=self.platform,
            metric=metric,
            version=told.version if told else 1,
            meaning=told.meaning if told else known.meaning,
        )
        return PostMetric(
            publication_id=post.publication_id,
            metric=metric,
            value=value,
            unit=str(known.unit),
            as_of=now,
            definition=str(defined),
            source=self.source,
            reason=reason,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asking:
    """Questions about one post."""

    api: MetaCalls
    post: Publication
    edge: str
    dead: set[str]
    values: dict[str, object] = field(default_factory=dict)
    withheld: set[str] = field(default_factory=set)

    def ask(self, names: Collection[str]) -> None:
        """Ask for all ``names`` at once; where one of them is dead, for each half of the rest."""
        if not names:
            return
        path = f"{self.post.post_id}/{self.edge}"
        try:
            told = self.api.get(path, metric=",".join(names))
        except Refused as refused:
            self._without_dead(list(names), refused)
            return
        for each in inside(told, "data") or []:
            self.values[str(inside(each, "name"))] = _value(each)

    def _without_dead(self, names: list[str], refused: Refused) -> None:
        if _TOO_FEW_WORDS in str(refused).lower():
            self.withheld.update(names)
        elif is_gone(refused) or refused.code in _MAYBE_OF_ONE_POST:
            # Which lets the caller ask about each post by itself.
            raise UnexpectedAnswer(f"post {self.post.post_id}: {refused}") from refused
        elif refused.code.partition("/")[0] != _UNKNOWN_NAME:
            raise refused
        elif len(names) == 1:
            self.dead.update(names)
        else:
            middle = len(names) // 2
            self.ask(names[:middle])
            self.ask(names[middle:])

    def number(self, told: Told) -> tuple[float | None, str | None]:
        """The number, or why there is none."""
        if told.name in self.dead:
            return None, _DEAD
        if told.name in self.withheld:
            return None, _TOO_FEW
        if self.values.get(told.name) is None:
            return None, _SILENT
        value = told.value_in(self.values[told.name])
        return value, _NO_NUMBER if value is None else None


def _value(entry: Any) -> object:  # noqa: ANN401  whatever Meta sent
    found = inside(entry, "values", 0, "value")
    return inside(entry, "total_value", "value") if found is None else found


def _part(value: object, part: str) -> object:
    if not isinstance(value, dict):
        return None
    if part != "*":
        return value.get(part)
    numbers = [each for each in value.values() if isinstance(each, int)]
    return sum(numbers) if numbers and len(numbers) == len(value) else None
