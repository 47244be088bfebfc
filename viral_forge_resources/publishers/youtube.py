"""Publishes to YouTube: uploads that are resumed, and videos that are known again by their tag."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, Literal, Self

import httpx
from pydantic import Field, HttpUrl, model_validator
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.counting_text import Unit
from viral_forge_resources.contracts.errors import NotSupported, OutcomeUnknown, Rejected
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    PostMetric,
    Processing,
    Publication,
    Published,
    TextLimits,
)
from viral_forge_resources.contracts.retraction import Takedown
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.platforms.youtube_api import YoutubeSettings
from viral_forge_resources.publishers import _youtube_refusals as refusals
from viral_forge_resources.publishers import _youtube_words as words
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import (
    Caller,
    Refused,
    nothing_is_certain,
    outcomes,
)
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers._youtube_calls import Allowances, YoutubeCalls
from viral_forge_resources.publishers._youtube_metrics import MOST_AT_ONCE, YoutubeMetrics
from viral_forge_resources.publishers._youtube_sight import YoutubeSession, YoutubeSight
from viral_forge_resources.publishers._youtube_upload import ResumableUpload
from viral_forge_resources.settings import settings_config

_LARGEST_THUMBNAIL = 2_000_000
_THERE_ALREADY = "captionExists"
_R = Recovery


class Settings(BaseSettings):
    """How videos are posted to YouTube."""

    model_config = settings_config("PUBLISHER_YOUTUBE")

    privacy: Literal["public", "unlisted", "private"] = Field(
        default="public", description="Who may see new videos: public, unlisted or private."
    )
    public_after_minutes: int = Field(
        default=0,
        ge=0,
        le=40_320,
        description="Videos go up private at their time, and YouTube itself makes them public so"
        " many minutes later: by then it has made all sizes of them. Only with privacy public.",
    )
    category: str = Field(default="22", pattern=r"^\d{1,3}$", description="YouTube's category id.")
    notifies: bool = Field(default=True, description="Tell subscribers of new videos.")
    made_for_kids: bool = Field(
        default=False, description="Declare every video as made for kids, as the law may demand."
    )
    language: str = Field(default="en", description="Language of subtitles, as a BCP-47 tag.")
    uploads_per_day: int = Field(
        default=100, ge=0, description="Quota of videos.insert; other methods share the scanners'."
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://www.googleapis.com/"), description="The Data API and its uploads."
    )
    analytics_url: HttpUrl = Field(
        default=HttpUrl("https://youtubeanalytics.googleapis.com/"), description="Results."
    )

    @model_validator(mode="after")
    def _only_public_ones_wait(self) -> Self:
        if self.public_after_minutes and self.privacy != "public":
            raise ValueError(f"a {self.privacy} video is not made public: leave one of them out")
        return self


def open_plugin(settings: Settings, tools: PublishTools) -> "YoutubePublisher":
    """The publisher that ``settings`` describe."""
    return YoutubePublisher(settings, tools, asked=YoutubeSettings())


class YoutubePublisher:
    """Uploads each video once, as a whole, and looks before it would upload one again."""

    platform = "youtube"
    most_at_once: int | None = MOST_AT_ONCE
    # The tag by which a video is known again takes its part of the tags.
    limits = TextLimits(
        max_title=words.MOST_TITLE_CHARACTERS,
        max_description=words.MOST_DESCRIPTION_BYTES,
        max_tags=420,
        description_unit=Unit.UTF8_BYTES,
        forbidden=words.FORBIDDEN,
    )

    def __init__(self, settings: Settings, tools: PublishTools, *, asked: YoutubeSettings) -> None:
        self._settings = settings
        self._tools = tools
        self._allowances = Allowances(
            project=asked.project, uploads=settings.uploads_per_day, units=asked.units_per_day
        )
        self._wishes = words.Wishes(
            privacy=settings.privacy,
            category=settings.category,
            notifies=settings.notifies,
            public_after=timedelta(minutes=settings.public_after_minutes),
        )

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why YouTube would refuse the post, by its own limits."""
        return tuple(words.problems(post))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Upload the video, or the rest of it.

        Raises:
            Rejected: YouTube refused it, or the bytes are other ones.
            Transient: YouTube certainly shows nothing; may be tried again.
            OutcomeUnknown: it may have all of it.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            return self._resumed(post, video, session) or self._begun(post, video, session)

    def _resumed(
        self, post: Post, video: ApprovedVideo, session: SessionLog
    ) -> Published | Processing | None:
        """What an upload begun before comes to; None if there is none, or nothing of it."""
        saved = remembered(YoutubeSession, session.saved)
        if saved is None:
            return None
        sight = self._sight(post.channel)
        if saved.video_id is not None:
            with nothing_is_certain():
                return sight.now(saved.video_id)
        try:
            place = self._upload(post.channel, saved).status()
            return self._sent(post, video, session, saved, place)
        except Refused as refused:
            if refused.recovery is not _R.NEW_SESSION:
                raise
        with nothing_is_certain():
            return sight.after_loss(post.publication_id, saved)

    def _begun(
        self, post: Post, video: ApprovedVideo, session: SessionLog
    ) -> Published | Processing:
        calls, now = self._calls(post.channel), self._tools.clock()
        playlist = calls.uploads_playlist()
        begun = YoutubeSession(
            address=str(calls.announce(self._declared(post), self._wishes, video.size, now=now)),
            size=video.size,
            playlist=playlist,
            started_at=now,
            sent_at=now,
        )
        session.save(written(begun))
        try:
            return self._sent(post, video, session, begun, 0)
        except Refused as refused:
            if refused.recovery is _R.NEW_SESSION:
                raise OutcomeUnknown(f"the address of the upload is gone: {refused}") from refused
            raise

    def _sent(
        self,
        post: Post,
        video: ApprovedVideo,
        session: SessionLog,
        saved: YoutubeSession,
        place: Any,  # noqa: ANN401  a resource or a place
    ) -> Published | Processing:
        session.save(written(replace(saved, sent_at=self._tools.clock())))
        resource = self._upload(post.channel, saved).send(video, place, session.keep)
        with nothing_is_certain():
            video_id = inside(resource, "id")
            if not isinstance(video_id, str):
                raise OutcomeUnknown("YouTube's answer to a whole upload names no video")
            session.save(written(replace(saved, video_id=video_id)))
        return self._sight(post.channel).answer(resource)

    def _declared(self, post: Post) -> Post:
        is_for_kids = post.disclosure.is_made_for_kids or self._settings.made_for_kids
        return replace(post, disclosure=replace(post.disclosure, is_made_for_kids=is_for_kids))

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """How YouTube is getting on with the video.

        Raises:
            Rejected: it refused the video after all; says why.
            NotFound: there is no such video.
        """
        with outcomes(self._id(channel), is_reading=True):
            return self._sight(channel).now(receipt)

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Ask the upload's own address, then look through what the channel uploaded."""
        session, sight = remembered(YoutubeSession, saved), self._sight(channel)
        key = publication.publication_id
        with outcomes(self._id(channel), is_reading=True):
            if session is None:
                return sight.listed(key, publication.planned_at) or Lookup.ABSENT
            if session.video_id is not None:
                return sight.now(session.video_id)
            try:
                return sight.reached(self._upload(channel, session).status(), session)
            except Refused as refused:
                if refused.recovery is not _R.NEW_SESSION:
                    raise
            return sight.after_loss(key, session) or Lookup.ABSENT

    def retract(self, publication: Publication, *, channel: str) -> Takedown:
        """Make the video private: only its owner sees it, and may show it again.

        Raises:
            Rejected: YouTube does not let us.
            Transient: no answer this time.
            ReauthorisationNeeded: the channel must be connected again first.
        """
        with outcomes(self._id(channel)):
            return self._sight(channel).hidden(publication.post_id or "")

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """What YouTube says of one channel's videos; a number that it leaves out says why.

        Raises:
            Transient: no answer this time, or an allowance is spent.
            ReauthorisationNeeded, Misconfigured: YouTube does not let us.
        """
        if not publications:
            return ()
        channel_id = publications[0].channel_id
        judge = refusals.judge_calls(self._tools.clock)
        reader = YoutubeMetrics(
            caller=Caller(tools=self._tools, channel_id=channel_id, judge=judge),
            data=httpx.URL(str(self._settings.api_url)),
            analytics=httpx.URL(str(self._settings.analytics_url)),
            allowances=self._allowances,
        )
        with outcomes(channel_id, is_reading=True):
            return reader.read(publications)

    def steps(self) -> tuple[str, ...]:
        """The picture and the subtitles."""
        return ("thumbnail", "captions")

    def finish(self, step: str, post: Post, live: Published) -> None:
        """Set the picture or add the subtitles; subtitles that are there already stay.

        Raises:
            Transient: it may succeed later.
            ViralForgeError: it will not.
        """
        calls = self._calls(post.channel)
        with outcomes(self._id(post.channel)):
            if step == "thumbnail":
                self._set_thumbnail(calls, post, live)
            elif post.subtitles is not None:
                self._add_captions(calls, live, post.subtitles.read_bytes())

    def _set_thumbnail(self, calls: YoutubeCalls, post: Post, live: Published) -> None:
        picture = post.cover.read_bytes()
        if len(picture) > _LARGEST_THUMBNAIL:
            raise NotSupported(
                f"the cover has {len(picture):,} bytes, above {_LARGEST_THUMBNAIL:,}"
            )
        if not calls.set_thumbnail(live.post_id, picture):
            raise NotSupported("YouTube took the picture and does not show it")

    def _add_captions(self, calls: YoutubeCalls, live: Published, subtitles: bytes) -> None:
        try:
            calls.insert_captions(live.post_id, subtitles, self._settings.language)
        except Refused as refused:
            if refused.code != _THERE_ALREADY:
                raise

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _sight(self, channel: str) -> YoutubeSight:
        return YoutubeSight(
            calls=self._calls(channel), wishes=self._wishes, clock=self._tools.clock
        )

    def _calls(self, channel: str) -> YoutubeCalls:
        judge = refusals.judge_calls(self._tools.clock)
        return YoutubeCalls(
            caller=Caller(tools=self._tools, channel_id=self._id(channel), judge=judge),
            origin=httpx.URL(str(self._settings.api_url)),
            allowances=self._allowances,
        )

    def _upload(self, channel: str, session: YoutubeSession) -> ResumableUpload:
        judge = refusals.judge_uploads(self._tools.clock)
        caller = Caller(tools=self._tools, channel_id=self._id(channel), judge=judge)
        return ResumableUpload(caller=caller, address=httpx.URL(session.address), size=session.size)
