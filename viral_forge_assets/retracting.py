"""Takes posts down: finds what was made of a work, freezes it, and asks the platforms."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from viral_forge_assets.approval import Decision, decide
from viral_forge_assets.partitions import known_candidate
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.errors import (
    BadInput,
    NotFound,
    OutcomeUnknown,
    Permanent,
    ReauthorisationNeeded,
    Transient,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.publishing import (
    MAY_BE_LIVE,
    Publication,
    PublicationState,
    Publisher,
)
from viral_forge_resources.contracts.retraction import Retraction, RetractionState, Retractor
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import retractions as retractions_state
from viral_forge_resources.state import rights as rights_state

_AGAIN = timedelta(minutes=15)
_UNSETTLED = timedelta(minutes=5)
"""A post that is on its way must have arrived before it can be taken down."""

_MOST_AT_ONCE = 200
_MOST_TRIES = 20
"""Five hours of trying: then a person must know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is to be seen no more: at least one of these.

    Attributes:
        clips: content hashes, or their first 8 digits or more.
        sources: candidate keys; all that was made of the same video, in every niche.
        holders: whose works, by the name that the rights ledger or the platform gives.
    """

    why: str
    asked_by: str
    clips: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a complaint reaches.

    Attributes:
        frozen: candidates that nothing is made or posted of any more.
        withdrawn: how many planned posts will not go out.
        to_take_down: posts that are live, or may be.
    """

    frozen: tuple[str, ...]
    withdrawn: int
    to_take_down: tuple[Publication, ...]


def raise_complaint(connection: sa.Connection, complaint: Complaint, *, now: datetime) -> Reach:
    """End the rights to what the complaint is about, and let every post of it be taken down.

    Raises:
        BadInput: it names nothing, or something that nobody knows.
    """
    if not (complaint.clips or complaint.sources or complaint.holders):
        raise BadInput(
            "the complaint",
            reason="names nothing",
            remedy="Name a clip, a source or a rights holder.",
        )
    live = _refuse_clips(connection, complaint, now=now)
    frozen: set[str] = set()
    withdrawn = 0
    for video in sorted(_videos(connection, complaint)):
        for record in rights_state.of_video(connection, *video):
            if record.revoked_at is None:
                ended = revoke_right(connection, record.rights_id, now=now)
                frozen |= {candidate.candidate_key for candidate in ended.frozen}
                withdrawn += ended.withdrawn
        live += _live_posts(connection, video)
    posts = {post.publication_id: post for post in live}
    retractions_state.ask(connection, [_asked(post, complaint, now) for post in posts.values()])
    return Reach(
        frozen=tuple(sorted(frozen)), withdrawn=withdrawn, to_take_down=tuple(posts.values())
    )


def _videos(connection: sa.Connection, complaint: Complaint) -> set[tuple[str, str]]:
    """Platform and id of every work that it names, or whose holder it names."""
    videos = {
        (row.platform, row.platform_video_id)
        for row in (known_candidate(connection, key) for key in complaint.sources)
    }
    for holder in complaint.holders:
        works = rights_state.held_by(connection, holder)
        works |= candidates_state.by_author(connection, holder)
        if not works:
            raise BadInput(
                holder,
                reason="holds no right and made no video that is known here",
                remedy="Write the name as `viral-forge rights show CANDIDATE` writes it.",
            )
        videos |= works
    return videos


def _refuse_clips(
    connection: sa.Connection, complaint: Complaint, *, now: datetime
) -> list[Publication]:
    """Posts that may be live of the clips it names, to which everybody says no from now on."""
    no = Decision(
        is_approved=False, decided_by=complaint.asked_by, decided_at=now, note=complaint.why
    )
    return [
        post
        for clip in [decide(connection, prefix, no) for prefix in complaint.clips]
        for post in publications_state.of_candidate(connection, clip.candidate_key)
        if post.content_sha256 == clip.content_sha256 and post.state in MAY_BE_LIVE
    ]


def _live_posts(connection: sa.Connection, video: tuple[str, str]) -> list[Publication]:
    """Posts that may be live of clips made of a work, or that hold it."""
    made_of = {row.candidate_key for row in candidates_state.of_video(connection, *video)}
    holding = clips_state.with_material(connection, *video)
    contents = {clip.content_sha256 for clip in holding}
    keys = sorted({*made_of, *(clip.candidate_key for clip in holding)})
    return [
        post
        for key in keys
        for post in publications_state.of_candidate(connection, key)
        if post.state in MAY_BE_LIVE and (key in made_of or post.content_sha256 in contents)
    ]


def _asked(post: Publication, complaint: Complaint, now: datetime) -> Retraction:
    return Retraction(
        publication_id=post.publication_id,
        asked_by=complaint.asked_by,
        asked_at=now,
        why=complaint.why,
        state=RetractionState.OPEN,
        due_at=now,
    )


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracting:
    """Works on open takedowns: asks platforms, or leaves a task with the post's address."""

    state: sa.Engine
    publishers: Mapping[str, Publisher]
    clock: Callable[[], datetime] = field(default=_now)

    def work(self) -> int:
        """How many takedowns were tried; each is one step further or says why not."""
        with self.state.connect() as connection:
            due = retractions_state.due(connection, now=self.clock(), limit=_MOST_AT_ONCE)
        for retraction in due:
            self._try(retraction)
        return len(due)

    def _try(self, retraction: Retraction) -> None:
        with self.state.connect() as connection:
            post = publications_state.get(connection, retraction.publication_id)
            channel = None if post is None else channels_state.get(connection, post.channel_id)
        if post is None or channel is None:
            self._hand_over(retraction, "its channel is not known any more")
        elif post.state is PublicationState.RETRACTED:
            self._settle(retraction, RetractionState.DONE, "it was taken down already")
        elif post.state in MAY_BE_LIVE - {PublicationState.PUBLISHED}:
            self._settle(
                retraction,
                RetractionState.OPEN,
                f"whether it is live is not settled yet: {post.state}",
                again=_UNSETTLED,
            )
        elif post.state is not PublicationState.PUBLISHED:
            self._settle(retraction, RetractionState.DONE, f"it never went live: {post.state}")
        else:
            self._take_down(retraction, post, self.publishers.get(channel.publisher), channel.name)

    def _take_down(
        self, retraction: Retraction, post: Publication, publisher: Publisher | None, channel: str
    ) -> None:
        if not isinstance(publisher, Retractor):
            self._hand_over(retraction, f"no machine can take it down at {post.channel_id}")
            return
        try:
            outcome = publisher.retract(post, channel=channel)
        except Permanent as error:
            self._hand_over(retraction, str(error))
        except (Transient, ReauthorisationNeeded, OutcomeUnknown) as error:
            if retraction.attempts + 1 >= _MOST_TRIES:
                self._hand_over(retraction, f"tried {_MOST_TRIES} times: {error}")
                return
            self._settle(retraction, RetractionState.OPEN, str(error), again=_wait(error))
        else:
            self._settle(retraction, RetractionState.DONE, outcome.value)

    def _hand_over(self, retraction: Retraction, why: str) -> None:
        self._settle(retraction, RetractionState.BY_HAND, f"take it down by hand: {why}")

    def _settle(
        self,
        retraction: Retraction,
        state: RetractionState,
        outcome: str,
        *,
        again: timedelta = timedelta(),
    ) -> None:
        now = self.clock()
        with self.state.begin() as connection:
            is_settled = retractions_state.settle(
                connection, retraction, state, outcome=outcome, due_at=now + again, now=now
            )
            if is_settled and state is RetractionState.DONE:
                _mark(connection, retraction.publication_id, outcome, now=now)


def confirm_by_hand(
    connection: sa.Connection, publication_id: str, *, confirmed_by: str, now: datetime
) -> Retraction:
    """The takedown, done: a person took the post down.

    Raises:
        NotFound: nobody asked for that post to be taken down.
    """
    retraction = retractions_state.get(connection, publication_id)
    if retraction is None:
        raise NotFound(
            f"no takedown of {printable(publication_id)} was asked for; "
            "`viral-forge takedown list` names those that were."
        )
    outcome = f"{confirmed_by} took it down"
    retractions_state.settle(
        connection, retraction, RetractionState.DONE, outcome=outcome, due_at=now, now=now
    )
    _mark(connection, publication_id, outcome, now=now)
    return retraction


def _mark(connection: sa.Connection, publication_id: str, outcome: str, *, now: datetime) -> None:
    publications_state.settle(
        connection,
        publication_id,
        PublicationState.RETRACTED,
        expected=PublicationState.PUBLISHED,
        now=now,
        reason=outcome,
    )


def _wait(error: ViralForgeError) -> timedelta:
    asked = error.retry_after if isinstance(error, Transient) else None
    return asked if asked is not None else _AGAIN
