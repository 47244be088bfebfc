"""Looks what became of an upload to YouTube."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from viral_forge_resources.contracts.errors import (
    NotFound,
    PolicyViolation,
    Rejected,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import Lookup, Processing, Published
from viral_forge_resources.contracts.retraction import Takedown
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _youtube_words as words
from viral_forge_resources.publishers._youtube_calls import YoutubeCalls

_LISTING_LAG = timedelta(minutes=10)
"""A video that came in may be missing from the uploads playlist for as long."""

_FIRST_LOOK = timedelta(minutes=1)
_CLOCKS_DIFFER = timedelta(days=1)
_HIDDEN = "private"
_ENDED = frozenset({"failed", "rejected", "deleted"})
_POLICY = frozenset(
    {
        *("copyright", "claim", "trademark", "legal", "inappropriate", "termsOfUse"),
        *("uploaderAccountSuspended", "uploaderAccountClosed"),
    }
)
"""Reasons of a rejection that speak against the channel, not only against the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeSession:
    """What an upload is resumed by.

    Attributes:
        address: of the upload; a secret.
        playlist: of the channel's uploads.
        sent_at: when bytes last went out.
        video_id: once all of it arrived.
    """

    address: str
    size: int
    playlist: str
    started_at: datetime
    sent_at: datetime
    video_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeSight:
    """Sees one channel's videos as their owner does."""

    calls: YoutubeCalls
    wishes: words.Wishes
    clock: Callable[[], datetime]

    def now(self, video_id: str) -> Published | Processing:
        """How the video is doing.

        Raises:
            NotFound: the channel has none of that id.
            Rejected: YouTube ended it; says why.
        """
        video = self.calls.video(video_id)
        if video is None:
            raise NotFound("YouTube has no such video on this channel")
        return self.answer(video)

    def answer(self, video: Any) -> Published | Processing:  # noqa: ANN401  a resource
        """What the resource says of the video.

        Raises:
            Rejected: YouTube ended it; says why.
        """
        status, video_id = inside(video, "status"), str(inside(video, "id"))
        uploaded = inside(status, "uploadStatus")
        if uploaded in _ENDED:
            why = inside(status, "rejectionReason") or inside(status, "failureReason") or uploaded
            kind = PolicyViolation if why in _POLICY else Rejected
            raise kind(f"YouTube took the video and then ended it: {why}")
        if uploaded != "processed":
            return Processing(receipt=video_id, look_after=_FIRST_LOOK)
        live_at = _live_at(status)
        waits = None if live_at is None else f"YouTube makes it public at {live_at:%F %H:%M} UTC"
        return Published(
            post_id=video_id,
            url=f"https://www.youtube.com/shorts/{video_id}",
            note=waits or self._privacy_note(inside(status, "privacyStatus")),
            live_at=live_at,
        )

    def hidden(self, video_id: str) -> Takedown:
        """What became of the video that nobody is to see any more.

        Raises:
            UnexpectedAnswer: YouTube took the change and shows the video all the same.
        """
        video = self.calls.video(video_id)
        if video is None:
            return Takedown.ABSENT
        status = inside(video, "status")
        if inside(status, "privacyStatus") == _HIDDEN and inside(status, "publishAt") is None:
            return Takedown.HIDDEN
        changed = self.calls.hide(video)
        if inside(changed, "status", "privacyStatus") != _HIDDEN:
            raise UnexpectedAnswer("YouTube took the change, and the video is not private")
        return Takedown.HIDDEN

    def reached(self, reached: Any, session: YoutubeSession) -> Published | Processing | Lookup:  # noqa: ANN401
        """What the status of an upload says: a resource, or how much of it arrived."""
        if not isinstance(reached, int):
            return self.answer(reached)
        if reached >= session.size:
            raise Unreachable("YouTube has all of the upload, and has not made a video of it yet")
        return Lookup.ABSENT

    def after_loss(
        self, publication_id: str, session: YoutubeSession
    ) -> Published | Processing | None:
        """What became of an upload whose address is gone; None if certainly nothing did.

        Raises:
            Unreachable: nothing is listed, but bytes went out too short a time ago.
        """
        found = self.listed(publication_id, session.started_at, session.playlist)
        if found is None and self.clock() - session.sent_at < _LISTING_LAG:
            raise Unreachable(
                "the address of the upload is gone, and what came of it may not be listed yet",
                retry_after=_LISTING_LAG,
            )
        return found

    def listed(
        self, publication_id: str, since: datetime, playlist: str | None = None
    ) -> Published | Processing | None:
        """The channel's video with the post's tag, None if none that came ``since`` has it."""
        oldest = f"{since - _CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%SZ}"
        video = self.calls.marked(
            playlist or self.calls.uploads_playlist(), words.marker(publication_id), since=oldest
        )
        return None if video is None else self.answer(video)

    def _privacy_note(self, privacy: object) -> str | None:
        asked = self.wishes.privacy
        if privacy == asked:
            return None
        return (
            f"asked for {asked}, and the video is {privacy}: the account's own settings may decide"
            " so. Change it in YouTube Studio."
        )


def _live_at(status: Any) -> datetime | None:  # noqa: ANN401  part of a resource
    """When YouTube makes a video public that is private now; None where it does not."""
    at = inside(status, "publishAt")
    is_hidden = inside(status, "privacyStatus") == _HIDDEN
    return datetime.fromisoformat(at).astimezone(UTC) if is_hidden and isinstance(at, str) else None
