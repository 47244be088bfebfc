"""Readings of results: taken once at each age, in nobody's way, and never invented."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.builders import NOW, post_metric, save_publication, sha256
from viral_forge_assets.measuring import Measurer
from viral_forge_resources.contracts.errors import (
    OverBudget,
    QuotaSpent,
    ReauthorisationNeeded,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import PostMetric, Publication, PublicationState
from viral_forge_resources.contracts.snapshots import SnapshotState
from viral_forge_resources.state import post_metrics, publications, snapshots

_S = SnapshotState
_HOUR = timedelta(hours=1)


@dataclass(kw_only=True)
class Reader:
    """Tells a hundred views of every post but those that it stumbles over."""

    most_at_once: int | None = 50
    stumbles: dict[str, ViralForgeError] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    now: datetime = NOW

    def read(self, posts: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        ids = tuple(post.publication_id for post in posts)
        self.asked.append(ids)
        for key in ids:
            if key in self.stumbles:
                raise self.stumbles[key]
        return tuple(post_metric(publication_id=key, as_of=self.now) for key in ids)


@dataclass(kw_only=True)
class _Strange(Reader):
    """Tells a number that is none, and speaks of another post."""

    key: str

    def read(self, posts: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        return (
            post_metric(publication_id=self.key, value=float("nan"), as_of=self.now),
            post_metric(publication_id="another", as_of=self.now),
        )


@dataclass(kw_only=True)
class Desk:
    """A studio with live posts on one platform."""

    state: sa.Engine
    reader: Reader = field(default_factory=Reader)
    now: datetime = NOW

    def post(self, name: str, channel: str = "tube:main") -> str:
        row = save_publication(
            self.state, content_sha256=sha256(name), channel_id=channel, clip_number=len(name)
        )
        key = row.publication_id
        with self.state.begin() as connection:
            publications.approve(connection, row.content_sha256, now=NOW)
            publications.claim(connection, key, claimed_by="run", lease=_HOUR, now=NOW)
            publications.settle(
                connection,
                key,
                PublicationState.PUBLISHED,
                expected=PublicationState.SUBMITTING,
                now=NOW,
                post_id=name,
            )
        return key

    def work(self, age: timedelta):
        self.now = self.reader.now = NOW + age
        readers = {"tube": self.reader}
        return Measurer(state=self.state, readers=readers, clock=lambda: self.now).take_due()

    def states(self, key: str) -> list[SnapshotState]:
        with self.state.connect() as connection:
            return [each.state for each in snapshots.of_publication(connection, key)]

    def rows(self, keys: Iterable[str]) -> tuple[PostMetric, ...]:
        with self.state.connect() as connection:
            return post_metrics.of_publications(connection, list(keys))


@pytest.fixture
def desk(sqlite_state: sa.Engine) -> Desk:
    return Desk(state=sqlite_state)


def test_nothing_is_read_before_the_first_age(desk):
    desk.post("a")
    assert desk.work(timedelta(minutes=59)).posts == 0
    assert desk.reader.asked == []


def test_each_age_is_read_once_with_the_moment_of_reading(desk):
    key = desk.post("a")
    for age in (_HOUR, 2 * _HOUR, 6 * _HOUR):
        desk.work(age)
    assert [row.as_of - NOW for row in desk.rows([key])] == [_HOUR, 6 * _HOUR]
    assert desk.states(key) == [_S.TAKEN, _S.TAKEN, *[_S.WAITING] * 4]


def test_what_is_late_is_read_once_and_younger_ages_are_missed_not_invented(desk):
    key = desk.post("a")
    desk.work(30 * _HOUR)
    (row,) = desk.rows([key])
    assert row.as_of == NOW + 30 * _HOUR
    assert desk.states(key) == [_S.MISSED, _S.MISSED, _S.TAKEN, *[_S.WAITING] * 3]


def test_posts_are_asked_about_by_channel_and_in_portions(desk):
    desk.reader.most_at_once = 2
    main = {desk.post("a"), desk.post("bb"), desk.post("ccc")}
    other = {desk.post("dddd", channel="tube:other")}
    assert desk.work(_HOUR).posts == 4
    asked = [set(each) for each in desk.reader.asked]
    assert sorted(map(len, asked)) == [1, 1, 2]
    assert all(each <= main or each <= other for each in asked)


@pytest.mark.parametrize(
    "error",
    [
        UnexpectedAnswer("odd"),
        ReauthorisationNeeded("tube:main", reason="forbidden", remedy="Connect it."),
    ],
)
def test_one_post_that_fails_is_in_no_other_posts_way(desk, error):
    keys = [desk.post("a" * number) for number in range(1, 8)]
    desk.reader.stumbles = {keys[3]: error}
    taken = desk.work(_HOUR)
    assert {row.publication_id for row in desk.rows(keys)} == set(keys) - {keys[3]}
    assert set(taken.put_off) == {keys[3]}


def test_a_reading_that_failed_is_made_later_and_keeps_the_posts_state(desk):
    key = desk.post("a")
    desk.reader.stumbles = {key: UnexpectedAnswer("odd")}
    desk.work(_HOUR)
    with desk.state.connect() as connection:
        row = publications.get(connection, key)
        waiting = snapshots.of_publication(connection, key)[0]
    assert row is not None
    assert (row.state, row.reason) == (PublicationState.PUBLISHED, None)
    assert (waiting.state, waiting.attempts, waiting.reason) == (_S.WAITING, 1, "odd")
    desk.reader.stumbles = {}
    assert desk.work(_HOUR).posts == 0
    assert desk.work(_HOUR + timedelta(minutes=5)).posts == 1


def test_a_spent_quota_puts_readings_off_until_there_is_more_and_loses_none(desk):
    keys = [desk.post("a"), desk.post("bb")]
    spent = QuotaSpent("units are spent", retry_after=3 * _HOUR)
    desk.reader.stumbles = dict.fromkeys(keys, spent)
    taken = desk.work(_HOUR)
    assert len(desk.reader.asked) == 1
    assert all("units are spent" in taken.put_off[key] for key in keys)
    desk.reader.stumbles = {}
    assert desk.work(3 * _HOUR).posts == 0
    assert desk.work(4 * _HOUR).posts == 2
    assert desk.states(keys[0])[0] is _S.TAKEN


def test_a_spent_budget_puts_readings_off_and_is_no_failed_attempt(desk):
    key = desk.post("a")
    told = "the day's budget holds $1: no room for an estimate of $0.0010"
    desk.reader.stumbles = {key: OverBudget(told, estimate_usd=0.001, retry_after=3 * _HOUR)}
    taken = desk.work(_HOUR)
    assert told in taken.put_off[key]
    with desk.state.connect() as connection:
        (waiting, *_) = snapshots.of_publication(connection, key)
    assert waiting.attempts == 0


def test_no_answer_is_not_asked_for_again_in_halves(desk):
    keys = [desk.post("a"), desk.post("bb")]
    desk.reader.stumbles = {keys[0]: Unreachable("down")}
    desk.work(_HOUR)
    assert len(desk.reader.asked) == 1


def test_a_reading_that_always_fails_is_given_up_with_its_reason(desk):
    key = desk.post("a")
    desk.reader.stumbles = {key: UnexpectedAnswer("odd")}
    for day in range(28, 60):
        desk.work(timedelta(days=day))
    with desk.state.connect() as connection:
        last = snapshots.of_publication(connection, key)[-1]
    assert (last.state, last.reason) == (_S.MISSED, "odd")
    assert desk.rows([key]) == ()


def test_a_post_that_was_taken_down_is_read_no_more(desk):
    key = desk.post("a")
    with desk.state.begin() as connection:
        publications.settle(
            connection,
            key,
            PublicationState.RETRACTED,
            expected=PublicationState.PUBLISHED,
            now=NOW,
        )
    assert desk.work(_HOUR).posts == 0
    assert desk.reader.asked == []
    assert set(desk.states(key)) == {_S.MISSED}


def test_numbers_of_other_posts_and_numbers_that_are_none_are_dropped(desk):
    key = desk.post("a")
    desk.reader = _Strange(key=key)
    assert desk.work(_HOUR).rows_read == 0
    assert desk.rows([key]) == ()


def test_files_are_read_in_every_round_whatever_a_posts_age(desk):
    key = desk.post("a")
    desk.reader.most_at_once = None
    assert desk.work(timedelta(minutes=5)).rows_new == 1
    assert desk.states(key) == [_S.WAITING] * 6


def test_a_channel_that_nobody_reads_is_not_asked_about_for_ever(desk):
    key = desk.post("a", channel="gone:main")
    assert list(desk.work(_HOUR).given_up) == [key]
    assert desk.states(key)[:2] == [_S.MISSED, _S.WAITING]


def test_due_readings_come_from_an_index_alone(desk):
    desk.post("a")
    with desk.state.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT publication_id, age_hours, channel_id, due_at, attempts"
            " FROM metric_snapshots WHERE state = 'waiting' AND due_at <= '2030-01-01'"
            " ORDER BY due_at, publication_id, age_hours LIMIT 10"
        ).all()
    assert [row[-1] for row in plan] == [
        "SEARCH metric_snapshots USING COVERING INDEX ix_metric_snapshots_waiting (due_at<?)"
    ]
