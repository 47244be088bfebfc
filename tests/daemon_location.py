"""The studio's own definitions for daemons of tests: publishers post to emulators, all hurry.

Which emulators there are stands in ``VIRAL_FORGE_TEST_EMULATORS``: a JSON object, address by name.
What is lent to them lies in the folder ``VIRAL_FORGE_TEST_LENT``.
"""

from collections.abc import Generator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
from pydantic_settings import BaseSettings, SettingsConfigDict

from sensors import publications, runs
from tests.fakes.lending import FakeLending
from tests.fakes.till import FakeTill
from tests.grounds._kinds import ground_of
from viral_forge_assets.definitions import build_definitions, open_accounts, read_settings
from viral_forge_resources import publishers as plugins
from viral_forge_resources.contracts.publishing import Publisher
from viral_forge_resources.publishers import (
    _facebook_sight,
    _youtube_sight,
    instagram,
    linkedin,
    pinterest,
    threads,
    x,
)
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.state.quotas import SqlQuotaLedger

_AT_ONCE = timedelta(seconds=2)
_NEEDED = {"due_publications_sensor", "silent_runs_sensor"}


class _Told(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="VIRAL_FORGE_TEST_")

    emulators: dict[str, str]
    lent: str


@dg.resource(required_resource_keys={"state"})
def _publishers(context: dg.InitResourceContext) -> Generator[Mapping[str, Publisher]]:
    state = context.resources.state
    told = _Told()
    with httpx.Client(trust_env=False, timeout=20) as client:
        tools = PublishTools(
            accounts=open_accounts(read_settings(), state),
            ledger=SqlQuotaLedger(state),
            till=FakeTill(),
            client=client,
            clock=lambda: datetime.now(UTC),
            lending=FakeLending(Path(told.lent)),
        )
        yield {
            name: ground_of(plugins, name).opened(tools, url)
            for name, url in told.emulators.items()
        }


_SHOW_LATE: tuple[Any, ...] = (_facebook_sight, instagram, linkedin, pinterest, threads, x)


def _hurried() -> dg.Definitions:
    """Nobody waits half a minute for what a minute of a day is for.

    Nor for what a platform may show minutes later: an emulator shows it at once.
    """
    whole = build_definitions(read_settings(), publishers=_publishers)
    for module in _SHOW_LATE:
        module._SHOWS_WITHIN = _AT_ONCE
    _youtube_sight._LISTING_LAG = _AT_ONCE
    runs._SILENT_FOR /= 15
    publications._LONGEST_WAIT_MINUTES = 0
    kept = [each for each in whole.sensors or () if each.name in _NEEDED]
    for sensor in kept:
        sensor._min_interval = 1
    return dg.Definitions(
        assets=whole.assets,
        asset_checks=whole.asset_checks,
        jobs=whole.jobs,
        sensors=kept,
        resources=whole.resources,
        executor=whole.executor,
    )


defs = _hurried()
