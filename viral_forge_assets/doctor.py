"""Looks at what this studio needs and says what is missing and what to do about it."""

import hashlib
import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

import httpx
from pydantic import SecretStr
from pydantic_settings import BaseSettings

import viral_forge_resources.llm
import viral_forge_resources.scanners
import viral_forge_resources.storage
import viral_forge_resources.vision
from viral_forge_assets import definitions
from viral_forge_assets.domain.standing import standing
from viral_forge_assets.halting import told_of
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.oauth import StoredAccount
from viral_forge_resources.contracts.quota import Balance
from viral_forge_resources.media.encoders import AUTO
from viral_forge_resources.media.font_chain import FontChain
from viral_forge_resources.media.renderer import FfmpegRenderer
from viral_forge_resources.media.transcriber import WhisperTranscriber
from viral_forge_resources.plugins import get_plugin, open_plugin
from viral_forge_resources.publishers._lending import StorageLending
from viral_forge_resources.settings import Settings
from viral_forge_resources.state import channel_halts, oauth_tokens
from viral_forge_resources.state import quotas as quotas_state
from viral_forge_resources.workers.parts.ytdlp import YtdlpSettings, js_runtime

_LONGEST_FETCH_S = 20.0
_LITTLE_SPACE = 5_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    text: str
    is_good: bool = True


def examine() -> list[Finding]:
    """What was found, most fundamental first."""
    problems = definitions.all_settings_problems()
    if problems:
        return [Finding(subject="settings", text=text, is_good=False) for text in problems]
    return list(_with_settings(Settings()))


def _js_runtime() -> Finding:
    """What yt-dlp solves YouTube's puzzles with; formats go missing without it."""
    runtime = js_runtime(YtdlpSettings())
    text = runtime.problem or f"yt-dlp runs JavaScript with {runtime.name} {runtime.version}"
    return Finding(subject="JavaScript", text=text, is_good=runtime.problem is None)


def _encoder(settings: Settings) -> Finding:
    """What encodes clips here; on the CPU it is no problem, unless other hardware was named."""
    choice = FfmpegRenderer(encoder=settings.encoder).encoder()
    text = "; ".join(filter(None, (choice.encoder.codec, choice.note)))
    is_good = settings.encoder in {AUTO, choice.encoder.name}
    return Finding(subject="encoder", text=text, is_good=is_good)


def _models(settings: Settings) -> Iterator[Finding]:
    if not settings.llm:
        text = "no language model is set up (VIRAL_FORGE_LLM): our own score ranks alone"
        yield Finding(subject="models", text=text)
    for name in settings.llm:
        try:
            opened = open_plugin(viral_forge_resources.llm, name)
        except ViralForgeError as error:
            yield Finding(subject="models", text=f"{name}: {error}", is_good=False)
            continue
        yield Finding(subject="models", text=f"{name}: {', '.join(each.model for each in opened)}")


def _vision(settings: Settings) -> Iterator[Finding]:
    if not settings.vision:
        text = "no pictures leave this machine (VIRAL_FORGE_VISION): colours decide looks, here"
        yield Finding(subject="vision", text=text)
    for name in settings.vision:
        opened = open_plugin(viral_forge_resources.vision, name)
        models = ", ".join(each.model for each in opened)
        text = f"{name}: {models}; it is sent pictures of clips whose recipe asks for a look"
        yield Finding(subject="vision", text=text)


def _with_settings(settings: Settings) -> Iterator[Finding]:
    yield Finding(subject="settings", text=f"home is {settings.home.resolve()}")
    yield from _state(settings)
    yield _storage(settings)
    yield _space(settings.home)
    yield Finding(subject="FFmpeg", text=FfmpegRenderer().build())
    yield _encoder(settings)
    yield _js_runtime()
    yield from _models(settings)
    yield from _vision(settings)
    yield _fonts(settings)
    yield _speech(settings)
    yield from map(_scanner, settings.scanners)
    dry = "; a dry run: platforms are sent nothing (VIRAL_FORGE_DRY_RUN)" * settings.dry_run
    yield Finding(subject="publishers", text=", ".join(settings.publishers) + dry)
    if "threads" in settings.publishers:
        yield _lending(settings)


def _state(settings: Settings) -> Iterator[Finding]:
    try:
        engine = definitions.open_state(settings)
    except ViralForgeError as error:
        yield Finding(subject="state", text=str(error), is_good=False)
        return
    shown = engine.url.render_as_string(hide_password=True)
    with engine.connect() as connection:
        balances = quotas_state.balances(connection, now=datetime.now(UTC))
        accounts = oauth_tokens.all_accounts(connection)
        halted = channel_halts.all_current(connection)
    engine.dispose()
    yield Finding(subject="state", text=f"{shown} is up to date")
    yield from map(_allowance, balances)
    key_ids = definitions.vault_of(settings).key_ids
    yield from (_account(account, key_ids) for account in accounts)
    for each in halted:
        subject = f"channel {each.channel_id}"
        yield Finding(subject=subject, text=told_of(each), is_good=False)


def _account(account: StoredAccount, key_ids: Collection[str]) -> Finding:
    """How the account of a channel stands."""
    manners = definitions.open_login(account.platform).manners
    found = standing(account, manners, key_ids=key_ids, now=datetime.now(UTC))
    subject = f"account {account.channel_id.replace(':', '/')}"
    return Finding(subject=subject, text=f"{found.state}; {found.text}", is_good=found.is_good)


def _allowance(balance: Balance) -> Finding:
    bucket = balance.bucket
    during = f"{'in the last' if bucket.window.rolls_over else 'this'} {bucket.window}"
    if bucket.limit is None:
        used = f"{balance.used:,} {during}; no limit is documented"
    else:
        used = f"{balance.used:,} of {bucket.limit:,} used {during}"
    more = f"resets at {balance.resets_at:%Y-%m-%d %H:%M} UTC"
    # To be spent is no fault: the scan says so, and asks again afterwards.
    return Finding(
        subject=f"allowance {bucket.platform}/{bucket.project}/{bucket.name}",
        text=f"{used}; {more}" if balance.used and bucket.limit is not None else used,
    )


def _scanner(name: str) -> Finding:
    """What its file says of it, and which of its credentials are there."""
    plugin = get_plugin(viral_forge_resources.scanners, name)
    words = " ".join((plugin.__doc__ or "").split())
    settings: BaseSettings = plugin.Settings()
    prefix = str(settings.model_config["env_prefix"])
    secrets = {
        f"{prefix}{field.upper()}": getattr(settings, field) is not None
        for field, about in type(settings).model_fields.items()
        if SecretStr in get_args(about.annotation) or about.annotation is SecretStr
    }
    missing = [variable for variable, is_set in secrets.items() if not is_set]
    told = f" Not set: {', '.join(missing)}." if missing else " Its credentials are set."
    # Which of them it cannot do without depends on what it is asked: a scan says that.
    return Finding(subject=f"scanner {name}", text=words + (told if secrets else ""))


def _storage(settings: Settings) -> Finding:
    try:
        storage = open_plugin(viral_forge_resources.storage, settings.storage)
        storage.size_bytes("doctor/check/check/check/check")
    except ViralForgeError as error:
        return Finding(subject="storage", text=str(error), is_good=False)
    return Finding(subject="storage", text=f"{settings.storage} answers")


def _lending(settings: Settings) -> Finding:
    """Whether what is lent can be fetched; from here, as nothing of ours stands elsewhere."""
    content = b"lent by viral-forge doctor"
    try:
        storage = open_plugin(viral_forge_resources.storage, settings.storage)
        lending = StorageLending(storage, lambda: datetime.now(UTC))
        with TemporaryDirectory() as folder:
            path = Path(folder) / "lent.mp4"
            path.write_bytes(content)
            address = lending.lend(path, hashlib.sha256(content).hexdigest(), to="doctor")
        try:
            fetched = httpx.get(address, timeout=_LONGEST_FETCH_S).content
        finally:
            lending.take_back("doctor")
    except ViralForgeError as error:
        return Finding(subject="lending", text=f"for Threads: {error}", is_good=False)
    except httpx.HTTPError as error:  # its words hold the address, which is a secret
        text = f"Threads could not fetch a video: {type(error).__name__} at the storage's address"
        return Finding(subject="lending", text=text, is_good=False)
    if fetched != content:
        text = "Threads could not fetch a video: the storage's address gives something else"
        return Finding(subject="lending", text=text, is_good=False)
    return Finding(subject="lending", text="what Threads is to fetch can be fetched from here")


def _space(home: Path) -> Finding:
    existing = next(
        folder for folder in (home.resolve(), *home.resolve().parents) if folder.exists()
    )
    free = shutil.disk_usage(existing).free
    text = f"{free / 1e9:.0f} GB free"
    if free < _LITTLE_SPACE:
        return Finding(subject="disk", text=f"{text}: little for videos", is_good=False)
    return Finding(subject="disk", text=text)


def _fonts(settings: Settings) -> Finding:
    fonts = FontChain(folders=settings.font_folders, family=settings.font_family or None)
    try:
        family, missing = fonts.family(), fonts.missing_scripts()
    except ViralForgeError as error:
        return Finding(subject="fonts", text=str(error), is_good=False)
    # No problem in itself: most studios caption one or two scripts.
    return Finding(subject="fonts", text=f"{family}; {missing or 'draws every script we know'}")


def _speech(settings: Settings) -> Finding:
    missing = WhisperTranscriber(model=settings.whisper_model).missing()
    # No problem in itself: subtitles beside the source serve as well.
    return Finding(subject="speech", text=missing or f"{settings.whisper_model} is here")
