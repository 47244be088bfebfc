"""What scanners are given by the studio: whom they may reach, and that it is counted."""

from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from tests.builders import NOW, scanned_video
from tests.platforms.web import served
from viral_forge_assets.scanning import OpenScanTools, run_to_its_end
from viral_forge_resources import resources as shells
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import BadInput, Misconfigured, OverBudget, QuotaSpent
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScannedVideo
from viral_forge_resources.contracts.web import WebAnswer, WebRequest
from viral_forge_resources.state import quotas, sightings
from viral_forge_resources.state.tills import SqlTill

_BUCKET = Bucket(platform="peertube", name="search", limit=1, window=Window.DAY)


@pytest.fixture
def instance_url(tmp_path: Path) -> Generator[str]:
    """An operator's own PeerTube, on a private address."""
    folder = tmp_path / "peertube"
    folder.mkdir()
    (folder / "config").write_text("{}")
    with served(folder) as url:
        yield url


def _till(state: sa.Engine) -> SqlTill:
    prices = Prices(api_unit={"peertube:paid": 0.05})
    return SqlTill(state=state, prices=prices, budget=Budget(usd=None, quantity=None, day_usd=0.05))


@pytest.fixture
def open_tools(
    sqlite_state: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instance_url: str
) -> Generator[OpenScanTools]:
    """The studio's tools where that PeerTube is the one that is scanned."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VIRAL_FORGE_SCANNER_PEERTUBE_API_URL", instance_url)
    resources = {
        "state": sqlite_state,
        "scan_tools": shells.scan_tools_resource(
            scanners=["inbox", "peertube"],
            open_till=_till,
            answer_cache=tmp_path / "answers",
            allow_private_addresses=False,
            concurrent_workers=1,
        ),
    }
    with dg.build_resources(resources) as opened:
        yield opened.scan_tools


def sent(open_tools: OpenScanTools, *requests: WebRequest) -> list[WebAnswer]:
    """The answers to ``requests``, one after the other."""

    async def send() -> list[WebAnswer]:
        async with open_tools() as tools:
            return [await tools.web.send(request) for request in requests]

    return run_to_its_end(send())


def test_a_private_address_that_the_operator_named_is_reached(open_tools, instance_url):
    (answer,) = sent(open_tools, WebRequest(url=f"{instance_url}/config"))

    assert answer.json() == {}


def test_every_other_private_address_is_refused(open_tools, tmp_path):
    with served(tmp_path) as other, pytest.raises(BadInput, match="private"):
        sent(open_tools, WebRequest(url=f"{other}/config"))


def test_what_is_asked_is_counted_in_state(open_tools, instance_url, sqlite_state):
    request = WebRequest(url=f"{instance_url}/config", uses=(Use(bucket=_BUCKET),))

    with pytest.raises(QuotaSpent):
        sent(open_tools, request, request)

    with sqlite_state.connect() as connection:
        balances = quotas.balances(connection, now=datetime.now(UTC))
    assert {each.bucket.name: each.used for each in balances} == {"search": 1, "calls": 1}


def test_what_a_platform_charges_for_is_not_asked_over_budget(open_tools, instance_url):
    bucket = Bucket(platform="peertube", name="paid", limit=None, window=Window.DAY)
    request = WebRequest(url=f"{instance_url}/config", uses=(Use(bucket=bucket),))
    assert len(sent(open_tools, request)) == 1
    with pytest.raises(OverBudget, match=r"no room for an estimate of \$0\.0500"):
        sent(open_tools, request)


def test_what_earlier_scans_saw_is_at_hand(open_tools, sqlite_state):
    video = scanned_video(platform="peertube", published_at=NOW)
    with sqlite_state.begin() as connection:
        sightings.append(connection, "cooking", [video])

    async def ask() -> Sequence[ScannedVideo]:
        async with open_tools() as tools:
            return [*await tools.known("cooking", "peertube", since=NOW, most=1)]

    assert run_to_its_end(ask()) == [video]


def test_workers_are_at_hand(open_tools):
    async def ask() -> None:
        async with open_tools() as tools:
            await tools.workers.run("nosuch", {}, deadline_s=1)

    with pytest.raises(Misconfigured, match="no job is named 'nosuch'"):
        run_to_its_end(ask())
