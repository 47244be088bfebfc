"""Looks at what this studio needs and says what is missing and what to do about it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import viral_forge_resources.storage
from viral_forge_assets import definitions
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.media.fonts import DejavuFonts
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.media.transcriber import WhisperTranscriber
from viral_forge_resources.plugins import open_plugin
from viral_forge_resources.settings import EnabledPlugins, Settings, settings_problems

_LITTLE_SPACE = 5_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    text: str
    is_good: bool = True


def examine() -> list[Finding]:
    """What was found, most fundamental first."""
    problems = settings_problems(definitions.enabled_plugins(EnabledPlugins()))
    if problems:
        return [Finding(subject="settings", text=text, is_good=False) for text in problems]
    return list(_with_settings(Settings()))


def _with_settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(subject="settings", text=f"home is {settings.home.resolve()}")
    yield _state(settings)
    yield _storage(settings)
    yield _space(settings.home)
    yield Finding(subject="FFmpeg", text=FfmpegRenderer().build())
    yield Finding(subject="fonts", text=DejavuFonts().family())
    yield _speech(settings)
    yield Finding(subject="scanners", text=", ".join(settings.scanners))
    yield Finding(subject="publishers", text=", ".join(settings.publishers))


def _state(settings: Settings) -> Finding:
    try:
        engine = definitions.open_state(settings)
    except ViralForgeError as error:
        return Finding(subject="state", text=str(error), is_good=False)
    shown = engine.url.render_as_string(hide_password=True)
    engine.dispose()
    return Finding(subject="state", text=f"{shown} is up to date")


def _storage(settings: Settings) -> Finding:
    try:
        storage = open_plugin(viral_forge_resources.storage, settings.storage)
        storage.size_bytes("doctor/check/check/check/check")
    except ViralForgeError as error:
        return Finding(subject="storage", text=str(error), is_good=False)
    return Finding(subject="storage", text=f"{settings.storage} answers")


def _space(home: Path) -> Finding:
    existing = next(
        folder for folder in (home.resolve(), *home.resolve().parents) if folder.exists()
    )
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.0f} GB free"
    if free < _LITTLE_SPACE:
        return Finding(subject="disk", text=f"{text}: little for videos", is_good=False)
    return Finding(subject="disk", text=text)


def _speech(settings: Settings) -> Finding:
    missing = WhisperTranscriber(model=settings.whisper_model).missing()
    # No problem in itself: subtitles beside the source serve as well.
    return Finding(subject="speech", text=missing or f"{settings.whisper_model} is here")
