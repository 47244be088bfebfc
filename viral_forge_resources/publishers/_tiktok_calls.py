"""Calls of TikTok's Content Posting API, and what its refusals mean.

Source: https://developers.tiktok.com/doc/content-posting-api-reference-direct-post
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import NotFound, ReauthorisationNeeded, printable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Answer, Call, Caller, Refused

_R = Recovery
_DAY = timedelta(days=1)

RECOVERIES: Mapping[str, Recovery] = MappingProxyType(
    {
        "invalid_param": _R.FIX_REQUEST,
        "invalid_params": _R.FIX_REQUEST,
        "access_token_invalid": _R.REFRESH_TOKEN,
        "scope_not_authorized": _R.REAUTH_USER,
        "scope_permission_missed": _R.REAUTH_USER,
        "spam_risk_too_many_posts": _R.RETRY_AFTER,
        "spam_risk_user_banned_from_posting": _R.REAUTH_USER,
        "spam_risk_too_many_pending_share": _R.RETRY_AFTER,
        "reached_active_user_cap": _R.RETRY_AFTER,
        "unaudited_client_can_only_post_to_private_accounts": _R.REAUTH_USER,
        "privacy_level_option_mismatch": _R.RETRY_AFTER,
        "url_ownership_unverified": _R.REAUTH_USER,
        "invalid_publish_id": _R.RECONCILE,
        "token_not_authorized_for_specified_publish_id": _R.REAUTH_USER,
        "app_version_check_failed": _R.REAUTH_USER,
        "rate_limit_exceeded": _R.RETRY_AFTER,
        "internal_error": _R.RETRY_SAME,
    }
)
"""By ``error.code``."""

_WAITS: Mapping[str, timedelta] = {
    "spam_risk_too_many_posts": _DAY,
    "spam_risk_too_many_pending_share": _DAY,
    "reached_active_user_cap": _DAY,
    "privacy_level_option_mismatch": timedelta(minutes=1),
    "rate_limit_exceeded": timedelta(minutes=1),
}
_OURS = frozenset(
    {
        "unaudited_client_can_only_post_to_private_accounts",
        "url_ownership_unverified",
        "app_version_check_failed",
    }
)
POLICY = frozenset({"spam_risk", "spam_risk_text", "spam_risk_user_banned_from_posting"})
"""After these an account had better not go on."""

_CHUNKS: Mapping[int, Recovery] = {
    400: _R.FIX_REQUEST,
    403: _R.NEW_SESSION,
    404: _R.NEW_SESSION,
    416: _R.RESYNC_OFFSET,
    429: _R.RETRY_AFTER,
}
_UNAUTHORIZED = 401


def judge_calls(answer: Answer) -> Refused | None:
    """What an answer of the API refuses; a success says ``ok`` in its body, too."""
    error = inside(answer.document, "error")
    code = inside(error, "code")
    if answer.is_success and code == "ok":
        return None
    word = code if isinstance(code, str) else f"status {answer.status}"
    said = one_line(inside(error, "message"))
    return Refused(
        f"TikTok says {printable(word)}" + (f": {printable(said)}" if said else ""),
        _recovery(answer, word),
        retry_after=_WAITS.get(word),
        is_ours=word in _OURS,
        is_policy=word in POLICY,
        code=word,
    )


def judge_chunks(answer: Answer) -> Refused | None:
    """What an answer to a chunk refuses, by its status."""
    if answer.is_success:
        return None
    default = _R.RETRY_SAME if answer.is_server_error else _R.FIX_REQUEST
    recovery = _CHUNKS.get(answer.status, default)
    return Refused(f"TikTok answers a chunk with {answer.status}", recovery)


def _recovery(answer: Answer, code: str) -> Recovery:
    if code in RECOVERIES:
        return RECOVERIES[code]
    if answer.status == _UNAUTHORIZED:
        return _R.REFRESH_TOKEN
    if answer.is_server_error or answer.is_success:
        return _R.RETRY_SAME
    return _R.FIX_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    origin: httpx.URL

    def require_account(self) -> None:
        """Return if the token opens the account that was connected.

        Raises:
            ReauthorisationNeeded: it opens another one.
        """
        answer = self._call("GET", "/v2/user/info/", params={"fields": "open_id"})
        if inside(answer, "data", "user", "open_id") != self.caller.token().account_id:
            raise ReauthorisationNeeded(
                self.caller.channel_id,
                reason="its access opens another account than the one that was connected",
                remedy="Connect the account again, logged in as that account.",
            )

    def creator(self) -> Any:  # noqa: ANN401  what TikTok says of its owner
        """What the account may choose now; TikTok wants it asked right before a direct post."""
        answer = self._call("POST", "/v2/post/publish/creator_info/query/")
        return inside(answer, "data")

    def begin(self, *, is_direct: bool, body: Mapping[str, Any]) -> tuple[str, str]:
        """Id of a post without bytes, and the address that these are to be sent to; a secret."""
        path = "/v2/post/publish/video/init/" if is_direct else "/v2/post/publish/inbox/video/init/"
        answer = self._call("POST", path, body=body)
        data = inside(answer, "data")
        publish_id, address = inside(data, "publish_id"), inside(data, "upload_url")
        if not isinstance(publish_id, str) or not isinstance(address, str):
            raise Refused("TikTok opens an upload without saying where", _R.RETRY_SAME)
        return publish_id, address

    def status(self, publish_id: str) -> Any:  # noqa: ANN401  what TikTok says of it
        """How the post is doing.

        Raises:
            NotFound: TikTok knows of no such post.
        """
        body = {"publish_id": publish_id}
        try:
            answer = self._call("POST", "/v2/post/publish/status/fetch/", body=body)
        except Refused as refused:
            if refused.code != "invalid_publish_id":
                raise
            raise NotFound(str(refused)) from refused
        return inside(answer, "data")

    def send(
        self,
        address: str,
        video: ApprovedVideo,
        span: tuple[int, int],
        keep: Callable[[], None],
    ) -> None:
        """Send the bytes from ``span``'s start up to and without its end.

        Raises:
            Refused: ``RESYNC_OFFSET``, ``NEW_SESSION`` or ``RETRY_SAME`` among others.
        """
        start, end = span
        Caller(tools=self.caller.tools, channel_id=self.caller.channel_id, judge=judge_chunks).send(
            Call(
                name="TikTok's upload",
                method="PUT",
                url=httpx.URL(address),
                headers={
                    "content-type": "video/mp4",
                    "content-length": str(end - start),
                    "content-range": f"bytes {start}-{end - 1}/{video.size}",
                },
                body=lambda: video.pieces(start, end, keep),
                scheme=None,
            )
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Mapping[str, Any] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401
        content = json.dumps(body or {}).encode() if method == "POST" else b""
        bucket = Bucket(
            platform="tiktok",
            project=self.caller.channel_id,
            name=path.strip("/").rpartition("publish/")[2][:40],
            limit=None,
            window=Window.DAY,
        )
        self.caller.tools.count(Use(bucket=bucket))
        url = self.origin.join(path)
        return self.caller.send(
            Call(
                name=f"TikTok {path.strip('/')}",
                method=method,
                url=url.copy_merge_params(params) if params else url,
                headers={"content-type": "application/json; charset=UTF-8"},
                body=lambda: content,
            )
        ).document
