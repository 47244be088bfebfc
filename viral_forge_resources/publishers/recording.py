"""Publishes nowhere: records what would have been sent, for people to read."""

import os
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import BadInput, NotFound, Transient
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Post,
    PostText,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.documents import from_json, to_json
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._post_folder import safe_name
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import in_home, settings_config


class Settings(BaseSettings):
    """Where it is recorded."""

    model_config = settings_config("PUBLISHER_RECORDING")

    path: Path = Field(
        default_factory=partial(in_home, "recorded"),
        description="Folder for what dry runs would have sent.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What would have been sent.

    Attributes:
        recorded_at: the moment at which it would have been.
    """

    publication_id: str
    platform: str
    channel: str
    content_sha256: str
    size_bytes: int
    duration_s: float
    text: PostText
    disclosure: Disclosure
    has_overlay: bool | None
    has_subtitles: bool
    due_at: datetime
    recorded_at: datetime


def open_plugin(settings: Settings, tools: PublishTools) -> "RecordingPublisher":
    """The publisher that ``settings`` describe."""
    return RecordingPublisher(settings.path, tools)


class RecordingPublisher:
    """Writes each post as ``<platform>/<channel>/<publication id>.json``."""

    platform = "recording"
    limits = TextLimits(max_title=100, max_description=1_900, max_tags=180)

    def __init__(self, path: Path, tools: PublishTools) -> None:
        self._path = path
        self._tools = tools

    def problems(self, post: Post) -> tuple[str, ...]:  # noqa: ARG002  it takes everything
        """None."""
        return ()

    def record(self, post: Post, *, platform: str) -> Path:
        """The file that says what would have been sent to ``platform``.

        Raises:
            Rejected: the bytes are not those that were approved.
            Transient: it cannot be written now.
        """
        with ApprovedVideo.of(post) as video:
            for _ in video.pieces(0, video.size, _nothing):
                pass
            recording = self._recording(post, platform, video.size)
        file = self._file(platform, post.channel, post.publication_id)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            partial_file = file.with_suffix(".partial")
            partial_file.write_bytes(to_json(recording))
            os.replace(partial_file, file)  # noqa: PTH105  the same on every system
        except OSError as error:
            raise Transient(f"{file} cannot be written: {error.strerror}") from error
        return file

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:  # noqa: ARG002
        """Record it; that is all there is to it."""
        file = self.record(post, platform=self.platform)
        return _published(post.publication_id, file)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:  # noqa: ARG002
        """Nothing: there are no uploads.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"nothing is ever in processing here, so there is no upload '{receipt}'.")

    def find(
        self,
        publication: Publication,
        *,
        channel: str,
        saved: str | None = None,  # noqa: ARG002  a file is there or not
    ) -> Published | Processing | Lookup:
        """The recording, if there is one of these bytes."""
        file = self._file(self.platform, channel, publication.publication_id)
        try:
            found = from_json(Recording, file.read_bytes(), name=str(file))
        except FileNotFoundError:
            return Lookup.ABSENT
        except BadInput:
            return Lookup.UNDECIDABLE
        is_it = found.content_sha256 == publication.content_sha256
        return _published(found.publication_id, file) if is_it else Lookup.ABSENT

    def _file(self, platform: str, channel: str, publication_id: str) -> Path:
        return self._path / platform / safe_name(channel) / f"{safe_name(publication_id)}.json"

    def _recording(self, post: Post, platform: str, size: int) -> Recording:
        return Recording(
            publication_id=post.publication_id,
            platform=platform,
            channel=post.channel,
            content_sha256=post.content_sha256,
            size_bytes=size,
            duration_s=post.duration_s,
            text=post.text,
            disclosure=post.disclosure,
            has_overlay=post.has_overlay,
            has_subtitles=post.subtitles is not None,
            due_at=post.due_at,
            recorded_at=self._tools.clock(),
        )


def _published(publication_id: str, file: Path) -> Published:
    return Published(post_id=publication_id, url=file.absolute().as_uri())


def _nothing() -> None:
    return
