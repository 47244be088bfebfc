"""What a report says, of a studio with results and of one without any."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from tests.results import END, fill
from viral_forge_assets.domain.outlook import outlook, rising_rows
from viral_forge_assets.domain.report import build
from viral_forge_assets.domain.report_inputs import ReportInputs
from viral_forge_assets.domain.report_words import count, dollars, share, span
from viral_forge_assets.domain.terms import TermKind
from viral_forge_assets.domain.trends import Trend, Trends
from viral_forge_assets.reports import read_inputs
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.reports import Report, Section, Table

_DAY = date(2026, 11, 19)


def _inputs(state: sa.Engine, day: date = _DAY) -> ReportInputs:
    with state.connect() as connection:
        return read_inputs(connection, day, Prices())


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
    assert {s.name for s in report.sections if s.table} == {
        *("slots", "growing", "calibration", "money"),
    }


def _rising_tables(report: Report) -> tuple[Section, Section, Table]:
    (export,) = (each for each in report.exports if each.name == "rising")
    return _section(report, "rising"), _section(report, "rising_sounds"), export


_SOUND = Trend(
    kind=TermKind.SOUND,
    term="watching the stars by øneheart",
    rises=(("tiktok", 4.25),),
    videos=frozenset({("tiktok", "1"), ("tiktok", "2"), ("tiktok", "3")}),
)


def test_a_sound_that_rises_stands_by_itself_and_in_the_export(inputs):
    coming = outlook(
        inputs.posts, inputs.views, zones={}, trends=Trends((_SOUND,), frozenset({"tiktok"}))
    )
    terms, sounds, export = _rising_tables(build(replace(inputs, outlook=coming)))
    assert terms.absent
    assert sounds.table is not None
    assert sounds.table.rows == (("watching the stars by øneheart", "4.2 times", "tiktok", 3),)
    assert export.rows == (("watching the stars by øneheart", "sound", 4.25, "tiktok", 3),)


@pytest.mark.parametrize(
    ("told_on", "reason"),
    [
        (frozenset[str](), "No sound is told of any video that was counted twice"),
        (frozenset({"tiktok"}), "Sounds are told on tiktok, and none rises there"),
    ],
)
def test_without_a_rising_sound_the_report_says_which_of_two_reasons(inputs, told_on, reason):
    coming = outlook(inputs.posts, inputs.views, zones={}, trends=Trends((), told_on))
    _, sounds, export = _rising_tables(build(replace(inputs, outlook=coming)))
    assert sounds.table is None
    assert sounds.absent is not None
    assert sounds.absent.startswith(reason)
    shown = rising_rows(coming.sounds, otherwise=coming.sounds_reason)
    assert shown == [{"nothing": coming.sounds_reason}]
    assert export.rows == ()


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
    values = {headline.label: headline for headline in build(inputs).headlines}
    assert str(values["Profit"].value).startswith("\u2265 $")
    assert values["Profit"].basis == "no source tells what it earned"
    assert str(values["Revenue"].value).startswith("\u2265 $")


def test_the_table_of_money_has_every_clip_and_channel(inputs):
    money = next(each for each in build(inputs).exports if each.name == "money")
    assert Counter(str(row[0]) for row in money.rows) == {
        "studio": 1, "niche": 2, "channel": 3, "clip": 60,
    }  # fmt: skip
    told = [dict(zip(money.columns, row, strict=True)) for row in money.rows]
    niches = [row for row in told if row["of"] == "niche"]
    assert sum(float(row["cost_usd"] or 0) for row in niches) == pytest.approx(told[0]["cost_usd"])
    assert all(row["profit_usd"] is None for row in told if row["posts_told"] == 0)


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (count(987), "987"),
        (count(12_345), "12,300"),
        (count(4_567_890), "4.57 M"),
        (dollars(-3.2), "\u2212$3.20"),
        (dollars(0.0123), "$0.0123"),
        (dollars(12_345.6), "$12,346"),
        (span(30), "30 s"),
        (span(5_400), "1.5 h"),
        (share(0.004), "< 1 %"),
        (share(0.5), "50 %"),
    ],
)
def test_numbers_have_the_digits_that_matter(shown, expected):
    assert shown == expected
