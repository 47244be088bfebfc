"""What lies beside a video in a folder: a sidecar that says whose it is, and subtitles."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from viral_forge_resources.contracts.errors import BadInput, printable
from viral_forge_resources.contracts.words import JOINERS

VIDEO_SUFFIXES = frozenset(
    {".3g2", ".3gp", ".asf", ".avi", ".flv", ".m2ts", ".m4v", ".mkv", ".mov", ".mp4"}
    | {".mpeg", ".mpg", ".mts", ".mxf", ".ogv", ".ts", ".vob", ".webm", ".wmv"}
)
SOUND_SUFFIXES = frozenset(
    {".aac", ".ac3", ".aif", ".aiff", ".amr", ".flac", ".m4a", ".m4b", ".mka", ".mp2", ".mp3"}
    | {".oga", ".ogg", ".opus", ".wav", ".weba", ".wma"}
)
MEDIA_SUFFIXES = VIDEO_SUFFIXES | SOUND_SUFFIXES
"""By name alone nobody knows whether a picture is in it: ``.ogg`` may hold one, ``.mp4`` none."""

_SIDECAR = re.compile(r"\.json")
_SUBTITLES = re.compile(r"(?:\.(?P<language>[a-z]{2,3}(?:-[a-z0-9]{1,8})*))?\.(?:srt|vtt)")
_MOST_TEXT_BYTES = 1 << 20  # a list or sidecar beyond this is some other file
_LONGEST_ADDRESS = 2048
_STAND_INS = {"Cc": " ", "Cf": "", "Cs": "\N{REPLACEMENT CHARACTER}"}


class Sidecar(BaseModel):
    """What ``NAME.json`` may say of the video ``NAME`` beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = Field(default=None, max_length=500)
    author: str | None = Field(default=None, max_length=300)
    licence: str | None = Field(default=None, max_length=200)
    source_url: str | None = None
    language: str | None = Field(default=None, max_length=35)
    published_at: AwareDatetime | None = None


class TrackSidecar(BaseModel):
    """What ``NAME.json`` may say of the music ``NAME`` beside it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = Field(default=None, max_length=500)
    author: str | None = Field(default=None, max_length=300)
    licence: str | None = Field(default=None, max_length=200)
    source_url: str | None = None
    mood: tuple[str, ...] = Field(default=(), max_length=20)
    bpm: float | None = Field(default=None, ge=30, le=300)


S = TypeVar("S", Sidecar, TrackSidecar)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What lies beside a video and belongs to it."""

    sidecar: Sidecar
    sidecar_name: str | None
    subtitles: Path | None


def belonging(path: Path, names: Sequence[str]) -> list[str]:
    """Names of sidecars and subtitles of ``path``; those with its full name come first."""
    return [
        name
        for base in (path.name, path.stem)
        for name in names
        if name.startswith(base) and _is_companion(name[len(base) :].lower())
    ]


def _is_companion(ending: str) -> bool:
    if _SIDECAR.fullmatch(ending):
        return True
    match = _SUBTITLES.fullmatch(ending)
    return match is not None and f".{match['language']}" not in MEDIA_SUFFIXES


def read_beside(path: Path, beside: Sequence[Path]) -> Beside:
    """The sidecar, and of all subtitles those in its language, else of no named language.

    Raises:
        BadInput: the sidecar says something that cannot be used.
    """
    sidecars = [file for file in beside if file.suffix.lower() == ".json"]
    sidecar = read_sidecar(sidecars[0], Sidecar) if sidecars else Sidecar()
    language = sidecar.language.lower() if sidecar.language else ""
    spoken = sorted((_rank(file, path, language), file) for file in beside if file not in sidecars)
    return Beside(
        sidecar=sidecar,
        sidecar_name=sidecars[0].name if sidecars else None,
        subtitles=spoken[0][1] if spoken else None,
    )


def _rank(subtitles: Path, video: Path, language: str) -> tuple[bool, bool, bool]:
    """Least for the spoken language, then for none named, then for WebVTT: it can time words."""
    base = video.name if subtitles.name.startswith(video.name) else video.stem
    match = _SUBTITLES.fullmatch(subtitles.name[len(base) :].lower())
    named = (match["language"] if match else None) or ""
    return named != language, bool(named), subtitles.suffix.lower() != ".vtt"


def read_sidecar(path: Path, kind: type[S]) -> S:
    """What the sidecar says.

    Raises:
        BadInput: it says something that cannot be used.
    """
    try:
        sidecar = kind.model_validate_json(read_text(path))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(printable(str(part)) for part in first["loc"])
        reason = f"{where}: {first['msg']}" if where else first["msg"]
        if first["type"] == "extra_forbidden":
            reason = f"unknown key {where}"
        raise BadInput(
            path.name,
            reason=f"is no usable sidecar: {reason}",
            remedy=f"Known keys: {', '.join(kind.model_fields)}.",
        ) from error
    if sidecar.source_url is not None:
        check_address(sidecar.source_url, name=f"{path.name}, source_url")
    return sidecar


def read_text(path: Path) -> str:
    """The whole of a short text file.

    Raises:
        BadInput: too long, or no UTF-8 text.
    """
    with path.open("rb") as file:
        content = file.read(_MOST_TEXT_BYTES + 1)
    if len(content) > _MOST_TEXT_BYTES:
        raise BadInput(path.name, reason="is longer than 1 MiB", remedy="Split or remove it.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            path.name, reason="is no UTF-8 text", remedy="Save it as UTF-8 text."
        ) from error


def check_address(address: str, *, name: str) -> None:
    """Refuse what is no plain http(s) address; ``name`` says where it was read.

    Raises:
        BadInput: without the address itself, whose query may hold a token.
    """
    try:
        parts = urlsplit(address)
        is_whole = (
            parts.scheme in {"http", "https"} and bool(parts.hostname) and address.isprintable()
        )
    except ValueError:
        is_whole = False
    if not is_whole or len(address) > _LONGEST_ADDRESS or re.search(r"\s", address):
        raise BadInput(name, reason="is no web address", remedy="Write it as https://host/path.")
    if "@" in urlsplit(address).netloc:
        raise BadInput(
            name,
            reason="holds a user name or password",
            remedy="Download the file yourself and put it into the inbox.",
        )


def plain(text: str | None) -> str | None:
    """``text`` on one line, without what steers a terminal or turns it round; None if blank."""
    return " ".join("".join(map(_plain_character, text or "")).split()) or None


def _plain_character(character: str) -> str:
    if character in JOINERS:
        return character
    return _STAND_INS.get(unicodedata.category(character), character)
