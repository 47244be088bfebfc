"""Dagster shells: names in, plain objects out, no secrets. Dagster is imported here alone."""

from collections.abc import AsyncGenerator, Callable, Generator, Mapping, Sequence
from contextlib import (
    AbstractAsyncContextManager,
    asynccontextmanager,
    contextmanager,
    nullcontext,
)
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree

import dagster as dg
import sqlalchemy as sa
from pydantic import Field

import viral_forge_resources.llm
import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.vision
from viral_forge_resources.accounts.reading import OnlyReading
from viral_forge_resources.backfills import WebserverBackfills
from viral_forge_resources.contracts.accounts import Accounts, TokenKeeper
from viral_forge_resources.contracts.backfills import BackfillLauncher
from viral_forge_resources.contracts.llm import LanguageModel
from viral_forge_resources.contracts.media_ports import (
    Downloader,
    Fonts,
    MediaReader,
    Renderer,
    Transcriber,
)
from viral_forge_resources.contracts.publishing import MetricsReader, Publisher
from viral_forge_resources.contracts.reports import ReportPress
from viral_forge_resources.contracts.scanning import Scanner, ScanTools
from viral_forge_resources.contracts.sound import MusicLibrary
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.thumbnails import ThumbnailHasher
from viral_forge_resources.contracts.vision import VisionModel
from viral_forge_resources.http import open_client
from viral_forge_resources.media.downloader import SourceDownloader
from viral_forge_resources.media.font_chain import FontChain
from viral_forge_resources.media.music_folder import MusicFolder
from viral_forge_resources.media.reader import AvReader
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.media.transcriber import WhisperTranscriber
from viral_forge_resources.platforms.thumbnails import WebThumbnailHasher
from viral_forge_resources.plugins import get_plugin, open_plugin
from viral_forge_resources.publishers import recording
from viral_forge_resources.publishers._lending import StorageLending
from viral_forge_resources.publishers._rehearsal import rehearsed
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import addresses_in
from viral_forge_resources.state import liveness
from viral_forge_resources.state.known import SeenBefore
from viral_forge_resources.state.quotas import SqlQuotaLedger
from viral_forge_resources.state.tills import SqlTill

_UPLOAD_TIMEOUT_S = 120.0
"""A platform may think for as long before it answers to a whole upload."""


class MusicResource(dg.ConfigurableResource[MusicLibrary]):
    """Where the studio's music lies."""

    folder: str

    def create_resource(self, context: dg.InitResourceContext) -> MusicLibrary:
        """The folder as it is whenever it is asked."""
        return MusicFolder(Path(self.folder))


class StorageResource(dg.ConfigurableResource[Storage]):
    """Where bytes live."""

    backend: str

    def create_resource(self, context: dg.InitResourceContext) -> Storage:
        """Open the chosen backend."""
        storage: Storage = open_plugin(viral_forge_resources.storage, self.backend)
        return storage


class ScannersResource(dg.ConfigurableResource[Mapping[str, Scanner]]):
    """The enabled platforms' scanners, by name."""

    names: list[str]

    def create_resource(self, context: dg.InitResourceContext) -> Mapping[str, Scanner]:
        """Open each of them."""
        return {name: open_plugin(viral_forge_resources.scanners, name) for name in self.names}


class LanguageModelsResource(dg.ConfigurableResource[Sequence[LanguageModel]]):
    """The enabled providers' models, in the order in which they are asked."""

    names: list[str]

    def create_resource(self, context: dg.InitResourceContext) -> Sequence[LanguageModel]:
        """Open each of them; no provider is called before there is a question."""
        opened = (open_plugin(viral_forge_resources.llm, name) for name in self.names)
        return tuple(model for models in opened for model in models)


class VisionModelsResource(dg.ConfigurableResource[Sequence[VisionModel]]):
    """The enabled providers' models that are shown pictures, in the order in which they are asked.

    None is called before a recipe asks for a look.
    """

    names: list[str]

    def create_resource(self, context: dg.InitResourceContext) -> Sequence[VisionModel]:
        """Open each of them."""
        opened = (open_plugin(viral_forge_resources.vision, name) for name in self.names)
        return tuple(model for models in opened for model in models)


class DownloaderResource(dg.ConfigurableResource[Downloader]):
    """Brings source videos here."""

    allow_private_addresses: bool = False

    def create_resource(self, context: dg.InitResourceContext) -> Downloader:
        """Open it."""
        return SourceDownloader(allow_private_addresses=self.allow_private_addresses)


class MediaResource(dg.ConfigurableResource[MediaReader]):
    """Looks at media files."""

    def create_resource(self, context: dg.InitResourceContext) -> MediaReader:
        """Open it."""
        return AvReader()


class TranscriberResource(dg.ConfigurableResource[Transcriber]):
    """Hears words."""

    model: str
    device: str = "auto"

    def create_resource(self, context: dg.InitResourceContext) -> Transcriber:
        """Name the model; it is loaded when there is something to hear."""
        return WhisperTranscriber(model=self.model, device=self.device)


class FontsResource(dg.ConfigurableResource[Fonts]):
    """The fonts that captions are drawn with."""

    folders: list[str] = Field(default_factory=list)
    family: str = ""

    def create_resource(self, context: dg.InitResourceContext) -> Fonts:
        """Name them; each is read when a letter asks for it."""
        return FontChain(folders=[Path(each) for each in self.folders], family=self.family or None)


class RendererResource(dg.ConfigurableResource[Renderer]):
    """Turns plans into clips."""

    font_cache: str
    font_folders: list[str] = Field(default_factory=list)
    concurrent_renders: int = 1
    encoder: str = "cpu"

    def create_resource(self, context: dg.InitResourceContext) -> Renderer:
        """Share the cores among the renders that may run at once."""
        return FfmpegRenderer(
            encoder=self.encoder,
            concurrent_renders=self.concurrent_renders,
            font_cache=Path(self.font_cache),
            font_folders=[Path(each) for each in self.font_folders],
        )


class BackfillsResource(dg.ConfigurableResource[BackfillLauncher]):
    """Starts backfills."""

    webserver_url: str

    def create_resource(self, context: dg.InitResourceContext) -> BackfillLauncher:
        """Name the webserver; it is called when a backfill is launched."""
        return WebserverBackfills(self.webserver_url)


def publishers_resource(
    names: Sequence[str],
    *,
    allow_private_addresses: bool,
    open_accounts: Callable[[sa.Engine], Accounts],
    open_till: Callable[[sa.Engine], SqlTill],
    is_dry_run: bool,
) -> dg.ResourceDefinition:
    """What opens the enabled platforms' publishers, by name; every call is counted in state.

    Args:
        names: the enabled ones; the web addresses among their settings may be private.
        allow_private_addresses: every address may be private.
        open_accounts: gives access to our accounts.
        open_till: pays for calls that a platform charges for.
        is_dry_run: nothing is sent to a platform, and what would be is recorded.
    """

    @dg.resource(
        required_resource_keys={"state", "storage"},
        description="The enabled platforms' publishers, by name.",
    )
    def publishers(context: dg.InitResourceContext) -> Generator[Mapping[str, Publisher]]:
        state = context.resources.state
        with _opened_publishers(
            names,
            state,
            open_accounts(state),
            open_till(state),
            context.resources.storage,
            allow_private_addresses=allow_private_addresses,
        ) as (opened, tools):
            recorder = recording.open_plugin(recording.Settings(), tools)
            yield {
                name: rehearsed(each, recorder) if is_dry_run else each
                for name, each in opened.items()
            }

    return publishers


def metrics_readers_resource(
    names: Sequence[str],
    *,
    allow_private_addresses: bool,
    open_accounts: Callable[[sa.Engine], Accounts],
    open_till: Callable[[sa.Engine], SqlTill],
) -> dg.ResourceDefinition:
    """What opens those publishers that read results back, by name; the real ones in a dry run, too.

    What they meet changes no account's state: see ``OnlyReading``.
    """

    @dg.resource(
        required_resource_keys={"state", "storage"},
        description="Those publishers that can read results back, by name.",
    )
    def metrics_readers(context: dg.InitResourceContext) -> Generator[Mapping[str, MetricsReader]]:
        state = context.resources.state
        accounts = OnlyReading(open_accounts(state))
        with _opened_publishers(
            names,
            state,
            accounts,
            open_till(state),
            context.resources.storage,
            allow_private_addresses=allow_private_addresses,
        ) as (opened, _):
            yield {name: each for name, each in opened.items() if isinstance(each, MetricsReader)}

    return metrics_readers


@contextmanager
def _opened_publishers(
    names: Sequence[str],
    state: sa.Engine,
    accounts: Accounts,
    till: SqlTill,
    storage: Storage,
    *,
    allow_private_addresses: bool,
) -> Generator[tuple[Mapping[str, Publisher], PublishTools]]:
    plugins = {name: get_plugin(viral_forge_resources.publishers, name) for name in names}
    settings = {name: plugin.Settings() for name, plugin in plugins.items()}
    with open_client(
        allow_private_addresses=allow_private_addresses,
        trusted=[each for known in settings.values() for each in addresses_in(known)],
        timeout_s=_UPLOAD_TIMEOUT_S,
    ) as client:
        tools = PublishTools(
            accounts=accounts,
            ledger=SqlQuotaLedger(state),
            till=till,
            client=client,
            clock=lambda: datetime.now(UTC),
            lending=StorageLending(storage, lambda: datetime.now(UTC)),
        )
        yield (
            {name: plugin.open_plugin(settings[name], tools) for name, plugin in plugins.items()},
            tools,
        )


def scan_tools_resource(
    *,
    scanners: Sequence[str],
    open_till: Callable[[sa.Engine], SqlTill],
    answer_cache: Path,
    allow_private_addresses: bool,
    concurrent_workers: int,
) -> dg.ResourceDefinition:
    """What opens the tools of a round of scans; every call that they make is counted in state.

    Args:
        scanners: the enabled ones; the web addresses among their settings may be private.
        open_till: pays for calls that a platform charges for.
        answer_cache: folder for answers that are asked for again only if they changed.
        allow_private_addresses: every address may be private.
        concurrent_workers: most processes at once that ask platforms.
    """

    @dg.resource(
        required_resource_keys={"state"},
        description="The internet and worker processes, for scanners.",
    )
    def scan_tools(
        context: dg.InitResourceContext,
    ) -> Callable[[], AbstractAsyncContextManager[ScanTools]]:
        state = context.resources.state
        ledger = SqlQuotaLedger(state, open_till(state))

        @asynccontextmanager
        async def open_tools() -> AsyncGenerator[ScanTools]:
            from viral_forge_resources.web import open_web
            from viral_forge_resources.working import ProcessWorkers

            plugins = [get_plugin(viral_forge_resources.scanners, name) for name in scanners]
            workers = ProcessWorkers(
                ledger=ledger,
                at_once=concurrent_workers,
                allow_private_addresses=allow_private_addresses,
            )
            async with open_web(
                ledger=ledger,
                trusted=[each for plugin in plugins for each in addresses_in(plugin.Settings())],
                allow_private_addresses=allow_private_addresses,
                cache=answer_cache,
            ) as web:
                known = SeenBefore(context.resources.state)
                yield ScanTools(web=web, workers=workers, known=known)

        return open_tools

    return scan_tools


@dg.resource(
    required_resource_keys={"scan_tools"},
    description="Looks at thumbnails, by which copies of one video are told.",
)
def thumbnails_resource(context: dg.InitResourceContext) -> ThumbnailHasher:
    """What looks at thumbnails; it reaches the web as scanners do."""
    return WebThumbnailHasher(open_tools=context.resources.scan_tools)


def token_keeper_resource(open_keeper: Callable[[sa.Engine], TokenKeeper]) -> dg.ResourceDefinition:
    """What keeps the accounts' tokens fresh; its keys are no configuration, Dagster shows those."""

    @dg.resource(
        required_resource_keys={"state"}, description="Refreshes the accounts' tokens in time."
    )
    def token_keeper(context: dg.InitResourceContext) -> TokenKeeper:
        return open_keeper(context.resources.state)

    return token_keeper


def state_resource(open_state: Callable[[], sa.Engine]) -> dg.ResourceDefinition:
    """The state database, migrated; a run that holds it counts as alive until its process dies."""

    @dg.resource(description="Decisions and promises, in SQL.")
    def state(context: dg.InitResourceContext) -> Generator[sa.Engine]:
        with _living(open_state, context.run) as engine:
            yield engine

    return state


def scratch_resource(root: Path, open_state: Callable[[], sa.Engine]) -> dg.ResourceDefinition:
    """A folder that is this run's own and gone after it; those of dead runs are removed."""

    @dg.resource(description="A folder for this run's intermediate files.")
    def scratch(context: dg.InitResourceContext) -> Generator[Path]:
        # Alive before the folder is there: another run that starts just now removes dead ones'.
        with _living(open_state, context.run) as engine:
            root.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(root, engine)
            folder = root / (context.run.run_id if context.run else "no-run")
            folder.mkdir(exist_ok=True)
            try:
                yield folder
            finally:
                rmtree(folder)

    return scratch


@contextmanager
def _living(open_state: Callable[[], sa.Engine], run: dg.DagsterRun | None) -> Generator[sa.Engine]:
    engine = open_state()
    try:
        with liveness.hold(engine, run.run_id) if run else nullcontext():
            yield engine
    finally:
        engine.dispose()


def _remove_abandoned(root: Path, engine: sa.Engine) -> None:
    for folder in root.iterdir():
        if not liveness.is_held(engine, folder.name):
            rmtree(folder, ignore_errors=True)  # another run may be removing it as well


@dg.resource(description="Prints reports: pages, PDF, tables and pictures.")
def report_press_resource(_context: dg.InitResourceContext) -> ReportPress:
    """What draws; imported when a report is made."""
    from viral_forge_resources.reports.press import Press

    return Press()
