"""The console offers the reports of each day, and no other file of storage by that way."""

import pytest

from tests.integration.test_console import console, storage  # noqa: F401  fixtures
from viral_forge_resources.storage.local import LocalStorage


def _store(where: LocalStorage, day: str) -> None:
    where.put_bytes(b"<!doctype html>", f"reports/{day}/report.html")
    where.put_bytes(b"a,b\r\n", f"reports/{day}/posts.csv")
    where.put_bytes(b"%PDF", f"reports/{day}/report.pdf")


def test_days_are_listed_the_newest_first(console, storage):  # noqa: F811
    _store(storage, "2026-11-18")
    _store(storage, "2026-11-19")
    text = console.get("/reports").text
    assert text.index("/reports/2026-11-19/report.html") < text.index("/reports/2026-11-18/report")


def test_without_reports_it_says_how_one_is_made(console):  # noqa: F811
    assert "No report yet" in console.get("/reports").text


def test_a_report_is_shown_under_a_policy_that_fetches_nothing(console, storage):  # noqa: F811
    _store(storage, "2026-11-19")
    answer = console.get("/reports/2026-11-19/report.html")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "script-src" not in answer.headers["content-security-policy"]


def test_tables_are_saved_and_never_shown(console, storage):  # noqa: F811
    _store(storage, "2026-11-19")
    answer = console.get("/reports/2026-11-19/posts.csv")
    told = answer.headers["content-disposition"]
    assert told == 'attachment; filename="2026-11-19-posts.csv"'


@pytest.mark.parametrize(
    "path",
    [
        "/reports/2026-11-19/secret.mp4",
        "/reports/2026-11-19/posts.csv",
        "/reports/cooking/report.html",
        "/reports/2026-11-19/..%2F..%2Fstate.html",
        "/reports/%2e%2e/report.html",
    ],
)
def test_nothing_else_is_served(console, path):  # noqa: F811
    assert console.get(path).status_code == 404
