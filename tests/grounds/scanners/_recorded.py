"""Where a scanner meets the recording of its platform."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from types import ModuleType
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from tests.fakes.quota import FakeQuotaLedger
from tests.fakes.workers import RecordedWorkers
from tests.platforms.faults import Fault
from tests.platforms.recorded import Platform, RecordedPlatforms
from tests.platforms.recording import Recording, fill
from viral_forge_resources.contracts.calls import tools_for
from viral_forge_resources.contracts.errors import QuotaSpent, ViralForgeError
from viral_forge_resources.contracts.quota import QuotaLedger, Use
from viral_forge_resources.contracts.scanning import (
    ScannedVideo,
    Scanner,
    ScanRequest,
    ScanTools,
    Unusable,
)
from viral_forge_resources.contracts.used_sounds import UsedSound
from viral_forge_resources.settings import addresses_in
from viral_forge_resources.web import open_web

HOSTILE = (
    "a\x00b",
    "two\r\nlines\tand\x1b[31mred",
    "a \u202egnp.exe",
    "100%d %s: {done} 'quoted\" <b>bold</b> \\n",
    "🐈\u200d⬛ パスタ a\u0301\u0301\u0301",
    "half \ud83d of a pair",
    "a" * 10_000,
    "\ufeff-dash \u2028\u0085 -- ; DROP TABLE niches",
)


_EARLIER = datetime(2026, 11, 18, tzinfo=UTC)


class SpentLedger:
    """A ledger in which everything that has a limit is used up."""

    def take_each(
        self, calls: Sequence[tuple[Use, ...]], *, now: datetime
    ) -> tuple[QuotaSpent | None, ...]:
        return tuple(map(_spent, calls))


def _spent(uses: tuple[Use, ...]) -> QuotaSpent | None:
    limited = [use.bucket for use in uses if use.bucket.limit is not None]
    return QuotaSpent(f"{limited[0].platform}: {limited[0].name} is spent.") if limited else None


@dataclass(slots=True, kw_only=True)
class Scanned:
    """What one scan gave, and what it asked for.

    Attributes:
        error: the error of ours that ended it; any other one ends the test.
        asked: numbers of the exchanges asked for; jobs are counted after them.
        unmatched: what was asked for and is not in the recording.
        requests: how many came in at the platform.
        jobs: how many workers were given.
        units: taken of what has a limit, by the bucket's name.
        calls: counted without a limit, by the bucket's name.
    """

    videos: list[ScannedVideo] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    error: ViralForgeError | None = None
    asked: list[int] = field(default_factory=list)
    unmatched: list[str] = field(default_factory=list)
    requests: int = 0
    jobs: int = 0
    units: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)

    def whole(self) -> list[ScannedVideo]:
        """The videos of a scan in which nothing may have gone wrong."""
        if self.error is not None:
            raise self.error
        assert self.unmatched == [], "asked for what the recording does not have"
        return self.videos


async def scanned(scanner: Scanner, request: ScanRequest, tools: ScanTools) -> Scanned:
    """Everything that ``scanner`` gives."""
    result = Scanned()
    try:
        async with aclosing(scanner.scan(request, tools)) as found:  # type: ignore[type-var]  # every scanner is an async generator
            async for item in found:
                (result.videos if isinstance(item, ScannedVideo) else result.unusable).append(item)  # type: ignore[arg-type]  # one of the two
    except ViralForgeError as error:
        result.error = error
    return result


@dataclass(frozen=True, slots=True)
class RecordedGround:
    """A plugin, its recording and the server that answers for its platform."""

    plugin: ModuleType
    recording: Recording
    platforms: RecordedPlatforms

    @property
    def name(self) -> str:
        """The scanner's."""
        return self.recording.name

    @property
    def size(self) -> int:
        """How many videos an ordinary scan finds."""
        return len(self.recording.videos)

    def filled(self, key: str) -> list[dict[str, Any]]:
        """A list of the recording, such as ``videos``, with the platform's address in it."""
        address = self.platforms.address(self.name)
        return [fill(each, address) for each in self.recording.listed(key)]

    def settings(self, server: str, *, without: str | None = None) -> BaseSettings:
        """What the recording sets, and nothing of the environment's files."""
        given = self.recording.settings(server)
        given.pop(without or "", None)
        settings: BaseSettings = self.plugin.Settings(_env_file=None, **given)
        return settings

    def variable(self, setting: str) -> str:
        """The environment variable that ``setting`` is read from."""
        return f"{self.plugin.Settings.model_config['env_prefix']}{setting.upper()}"

    def environment(self, server: str) -> dict[str, str]:
        """The same settings as environment variables, for a studio that reads its own."""
        given = self.recording.settings(server)
        return {self.variable(name): _as_typed(value) for name, value in given.items()}

    def secrets(self) -> list[str]:
        """Values of the settings that nobody may see."""
        values = (value for _, value in self.settings("http://127.0.0.1:9"))
        return [value.get_secret_value() for value in values if isinstance(value, SecretStr)]

    def scan(
        self,
        recording: Recording | None = None,
        *,
        faults: Mapping[int, Fault] | None = None,
        ledger: QuotaLedger | None = None,
        is_lenient: bool = False,
        without: str | None = None,
        **request: Any,
    ) -> Scanned:
        """Scan once.

        Args:
            recording: what the platform has instead of the ordinary.
            faults: what goes wrong, by position in the recording.
            ledger: what uses are counted in.
            is_lenient: exchanges and jobs also answer requests that differ in their details.
            without: a setting that is not given.
            **request: ``limit`` or ``since`` of the request, if not as recorded.
        """
        recording = recording or self.recording
        platform = self.platforms.mount(recording)
        platform.is_lenient = is_lenient
        counting = FakeQuotaLedger()
        jobs = fill(list(recording.jobs), platform.url)
        workers = RecordedWorkers(ledger=ledger or counting, jobs=jobs, is_lenient=is_lenient)
        for number, fault in (faults or {}).items():
            self._break(fault, number, platform, workers)
        settings = self.settings(platform.url, without=without)
        asking = self._asking(
            settings,
            recording.request(server=platform.url, **request),
            workers,
            timeout_s=min((fault.timeout_s for fault in (faults or {}).values()), default=10.0),
        )
        result = asyncio.run(asking)
        _note(result, platform, workers)
        result.units, result.calls = counting.units(), counting.calls()
        return result

    def quiet(self) -> Scanned:
        """A scan while the platform has nothing."""
        return self.scan(self.recording.emptied())

    def hostile(self) -> Iterator[Scanned]:
        """Scans of titles that mean harm."""
        places = self.recording.listed("titles")
        for text in HOSTILE:
            yield self.scan(self.recording.with_text(text, *places))

    async def _asking(
        self,
        settings: BaseSettings,
        request: ScanRequest,
        workers: RecordedWorkers,
        *,
        timeout_s: float,
    ) -> Scanned:
        scanner: Scanner = self.plugin.open_plugin(settings)
        trusted = addresses_in(settings)
        async with open_web(ledger=workers.ledger, trusted=trusted, timeout_s=timeout_s) as web:
            tools = tools_for(self.name, ScanTools(web=web, workers=workers, known=self.known))
            return await scanned(scanner, request, tools)

    async def known(
        self, niche: str, platform: str, *, since: datetime, most: int
    ) -> list[ScannedVideo]:
        """What the recording says that earlier scans saw."""
        listed = [{**each, "locator": each["page_url"]} for each in self.filled("known")]
        return [ScannedVideo(platform=platform, seen_at=_EARLIER, **each) for each in listed[:most]]

    def _break(
        self, fault: Fault, number: int, platform: Platform, workers: RecordedWorkers
    ) -> None:
        if number < len(platform.exchanges):
            platform.faults[number] = fault.web(self.platforms)
        else:
            workers.faults[number - len(platform.exchanges)] = fault.job


def _as_typed(value: Any) -> str:
    """A setting as people write it into a file: lists with commas."""
    if isinstance(value, list):
        return ",".join(map(_as_typed, value))
    return value if isinstance(value, str) else json.dumps(value)


def shown(video: ScannedVideo) -> dict[str, Any]:
    """The fields of ``video`` but for the moment it was seen at, as a recording writes them."""
    values = {each.name: getattr(video, each.name) for each in fields(video)}
    del values["seen_at"]
    return {
        name: value.isoformat()
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple)
        else asdict(value)
        if isinstance(value, UsedSound)
        else value
        for name, value in values.items()
    }


def _note(result: Scanned, platform: Platform, workers: RecordedWorkers) -> None:
    exchanges = [each.exchange for each in platform.asked if each.exchange is not None]
    jobs = [number + len(platform.exchanges) for number in workers.asked if number is not None]
    result.asked = exchanges + jobs
    result.requests, result.jobs = len(platform.asked), len(workers.asked)
    result.unmatched = platform.unmatched + workers.unmatched
