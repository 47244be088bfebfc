"""One post as one folder, there whole or not at all.

It is written into a hidden folder beside its place and renamed once.
"""

import errno
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from viral_forge_resources.contracts.errors import BadInput, OutcomeUnknown, Rejected, Transient
from viral_forge_resources.contracts.keys import short_hash, slug
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.documents import from_json
from viral_forge_resources.publishers import _post_files as post_files

_SAFE_NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
_CHUNK_BYTES = 1 << 20


def safe_name(text: str) -> str:
    """``text`` if it can only name one folder right here, else something readable that can."""
    if _SAFE_NAME.fullmatch(text):
        return text
    return f"{slug(text)}-{short_hash(text, length=8)}"


@contextmanager
def only_writer(channel: Path) -> Generator[None]:
    """Hold the channel's folder; the operating system lets go of it when the process dies."""
    with (channel / ".lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Transient(f"another process is writing to {channel} just now") from error
        yield


def existing_folder(channel: Path, publication_id: str, content_sha256: str) -> Path | None:
    """The folder of that publication; its name may carry another day or title than today's.

    Raises:
        OutcomeUnknown: a folder of that name is there, but cannot be read as this post.
    """
    ending = f"-{safe_name(publication_id)}"
    try:
        folders = sorted(channel.iterdir())
    except FileNotFoundError:
        return None
    for folder in folders:
        if folder.name.endswith(ending) and not folder.name.startswith("."):
            if not _holds(folder, publication_id, content_sha256):
                raise OutcomeUnknown(
                    f"{folder} is there, but its {post_files.DOCUMENT} does not speak of this post"
                )
            return folder
    return None


def _holds(folder: Path, publication_id: str, content_sha256: str) -> bool:
    try:
        content = (folder / post_files.DOCUMENT).read_bytes()
        document = from_json(post_files.PostDocument, content, name=str(folder))
    except (BadInput, FileNotFoundError, NotADirectoryError):
        return False
    return (document.publication_id, document.content_sha256) == (publication_id, content_sha256)


def write_folder(post: Post, channel: Path) -> Path:
    """The post's new folder in ``channel``; what a crash left of an earlier attempt is replaced.

    Raises:
        Rejected: the clip's bytes are not those that were approved.
        OSError: it could not be written; nothing of it is visible.
        OutcomeUnknown: it is there, but may not survive a power cut.
    """
    publication_id = safe_name(post.publication_id)
    partial = channel / f".{publication_id}.partial"
    final = (
        channel / f"{post.due_at.astimezone(UTC):%Y-%m-%d}-{slug(post.text.title)}-{publication_id}"
    )
    _remove(partial)
    try:
        partial.mkdir()
        _fill(partial, post)
        partial.rename(final)
    except (OSError, Rejected):
        # A full disk is not helped by what is left of the attempt.
        shutil.rmtree(partial, ignore_errors=True)
        raise
    try:
        _sync_folder(channel)
    except OSError as error:
        raise OutcomeUnknown(f"{final} may not be on the disk yet: {error.strerror}") from error
    return final


def _remove(leftover: Path) -> None:
    try:
        shutil.rmtree(leftover)
    except FileNotFoundError:
        return


def _fill(folder: Path, post: Post) -> None:
    copied = _copy(post.video, folder / post_files.CLIP)
    if copied != post.content_sha256:
        raise Rejected(
            f"the clip's content hash is {copied}, but {post.content_sha256} was to be posted"
        )
    _copy(post.cover, folder / post_files.COVER)
    if post.subtitles is not None:
        _copy(post.subtitles, folder / post_files.SUBTITLES)
    for name, content in post_files.text_files(post).items():
        with (folder / name).open("xb") as file:
            file.write(content)
            file.flush()
            _sync(file.fileno())
    _sync_folder(folder)


def _copy(source: Path, target: Path) -> str:
    """Copy ``source`` and return the hex SHA-256 of what was written."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        while chunk := reader.read(_CHUNK_BYTES):
            digest.update(chunk)
            writer.write(chunk)
        writer.flush()
        _sync(writer.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _sync(descriptor)
    finally:
        os.close(descriptor)


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems cannot sync a folder and say so; there is no more to be had.
        if error.errno not in {errno.EINVAL, errno.ENOTSUP}:
            raise
