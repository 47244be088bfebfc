"""Inbox: videos that a person put into a folder, or listed there by address."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput, Misconfigured, printable
from viral_forge_resources.contracts.keys import checked_niche_name, short_hash, slug
from viral_forge_resources.contracts.scanning import ScannedVideo, ScanRequest, ScanTools
from viral_forge_resources.settings import in_home, settings_config
from viral_forge_resources.sidecars import (
    MEDIA_SUFFIXES,
    Beside,
    belonging,
    check_address,
    plain,
    read_beside,
    read_text,
)

PLATFORM = "inbox"
LIST_SUFFIX = ".url"
_SAMPLED_BYTES = 64 << 10  # of each end: 4 GB are told apart in a millisecond
_MOST_PROBLEMS_SHOWN = 5
_MARK_LENGTH = 32


class Settings(BaseSettings):
    """Where the inbox is."""

    model_config = settings_config("SCANNER_INBOX")

    path: Path = Field(
        default_factory=partial(in_home, "inbox"),
        description="Folder with one inbox folder a niche.",
    )
    settle_seconds: float = Field(
        default=2, ge=0, description="A file changed more recently is still being copied."
    )


def open_plugin(settings: Settings) -> "InboxScanner":
    """The scanner of the folder that ``settings`` name."""
    return InboxScanner(settings.path, settle=timedelta(seconds=settings.settle_seconds))


class InboxScanner:
    """Lists what a person put into ``<root>/<niche>``, by name; all of it is chosen by hand.

    Videos, sound files (so that somebody is told that they have no picture), and ``.url`` files
    with one address a line or a browser's shortcut. ``NAME.json`` and ``NAME.srt|.vtt`` (also
    ``NAME.en.srt``, ``NAME.mp4.json``) belong to ``NAME.mp4``. Links are followed: who can put one
    there may read the folder anyway. The age of a file and ``request.since`` play no part. Changed
    content under an old name is a new video.
    """

    platform = PLATFORM

    def __init__(self, root: Path, *, settle: timedelta = timedelta(seconds=2)) -> None:
        self._root = root
        self._settle = settle

    async def scan(self, request: ScanRequest, tools: ScanTools) -> AsyncIterator[ScannedVideo]:
        """Yield every usable video of the niche's inbox, then raise what was wrong with the rest.

        Raises:
            BadInput: names each file that cannot be used; comes after all the others.
            Misconfigured: the folder cannot be made or read.
        """
        del tools  # the network is not asked
        folder = self._root.absolute() / checked_niche_name(request.niche)
        found, problems = await asyncio.to_thread(self._look, folder, limit=request.limit)
        for video in found:
            yield video
        if problems:
            raise _as_one(problems, folder)

    def content(self, niche: str) -> str | None:
        """A hash of names, sizes and times of what lies in the niche's inbox.

        Raises:
            BadInput: no niche has such a name.
            Misconfigured: the folder cannot be made or read.
        """
        folder = self._root.absolute() / checked_niche_name(niche)
        files = [path for name in _names(folder) if (path := folder / name).is_file()]
        if not files or not self._has_settled(files, now=datetime.now(UTC)):
            return None
        digest = hashlib.sha256()
        for path in files:
            found = path.stat()
            digest.update(
                f"{path.name}/{found.st_size}/{found.st_mtime_ns}\n".encode(errors="replace")
            )
        return digest.hexdigest()[:_MARK_LENGTH]

    def _look(self, folder: Path, *, limit: int) -> tuple[list[ScannedVideo], list[BadInput]]:
        problems: list[BadInput] = []
        found: dict[str, ScannedVideo] = {}
        for item in self._items(folder, seen_at=datetime.now(UTC)):
            if len(found) >= limit:
                break
            if isinstance(item, BadInput):
                problems.append(item)
            else:
                found.setdefault(item.platform_video_id, item)
        return list(found.values()), problems

    def _items(self, folder: Path, *, seen_at: datetime) -> Iterator[ScannedVideo | BadInput]:
        names = _names(folder)
        for name in names:
            path = folder / name
            suffix = path.suffix.lower()
            if suffix != LIST_SUFFIX and suffix not in MEDIA_SUFFIXES:
                continue
            try:
                beside = [folder / other for other in belonging(path, names)]
                files = [file for file in (path, *beside) if file.is_file()]
                if path not in files or not self._has_settled(files, now=seen_at):
                    continue
                _check_name(path)
                if suffix == LIST_SUFFIX:
                    yield from _listed(path, read_beside(path, files[1:]), seen_at=seen_at)
                else:
                    yield _video(path, read_beside(path, files[1:]), seen_at=seen_at)
            except BadInput as problem:
                yield problem
            except OSError as error:
                yield BadInput(
                    name,
                    reason=f"cannot be read: {error.strerror}",
                    remedy="Give viral_forge access to it, or remove it from the inbox.",
                )

    def _has_settled(self, paths: Sequence[Path], *, now: datetime) -> bool:
        # A time in the future is a camera's wrong clock, not a copy in progress.
        ages = [now.timestamp() - path.stat().st_mtime for path in paths]
        return not any(0 <= age < self._settle.total_seconds() for age in ages)


def _names(folder: Path) -> list[str]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise Misconfigured(
            f"The inbox {printable(str(folder))} cannot be made or read: {error.strerror}. "
            "Point VIRAL_FORGE_SCANNER_INBOX_PATH at a folder of yours."
        ) from error


def _check_name(path: Path) -> None:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        # No database stores such a name as text, so nothing could find the file again.
        raise BadInput(
            path.name, reason="has a name that is no UTF-8 text", remedy="Rename the file."
        ) from error


def _listed(path: Path, beside: Beside, *, seen_at: datetime) -> Iterator[ScannedVideo | BadInput]:
    lines = list(_address_lines(read_text(path)))
    for number, address in lines:
        try:
            check_address(address, name=f"{path.name}, line {number}")
        except BadInput as problem:
            yield problem
            continue
        parts = urlsplit(address)
        place = f"{parts.hostname}{parts.path}"
        yield _scanned(
            beside,
            platform_video_id=f"{slug(place)}-{short_hash(address, length=8)}",
            locator=address,
            name=place,
            seen_at=seen_at,
            is_alone=len(lines) == 1,
        )


def _address_lines(text: str) -> Iterator[tuple[int, str]]:
    lines = [line.strip() for line in text.splitlines()]
    is_shortcut = "[internetshortcut]" in (line.lower() for line in lines)
    for number, line in enumerate(lines, start=1):
        if is_shortcut and line[:4].lower() == "url=":
            yield number, line[4:].strip()
        elif not is_shortcut and line and not line.startswith("#"):
            yield number, line


def _video(path: Path, beside: Beside, *, seen_at: datetime) -> ScannedVideo:
    return _scanned(
        beside,
        platform_video_id=f"{slug(path.stem)}-{_fingerprint(path)}",
        locator=str(path),
        name=path.stem,
        seen_at=seen_at,
        is_alone=True,
    )


def _scanned(
    beside: Beside,
    *,
    platform_video_id: str,
    locator: str,
    name: str,
    seen_at: datetime,
    is_alone: bool,
) -> ScannedVideo:
    sidecar = beside.sidecar
    title = (is_alone and plain(sidecar.title)) or plain(name) or platform_video_id
    page_url = sidecar.source_url or (None if Path(locator).is_absolute() else _page_of(locator))
    return ScannedVideo(
        platform=PLATFORM,
        platform_video_id=platform_video_id,
        locator=locator,
        title=title,
        seen_at=seen_at,
        author=plain(sidecar.author),
        page_url=page_url,
        licence=plain(sidecar.licence),
        licence_evidence=plain(f"sidecar {beside.sidecar_name}") if sidecar.licence else None,
        subtitles=str(beside.subtitles) if beside.subtitles and is_alone else None,
        published_at=sidecar.published_at,
        is_hand_picked=True,
    )


def _page_of(address: str) -> str:
    """``address`` as an attribution may show it: what follows a file's path may be a token.

    A page keeps its query, which often is all that names the video.
    """
    parts = urlsplit(address)
    is_file = PurePosixPath(parts.path).suffix.lower() in MEDIA_SUFFIXES
    return parts._replace(query="", fragment="").geturl() if is_file else address


def _fingerprint(path: Path) -> str:
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        digest = hashlib.sha256(size.to_bytes(8, "big") + file.read(_SAMPLED_BYTES))
        file.seek(max(size - _SAMPLED_BYTES, 0))
        digest.update(file.read(_SAMPLED_BYTES))
    return digest.hexdigest()[:8]


def _as_one(problems: Sequence[BadInput], folder: Path) -> BadInput:
    if len(problems) == 1:
        return problems[0]
    shown = "; ".join(str(problem) for problem in problems[:_MOST_PROBLEMS_SHOWN])
    more = len(problems) - _MOST_PROBLEMS_SHOWN
    return BadInput(
        str(folder),
        reason=f"{len(problems)} things in it cannot be used: {shown}"
        + (f"; and {more} more" if more > 0 else ""),
        remedy="The other videos were taken.",
    )
