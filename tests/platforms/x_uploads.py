"""X for those who post videos: segments, work on them, posts, and the account's own timeline.

Source: X's OpenAPI document 2.167
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.platforms.file_forms import read_form
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply
from viral_forge_resources.contracts.counting_text import weighed

_LARGEST_SEGMENT = 2_000_000
_LIFE = timedelta(hours=24)
_OPENING = {"media_type": str, "total_bytes": int, "media_category": str}
_POST = {"text": str, "media": dict, "made_with_ai": bool, "paid_partnership": bool}


@dataclass(kw_only=True)
class Media:
    """A video under way, or done."""

    media_id: str
    account_id: str
    size: int
    opened_at: datetime
    looks_left: int
    segments: dict[int, bytes] = field(default_factory=dict)
    is_open: bool = True
    is_ended: bool = False
    is_posted: bool = False

    @property
    def content(self) -> bytes:
        """What came, in the order of its segments."""
        return b"".join(self.segments[number] for number in sorted(self.segments))


@dataclass(kw_only=True)
class XPost:
    """A post on an account."""

    post_id: str
    account_id: str
    body: dict[str, Any]
    made_at: datetime
    media: Media


class XUploads(UploadPlatform):
    """The accounts ``main`` and ``other``.

    Attributes:
        looks_needed: how often a video is still found in processing.
        fails_with: what X says of every video that it worked on.
        refuses_with: status and words with which every post is refused.
        lag: after which a post stands on its account's timeline.
        stops_doubles: whether X refuses a text that the account posted before.
        counts: what is told of every post and its video, by kind.
        tells_own: whether an author is told what is not public.
    """

    platform = "x"

    def __init__(self) -> None:
        super().__init__()
        self.media: list[Media] = []
        self.made: list[XPost] = []
        self.looks_needed = 0
        self.fails_with = ""
        self.refuses_with: tuple[int, str] | None = None
        self.lag = timedelta(0)
        self.stops_doubles = True
        self.counts: dict[str, dict[str, int]] = {}
        self.tells_own = True

    def posts(self) -> list[tuple[str, bytes]]:
        return [(each.account_id, each.media.content) for each in self.made]

    def forget_sessions(self) -> None:
        for media in self.media:
            media.is_open = False

    def server_error(self) -> Reply:
        return _problem(503, "Service Unavailable")

    def too_many(self) -> Reply:
        return _problem(429, "Too Many Requests")

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(re.sub(r"\d{3,}", "N", asked.path.removeprefix("/2/")))
        owner = self.owner(asked)
        if owner is None:
            return _problem(401, "Unauthorized")
        routes = {
            ("GET", "/2/users/me"): self._me,
            ("POST", "/2/media/upload/initialize"): self._open,
            ("GET", "/2/media/upload"): self._status,
            ("POST", "/2/tweets"): self._post,
            ("GET", "/2/tweets"): self._numbers,
            ("GET", f"/2/users/{owner}/tweets"): self._timeline,
        }
        if route := routes.get((asked.method, asked.path)):
            return route(asked, owner)
        step = re.fullmatch(r"/2/media/upload/(\d+)/(append|finalize)", asked.path)
        if step is None or asked.method != "POST":
            return _problem(404, "Not Found")
        media = self._known(step[1], owner)
        if media is None:
            return _problem(404, "media id not found")
        return self._append(asked, media) if step[2] == "append" else self._end(media)

    def _me(self, asked: Asked, owner: str) -> Reply:
        return reply({"data": {"id": owner, "name": "Knot Lab", "username": "knotlab"}})

    def _open(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        if _wrong(document, _OPENING) or not 0 < document["total_bytes"] <= 512_000_000:
            return _problem(400, "One or more parameters to your request was invalid.")
        made = Media(
            media_id=f"18800281060205{len(self.media):05d}",
            account_id=owner,
            size=document["total_bytes"],
            opened_at=self.now,
            looks_left=self.looks_needed,
        )
        self.media.append(made)
        shown = {"id": made.media_id, "media_key": f"13_{made.media_id}"}
        return reply({"data": shown | {"expires_after_secs": int(_LIFE.total_seconds())}})

    def _append(self, asked: Asked, media: Media) -> Reply:
        form = read_form(asked)
        number = int(form.fields.get("segment_index", "-1"))
        is_wrong = set(form.fields) != {"segment_index"} or form.file_field != "media"
        if is_wrong or media.is_ended or not 0 <= number <= 999:
            return _problem(400, "Invalid segment")
        if len(form.content) > _LARGEST_SEGMENT:
            return _problem(413, "Payload Too Large")
        media.segments[number] = form.content
        return reply({"data": {"expires_at": 1}})

    def _end(self, media: Media) -> Reply:
        is_complete = sorted(media.segments) == list(range(len(media.segments)))
        if media.is_ended or not is_complete or len(media.content) != media.size:
            return _problem(400, "Segments do not add up to provided total file size.")
        media.is_ended = True
        return reply({"data": self._shown(media)})

    def _status(self, asked: Asked, owner: str) -> Reply:
        media = self._known(asked.query["media_id"], owner)
        if asked.query["command"] != "STATUS" or media is None:
            return _problem(404, "media id not found")
        return reply({"data": self._shown(media)})

    def _shown(self, media: Media) -> dict[str, Any]:
        shown: dict[str, Any] = {"id": media.media_id, "media_key": f"13_{media.media_id}"}
        if media.is_ended:
            shown["processing_info"] = self._work(media)
        return shown

    def _work(self, media: Media) -> dict[str, Any]:
        media.looks_left -= 1
        if media.looks_left >= 0:
            return {"state": "in_progress", "check_after_secs": 5, "progress_percent": 50}
        if self.fails_with:
            return {"state": "failed", "error": {"code": 1, "message": self.fails_with}}
        return {"state": "succeeded", "progress_percent": 100}

    def _post(self, asked: Asked, owner: str) -> Reply:
        document = asked.document()
        if self.refuses_with is not None:
            return _problem(*self.refuses_with)
        if _wrong(document, _POST) or weighed(document["text"]) > 280:
            return _problem(400, "One or more parameters to your request was invalid.")
        (media_id,) = document["media"]["media_ids"]
        media = self._known(media_id, owner)
        if media is None or not media.is_ended or media.looks_left >= 0:
            return _problem(400, "Your media IDs are invalid.")
        texts = [each.body["text"] for each in self.made if each.account_id == owner]
        if self.stops_doubles and document["text"] in texts:
            return _problem(403, "You are not allowed to create a Tweet with duplicate content.")
        made = XPost(
            post_id=f"19900000000000{len(self.made):05d}",
            account_id=owner,
            body=document,
            made_at=self.now,
            media=media,
        )
        media.is_posted = True
        self.made.append(made)
        return reply({"data": {"id": made.post_id, "text": document["text"]}}, 201)

    def _timeline(self, asked: Asked, owner: str) -> Reply:
        since = datetime.fromisoformat(asked.query["start_time"])
        seen = [
            {
                "id": each.post_id,
                "created_at": each.made_at.isoformat(),
                "attachments": {"media_keys": [f"13_{each.media.media_id}"]},
            }
            for each in reversed(self.made)
            if each.account_id == owner and since <= each.made_at <= self.now - self.lag
        ]
        return reply({"data": seen, "meta": {"result_count": len(seen)}} if seen else {"meta": {}})

    def _numbers(self, asked: Asked, owner: str) -> Reply:
        assert asked.query["expansions"] == "attachments.media_keys"
        kinds = set(asked.query["tweet.fields"].split(",")) - {"attachments"}
        assert kinds == set(asked.query["media.fields"].split(","))
        ids = asked.query["ids"].split(",")
        assert len(ids) <= 100
        has_own = "non_public_metrics" in kinds
        seen = [each for each in self.made if each.post_id in ids]
        told = [each for each in seen if not has_own or self._may_see_own(each, owner)]
        answer: dict[str, Any] = {
            "data": [
                {"id": each.post_id, "attachments": {"media_keys": [f"13_{each.media.media_id}"]}}
                | {kind: self.counts[f"post.{kind}"] for kind in kinds}
                for each in told
            ],
            "includes": {
                "media": [
                    {"media_key": f"13_{each.media.media_id}", "type": "video"}
                    | {kind: self.counts[f"media.{kind}"] for kind in kinds}
                    for each in told
                ]
            },
        }
        return reply({name: each for name, each in answer.items() if told})

    def _may_see_own(self, post: XPost, owner: str) -> bool:
        is_young = self.now - post.made_at < timedelta(days=30)
        return self.tells_own and is_young and post.account_id == owner

    def _known(self, media_id: str, owner: str) -> Media | None:
        for each in self.media:
            if (each.media_id, each.account_id) == (media_id, owner):
                return each if each.is_open and self.now - each.opened_at < _LIFE else None
        return None


def _wrong(given: dict[str, Any], known: dict[str, type]) -> bool:
    return set(given) != set(known) or any(
        not isinstance(given[name], kind) for name, kind in known.items()
    )


def _problem(status: int, detail: str) -> Reply:
    return reply(
        {"title": detail, "detail": detail, "type": "about:blank", "status": status}, status
    )
