"""Publishes to TikTok: a draft for the app's inbox, or a post where TikTok audited the app."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import httpx
from pydantic import Field, HttpUrl, model_validator
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.counting_text import Unit
from viral_forge_resources.contracts.errors import (
    NotFound,
    Rejected,
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
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _tiktok_calls as calls
from viral_forge_resources.publishers import _tiktok_words as words
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import (
    Caller,
    Refused,
    nothing_is_certain,
    outcomes,
)
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tiktok_chunks import plan_chunks
from viral_forge_resources.publishers._tiktok_metrics import MOST_AT_ONCE, TiktokMetrics
from viral_forge_resources.publishers._tiktok_sight import (
    TiktokReceipt,
    TiktokSession,
    lacks_id,
    may_begin_anew,
    outcome_of,
    place_of,
    public_post,
    upload_of,
)
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_MOST_TRIES = 5
_FIRST_LOOK = timedelta(seconds=2)
_R = Recovery
_ASKS_AGAIN = frozenset({_R.RETRY_SAME, _R.RESYNC_OFFSET, _R.NEW_SESSION})


class Settings(BaseSettings):
    """How videos are posted to TikTok."""

    model_config = settings_config("PUBLISHER_TIKTOK")

    posts_directly: bool = Field(
        default=False,
        description="Post without a person; otherwise videos become drafts in the app's inbox.",
    )
    app_is_audited: bool = Field(
        default=False, description="TikTok audited the app; it has to for direct posts."
    )
    privacy: Literal[
        "PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY"
    ] = Field(
        default="PUBLIC_TO_EVERYONE",
        description="Who may see direct posts: PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS,"
        " FOLLOWER_OF_CREATOR or SELF_ONLY.",
    )
    is_own_brand: bool = Field(default=False, description="Posts promote the creator's business.")
    api_url: HttpUrl = Field(
        default=HttpUrl("https://open.tiktokapis.com/"), description="TikTok's API."
    )

    @model_validator(mode="after")
    def _audited(self) -> "Settings":
        if self.posts_directly and not self.app_is_audited:
            raise ValueError("posts_directly needs app_is_audited: TikTok lets no other app do so")
        return self


def open_plugin(settings: Settings, tools: PublishTools) -> "TiktokPublisher":
    """The publisher that ``settings`` describe."""
    return TiktokPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class TiktokPublisher:
    """Sends each video once: without its bytes TikTok has nothing to show."""

    settings: Settings
    tools: PublishTools

    platform = "tiktok"
    most_at_once = MOST_AT_ONCE
    # Title, description and hashtags share one field of 2,200 UTF-16 units.
    limits = TextLimits(
        max_title=150,
        max_description=1_700,
        max_tags=200,
        unit=Unit.UTF16_UNITS,
        description_unit=Unit.UTF16_UNITS,
    )

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why TikTok would refuse the post, by its own limits and guidelines."""
        return tuple(words.problems(post, privacy=self.settings.privacy))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Send the video, or the rest of it.

        Raises:
            Rejected: TikTok refused it, or the bytes are other ones.
            Transient: TikTok certainly shows nothing; may be tried again.
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
        """What an upload begun before comes to; None if there is none, or nothing can of it."""
        saved = remembered(TiktokSession, session.saved)
        if saved is None:
            return None
        with nothing_is_certain():
            known = self._calls(post.channel).status(saved.publish_id)
        place = place_of(known, saved)
        is_dead = place is not None and self.tools.clock() >= saved.dies_at
        if is_dead or may_begin_anew(known):
            return None
        if place is None:
            return self._outcome(known, saved.receipt)
        try:
            return self._sent(post, video, session, saved, place)
        except Refused as refused:
            if refused.recovery is not _R.NEW_SESSION:
                raise
            return None

    def _begun(
        self, post: Post, video: ApprovedVideo, session: SessionLog
    ) -> Published | Processing:
        api = self._calls(post.channel)
        api.require_account()
        chunks = plan_chunks(video.size)
        source = {
            "source": "FILE_UPLOAD",
            "video_size": video.size,
            "chunk_size": chunks.chunk_size,
            "total_chunk_count": chunks.count,
        }
        body: dict[str, Any] = {"source_info": source}
        creator = None
        if self.settings.posts_directly:
            creator = api.creator()
            body["post_info"] = words.post_info(
                post,
                creator,
                privacy=self.settings.privacy,
                is_own_brand=self.settings.is_own_brand,
            )
        publish_id, address = api.begin(is_direct=self.settings.posts_directly, body=body)
        begun = TiktokSession(
            publish_id=publish_id,
            address=address,
            size=video.size,
            since=self.tools.clock(),
            username=str(inside(creator, "creator_username") or ""),
        )
        session.save(written(begun))
        return self._sent(post, video, session, begun, 0)

    def _sent(
        self,
        post: Post,
        video: ApprovedVideo,
        session: SessionLog,
        saved: TiktokSession,
        place: int,
    ) -> Published | Processing:
        chunks, api = plan_chunks(saved.size), self._calls(post.channel)
        tries = 0
        while place < saved.size:
            span = chunks.chunk_at(place)
            try:
                api.send(saved.address, video, span, session.keep)
                place = span[1]
            except Refused as refused:
                tries += 1
                if refused.recovery not in _ASKS_AGAIN:
                    raise
                reached = self._reached(post.channel, saved, video)
                if reached is None:
                    break
                # A dead address and a server that takes nothing more are for another run.
                if refused.recovery is _R.NEW_SESSION or reached == place or tries >= _MOST_TRIES:
                    raise
                place = reached
        return Processing(receipt=written(saved.receipt), look_after=_FIRST_LOOK)

    def _reached(self, channel: str, saved: TiktokSession, video: ApprovedVideo) -> int | None:
        """Where to go on; None if TikTok has everything."""
        with nothing_is_certain() if video.is_handed_over else nullcontext():
            known = self._calls(channel).status(saved.publish_id)
            return place_of(known, saved)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """How TikTok is getting on with the video.

        Raises:
            Rejected: it refused the video after all; says why.
            NotFound: it knows of no such upload.
        """
        known_as = TiktokReceipt.read(receipt)
        with outcomes(self._id(channel), is_reading=True):
            known = self._calls(channel).status(known_as.publish_id)
            if may_begin_anew(known):
                raise NotFound(f"TikTok gave the upload up: {inside(known, 'fail_reason')}")
            return self._outcome(known, known_as)

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Ask what became of the upload; one that was never begun can have left nothing."""
        del publication
        session = remembered(TiktokSession, saved)
        if session is None:
            return Lookup.ABSENT
        with outcomes(self._id(channel), is_reading=True):
            try:
                known = self._calls(channel).status(session.publish_id)
            except NotFound:
                return Lookup.UNDECIDABLE
            if may_begin_anew(known) or place_of(known, session) is not None:
                return Lookup.ABSENT
            return self._outcome(known, session.receipt)

    def _outcome(self, known: Any, receipt: TiktokReceipt) -> Published | Processing:  # noqa: ANN401
        # Who sees a draft that a person posts, that person decides.
        may_be_public = (
            not self.settings.posts_directly or self.settings.privacy == "PUBLIC_TO_EVERYONE"
        )
        return outcome_of(known, receipt, now=self.tools.clock(), may_be_public=may_be_public)

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """What TikTok says of one account's videos; a number that it leaves out says why.

        Raises:
            Transient: no answer this time, or an allowance is spent.
            ReauthorisationNeeded, Misconfigured: TikTok does not let us.
        """
        if not publications:
            return ()
        channel_id = publications[0].channel_id
        caller = Caller(tools=self.tools, channel_id=channel_id, judge=calls.judge_calls)
        reader = TiktokMetrics(caller=caller, origin=httpx.URL(str(self.settings.api_url)))
        with outcomes(channel_id, is_reading=True):
            return reader.read(publications)

    def lacks_id(self, publication: Publication) -> bool:
        """Whether TikTok had told no id of the post when it went out."""
        return lacks_id(publication)

    def told_since(self, publication: Publication) -> Published | None:
        """The post under the id that TikTok told since; None: not yet, or it is not public.

        Raises:
            NotFound: TikTok knows nothing of the upload any more.
            Transient, ReauthorisationNeeded, Misconfigured, UnexpectedAnswer: no answer this time.
        """
        upload = upload_of(publication)
        with outcomes(publication.channel_id, is_reading=True):
            channel = publication.channel_id.partition(":")[2]
            return public_post(self._calls(channel).status(upload.publish_id), upload)

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> calls.TiktokCalls:
        caller = Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge_calls)
        return calls.TiktokCalls(caller=caller, origin=httpx.URL(str(self.settings.api_url)))
