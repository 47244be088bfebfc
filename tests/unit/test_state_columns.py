"""What goes into state comes out alike from both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import NOW
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo
from viral_forge_resources.state import niches, sightings
from viral_forge_resources.state.tables import metadata


def _seen(state: sa.Engine, video: ScannedVideo) -> ScannedVideo:
    with state.begin() as connection:
        sightings.append(connection, "cooking", [video])
    with state.connect() as connection:
        (found,) = sightings.latest(connection, "cooking")
    return found


def test_a_moment_comes_back_in_utc(state):
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 20, 21, 0, 0, 123456, tzinfo=tokyo)
    found = _seen(state, builders.scanned_video(seen_at=moment)).seen_at
    assert found == moment
    assert found.tzinfo is UTC


def test_a_moment_without_a_time_zone_is_refused(state):
    naive = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001  what is refused here
    with pytest.raises(ValueError, match="no time zone"):
        _seen(state, builders.scanned_video(seen_at=naive))


def test_moments_are_compared_as_moments(state):
    cest = timezone(timedelta(hours=2))
    older = builders.scanned_video(seen_at=NOW.astimezone(cest), title="older")
    newer = builders.scanned_video(seen_at=NOW + timedelta(microseconds=1), title="newer")
    with state.begin() as connection:
        sightings.append(connection, "cooking", [newer, older])
        assert sightings.latest(connection, "cooking") == (newer,)


@pytest.mark.parametrize(
    "name",
    [
        "plain.mp4",
        'quote\' and "double" and ; DROP TABLE niches --',
        "new\nline % : -- ünïcode 🍝 \u202e\u05d0",
        "not utf-8 \udcff\udc80",
    ],
)
def test_a_hostile_file_name_comes_back_as_it_was(state, name):
    video = builders.scanned_video(locator=f"/inbox/{name}", title=name)
    assert _seen(state, video) == video


def test_what_no_database_holds_is_replaced_visibly(state):
    video = builders.scanned_video(title="a\x00b\ud800c")
    assert _seen(state, video).title == "a\ufffdb\ufffdc"


def test_a_title_without_end_is_cut_and_says_so(state):
    found = _seen(state, builders.scanned_video(title="x" * 10_000)).title
    assert len(found) == 2_000
    assert found.endswith("x…")


def test_texts_in_json_come_back_as_they_were(state):
    niche = Niche(name="cooking", queries=("ä 'b'", "\udcff", ""), recipe="clean")
    with state.begin() as connection:
        niches.save(connection, niche, now=NOW)
        assert niches.get(connection, "cooking") == niche


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("candidates", "status"),
        ("publications", "state"),
        ("scan_outcomes", "state"),
        ("artefacts", "kind"),
    ],
)
def test_the_database_itself_knows_the_values_of_a_state(state, table, column):
    found = sa.inspect(state).get_check_constraints(table)
    (check,) = [each for each in found if each["name"] == f"ck_{table}_{column}"]
    kind = metadata.tables[table].c[column].type
    assert isinstance(kind, sa.Enum)
    assert all(f"'{value}'" in check["sqltext"] for value in kind.enums)
