"""Brings a video to X in segments, and waits for X to be done with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import RateLimited, Rejected
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Refused
from viral_forge_resources.publishers._remembered import written
from viral_forge_resources.publishers._x_calls import XCalls

_A_MINUTE, _LONGEST_WAIT = timedelta(minutes=1), timedelta(minutes=10)
_SAVED_EVERY = 16
"""Segments: as many are sent again after a kill."""
_MOST_TRIES = 3
_R = Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class XSession:
    """What a post is resumed by.

    Attributes:
        since: when the first upload for the post began.
        dies_at: when X forgets the video.
        segments: how many arrived.
        asked_at: when the post was asked for, where the answer may have been lost.
        earlier: videos of uploads for the same post whose posts were asked for before.
        was_refused_as_double: X said that the account has this post already.
    """

    media_id: str
    size: int
    segment_bytes: int
    since: datetime
    dies_at: datetime
    segments: int = 0
    is_whole: bool = False
    asked_at: datetime | None = None
    earlier: tuple[str, ...] = ()
    was_refused_as_double: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class XUpload:
    """One upload, resumed where it broke off."""

    api: XCalls
    log: SessionLog

    def filled(self, video: ApprovedVideo, saved: XSession) -> XSession:
        """The session once X has the video and is done with it.

        Raises:
            RateLimited: X still works on it.
            Rejected: it cannot use the video; says why.
        """
        api = self.api
        if saved.is_whole:
            self._require_done(api.status(saved.media_id))
            return saved
        saved = self._sent(video, saved)
        work = self._ended(saved)
        saved = replace(saved, is_whole=True)
        self.log.save(written(saved))
        self._require_done(work)
        return saved

    def _ended(self, saved: XSession) -> object:
        """How X is getting on with a video whose segments all came."""
        try:
            return self.api.end(saved.media_id)
        except Refused as refused:
            if refused.recovery not in {_R.FIX_REQUEST, _R.NEW_SESSION}:
                raise
            # It may have been ended before, and the answer lost.
            work: object = self.api.status(saved.media_id)
            if work is None:
                raise Refused(str(refused), _R.NEW_SESSION) from refused
            return work

    def _sent(self, video: ApprovedVideo, saved: XSession) -> XSession:
        count = -(-saved.size // saved.segment_bytes)
        try:
            while saved.segments < count:
                self._append(video, saved)
                saved = replace(saved, segments=saved.segments + 1)
                if saved.segments % _SAVED_EVERY == 0:
                    self.log.save(written(saved))
        except Refused:
            self.log.save(written(saved))
            raise
        self.log.save(written(saved))
        return saved

    def _append(self, video: ApprovedVideo, saved: XSession) -> None:
        start = saved.segments * saved.segment_bytes
        span = start, min(start + saved.segment_bytes, saved.size)
        for tried in range(1, _MOST_TRIES + 1):
            try:
                self.api.append(saved.media_id, saved.segments, video, span, self.log.keep)
            except Refused as refused:
                if refused.recovery is not _R.RETRY_SAME or tried == _MOST_TRIES:
                    raise
            else:
                return

    def _require_done(self, work: object) -> None:
        state = inside(work, "state")
        if state == "failed":
            why = one_line(inside(work, "error", "message")) or "it does not say why"
            raise Rejected(f"X cannot use the video: {why}")
        if work is not None and state != "succeeded":
            told = inside(work, "check_after_secs")
            wait = timedelta(seconds=told) if isinstance(told, int) and told > 0 else _A_MINUTE
            raise RateLimited(
                "X is still working on the video", retry_after=min(wait, _LONGEST_WAIT)
            )
