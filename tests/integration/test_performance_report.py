"""The day's report as an asset: stored whole, shown in the UI, honest where there is nothing."""

from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from tests.builders import studio_policy
from tests.results import fill
from viral_forge_assets.reports import performance_report
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.reports.press import Press
from viral_forge_resources.storage import local

_DAY = "2026-11-19"


def _reported(state: sa.Engine, folder: Path) -> dict[str, Any]:
    storage = local.open_plugin(local.Settings(path=folder))
    ran = dg.materialize(
        [performance_report],
        partition_key=_DAY,
        resources={
            "state": state,
            "storage": storage,
            "studio": studio_policy(),
            "report_press": Press(),
            "prices": Prices(),
        },
    )
    (event,) = ran.get_asset_materialization_events()
    return {name: value.value for name, value in event.materialization.metadata.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "storage"


def test_a_report_lies_whole_in_storage_and_its_pictures_in_the_ui(sqlite_state, folder):
    fill(sqlite_state)
    told = _reported(sqlite_state, folder)
    stored = {path.name for path in (folder / "reports" / _DAY).iterdir()}
    assert stored == {
        *("report.html", "report.pdf"),
        *(
            f"{name}.{kind}"
            for name in ("posts", "money", "retention", "rising")
            for kind in ("csv", "parquet")
        ),
    }
    assert told["report"] == f"http://127.0.0.1:3001/reports/{_DAY}/report.html"
    assert told["picture_retention"].startswith("![Retention](data:image/png;base64,")
    assert told["posts_live"] == "54 (5 of the last 7 days)"
    assert sum(len(str(value)) for value in told.values()) < 120_000


def test_a_studio_without_results_gets_a_report_too(sqlite_state, folder):
    told = _reported(sqlite_state, folder)
    assert told["no_retention"].startswith("No platform has told a retention curve yet")
    assert told["profit"] == "not known (no cost is recorded; nothing is posted)"
    assert not any(name.startswith("picture_") for name in told)


def test_the_same_day_reported_twice_is_the_same_file(sqlite_state, folder):
    fill(sqlite_state)
    assert _reported(sqlite_state, folder)["sha256"] == _reported(sqlite_state, folder)["sha256"]
