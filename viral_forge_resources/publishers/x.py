"""Publishes to X: a video goes up in segments, is worked on, and is then posted once.

Nobody sees a video before its post is made. A post whose answer was lost is looked for among the
account's own: it is the one that shows this very video.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.counting_text import Unit
from viral_forge_resources.contracts.errors import (
    NotFound,
    OutcomeUnknown,
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
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _x_calls as calls
from viral_forge_resources.publishers import _x_metrics as numbers
from viral_forge_resources.publishers import _x_words as words
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, Refused, outcomes
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers._x_upload import XSession, XUpload
from viral_forge_resources.settings import settings_config

_A_MINUTE = timedelta(minutes=1)
_SHOWS_WITHIN = timedelta(minutes=10)
"""A post that was made stands among the account's own after so long."""
_SPARE = timedelta(hours=1)
"""A video that X forgets so soon is sent anew."""
_R = Recovery


class Settings(BaseSettings):
    """How videos are posted to X."""

    model_config = settings_config("PUBLISHER_X")

    pays_for_links: bool = Field(
        default=False,
        description="Send posts with an address, also one that an attribution holds: X takes $0.20"
        " for these instead of $0.015. Otherwise they are refused before they are sent.",
    )
    longest_seconds: float = Field(
        default=140.0, gt=0, description="Longest video that the accounts may post."
    )
    segment_bytes: int = Field(
        default=1_000_000,
        ge=550_000,
        le=5_000_000,
        description="Size of the segments that a video goes up in; X takes at most 1,000.",
    )
    api_url: HttpUrl = Field(default=HttpUrl("https://api.x.com/"), description="X's API.")


def open_plugin(settings: Settings, tools: PublishTools) -> "XPublisher":
    """The publisher that ``settings`` describe."""
    return XPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class XPublisher:
    """Posts each video once: the account's own posts say whether it was."""

    settings: Settings
    tools: PublishTools

    platform = "x"
    most_at_once = numbers.AT_ONCE
    limits = TextLimits(
        max_title=70,
        max_description=206,  # with the title and two line ends, what a post may weigh
        max_tags=60,  # as many of them as there is room for are sent
        unit=Unit.WEIGHTED,
        description_unit=Unit.WEIGHTED,
    )

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why X would refuse the post, or why it is not sent there."""
        return tuple(
            words.problems(
                post,
                pays_for_links=self.settings.pays_for_links,
                longest_s=self.settings.longest_seconds,
            )
        )

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the post one step on: its video's segments, X's work on them, the post itself.

        Raises:
            Rejected: X refused it, or the bytes are other ones.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            OutcomeUnknown: it may have been posted.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            saved = remembered(XSession, session.saved)
            if saved is not None and saved.asked_at is not None:
                live = self._seen(post.channel, saved)
                if live is not None:
                    return live
            if saved is None or self.tools.clock() >= saved.dies_at - _SPARE:
                saved = self._begun(post, video, session, saved)
            try:
                upload = XUpload(api=self._calls(post.channel), log=session)
                saved = upload.filled(video, saved)
                return self._posted(post, session, saved)
            except Refused as refused:
                if refused.recovery is _R.NEW_SESSION:  # the next submission sends the video anew
                    self._given_up(session, saved)
                raise

    def _begun(
        self, post: Post, video: ApprovedVideo, session: SessionLog, before: XSession | None
    ) -> XSession:
        api, now = self._calls(post.channel), self.tools.clock()
        api.require_account()
        media = api.begin(video.size)
        asked = () if before is None or before.asked_at is None else (before.media_id,)
        begun = XSession(
            media_id=media.media_id,
            size=video.size,
            segment_bytes=self.settings.segment_bytes,
            since=now if before is None else before.since,
            dies_at=now + media.lasts,
            earlier=asked if before is None else (*before.earlier, *asked),
        )
        session.save(written(begun))
        return begun

    def _given_up(self, session: SessionLog, saved: XSession) -> None:
        known = remembered(XSession, session.saved) or saved
        session.save(written(replace(known, dies_at=self.tools.clock())))

    def _posted(self, post: Post, session: SessionLog, saved: XSession) -> Published:
        asked = replace(saved, asked_at=self.tools.clock())
        session.save(written(asked))
        try:
            post_id = self._calls(post.channel).post(words.tweet(post, saved.media_id))
        except Refused as refused:
            if refused.recovery is _R.RECONCILE:
                raise
            was_asked = bool(saved.asked_at or saved.earlier)
            if refused.code == calls.DUPLICATE and was_asked:
                session.save(written(replace(asked, was_refused_as_double=True)))
                raise OutcomeUnknown(
                    f"it was asked for before, and now {refused}: it may have been made then"
                ) from refused
            session.save(written(saved))  # a clear no
            raise
        if post_id is None:
            raise OutcomeUnknown("X took the post without naming it")
        return _live(post_id)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Nothing: what is not posted waits as an approved post.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"X has no upload '{receipt}' in processing on {channel}")

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Look for the video among the account's posts; what was never asked for is not there."""
        del publication
        session = remembered(XSession, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        with outcomes(self._id(channel), is_reading=True):
            live = self._seen(channel, session)
        if live is not None:
            return live
        if self.tools.clock() - session.asked_at < _SHOWS_WITHIN:
            raise Unreachable("X may be about to show the post", retry_after=_A_MINUTE)
        return Lookup.UNDECIDABLE if session.was_refused_as_double else Lookup.ABSENT

    def _seen(self, channel: str, saved: XSession) -> Published | None:
        """The account's post that shows the video."""
        api = self._calls(channel)
        media = {saved.media_id, *saved.earlier}
        for each in api.posts_since(api.require_account(), saved.since - _A_MINUTE):
            keys = inside(each, "attachments", "media_keys") or ()
            # A key is the kind of the media, and its id.
            if any(str(key).rpartition("_")[2] in media for key in keys):
                return _live(str(inside(each, "id")))
        return None

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that X tells of these posts, all of one channel, or why it does not.

        Raises:
            Transient: X did not answer.
            ReauthorisationNeeded, Misconfigured: it lets us read nothing.
        """
        if not publications:
            return ()
        channel = publications[0].channel_id.partition(":")[2]
        with outcomes(self._id(channel), is_reading=True):
            return numbers.read(self._calls(channel), publications, self.tools.clock())

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> calls.XCalls:
        return calls.XCalls(
            caller=Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge),
            origin=httpx.URL(str(self.settings.api_url)),
        )


def _live(post_id: str) -> Published:
    return Published(post_id=post_id, url=f"https://x.com/i/web/status/{post_id}")
