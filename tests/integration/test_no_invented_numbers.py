"""Numbers that other tools were known to invent: each has a test that it is not made up here."""

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from pyarrow import parquet
from typer.testing import CliRunner

from tests.builders import NOW, niche
from tests.integration.test_console import console, storage  # noqa: F401  fixtures
from tests.posted import publish
from tests.results import END, Scale, fill
from viral_forge_assets.cli import app
from viral_forge_assets.domain.outlook import growth_rows, outlook, slot_rows
from viral_forge_assets.domain.performance import summarise, to_markdown
from viral_forge_assets.domain.report import build
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.trends import Trends
from viral_forge_assets.metadata import markdown_table
from viral_forge_assets.outcomes import views_read
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE, curve_point, position_of
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.reports import Report, ReportFiles, Section
from viral_forge_resources.contracts.results import CurvePoint
from viral_forge_resources.documents import to_json
from viral_forge_resources.reports.press import Press
from viral_forge_resources.state import clips, niches, reporting
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.state.tables import post_metrics

_DAY = date(2026, 11, 21)
_FILLED = date(2026, 11, 19)
_NO_NUMBER = re.compile(r"[+\-\u2212]{2}\s*%|[+\-\u2212]?\b(nan|inf|infinity|None|null|NaN|N/A)\b")
_RATES = re.compile(
    r"\b(CTR|RPM|CPM|click-through|engagement rate|benchmark|estimated reach)\b", re.I
)


def _inputs(state: sa.Engine, day: date = _DAY) -> ReportInputs:
    with state.connect() as connection:
        return read_inputs(connection, day, Prices())


def _section(report: Report, name: str) -> Section:
    return next(section for section in report.sections if section.name == name)


def _read_once(state: sa.Engine) -> None:
    """Three posts, each read once: a true 0, and numbers that the source left out."""
    for number in range(3):
        told = [(1.0, "views", 100.0), (1.0, "comments", 0.0), (1.0, "saves", None)]
        publish(state, number, recipe="clean", read=told)
    with state.begin() as connection:
        niches.save(connection, niche(), now=NOW)


def _never_read(state: sa.Engine) -> None:
    publish(state, 1, recipe="clean")
    with state.begin() as connection:
        niches.save(connection, niche(), now=NOW)


def _nothing(state: sa.Engine) -> None:
    with state.begin() as connection:
        niches.save(connection, niche(), now=NOW)


def _everything(state: sa.Engine) -> None:
    fill(state, Scale(posts=60))


_STUDIOS = [_nothing, _never_read, _read_once, _everything]


@pytest.fixture(params=_STUDIOS, ids=["nothing", "never_read", "read_once", "everything"])
def studio(request: pytest.FixtureRequest, sqlite_state: sa.Engine) -> sa.Engine:
    """Studios that know more and more."""
    request.param(sqlite_state)
    return sqlite_state


def _curve(recipe: str, platform: str, *points: tuple[float, float, int]) -> list[CurvePoint]:
    return [CurvePoint(recipe, platform, curve_point(at), mean, n) for at, mean, n in points]


def _drawn(state: sa.Engine, *points: CurvePoint) -> dict[str, list[tuple[float, float | None]]]:
    report = build(replace(_inputs(state), retention=points))
    chart = _section(report, "retention").chart
    assert chart is not None
    return {each.name: [(p.at, p.value) for p in each.points] for each in chart.series}


def test_a_retention_line_breaks_where_no_point_was_told(sqlite_state):
    points = _curve("clean", "youtube", (0.1, 0.9, 2), (0.2, 0.8, 2), (0.5, 0.4, 2), (0.6, 0.3, 2))
    (line,) = _drawn(sqlite_state, *points).values()
    assert line == [(0.1, 0.9), (0.2, 0.8), (pytest.approx(0.35), None), (0.5, 0.4), (0.6, 0.3)]


def test_a_point_that_one_of_the_curves_lacks_is_no_mean_of_the_others(sqlite_state):
    points = _curve("clean", "youtube", (0.1, 0.9, 2), (0.2, 0.5, 1), (0.3, 0.7, 2), (0.4, 0.6, 2))
    (line,) = _drawn(sqlite_state, *points).values()
    assert [value for _, value in line] == [0.9, None, 0.7, 0.6]


def test_curves_that_two_platforms_count_differently_are_two_lines(sqlite_state):
    youtube = _curve("clean", "youtube", (0.5, 0.9, 2), (1.0, 0.5, 2))
    x = _curve("clean", "x", (0.5, 0.4, 9), (1.0, 0.1, 9))
    assert _drawn(sqlite_state, *youtube, *x) == {
        "clean on x (9 posts)": [(0.5, 0.4), (1.0, 0.1)],
        "clean on youtube (2 posts)": [(0.5, 0.9), (1.0, 0.5)],
    }


def test_a_newer_curve_is_not_completed_from_an_older_one(state):
    older = [(72.0, curve_point(at), 0.9) for at in (0.25, 0.5, 0.75)]
    newer = [(168.0, curve_point(at), 0.6) for at in (0.25, 0.75)]
    publish(state, 1, read=[*older, *newer])
    with state.connect() as connection:
        points = reporting.retention(connection, until=NOW + timedelta(days=30))
    assert {position_of(point.metric): point.mean for point in points} == {0.25: 0.6, 0.75: 0.6}


def test_no_retention_is_made_of_an_average_share_watched(sqlite_state):
    publish(sqlite_state, 1, read=[(72.0, "average_share_viewed", 0.62)])
    report = build(_inputs(sqlite_state, date(2026, 11, 30)))
    assert _section(report, "retention").chart is None
    (curves,) = (each for each in report.exports if each.name == "retention")
    assert curves.rows == ()


def test_growth_is_absent_with_one_reading_and_says_so(sqlite_state):
    _read_once(sqlite_state)
    with sqlite_state.connect() as connection:
        posts = reporting.live_posts(connection, until=END + timedelta(days=9))
        read = views_read(connection, until=END + timedelta(days=9))
    rows = growth_rows(outlook(posts, read, zones={}, trends=Trends()))
    assert {(row["views per hour"], row["reason"]) for row in rows} == {(None, "read once so far")}
    report = build(_inputs(sqlite_state))
    table = report.exports[0]
    at = [table.columns.index(name) for name in ("views_per_hour", "no_growth_because")]
    assert {tuple(row[place] for place in at) for row in table.rows} == {(None, "read once so far")}
    assert "read twice" in str(_section(report, "growing").absent)


def test_views_alone_earn_nothing(sqlite_state):
    _everything(sqlite_state)
    with sqlite_state.begin() as connection:
        is_revenue = post_metrics.c.metric == ESTIMATED_REVENUE
        connection.execute(sa.delete(post_metrics).where(is_revenue))
    report = build(_inputs(sqlite_state, _FILLED))
    values = {each.label: each.value for each in report.headlines}
    assert (values["Revenue"], values["Profit"]) == (None, None)
    assert values["Views on youtube"] is not None
    (money,) = (each for each in report.exports if each.name == "money")
    at = [money.columns.index(name) for name in ("revenue_usd", "profit_usd")]
    assert {row[place] for row in money.rows for place in at} == {None}


def test_one_post_that_tells_a_revenue_sets_no_rate_for_the_others(sqlite_state):
    publish(sqlite_state, 1, read=[(1.0, "views", 100.0), (1.0, ESTIMATED_REVENUE, 5.0)])
    publish(sqlite_state, 2, read=[(1.0, "views", 900.0)])
    with sqlite_state.begin() as connection:
        is_revenue = post_metrics.c.metric == ESTIMATED_REVENUE
        connection.execute(sa.update(post_metrics).where(is_revenue).values(unit="USD"))
    posts, money, *_ = build(_inputs(sqlite_state)).exports
    told = posts.columns.index(ESTIMATED_REVENUE)
    assert {row[told] for row in posts.rows} == {5.0, None}
    assert {row[money.columns.index("revenue_usd")] for row in money.rows} == {5.0}


def test_nothing_is_told_of_rates_that_no_platform_tells(studio):
    assert not _RATES.findall(repr(build(_inputs(studio))))


def test_no_text_or_table_of_a_report_shows_what_is_no_number(studio):
    report = build(_inputs(studio))
    for name, text in _texts(report, Press().printed(report)).items():
        assert not _NO_NUMBER.findall(text), name


def _texts(report: Report, files: ReportFiles) -> dict[str, str]:
    """All that people read of a report, by where it stands."""
    paper = pypdfium2.PdfDocument(files.paper)
    page = files.page.decode().partition("</style>")[2]
    tables = {name: text.decode() for name, text in files.tables.items() if name.endswith(".csv")}
    return {
        "page": page,
        "paper": "\n".join(each.get_textpage().get_text_range() for each in paper),
        "headlines": " ".join(f"{each.value or ''} {each.basis}" for each in report.headlines),
        **tables,
    }


def test_absent_is_an_empty_cell_and_a_true_0_is_a_0_in_every_export(sqlite_state):
    _read_once(sqlite_state)
    files = Press().printed(build(_inputs(sqlite_state)))
    text = files.tables["posts.csv"].decode("utf-8-sig")
    as_text = list(csv.DictReader(io.StringIO(text, newline="")))
    typed = parquet.read_table(io.BytesIO(files.tables["posts.parquet"])).to_pylist()
    assert {(row["comments"], row["saves"], row["likes"]) for row in as_text} == {("0.0", "", "")}
    assert {(row["comments"], row["saves"], row["likes"]) for row in typed} == {(0.0, None, None)}
    assert {row["estimated_revenue"] for row in typed} == {None}


def test_what_a_niche_came_to_is_strict_json_and_shows_no_number_that_is_none(studio):
    with studio.connect() as connection:
        rows = outbox.of_niche(connection, "cooking")
        newest = reporting.newest_of_niche(connection, "cooking")
        summary = summarise(rows, newest, clips.of_niche(connection, "cooking"))
        posts = reporting.live_posts(connection, until=END, niche="cooking")
        coming = outlook(
            posts, views_read(connection, until=END, niche="cooking"), zones={}, trends=Trends()
        )
    tables = [markdown_table(growth_rows(coming)), markdown_table(slot_rows(coming))]
    for text in (to_markdown(summary), *(str(each.md_str) for each in tables)):
        assert not _NO_NUMBER.findall(text)
    for document in (summary, coming):
        json.loads(to_json(document), parse_constant=_refused)


def _refused(constant: str) -> Any:
    raise ValueError(constant)


def test_commands_say_what_is_not_known_in_words(studio, home: Path, monkeypatch):
    url = studio.url.render_as_string(hide_password=False)
    monkeypatch.setenv("VIRAL_FORGE_STATE_URL", url)
    with studio.connect() as connection:
        posts = [row.publication_id for row in outbox.of_niche(connection, "cooking")]
    for words in (["costs", "cooking"], *(["explain", each] for each in posts[:3])):
        told = CliRunner().invoke(app, words)
        assert told.exit_code == 0, told.output
        assert not _NO_NUMBER.findall(told.output)
        assert not re.search(r"(cost|profit) \$0\.0000", told.output)


def test_the_console_shows_no_number_that_is_none(studio, console):  # noqa: F811
    pages = ["/", "/reports", "/accounts"]
    for path in pages:
        answer = console.get(path)
        assert answer.status_code == 200
        shown = re.sub(r"(?s)<(style|script)\b.*?</\1>|<[^>]*>", " ", answer.text)
        assert not _NO_NUMBER.findall(shown), path
