"""What reports read: the newest numbers, on both databases, and nothing from after their day."""

from collections import Counter
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.results import END, Scale, fill
from viral_forge_resources.contracts.metrics import VIEWS, position_of
from viral_forge_resources.state import costs, post_metrics, reporting, studio_counts


@pytest.fixture(params=["sqlite_state", "postgres_state"])
def studio(request) -> sa.Engine:
    state: sa.Engine = request.getfixturevalue(request.param)
    fill(state, Scale(posts=12, points=4))
    return state


def test_the_newest_number_of_each_post_is_found(studio):
    with studio.connect() as connection:
        posts = reporting.live_posts(connection, until=END)
        newest = {
            row.publication_id: row for row in reporting.newest(connection, [VIEWS], until=END)
        }
        every = list(reporting.readings(connection, VIEWS, until=END))
    assert len(posts) == 11
    for name, row in newest.items():
        assert row.as_of == max(each.as_of for each in every if each.publication_id == name)
        assert row.as_of.tzinfo is not None


def test_nothing_from_after_the_day_is_in_its_report(studio):
    early = END - timedelta(days=20)
    with studio.connect() as connection:
        assert all(p.published_at < early for p in reporting.live_posts(connection, until=early))
        assert all(r.as_of < early for r in reporting.newest(connection, [VIEWS], until=early))
        assert all(r.as_of < early for r in reporting.readings(connection, VIEWS, until=early))
        assert studio_counts.steps(connection, until=early).posted < 11


def test_the_newest_of_a_niche_are_those_that_python_finds(studio):
    with studio.connect() as connection:
        every = post_metrics.of_niche(connection, "cooking")
        newest = reporting.newest_of_niche(connection, "cooking")
    expected = {}
    for metric in sorted(every, key=lambda m: (m.value is not None, m.as_of, m.source)):
        if position_of(metric.metric) is None:
            expected[metric.publication_id, metric.metric] = metric
    assert {(m.publication_id, m.metric): m for m in newest} == expected


def test_curves_are_averaged_by_recipe_and_say_over_how_many_posts(studio):
    with studio.connect() as connection:
        points = reporting.retention(connection, until=END)
    assert {position_of(point.metric) for point in points} == {0.25, 0.5, 0.75, 1.0}
    assert all(0 < point.mean < 1.2 and point.posts >= 1 for point in points)


def test_costs_and_the_queue_are_counted(studio):
    with studio.connect() as connection:
        spent = costs.lines(connection, until=END)
        queue = studio_counts.queue(connection)
    assert Counter(each.niche for each in spent) == {"cooking": 9, "space": 3}
    assert all((each.usd or 0) > 0 for each in spent)
    assert sum(each.posts for each in queue) == 1
