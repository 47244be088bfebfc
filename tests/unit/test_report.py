"""What a report says, of a studio with results and of one without any."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.results import END, fill
from viral_forge_assets.domain.report import build
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.report_money import whole
from viral_forge_assets.domain.report_words import count, dollars, share, span
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.metrics import ESTIMATED_REVENUE
from viral_forge_resources.contracts.reports import Report, Section
from viral_forge_resources.contracts.results import Spent

_DAY = date(2026, 11, 19)


def _inputs(state: sa.Engine, day: date = _DAY) -> ReportInputs:
    with state.connect() as connection:
        return read_inputs(connection, day)


def _section(report: Report, name: str) -> Section:
    return next(section for section in report.sections if section.name == name)


@pytest.fixture
def inputs(sqlite_state) -> ReportInputs:
    fill(sqlite_state)
    return _inputs(sqlite_state)


def test_a_studio_without_results_gets_a_report_that_says_what_is_missing(sqlite_state):
    report = build(_inputs(sqlite_state))
    assert all(section.absent for section in report.sections)
    assert not any(section.chart or section.table for section in report.sections)
    values = {headline.label: headline.value for headline in report.headlines}
    assert values.pop("Posts live") == "0"
    assert set(values.values()) == {None}
    assert all(headline.basis for headline in report.headlines)


def test_a_full_studio_has_every_picture(inputs):
    report = build(inputs)
    drawn = {section.name for section in report.sections if section.chart}
    assert drawn == {
        *("retention", "growth", "recipes", "calibration", "funnel", "money", "queue"),
    }
    assert {s.name for s in report.sections if s.table} == {"slots", "growing", "calibration"}


def test_numbers_that_were_not_read_are_absent_and_never_zero(inputs):
    report = build(replace(inputs, newest={}, views={}, retention=()))
    values = {headline.label: headline.value for headline in report.headlines}
    assert values["Watch time"] is None
    assert values["Views on youtube"] is None
    assert _section(report, "retention").chart is None
    posts = report.exports[0]
    assert all(row[posts.columns.index("views")] is None for row in posts.rows)


def test_a_days_report_knows_nothing_of_the_days_after(sqlite_state):
    fill(sqlite_state)
    early = _inputs(sqlite_state, _DAY - timedelta(days=20))
    assert len(early.posts) < 54
    assert all(post.published_at < END - timedelta(days=20) for post in early.posts)


def test_views_of_several_platforms_are_not_added_up(inputs):
    labels = {headline.label for headline in build(inputs).headlines}
    assert {"Views on youtube", "Views on tiktok"} <= labels
    assert "Views" not in labels


def test_a_curve_that_has_nothing_at_an_age_has_no_mark_there(inputs):
    chart = _section(build(inputs), "growth").chart
    assert chart is not None
    for series in chart.series:
        assert len(series.points) < 6  # too few are 28 days old


def test_profit_is_a_least_one_where_some_posts_tell_no_revenue(inputs):
    found = whole(inputs.posts, inputs.newest, inputs.spent)
    assert found.is_least
    assert found.profit == pytest.approx((found.revenue or 0) - (found.cost or 0))


def test_a_cost_without_a_price_makes_no_profit(inputs):
    spent = [*inputs.spent, Spent(niche="space", usd=None, events=2, unpriced=2)]
    found = whole(inputs.posts, inputs.newest, spent)
    assert found.profit is None
    assert found.reason is not None
    assert found.reason.startswith("2 of 62 costs have no price")


def test_money_of_two_currencies_is_not_added_up(inputs):
    key = next(key for key in inputs.newest if key[1] == ESTIMATED_REVENUE)
    foreign = {**inputs.newest, key: inputs.newest[key]._replace(unit="EUR")}
    found = whole(inputs.posts, foreign, inputs.spent)
    assert (found.revenue, found.profit) == (None, None)
    assert found.reason == "revenue is in EUR, USD: not added up"


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (count(987), "987"),
        (count(12_345), "12,300"),
        (count(4_567_890), "4.57 M"),
        (dollars(-3.2), "\u2212$3.20"),
        (dollars(12_345.6), "$12,346"),
        (span(30), "30 s"),
        (span(5_400), "1.5 h"),
        (share(0.004), "< 1 %"),
        (share(0.5), "50 %"),
    ],
)
def test_numbers_have_the_digits_that_matter(shown, expected):
    assert shown == expected
