"""What every reader of results keeps to, whichever platform it reads."""

from collections.abc import Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.builders import publication
from tests.grounds._kinds import ground_of, grounded
from viral_forge_assets.measuring import read_portion
from viral_forge_resources import publishers
from viral_forge_resources.contracts.metrics import METRICS, Unit
from viral_forge_resources.contracts.publishing import (
    MetricsReader,
    Publication,
    Publisher,
    TellsLate,
)

_UNITS = {str(unit) for unit in Unit}


_READ = [name for name in grounded(publishers) if name != "recording"]  # nobody sees its posts


@pytest.fixture(params=_READ)
def publisher(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Publisher]:
    with ground_of(publishers, request.param).open_on_ground(tmp_path) as opened:
        yield opened


@pytest.fixture
def reader(publisher: Publisher) -> MetricsReader:
    assert isinstance(publisher, MetricsReader)
    return publisher


@pytest.fixture
def stranger(publisher: Publisher) -> Publication:
    """A post of which the platform knows nothing, old enough for every number."""
    row = publication(channel_id=f"{publisher.platform}:main")
    posted = datetime.now(UTC) - timedelta(days=8)
    return replace(row, post_id="17900000000000", published_at=posted)


def test_of_no_posts_nobody_is_asked(reader):
    assert reader.read(()) == ()


def test_it_says_how_many_posts_one_call_may_ask_about(reader):
    assert reader.most_at_once is None or reader.most_at_once > 0


def test_of_a_post_that_is_not_there_no_number_is_made_up(reader, stranger):
    answered = read_portion(reader, (stranger,))
    assert all(row.value is None and row.reason for row in answered.metrics)
    assert {row.publication_id for row in answered.metrics} <= {stranger.publication_id}
    is_told_why = bool(answered.metrics) or bool(answered.failures)
    assert is_told_why or reader.most_at_once is None


def test_a_post_that_has_its_id_is_known_by_it(reader, stranger):
    assert not isinstance(reader, TellsLate) or not reader.lacks_id(stranger)


def test_numbers_have_the_names_and_units_that_everybody_uses(reader, stranger):
    for row in read_portion(reader, (stranger,)).metrics:
        assert row.metric.partition("@")[0] in METRICS
        assert row.unit in _UNITS or len(row.unit) == 3
        assert row.definition
        assert row.source
