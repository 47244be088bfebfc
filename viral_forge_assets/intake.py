"""Brings one candidate's video in: fetch, look, store; what fails leaves nothing behind."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

from viral_forge_assets.provenance import keep, kept, made_from
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.media import MediaProbe
from viral_forge_resources.contracts.media_ports import (
    Downloader,
    FetchLimits,
    MediaReader,
    ProgressCallback,
)
from viral_forge_resources.contracts.records import Candidate
from viral_forge_resources.contracts.storage import Storage, StoredFile
from viral_forge_resources.contracts.works import SourceFile, name_of

_VERSION = 1
_ENDINGS = {
    "mov": ".mp4",
    "matroska": ".mkv",
    "avi": ".avi",
    "flv": ".flv",
    "mpegts": ".ts",
    "mpeg": ".mpg",
    "asf": ".wmv",
    "ogg": ".ogv",
    "mxf": ".mxf",
    "gif": ".gif",
}
"""By FFmpeg's first name of a container: editing programs open no file without an ending."""

_SUBTITLE_LIMITS = FetchLimits(max_bytes=5_000_000, max_duration_s=0, max_pixels=0, deadline_s=60)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A source video on this machine, looked at, not stored yet."""

    path: Path
    sha256: str
    probe: MediaProbe
    subtitles: Path | None


def _file_name(probe: MediaProbe) -> str:
    return f"video{_ENDINGS.get(probe.container.partition(',')[0], '')}"


@dataclass(frozen=True, slots=True)
class Intake:
    """Fetches, looks at and stores one candidate's source video."""

    candidate: Candidate
    storage: Storage
    downloader: Downloader
    media: MediaReader
    limits: FetchLimits
    scratch: Path

    @property
    def name(self) -> str:
        """What people know the video as."""
        return name_of(self.candidate.locator)

    def _key(self, file: str) -> str:
        return parse_candidate_key(self.candidate.candidate_key).storage_key("source", file)

    @property
    def _origin(self) -> str:
        return made_from(
            locator=self.candidate.locator, subtitles=self.candidate.subtitles, version=_VERSION
        )

    def stored_before(self, *, rights_id: str) -> SourceFile | None:
        """The source as an earlier run stored it, None if it has to be fetched.

        From now on it is used under ``rights_id``: the right it was fetched under may be gone.
        """
        document = self._key("probe.json")
        source = kept(self.storage, document, SourceFile, origin=self._origin)
        if source is None or self.storage.size_bytes(source.video.key) != source.video.size_bytes:
            return None
        if self._has_other_subtitles(source):
            return None
        if source.rights_id != rights_id:
            source = replace(source, rights_id=rights_id)
            keep(self.storage, document, source, origin=self._origin)
        return source

    def _has_other_subtitles(self, source: SourceFile) -> bool:
        """Those on this machine get mended in place, under the name they had."""
        now = Path(self.candidate.subtitles or "")
        if source.subtitles is None or not now.is_file():
            return False
        with now.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() != source.subtitles.sha256

    def fetch(self, *, on_progress: ProgressCallback) -> Fetched:
        """The whole video on this machine, known to be playable and within limits.

        Raises:
            BadInput: it cannot be used; names the file.
            Transient: the other side did not answer.
        """
        path = self.scratch / "source"
        self.downloader.fetch(
            self.candidate.locator, path, limits=self.limits, on_progress=on_progress
        )
        probe = self.media.probe(path, name=self.name)
        self._refuse_excess(probe)
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        return Fetched(path, sha256, probe, self._fetch_subtitles())

    def _fetch_subtitles(self) -> Path | None:
        if self.candidate.subtitles is None:
            return None
        target = self.scratch / f"subtitles{PurePath(self.candidate.subtitles).suffix.lower()}"
        self.downloader.fetch(
            self.candidate.subtitles,
            target,
            limits=_SUBTITLE_LIMITS,
            on_progress=lambda _share: None,
        )
        return target

    def _refuse_excess(self, probe: MediaProbe) -> None:
        pixels = probe.width_px * probe.height_px
        if probe.duration_s > self.limits.max_duration_s:
            raise BadInput(
                self.name,
                reason=f"lasts {probe.duration_s:.0f} s, over {self.limits.max_duration_s:.0f} s",
                remedy="Cut it, or raise VIRAL_FORGE_MAX_SOURCE_SECONDS.",
            )
        if pixels > self.limits.max_pixels:
            raise BadInput(
                self.name,
                reason=f"has {pixels} pixels a frame, over {self.limits.max_pixels}",
                remedy="Scale it down, or raise VIRAL_FORGE_MAX_SOURCE_PIXELS.",
            )

    def store(self, fetched: Fetched, *, rights_id: str) -> SourceFile:
        """Everything into storage; the record comes last, so it never speaks of what is absent."""
        sheet = self.scratch / "sheet.jpg"
        self.media.contact_sheet(fetched.path, sheet, title=self.candidate.title)
        source = SourceFile(
            name=self.name,
            probe=fetched.probe,
            rights_id=rights_id,
            video=self.storage.put_file(fetched.path, self._key(_file_name(fetched.probe))),
            sheet=self.storage.put_file(sheet, self._key(sheet.name)),
            subtitles=self._store_subtitles(fetched.subtitles),
        )
        keep(self.storage, self._key("probe.json"), source, origin=self._origin)
        return source

    def _store_subtitles(self, path: Path | None) -> StoredFile | None:
        return None if path is None else self.storage.put_file(path, self._key(path.name))
