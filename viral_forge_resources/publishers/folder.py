"""Publishes to a folder from which a person posts by hand, and reads back what came of it."""

from functools import partial
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import NotFound, OutcomeUnknown, Transient
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    PostMetric,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.publishers._post_folder import (
    existing_folder,
    only_writer,
    safe_name,
    write_folder,
)
from viral_forge_resources.publishers._studio_csv import read_reports
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import in_home, settings_config


class Settings(BaseSettings):
    """Where posts go and where reports come from."""

    model_config = settings_config("PUBLISHER_FOLDER")

    path: Path = Field(
        default_factory=partial(in_home, "published"),
        description="Folder that posts are written to.",
    )
    reports: Path = Field(
        default_factory=partial(in_home, "reports"),
        description="Folder for CSV files exported from the platforms' own studios.",
    )


def open_plugin(settings: Settings, tools: PublishTools) -> "FolderPublisher":  # noqa: ARG001  it reaches no platform
    """The publisher that ``settings`` describe."""
    return FolderPublisher(path=settings.path, reports=settings.reports)


class FolderPublisher:
    """Writes each post into a folder of its own: ``<channel>/<day>-<title>-<publication id>``."""

    platform = "folder"
    # What a person can paste anywhere: YouTube's title, and all of it in Instagram's 2,200.
    limits = TextLimits(max_title=100, max_description=1_900, max_tags=180)
    most_at_once: int | None = None  # a title that two posts share must not count for both

    def __init__(self, *, path: Path, reports: Path) -> None:
        self._path = path
        self._reports = reports

    def problems(self, post: Post) -> tuple[str, ...]:  # noqa: ARG002  a folder takes everything
        """None: a folder takes everything."""
        return ()

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:  # noqa: ARG002
        """Put the post's folder in its place; one that is there already is left as it is.

        Raises:
            Rejected: the clip's bytes are not those that were approved.
            Transient: the folder cannot be written now; nothing of the post is visible.
            OutcomeUnknown: the post may be there: what stands in its place cannot be read as it,
                or may not survive a power cut.
        """
        channel = self._channel_folder(post.channel)
        try:
            channel.mkdir(parents=True, exist_ok=True)
            with only_writer(channel):
                folder = existing_folder(channel, post.publication_id, post.content_sha256)
                if folder is None:
                    folder = write_folder(post, channel)
                return _published(folder, post.publication_id)
        except OSError as error:
            raise Transient(
                f"the post cannot be written to {channel}: {error.strerror or error}"
            ) from error

    def check(self, receipt: str, *, channel: str) -> Published | Processing:  # noqa: ARG002
        """Nothing: a folder has no uploads in processing.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"a folder processes nothing, so there is no upload '{receipt}'.")

    def find(
        self,
        publication: Publication,
        *,
        channel: str,
        saved: str | None = None,  # noqa: ARG002  a folder is there whole or not at all
    ) -> Published | Lookup:
        """The post's folder, if it is in its place.

        Raises:
            Transient: the folder cannot be read now.
        """
        try:
            found = existing_folder(
                self._channel_folder(channel),
                publication.publication_id,
                publication.content_sha256,
            )
        except OutcomeUnknown:
            return Lookup.UNDECIDABLE
        except OSError as error:
            raise Transient(
                f"the folder {self._path} cannot be read: {error.strerror or error}"
            ) from error
        return _published(found, publication.publication_id) if found else Lookup.ABSENT

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that the CSV files in the folder for reports have of these posts.

        Rows are found by title where they carry no publication id, so pass *all* published posts:
        only then is a title that two of them share noticed.

        Raises:
            BadInput: a file that cannot be understood; names file and column.
            Transient: the folder cannot be read now.
        """
        try:
            return read_reports(self._reports, publications)
        except OSError as error:
            raise Transient(
                f"the reports in {self._reports} cannot be read: {error.strerror or error}"
            ) from error

    def _channel_folder(self, channel: str) -> Path:
        return self._path / safe_name(channel)


def _published(folder: Path, publication_id: str) -> Published:
    return Published(post_id=publication_id, url=folder.absolute().as_uri())
