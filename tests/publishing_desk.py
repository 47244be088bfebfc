"""One approved clip that is due on an emulated platform, and the runs that post it."""

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, NOW, save_publication
from tests.fakes.cipher import FakeCipher
from tests.platforms.uploads import Fault, Killed, UploadPlatform
from viral_forge_assets.posting import Poster
from viral_forge_resources.contracts.publishing import Publication, PublicationState, Publisher
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.contracts.submission import Step, StepState
from viral_forge_resources.state import approvals, artefacts, clips, rights, steps
from viral_forge_resources.state import engine as engine_module
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.state.engine import open_engine
from viral_forge_resources.state.tables import metadata
from viral_forge_resources.storage.local import LocalStorage

_S = PublicationState
_FOLDER = "cooking/inbox/pasta-1a2b3c4d/transform"
_MOST_RUNS = 80
CLIP = b"the bytes of a clip"


@dataclass(kw_only=True)
class PublishingDesk:
    """A studio with one post, and the platform that it goes to."""

    state: sa.Engine
    storage: LocalStorage
    platform: UploadPlatform
    publisher: Publisher
    runs: int = 0

    def poster(self) -> Poster:
        """What a new run posts with."""
        self.runs += 1
        return Poster(
            state=self.state,
            storage=self.storage,
            publishers={self.platform.platform: self.publisher},
            requires_approval=True,
            run_id=f"run-{self.runs}",
            cipher=FakeCipher(),
            clock=self.platform.clock,
        )

    def row(self) -> Publication:
        """The post's row."""
        with self.state.connect() as connection:
            (row,) = outbox.of_candidate(connection, KEY)
        return row

    def steps(self) -> tuple[Step, ...]:
        """What is added to the post."""
        with self.state.connect() as connection:
            return steps.of_publication(connection, self.row().publication_id)

    def work(self) -> Publication:
        """The row after one run, which may die in the middle."""
        with suppress(Killed):
            self.poster().work_on(KEY)
        return self.row()

    def settle(self, faults: Iterable[Fault | None] = ()) -> Publication:
        """The row after as many runs as it takes, each when it is due."""
        self.platform.faults.extend(faults)
        for _ in range(_MOST_RUNS):
            row = self.work()
            waits = [row.due_at] if row.state not in {_S.PUBLISHED, _S.REJECTED} else []
            waits += [each.due_at for each in self.steps() if each.state is StepState.WAITING]
            if not waits or row.state is _S.WITHDRAWN:
                return row
            until = min(waits) - self.platform.now
            self.platform.wait(max(until, timedelta(seconds=1)))
        return self.row()


class DeskMaker:
    """Sets the same desk up again and again, in a moment: what was begun on it is forgotten.

    ``template`` is a migrated SQLite database; ``folder`` is the maker's own.
    """

    def __init__(
        self,
        template: Path,
        folder: Path,
        platform: str,
        *,
        clip: bytes = CLIP,
        has_subtitles: bool = True,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "state.db"
        self._prepared = folder / "prepared.db"
        self._storage = LocalStorage(folder / "storage")
        shutil.copyfile(template, self._path)
        self._state = _hurried(open_engine(f"sqlite:///{self._path}"))
        _save_clip(self._state, self._storage, platform, clip, has_subtitles=has_subtitles)
        _copy(self._path, self._prepared)

    def desk(self, platform: UploadPlatform, publisher: Publisher) -> PublishingDesk:
        """A desk whose post is due."""
        _copy(self._prepared, self._path)
        return PublishingDesk(
            state=self._state, storage=self._storage, platform=platform, publisher=publisher
        )

    @property
    def folder(self) -> Path:
        """Where another process finds state and storage."""
        return self._path.parent


def shared_desk(
    state: sa.Engine, folder: Path, platform: UploadPlatform, publisher: Publisher
) -> PublishingDesk:
    """A desk on any database, which is emptied for it."""
    with state.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    storage = LocalStorage(folder / "storage")
    _save_clip(state, storage, platform.platform, CLIP, has_subtitles=True)
    return PublishingDesk(state=state, storage=storage, platform=platform, publisher=publisher)


def _copy(source: Path, target: Path) -> None:
    # By SQLite itself: opening its file beside it would let go of the locks that it holds.
    with closing(sqlite3.connect(source)) as held, closing(sqlite3.connect(target)) as copied:
        held.backup(copied)


def _hurried(state: sa.Engine) -> sa.Engine:
    """The same database over a few connections that stay open and wait for no disk."""
    state.pool = sa.pool.QueuePool(state.pool._creator, pool_size=3)
    sa.event.listen(state, "connect", engine_module._prepare_sqlite)
    sa.event.listen(state, "connect", _hurry)
    return state


def _hurry(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def _save_clip(
    state: sa.Engine, storage: LocalStorage, platform: str, content: bytes, *, has_subtitles: bool
) -> None:
    video = storage.put_bytes(content, f"{_FOLDER}/clip-1.mp4")
    files = {ArtefactKind.CLIP: video}
    files[ArtefactKind.COVER] = storage.put_bytes(b"cover", f"{_FOLDER}/clip-1-cover.jpg")
    if has_subtitles:
        words = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"
        files[ArtefactKind.SUBTITLES] = storage.put_bytes(words, f"{_FOLDER}/clip-1.srt")
    channel_id = f"{platform}:main"
    save_publication(state, content_sha256=video.sha256, channel_id=channel_id, due_at=NOW)
    clip = builders.clip(
        content_sha256=video.sha256,
        storage_key=video.key,
        checks=(builders.check_result(),),
    )
    with state.begin() as connection:
        clips.record(connection, clip)
        for kind, stored in files.items():
            artefact = builders.artefact(storage_key=stored.key, kind=kind, clip_number=1)
            artefacts.record(connection, artefact)
        rights.append(connection, builders.rights_record())
        approval = builders.approval(content_sha256=video.sha256)
        approvals.record(connection, approval)
        outbox.approve(connection, video.sha256, now=NOW)
