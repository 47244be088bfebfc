"""How a Reel is doing on Facebook, as its phases say.

Source: https://developers.facebook.com/docs/graph-api/reference/video-status
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import BadInput, NotFound, Rejected, Unreachable
from viral_forge_resources.contracts.publishing import Lookup, Processing, Published
from viral_forge_resources.documents import from_json
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._remembered import written

FIELDS = "status,permalink_url"
_WEBSITE = httpx.URL("https://www.facebook.com/")
_NEXT_LOOK = timedelta(minutes=1)
_SHOWS_WITHIN = timedelta(minutes=10)
"""A publication whose answer was lost shows in its video's phases after so long."""
_LONGEST_PROCESSING = timedelta(days=1)
_FAILED = frozenset({"error", "upload_failed", "expired"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a Reel in processing is known by.

    Attributes:
        note: what a person should know once it is live.
    """

    video_id: str
    note: str | None = None

    @classmethod
    def read(cls, document: str) -> "Receipt":
        """The receipt that was written.

        Raises:
            NotFound: it is none.
        """
        try:
            return from_json(cls, document.encode(), name="a receipt of Facebook")
        except BadInput as error:
            raise NotFound(f"Facebook never gave the receipt '{document}'") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Reel:
    """A Reel as Facebook sees it.

    Attributes:
        arrived: bytes.
        uploading, processing, publishing: ``not_started``, ``in_progress``, ``complete`` or
            ``error``; empty where it says nothing.
        publish_status: ``published``, ``draft`` or ``scheduled``, where it is said.
        errors: what went wrong, for people.
    """

    video_id: str
    arrived: int
    uploading: str
    processing: str
    publishing: str
    publish_status: str
    errors: str
    url: str

    @property
    def is_whole(self) -> bool:
        """Whether Facebook has all bytes."""
        return self.uploading == "complete"

    @property
    def is_taken(self) -> bool:
        """Whether its publication was asked for, and Facebook took it."""
        return self.publishing in {"in_progress", "complete", "error"}

    @property
    def is_dead(self) -> bool:
        """Whether its upload failed; nothing of it can have been published."""
        return self.uploading in _FAILED

    def outcome(self, note: str | None) -> Published | Processing:
        """What became of it, once its publication was asked for.

        Raises:
            Rejected: Facebook cannot use it; says why.
        """
        if "error" in (self.processing, self.publishing):
            raise Rejected(f"Facebook cannot use the video: {self.errors or 'it does not say why'}")
        if self.publishing != "complete":
            receipt = written(Receipt(video_id=self.video_id, note=note))
            return Processing(receipt=receipt, look_after=_NEXT_LOOK)
        if self.publish_status not in {"", "published"}:
            unseen = f"Facebook keeps it as '{self.publish_status}': nobody sees it yet"
            note = "; ".join(each for each in (unseen, note) if each)
        return Published(post_id=self.video_id, url=self.url, note=note)

    def untaken(self, since: timedelta) -> Lookup:
        """Whether a publication that was asked for ``since`` ago, and is not taken, never will be.

        Raises:
            Unreachable: it may be just now.
        """
        is_working = self.processing == "in_progress"
        if is_working and since >= _LONGEST_PROCESSING:
            return Lookup.UNDECIDABLE
        if is_working or since < _SHOWS_WITHIN:
            raise Unreachable(
                "Facebook may be publishing the Reel just now", retry_after=_NEXT_LOOK
            )
        return Lookup.ABSENT


def read(video_id: str, document: Any) -> Reel:  # noqa: ANN401  whatever Facebook sent
    """What ``document`` says of the Reel."""
    status = inside(document, "status")
    phases = ("uploading_phase", "processing_phase", "publishing_phase")
    uploading, processing, publishing = (str(inside(status, p, "status") or "") for p in phases)
    arrived = inside(status, "uploading_phase", "bytes_transferred")
    told = [
        one_line(inside(error, "message"))
        for p in phases
        for error in inside(status, p, "errors") or []
    ]
    address = inside(document, "permalink_url")
    return Reel(
        video_id=video_id,
        arrived=arrived if isinstance(arrived, int) else 0,
        uploading=uploading,
        processing=processing,
        publishing=publishing,
        publish_status=str(inside(status, "publishing_phase", "publish_status") or ""),
        errors="; ".join(each for each in told if each),
        # Facebook gives it as a path.
        url=str(_WEBSITE.join(address if isinstance(address, str) else f"/reel/{video_id}/")),
    )
