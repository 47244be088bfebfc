"""YouTube for those who upload: sessions, the uploads playlist, covers, captions and quotas.

Source: https://developers.google.com/youtube/v3/guides/using_resumable_upload_protocol
"""

import email
import email.policy
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.platforms import discovery
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply
from tests.platforms.youtube_analytics import Analytics

_API = "youtube.v3"
_CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)")
_WRITABLE = {"public", "unlisted", "private"}


@dataclass(kw_only=True)
class Session:
    """An upload under way."""

    upload_id: str
    account_id: str
    size: int
    resource: dict[str, Any]
    received: int = 0
    video_id: str | None = None


@dataclass(kw_only=True)
class Video:
    """One video that is on the platform."""

    video_id: str
    account_id: str
    resource: dict[str, Any]
    content: bytes
    came_at: datetime
    looks_left: int
    captions: list[dict[str, Any]] = field(default_factory=list)
    thumbnail: bytes | None = None


class YoutubeUploads(UploadPlatform):
    """The channels ``main`` and ``other``, one project.

    Attributes:
        videos: all there are, in the order they came.
        looks_needed: how often a new video is still found in processing.
        privacy: what every video becomes, whatever was asked; None obeys.
        ends_as: reason for which every video is rejected once it was processed.
        hides_thumbnails: takes pictures and shows none of them.
        uploads_left: of the project; ``channel_uploads_left``: of each channel.
        statistics: of videos, by id, as YouTube writes them: numbers as text.
        analytics: results by day.
        keeps: bytes of videos; else they are counted alone.
    """

    platform = "youtube"

    def __init__(self, *, keeps: bool = True) -> None:
        super().__init__()
        self.videos: list[Video] = []
        self.sessions: dict[str, Session] = {}
        self.looks_needed = 0
        self.privacy: str | None = None
        self.ends_as: str | None = None
        self.hides_thumbnails = False
        self.uploads_left = 100
        self.channel_uploads_left = 100
        self.statistics: dict[str, dict[str, str]] = {}
        self.analytics = Analytics()
        self._keeps = keeps
        self._parts: dict[str, bytearray] = {}

    def forget_sessions(self) -> None:
        self.sessions.clear()

    def handle(self, asked: Asked) -> Reply:
        routes: dict[tuple[str, str], tuple[str, Callable[[Asked, str], Reply]]] = {
            ("POST", "/upload/youtube/v3/videos"): ("videos.insert", self._insert),
            ("PUT", "/upload/youtube/v3/videos"): ("upload", self._put),
            ("GET", "/youtube/v3/channels"): ("channels.list", self._channels),
            ("GET", "/youtube/v3/playlistItems"): ("playlistItems.list", self._playlist),
            ("GET", "/youtube/v3/videos"): ("videos.list", self._list),
            ("PUT", "/youtube/v3/videos"): ("videos.update", self._update),
            ("POST", "/upload/youtube/v3/thumbnails/set"): ("thumbnails.set", self._thumbnail),
            ("POST", "/upload/youtube/v3/captions"): ("captions.insert", self._captions),
            ("GET", "/v2/reports"): ("reports.query", self._report),
        }
        name, answer = routes[asked.method, asked.path]
        self.calls.append(name)
        owner = self.owner(asked)
        if owner is None:
            return _error(401, "authError")
        if name not in {"upload", "reports.query"} and (
            problem := discovery.query_problem(_API, name, asked.query)
        ):
            return _error(400, "badRequest", problem)
        return answer(asked, owner)

    def _insert(self, asked: Asked, owner: str) -> Reply:
        resource = asked.document()
        problem = discovery.body_problem(_API, "Video", resource)
        if problem is None and set(resource) - set(asked.query["part"].split(",")):
            problem = "a part that is sent is not named"
        if problem is None and asked.query.get("uploadType") != "resumable":
            problem = "not resumable"
        if problem:
            return _error(400, "invalidVideoMetadata", problem)
        if reason := _wrong_words(resource, self.now):
            return _error(400, reason)
        if self.uploads_left <= 0:
            return _error(403, "quotaExceeded")
        self.uploads_left -= 1
        if self.channel_uploads_left <= 0:
            return _error(400, "uploadLimitExceeded")
        return self._opened(asked, owner, resource)

    def _opened(self, asked: Asked, owner: str, resource: dict[str, Any]) -> Reply:
        upload_id = f"upload-{len(self.calls)}"
        size = int(asked.headers["x-upload-content-length"])
        assert asked.headers["x-upload-content-type"].startswith("video/")
        self.sessions[upload_id] = Session(
            upload_id=upload_id, account_id=owner, size=size, resource=resource
        )
        self._parts[upload_id] = bytearray()
        host = asked.headers["host"]
        address = f"http://{host}{asked.path}?uploadType=resumable&upload_id={upload_id}"
        return reply(status=200, location=address)

    def _put(self, asked: Asked, owner: str) -> Reply:
        session = self.sessions.get(asked.query["upload_id"])
        if session is None or session.account_id != owner:
            return _error(404, "notFound")
        if session.video_id is not None:
            return self._resource_of(session, 200)
        given = asked.headers.get("content-range", f"bytes 0-{session.size - 1}/{session.size}")
        if given == f"bytes */{session.size}":
            return _incomplete(session)
        problem = _wrong_range(given, int(asked.headers["content-length"]), session)
        if problem is not None:
            return problem
        return self._taken(session, asked)

    def _taken(self, session: Session, asked: Asked) -> Reply:
        parts = self._parts[session.upload_id]
        for piece in asked.body:
            session.received += len(piece)
            if self._keeps:
                parts += piece
        if session.received < session.size:
            return _incomplete(session)
        self._made(session, bytes(parts))
        return self._resource_of(session, 201)

    def _made(self, session: Session, content: bytes) -> None:
        session.video_id = f"video{len(self.videos):06d}"
        status = session.resource["status"]
        status["privacyStatus"] = self.privacy or status.get("privacyStatus", "public")
        self.videos.append(
            Video(
                video_id=session.video_id,
                account_id=session.account_id,
                resource=session.resource,
                content=content,
                came_at=self.now,
                looks_left=self.looks_needed,
            )
        )

    def _resource_of(self, session: Session, status: int) -> Reply:
        video = next(v for v in self.videos if v.video_id == session.video_id)
        return reply(self._shown(video), status)

    def _shown(self, video: Video) -> dict[str, Any]:
        state = {"uploadStatus": "uploaded" if video.looks_left > 0 else "processed"}
        if video.looks_left <= 0 and self.ends_as is not None:
            state = {"uploadStatus": "rejected", "rejectionReason": self.ends_as}
        moment = f"{video.came_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "kind": "youtube#video",
            "id": video.video_id,
            "snippet": {**video.resource["snippet"], "publishedAt": moment},
            "status": {**video.resource["status"], **state},
            "statistics": self.statistics.get(video.video_id, {}),
        }

    def _channels(self, asked: Asked, owner: str) -> Reply:
        uploads = {"relatedPlaylists": {"uploads": f"UU-{owner}"}}
        return reply({"items": [{"id": owner, "contentDetails": uploads}]})

    def _playlist(self, asked: Asked, owner: str) -> Reply:
        if asked.query["playlistId"] != f"UU-{owner}":
            return _error(404, "playlistNotFound")
        most = int(asked.query["maxResults"])
        start = int(asked.query.get("pageToken", 0))
        mine = [video for video in reversed(self.videos) if video.account_id == owner]
        page: dict[str, Any] = {
            "items": [
                {"contentDetails": {"videoId": each.video_id}}
                for each in mine[start : start + most]
            ]
        }
        if len(mine) > start + most:
            page["nextPageToken"] = str(start + most)
        return reply(page)

    def _list(self, asked: Asked, owner: str) -> Reply:
        wanted = asked.query["id"].split(",")
        if len(wanted) > 50:
            return _error(400, "invalidFilters")
        found = [v for v in self.videos if v.video_id in wanted and v.account_id == owner]
        for video in found:
            video.looks_left -= 1
        return reply({"items": [self._shown(video) for video in found]})

    def _report(self, asked: Asked, owner: str) -> Reply:
        return self.analytics.report(asked)

    def _update(self, asked: Asked, owner: str) -> Reply:
        resource = asked.document()
        problem = discovery.body_problem(_API, "Video", resource)
        if problem is None and set(resource) - {"id"} != set(asked.query["part"].split(",")):
            problem = "the parts that are sent are not those that are named"
        if problem:
            return _error(400, "invalidVideoMetadata", problem)
        for video in self.videos:
            if video.video_id == resource["id"] and video.account_id == owner:
                # Each part that is named is replaced as a whole.
                video.resource |= {part: resource[part] for part in set(resource) - {"id"}}
                if self.privacy is not None:
                    video.resource["status"]["privacyStatus"] = self.privacy
                return reply(self._shown(video))
        return _error(404, "videoNotFound")

    def _thumbnail(self, asked: Asked, owner: str) -> Reply:
        content = asked.content()
        for video in self.videos:
            if video.video_id == asked.query["videoId"] and video.account_id == owner:
                if self.hides_thumbnails:
                    return reply({"items": []})
                video.thumbnail = content
                return reply({"items": [{"default": {"url": "https://i.ytimg.com/vi/x.jpg"}}]})
        return _error(404, "videoNotFound")

    def _captions(self, asked: Asked, owner: str) -> Reply:
        resource, track = _related(asked)
        if problem := discovery.body_problem(_API, "Caption", resource):
            return _error(400, "invalidMetadata", problem)
        snippet = resource["snippet"]
        for video in self.videos:
            if video.video_id == snippet["videoId"] and video.account_id == owner:
                if any(each["language"] == snippet["language"] for each in video.captions):
                    return _error(409, "captionExists")
                video.captions.append(snippet | {"track": track})
                return reply({"kind": "youtube#caption", "id": "caption-1"})
        return _error(404, "videoNotFound")

    def posts(self) -> list[tuple[str, bytes]]:
        return [(video.account_id, video.content) for video in self.videos]


def _related(asked: Asked) -> tuple[Any, bytes]:
    """The document and the file of a multipart body."""
    whole = f"content-type: {asked.headers['content-type']}\n\n".encode() + asked.content()
    described, track = email.message_from_bytes(whole, policy=email.policy.HTTP).iter_parts()
    return json.loads(described.get_content()), track.get_content()


def _wrong_words(resource: dict[str, Any], now: datetime) -> str | None:
    snippet, status = resource["snippet"], resource["status"]
    title, description = snippet.get("title", ""), snippet.get("description", "")
    tags = snippet.get("tags", [])
    counted = sum(len(f'"{tag}"' if " " in tag else tag) for tag in tags) + max(len(tags) - 1, 0)
    wrong = {
        "invalidTitle": not 0 < len(title) <= 100 or bool(re.search("[<>]", title)),
        "invalidDescription": len(description.encode()) > 5000
        or bool(re.search("[<>]", description)),
        "invalidTags": counted > 500,
        "invalidVideoMetadata": status.get("privacyStatus") not in _WRITABLE,
        "invalidPublishAt": "publishAt" in status
        and (
            status["privacyStatus"] != "private"
            or datetime.fromisoformat(status["publishAt"]) <= now
        ),
    }
    return next((reason for reason, is_wrong in wrong.items() if is_wrong), None)


def _wrong_range(given: str, length: int, session: Session) -> Reply | None:
    found = _RANGE.fullmatch(given)
    if found is None or int(found[3]) != session.size:
        return _error(400, "badContentRange")
    start, end = int(found[1]), int(found[2])
    if end - start + 1 != length or (end != session.size - 1 and length % _CHUNK):
        return _error(400, "badContentLength")
    # Overlap or gap: none of the body is stored.
    return None if start == session.received else _error(503, "backendError")


def _incomplete(session: Session) -> Reply:
    if not session.received:
        return reply(status=308)
    return reply(status=308, range=f"bytes=0-{session.received - 1}")


def _error(status: int, reason: str, message: str = "refused") -> Reply:
    errors = [{"message": message, "domain": "youtube", "reason": reason}]
    return reply({"error": {"code": status, "message": message, "errors": errors}}, status)
