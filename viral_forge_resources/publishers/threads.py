"""Publishes videos to Threads: a container fetches the video, and is published once it is ready.

Threads takes no files: the approved bytes are lent at an address of the storage for some hours. A
container shows nothing to anybody, so what is not published yet waits as an approved post.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.counting_text import Unit
from viral_forge_resources.contracts.errors import (
    NotFound,
    RateLimited,
    Rejected,
    Unreachable,
)
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
from viral_forge_resources.publishers import _meta_calls as calls
from viral_forge_resources.publishers import _threads_metrics as numbers
from viral_forge_resources.publishers import _threads_words as words
from viral_forge_resources.publishers._calling import Caller, outcomes
from viral_forge_resources.publishers._meta_insights import AT_ONCE, Insights
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._threads_calls import GONE, ThreadsCalls, unusable
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE, _FIRST_LOOK = timedelta(minutes=1), timedelta(seconds=30)
_SHOWS_WITHIN = timedelta(minutes=5)
"""A publication whose answer was lost shows at its container after so long, if it took effect."""

_BEGUN_ANEW = frozenset({GONE, "EXPIRED"})
_NONE = (GONE, "")


class Settings(BaseSettings):
    """How videos are posted to Threads."""

    model_config = settings_config("PUBLISHER_THREADS")

    synthetic_notice: str = Field(
        default="Made with AI.",
        max_length=60,
        description="Last line of a post that holds AI's work: Threads has no field for it.",
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://graph.threads.net/"), description="The API of Threads."
    )
    api_version: str = Field(
        default="v1.0", pattern=r"^v\d+\.\d+$", description="Version of the API of Threads."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What a post is resumed by.

    Attributes:
        text: its words, by which it is known again.
        asked_at: when its publication was asked for, where the answer may have been lost.
    """

    container: str
    text: str
    since: datetime
    asked_at: datetime | None = None


def open_plugin(settings: Settings, tools: PublishTools) -> "ThreadsPublisher":
    """The publisher that ``settings`` describe."""
    return ThreadsPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class ThreadsPublisher:
    """Publishes each post once: its container says whether it was."""

    settings: Settings
    tools: PublishTools

    platform = "threads"
    most_at_once = AT_ONCE
    # One field of 500 characters for all words; of emoji the bytes count, so bytes are enough.
    limits = TextLimits(
        max_title=100,
        max_description=270,
        max_tags=60,
        unit=Unit.UTF8_BYTES,
        description_unit=Unit.UTF8_BYTES,
    )

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why Threads would refuse the post, by its own limits."""
        notice = self.settings.synthetic_notice
        return tuple(words.problems(post, synthetic_notice=notice))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the post one step on: its container, its publication.

        Raises:
            Rejected: Threads refused it, or the bytes are other ones.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            Misconfigured: Threads cannot fetch the video.
            OutcomeUnknown: it may have been published.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with outcomes(self._id(post.channel)):
            api, saved = self._calls(post.channel), remembered(_Session, session.saved)
            status, error = _NONE if saved is None else api.status(saved.container)
            if saved is None or status in _BEGUN_ANEW:
                saved = self._begun(api, post, session)
                status, error = api.status(saved.container)
            note = unlabelled(post.disclosure, platform="Threads")
            if status == "PUBLISHED":
                return self._done(post, api.listed(saved.text, saved.since, note))
            self._require_ready(post, session, saved, status, error)
            return self._done(post, self._publish(api, session, saved, note))

    def _begun(self, api: ThreadsCalls, post: Post, session: SessionLog) -> _Session:
        text = words.text_of(post, synthetic_notice=self.settings.synthetic_notice)
        now = self.tools.clock()
        address = self.tools.lending.lend(post.video, post.content_sha256, to=post.publication_id)
        begun = _Session(container=api.open(address, text), text=text, since=now)
        session.save(written(begun))
        return begun

    def _require_ready(
        self, post: Post, session: SessionLog, saved: _Session, status: str, error: str
    ) -> None:
        if status == "IN_PROGRESS":
            raise RateLimited("Threads is working on the video", retry_after=_FIRST_LOOK)
        if status == "FINISHED":
            return
        if status != "ERROR":
            raise Unreachable(f"the container is begun anew: Threads calls it '{status}'")
        self.tools.lending.take_back(post.publication_id)
        session.save(written(replace(saved, container="")))  # the next one begins anew
        raise unusable(error)

    def _publish(
        self, api: ThreadsCalls, session: SessionLog, saved: _Session, note: str | None
    ) -> Published:
        api.require_room()
        session.save(written(replace(saved, asked_at=self.tools.clock())))
        return api.seen(api.publish(saved.container), note)

    def _done(self, post: Post | Publication, live: Published) -> Published:
        self.tools.lending.take_back(post.publication_id)
        return live

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Nothing: what is not published waits as an approved post.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"Threads has no upload '{receipt}' in processing on {channel}")

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Ask the container whether it was published; without one nothing can have been."""
        session = remembered(_Session, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        api = self._calls(channel)
        with outcomes(self._id(channel), is_reading=True):
            status, _ = api.status(session.container)
            if status == "PUBLISHED":
                note = unlabelled(publication.disclosure, platform="Threads")
                return self._done(publication, api.listed(session.text, session.since, note))
        if status == GONE:  # which says nothing of whether it was published before
            return Lookup.UNDECIDABLE
        if self.tools.clock() - session.asked_at < _SHOWS_WITHIN:
            raise Unreachable("Threads may be publishing the post just now", retry_after=_A_MINUTE)
        return Lookup.ABSENT

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that Threads gives of these posts, and why one is absent."""
        return Insights(
            platform=self.platform,
            edge="insights",
            groups=numbers.GROUPS,
            absent=numbers.ABSENT,
            source=f"Threads insights {self.settings.api_version}",
            calls_of=lambda channel: self._calls(channel).graph,
            clock=self.tools.clock,
        ).read(publications)

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> ThreadsCalls:
        return ThreadsCalls(
            calls.MetaCalls(
                caller=Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge),
                graph=httpx.URL(str(self.settings.api_url)),
                version=self.settings.api_version,
            )
        )
