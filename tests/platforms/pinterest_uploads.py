"""Pinterest for those who pin videos: media, a storage that takes forms, pins, boards.

Source: Pinterest's API description 5.23.0
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.file_forms import read_form
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_FORM_LIVES = timedelta(hours=1)
_LENGTHS = {"title": 100, "description": 800, "alt_text": 500, "link": 2048}
_PIN = {*_LENGTHS, "board_id", "board_section_id", "dominant_color", "media_source"}
_VIDEO = {"source_type", "media_id", "cover_image_key_frame_time", "cover_image_url", "is_standard"}
_VIDEO_METRICS = {
    *("IMPRESSION", "OUTBOUND_CLICK", "PIN_CLICK", "SAVE", "SAVE_RATE", "VIDEO_MRC_VIEW"),
    *("VIDEO_10S_VIEW", "QUARTILE_95_PERCENT_VIEW", "VIDEO_V50_WATCH_TIME", "VIDEO_START"),
    *("VIDEO_AVG_WATCH_TIME", "TOTAL_COMMENTS", "TOTAL_REACTIONS"),
}
_BOARDS = {"account-main": "11", "account-other": "22"}


@dataclass(kw_only=True)
class Media:
    """A video under way, or done."""

    media_id: str
    account_id: str
    opened_at: datetime
    looks_left: int
    content: bytes = b""
    is_open: bool = True

    @property
    def parameters(self) -> dict[str, str]:
        """What the storage's form has to hold."""
        return {
            "x-amz-date": f"{self.opened_at:%Y%m%dT%H%M%SZ}",
            "x-amz-signature": "fcd6309a",
            "key": f"uploads/11/aa/3:video:{self.media_id}",
            "policy": "eyJleHBpcmF0aW9uIjoiMj==",
            "Content-Type": "multipart/form-data",
        }


@dataclass(kw_only=True)
class MadePin:
    """A pin on a board."""

    pin_id: str
    account_id: str
    body: dict[str, Any]
    made_at: datetime
    media: Media


class PinterestUploads(UploadPlatform):
    """The accounts ``main`` and ``other`` with the boards 11 and 22.

    Attributes:
        looks_needed: how often a video is still found in processing.
        fails: every video ends as unusable.
        refuses_with: status and words with which every pin is refused.
        lag: after which a pin stands on its board.
        page_size: most pins in one answer.
        days: what is told of every pin's days: date, status and numbers.
        lifetime: what is told of every pin's life.
    """

    platform = "pinterest"

    def __init__(self) -> None:
        super().__init__()
        self.media: list[Media] = []
        self.made: list[MadePin] = []
        self.looks_needed = 0
        self.fails = False
        self.refuses_with: tuple[int, str] | None = None
        self.lag = timedelta(0)
        self.page_size = 2
        self.days: list[tuple[str, str, dict[str, float]]] = []
        self.lifetime: dict[str, int] = {}

    def posts(self) -> list[tuple[str, bytes]]:
        return [(each.account_id, each.media.content) for each in self.made]

    def forget_sessions(self) -> None:
        for media in self.media:
            media.is_open = False

    def server_error(self) -> Reply:
        return _error(500, "Unexpected error")

    def too_many(self) -> Reply:
        return _error(429, "Too many requests")

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(re.sub(r"\d{2,}", "N", asked.path.removeprefix("/v5/")))
        if asked.path == "/storage/":
            return self._store(asked)
        owner = self.owner(asked)
        if owner is None:
            return _error(401, "Authentication failed.")
        routes = {
            ("GET", "/v5/user_account"): self._user,
            ("POST", "/v5/media"): self._register,
            ("POST", "/v5/pins"): self._pin,
            ("GET", f"/v5/boards/{_BOARDS[owner]}/pins"): self._board,
        }
        if route := routes.get((asked.method, asked.path)):
            return route(asked, owner)
        return self._read(asked, owner)

    def _read(self, asked: Asked, owner: str) -> Reply:
        found = re.fullmatch(r"/v5/(?:media/(\d+)|pins/(\d+)/analytics)", asked.path)
        if asked.method != "GET" or found is None:
            return _error(404, "Not found")
        if found[1]:
            return self._status(found[1], owner)
        return self._analytics(asked, found[2], owner)

    def _user(self, asked: Asked, owner: str) -> Reply:
        return reply({"id": owner, "username": "knotlab"})

    def _register(self, asked: Asked, owner: str) -> Reply:
        if asked.document() != {"media_type": "video"}:
            return _error(400, "Invalid media type")
        made = Media(
            media_id=f"12345{len(self.media):04d}",
            account_id=owner,
            opened_at=self.now,
            looks_left=self.looks_needed,
        )
        self.media.append(made)
        return reply(
            {
                "media_id": made.media_id,
                "media_type": "video",
                "upload_url": f"http://{asked.headers['host']}/storage/",
                "upload_parameters": made.parameters,
            },
            201,
        )

    def _store(self, asked: Asked) -> Reply:
        assert "authorization" not in asked.headers
        form = read_form(asked)
        media = next((m for m in self.media if m.parameters == form.fields), None)
        is_late = media is None or self.now - media.opened_at > _FORM_LIVES
        if media is None or is_late or not media.is_open:
            return reply(status=403)
        if form.file_field != "file" or not form.is_file_last:
            return reply(status=400)
        media.content = form.content
        return reply(status=204)

    def _status(self, media_id: str, owner: str) -> Reply:
        media = self._known(media_id, owner)
        if media is None:
            return _error(404, "Media upload not found")
        shown = {"media_id": media.media_id, "media_type": "video"}
        return reply(shown | {"status": self._state(media)})

    def _state(self, media: Media) -> str:
        if not media.content:
            return "registered"
        media.looks_left -= 1
        if media.looks_left >= 0:
            return "processing"
        return "failed" if self.fails else "succeeded"

    def _pin(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        if self.refuses_with is not None:
            return _error(*self.refuses_with)
        if wrong := _wrong(document):
            return _error(400, wrong)
        if document["board_id"] != _BOARDS[owner]:
            return _error(404, "Board not found.")
        media = self._known(document["media_source"]["media_id"], owner)
        if media is None or not media.content or media.looks_left >= 0:
            return _error(404, "Media not found or not ready")
        made = MadePin(
            pin_id=f"81306{len(self.made):05d}",
            account_id=owner,
            body=document,
            made_at=self.now,
            media=media,
        )
        self.made.append(made)
        return reply({"id": made.pin_id, "board_id": document["board_id"]}, 201)

    def _board(self, asked: Asked, owner: str) -> Reply:
        seen = [
            {
                "id": each.pin_id,
                "title": each.body["title"],
                "description": " ".join(each.body["description"].split()),
                "created_at": each.made_at.strftime("%Y-%m-%dT%H:%M:%S"),
                "creative_type": "VIDEO",
            }
            for each in self.made
            if each.account_id == owner and each.made_at <= self.now - self.lag
        ]
        start = int(asked.query.get("bookmark", "0"))
        end = start + self.page_size
        bookmark = str(end) if end < len(seen) else None
        return reply({"items": seen[start:end], "bookmark": bookmark})

    def _analytics(self, asked: Asked, pin_id: str, owner: str) -> Reply:
        if (pin_id, owner) not in {(each.pin_id, each.account_id) for each in self.made}:
            return _error(404, "Pin not found.")
        start, end = asked.query["start_date"], asked.query["end_date"]
        earliest = f"{self.now - timedelta(days=90):%Y-%m-%d}"
        names = asked.query["metric_types"].split(",")
        if set(names) - _VIDEO_METRICS or not earliest <= start <= end:
            return _error(400, "Invalid pins analytics parameters.")
        days = [
            {"date": day, "data_status": status, "metrics": told}
            for day, status, told in self.days
            if start <= day <= end
        ]
        return reply({"all": {"daily_metrics": days, "lifetime_metrics": self.lifetime}})

    def _known(self, media_id: str, owner: str) -> Media | None:
        for each in self.media:
            if (each.media_id, each.account_id) == (media_id, owner):
                return each if each.is_open else None
        return None


def _wrong(document: dict[str, Any]) -> str:
    """What the description of ``PinCreate`` says against it."""
    if unknown := set(document) - _PIN:
        return f"unknown fields {sorted(unknown)}"
    for name, most in _LENGTHS.items():
        value = document.get(name, "")
        if not isinstance(value, str) or len(value) > most:
            return f"'{name}' is too long"
    if re.fullmatch(r"\d+", str(document.get("board_id"))) is None:
        return "board_id"
    return _wrong_source(document.get("media_source", {}))


def _wrong_source(source: dict[str, Any]) -> str:
    cover = source.get("cover_image_key_frame_time")
    if set(source) - _VIDEO or source.get("source_type") != "video_id":
        return "media_source"
    if re.fullmatch(r"\d+", str(source.get("media_id"))) is None:
        return "media_id"
    has_cover = isinstance(cover, int) and not isinstance(cover, bool) and cover >= 0
    return "" if has_cover else "A cover image is required"


def _error(status: int, message: str) -> Reply:
    return reply({"code": status, "message": message}, status)
