"""What a run of publish_job does to the outbox: posts once, or looks where the end is open."""

from collections.abc import Generator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import KEY, save_publication, sha256
from tests.fakes.publisher import FakePublisher, Fault
from viral_forge_assets.posting import Poster
from viral_forge_resources.contracts.errors import (
    NotFound,
    OutcomeUnknown,
    Permanent,
    RateLimited,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.likeness import ClipPrint
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    Processing,
    Publication,
    PublicationState,
    Published,
    Publisher,
)
from viral_forge_resources.contracts.records import ArtefactKind
from viral_forge_resources.contracts.rhythm import Rhythm, Slot
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import StepState
from viral_forge_resources.state import (
    approvals,
    artefacts,
    channels,
    clip_prints,
    clips,
    liveness,
    queues,
    rights,
    snapshots,
    steps,
)
from viral_forge_resources.state import publications as outbox
from viral_forge_resources.storage.local import LocalStorage

_S = PublicationState
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_MINUTE = timedelta(minutes=1)


@dataclass(kw_only=True)
class Desk:
    """A studio's state and storage, and the platform that its channel is on."""

    state: sa.Engine
    storage: LocalStorage
    platform: FakePublisher = field(default_factory=FakePublisher)

    def poster(
        self,
        *,
        run_id: str = "run-1",
        publishers: Mapping[str, Publisher] | None = None,
        requires_approval: bool = True,
    ) -> Poster:
        return Poster(
            state=self.state,
            storage=self.storage,
            publishers={"folder": self.platform} if publishers is None else publishers,
            requires_approval=requires_approval,
            run_id=run_id,
        )

    def work(self, **how) -> Publication:
        """The candidate's only row after one run worked on it."""
        (row,) = self.poster(**how).work_on(KEY)
        return row

    def row(self) -> Publication:
        """The candidate's only row."""
        with self.state.connect() as connection:
            (row,) = outbox.of_candidate(connection, KEY)
        return row

    def put_due(self) -> None:
        """Let the time pass that a row has to wait."""
        with self.state.begin() as connection:
            table = sa.table("publications", sa.column("due_at"))
            connection.execute(sa.update(table).values(due_at="2026-01-01 00:00:00"))


@pytest.fixture
def desk(sqlite_state: sa.Engine, tmp_path: Path) -> Desk:
    """One checked and approved clip whose post is due."""
    return made_desk(sqlite_state, tmp_path)


@pytest.fixture
def any_desk(state: sa.Engine, tmp_path: Path) -> Desk:
    """The same on each database."""
    return made_desk(state, tmp_path)


def made_desk(state: sa.Engine, folder: Path) -> Desk:
    desk = Desk(state=state, storage=LocalStorage(folder / "storage"))
    save_publication(state, due_at=_LONG_AGO)
    save_clip(desk)
    with state.begin() as connection:
        rights.append(connection, builders.rights_record())
        approvals.record(connection, builders.approval())
        outbox.approve(connection, sha256("clip"), now=_LONG_AGO)
    return desk


def save_clip(desk: Desk, *, number: int = 1, content: str = "clip") -> None:
    """A clip on record that passed its checks, with its files in storage."""
    folder = "cooking/inbox/pasta-1a2b3c4d/transform"
    video = desk.storage.put_bytes(content.encode(), f"{folder}/clip-{number}.mp4")
    cover = desk.storage.put_bytes(b"cover", f"{folder}/clip-{number}-cover.jpg")
    clip = builders.clip(
        number=number,
        content_sha256=sha256(content),
        storage_key=video.key,
        checks=(builders.check_result(),),
    )
    with desk.state.begin() as connection:
        clips.record(connection, clip)
        for stored, kind in ((video, ArtefactKind.CLIP), (cover, ArtefactKind.COVER)):
            artefacts.record(
                connection,
                builders.artefact(storage_key=stored.key, kind=kind, clip_number=number),
            )


def claim(desk: Desk, *, by: str = "run-0", lease: timedelta = 30 * _MINUTE) -> None:
    """Let a run take the row."""
    with desk.state.begin() as connection:
        claimed = outbox.claim(
            connection,
            desk.row().publication_id,
            claimed_by=by,
            lease=lease,
            now=datetime.now(UTC),
        )
    assert claimed is not None


class PublisherThatBreaks(FakePublisher):
    """Takes the post, then fails in a way that nobody foresaw."""

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        super().submit(post, session)
        raise ZeroDivisionError


class PublisherWithoutEyes(FakePublisher):
    """Gives no answer to those who look for a post."""

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        raise Unreachable("the platform does not answer")


class Watch(LocalStorage):
    """Says whether a transaction on state was open while a file was handed out."""

    def __init__(self, root: Path, state: sa.Engine) -> None:
        super().__init__(root)
        self.open_transactions = 0
        self.seen_open: set[int] = set()
        for event, change in (("begin", 1), ("commit", -1), ("rollback", -1)):
            sa.event.listen(state, event, partial(self._count, change))

    def _count(self, change: int, _connection: sa.Connection) -> None:
        self.open_transactions += change

    @contextmanager
    def as_file(self, key: str) -> Generator[Path]:
        self.seen_open.add(self.open_transactions)
        with super().as_file(key) as path:
            yield path


def test_an_approved_post_that_is_due_goes_live(any_desk):
    row = any_desk.work()

    assert (row.state, row.post_id) == (_S.PUBLISHED, f"post-{row.publication_id}")
    assert row.post_url == f"https://fake.example/post-{row.publication_id}"
    assert any_desk.platform.submissions == 1


def test_a_post_that_its_platform_shows_later_is_as_old_as_it_is_seen(desk):
    shown_at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=3)

    class Later(FakePublisher):
        def _published(self, post: Post) -> Published:
            return replace(super()._published(post), live_at=shown_at)

    desk.platform = Later()
    row = desk.work()

    assert (row.state, row.published_at) == (_S.PUBLISHED, shown_at)
    with desk.state.connect() as connection:
        due = snapshots.due(connection, now=shown_at + timedelta(minutes=59), limit=9)
        later = snapshots.due(connection, now=shown_at + timedelta(minutes=61), limit=9)
    assert (len(due), len(later)) == (0, 1)


def test_the_platform_gets_the_clip_with_its_cover_and_words(desk):
    post: list[tuple[str, bytes, bytes, str]] = []

    class Reader(FakePublisher):
        def submit(self, given: Post, session: SessionLog) -> Published | Processing:
            files = (given.video.read_bytes(), given.cover.read_bytes())
            post.append((given.channel, *files, given.text.title))
            return super().submit(given, session)

    desk.platform = Reader()
    desk.work()

    assert post == [("main", b"clip", b"cover", "Pasta in five minutes")]


def test_what_is_live_is_not_posted_again(desk):
    desk.work()
    row = desk.work(run_id="run-2")

    assert (row.state, desk.platform.submissions) == (_S.PUBLISHED, 1)


def test_what_is_due_later_waits(desk):
    with desk.state.begin() as connection:
        sa_later = sa.table("publications", sa.column("due_at"))
        connection.execute(sa.update(sa_later).values(due_at="2999-01-01 00:00:00"))

    assert desk.work().state is _S.APPROVED
    assert desk.platform.submissions == 0


def test_an_upload_in_processing_is_looked_at_until_it_is_live(desk):
    desk.platform.looks_needed = 2

    submitted = desk.work()
    looked_at = desk.work()
    live = desk.work()

    assert [submitted.state, looked_at.state] == [_S.PROCESSING, _S.PROCESSING]
    assert looked_at.due_at > datetime.now(UTC)
    assert (live.state, desk.platform.submissions) == (_S.PUBLISHED, 1)


def test_a_refused_post_says_why_and_stays_refused(desk):
    desk.platform.faults = [Fault(error=Rejected("too loud"))]

    desk.work()
    row = desk.work()

    assert (row.state, row.reason) == (_S.REJECTED, "too loud")
    assert desk.platform.submissions == 1


def test_a_rate_limited_post_is_due_when_the_platform_asked(desk):
    asked = timedelta(minutes=90)
    desk.platform.faults = [Fault(error=RateLimited("slow down", retry_after=asked))]

    before = datetime.now(UTC)
    row = desk.work()

    assert row.state is _S.APPROVED
    assert before + asked <= row.due_at <= datetime.now(UTC) + asked
    assert desk.work().state is _S.APPROVED
    assert desk.platform.submissions == 1


@pytest.mark.parametrize("took_effect", [True, False])
def test_a_lost_answer_leaves_the_end_unknown(desk, took_effect):
    desk.platform.faults = [Fault(error=OutcomeUnknown("timed out"), took_effect=took_effect)]

    row = desk.work()

    assert (row.state, row.reason) == (_S.UNKNOWN, "timed out")


def test_a_post_whose_answer_was_lost_is_found_and_not_repeated(any_desk):
    any_desk.platform.faults = [Fault(error=OutcomeUnknown("timed out"), took_effect=True)]

    any_desk.work()
    row = any_desk.work()

    assert (row.state, row.post_id) == (_S.PUBLISHED, f"post-{row.publication_id}")
    assert any_desk.platform.submissions == 1


def test_a_post_that_the_platform_never_got_is_posted_once_more(any_desk):
    any_desk.platform.faults = [Fault(error=OutcomeUnknown("timed out"), took_effect=False)]

    any_desk.work()
    looked_up = any_desk.work()
    row = any_desk.work()

    assert [looked_up.state, row.state] == [_S.APPROVED, _S.PUBLISHED]
    assert (any_desk.platform.submissions, len(any_desk.platform.held)) == (2, 1)


def test_what_nobody_can_decide_stays_unknown_and_is_looked_at_later(desk):
    lost = Fault(error=OutcomeUnknown("timed out"), took_effect=True)
    desk.platform = FakePublisher(can_look=False, faults=[lost])

    desk.work()
    row = desk.work()

    assert row.state is _S.UNKNOWN
    assert row.due_at > datetime.now(UTC)
    assert "Look at the channel" in str(row.reason)
    assert desk.platform.submissions == 1


def test_a_run_that_died_before_the_platform_heard_of_it_is_made_good(any_desk):
    claim(any_desk)

    looked_up = any_desk.work()
    row = any_desk.work()

    assert [looked_up.state, row.state] == [_S.APPROVED, _S.PUBLISHED]
    assert (any_desk.platform.submissions, len(any_desk.platform.held)) == (1, 1)


def test_a_crash_after_the_platform_took_the_post_is_not_repeated(any_desk):
    any_desk.platform = PublisherThatBreaks()
    with pytest.raises(ZeroDivisionError):
        any_desk.work(run_id="run-0")
    left = any_desk.row()

    row = any_desk.work()

    assert left.state is _S.SUBMITTING
    assert row.state is _S.PUBLISHED
    assert (any_desk.platform.submissions, len(any_desk.platform.held)) == (1, 1)


def test_what_a_living_run_is_submitting_is_left_to_it(any_desk):
    claim(any_desk)
    with liveness.hold(any_desk.state, "run-0"):
        row = any_desk.work()

    assert (row.state, row.claimed_by) == (_S.SUBMITTING, "run-0")
    assert any_desk.platform.submissions == 0


def test_a_lease_that_is_over_is_looked_up_though_its_run_lives(desk):
    claim(desk, lease=-_MINUTE)
    with liveness.hold(desk.state, "run-0"):
        row = desk.work()

    assert row.state is _S.APPROVED
    assert desk.platform.submissions == 0


def test_the_answer_of_a_run_that_was_given_up_does_not_undo_what_was_found(desk):
    """Run 0 hangs inside the platform until another run has looked and posted."""

    class Hanging(FakePublisher):
        def submit(self, post: Post, session: SessionLog) -> Published | Processing:
            answer = super().submit(post, session)
            if self.submissions == 1:
                desk.work(run_id="run-1")  # the lock of run-0 is not held: it looks dead
                raise Rejected("came much too late")
            return answer

    desk.platform = Hanging()
    row = desk.work(run_id="run-0")

    assert row.state is _S.PUBLISHED
    assert desk.platform.submissions == 1


def test_of_two_runs_at_once_one_posts(any_desk):
    barrier = Barrier(2)

    def work(run_id: str) -> None:
        poster = any_desk.poster(run_id=run_id)
        barrier.wait()
        poster.work_on(KEY)

    with ExitStack() as held, ThreadPoolExecutor(2) as pool:
        for run_id in ("run-1", "run-2"):
            held.enter_context(liveness.hold(any_desk.state, run_id))
        list(pool.map(work, ("run-1", "run-2")))

    assert any_desk.platform.submissions == 1
    assert any_desk.row().state is _S.PUBLISHED


def test_every_reason_against_a_post_is_given_and_nothing_is_submitted(desk):
    failed = builders.check_result(name="loudness", passed=False, message="-9.0 LUFS")
    with desk.state.begin() as connection:
        rights.revoke(connection, "right-1", now=builders.NOW)
        approvals.record(
            connection,
            builders.approval(is_approved=False, decided_at=builders.NOW + _MINUTE),
        )
        clips.record_checks(connection, KEY, 1, content_sha256=sha256("clip"), checks=(failed,))
    desk.storage.put_bytes(b"other bytes", "cooking/inbox/pasta-1a2b3c4d/transform/clip-1.mp4")

    row = desk.work()

    assert (row.state, desk.platform.submissions) == (_S.WITHDRAWN, 0)
    for reason in (
        "is not the one that was planned",
        "the right to it was withdrawn on 2026-11-20",
        "operator said no to this clip",
        "check loudness failed: -9.0 LUFS",
    ):
        assert reason in str(row.reason)


def test_a_clip_rendered_anew_is_not_posted_on_an_old_yes(desk):
    save_clip(desk, content="rendered anew")

    row = desk.work()

    assert (row.state, desk.platform.submissions) == (_S.WITHDRAWN, 0)
    assert "rendered anew since it was planned" in str(row.reason)


def test_a_clip_that_is_gone_from_storage_is_not_posted(desk):
    desk.storage.delete("cooking/inbox/pasta-1a2b3c4d/transform/clip-1.mp4")

    row = desk.work()

    assert (row.state, row.reason) == (_S.WITHDRAWN, "the clip's file is not in storage")
    assert desk.platform.submissions == 0


def test_a_yes_to_other_bytes_is_no_yes(sqlite_state, tmp_path):
    desk = Desk(state=sqlite_state, storage=LocalStorage(tmp_path / "storage"))
    save_publication(sqlite_state, due_at=_LONG_AGO)
    save_clip(desk)
    with sqlite_state.begin() as connection:
        rights.append(connection, builders.rights_record())
        approvals.record(connection, builders.approval(content_sha256=sha256("other")))
        outbox.approve(connection, sha256("clip"), now=_LONG_AGO)

    row = desk.work()

    assert (row.state, row.reason) == (_S.WITHDRAWN, "nobody has approved this clip")
    assert desk.platform.submissions == 0


def test_without_the_need_for_approval_silence_is_a_yes(sqlite_state, tmp_path):
    desk = Desk(state=sqlite_state, storage=LocalStorage(tmp_path / "storage"))
    save_publication(sqlite_state, due_at=_LONG_AGO)
    save_clip(desk)
    with sqlite_state.begin() as connection:
        rights.append(connection, builders.rights_record())
        outbox.approve(connection, sha256("clip"), now=_LONG_AGO)

    assert desk.work(requires_approval=False).state is _S.PUBLISHED


def test_a_disabled_publisher_leaves_the_post_as_it_is(desk):
    with pytest.raises(NotFound, match="publisher 'folder' is not enabled"):
        desk.work(publishers={})

    assert desk.row().state is _S.APPROVED


def test_an_upload_whose_publisher_is_disabled_is_still_in_processing(desk):
    desk.platform.looks_needed = 2
    desk.work()

    with pytest.raises(NotFound, match="publisher 'folder' is not enabled"):
        desk.work(publishers={})

    assert desk.row().state is _S.PROCESSING


def test_a_platform_that_does_not_answer_a_look_holds_up_no_other_post(desk):
    desk.platform = PublisherWithoutEyes(faults=[Fault(error=OutcomeUnknown("timed out"))])
    desk.work()
    save_clip(desk, number=2, content="second")
    save_publication(desk.state, clip_number=2, content_sha256=sha256("second"), due_at=_LONG_AGO)
    with desk.state.begin() as connection:
        approvals.record(connection, builders.approval(content_sha256=sha256("second")))
        outbox.approve(connection, sha256("second"), now=_LONG_AGO)

    first, second = desk.poster().work_on(KEY)

    assert [first.state, second.state] == [_S.UNKNOWN, _S.PUBLISHED]
    assert first.reason == "the platform does not answer"
    assert datetime.now(UTC) < first.due_at < datetime.now(UTC) + timedelta(hours=1)


def due_elsewhere(desk: Desk, channel_id: str) -> None:
    """The same clip is due on another channel, too."""
    save_publication(desk.state, channel_id=channel_id, due_at=_LONG_AGO)
    with desk.state.begin() as connection:
        outbox.approve(connection, sha256("clip"), now=_LONG_AGO)


def test_channels_post_side_by_side(any_desk):
    """One that uploads for an hour holds up no other."""
    both_are_at_it = Barrier(2, timeout=20)

    class Slow(FakePublisher):
        def submit(self, post: Post, session: SessionLog) -> Published | Processing:
            both_are_at_it.wait()
            return super().submit(post, session)

    any_desk.platform = Slow()
    due_elsewhere(any_desk, "folder:elsewhere")

    rows = any_desk.poster().work_on(KEY)

    assert [row.state for row in rows] == [_S.PUBLISHED, _S.PUBLISHED]
    assert any_desk.platform.submissions == 2


def test_the_posts_of_one_channel_go_one_after_the_other(desk):
    under_way: list[str] = []

    class Watched(FakePublisher):
        def submit(self, post: Post, session: SessionLog) -> Published | Processing:
            under_way.append(post.publication_id)
            with desk.state.connect() as connection:
                submitting = outbox.in_state(connection, _S.SUBMITTING)
            assert [row.publication_id for row in submitting] == [post.publication_id]
            return super().submit(post, session)

    desk.platform = Watched()
    save_clip(desk, number=2, content="second")
    save_publication(desk.state, clip_number=2, content_sha256=sha256("second"), due_at=_LONG_AGO)
    with desk.state.begin() as connection:
        approvals.record(connection, builders.approval(content_sha256=sha256("second")))
        outbox.approve(connection, sha256("second"), now=_LONG_AGO)

    rows = desk.poster().work_on(KEY)

    assert {row.state for row in rows} == {_S.PUBLISHED}
    assert len(under_way) == 2


def test_a_post_whose_publisher_is_disabled_holds_up_no_other(desk):
    due_elsewhere(desk, "absent:elsewhere")

    with pytest.raises(NotFound, match="publisher 'absent' is not enabled"):
        desk.work()

    with desk.state.connect() as connection:
        rows = outbox.of_candidate(connection, KEY)
    states = {row.channel_id: row.state for row in rows}
    assert states == {builders.CHANNEL: _S.PUBLISHED, "absent:elsewhere": _S.APPROVED}


def test_what_holds_up_several_posts_is_told_of_each(desk):
    due_elsewhere(desk, "absent:elsewhere")

    with pytest.raises(Permanent, match=r"'folder' is not enabled.*'absent' is not enabled"):
        desk.work(publishers={})


@pytest.mark.parametrize("is_recorded", [True, False])
def test_a_clip_without_its_cover_is_not_posted_and_says_what_to_do(desk, is_recorded):
    """It was a bare KeyError, and an error of storage where only the file was gone."""
    with desk.state.begin() as connection:
        (cover,) = (
            each
            for each in artefacts.of_candidate(connection, KEY)
            if each.kind is ArtefactKind.COVER
        )
        if not is_recorded:
            table = sa.table("artefacts", sa.column("storage_key"))
            is_cover = table.c.storage_key == cover.storage_key
            connection.execute(sa.delete(table).where(is_cover))
    if is_recorded:
        desk.storage.delete(cover.storage_key)

    row = desk.work()

    assert (row.state, desk.platform.submissions) == (_S.WITHDRAWN, 0)
    assert "launch candidate_job for its candidate again" in str(row.reason)


def test_a_wait_begins_when_the_platform_answered(desk):
    """A submission may take minutes: a wait counted from its start could be over already."""
    answered: list[datetime] = []
    asked = timedelta(seconds=90)

    class Slow(FakePublisher):
        def submit(self, post: Post, session: SessionLog) -> Published | Processing:
            answered.append(datetime.now(UTC))
            raise RateLimited("slow down", retry_after=asked)

    desk.platform = Slow()
    row = desk.work()

    assert row.due_at >= answered[0] + asked


def test_no_transaction_waits_while_files_are_fetched(desk, tmp_path):
    watch = Watch(tmp_path / "storage", desk.state)
    desk.storage = watch

    assert desk.work().state is _S.PUBLISHED
    assert watch.seen_open == {0}


def rhythm(desk: Desk, **changes) -> None:
    """The channel posts by a rhythm from now on; what waits keeps its time."""
    slots = tuple(Slot(at=time(hour)) for hour in range(24))
    with desk.state.begin() as connection:
        of_channel = Rhythm(**{"zone": "UTC", "slots": slots, **changes})
        channels.save(connection, builders.channel(rhythm=of_channel), now=_LONG_AGO)


def test_a_post_that_missed_its_time_by_days_goes_back_to_a_person(desk):
    rhythm(desk)
    row = desk.work()
    assert row.state is _S.WITHDRAWN
    assert "missed its time" in (row.reason or "")
    assert desk.platform.held == []


def test_a_post_that_missed_its_time_by_hours_gets_its_channels_next_slot(desk):
    rhythm(desk, catch_up=timedelta(days=10_000))
    row = desk.work()
    assert row.state is _S.APPROVED
    assert timedelta() < row.due_at - datetime.now(UTC) <= timedelta(hours=1)
    assert desk.platform.held == []


def test_a_post_goes_out_in_its_channels_rhythm(desk):
    rhythm(desk)
    with desk.state.begin() as connection:
        queues.move(connection, {desk.row().publication_id: datetime.now(UTC) - _MINUTE})
    assert desk.work().state is _S.PUBLISHED


def remember(desk: Desk, content: str, frames: tuple[int, ...]) -> None:
    """What a clip of that content looks like; it has no sound."""
    with desk.state.begin() as connection:
        clip_prints.save(connection, sha256(content), ClipPrint(frames=frames), now=_LONG_AGO)


def published(desk: Desk, content: str, *, channel_id: str) -> None:
    """Another candidate's clip of that content, which the channel has had since a moment ago."""
    row = save_publication(
        desk.state,
        candidate_key="cooking:inbox:other",
        content_sha256=sha256(content),
        channel_id=channel_id,
        text=builders.post_text(title="Pasta, once more"),
    )
    now = datetime.now(UTC)
    with desk.state.begin() as connection:
        outbox.approve(connection, row.content_sha256, now=now)
        assert outbox.claim(
            connection, row.publication_id, claimed_by="run", lease=_MINUTE, now=now
        )
        outbox.settle(connection, row.publication_id, _S.PUBLISHED, expected=_S.SUBMITTING, now=now)


def test_what_a_channel_has_already_is_not_posted_there_in_another_encode(desk):
    remember(desk, "clip", (0x0F0F, 0xF0F0))
    remember(desk, "other", (0x0F0E, 0xF0F1))
    published(desk, "other", channel_id=builders.CHANNEL)
    row = desk.work()
    assert row.state is _S.WITHDRAWN
    assert "nearly the same as 'Pasta, once more'" in (row.reason or "")
    assert desk.platform.held == []


def test_what_another_channel_has_may_be_posted(desk):
    remember(desk, "clip", (0x0F0F, 0xF0F0))
    remember(desk, "other", (0x0F0F, 0xF0F0))
    published(desk, "other", channel_id="folder:elsewhere")
    assert desk.work().state is _S.PUBLISHED


class PlatformWithCovers(FakePublisher):
    """Refuses every cover, and takes every subtitle."""

    def steps(self) -> tuple[str, ...]:
        return ("thumbnail", "captions")

    def finish(self, step: str, post: Post, live: Published) -> None:
        if step == "thumbnail":
            raise Rejected("the picture is not wanted")


def test_a_cover_that_is_refused_leaves_the_post_live_and_the_next_step_to_be_done(any_desk):
    any_desk.platform = PlatformWithCovers()

    any_desk.work()
    row = any_desk.work()

    assert (row.state, row.reason, any_desk.platform.submissions) == (_S.PUBLISHED, None, 1)
    with any_desk.state.connect() as connection:
        added = steps.of_publication(connection, row.publication_id)
    assert [(each.step, each.state, each.reason) for each in added] == [
        ("thumbnail", StepState.FAILED, "the picture is not wanted"),
        ("captions", StepState.DONE, None),
    ]
