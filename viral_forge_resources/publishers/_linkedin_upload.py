"""Brings a video to LinkedIn in parts, and waits for LinkedIn to be done with it."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import RateLimited, Rejected
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Refused
from viral_forge_resources.publishers._linkedin_calls import LinkedinCalls, Opened
from viral_forge_resources.publishers._remembered import written

_A_MINUTE = timedelta(minutes=1)
_WHOLE = frozenset({"PROCESSING", "AVAILABLE", "PROCESSING_FAILED"})
_R = Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedinSession:
    """What a post is resumed by.

    Attributes:
        opened: where its parts go; holds secrets.
        marks: of the parts that arrived, in order.
        is_dead: another upload is needed.
        asked_at: when the post was last asked for, where the answer may have been lost.
        earlier: videos of other uploads for the same post that may have been posted.
        was_refused_as_double: LinkedIn said that the member has this post already.
    """

    opened: Opened = field(repr=False)
    marks: tuple[str, ...] = ()
    is_whole: bool = False
    is_dead: bool = False
    asked_at: datetime | None = None
    earlier: tuple[str, ...] = ()
    was_refused_as_double: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedinUpload:
    """One upload, resumed where it broke off."""

    api: LinkedinCalls
    log: SessionLog

    def filled(self, video: ApprovedVideo, saved: LinkedinSession) -> LinkedinSession:
        """The session once LinkedIn has the video and is done with it.

        Raises:
            RateLimited: LinkedIn still works on it.
            Rejected: it cannot use the video; says why.
        """
        api = self.api
        for part in saved.opened.parts[len(saved.marks) :]:
            mark = api.send(part, video, self.log.keep)
            saved = replace(saved, marks=(*saved.marks, mark))
            self.log.save(written(saved))
        if not saved.is_whole:
            self._end(saved)
            saved = replace(saved, is_whole=True)
            self.log.save(written(saved))
        status, why = api.status(saved.opened.video)
        if status == "PROCESSING_FAILED":
            raise Rejected(f"LinkedIn cannot use the video: {why or 'it does not say why'}")
        if status != "AVAILABLE":
            raise RateLimited("LinkedIn is still working on the video", retry_after=_A_MINUTE)
        return saved

    def _end(self, saved: LinkedinSession) -> None:
        try:
            self.api.end(saved.opened, saved.marks)
        except Refused as refused:
            if refused.recovery not in {_R.FIX_REQUEST, _R.NEW_SESSION}:
                raise
            # It may have been ended before, and the answer lost.
            status, _ = self.api.status(saved.opened.video)
            if status not in _WHOLE:
                raise Refused(str(refused), _R.NEW_SESSION) from refused
