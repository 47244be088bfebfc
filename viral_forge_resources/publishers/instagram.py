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
    OutcomeUnknown,
    RateLimited,
    Rejected,
    UnexpectedAnswer,
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
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _instagram_metrics as numbers
from viral_forge_resources.publishers import _instagram_words as words
from viral_forge_resources.publishers import _meta_calls as calls
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, Refused, outcomes
from viral_forge_resources.publishers._meta_insights import AT_ONCE, Insights
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._post_files import caption
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE, _AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
_SHOWS_WITHIN = timedelta(minutes=5)
"""A publication whose answer was lost shows at its container after so long, if it took effect."""

_R = Recovery


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
            ApprovedVideo(post.video, post.content_sha256) as video,
        ):
            saved = remembered(_Session, session.saved)
            status = None if saved is None else self._status(post.channel, saved)
            if saved is None or status in {"EXPIRED", "GONE"}:
                saved = self._begun(post, video, session)
            if status == "PUBLISHED":
                live = self._published(post.channel, saved, caption(post.text))
                return _noted(live, post.disclosure)
            if status != "FINISHED":
                self._fill(post, video, session, saved, status)
            return _noted(self._publish(post.channel, session, saved), post.disclosure)

    def _begun(self, post: Post, video: ApprovedVideo, session: SessionLog) -> _Session:
        api = self._calls(post.channel)
        fields = {
            "media_type": "REELS",
            "upload_type": "resumable",
            "caption": caption(post.text),
            "share_to_feed": str(self.settings.shares_to_feed).lower(),
        }
        if post.disclosure.is_synthetic:
            fields["is_ai_generated"] = "true"
        opened = api.post(f"{self._account(api)}/media", fields)
        container, address = inside(opened, "id"), inside(opened, "uri")
        if not isinstance(container, str) or not isinstance(address, str):
            raise UnexpectedAnswer("Instagram opens a container without saying where it is")
        begun = _Session(
            container=container, address=address, size=video.size, since=self.tools.clock()
        )
        session.save(written(begun))
        return begun

    def _fill(
        self,
        post: Post,
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
        api = self._calls(post.channel)
        if status == "ERROR":
            told = inside(api.get(saved.container, fields="status"), "status")
            raise Rejected(f"Instagram cannot use the video: {told}")
        place = 0 if status is None else self._place(api, saved)
        if place < saved.size:
            api.upload(saved.address, video, place, session.keep)
        if self._status(post.channel, saved) != "FINISHED":
            raise RateLimited("Instagram is still working on the video", retry_after=_A_MINUTE)

    def _publish(self, channel: str, session: SessionLog, saved: _Session) -> Published:
        api = self._calls(channel)
        account = self._account(api)
        self._require_room(api, account)
        session.save(written(replace(saved, asked_at=self.tools.clock())))
        fields = {"creation_id": saved.container}
        answer = api.post(f"{account}/media_publish", fields, commits=True)
        media_id = inside(answer, "id")
        if not isinstance(media_id, str):
            raise OutcomeUnknown("Instagram published the Reel without naming it")
        try:
            return self._seen(api, media_id)
        except Refused as refused:
            raise OutcomeUnknown(f"it was published, and is not seen yet: {refused}") from refused

    def _require_room(self, api: calls.MetaCalls, account: str) -> None:
        told = api.get(f"{account}/content_publishing_limit", fields="config,quota_usage")
        used = inside(told, "data", 0, "quota_usage")
        most = inside(told, "data", 0, "config", "quota_total")
        if isinstance(used, int) and isinstance(most, int) and used >= most:
            raise RateLimited(
                f"Instagram lets this account post {most} times a day", retry_after=_AN_HOUR
            )

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
        with outcomes(self._id(channel), is_reading=True):
            status = self._status(channel, session)
            if status == "PUBLISHED":
                live = self._published(channel, session, caption(publication.text))
                return _noted(live, publication.disclosure)
        if status == "GONE":  # which says nothing of whether it was published before
            return Lookup.UNDECIDABLE
        if self.tools.clock() - session.asked_at < _SHOWS_WITHIN:
            raise Unreachable(
                "Instagram may be publishing the Reel just now", retry_after=_A_MINUTE
            )
        return Lookup.ABSENT

    def _published(self, channel: str, saved: _Session, words_of_it: str) -> Published:
        """The Reel of a container that was published: the one with its words since then.

        Raises:
            OutcomeUnknown: it is not listed, or cannot be told from another one.
        """
        api = self._calls(channel)
        fields = "id,permalink,caption,timestamp"
        listed = api.get(f"{self._account(api)}/media", fields=fields, limit="25")
        since = f"{saved.since - _A_MINUTE:%Y-%m-%dT%H:%M:%S}"
        found = [
            each
            for each in inside(listed, "data") or []
            if str(inside(each, "timestamp") or "") >= since
            and inside(each, "caption") == words_of_it
        ]
        if len(found) != 1:
            raise OutcomeUnknown(
                "Instagram says that the Reel was published, and which one it is cannot be told"
            )
        return Published(
            post_id=str(inside(found[0], "id")), url=str(inside(found[0], "permalink"))
        )

    def _seen(self, api: calls.MetaCalls, media_id: str) -> Published:
        told = api.get(media_id, fields="permalink")
        return Published(post_id=media_id, url=str(inside(told, "permalink")))

    def _status(self, channel: str, saved: _Session) -> str:
        """What the container says of itself, ``GONE`` where it is not there any more."""
        try:
            told = self._calls(channel).get(saved.container, fields="status_code")
        except Refused as refused:
            if refused.recovery is not _R.NEW_SESSION:
                raise
            return "GONE"
        return str(inside(told, "status_code"))

    def _place(self, api: calls.MetaCalls, saved: _Session) -> int:
        told = api.get(saved.container, fields="video_status")
        arrived = inside(told, "video_status", "uploading_phase", "bytes_transferred")
        return arrived if isinstance(arrived, int) else 0

    def _account(self, api: calls.MetaCalls) -> str:
        return api.caller.token().account_id

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that Instagram gives of these posts, and why one is absent."""
        return Insights(
            platform=self.platform,
            edge="insights",
            groups=numbers.groups(self.settings.skip_rate),
            absent=numbers.absent(self.settings.skip_rate),
            source=f"Instagram insights {self.settings.api_version}",
            calls_of=self._calls,
            clock=self.tools.clock,
        ).read(publications)

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> calls.MetaCalls:
        return calls.MetaCalls(
            caller=Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge),
            graph=httpx.URL(str(self.settings.api_url)),
            version=self.settings.api_version,
        )


def _noted(live: Published, disclosure: Disclosure) -> Published:
    return replace(live, note=unlabelled(disclosure, platform="Instagram"))
