"""What is asked of Instagram about containers, limits and Reels.

Source: https://developers.facebook.com/docs/instagram-platform/content-publishing
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from viral_forge_resources.contracts.errors import OutcomeUnknown, RateLimited, UnexpectedAnswer
from viral_forge_resources.contracts.publishing import Published
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._calling import Refused
from viral_forge_resources.publishers._meta_calls import MetaCalls

_AN_HOUR, _CLOCKS_DIFFER = timedelta(hours=1), timedelta(minutes=1)
GONE = "GONE"


@dataclass(frozen=True, slots=True)
class InstagramCalls:
    """The calls that posting takes, in the name of one account."""

    graph: MetaCalls

    @property
    def account(self) -> str:
        """Id of the account."""
        return self.graph.caller.token().account_id

    def open(self, caption: str, *, in_feed: bool, is_synthetic: bool) -> tuple[str, str]:
        """Id of a new container, and the address for its bytes, which is a secret."""
        fields = {
            "media_type": "REELS",
            "upload_type": "resumable",
            "caption": caption,
            "share_to_feed": str(in_feed).lower(),
        }
        if is_synthetic:
            fields["is_ai_generated"] = "true"
        opened = self.graph.post(f"{self.account}/media", fields)
        container, address = inside(opened, "id"), inside(opened, "uri")
        if not isinstance(container, str) or not isinstance(address, str):
            raise UnexpectedAnswer("Instagram opens a container without saying where it is")
        return container, address

    def status(self, container: str) -> str:
        """What the container says of itself, ``GONE`` where it is not there any more."""
        try:
            told = self.graph.get(container, fields="status_code")
        except Refused as refused:
            if refused.recovery is not Recovery.NEW_SESSION:
                raise
            return GONE
        return str(inside(told, "status_code"))

    def trouble(self, container: str) -> str:
        """What the container says is wrong with it."""
        return str(inside(self.graph.get(container, fields="status"), "status"))

    def place(self, container: str) -> int:
        """How many bytes arrived."""
        told = self.graph.get(container, fields="video_status")
        arrived = inside(told, "video_status", "uploading_phase", "bytes_transferred")
        return arrived if isinstance(arrived, int) else 0

    def require_room(self) -> None:
        """Return if the account may post once more today.

        Raises:
            RateLimited: it may not.
        """
        path = f"{self.account}/content_publishing_limit"
        told = self.graph.get(path, fields="config,quota_usage")
        used = inside(told, "data", 0, "quota_usage")
        most = inside(told, "data", 0, "config", "quota_total")
        if isinstance(used, int) and isinstance(most, int) and used >= most:
            raise RateLimited(
                f"Instagram lets this account post {most} times a day", retry_after=_AN_HOUR
            )

    def publish(self, container: str) -> Published:
        """The Reel as everybody sees it.

        Raises:
            OutcomeUnknown: it may be there, or is there and not seen yet.
        """
        fields = {"creation_id": container}
        answer = self.graph.post(f"{self.account}/media_publish", fields, commits=True)
        media_id = inside(answer, "id")
        if not isinstance(media_id, str):
            raise OutcomeUnknown("Instagram published the Reel without naming it")
        try:
            told = self.graph.get(media_id, fields="permalink")
        except Refused as refused:
            raise OutcomeUnknown(f"it was published, and is not seen yet: {refused}") from refused
        return Published(post_id=media_id, url=str(inside(told, "permalink")))

    def listed(self, caption: str, since: datetime) -> Published:
        """The Reel of a container that was published: the one with its words since then.

        Raises:
            OutcomeUnknown: it is not listed, or cannot be told from another one.
        """
        fields = "id,permalink,caption,timestamp"
        told = self.graph.get(f"{self.account}/media", fields=fields, limit="25")
        earliest = f"{since - _CLOCKS_DIFFER:%Y-%m-%dT%H:%M:%S}"
        found = [
            each
            for each in inside(told, "data") or []
            if str(inside(each, "timestamp") or "") >= earliest
            and inside(each, "caption") == caption
        ]
        if len(found) != 1:
            raise OutcomeUnknown(
                "Instagram says that the Reel was published, and which one it is cannot be told"
            )
        return Published(
            post_id=str(inside(found[0], "id")), url=str(inside(found[0], "permalink"))
        )
