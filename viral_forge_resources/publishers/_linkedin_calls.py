"""Calls of LinkedIn's versioned API, and what its refusals mean.

Source: https://learn.microsoft.com/linkedin/marketing/community-management/shares/videos-api
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx

from viral_forge_resources.contracts.errors import ReauthorisationNeeded, printable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Answer, Call, Caller, Refused

_R = Recovery
_FORBIDDEN, _TOO_OLD, _TOO_MANY = 403, 426, 429
_PAGE, _MOST_PAGES = 50, 4
DUPLICATE = "DUPLICATE_POST"
_BY_STATUS: Mapping[int, Recovery] = {
    401: _R.REFRESH_TOKEN,
    403: _R.REAUTH_USER,
    404: _R.NEW_SESSION,
    409: _R.RETRY_SAME,
    426: _R.REAUTH_USER,
    429: _R.RETRY_AFTER,
}
_POLICY = ("restricted", "suspended", "spam", "violat")


def judge(answer: Answer) -> Refused | None:
    """What an answer of the API refuses, by its status and its words."""
    if answer.is_success:
        return None
    document = answer.document
    said = one_line(inside(document, "message")) or ""
    code = one_line(inside(document, "code")) or ""
    reason = str(inside(document, "errorDetails", "inputErrors", 0, "code"))
    default = _R.RETRY_SAME if answer.is_server_error else _R.FIX_REQUEST
    is_double = DUPLICATE in (code, reason) or "is a duplicate of" in said
    words = f"LinkedIn says {answer.status}" + (f": {printable(said)}" if said else "")
    if answer.status == _TOO_OLD:
        words += (
            ". LinkedIn keeps each version of its API for about a year: set"
            " VIRAL_FORGE_PUBLISHER_LINKEDIN_API_VERSION to a newer month"
        )
    return Refused(
        words,
        _BY_STATUS.get(answer.status, default),
        retry_after=answer.wait or timedelta(hours=1) if answer.status == _TOO_MANY else None,
        is_ours=answer.status == _TOO_OLD,
        is_policy=answer.status == _FORBIDDEN and any(word in said.lower() for word in _POLICY),
        code=DUPLICATE if is_double else str(answer.status),
    )


def judge_part(answer: Answer) -> Refused | None:
    """What the storage refuses: nobody saw anything of it, so another address will do."""
    if answer.is_success:
        return None
    is_passing = answer.is_server_error or answer.status == _TOO_MANY
    return Refused(
        f"LinkedIn's storage answers with {answer.status}",
        _R.RETRY_SAME if is_passing else _R.NEW_SESSION,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which bytes go where.

    Attributes:
        address: a secret.
        start, end: the first byte, and the one behind the last.
    """

    address: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A video that LinkedIn was told of."""

    video: str
    token: str = field(repr=False)
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedinCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    origin: httpx.URL
    version: str

    @property
    def author(self) -> str:
        """The member who was connected."""
        return f"urn:li:person:{self.caller.token().account_id}"

    def require_account(self) -> None:
        """Return if the token opens the account that was connected.

        Raises:
            ReauthorisationNeeded: it opens another one.
        """
        told = self._call("GET", "/v2/userinfo", name="userinfo").document
        if inside(told, "sub") != self.caller.token().account_id:
            raise ReauthorisationNeeded(
                self.caller.channel_id,
                reason="its access opens another account than the one that was connected",
                remedy="Connect the account again, logged in as that account.",
            )

    def begin(self, size: int) -> Opened:
        """Where the parts of a video of ``size`` bytes are to go."""
        asked = {
            "owner": self.author,
            "fileSizeBytes": size,
            "uploadCaptions": False,
            "uploadThumbnail": False,
        }
        value = inside(self._act("initializeUpload", {"initializeUploadRequest": asked}), "value")
        parts = tuple(
            Part(
                address=str(inside(each, "uploadUrl")),
                start=inside(each, "firstByte"),
                end=inside(each, "lastByte") + 1,
            )
            for each in inside(value, "uploadInstructions") or ()
        )
        video, token = inside(value, "video"), inside(value, "uploadToken")
        places = [0, *(part.end for part in parts)]
        fits = [part.start for part in parts] == places[:-1] and places[-1] == size
        if not isinstance(video, str) or not fits:
            raise Refused("LinkedIn opens an upload without saying where", _R.RETRY_SAME)
        return Opened(video=video, token=str(token or ""), parts=parts)

    def send(self, part: Part, video: ApprovedVideo, keep: Callable[[], None]) -> str:
        """Send one part; the mark by which LinkedIn knows that it came."""
        answer = Caller(
            tools=self.caller.tools, channel_id=self.caller.channel_id, judge=judge_part
        ).send(
            Call(
                name="LinkedIn's upload",
                method="PUT",
                url=httpx.URL(part.address),
                headers={
                    "content-type": "application/octet-stream",
                    "content-length": str(part.end - part.start),
                },
                body=lambda: video.pieces(part.start, part.end, keep),
                scheme=None,
            )
        )
        mark: str = answer.headers.get("etag", "").removeprefix("W/").strip('"')
        if not mark:
            raise Refused("LinkedIn's storage takes a part without a mark", _R.RETRY_SAME)
        return mark

    def end(self, opened: Opened, marks: tuple[str, ...]) -> None:
        """Say that all parts came."""
        asked = {"video": opened.video, "uploadToken": opened.token, "uploadedPartIds": list(marks)}
        self._act("finalizeUpload", {"finalizeUploadRequest": asked})

    def status(self, video: str) -> tuple[str, str]:
        """How LinkedIn is getting on with the video, and why it failed."""
        path = f"/rest/videos/{quote(video, safe='')}"
        told = self._call("GET", path, name="video").document
        why = one_line(inside(told, "processingFailureReason")) or ""
        return str(inside(told, "status")), why

    def post(self, body: Mapping[str, Any]) -> str | None:
        """Id of the post that was made; None where LinkedIn does not name it."""
        answer = self._call("POST", "/rest/posts", body=body, commits=True, name="posts")
        return answer.headers.get("x-restli-id") or None

    def own_posts(self) -> Iterator[Any]:
        """Yield the member's newest posts, which few apps may read."""
        for page in range(_MOST_PAGES):
            params = {
                "author": self.author,
                "q": "author",
                "count": str(_PAGE),
                "start": str(page * _PAGE),
                "sortBy": "CREATED",
            }
            answer = self._call("GET", "/rest/posts", params=params, name="own posts")
            found = inside(answer.document, "elements") or []
            yield from found
            if len(found) < _PAGE:
                return

    def analytics(self, post: str, kind: str) -> Any:  # noqa: ANN401
        """One number of a post, as an app may read it that LinkedIn let do so."""
        word = "share" if post.startswith("urn:li:share:") else "ugc"
        # LinkedIn wants these brackets as they are, and only what is inside them escaped.
        asked = (
            f"q=entity&entity=({word}:{quote(post, safe='')})&queryType={kind}&aggregation=TOTAL"
        )
        path = f"/rest/memberCreatorPostAnalytics?{asked}"
        return self._call("GET", path, name="analytics").document

    def _act(self, action: str, body: Mapping[str, Any]) -> Any:  # noqa: ANN401
        params = {"action": action}
        return self._call("POST", "/rest/videos", body=body, params=params, name=action).document

    def _call(
        self,
        method: str,
        path: str,
        *,
        name: str,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        commits: bool = False,
    ) -> Answer:
        content = b"" if body is None else json.dumps(body).encode()
        url = self.origin.join(path)
        bucket = Bucket(
            platform="linkedin",
            project=self.caller.channel_id,
            name=name,
            limit=None,
            window=Window.DAY,
        )
        self.caller.tools.count(Use(bucket=bucket))
        headers = {"linkedin-version": self.version, "x-restli-protocol-version": "2.0.0"}
        if body is not None:
            headers["content-type"] = "application/json"
        if "q" in (params or {}):
            headers["x-restli-method"] = "FINDER"
        return self.caller.send(
            Call(
                name=f"LinkedIn {name}",
                method=method,
                url=url.copy_merge_params(params) if params else url,
                headers=headers,
                body=lambda: content,
                commits=commits,
            )
        )
