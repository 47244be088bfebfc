"""Facebook for those who post Reels to Pages: videos with phases, resumable uploads, a daily cap.

Source: https://developers.facebook.com/docs/video-api/guides/reels-publishing
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message
from typing import Any

from tests.platforms import meta_forms, meta_insights
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_MOST_A_DAY = 30
_LARGEST_COVER = 10_000_000


@dataclass(kw_only=True)
class Video:
    """What a Reel is made of.

    Attributes:
        looks_left: how often it is still found in processing once it was finished.
        finished_at: when its publication was asked for.
        state: what was asked for then.
        attached: files by the edge that they came to.
    """

    video_id: str
    page_id: str
    content: bytearray
    looks_left: int
    size: int | None = None
    is_open: bool = True
    finished_at: datetime | None = None
    state: str = ""
    form: dict[str, str] = field(default_factory=dict)
    attached: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether all bytes came."""
        return self.size is not None and len(self.content) >= self.size


class FacebookUploads(UploadPlatform):
    """The Pages ``main`` and ``other``.

    Attributes:
        insights: what there is to read of every post.
        looks_needed: how often a finished Reel is still found in processing.
        fails_with: what processing says of every finished Reel instead of publishing it.
        keeps_as: what every Reel becomes instead of what was asked for.
    """

    platform = "facebook"

    def __init__(self) -> None:
        super().__init__()
        self.videos: list[Video] = []
        self.insights = meta_insights.Insights(values=dict(meta_insights.PAGES))
        self.looks_needed = 0
        self.fails_with = ""
        self.keeps_as = ""

    def posts(self) -> list[tuple[str, bytes]]:
        done = [each for each in self.videos if each.finished_at is not None]
        return [(each.page_id, bytes(each.content)) for each in done]

    def forget_sessions(self) -> None:
        for video in self.videos:
            video.is_open = False

    def server_error(self) -> Reply:
        return meta_forms.error(2, 500)

    def too_many(self) -> Reply:
        return meta_forms.error(32, 400)

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(re.sub(r"\d+", "N", asked.path.rpartition("/")[2]))
        scheme = "OAuth" if asked.path.startswith("/video-upload/") else "Bearer"
        owner = self.owner(asked, scheme=scheme)
        if owner is None:
            return meta_forms.error(190, 401, subcode=463)
        return self._upload(asked, owner) if scheme == "OAuth" else self._of_the_graph(asked, owner)

    def _of_the_graph(self, asked: Asked, owner: str) -> Reply:
        _, version, node, *edge = asked.path.split("/")
        if re.fullmatch(r"v\d+\.\d+", version) is None:
            return meta_forms.error(2635, message="Unknown version")
        if edge == ["video_reels"] and asked.method == "POST":
            return self._reels(asked, owner) if node == owner else meta_forms.error(200, 403)
        video = self._video(node, owner)
        if video is None:
            return meta_forms.unknown()
        if edge == ["video_insights"]:
            return self.insights.answer(asked, node)
        return self._attach(asked, video, edge) if edge else self._node(asked, video)

    def _reels(self, asked: Asked, owner: str) -> Reply:
        form = asked.form()
        if told := meta_forms.wrong("video_reels", form):
            return meta_forms.error(100, message=told)
        if form["upload_phase"].lower() == "finish":
            return self._finish(form, owner)
        made = Video(
            video_id=f"71230{len(self.videos):05d}",
            page_id=owner,
            content=bytearray(),
            looks_left=self.looks_needed,
        )
        self.videos.append(made)
        address = f"http://{asked.headers['host']}/video-upload/v26.0/{made.video_id}"
        return reply({"video_id": made.video_id, "upload_url": address})

    def _upload(self, asked: Asked, owner: str) -> Reply:
        video = self._video(asked.path.rpartition("/")[2], owner)
        if video is None:
            return _refused_upload("NotFound", retriable=False)
        if int(asked.headers["offset"]) != len(video.content):
            return _refused_upload("OffsetInvalid", retriable=True)
        video.size = int(asked.headers["file_size"])
        for piece in asked.body:
            video.content += piece
        if not video.is_whole:
            return _refused_upload("PartialRequest", retriable=True)
        return reply({"success": True})

    def _finish(self, form: dict[str, str], owner: str) -> Reply:
        video = self._video(form.get("video_id", ""), owner)
        if video is None:
            return meta_forms.unknown()
        if not video.is_whole or "video_state" not in form:
            return meta_forms.error(6000, message="There was a problem with your video")
        if video.finished_at is not None:
            return meta_forms.error(100, message="The video was published already")
        since = self.now - timedelta(hours=24)
        recent = [v for v in self.videos if v.finished_at and v.finished_at > since]
        if len([v for v in recent if v.page_id == owner]) >= _MOST_A_DAY:
            return meta_forms.error(4, 400, message="Too many reels in 24 hours")
        video.finished_at, video.form = self.now, form
        video.state = self.keeps_as or form["video_state"].lower()
        return reply({"success": True, "post_id": f"{owner}_{video.video_id}"})

    def _attach(self, asked: Asked, video: Video, edge: list[str]) -> Reply:
        fields, content = _multipart(asked)
        if asked.method != "POST" or (told := meta_forms.wrong(edge[0], fields)):
            return meta_forms.error(100, message=told)
        if len(content) > _LARGEST_COVER:
            return meta_forms.error(100, message="The file is too large")
        video.attached[edge[0]] = content
        return reply({"success": True})

    def _node(self, asked: Asked, video: Video) -> Reply:
        known: dict[str, Any] = {
            "status": self._status(video),
            "permalink_url": f"/reel/{video.video_id}/",
        }
        wanted = asked.query["fields"].split(",")
        if set(wanted) - set(known):
            return meta_forms.error(100, message="(#100) Tried accessing nonexisting field")
        return reply({"id": video.video_id} | {name: known[name] for name in wanted})

    def _status(self, video: Video) -> dict[str, Any]:
        is_finished = video.finished_at is not None
        is_ready = is_finished and video.looks_left <= 0
        if is_finished:
            video.looks_left -= 1
        phases: dict[str, Any] = {
            "uploading_phase": {
                "status": "complete" if video.is_whole else "in_progress",
                "bytes_transferred": len(video.content),
            },
            "processing_phase": {"status": "in_progress" if is_finished else "not_started"},
            "publishing_phase": {"status": "not_started"},
        }
        if is_ready and self.fails_with:
            failed = {"status": "error", "errors": [{"code": 1, "message": self.fails_with}]}
            phases["processing_phase"] = failed
        elif is_ready:
            phases["processing_phase"] = {"status": "complete"}
            phases["publishing_phase"] = {"status": "complete", "publish_status": video.state}
        elif is_finished:
            phases["publishing_phase"] = {"status": "in_progress"}
        return {"video_status": "ready" if is_ready else "processing"} | phases

    def _video(self, node: str, owner: str) -> Video | None:
        """A video that was finished stays; others can be forgotten."""
        for each in self.videos:
            if (each.video_id, each.page_id) == (node, owner):
                return each if each.is_open or each.finished_at else None
        return None


def _refused_upload(kind: str, *, retriable: bool) -> Reply:
    return reply({"debug_info": {"retriable": retriable, "type": kind, "message": kind}}, 400)


def _multipart(asked: Asked) -> tuple[dict[str, str], bytes]:
    """The fields of a form, and the file among them, which is a field without a value."""
    head = f"content-type: {asked.headers['content-type']}\r\n\r\n".encode()
    fields, content = {}, b""
    parts = message_from_bytes(head + asked.content()).get_payload()
    for part in parts if isinstance(parts, list) else ():
        assert isinstance(part, Message)
        name = str(part.get_param("name", header="content-disposition"))
        value = part.get_payload(decode=True)
        assert isinstance(value, bytes)
        is_file = part.get_filename() is not None
        fields[name] = "" if is_file else value.decode()
        content = value if is_file else content
    return fields, content
