"""Brings a video to Pinterest's storage, and waits for Pinterest to be done with it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import RateLimited, Rejected
from viral_forge_resources.contracts.sessions import SessionLog
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Refused
from viral_forge_resources.publishers._pinterest_calls import PinterestCalls, Place
from viral_forge_resources.publishers._remembered import written

_A_MINUTE = timedelta(minutes=1)
_STARTS_WITHIN = timedelta(hours=1)
"""A video that Pinterest has is worked on after so long, or it never came."""
_R = Recovery


@dataclass(frozen=True, slots=True, kw_only=True)
class PinterestSession:
    """What a pin is resumed by.

    Attributes:
        address, parameters: of the form that takes the file; secrets.
        sent_at: when all bytes had arrived.
        is_dead: another place is needed.
        asked_at: when the pin was first asked for, where the answer may have been lost.
    """

    media_id: str
    board: str
    address: str = field(repr=False)
    parameters: dict[str, str] = field(repr=False)
    sent_at: datetime | None = None
    is_dead: bool = False
    asked_at: datetime | None = None
    last_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PinterestUpload:
    """One upload; a broken one is sent again as a whole."""

    api: PinterestCalls
    log: SessionLog
    clock: Callable[[], datetime]

    def filled(self, video: ApprovedVideo, saved: PinterestSession) -> PinterestSession:
        """The session once Pinterest has the video and is done with it.

        Raises:
            RateLimited: Pinterest still works on it.
            Rejected: it cannot use the video; says why.
        """
        api = self.api
        if saved.sent_at is None:
            place = Place(
                media_id=saved.media_id, address=saved.address, parameters=saved.parameters
            )
            api.upload(place, video, self.log.keep)
            saved = replace(saved, sent_at=self.clock())
            self.log.save(written(saved))
        status = api.status(saved.media_id)
        if status == "failed":
            raise Rejected("Pinterest cannot use the video; it does not say why")
        if status == "registered" and self._never_came(saved):
            raise Refused("Pinterest does not see the video that was sent", _R.NEW_SESSION)
        if status != "succeeded":
            raise RateLimited("Pinterest is still working on the video", retry_after=_A_MINUTE)
        return saved

    def _never_came(self, saved: PinterestSession) -> bool:
        return saved.sent_at is None or self.clock() - saved.sent_at > _STARTS_WITHIN
