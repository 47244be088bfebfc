"""YouTube's resumable protocol: one request sends the file, and goes on where it broke off.

Source: https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import OutcomeUnknown, UnexpectedAnswer
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import (
    Answer,
    Call,
    Caller,
    Refused,
    nothing_is_certain,
)

_MOST_TRIES = 5
_INCOMPLETE = 308
_ARRIVED = re.compile(r"(?:bytes=)?0-(\d{1,15})")


def next_place(answer: Answer) -> int:
    """Where to go on: behind the last byte that YouTube says it has, whatever was sent.

    Raises:
        UnexpectedAnswer: its ``Range`` is none that the protocol knows.
    """
    arrived = answer.headers.get("range")
    if arrived is None:
        return 0
    found = _ARRIVED.fullmatch(arrived.strip())
    if found is None:
        raise UnexpectedAnswer("YouTube tells how much of an upload arrived in another way")
    return int(found[1]) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumableUpload:
    """One upload to the address that YouTube gave for it."""

    caller: Caller
    address: httpx.URL
    size: int

    def status(self) -> Any:  # noqa: ANN401  a resource or a place
        """The video's resource if all of it arrived, else the place to go on at.

        Raises:
            Refused: ``NEW_SESSION`` where YouTube knows nothing of the upload any more.
        """
        return self._read(
            self.caller.send(
                Call(
                    name="YouTube's status of an upload",
                    method="PUT",
                    url=self.address,
                    headers={"content-range": f"bytes */{self.size}", "content-length": "0"},
                )
            )
        )

    def send(self, video: ApprovedVideo, place: Any, keep: Callable[[], None]) -> Any:  # noqa: ANN401
        """The video's resource, after all from ``place`` on was sent.

        Raises:
            Refused: it did not go on; what arrived is kept there.
            OutcomeUnknown: everything may have arrived.
        """
        for _ in range(_MOST_TRIES):
            if not isinstance(place, int):
                return place
            if place >= self.size:
                raise OutcomeUnknown(
                    "YouTube has all of the upload, and has not made a video of it"
                )
            place = self._once(video, place, keep)
        if isinstance(place, int):
            raise Refused("YouTube breaks off the upload again and again", Recovery.RETRY_SAME)
        return place

    def _once(self, video: ApprovedVideo, place: int, keep: Callable[[], None]) -> Any:  # noqa: ANN401
        try:
            return self._put(video, place, keep)
        except Refused as refused:
            if refused.recovery is not Recovery.RETRY_SAME:
                raise
            reached = self._after_break(video, refused)
            if reached == place:  # it takes nothing more just now
                raise
            return reached

    def _after_break(self, video: ApprovedVideo, refused: Refused) -> Any:  # noqa: ANN401
        if not video.is_handed_over:
            return self.status()
        with nothing_is_certain():
            try:
                return self.status()
            except Refused as lost:
                if lost.recovery is Recovery.NEW_SESSION:
                    raise OutcomeUnknown(f"{refused}; then its address was gone") from lost
                raise

    def _put(self, video: ApprovedVideo, place: int, keep: Callable[[], None]) -> Any:  # noqa: ANN401
        headers = {"content-type": "video/mp4", "content-length": str(self.size - place)}
        if place:
            headers["content-range"] = f"bytes {place}-{self.size - 1}/{self.size}"
        return self._read(
            self.caller.send(
                Call(
                    name="YouTube's upload",
                    method="PUT",
                    url=self.address,
                    headers=headers,
                    body=lambda: video.pieces(place, self.size, keep),
                )
            )
        )

    def _read(self, answer: Answer) -> Any:  # noqa: ANN401  a resource or a place
        if answer.status == _INCOMPLETE:
            return next_place(answer)
        if not isinstance(answer.document, dict):
            raise OutcomeUnknown("YouTube's answer to a whole upload cannot be read")
        return answer.document
