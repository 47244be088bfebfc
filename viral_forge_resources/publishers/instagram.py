"""Publishes Reels to Instagram: a container takes the video, and is published once it is ready.

A container shows nothing to anybody, so what is not published yet waits as an approved post.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    NotFound,
    RateLimited,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Post,
    PostMetric,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.publishers import _instagram_metrics as numbers
from viral_forge_resources.publishers import _instagram_words as words
from viral_forge_resources.publishers import _meta_calls as calls
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, outcomes
from viral_forge_resources.publishers._instagram_calls import GONE, InstagramCalls
from viral_forge_resources.publishers._meta_insights import AT_ONCE, Insights
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._post_files import caption
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE = timedelta(minutes=1)
_SHOWS_WITHIN = timedelta(minutes=5)
"""A publication whose answer was lost shows at its container after so long, if it took effect."""


class Settings(BaseSettings):
    """How Reels are posted."""

    model_config = settings_config("PUBLISHER_INSTAGRAM")

    skip_rate: numbers.Scale | None = Field(
        default=None,
        description="How Instagram counts reels_skip_rate: percent (up to 100) or ratio (up to 1);"
        " empty: it is not read, since its documents do not say.",
    )
    shares_to_feed: bool = Field(default=True, description="Show Reels among the posts, too.")
    api_url: HttpUrl = Field(
        default=HttpUrl("https://graph.facebook.com/"),
        description="The Graph API with Facebook's login: the one that takes files.",
    )
    api_version: str = Field(
        default="v26.0", pattern=r"^v\d+\.\d+$", description="Version of the Graph API."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What a Reel is resumed by.

    Attributes:
        address: for the bytes; a secret.
        asked_at: when its publication was asked for: the answer may be lost.
    """

    container: str
    address: str
    size: int
    since: datetime
    asked_at: datetime | None = None


def open_plugin(settings: Settings, tools: PublishTools) -> "InstagramPublisher":
    """The publisher that ``settings`` describe."""
    return InstagramPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class InstagramPublisher:
    """Publishes each Reel once: its container says whether it was."""

    settings: Settings
    tools: PublishTools

    platform = "instagram"
    most_at_once = AT_ONCE
    # Title, description and tags share one field.
    limits = TextLimits(max_title=150, max_description=1_700, max_tags=200)

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why Instagram would refuse the post, by its own limits."""
        return tuple(words.problems(post))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the Reel one step on: its container, its bytes, its publication.

        Raises:
            Rejected: Instagram refused it, or the bytes are other ones.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            OutcomeUnknown: it may have been published.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            api, saved = self._calls(post.channel), remembered(_Session, session.saved)
            status = None if saved is None else api.status(saved.container)
            if saved is None or status in {"EXPIRED", GONE}:
                saved = self._begun(api, post, video, session)
            if status == "PUBLISHED":
                return _noted(api.listed(caption(post.text), saved.since), post.disclosure)
            if status != "FINISHED":
                self._fill(api, video, session, saved, status)
            return _noted(self._publish(api, session, saved), post.disclosure)

    def _begun(
        self, api: InstagramCalls, post: Post, video: ApprovedVideo, session: SessionLog
    ) -> _Session:
        container, address = api.open(
            caption(post.text),
            in_feed=self.settings.shares_to_feed,
            is_synthetic=post.disclosure.is_synthetic,
        )
        begun = _Session(
            container=container, address=address, size=video.size, since=self.tools.clock()
        )
        session.save(written(begun))
        return begun

    def _fill(
        self,
        api: InstagramCalls,
        video: ApprovedVideo,
        session: SessionLog,
        saved: _Session,
        status: str | None,
    ) -> None:
        """Return if the container is ready to be published.

        Raises:
            RateLimited: Instagram still works on it.
            Rejected: it cannot use the video; says why.
        """
        if status == "ERROR":
            raise Rejected(f"Instagram cannot use the video: {api.trouble(saved.container)}")
        place = 0 if status is None else api.place(saved.container)
        if place < saved.size:
            api.graph.upload(saved.address, video, place, session.keep)
        if api.status(saved.container) != "FINISHED":
            raise RateLimited("Instagram is still working on the video", retry_after=_A_MINUTE)

    def _publish(self, api: InstagramCalls, session: SessionLog, saved: _Session) -> Published:
        api.require_room()
        session.save(written(replace(saved, asked_at=self.tools.clock())))
        return api.publish(saved.container)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Nothing: what is not published waits as an approved post.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"Instagram has no upload '{receipt}' in processing on {channel}")

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Ask the container whether it was published; without one nothing can have been."""
        session = remembered(_Session, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        api = self._calls(channel)
        with outcomes(self._id(channel), is_reading=True):
            status = api.status(session.container)
            if status == "PUBLISHED":
                live = api.listed(caption(publication.text), session.since)
                return _noted(live, publication.disclosure)
        if status == GONE:  # which says nothing of whether it was published before
            return Lookup.UNDECIDABLE
        if self.tools.clock() - session.asked_at < _SHOWS_WITHIN:
            raise Unreachable(
                "Instagram may be publishing the Reel just now", retry_after=_A_MINUTE
            )
        return Lookup.ABSENT

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that Instagram gives of these posts, and why one is absent."""
        return Insights(
            platform=self.platform,
            edge="insights",
            groups=numbers.groups(self.settings.skip_rate),
            absent=numbers.absent(self.settings.skip_rate),
            source=f"Instagram insights {self.settings.api_version}",
            calls_of=lambda channel: self._calls(channel).graph,
            clock=self.tools.clock,
        ).read(publications)

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> InstagramCalls:
        caller = Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge)
        graph = httpx.URL(str(self.settings.api_url))
        version = self.settings.api_version
        return InstagramCalls(calls.MetaCalls(caller=caller, graph=graph, version=version))


def _noted(live: Published, disclosure: Disclosure) -> Published:
    return replace(live, note=unlabelled(disclosure, platform="Instagram"))
