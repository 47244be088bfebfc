"""Publishes to LinkedIn: a video goes up in parts, is worked on, and is then posted once.

Nobody sees a video before its post is made. Most apps may not read what a member posted: where the
answer to a post was lost, a person looks.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

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
from viral_forge_resources.publishers import _linkedin_calls as calls
from viral_forge_resources.publishers import _linkedin_metrics as numbers
from viral_forge_resources.publishers import _linkedin_words as words
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, Refused, outcomes
from viral_forge_resources.publishers._linkedin_upload import LinkedinSession, LinkedinUpload
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE = timedelta(minutes=1)
_SHOWS_WITHIN = timedelta(minutes=10)
"""A post that was made stands among its author's after so long."""
_OLD_VERSION = timedelta(days=300)
"""LinkedIn lets a version go after about a year."""
_NOT_OURS_TO_READ = "403"
_R = Recovery


class Settings(BaseSettings):
    """How videos are posted to members' feeds."""

    model_config = settings_config("PUBLISHER_LINKEDIN")

    visibility: Literal["PUBLIC", "CONNECTIONS"] = Field(
        default="PUBLIC", description="Who sees posts: PUBLIC or CONNECTIONS."
    )
    synthetic_notice: str = Field(
        default="Made with AI.",
        max_length=200,
        description="Last line of a post that holds AI's work: LinkedIn has no field for it.",
    )
    smallest_bytes: int = Field(
        default=75_000, ge=1, description="Smallest file that LinkedIn takes."
    )
    api_version: str = Field(
        default="202608",
        pattern=r"^20\d\d(0[1-9]|1[0-2])$",
        description="Version of the API, a month; LinkedIn lets each go after about a year.",
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.linkedin.com/"), description="LinkedIn's API."
    )


def open_plugin(settings: Settings, tools: PublishTools) -> "LinkedinPublisher":
    """The publisher that ``settings`` describe."""
    return LinkedinPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class LinkedinPublisher:
    """Posts each video once: where nobody can tell whether it was, a person is asked."""

    settings: Settings
    tools: PublishTools

    platform = "linkedin"
    most_at_once = numbers.AT_ONCE
    # Escapes and the form of hashtags take some of the 3,000 characters.
    limits = TextLimits(max_title=150, max_description=2_000, max_tags=200)

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why LinkedIn would refuse the post, by its own limits."""
        return tuple(
            words.problems(
                post,
                synthetic_notice=self.settings.synthetic_notice,
                smallest_bytes=self.settings.smallest_bytes,
            )
        )

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the post one step on: its video's parts, LinkedIn's work on them, the post itself.

        Raises:
            Rejected: LinkedIn refused it, or the bytes are other ones.
            Misconfigured: LinkedIn let the version of its API go.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            OutcomeUnknown: it may have been posted.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            saved = remembered(LinkedinSession, session.saved)
            if saved is not None and saved.asked_at is not None:
                live = self._seen_or_decided(post.channel, saved)
                if live is not None:
                    return live
            if saved is None or saved.is_dead:
                saved = self._begun(post.channel, video, session, saved)
            try:
                upload = LinkedinUpload(api=self._calls(post.channel), log=session)
                saved = upload.filled(video, saved)
                return self._posted(post, session, saved)
            except Refused as refused:
                if refused.recovery is _R.NEW_SESSION:  # the next submission sends the video anew
                    known = remembered(LinkedinSession, session.saved) or saved
                    session.save(written(replace(known, is_dead=True)))
                raise

    def _seen_or_decided(self, channel: str, saved: LinkedinSession) -> Published | None:
        """The post, where it can be seen; where it cannot, a person said that it is not there."""
        try:
            return self._seen(channel, saved)
        except Refused as refused:
            if refused.code != _NOT_OURS_TO_READ:
                raise
            return None

    def _begun(
        self,
        channel: str,
        video: ApprovedVideo,
        session: SessionLog,
        before: LinkedinSession | None,
    ) -> LinkedinSession:
        api = self._calls(channel)
        api.require_account()
        opened = api.begin(video.size)
        begun = LinkedinSession(opened=opened)
        if before is not None and before.asked_at is not None:
            earlier = (*before.earlier, before.opened.video)
            begun = replace(begun, asked_at=before.asked_at, earlier=earlier)
        session.save(written(begun))
        return begun

    def _posted(self, post: Post, session: SessionLog, saved: LinkedinSession) -> Published:
        asked = replace(saved, asked_at=self.tools.clock())
        api = self._calls(post.channel)
        body = words.body(
            post,
            author=api.author,
            video=saved.opened.video,
            visibility=self.settings.visibility,
            synthetic_notice=self.settings.synthetic_notice,
        )
        session.save(written(asked))
        try:
            post_id = api.post(body)
        except Refused as refused:
            if refused.recovery is _R.RECONCILE:
                raise
            if refused.code == calls.DUPLICATE and saved.asked_at is not None:
                session.save(written(replace(asked, was_refused_as_double=True)))
                raise OutcomeUnknown(
                    f"it was asked for before, and now {refused}: it may have been made then"
                ) from refused
            session.save(written(saved))  # a clear no
            raise
        if post_id is None:
            raise OutcomeUnknown("LinkedIn took the post without naming it")
        return self._live(post_id, unlabelled(post.disclosure, platform="LinkedIn"))

    def _live(self, post_id: str, note: str | None) -> Published:
        version = datetime.strptime(self.settings.api_version, "%Y%m").replace(tzinfo=UTC)
        if self.tools.clock() - version > _OLD_VERSION:
            ends = (
                f"version {self.settings.api_version} of LinkedIn's API ends soon: set"
                " VIRAL_FORGE_PUBLISHER_LINKEDIN_API_VERSION to a newer month"
            )
            note = f"{note}; {ends}" if note else ends
        url = f"https://www.linkedin.com/feed/update/{post_id}/"
        return Published(post_id=post_id, url=url, note=note)

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Nothing: what is not posted waits as an approved post.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"LinkedIn has no upload '{receipt}' in processing on {channel}")

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Look for the video among the member's posts, where the app may read them."""
        del publication
        session = remembered(LinkedinSession, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        with outcomes(self._id(channel), is_reading=True):
            try:
                live = self._seen(channel, session)
            except Refused as refused:
                if refused.code != _NOT_OURS_TO_READ:
                    raise
                return Lookup.UNDECIDABLE
        if live is not None:
            return live
        if self.tools.clock() - session.asked_at < _SHOWS_WITHIN:
            raise Unreachable("LinkedIn may be about to show the post", retry_after=_A_MINUTE)
        return Lookup.UNDECIDABLE if session.was_refused_as_double else Lookup.ABSENT

    def _seen(self, channel: str, saved: LinkedinSession) -> Published | None:
        """The member's post that shows the video.

        Raises:
            Refused: the app may not read posts, among others.
        """
        videos = {saved.opened.video, *saved.earlier}
        for each in self._calls(channel).own_posts():
            if inside(each, "content", "media", "id") in videos:
                return self._live(str(inside(each, "id")), None)
        return None

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that LinkedIn tells of these posts, all of one channel, or why it does not.

        Raises:
            Transient: LinkedIn did not answer.
            ReauthorisationNeeded, Misconfigured: it lets us read nothing.
        """
        if not publications:
            return ()
        channel = publications[0].channel_id.partition(":")[2]
        with outcomes(self._id(channel), is_reading=True):
            return numbers.read(self._calls(channel), publications, self.tools.clock())

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> calls.LinkedinCalls:
        return calls.LinkedinCalls(
            caller=Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge),
            origin=httpx.URL(str(self.settings.api_url)),
            version=self.settings.api_version,
        )
