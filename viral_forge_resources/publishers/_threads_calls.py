"""What is asked of Threads about containers, limits and posts.

Source: https://developers.facebook.com/docs/threads/reference
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    UnexpectedAnswer,
)
from viral_forge_resources.contracts.publishing import Published
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._calling import Refused
from viral_forge_resources.publishers._meta_calls import MetaCalls, is_gone

_AN_HOUR = timedelta(hours=1)
_CLOCKS_DIFFER = timedelta(minutes=1)
GONE = "GONE"
_UNREACHED = "FAILED_DOWNLOADING_VIDEO"
_ADDRESS = re.compile(r"https?:\S+")


@dataclass(frozen=True, slots=True)
class ThreadsCalls:
    """The calls that posting takes, in the name of one account."""

    graph: MetaCalls

    @property
    def account(self) -> str:
        """Id of the account."""
        return self.graph.caller.token().account_id

    def open(self, address: str, text: str) -> str:
        """Id of a new container, which shows nothing to anybody."""
        fields = {"media_type": "VIDEO", "video_url": address, "text": text}
        try:
            container = inside(self.graph.post(f"{self.account}/threads", fields), "id")
        except Refused as refused:
            raise _without_addresses(refused) from None  # the cause would say it
        if not isinstance(container, str):
            raise UnexpectedAnswer("Threads opens a container without naming it")
        return container

    def status(self, container: str) -> tuple[str, str]:
        """What the container says of itself, and its error; ``GONE`` where it is not there."""
        if not container:
            return GONE, ""
        try:
            told = self.graph.get(container, fields="status,error_message")
        except Refused as refused:
            if refused.recovery is not Recovery.NEW_SESSION and not is_gone(refused):
                raise
            return GONE, ""
        return str(inside(told, "status")), str(inside(told, "error_message") or "")

    def require_room(self) -> None:
        """Return if the account may post once more today.

        Raises:
            RateLimited: it may not.
        """
        path = f"{self.account}/threads_publishing_limit"
        told = self.graph.get(path, fields="quota_usage,config")
        used = inside(told, "data", 0, "quota_usage")
        most = inside(told, "data", 0, "config", "quota_total")
        if isinstance(used, int) and isinstance(most, int) and used >= most:
            raise RateLimited(
                f"Threads lets this account post {most} times a day", retry_after=_AN_HOUR
            )

    def publish(self, container: str) -> str:
        """Id of the post.

        Raises:
            OutcomeUnknown: it may be there.
        """
        path = f"{self.account}/threads_publish"
        post_id = inside(self.graph.post(path, {"creation_id": container}, commits=True), "id")
        if not isinstance(post_id, str):
            raise OutcomeUnknown("Threads published the post without naming it")
        return post_id

    def seen(self, post_id: str, note: str | None) -> Published:
        """The post as everybody sees it.

        Raises:
            OutcomeUnknown: it is there, and not seen yet.
        """
        try:
            told = self.graph.get(post_id, fields="permalink")
        except Refused as refused:
            raise OutcomeUnknown(f"it was published, and is not seen yet: {refused}") from refused
        return Published(post_id=post_id, url=str(inside(told, "permalink")), note=note)

    def listed(self, text: str, since: datetime, note: str | None) -> Published:
        """The post of a container that was published: the one with its words since then.

        Raises:
            OutcomeUnknown: it is not listed, or cannot be told from another one.
        """
        fields = "id,permalink,text,timestamp"
        told = self.graph.get(f"{self.account}/threads", fields=fields, limit="25")
        earliest = f"{since - _CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%S}"
        found = [
            each
            for each in inside(told, "data") or []
            if str(inside(each, "timestamp") or "") >= earliest and inside(each, "text") == text
        ]
        if len(found) != 1:
            raise OutcomeUnknown(
                "Threads says that the post was published, and which one it is cannot be told"
            )
        post_id, url = str(inside(found[0], "id")), str(inside(found[0], "permalink"))
        return Published(post_id=post_id, url=url, note=note)


def _without_addresses(refused: Refused) -> Refused:
    """The same refusal; Meta repeats what it was sent, and who has the address has the video."""
    return Refused(
        _ADDRESS.sub("(an address)", str(refused)),
        refused.recovery,
        retry_after=refused.retry_after,
        is_ours=refused.is_ours,
        is_policy=refused.is_policy,
        code=refused.code,
    )


def unusable(error: str) -> Rejected | Misconfigured:
    """What a container's error means."""
    if error == _UNREACHED:
        return Misconfigured(
            "Threads could not fetch the video from our storage. Its address must be reachable"
            " from the internet over https: check the endpoint of the bucket"
        )
    return Rejected(f"Threads cannot use the video: {error or 'it does not say why'}")
