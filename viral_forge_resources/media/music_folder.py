"""The studio's music: sound files in one folder, each with a sidecar that says whose it is."""

import hashlib
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput, Misconfigured, printable
from viral_forge_resources.contracts.keys import short_hash, slug
from viral_forge_resources.contracts.licences import find_licence
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.contracts.sound import MusicShelf, Track
from viral_forge_resources.sidecars import (
    SOUND_SUFFIXES,
    TrackSidecar,
    belonging,
    plain,
    read_sidecar,
)

PLATFORM = "music"
"""As which the rights ledger knows what lies in the folder."""

_MOST_BYTES = 500_000_000
_ID_DIGITS = 16
_REMEMBERED = 4096


class MusicFolder:
    """Lists the sound files of ``folder``, by name.

    ``NAME.json`` (also ``NAME.mp3.json``) belongs to ``NAME.mp3``. Links are followed: who can put
    one there may read the folder anyway. Changed content under an old name is another track.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def shelf(self) -> MusicShelf:
        """Every track as it is now.

        Raises:
            Misconfigured: the folder cannot be made or read.
        """
        names = self._names()
        tracks: list[Track] = []
        problems: list[BadInput] = []
        for name in names:
            path = self.folder / name
            if path.suffix.lower() not in SOUND_SUFFIXES or not path.is_file():
                continue
            try:
                tracks.append(_track(path, names))
            except BadInput as problem:
                problems.append(problem)
            except OSError as error:
                problems.append(
                    BadInput(
                        name,
                        reason=f"cannot be read: {error.strerror}",
                        remedy="Give viral_forge access to it, or remove it from the folder.",
                    )
                )
        return MusicShelf(tracks=tuple(tracks), problems=tuple(problems))

    def _names(self) -> list[str]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            return sorted(
                path.name for path in self.folder.iterdir() if not path.name.startswith(".")
            )
        except OSError as error:
            raise Misconfigured(
                f"The music folder {printable(str(self.folder))} cannot be made or read: "
                f"{error.strerror}. Point VIRAL_FORGE_MUSIC_FOLDER at a folder of yours."
            ) from error


def _track(path: Path, names: list[str]) -> Track:
    facts = path.stat()
    if facts.st_size > _MOST_BYTES:
        raise BadInput(
            path.name,
            reason=f"has {facts.st_size:,} bytes, above {_MOST_BYTES:,}",
            remedy="Save it as FLAC, MP3 or Opus.",
        )
    sidecars = [name for name in belonging(path, names) if name.lower().endswith(".json")]
    said = read_sidecar(path.parent / sidecars[0], TrackSidecar) if sidecars else TrackSidecar()
    sha256 = _sha256(path, facts.st_size, facts.st_mtime_ns)
    work = Material(
        role="music",
        platform=PLATFORM,
        platform_video_id=f"{slug(path.stem)}-{sha256[:_ID_DIGITS]}",
        title=plain(said.title) or plain(path.stem) or sha256[:_ID_DIGITS],
        author=plain(said.author),
        page_url=said.source_url,
    )
    return Track(
        path=path,
        sha256=sha256,
        work=work,
        stated=_stated(work, plain(said.licence), sidecars),
        moods=tuple(sorted({mood.strip().casefold() for mood in said.mood if mood.strip()})),
        bpm=said.bpm,
    )


def _stated(work: Material, words: str | None, sidecars: list[str]) -> RightsRecord | None:
    """The same statement always makes the same record: a revoked one stays revoked."""
    if words is None:
        return None
    licence = find_licence(words)
    name = licence.spdx_id if licence else words
    evidence = plain(f"sidecar {sidecars[0]} in the music folder") or ""
    return RightsRecord(
        rights_id=short_hash(work.platform, work.platform_video_id, name, evidence),
        platform=work.platform,
        platform_video_id=work.platform_video_id,
        licence=name,
        evidence=evidence,
        recorded_by="music folder",
        recorded_at=datetime.now(UTC),
        holder=work.author,
        source_url=work.page_url,
    )


@lru_cache(maxsize=_REMEMBERED)
def _sha256(path: Path, size_bytes: int, changed_ns: int) -> str:
    """Of the file as it is; size and time of the last change tell whether it is still the same."""
    del size_bytes, changed_ns
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
