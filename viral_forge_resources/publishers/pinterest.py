"""Publishes video pins: a video is registered, goes to a storage, and is pinned once it is ready.

Nobody sees a video before its pin is made. A pin whose answer was lost is looked for on its board,
by its words and the moment that it was asked for.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import httpx
from pydantic import Field, HttpUrl
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
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
from viral_forge_resources.platforms.reading import inside, moment
from viral_forge_resources.publishers import _pinterest_calls as calls
from viral_forge_resources.publishers import _pinterest_metrics as numbers
from viral_forge_resources.publishers import _pinterest_words as words
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Caller, Refused, outcomes
from viral_forge_resources.publishers._meta_words import unlabelled
from viral_forge_resources.publishers._pinterest_upload import PinterestSession, PinterestUpload
from viral_forge_resources.publishers._remembered import remembered, written
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.settings import settings_config

_A_MINUTE = timedelta(minutes=1)
_SHOWS_WITHIN = timedelta(minutes=15)
"""A pin that was made stands on its board after so long."""
_R = Recovery


class Settings(BaseSettings):
    """How videos are pinned."""

    model_config = settings_config("PUBLISHER_PINTEREST")

    board_id: str = Field(
        default="", pattern=r"^\d*$", description="Id of the board that pins go to."
    )
    boards: dict[str, str] = Field(
        default={},
        description='Boards of channels that have one of their own, such as {"knots": "123"}.',
    )
    synthetic_notice: str = Field(
        default="Made with AI.",
        max_length=200,
        description="Last line of a pin that holds AI's work: Pinterest has no field for it.",
    )
    api_url: HttpUrl = Field(
        default=HttpUrl("https://api.pinterest.com/"), description="Pinterest's API."
    )


def open_plugin(settings: Settings, tools: PublishTools) -> "PinterestPublisher":
    """The publisher that ``settings`` describe."""
    return PinterestPublisher(settings, tools)


@dataclass(frozen=True, slots=True)
class PinterestPublisher:
    """Pins each video once: its board says whether it was."""

    settings: Settings
    tools: PublishTools

    platform = "pinterest"
    most_at_once = numbers.AT_ONCE
    limits = TextLimits(max_title=100, max_description=600, max_tags=120)

    def problems(self, post: Post) -> tuple[str, ...]:
        """Why Pinterest would refuse the pin, by its own limits."""
        return tuple(words.problems(post, synthetic_notice=self.settings.synthetic_notice))

    def submit(self, post: Post, session: SessionLog) -> Published | Processing:
        """Bring the pin one step on: its video's place, its bytes, Pinterest's work, the pin.

        Raises:
            Rejected: Pinterest refused it, or the bytes are other ones.
            Misconfigured: no board was set for the channel.
            Transient: nobody sees anything of it yet; the next submission goes on from here.
            OutcomeUnknown: it may have been pinned.
        """
        if problems := self.problems(post):
            raise Rejected("; ".join(problems))
        board = self._board(post.channel)
        with (
            outcomes(self._id(post.channel)),
            ApprovedVideo.of(post) as video,
        ):
            saved = remembered(PinterestSession, session.saved)
            if saved is not None and saved.asked_at is not None:
                live = self._seen(post.channel, post, saved)
                if live is not None:
                    return live
            if saved is None or saved.is_dead:
                saved = self._begun(post.channel, board, session, saved)
            try:
                upload = PinterestUpload(
                    api=self._calls(post.channel), log=session, clock=self.tools.clock
                )
                saved = upload.filled(video, saved)
                return self._pinned(post, session, saved)
            except Refused as refused:
                if refused.recovery is _R.NEW_SESSION:  # the next submission sends the video anew
                    known = remembered(PinterestSession, session.saved) or saved
                    session.save(written(replace(known, is_dead=True)))
                raise

    def _board(self, channel: str) -> str:
        board = self.settings.boards.get(channel, self.settings.board_id)
        if not board:
            raise Misconfigured(
                f"no board is set for {self._id(channel)}: set"
                " VIRAL_FORGE_PUBLISHER_PINTEREST_BOARD_ID, or"
                f' VIRAL_FORGE_PUBLISHER_PINTEREST_BOARDS={{"{channel}": "the board\'s id"}}'
            )
        return board

    def _begun(
        self, channel: str, board: str, session: SessionLog, before: PinterestSession | None
    ) -> PinterestSession:
        api = self._calls(channel)
        api.require_account()
        place = api.register()
        begun = PinterestSession(
            media_id=place.media_id,
            # What was asked for before was asked for there.
            board=board if before is None or before.asked_at is None else before.board,
            address=place.address,
            parameters=place.parameters,
            asked_at=None if before is None else before.asked_at,
            last_asked_at=None if before is None else before.last_asked_at,
        )
        session.save(written(begun))
        return begun

    def _pinned(self, post: Post, session: SessionLog, saved: PinterestSession) -> Published:
        now = self.tools.clock()
        session.save(written(replace(saved, asked_at=saved.asked_at or now, last_asked_at=now)))
        body = words.body(
            post,
            board=saved.board,
            media_id=saved.media_id,
            synthetic_notice=self.settings.synthetic_notice,
        )
        try:
            pin_id = self._calls(post.channel).pin(body)
        except Refused as refused:
            if refused.recovery is not _R.RECONCILE:  # a clear no
                session.save(written(saved))
            raise
        if pin_id is None:
            raise OutcomeUnknown("Pinterest took the pin without naming it")
        return _live(pin_id, unlabelled(post.disclosure, platform="Pinterest"))

    def check(self, receipt: str, *, channel: str) -> Published | Processing:
        """Nothing: what is not pinned waits as an approved post.

        Raises:
            NotFound: always.
        """
        raise NotFound(f"Pinterest has no upload '{receipt}' in processing on {channel}")

    def find(
        self, publication: Publication, *, channel: str, saved: str | None = None
    ) -> Published | Processing | Lookup:
        """Look for the pin on its board; what was never asked for is not there."""
        session = remembered(PinterestSession, saved)
        if session is None or session.asked_at is None:
            return Lookup.ABSENT
        try:
            with outcomes(self._id(channel), is_reading=True):
                live = self._seen(channel, publication, session)
        except OutcomeUnknown:
            return Lookup.UNDECIDABLE
        if live is not None:
            return live
        if self.tools.clock() - (session.last_asked_at or session.asked_at) < _SHOWS_WITHIN:
            raise Unreachable("Pinterest may be about to show the pin", retry_after=_A_MINUTE)
        return Lookup.ABSENT

    def _seen(
        self, channel: str, post: Post | Publication, saved: PinterestSession
    ) -> Published | None:
        """The pin with these words that was made since it was asked for.

        Raises:
            OutcomeUnknown: it cannot be told from another one.
        """
        api = self._calls(channel)
        told = words.description(
            post.text, post.disclosure, synthetic_notice=self.settings.synthetic_notice
        )
        wanted = _plain(post.text.title), _plain(told)
        found = [
            str(inside(pin, "id"))
            for pin in api.pins_of(saved.board)
            if (_plain(inside(pin, "title")), _plain(inside(pin, "description"))) == wanted
            and _is_since(inside(pin, "created_at"), saved.asked_at)
        ]
        if len(found) > 1:
            raise OutcomeUnknown("several pins have these words: which one is it?")
        return _live(found[0], unlabelled(post.disclosure, platform="Pinterest")) if found else None

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Every number that Pinterest tells of these posts, all of one channel, or why it does not.

        Raises:
            Transient: Pinterest did not answer.
            ReauthorisationNeeded, Misconfigured: it lets us read nothing.
        """
        if not publications:
            return ()
        channel = publications[0].channel_id.partition(":")[2]
        with outcomes(self._id(channel), is_reading=True):
            return numbers.read(self._calls(channel), publications, self.tools.clock())

    def _id(self, channel: str) -> str:
        return f"{self.platform}:{channel}"

    def _calls(self, channel: str) -> calls.PinterestCalls:
        return calls.PinterestCalls(
            caller=Caller(tools=self.tools, channel_id=self._id(channel), judge=calls.judge),
            origin=httpx.URL(str(self.settings.api_url)),
        )


def _live(pin_id: str, note: str | None) -> Published:
    return Published(post_id=pin_id, url=f"https://www.pinterest.com/pin/{pin_id}/", note=note)


def _plain(text: object) -> str:
    return " ".join(str(text or "").split())


def _is_since(created_at: object, asked_at: datetime | None) -> bool:
    """Whether the pin may be the one that was asked for; one without a date may be."""
    made_at = moment(created_at)
    return made_at is None or asked_at is None or made_at >= asked_at - _A_MINUTE
