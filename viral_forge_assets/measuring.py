"""Reads results of many posts at once: by channel, side by side, none in another one's way."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from viral_forge_assets.domain.measuring import (
    Delay,
    delay_of,
    oldest_due,
    portions,
    trusted,
)
from viral_forge_assets.late_ids import with_late_ids
from viral_forge_resources.contracts.errors import (
    BadInput,
    Transient,
    UnexpectedAnswer,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    PostMetric,
    Publication,
)
from viral_forge_resources.contracts.snapshots import Snapshot
from viral_forge_resources.state import post_metrics as metrics_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import snapshots as snapshots_state
from viral_forge_resources.state.locks import alone

_LOGGER = logging.getLogger(__name__)
_AT_ONCE = 16
_MOST_DUE = 4_000
_NOT_LIVE = "the post is not live any more"
_NO_READER = "nothing that is enabled reads results of this channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one call, or what it was divided into, came to.

    Attributes:
        asked: the posts it was about.
        failures: why nothing was read of a post, by its id.
    """

    asked: tuple[Publication, ...]
    metrics: tuple[PostMetric, ...]
    failures: Mapping[str, ViralForgeError] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Taken:
    """What one round came to.

    Attributes:
        posts: live posts that results were read of.
        put_off: why a post waits, by its id.
        given_up: why a post's reading will never be made, by its id.
        unreadable: what is wrong with files that people put there.
        by_candidate: rows read and rows that were new, of each candidate.
    """

    posts: int = 0
    rows_read: int = 0
    rows_new: int = 0
    put_off: dict[str, str] = field(default_factory=dict)
    given_up: dict[str, str] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    by_candidate: dict[str, tuple[int, int]] = field(default_factory=dict)


def ask(
    readers: Mapping[str, MetricsReader], publications: Sequence[Publication]
) -> Iterator[Answered]:
    """Yield what readers say, call by call as answers come, several calls at once.

    An error of the tree is an answer about the posts that it concerns. Any other is raised, once
    all that was being asked has answered.
    """
    calls = [
        (reader, portion)
        for name, reader in readers.items()
        for portion in portions(
            [row for row in publications if publisher_of(row) == name], reader.most_at_once
        )
    ]
    with ThreadPoolExecutor(max_workers=_AT_ONCE, thread_name_prefix="metrics") as pool:
        open_calls = {pool.submit(read_portion, reader, each) for reader, each in calls}
        broken: list[Future[Answered]] = []
        while open_calls:
            done, open_calls = wait(open_calls, return_when=FIRST_COMPLETED)
            for future in done:
                if future.exception() is None:
                    yield future.result()
                else:
                    broken.append(future)
        for future in broken:
            future.result()


def publisher_of(publication: Publication) -> str:
    """The publisher of the post's channel."""
    return publication.channel_id.partition(":")[0]


def read_portion(reader: MetricsReader, posts: tuple[Publication, ...]) -> Answered:
    """What the reader says of ``posts``; what fails for all is halved until it fails for one.

    Where the other side does not answer, or an allowance is spent, halves would do no better.
    """
    try:
        metrics = tuple(trusted(reader.read(posts), posts))
    except ViralForgeError as error:
        waits = isinstance(error, Transient) and not isinstance(error, UnexpectedAnswer)
        if len(posts) == 1 or waits or reader.most_at_once is None:
            failures = {post.publication_id: error for post in posts}
            return Answered(asked=posts, metrics=(), failures=failures)
    else:
        return Answered(asked=posts, metrics=metrics)
    middle = len(posts) // 2
    first, second = read_portion(reader, posts[:middle]), read_portion(reader, posts[middle:])
    return Answered(
        asked=posts,
        metrics=first.metrics + second.metrics,
        failures={**first.failures, **second.failures},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurer:
    """Takes the readings that are due, and keeps book of them.

    Attributes:
        clock: the moment, aware and in UTC.
    """

    state: sa.Engine
    readers: Mapping[str, MetricsReader]
    clock: Callable[[], datetime]

    def take_due(self) -> Taken:
        """Read what is due, and files whatever their posts' age; only one process does at a time.

        What was read is kept as answers come: a run that dies repeats only the rest.

        What fails is put off and says so; only an error that is none of the tree is raised.
        """
        taken = Taken()
        with alone(self.state, "readings of results"):
            due = self._due(taken)
            for answered in ask(self.readers, self._asked(due)):
                self._keep(answered, due, taken)
        return taken

    def _due(self, taken: Taken) -> dict[str, Snapshot]:
        with self.state.connect() as connection:
            found = snapshots_state.due(connection, now=self.clock(), limit=_MOST_DUE)
        due = {each.publication_id: each for each in oldest_due(found)}
        hopeless = {
            key: each
            for key, each in due.items()
            if each.channel_id.partition(":")[0] not in self.readers
        }
        with self.state.begin() as connection:
            for key, snapshot in hopeless.items():
                snapshots_state.miss_due(connection, snapshot, reason=_NO_READER)
                taken.given_up[key] = _NO_READER
        return {key: each for key, each in due.items() if key not in hopeless}

    def _asked(self, due: dict[str, Snapshot]) -> list[Publication]:
        """Live posts that are due, and all that files may speak of: these come at any time."""
        in_files = [name for name, each in self.readers.items() if each.most_at_once is None]
        with self.state.connect() as connection:
            live = publications_state.live(connection, ids=list(due), publishers=in_files)
        gone = due.keys() - {row.publication_id for row in live}
        for key in gone:
            del due[key]
        with self.state.begin() as connection:
            snapshots_state.miss(connection, gone, reason=_NOT_LIVE)
        return with_late_ids(self.state, self.readers, live)

    def _keep(self, answered: Answered, due: Mapping[str, Snapshot], taken: Taken) -> None:
        now = self.clock()
        candidates = {row.publication_id: row.candidate_key for row in answered.asked}
        read = [due[key] for key in candidates if key in due and key not in answered.failures]
        with self.state.begin() as connection:
            new = metrics_state.append_each(connection, answered.metrics)
            snapshots_state.take(connection, read, now=now)
            for key, error in answered.failures.items():
                if key in due:
                    self._put_off(connection, due[key], error, taken)
        for key, error in answered.failures.items():
            _LOGGER.warning("%s: no results were read: %s", key, error)
            if isinstance(error, BadInput):
                taken.unreadable.add(str(error))
        taken.posts += len(candidates) - len(answered.failures)
        _count(taken, answered, new, candidates)

    def _put_off(
        self, connection: sa.Connection, snapshot: Snapshot, error: ViralForgeError, taken: Taken
    ) -> None:
        delay: Delay | None = delay_of(snapshot, error, now=self.clock())
        key = snapshot.publication_id
        if delay is None:
            taken.given_up[key] = str(error)
            snapshots_state.miss_due(connection, snapshot, reason=str(error))
            return
        taken.put_off[key] = f"until {delay.until:%Y-%m-%d %H:%M} UTC: {delay.reason}"
        snapshots_state.put_off(
            connection, snapshot, until=delay.until, reason=delay.reason, counts=delay.counts
        )


def _count(
    taken: Taken,
    answered: Answered,
    new: Mapping[str, int],
    candidates: Mapping[str, str],
) -> None:
    read: dict[str, int] = {}
    for metric in answered.metrics:
        read[metric.publication_id] = read.get(metric.publication_id, 0) + 1
    taken.rows_read += len(answered.metrics)
    taken.rows_new += sum(new.values())
    for key, candidate in candidates.items():
        if key not in answered.failures:
            rows, rows_new = taken.by_candidate.get(candidate, (0, 0))
            counted = rows + read.get(key, 0), rows_new + new.get(key, 0)
            taken.by_candidate[candidate] = counted
