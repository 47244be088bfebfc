"""What the bigger commands do: the demo with its bar and summary, serving, the doctor."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

import viral_forge_resources.oauth
import viral_forge_resources.publishers
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.voices
from viral_forge_assets import definitions
from viral_forge_assets.demo import Demo, DemoResult
from viral_forge_assets.instance import open_instance, prepare_dagster_home, serve
from viral_forge_resources.contracts.records import Artefact, ArtefactKind
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.plugins import get_plugin, open_plugin, plugin_names
from viral_forge_resources.settings import Settings


def inbox_folder(niche: str) -> Path:
    """Where people put videos for ``niche``."""
    settings = get_plugin(viral_forge_resources.scanners, "inbox").Settings()
    folder: Path = settings.path.resolve() / niche
    return folder


def run_demo(
    video: Path | None, *, licence: str, recipe: str, is_approved: bool, console: Console
) -> None:
    """Run the whole chain and say what was made and where.

    Raises:
        ViralForgeError: it could not be made; says why.
    """
    settings = definitions.read_settings()
    if recipe:
        settings = settings.model_copy(update={"recipe": recipe})
    state = definitions.open_state(settings)
    try:
        with _bar(console) as display, open_instance(settings.home, Path.cwd()) as instance:
            demo = Demo(
                definitions=definitions.build_definitions(settings, progress=display),
                instance=instance,
                state=state,
                inbox=inbox_folder("").resolve(),
                say=lambda text: console.print(f"[dim]·[/] {escape(text)}"),
            )
            voice = open_plugin(viral_forge_resources.voices, "espeak")
            result = demo.run(video, voice=voice, licence=licence, is_approved=is_approved)
    finally:
        state.dispose()
    storage = open_plugin(viral_forge_resources.storage, settings.storage)
    _summarise(result, storage, settings, console)


class _Display:
    """A bar for what is being done; it leaves when that is done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, doing: str, share: float) -> None:
        if doing not in self._tasks:
            self._tasks[doing] = self._progress.add_task(doing, total=1.0)
        self._progress.update(self._tasks[doing], completed=share)


@contextmanager
def _bar(console: Console) -> Generator[_Display]:
    columns = (TextColumn("  {task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield _Display(progress)


def _reports_folder() -> Path:
    settings = get_plugin(viral_forge_resources.publishers, "folder").Settings()
    folder: Path = settings.reports.resolve()
    return folder


def _summarise(result: DemoResult, storage: Storage, settings: Settings, console: Console) -> None:
    files = {(file.kind, file.clip_number): file for file in result.artefacts}
    console.print(f"\n[bold]{escape(result.candidate.title)}[/] in {result.wall_s:.0f} s")
    console.print(f"  source frames   {_where(storage, files[ArtefactKind.SOURCE_SHEET, None])}")
    for clip in result.clips:
        failed = [check.name for check in clip.checks if not check.passed]
        verdict = f"failed {', '.join(failed)}" if failed else f"passed {len(clip.checks)} checks"
        console.print(f"  clip {clip.number}          {clip.duration_s:.1f} s, {verdict}")
        console.print(f"    video         {_where(storage, files[ArtefactKind.CLIP, clip.number])}")
        sheet = files[ArtefactKind.CLIP_SHEET, clip.number]
        console.print(f"    contact sheet {_where(storage, sheet)}")
        timeline = files[ArtefactKind.TIMELINE, clip.number]
        console.print(f"    for editors   {_where(storage, timeline)}")
    for row in result.publications:
        where = row.post_url or row.reason or f"viral-forge approve {row.content_sha256[:12]}"
        console.print(f"  {row.channel_id:<15} {row.state.value}: {escape(where)}")
    console.print(
        "  results         none yet: put CSV exports of the platforms' studios into"
        f" {_reports_folder()}"
    )
    console.print(
        f"\n`make up` shows all of it: Dagster UI {settings.webserver_url}"
        f" and console {settings.console_url}"
    )


def _where(storage: Storage, artefact: Artefact) -> str:
    """Path or address of a stored file, for people."""
    with storage.as_file(artefact.storage_key) as path:
        return escape(str(path))


def serve_all(console: Console) -> int:
    """Serve the Dagster UI, its daemon and the console until Ctrl-C or until one of them ends.

    Returns:
        Exit status.
    """
    settings = definitions.read_settings()
    folder = prepare_dagster_home(settings.home, Path.cwd())
    definitions.open_state(settings).dispose()
    ui = settings.webserver_url
    console.print(f"Dagster UI {ui}   console {settings.console_url}   (Ctrl-C stops both)")
    dagster = ["-m", "dagster", "dev", "-w", "workspace.yaml", "-h", ui.host or "127.0.0.1"]
    return serve(
        [
            [sys.executable, *dagster, "-p", str(ui.port)],
            [sys.executable, "-m", "viral_forge_assets.cli", "console"],
        ],
        dagster_home=folder,
    )


def serve_console() -> None:
    """Serve the console where ``VIRAL_FORGE_CONSOLE_URL`` says, until Ctrl-C."""
    import uvicorn

    from viral_forge_assets.console.accounts import AccountPages
    from viral_forge_assets.console.app import create_app
    from viral_forge_resources.accounts.connecting import Connector

    settings = definitions.read_settings()
    state = definitions.open_state(settings)
    page = create_app(
        state=state,
        accounts=AccountPages(
            state=state,
            connector=Connector(state, definitions.vault_of(settings), definitions.open_login),
            platforms=plugin_names(viral_forge_resources.oauth),
            public_url=str(settings.public_url) if settings.public_url else None,
        ),
        storage=open_plugin(viral_forge_resources.storage, settings.storage),
        dagster_url=str(settings.webserver_url).rstrip("/"),
        console_host=settings.console_url.host,
    )
    uvicorn.run(
        page,
        host=settings.console_url.host or "127.0.0.1",
        port=settings.console_url.port or 3001,
        log_level="warning",
        access_log=False,  # its addresses hold codes
    )
