"""Threads for those who post videos: containers that fetch them, publication, a daily cap.

Source: https://developers.facebook.com/docs/threads/posts
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.lending import fetched
from tests.platforms import meta_forms, meta_insights
from tests.platforms.uploads import Asked, Reply, UploadPlatform, reply

_LIVES = timedelta(hours=24)
_MOST_A_DAY = 250


@dataclass(kw_only=True)
class Container:
    """What a post is made in.

    Attributes:
        content: as it was fetched; None: it could not be.
    """

    container_id: str
    account_id: str
    text: str
    opened_at: datetime
    content: bytes | None
    looks_left: int
    is_open: bool = True
    post_id: str | None = None
    published_at: datetime | None = None


class ThreadsUploads(UploadPlatform):
    """The accounts ``main`` and ``other``.

    Attributes:
        insights: what there is to read of every post.
        fetch: what is at an address; None where nothing is.
        looks_needed: how often a container is still found in progress.
        fails_with: what every container says instead of being ready.
        repeats_addresses: refuses every address, and says which.
        posts_left: of the day.
    """

    platform = "threads"

    def __init__(self) -> None:
        super().__init__()
        self.containers: list[Container] = []
        self.insights = meta_insights.Insights(values=dict(meta_insights.THREADS))
        self.fetch: Callable[[str], bytes | None] = fetched
        self.looks_needed = 0
        self.fails_with = ""
        self.posts_left = _MOST_A_DAY
        self.repeats_addresses = False

    def posts(self) -> list[tuple[str, bytes]]:
        done = [each for each in self.containers if each.post_id is not None]
        return [(each.account_id, each.content or b"") for each in done]

    def forget_sessions(self) -> None:
        for container in self.containers:
            container.is_open = False

    def server_error(self) -> Reply:
        return meta_forms.error(2, 500)

    def too_many(self) -> Reply:
        return meta_forms.error(613, 400)

    def handle(self, asked: Asked) -> Reply:
        self.calls.append(re.sub(r"\d+", "N", asked.path.rpartition("/")[2]))
        owner = self.owner(asked)
        if owner is None:
            return meta_forms.error(190, 401, subcode=463)
        _, version, node, *edge = asked.path.split("/")
        if edge == ["insights"]:
            return self._insights(asked, node, owner)
        if version != "v1.0" or (edge and node != owner):
            return meta_forms.error(10, 403)
        if asked.method == "POST":
            return self._post(asked, owner, edge)
        return self._of_the_account(owner, edge) if edge else self._node(node, owner, asked)

    def _insights(self, asked: Asked, node: str, owner: str) -> Reply:
        is_theirs = any((c.post_id, c.account_id) == (node, owner) for c in self.containers)
        return self.insights.answer(asked, node) if is_theirs else meta_forms.unknown()

    def _post(self, asked: Asked, owner: str, edge: list[str]) -> Reply:
        form = asked.form()
        if told := meta_forms.wrong("/".join(edge), form):
            return meta_forms.error(100, message=told)
        return self._open(form, owner) if edge == ["threads"] else self._publish(form, owner)

    def _of_the_account(self, owner: str, edge: list[str]) -> Reply:
        if edge == ["threads_publishing_limit"]:
            config = {"quota_total": _MOST_A_DAY, "quota_duration": 86_400}
            used = _MOST_A_DAY - self.posts_left
            return reply({"data": [{"quota_usage": used, "config": config}]})
        done = [c for c in reversed(self.containers) if c.post_id and c.account_id == owner]
        return reply({"data": [_post(each) for each in done]})

    def _open(self, form: dict[str, str], owner: str) -> Reply:
        if "video_url" not in form or _length(form.get("text", "")) > 500:
            return meta_forms.error(100, message="Param text must be at most 500 characters long")
        if self.repeats_addresses:
            return meta_forms.error(100, message=f"Bad video_url {form['video_url']} given")
        made = Container(
            container_id=f"178{len(self.containers):05d}",
            account_id=owner,
            text=form.get("text", ""),
            opened_at=self.now,
            content=self.fetch(form["video_url"]),
            looks_left=self.looks_needed,
        )
        self.containers.append(made)
        return reply({"id": made.container_id})

    def _publish(self, form: dict[str, str], owner: str) -> Reply:
        container = self._container(form["creation_id"], owner)
        if container is None or container.post_id is not None:
            return meta_forms.error(24, 400, subcode=4279009)
        if self._state(container) != "FINISHED":
            return meta_forms.error(9007, 400)
        if self.posts_left <= 0:
            return meta_forms.error(9, 403)
        self.posts_left -= 1
        container.post_id = f"179{len(self.containers):05d}"
        container.published_at = self.now
        return reply({"id": container.post_id})

    def _node(self, node: str, owner: str, asked: Asked) -> Reply:
        for each in self.containers:
            if each.post_id == node and each.account_id == owner:
                return reply(_post(each))
        found = self._container(node, owner)
        if found is None:
            return meta_forms.unknown()
        if set(asked.query["fields"].split(",")) - {"status", "error_message"}:
            return meta_forms.error(100, message="(#100) Tried accessing nonexisting field")
        state = self._state(found)
        told = {"id": node, "status": state}
        if state == "ERROR":
            told["error_message"] = self.fails_with or "FAILED_DOWNLOADING_VIDEO"
        return reply(told)

    def _container(self, node: str, owner: str) -> Container | None:
        """A container that was published stays to be asked about; others can be forgotten."""
        for each in self.containers:
            if (each.container_id, each.account_id) == (node, owner):
                return each if each.is_open or each.post_id else None
        return None

    def _state(self, container: Container) -> str:
        if container.post_id is not None:
            return "PUBLISHED"
        if self.now - container.opened_at > _LIVES:
            return "EXPIRED"
        container.looks_left -= 1
        if container.looks_left >= 0:
            return "IN_PROGRESS"
        return "ERROR" if self.fails_with or container.content is None else "FINISHED"


def _length(text: str) -> int:
    return sum(len(each.encode()) if ord(each) >= 0x1F000 else 1 for each in text)


def _post(container: Container) -> dict[str, Any]:
    assert container.published_at is not None
    return {
        "id": container.post_id,
        "permalink": f"https://www.threads.net/@studio/post/{container.post_id}",
        "text": container.text,
        "timestamp": f"{container.published_at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+0000",
    }
