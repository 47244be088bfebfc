"""TikTok for those who upload: creators, drafts and direct posts, chunks, moderation.

Source: https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_SMALLEST, _LARGEST, _LARGEST_LAST = 5_000_000, 64_000_000, 128_000_000
_ADDRESS_LIVES = timedelta(hours=1)
_POST_INFO = {
    "title": str,
    "privacy_level": str,
    "disable_duet": bool,
    "disable_comment": bool,
    "disable_stitch": bool,
    "video_cover_timestamp_ms": int,
    "brand_content_toggle": bool,
    "brand_organic_toggle": bool,
    "is_aigc": bool,
}
_SOURCE_INFO = {"source": str, "video_size": int, "chunk_size": int, "total_chunk_count": int}


@dataclass(kw_only=True)
class TiktokUpload:
    """A post under way, or done."""

    publish_id: str
    account_id: str
    size: int
    chunk_size: int
    count: int
    opened_at: datetime
    info: dict[str, Any] | None
    content: bytearray
    received: int = 0
    is_open: bool = True
    looks_left: int = 0
    fail_reason: str = ""

    @property
    def is_whole(self) -> bool:
        return self.received >= self.size


class TiktokUploads(UploadPlatform):
    """The accounts ``main`` and ``other``, one app.

    Attributes:
        looks_needed: how often a post is still found in processing, or without its id.
        options: privacy levels that the accounts offer.
        fails_with: reason for which every whole upload fails.
        refuses_with: code with which every new upload is refused.
        is_patient: a draft is never posted by its owner.
        withholds_ids: posts go out, and their ids are not told: moderation takes its time.
        counts: of the videos that everyone sees, by their ids.
    """

    platform = "tiktok"

    def __init__(self, *, keeps: bool = True) -> None:
        super().__init__()
        self.uploads: list[TiktokUpload] = []
        self.looks_needed = 0
        self.options = ["PUBLIC_TO_EVERYONE", "SELF_ONLY"]
        self.fails_with = ""
        self.refuses_with = ""
        self.comment_disabled = False
        self.longest_s = 300
        self.is_patient = False
        self.withholds_ids = False
        self.counts: dict[str, dict[str, int]] = {}
        self._keeps = keeps
        self._latest: dict[str, str] = {}  # what each account asked for last, but for beginnings

    def posts(self) -> list[tuple[str, bytes]]:
        """Drafts too: what is whole lies in front of a person."""
        return [(u.account_id, bytes(u.content)) for u in self.uploads if u.is_whole]

    def forget_sessions(self) -> None:
        for upload in self.uploads:
            upload.is_open = False

    def server_error(self) -> Reply:
        return _error(500, "internal_error")

    def too_many(self) -> Reply:
        return _error(429, "rate_limit_exceeded")

    def handle(self, asked: Asked) -> Reply:
        if asked.path == "/video/":
            self.calls.append("chunk")
            return self._chunk(asked)
        routes = {
            "/v2/user/info/": self._user,
            "/v2/post/publish/creator_info/query/": self._creator,
            "/v2/post/publish/video/init/": self._direct,
            "/v2/post/publish/inbox/video/init/": self._inbox,
            "/v2/post/publish/status/fetch/": self._status,
            "/v2/video/query/": self._query,
        }
        self.calls.append(asked.path.strip("/"))
        owner = self.owner(asked)
        if owner is None:
            return _error(401, "access_token_invalid")
        if not asked.path.endswith("video/init/"):
            self._latest[owner] = asked.path
        return routes[asked.path](asked, owner)

    def _user(self, asked: Asked, owner: str) -> Reply:
        return _data({"user": {"open_id": owner}})

    def _query(self, asked: Asked, owner: str) -> Reply:
        fields = asked.query.get("fields", "").split(",")
        ids = asked.document()["filters"]["video_ids"]
        known = {"id", "view_count", "like_count", "comment_count", "share_count"}
        if not set(fields) <= known or not 0 < len(ids) <= 20:
            return _error(400, "invalid_params")
        found = [{"id": each, **self.counts[each]} for each in ids if each in self.counts]
        return _data({"videos": [{name: video.get(name) for name in fields} for video in found]})

    def _creator(self, asked: Asked, owner: str) -> Reply:
        return _data(
            {
                "creator_username": "knotlab",
                "privacy_level_options": self.options,
                "comment_disabled": self.comment_disabled,
                "duet_disabled": False,
                "stitch_disabled": True,
                "max_video_post_duration_sec": self.longest_s,
            }
        )

    def _direct(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        info = document.get("post_info", {})
        wrong = _wrong(info, _POST_INFO) or len(info["title"].encode("utf-16-le")) // 2 > 2200
        if wrong or not self._latest.get(owner, "").endswith("creator_info/query/"):
            return _error(400, "invalid_params")
        if info["privacy_level"] not in self.options:
            return _error(403, "privacy_level_option_mismatch")
        return self._opened(asked, owner, document, info)

    def _inbox(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        if set(document) != {"source_info"}:
            return _error(400, "invalid_params")
        return self._opened(asked, owner, document, None)

    def _opened(
        self, asked: Asked, owner: str, document: dict[str, Any], info: dict[str, Any] | None
    ) -> Reply:
        if self.refuses_with:
            return _error(403, self.refuses_with)
        source = document["source_info"]
        if _wrong(source, _SOURCE_INFO) or not is_legal_plan(source):
            return _error(400, "invalid_params")
        kind = "v_inbox_file" if info is None else "v_pub_file"
        upload = TiktokUpload(
            publish_id=f"{kind}~v2-1.{len(self.uploads)}",
            account_id=owner,
            size=source["video_size"],
            chunk_size=source["chunk_size"],
            count=source["total_chunk_count"],
            opened_at=self.now,
            info=info,
            content=bytearray(),
        )
        self.uploads.append(upload)
        host = asked.headers["host"]
        address = f"http://{host}/video/?upload_id={len(self.uploads) - 1}&upload_token=Xza"
        return _data({"publish_id": upload.publish_id, "upload_url": address})

    def _chunk(self, asked: Asked) -> Reply:
        upload = self.uploads[int(asked.query["upload_id"])]
        assert "authorization" not in asked.headers
        status = self._refusal(upload, asked)
        if status == 416:
            return reply(status=416, content_range=f"bytes 0-{upload.received - 1}/{upload.size}")
        return self._taken(upload, asked) if status is None else reply(status=status)

    def _refusal(self, upload: TiktokUpload, asked: Asked) -> int | None:
        found = _RANGE.fullmatch(asked.headers["content-range"])
        assert found is not None
        start, end, size = map(int, found.groups())
        number = start // upload.chunk_size
        is_last = number >= upload.count - 1
        length = int(asked.headers["content-length"])
        refusals = {
            403: self.now - upload.opened_at > _ADDRESS_LIVES,
            404: not upload.is_open,
            400: size != upload.size
            or end - start + 1 != length
            or end != (size - 1 if is_last else (number + 1) * upload.chunk_size - 1),
            416: start != upload.received,
        }
        return next((status for status, is_refused in refusals.items() if is_refused), None)

    def _taken(self, upload: TiktokUpload, asked: Asked) -> Reply:
        for piece in asked.body:
            upload.received += len(piece)
            if self._keeps:
                upload.content += piece
        if not upload.is_whole:
            return reply(status=206, content_range=f"bytes 0-{upload.received - 1}/{upload.size}")
        upload.looks_left, upload.fail_reason = self.looks_needed, self.fails_with
        return reply(status=201)

    def _status(self, asked: Asked, owner: str) -> Reply:
        wanted = asked.document()["publish_id"]
        upload = next((u for u in self.uploads if u.publish_id == wanted), None)
        if upload is None:
            return _error(400, "invalid_publish_id")
        if upload.account_id != owner:
            return _error(400, "token_not_authorized_for_specified_publish_id")
        return _data(self._shown(upload))

    def _shown(self, upload: TiktokUpload) -> dict[str, Any]:
        if not upload.is_whole:
            return {"status": "PROCESSING_UPLOAD", "uploaded_bytes": upload.received}
        if upload.fail_reason:
            return {"status": "FAILED", "fail_reason": upload.fail_reason}
        if upload.info is None and self.is_patient:
            return {"status": "SEND_TO_USER_INBOX"}
        upload.looks_left -= 1
        if upload.looks_left >= 0:
            return {"status": "PROCESSING_UPLOAD", "uploaded_bytes": upload.size}
        shown = {"status": "PUBLISH_COMPLETE", "uploaded_bytes": upload.size}
        is_public = upload.info is None or upload.info["privacy_level"] == "PUBLIC_TO_EVERYONE"
        if is_public and not self.withholds_ids:
            number = self.uploads.index(upload)
            shown["publicaly_available_post_id"] = [7_301_234_567_890_123_000 + number]
        return shown


def is_legal_plan(source: dict[str, Any]) -> bool:
    """Whether TikTok takes these sizes: the rest of the division is in the last chunk."""
    size, chunk, count = source["video_size"], source["chunk_size"], source["total_chunk_count"]
    if not 0 < size <= 1 << 32 or not 0 < chunk <= _LARGEST:
        return False
    if size < _SMALLEST or chunk == size:
        return bool(chunk == size and count == 1)
    last = size - chunk * (count - 1)
    return bool(chunk >= _SMALLEST and count == size // chunk <= 1000 and last <= _LARGEST_LAST)


def _wrong(given: dict[str, Any], known: dict[str, type]) -> bool:
    return set(given) != set(known) or any(
        not isinstance(given[name], kind) for name, kind in known.items()
    )


def _data(data: dict[str, Any]) -> Reply:
    return reply({"data": data, "error": {"code": "ok", "message": "", "log_id": "1"}})


def _error(status: int, code: str) -> Reply:
    return reply({"data": {}, "error": {"code": code, "message": code, "log_id": "1"}}, status)
