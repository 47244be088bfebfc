"""Posts, the outbox's states and what a publisher does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, runtime_checkable

from viral_forge_resources.contracts.counting_text import Unit
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.rhythm import Rhythm
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.stamps import Stamp


class PublicationState(StrEnum):
    """Where one publication stands."""

    PLANNED = "planned"
    APPROVED = "approved"
    SUBMITTING = "submitting"
    PROCESSING = "processing"
    UNKNOWN = "unknown"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    RETRACTED = "retracted"


_S = PublicationState

TRANSITIONS: Mapping[PublicationState, frozenset[PublicationState]] = MappingProxyType(
    {
        _S.PLANNED: frozenset({_S.APPROVED, _S.WITHDRAWN}),
        _S.APPROVED: frozenset({_S.SUBMITTING, _S.WITHDRAWN}),
        # Back to approved only when the platform certainly holds nothing.
        _S.SUBMITTING: frozenset(
            {_S.PUBLISHED, _S.PROCESSING, _S.REJECTED, _S.APPROVED, _S.UNKNOWN}
        ),
        _S.PROCESSING: frozenset({_S.PUBLISHED, _S.REJECTED, _S.UNKNOWN}),
        _S.UNKNOWN: frozenset(
            {_S.PUBLISHED, _S.PROCESSING, _S.APPROVED, _S.REJECTED, _S.WITHDRAWN}
        ),
        _S.PUBLISHED: frozenset({_S.RETRACTED}),
        _S.REJECTED: frozenset(),
        # Planning the very same bytes again brings the row back, to be approved anew.
        _S.WITHDRAWN: frozenset({_S.PLANNED}),
        _S.RETRACTED: frozenset(),
    }
)
"""Every step a publication may take; the one place that says so."""

MAY_BE_LIVE = frozenset({_S.SUBMITTING, _S.PROCESSING, _S.UNKNOWN, _S.PUBLISHED})
"""States in which the platform may hold the post: such a clip is never planned again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One account of ours on one platform.

    Attributes:
        channel_id: ``<publisher>:<name>``.
        niche: whose clips go there.
        rhythm: when it posts; None: as soon as a post may go out.
    """

    channel_id: str
    publisher: str
    name: str
    niche: str
    rhythm: Rhythm | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostText:
    """The words of a post.

    Attributes:
        written_by: the model that wrote them; None: they are the source's and the clip's own.
        title_style: what the title was made to do and does; None: what titles usually do.
    """

    title: str
    description: str
    tags: tuple[str, ...] = ()
    attribution: str | None = None
    written_by: str | None = None
    title_style: TitleStyle | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLimits:
    """How long the words of a post are made, as the platform counts; None: there is no limit.

    Attributes:
        max_tags: of all of them together, the characters between them included.
        unit: what titles are counted in.
        description_unit: what descriptions are counted in.
        forbidden: characters that a title or a description may not hold.
    """

    max_title: int | None = None
    max_description: int | None = None
    max_tags: int | None = None
    unit: Unit = Unit.CHARACTERS
    description_unit: Unit = Unit.CHARACTERS
    forbidden: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disclosure:
    """What viewers must be told about a post."""

    is_synthetic: bool = False
    is_paid: bool = False
    is_made_for_kids: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One row of the outbox: a clip for a channel.

    Attributes:
        publication_id: made of content hash and channel, so planning twice gives one row.
        content_sha256: the very bytes that were planned, approved and posted.
        due_at: not before this moment.
        priority: of those that wait for the channel, higher ones go first.
        lease_until: while ``submitting``, the time after which no answer means ``unknown``.
        receipt: opaque handle of an upload in processing.
    """

    publication_id: str
    candidate_key: str
    clip_number: int
    content_sha256: str
    channel_id: str
    state: PublicationState
    text: PostText
    due_at: datetime
    planned_at: datetime
    priority: int = 0
    attempts: int = 0
    lease_until: datetime | None = None
    claimed_by: str | None = None
    claimed_at: datetime | None = None
    receipt: str | None = None
    post_id: str | None = None
    post_url: str | None = None
    published_at: datetime | None = None
    reason: str | None = None
    disclosure: Disclosure = Disclosure()


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Size and rate of a video."""

    width_px: int
    height_px: int
    fps: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What a publisher is given: words and local files, to read only.

    Attributes:
        duration_s: of the video.
        stamp: of the video, when it was found to hold these bytes; None: only hashing it tells.
        picture: of the video; None where nobody knows.
        has_overlay: a name or a logo is drawn on the picture; None where nobody knows.
    """

    publication_id: str
    channel: str
    content_sha256: str
    text: PostText
    video: Path
    cover: Path
    subtitles: Path | None
    due_at: datetime
    duration_s: float
    disclosure: Disclosure = Disclosure()
    has_overlay: bool | None = None
    picture: Picture | None = None
    stamp: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The post is live, or the platform makes it so at a moment that is fixed.

    Attributes:
        note: what a person should know, such as that it is not as public as was asked for.
        live_at: when the platform shows it to the public; None: it does.
    """

    post_id: str
    url: str
    note: str | None = None
    live_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Processing:
    """The platform has the upload and is not done with it.

    Attributes:
        look_after: how long to wait before the next look; None leaves that to the outbox.
        note: what a person should know or do.
    """

    receipt: str
    look_after: timedelta | None = None
    note: str | None = None


class Lookup(StrEnum):
    """What looking for a post whose answer was lost can end in, besides finding it."""

    ABSENT = "absent"
    UNDECIDABLE = "undecidable"


class Publisher(Protocol):
    """Posts to one platform."""

    platform: str
    limits: TextLimits

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why the platform would refuse the post, by its own rules and its own counting.

        Nobody is asked; called before anything is sent. Empty where nothing speaks against it.
        """

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Hand the post to the platform, once.

        What the platform opens for the post is saved in ``session`` before a byte goes out, and an
        upload that an earlier run began is resumed from there. Only bytes of
        ``post.content_sha256`` become a post: what was approved may have been rendered anew a
        moment ago, so the video's stamp is looked at with every piece, or the video is hashed.

        Raises:
            Rejected: the platform refused it, or the bytes are other ones.
            Transient: the platform certainly shows nothing; may be tried again.
            ReauthorisationNeeded, Misconfigured: the same; a person has to act first.
            OutcomeUnknown: the answer was lost.
        """

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Look how an upload in processing is doing; changes nothing.

        Raises:
            Rejected: the platform refused it after all.
            NotFound: the platform knows nothing of it.
            Transient: no answer this time.
        """

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Look for a post whose answer was lost; changes nothing.

        Args:
            publication: whose post it would be.
            channel: the name of its channel.
            saved: what its session saved last; with it, ``ABSENT`` also means that submitting
                resumes what was begun.

        Raises:
            Rejected: the platform has it, and refused it.
            Transient: no answer this time.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's yes or no to the very bytes of a clip."""

    content_sha256: str
    is_approved: bool
    decided_by: str
    decided_at: datetime
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PostMetric:
    """One number of one post at one moment.

    Attributes:
        value: None where the source leaves the cell empty; ``reason`` says so.
        unit: ``count``, ``s``, ``ratio`` or an ISO 4217 currency.
        as_of: the moment the number speaks of.
        definition: name and version of what was counted, as the source defines it.
        source: where it was read: API or file.
    """

    publication_id: str
    metric: str
    value: float | None
    unit: str
    as_of: datetime
    definition: str
    source: str
    reason: str | None = None


@runtime_checkable
class MetricsReader(Protocol):
    """Reads results of posts back.

    Attributes:
        most_at_once: how many posts of one channel one ``read`` may be asked about; None where
            the posts of every channel are read together.
    """

    most_at_once: int | None

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that there is of these posts; changes nothing.

        A number that the platform leaves out is a row without a value and with the reason. May be
        called by several threads at once.

        Raises:
            BadInput: a file that cannot be understood; names file and column.
            Transient: the platform did not answer.
            ReauthorisationNeeded, Misconfigured, UnexpectedAnswer: no number can be had like this;
                of several posts the caller then asks one by one.
        """


@runtime_checkable
class TellsLate(Protocol):
    """Reads from a platform that may tell a post's id only after the post went out."""

    def lacks_id(self, publication: Publication) -> bool:
        """Whether the post went out before its id was told; nobody is asked."""

    def told_since(self, publication: Publication) -> Published | None:
        """The post, whose id it lacks, under the one that was told since; None: not yet.

        Changes nothing.

        Raises:
            NotFound: the platform knows nothing of the upload any more.
            Transient, ReauthorisationNeeded, Misconfigured, UnexpectedAnswer: no answer this time.
        """
