"""LinkedIn for members who post videos: parts with marks, work on them, posts that few may read.

Source: https://learn.microsoft.com/linkedin/marketing/community-management/shares/videos-api
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_PART = 1_000_000
_ADDRESS_LIVES = timedelta(hours=24)
_OPENING = {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"}
_POST = {
    *("author", "commentary", "visibility", "distribution", "content", "lifecycleState"),
    "isReshareDisabledByAuthor",
}
_DISTRIBUTION = {"feedDistribution", "targetEntities", "thirdPartyDistributionChannels"}
_HASHTAG = re.compile(r"\{hashtag\|\\#\|(?:[^\\|{}@\[\]()<>#*_~]|\\.)+\}")
_BARE = re.compile(r"(?<!\\)[|{}@\[\]()<>#*_~]")


@dataclass(kw_only=True)
class Video:
    """A video under way, or done."""

    urn: str
    account_id: str
    size: int
    opened_at: datetime
    looks_left: int
    parts: dict[int, bytes] = field(default_factory=dict)
    is_open: bool = True
    is_ended: bool = False

    @property
    def count(self) -> int:
        """How many parts it has."""
        return -(-self.size // _PART)

    @property
    def content(self) -> bytes:
        """What came, in order."""
        return b"".join(self.parts[number] for number in sorted(self.parts))


@dataclass(kw_only=True)
class MadePost:
    """A post in a member's feed."""

    urn: str
    account_id: str
    body: dict[str, Any]
    video: Video


class LinkedinUploads(UploadPlatform):
    """The members ``main`` and ``other``.

    Attributes:
        may_read: the app was given the right to read members' posts, which few are.
        looks_needed: how often a video is still found in processing.
        fails_with: what LinkedIn says of every video that it worked on.
        refuses_with: status, code and words with which every post is refused.
        versions: of the API that are active.
        stops_doubles: whether a text that the member posted before is refused.
        hides: posts do not stand among the member's.
        counts: what is told of every post, by its kind.
    """

    platform = "linkedin"

    def __init__(self) -> None:
        super().__init__()
        self.videos: list[Video] = []
        self.made: list[MadePost] = []
        self.may_read = False
        self.looks_needed = 0
        self.fails_with = ""
        self.refuses_with: tuple[int, str, str] | None = None
        self.versions = ["202608", "202609"]
        self.stops_doubles = False
        self.hides = False
        self.counts: dict[str, int] = {}

    def posts(self) -> list[tuple[str, bytes]]:
        return [(each.account_id, each.video.content) for each in self.made]

    def forget_sessions(self) -> None:
        for video in self.videos:
            video.is_open = False

    def server_error(self) -> Reply:
        return _error(500, "INTERNAL_SERVER_ERROR", "Internal Server Error")

    def too_many(self) -> Reply:
        return _error(429, "TOO_MANY_REQUESTS", "Resource level throttle limit reached")

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(asked.query.get("action", asked.path.split("/")[2]))
        if asked.path.startswith("/dms-uploads/"):
            return self._part(asked)
        owner = self.owner(asked)
        if owner is None:
            return _error(401, "INVALID_ACCESS_TOKEN", "Invalid access token")
        if asked.path == "/v2/userinfo":
            return reply({"sub": owner, "name": "Knot Lab"})
        version = asked.headers.get("linkedin-version")
        if version not in self.versions:
            told = f"Requested version {version} is not active"
            return _error(426, "NONEXISTENT_VERSION", told)
        assert asked.headers["x-restli-protocol-version"] == "2.0.0"
        return self._routed(asked, owner)

    def _routed(self, asked: Asked, owner: str) -> Reply:
        routes = {
            ("POST", "/rest/videos", "initializeUpload"): self._open,
            ("POST", "/rest/videos", "finalizeUpload"): self._end,
            ("POST", "/rest/posts", None): self._post,
            ("GET", "/rest/posts", None): self._posts,
            ("GET", "/rest/memberCreatorPostAnalytics", None): self._analytics,
        }
        key = (asked.method, asked.path, asked.query.get("action"))
        if route := routes.get(key):
            return route(asked, owner)
        video = self._known(unquote(asked.path.rpartition("/")[2]), owner)
        if video is None:
            return _error(404, "NOT_FOUND", "Could not find entity")
        return reply({"id": video.urn, "owner": f"urn:li:person:{owner}"} | self._work(video))

    def _open(self, asked: Asked, owner: str) -> Reply:
        wanted = asked.document()["initializeUploadRequest"]
        if set(wanted) != _OPENING or wanted["owner"] != f"urn:li:person:{owner}":
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access owner")
        number = len(self.videos)
        made = Video(
            urn=f"urn:li:video:C5505AQH{number}",
            account_id=owner,
            size=wanted["fileSizeBytes"],
            opened_at=self.now,
            looks_left=self.looks_needed,
        )
        self.videos.append(made)
        base = f"http://{asked.headers['host']}/dms-uploads/{number}"
        told = [
            {
                "uploadUrl": f"{base}/{part}?sau=s3cret",
                "firstByte": part * _PART,
                "lastByte": min((part + 1) * _PART, made.size) - 1,
            }
            for part in range(made.count)
        ]
        return reply({"value": {"video": made.urn, "uploadToken": "", "uploadInstructions": told}})

    def _part(self, asked: Asked) -> Reply:
        assert "authorization" not in asked.headers
        _, _, number, part = asked.path.split("/")
        video, place = self.videos[int(number)], int(part)
        if not video.is_open or self.now - video.opened_at > _ADDRESS_LIVES:
            return reply(status=403)
        content = asked.content()
        if len(content) != min((place + 1) * _PART, video.size) - place * _PART:
            return reply(status=400)
        video.parts[place] = content
        return reply(status=200, etag=f'"/ambry-video/{number}/{place}"')

    def _end(self, asked: Asked, owner: str) -> Reply:
        wanted = asked.document()["finalizeUploadRequest"]
        video = self._known(wanted["video"], owner)
        if video is None:
            return _error(404, "NOT_FOUND", "Could not find entity")
        number = self.videos.index(video)
        marks = [f"/ambry-video/{number}/{place}" for place in range(video.count)]
        if video.is_ended or wanted["uploadedPartIds"] != marks or len(video.content) != video.size:
            return _error(400, "INVALID_REQUEST", "The upload cannot be finalized")
        video.is_ended = True
        return reply(status=200)

    def _work(self, video: Video) -> dict[str, str]:
        if not video.is_ended:
            return {"status": "WAITING_UPLOAD"}
        video.looks_left -= 1
        if video.looks_left >= 0:
            return {"status": "PROCESSING"}
        if self.fails_with:
            return {"status": "PROCESSING_FAILED", "processingFailureReason": self.fails_with}
        return {"status": "AVAILABLE"}

    def _post(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        if self.refuses_with is not None:
            return _error(*self.refuses_with)
        if wrong := _wrong(document, owner):
            return _error(422, "INVALID_REQUEST", wrong)
        video = self._known(document["content"]["media"]["id"], owner)
        if video is None or not video.is_ended or video.looks_left >= 0:
            return _error(404, "NOT_FOUND", "Could not find the video")
        for each in self.made:
            if self.stops_doubles and each.body["commentary"] == document["commentary"]:
                return _error(422, "DUPLICATE_POST", f"Content is a duplicate of {each.urn}")
        urn = f"urn:li:ugcPost:71{len(self.made):05d}"
        self.made.append(MadePost(urn=urn, account_id=owner, body=document, video=video))
        return reply(None, 201, x_restli_id=urn)

    def _posts(self, asked: Asked, owner: str) -> Reply:
        assert asked.headers["x-restli-method"] == "FINDER"
        if not self.may_read or asked.query["author"] != f"urn:li:person:{owner}":
            return _error(403, "ACCESS_DENIED", "Not enough permissions to access: posts.FINDER")
        own = [each for each in reversed(self.made) if each.account_id == owner and not self.hides]
        start, count = int(asked.query["start"]), int(asked.query["count"])
        seen = [{"id": each.urn, "content": each.body["content"]} for each in own]
        return reply({"elements": seen[start : start + count]})

    def _analytics(self, asked: Asked, owner: str) -> Reply:
        entity = re.fullmatch(r"\(ugc:(.+)\)", asked.query["entity"])
        assert (asked.query["q"], asked.query["aggregation"]) == ("entity", "TOTAL")
        if entity is None or unquote(entity[1]) not in {each.urn for each in self.made}:
            return _error(404, "NOT_FOUND", "Could not find entity")
        count = self.counts.get(asked.query["queryType"])
        return reply({"elements": [] if count is None else [{"count": count}]})

    def _known(self, urn: str, owner: str) -> Video | None:
        for each in self.videos:
            if (each.urn, each.account_id) == (urn, owner):
                return each if each.is_open else None
        return None


def _wrong(document: dict[str, Any], owner: str) -> str:
    """What speaks against a post; bare reserved characters LinkedIn would cut off in silence."""
    if set(document) != _POST or set(document["distribution"]) != _DISTRIBUTION:
        return "unknown or missing fields"
    if document["author"] != f"urn:li:person:{owner}":
        return "author"
    text = document["commentary"]
    assert _BARE.search(_HASHTAG.sub("", text).replace("\\\\", "")) is None
    return "commentary" if len(text) > 3000 else ""


def _error(status: int, code: str, message: str) -> Reply:
    return reply({"status": status, "code": code, "message": message}, status)
