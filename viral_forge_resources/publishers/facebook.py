"""Publishes Reels to a Facebook Page: a video is opened, takes its bytes, and is published once.

A Reel is known by its video's id before anything of it shows, so asking for its publication twice
asks for the same one. Personal profiles cannot be posted to.
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
    Lookup,
    Post,
    PostMetric,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _facebook_metrics as numbers
from viral_forge_resources.publishers import _facebook_sight as sight
from viral_forge_resources.publishers import _facebook_words as words
from viral_forge_resources.publishers import _meta_calls as calls
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, Refused, outcomes
from viral_forge_resources.publishers._facebook_extras import STEPS, add
from viral_forge_resources.publishers._meta_insights import AT_ONCE, Insights
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE = timedelta(minutes=1)

_R = Recovery


class Settings(BaseSettings):
    """How Reels are posted to Pages."""

    model_config = settings_config("PUBLISHER_FACEBOOK")

    reels_per_day: int = Field(
        default=30, ge=0, description="Reels that one Page takes by the API a day."
    )
    synthetic_notice: str = Field(
        default="Made with AI.",
        max_length=200,
        description="Last line of a Reel that holds AI's work: Facebook has no field for it.",
    )
    language: str = Field(
        default="en_US",
        pattern=r"^[a-z]{2,3}_[A-Z]{2}$",
        description="Locale of the subtitles, as Facebook writes it.",
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://graph.facebook.com/"), description="The Graph API."
    )
    api_version: str = Field(
        default="v26.0", pattern=r"^v\d+\.\d+$", description="Version of the Graph API."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Session:
    """What a Reel is resumed by.

    Attributes:
        address: for the bytes; a secret.
        asked_at: when its publication was asked for, where the answer may have been lost.
    """

    video_id: str
    address: str
    size: int
    asked_at: datetime | None = None


def open_plugin(settings: Settings, tools: PublishTools) -> "FacebookPublisher":
    """The publisher that ``settings`` describe."""
    return FacebookPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class FacebookPublisher:
    """Publishes each Reel once: the phases of its video say whether it was."""

    settings: Settings
    tools: PublishTools

    platform = "facebook"
    most_at_once = AT_ONCE
    # As for Instagram: longer words are cut off behind "more" anyway.
    limits = TextLimits(max_title=150, max_description=1_700, max_tags=200)

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why Facebook would refuse the post, by its own limits."""
        return tuple(words.problems(post))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the Reel one step on: its video, its bytes, its publication.

        Raises:
            Rejected: Facebook refused it, or the bytes are other ones.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            OutcomeUnknown: it may have been published.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            saved = remembered(_Session, session.saved)
            reel = None if saved is None else self._reel(post.channel, saved.video_id)
            if reel is not None and reel.is_taken:
                return reel.outcome(unlabelled(post.disclosure, platform="Facebook"))
            if saved is None or reel is None or reel.is_dead:
                saved, reel = self._begun(post, video, session), None
            self._fill(post, video, session, saved, reel)
            return self._publish(post, session, saved)

    def _begun(self, post: Post, video: ApprovedVideo, session: SessionLog) -> _Session:
        api = self._calls(post.channel)
        opened = api.post(f"{_page(api)}/video_reels", {"upload_phase": "start"})
        video_id, address = inside(opened, "video_id"), inside(opened, "upload_url")
        if not isinstance(video_id, str) or not isinstance(address, str):
            raise UnexpectedAnswer("Facebook opens a video without saying where it is")
        begun = _Session(video_id=video_id, address=address, size=video.size)
        session.save(written(begun))
        return begun

    def _fill(
        self,
        post: Post,
        video: ApprovedVideo,
        session: SessionLog,
        saved: _Session,
        reel: sight.Reel | None,
    ) -> None:
        """Return once Facebook has all bytes.

        Raises:
            Rejected: it cannot use the video; says why.
            RateLimited: it is still taking them in.
        """
        place = 0 if reel is None else reel.arrived
        if place < saved.size:
            self._calls(post.channel).upload(saved.address, video, place, session.keep)
        seen = self._reel(post.channel, saved.video_id)
        if seen is not None and seen.processing == "error":
            raise Rejected(f"Facebook cannot use the video: {seen.errors}")
        if seen is None or not seen.is_whole:
            raise RateLimited("Facebook is still taking the video in", retry_after=_A_MINUTE)

    def _publish(self, post: Post, session: SessionLog, saved: _Session) -> Published | Processing:
        api = self._calls(post.channel)
        self.tools.count(Use(bucket=self._reels_of(post.channel)))
        session.save(written(replace(saved, asked_at=self.tools.clock())))
        fields = {
            "upload_phase": "finish",
            "video_id": saved.video_id,
            "video_state": "PUBLISHED",
            "title": post.text.title,
            "description": words.description(post, synthetic_notice=self.settings.synthetic_notice),
        }
        try:
            answer = api.post(f"{_page(api)}/video_reels", fields, commits=True)
        except Refused as refused:
            has_no_video = calls.is_gone(refused)
            if has_no_video or refused.recovery is not _R.RECONCILE:  # a clear no
                session.save(written(replace(saved, asked_at=None)))
            if has_no_video:
                raise Unreachable(f"the upload is gone, and is begun anew: {refused}") from refused
            raise
        if inside(answer, "success") is not True:
            raise OutcomeUnknown("Facebook's answer to the publication says neither yes nor no")
        note = unlabelled(post.disclosure, platform="Facebook")
        receipt = sight.Receipt(video_id=saved.video_id, note=note)
        return Processing(receipt=written(receipt), look_after=_A_MINUTE)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """How Facebook is getting on with the Reel.

        Raises:
            Rejected: it refused the Reel after all; says why.
            NotFound: it knows of no such video.
        """
        known_as = sight.Receipt.read(receipt)
        with outcomes(self._id(channel), is_reading=True):
            reel = self._reel(channel, known_as.video_id)
        if reel is None:
            raise NotFound(f"Facebook shows no video {known_as.video_id}")
        return reel.outcome(known_as.note)

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Ask the video whether it was published; without one nothing can have been."""
        session = remembered(_Session, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        with outcomes(self._id(channel), is_reading=True):
            reel = self._reel(channel, session.video_id)
        if reel is None:  # which says nothing of whether it was published before
            return Lookup.UNDECIDABLE
        if reel.is_taken:
            return reel.outcome(unlabelled(publication.disclosure, platform="Facebook"))
        return reel.untaken(self.tools.clock() - session.asked_at)

    def steps(self) -> tuple[str, ...]:
        """The picture and the subtitles."""
        return STEPS

    def finish(self, step: str, post: Post, live: Published) -> None:
        """Set the picture or the subtitles of a live Reel.

        Raises:
            Transient: it may succeed later.
            ViralForgeError: it will not.
        """
        with outcomes(self._id(post.channel)):
            add(self._calls(post.channel), step, post, live, language=self.settings.language)

    def _reel(self, channel: str, video_id: str) -> sight.Reel | None:
        """The Reel as it is now; None if Facebook shows none of that id."""
        try:
            told = self._calls(channel).get(video_id, fields=sight.FIELDS)
        except Refused as refused:
            if not calls.is_gone(refused):
                raise
            return None
        return sight.read(video_id, told)

    def _reels_of(self, channel: str) -> Bucket:
        return Bucket(
            platform=self.platform,
            project=self._id(channel),
            name="reels",
            limit=self.settings.reels_per_day,
            window=Window.DAY,
        )

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that Facebook gives of these posts, and why one is absent."""
        return Insights(
            platform=self.platform,
            edge="video_insights",
            groups=numbers.GROUPS,
            absent=numbers.ABSENT,
            source=f"Facebook insights {self.settings.api_version}",
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


def _page(api: calls.MetaCalls) -> str:
    return api.caller.token().account_id
