"""A new scanner is one file and its recording; the contract holds it without a line more."""

import json
import sys
from inspect import signature

import pytest

import viral_forge_resources.scanners
from tests.contract.failing_platform_contract import FailingPlatformContract
from tests.contract.recorded_scanner_contract import RecordedScannerContract
from tests.grounds.scanners._recorded import RecordedGround
from tests.platforms.recording import load
from viral_forge_resources.plugins import get_plugin, plugin_names

NAME = "dropped"
SCANNER = '''
"""Dropped: a platform that was not there yesterday."""

from datetime import UTC, datetime

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import NoCredentials, ViralForgeError
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.scanning import ScannedVideo, Unusable
from viral_forge_resources.contracts.web import WebRequest
from viral_forge_resources.platforms.gathering import gathered
from viral_forge_resources.platforms.reading import (
    Stated, count, entries, inside, moment, one_line, video_id, web_address
)
from viral_forge_resources.settings import settings_config

USES = (Use(bucket=Bucket(platform="dropped", name="day", limit=100, window=Window.DAY)),)


class Settings(BaseSettings):
    model_config = settings_config("SCANNER_DROPPED")
    api_url: HttpUrl = Field(default=HttpUrl("https://dropped.example"), description="Address.")
    api_key: SecretStr | None = Field(default=None, description="Key.")


def open_plugin(settings):
    return DroppedScanner(settings)


class DroppedScanner:
    platform = "dropped"

    def __init__(self, settings):
        self._settings = settings

    async def scan(self, request, tools):
        if self._settings.api_key is None:
            raise NoCredentials("no key: set VIRAL_FORGE_SCANNER_DROPPED_API_KEY")
        sources = (self._found(query, tools) for query in request.queries)
        async for item in gathered(request, *sources):
            yield item

    async def _found(self, query, tools):
        key = self._settings.api_key.get_secret_value()
        answer = await tools.web.send(WebRequest(
            url=f"{self._settings.api_url}/v1/videos", params={"q": query, "key": key}, uses=USES,
        ))
        for item in entries(answer.json(), "items", name=answer.name):
            key, title = video_id(inside(item, "id")), one_line(inside(item, "title"))
            locator = web_address(inside(item, "file"))
            if key is None or title is None or locator is None:
                yield Unusable(reason="has no id, no title or no file")
                continue
            yield ScannedVideo(
                platform=self.platform,
                platform_video_id=key,
                locator=locator,
                title=title,
                seen_at=datetime.now(UTC),
                published_at=moment(inside(item, "published")),
                views=count(inside(item, "views")),
                **Stated(inside(item, "licence"), locator).fields,
            )
'''
ITEM = {"title": "One cat", "file": "{server}/one.mp4", "views": 7, "licence": "CC BY 4.0"}
RECORDING = {
    "settings": {"api_url": "{server}", "api_key": "a-key-that-nobody-sees"},
    "credentials": ["api_key"],
    "request": {"queries": ["cats"], "since": "2026-11-01T00:00:00Z"},
    "exchanges": [
        {
            "path": "/v1/videos",
            "query": {"q": "cats", "key": "a-key-that-nobody-sees"},
            "answer": {
                "items": [
                    {**ITEM, "id": "one", "published": "2026-11-02T00:00:00Z"},
                    {**ITEM, "id": "two", "published": "2026-11-03T00:00:00Z"},
                    {**ITEM, "id": "old", "published": "2026-10-03T00:00:00Z"},
                ]
            },
        }
    ],
    "empty": [{"items": []}],
    "videos": [{"platform_video_id": "one", "views": 7}, {"platform_video_id": "two"}],
    "optional": [
        {"remove": "0.items.0.views", "becomes": {"views": None}},
        {"remove": "0.items.1.published", "becomes": {"published_at": None}},
    ],
    "mandatory": ["0.items", "0.items.0.id", "0.items.0.title", "0.items.1.file"],
    "titles": ["0.items.0.title", "0.items.1.title"],
    "uses": [{"bucket": "day", "units": 1}],
}


@pytest.fixture
def drop_in(tmp_path, monkeypatch, platforms):
    """Puts a scanner's file and its recording where the others lie, and gives its ground."""

    def dropped(source: str) -> RecordedGround:
        (tmp_path / f"{NAME}.py").write_text(source, encoding="utf-8")
        (tmp_path / f"{NAME}.json").write_text(json.dumps(RECORDING), encoding="utf-8")
        package = viral_forge_resources.scanners
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
        assert NAME in plugin_names(package)
        plugin = get_plugin(package, NAME)
        return RecordedGround(plugin, load(NAME, tmp_path), platforms)

    yield dropped
    module = f"{viral_forge_resources.scanners.__name__}.{NAME}"
    if sys.modules.pop(module, None) is not None:
        delattr(viral_forge_resources.scanners, NAME)


class TestAScannerDroppedIn(RecordedScannerContract, FailingPlatformContract):
    """The whole contract, of a scanner that nobody has heard of."""

    @pytest.fixture
    def ground(self, drop_in):
        return drop_in(SCANNER)


LOOP = """
        async for item in gathered(request, *sources):
            yield item
"""
DEAF_LOOP = """
        try:
            async for item in gathered(request, *sources):
                yield item
        except ViralForgeError:
            return
"""
MISTAKES = {
    "a hidden count becomes 0": (
        'count(inside(item, "views"))',
        'count(inside(item, "views")) or 0',
        "test_what_is_optional_may_be_absent",
    ),
    "a title is made up": (
        'one_line(inside(item, "title"))',
        'one_line(inside(item, "title")) or "Untitled"',
        "test_nothing_is_made_up_where_something_mandatory_is_absent",
    ),
    "a title comes as it is": (
        'one_line(inside(item, "title"))',
        'inside(item, "title")',
        "test_words_are_printable_text_on_one_line_whatever_comes",
    ),
    "the limit is not looked at": (
        "gathered(request, *sources)",
        "next(iter(sources))",
        "test_the_limit_is_honoured",
    ),
    "age is not looked at": (
        "gathered(request, *sources)",
        "next(iter(sources))",
        "test_no_video_is_older_than_asked_for",
    ),
    "nothing is counted": (
        ", uses=USES",
        "",
        "test_every_use_of_an_allowance_is_counted",
    ),
    "an id is new in every scan": (
        'video_id(inside(item, "id"))',
        'video_id(f"{datetime.now(UTC)}")',
        "test_ids_are_the_same_in_the_next_scan",
    ),
    "a platform that is down looks quiet": (
        LOOP,
        DEAF_LOOP,
        "test_a_fault_becomes_the_right_error_and_no_video_is_made_up",
    ),
    "a key is logged": (
        "key = self._settings.api_key.get_secret_value()",
        "key = self._settings.api_key.get_secret_value(); __import__('logging').warning(key)",
        "test_a_fault_becomes_the_right_error_and_no_video_is_made_up",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_contract_sees_a_mistake(mistake, drop_in, caplog):
    right, wrong, broken = MISTAKES[mistake]
    assert right in SCANNER
    ground = drop_in(SCANNER.replace(right, wrong))
    given = {"ground": ground, "kind": "500", "caplog": caplog, "limit": 1}
    fact = getattr(TestAScannerDroppedIn(), broken)
    with pytest.raises(AssertionError):
        fact(**{name: given[name] for name in signature(fact).parameters})
