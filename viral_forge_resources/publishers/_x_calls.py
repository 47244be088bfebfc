"""Calls of X's API, and what its refusals mean.

Source: X's OpenAPI document 2.167
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import ReauthorisationNeeded, printable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Answer, Call, Caller, Refused
from viral_forge_resources.publishers._file_forms import FileForm

_R = Recovery
_A_WINDOW, _DAY = timedelta(minutes=15), timedelta(days=1)
_MOST_PAGES = 5
_A_PAGE = 100
OWN_READS = "own_reads"
"""The bucket that prices name, as ``x:own_reads``: X charges for each of our posts that it shows.

Source: https://docs.x.com/x-api/getting-started/pricing
"""
DUPLICATE = "duplicate"
_BAD, _FORBIDDEN, _GONE, _TOO_MANY = 400, 403, 404, 429
_BY_STATUS: Mapping[int, Recovery] = {
    401: _R.REFRESH_TOKEN,
    402: _R.REAUTH_USER,
    404: _R.NEW_SESSION,
    409: _R.RETRY_SAME,
    413: _R.REAUTH_USER,
    429: _R.RETRY_AFTER,
    431: _R.REAUTH_USER,
}
_OURS = frozenset({402, 413, 431})
"""No credit is left, or segments are larger than X takes them: settings, not posts."""


def judge(answer: Answer) -> Refused | None:
    """What an answer refuses: by its status, and by X's words where that is not enough."""
    if answer.is_success:
        return None
    document = answer.document
    said = one_line(inside(document, "detail")) or one_line(inside(document, "title"))
    told = one_line(inside(document, "errors", 0, "message"))
    words = " ".join(word for word in (said, told) if word)
    default = _R.RETRY_SAME if answer.is_server_error else _R.FIX_REQUEST
    known = _Refusal(answer=answer, words=words.lower())
    return Refused(
        f"X says {answer.status}" + (f": {printable(words)}" if words else ""),
        known.recovery(_BY_STATUS.get(answer.status, default)),
        retry_after=known.wait,
        is_ours=answer.status in _OURS or known.is_about_the_app,
        is_policy=known.is_about_conduct,
        code=DUPLICATE if known.is_duplicate else str(answer.status),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Refusal:
    """A refusal, as far as only its words tell what it is about."""

    answer: Answer
    words: str

    @property
    def is_duplicate(self) -> bool:
        return self.answer.status == _FORBIDDEN and "duplicate" in self.words

    @property
    def is_about_conduct(self) -> bool:
        told = ("suspended", "locked", "automated", "violat")
        return self.answer.status == _FORBIDDEN and any(word in self.words for word in told)

    @property
    def is_about_the_app(self) -> bool:
        told = ("client-not-enrolled", "client-forbidden", "oauth1 app permissions", "enrolled")
        kind = str(inside(self.answer.document, "type")).lower()
        reason = str(inside(self.answer.document, "reason")).lower()
        heard = f"{self.words} {kind} {reason}"
        return self.answer.status == _FORBIDDEN and any(word in heard for word in told)

    @property
    def wait(self) -> timedelta | None:
        if self.answer.status != _TOO_MANY:
            return None
        spent = ("x-user-limit-24hour-remaining", "x-app-limit-24hour-remaining")
        is_day = any(self.answer.headers.get(name) == "0" for name in spent)
        return _DAY if is_day else self.answer.wait or _A_WINDOW

    def recovery(self, by_status: Recovery) -> Recovery:
        if self.is_about_conduct or self.is_about_the_app or "scope" in self.words:
            return _R.REAUTH_USER if self.answer.status == _FORBIDDEN else by_status
        if self.answer.status == _BAD and "media" in self.words:
            return _R.NEW_SESSION
        return by_status


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A video that X was told of.

    Attributes:
        lasts: after which X forgets it, unless it was posted.
    """

    media_id: str
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class XCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    origin: httpx.URL

    def require_account(self) -> str:
        """Id of the account that was connected, which the token opens.

        Raises:
            ReauthorisationNeeded: it opens another one.
        """
        user_id = inside(self._read("/2/users/me", {}, most=1), "data", "id")
        if user_id != self.caller.token().account_id:
            raise ReauthorisationNeeded(
                self.caller.channel_id,
                reason="its access opens another account than the one that was connected",
                remedy="Connect the account again, logged in as that account.",
            )
        return str(user_id)

    def begin(self, size: int) -> Media:
        """A place for a video of ``size`` bytes."""
        body = {"media_type": "video/mp4", "total_bytes": size, "media_category": "tweet_video"}
        opened = inside(self._call("POST", "/2/media/upload/initialize", body=body), "data")
        media_id, lasts = inside(opened, "id"), inside(opened, "expires_after_secs")
        if not isinstance(media_id, str) or not isinstance(lasts, int):
            raise Refused("X opens an upload without naming it", _R.RETRY_SAME)
        return Media(media_id=media_id, lasts=timedelta(seconds=lasts))

    def append(
        self,
        media_id: str,
        number: int,
        video: ApprovedVideo,
        span: tuple[int, int],
        keep: Callable[[], None],
    ) -> None:
        """Send the segment ``number``: the bytes from ``span``'s start up to its end."""
        form = FileForm(
            fields={"segment_index": str(number)}, file_field="media", size=span[1] - span[0]
        )
        self._send(
            Call(
                name="X's upload",
                method="POST",
                url=self.origin.join(f"/2/media/upload/{media_id}/append"),
                headers=form.headers,
                body=lambda: form.body(video.pieces(*span, keep)),
            ),
            "append",
        )

    def end(self, media_id: str) -> Any:  # noqa: ANN401  what X says of its work
        """Say that all segments came; how X is getting on, None where it is done."""
        told = self._call("POST", f"/2/media/upload/{media_id}/finalize", name="finalize")
        return inside(told, "data", "processing_info")

    def status(self, media_id: str) -> Any:  # noqa: ANN401  what X says of its work
        """How X is getting on with the video, None where it has nothing to do."""
        params = {"media_id": media_id, "command": "STATUS"}
        return inside(
            self._call("GET", "/2/media/upload", params=params), "data", "processing_info"
        )

    def post(self, body: Mapping[str, Any]) -> str | None:
        """Id of the post that was made; None where X does not name it."""
        told = self._call("POST", "/2/tweets", body=body, commits=True)
        post_id = inside(told, "data", "id")
        return post_id if isinstance(post_id, str) else None

    def posts_since(self, account_id: str, since: datetime) -> Iterator[Any]:
        """Yield the account's posts since then, newest first, with the keys of their media."""
        params = {
            "max_results": str(_A_PAGE),
            "start_time": f"{since:%Y-%m-%dT%H:%M:%SZ}",
            "tweet.fields": "created_at,attachments",
        }
        for _ in range(_MOST_PAGES):
            path = f"/2/users/{account_id}/tweets"
            told = self._read(path, params, most=_A_PAGE, name="own posts")
            yield from inside(told, "data") or ()
            following = inside(told, "meta", "next_token")
            if not isinstance(following, str):
                return
            params = {**params, "pagination_token": following}

    def numbers(self, post_ids: Sequence[str], *, fields: str) -> Any:  # noqa: ANN401
        """What X tells of up to 100 posts and of their videos."""
        params = {
            "ids": ",".join(post_ids),
            "tweet.fields": f"attachments,{fields}",
            "expansions": "attachments.media_keys",
            "media.fields": fields,
        }
        return self._read("/2/tweets", params, most=len(post_ids), name="numbers")

    def _read(self, path: str, params: Mapping[str, str], *, most: int, name: str = "") -> Any:  # noqa: ANN401
        """What X shows of the account's own, which is paid for by what it shows."""
        tools = self.caller.tools
        own = Bucket(
            platform="x",
            project=self.caller.channel_id,
            name=OWN_READS,
            limit=None,
            window=Window.DAY,
        )
        with tools.till.paying(Use(bucket=own, units=most), now=tools.clock()) as took:
            try:
                told = self._call("GET", path, params=params, name=name)
            except Refused as refused:
                if refused.recovery is not _R.RETRY_SAME:  # a clear no shows nothing
                    took(0)
                raise
            shown = inside(told, "data")
            took(len(shown) if isinstance(shown, list) else int(shown is not None))
        return told

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
        commits: bool = False,
        name: str = "",
    ) -> Any:  # noqa: ANN401
        content = b"" if body is None else json.dumps(body).encode()
        url, known_as = self.origin.join(path), name or path.removeprefix("/2/")
        call = Call(
            name=f"X {known_as}",
            method=method,
            url=url.copy_merge_params(params) if params else url,
            headers={} if body is None else {"content-type": "application/json"},
            body=lambda: content,
            commits=commits,
        )
        return self._send(call, known_as).document

    def _send(self, call: Call, name: str) -> Answer:
        bucket = Bucket(
            platform="x",
            project=self.caller.channel_id,
            name=name[:40],
            limit=None,
            window=Window.QUARTER_HOUR,
        )
        self.caller.tools.count(Use(bucket=bucket))
        return self.caller.send(call)
