"""Calls of YouTube's Data API: Google's own client builds them, we send them and count them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import ReauthorisationNeeded, UnexpectedAnswer
from viral_forge_resources.contracts.publishing import Post
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers import _youtube_words as words
from viral_forge_resources.publishers._calling import Answer, Call, Caller
from viral_forge_resources.publishers._youtube_refusals import DAY_STARTS_IN

_LIST, _UPDATE, _THUMBNAIL, _CAPTION = 1, 50, 50, 400
_MOST_PAGES = 10
_PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowances:
    """What the project may call in a day.

    Attributes:
        uploads: calls of ``videos.insert``, which has a bucket of its own.
        units: of all other methods together, those of scanners included.
    """

    project: str
    uploads: int
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    origin: httpx.URL
    allowances: Allowances

    def uploads_playlist(self) -> str:
        """The playlist of all that the channel uploaded.

        Raises:
            ReauthorisationNeeded: the token opens another channel than was connected.
        """
        call = _service().channels().list(part="contentDetails", mine=True)
        document = self._units(call, "channels.list", _LIST)
        found, expected = inside(document, "items", 0, "id"), self.caller.token().account_id
        if found != expected:
            raise ReauthorisationNeeded(
                self.caller.channel_id,
                reason="its access opens another channel than the one that was connected",
                remedy="Connect the account again, and choose that channel when Google asks.",
            )
        playlist = inside(document, "items", 0, "contentDetails", "relatedPlaylists", "uploads")
        return _text(playlist, "channels.list")

    def announce(self, post: Post, wishes: words.Wishes, size: int, *, now: datetime) -> httpx.URL:
        """The address that the video's bytes are to be sent to; a secret."""
        request = (
            _service()
            .videos()
            .insert(
                part=words.PARTS,
                notifySubscribers=wishes.notifies,
                body=words.resource(post, wishes, now=now),
                media_body=_announced(size),
            )
        )
        headers = {"x-upload-content-length": str(size), "x-upload-content-type": "video/mp4"}
        self._count("videos.insert", self.allowances.uploads, 1)
        answer = self._send(request, "videos.insert", headers)
        return httpx.URL(_text(answer.headers.get("location"), "videos.insert"))

    def video(self, video_id: str) -> Any:  # noqa: ANN401  a resource
        """The video as its owner sees it, None where there is none of that id."""
        found = self._videos([video_id])
        return found[0] if found else None

    def marked(self, playlist: str, mark: str, *, since: str) -> Any:  # noqa: ANN401
        """The channel's video with the tag ``mark`` that came after ``since``, None without one.

        Raises:
            UnexpectedAnswer: there are too many videos to look at.
        """
        page: str | None = None
        for _ in range(_MOST_PAGES):
            listed = (
                _service()
                .playlistItems()
                .list(part="contentDetails", playlistId=playlist, maxResults=_PAGE, pageToken=page)
            )
            document = self._units(listed, "playlistItems.list", _LIST)
            items = inside(document, "items") or []
            ids = [str(inside(item, "contentDetails", "videoId")) for item in items]
            videos = self._videos(ids) if ids else []
            for video in videos:
                if mark in (inside(video, "snippet", "tags") or []):
                    return video
            page = inside(document, "nextPageToken")
            if page is None or any(_came_at(video) < since for video in videos):
                return None
        raise UnexpectedAnswer("YouTube lists more uploads than can be looked through")

    def hide(self, video: Any) -> Any:  # noqa: ANN401  resources
        """The video once nobody but its owner sees it.

        An update takes the place of the whole part, so what stands there is sent again; without
        its ``publishAt``, by which YouTube would show the video later.
        """
        status = inside(video, "status")
        kept = {name: status[name] for name in words.KEPT_STATUS if name in status}
        body = {"id": inside(video, "id"), "status": kept | {"privacyStatus": "private"}}
        call = _service().videos().update(part="status", body=body)
        return self._units(call, "videos.update", _UPDATE)

    def set_thumbnail(self, video_id: str, picture: bytes) -> bool:
        """Whether YouTube shows the picture now."""
        call = (
            _service().thumbnails().set(videoId=video_id, media_body=_small(picture, "image/jpeg"))
        )
        return bool(inside(self._units(call, "thumbnails.set", _THUMBNAIL), "items", 0))

    def insert_captions(self, video_id: str, subtitles: bytes, language: str) -> None:
        """Add subtitles with times, as SRT."""
        snippet = {"videoId": video_id, "language": language, "name": "", "isDraft": False}
        call = (
            _service()
            .captions()
            .insert(
                part="snippet",
                body={"snippet": snippet},
                media_body=_small(subtitles, "application/octet-stream"),
            )
        )
        self._units(call, "captions.insert", _CAPTION)

    def _videos(self, ids: list[str]) -> list[Any]:
        call = _service().videos().list(part="snippet,status,processingDetails", id=",".join(ids))
        return list(inside(self._units(call, "videos.list", _LIST), "items") or [])

    def _units(self, request: Any, name: str, units: int) -> Any:  # noqa: ANN401
        self._count("units", self.allowances.units, units)
        return self._send(request, name, {}).document

    def _count(self, bucket: str, limit: int, units: int) -> None:
        counted = Bucket(
            platform="youtube",
            project=self.allowances.project,
            name=bucket,
            limit=limit,
            window=Window.DAY,
            zone=DAY_STARTS_IN,
        )
        self.caller.tools.count(Use(bucket=counted, units=units))

    def _send(self, request: Any, name: str, headers: dict[str, str]) -> Answer:  # noqa: ANN401
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(body)
        own = {key: request.headers[key] for key in ("content-type",) if key in request.headers}
        return self.caller.send(
            Call(
                name=f"YouTube {name}",
                method=request.method,
                url=_at(self.origin, request.uri),
                headers=own | headers,
                body=lambda: content,
            )
        )


def _at(origin: httpx.URL, address: str) -> httpx.URL:
    return httpx.URL(address).copy_with(scheme=origin.scheme, host=origin.host, port=origin.port)


def _came_at(video: Any) -> str:  # noqa: ANN401  a resource
    return str(inside(video, "snippet", "publishedAt") or "9999")


def _text(value: object, name: str) -> str:
    if not isinstance(value, str) or not value:
        raise UnexpectedAnswer(f"YouTube {name}: its answer lacks what it documents")
    return value


@cache
def _service() -> Any:  # noqa: ANN401  the client makes its classes as it runs
    from googleapiclient.discovery import build  # half a second, once a process
    from googleapiclient.http import build_http

    # The client is never used to send; without one it looks for credentials on this machine.
    return build("youtube", "v3", http=build_http(), static_discovery=True)


def _announced(size: int) -> Any:  # noqa: ANN401  the client's own class
    """A video of ``size`` bytes that is sent later, by ourselves."""
    from googleapiclient.http import MediaUpload

    class Announced(MediaUpload):  # type: ignore[misc]  # the client has no types
        def mimetype(self) -> str:
            return "video/mp4"

        def size(self) -> int:
            return size

        def resumable(self) -> bool:
            return True

    return Announced()


def _small(content: bytes, kind: str) -> Any:  # noqa: ANN401  the client's own class
    from googleapiclient.http import MediaInMemoryUpload

    return MediaInMemoryUpload(content, mimetype=kind, resumable=False)
