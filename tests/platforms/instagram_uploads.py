"""Instagram for those who post Reels: containers, resumable uploads, publication, a daily cap.

Source: https://developers.facebook.com/docs/instagram-platform/content-publishing/resumable-uploads
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.platforms import meta_forms, meta_insights
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_LIVES = timedelta(hours=24)


@dataclass(kw_only=True)
class Container:
    """What a Reel is made in."""

    container_id: str
    account_id: str
    caption: str
    opened_at: datetime
    content: bytearray
    form: dict[str, str]
    size: int | None = None
    is_open: bool = True
    looks_left: int = 0
    media_id: str | None = None
    published_at: datetime | None = None


class InstagramUploads(UploadPlatform):
    """The accounts ``main`` and ``other``, by Facebook's login.

    Attributes:
        insights: what there is to read of every post.
        looks_needed: how often a whole container is still found in progress.
        fails_with: what every whole container says instead of being ready.
        posts_left: of the day.
    """

    platform = "instagram"

    def __init__(self) -> None:
        super().__init__()
        self.containers: list[Container] = []
        self.insights = meta_insights.Insights(values=dict(meta_insights.REELS))
        self.looks_needed = 0
        self.fails_with = ""
        self.posts_left = 50

    def posts(self) -> list[tuple[str, bytes]]:
        done = [each for each in self.containers if each.media_id is not None]
        return [(each.account_id, bytes(each.content)) for each in done]

    def forget_sessions(self) -> None:
        for container in self.containers:
            container.is_open = False

    def server_error(self) -> Reply:
        return meta_forms.error(2, 500)

    def too_many(self) -> Reply:
        return meta_forms.error(4, 400)

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(re.sub(r"\d+", "N", asked.path.rpartition("/")[2]))
        if asked.path.startswith("/ig-api-upload/"):
            return self._upload(asked)
        owner = self.owner(asked)
        if owner is None:
            return meta_forms.error(190, 401)
        _, _, node, *edge = asked.path.split("/")
        if edge == ["insights"]:
            return self._insights(asked, node, owner)
        if edge and node != owner:
            return meta_forms.error(10, 403)
        return self._of_the_graph(asked, owner, node, edge)

    def _insights(self, asked: Asked, node: str, owner: str) -> Reply:
        is_theirs = any((c.media_id, c.account_id) == (node, owner) for c in self.containers)
        return self.insights.answer(asked, node) if is_theirs else meta_forms.unknown()

    def _of_the_graph(self, asked: Asked, owner: str, node: str, edge: list[str]) -> Reply:
        if asked.method == "POST":
            return self._open(asked, owner) if edge == ["media"] else self._publish(asked, owner)
        if edge == ["content_publishing_limit"]:
            quota = {"quota_usage": 50 - self.posts_left, "config": {"quota_total": 50}}
            return reply({"data": [quota]})
        return self._list(owner) if edge == ["media"] else self._node(node, owner, asked)

    def _open(self, asked: Asked, owner: str) -> Reply:
        form = asked.form()
        if told := meta_forms.wrong("media", form):
            return meta_forms.error(100, message=told)
        if form.get("upload_type") != "resumable":
            return meta_forms.error(100, message="The parameter video_url is required")
        made = Container(
            container_id=f"178{len(self.containers):05d}",
            account_id=owner,
            caption=form["caption"],
            opened_at=self.now,
            content=bytearray(),
            form=form,
        )
        self.containers.append(made)
        address = f"http://{asked.headers['host']}/ig-api-upload/v26.0/{made.container_id}"
        return reply({"id": made.container_id, "uri": address})

    def _upload(self, asked: Asked) -> Reply:
        owner = self.owner(asked, scheme="OAuth")
        if owner is None:
            return meta_forms.error(190, 401)
        container = self._container(asked.path.rpartition("/")[2], owner)
        if container is None:
            return meta_forms.error(24, 400)
        if int(asked.headers["offset"]) != len(container.content):
            return reply({"debug_info": {"retriable": True, "type": "OffsetInvalid"}}, 400)
        container.size = int(asked.headers["file_size"])
        for piece in asked.body:
            container.content += piece
        container.looks_left = self.looks_needed
        if len(container.content) < container.size:
            return reply({"debug_info": {"retriable": True, "type": "PartialRequest"}}, 400)
        return reply({"success": True, "message": "Upload successful."})

    def _publish(self, asked: Asked, owner: str) -> Reply:
        form = asked.form()
        if told := meta_forms.wrong("media_publish", form):
            return meta_forms.error(100, message=told)
        container = self._container(form["creation_id"], owner)
        if container is None or container.media_id is not None:
            return meta_forms.error(24, 400)
        if self._state(container) != "FINISHED":
            return meta_forms.error(9007, 400)
        if self.posts_left <= 0:
            return meta_forms.error(9, 403)
        self.posts_left -= 1
        container.media_id = f"179{len(self.containers):05d}"
        container.published_at = self.now
        return reply({"id": container.media_id})

    def _list(self, owner: str) -> Reply:
        done = [c for c in reversed(self.containers) if c.media_id and c.account_id == owner]
        return reply({"data": [_media(each) for each in done]})

    def _node(self, node: str, owner: str, asked: Asked) -> Reply:
        for container in self.containers:
            if container.media_id == node and container.account_id == owner:
                return reply(_media(container))
        found = self._container(node, owner)
        if found is None:
            return meta_forms.error(24, 400)
        if "video_status" in asked.query["fields"]:
            phase = {"status": "in_progress", "bytes_transferred": len(found.content)}
            return reply({"id": node, "video_status": {"uploading_phase": phase}})
        return reply({"id": node, "status_code": self._state(found), "status": self.fails_with})

    def _container(self, node: str, owner: str) -> Container | None:
        """A container that was published stays to be asked about; others can be forgotten."""
        for each in self.containers:
            if (each.container_id, each.account_id) == (node, owner):
                return each if each.is_open or each.media_id else None
        return None

    def _state(self, container: Container) -> str:
        if container.media_id is not None:
            return "PUBLISHED"
        if self.now - container.opened_at > _LIVES:
            return "EXPIRED"
        if container.size is None or len(container.content) < container.size:
            return "IN_PROGRESS"
        container.looks_left -= 1
        if container.looks_left >= 0:
            return "IN_PROGRESS"
        return "ERROR" if self.fails_with else "FINISHED"


def _media(container: Container) -> dict[str, Any]:
    assert container.published_at is not None
    return {
        "id": container.media_id,
        "permalink": f"https://www.instagram.com/reel/{container.media_id}/",
        "caption": container.caption,
        "timestamp": f"{container.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
    }
