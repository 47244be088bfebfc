"""Calls of Meta's Graph API for publishing, and what its refusals mean.

Source: https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import httpx

from viral_forge_resources.contracts.errors import printable
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.platforms.reading import inside, one_line
from viral_forge_resources.publishers._approved import ApprovedVideo
from viral_forge_resources.publishers._calling import Answer, Call, Caller, Refused

_R = Recovery
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_UNAUTHORIZED, _TOO_MANY = 401, 429
_NO_OBJECT, _MAYBE_METAS = 100, 33

RECOVERIES: Mapping[int, Recovery] = MappingProxyType(
    {
        190: _R.REFRESH_TOKEN,
        102: _R.REAUTH_USER,
        10: _R.REAUTH_USER,
        200: _R.REAUTH_USER,
        25: _R.REAUTH_USER,
        4: _R.RETRY_AFTER,
        9: _R.RETRY_AFTER,
        17: _R.RETRY_AFTER,
        32: _R.RETRY_AFTER,
        341: _R.RETRY_AFTER,
        368: _R.REAUTH_USER,
        613: _R.RETRY_AFTER,
        9007: _R.RETRY_AFTER,
        24: _R.NEW_SESSION,
        -2: _R.NEW_SESSION,
        -1: _R.RETRY_SAME,
        1: _R.RETRY_SAME,
        2: _R.RETRY_SAME,
        352: _R.FIX_REQUEST,
        9004: _R.FIX_REQUEST,
        36003: _R.FIX_REQUEST,
        36004: _R.FIX_REQUEST,
    }
)
"""By ``error.code``."""

_POLICY = frozenset({(25, 2207050)})
"""Codes with subcodes after which an account had better not go on: it is restricted."""

_DEEMED_ABUSIVE = 368
_BUSINESS_LIMITS = range(80_000, 80_015)
"""Codes of the limits that Meta keeps for each kind of business use.

Source: https://developers.facebook.com/docs/graph-api/overview/rate-limiting
"""

_WAITS: Mapping[int, timedelta] = {
    4: _HOUR,
    9: _DAY,
    17: _HOUR,
    32: _HOUR,
    613: _HOUR,
    9007: timedelta(minutes=1),
}


def judge(answer: Answer) -> Refused | None:
    """What an answer refuses: an error in its body, whatever its status."""
    error = inside(answer.document, "error")
    code = inside(error, "code")
    if answer.is_success and error is None:
        return None
    said = one_line(inside(error, "error_user_msg")) or one_line(inside(error, "message"))
    said = said or one_line(inside(answer.document, "debug_info", "message"))
    known = code if isinstance(code, int) else None
    word = f"code {known}" if known is not None else f"status {answer.status}"
    return Refused(
        f"Meta says {word}" + (f": {printable(said)}" if said else ""),
        _recovery(answer, known),
        retry_after=_WAITS.get(known) if known is not None else None,
        is_policy=known == _DEEMED_ABUSIVE or (known, inside(error, "error_subcode")) in _POLICY,
        code=_code(known, inside(error, "error_subcode")),
    )


def _code(code: int | None, subcode: object) -> str:
    return str(code) if subcode is None else f"{code}/{subcode}"


def is_gone(refused: Refused) -> bool:
    """Whether the object that was named is not there, or hidden from us, or lost for a while."""
    return refused.code == f"{_NO_OBJECT}/{_MAYBE_METAS}"


def _recovery(answer: Answer, code: int | None) -> Recovery:
    if code == _NO_OBJECT and inside(answer.document, "error", "error_subcode") == _MAYBE_METAS:
        return _R.RETRY_SAME  # also what Meta says when it lost sight of an object for a while
    if code is not None and code in RECOVERIES:
        return RECOVERIES[code]
    if answer.status == _TOO_MANY or code in _BUSINESS_LIMITS:
        return _R.RETRY_AFTER
    if answer.status == _UNAUTHORIZED:
        return _R.REFRESH_TOKEN
    return _of_no_known_code(answer)


def _of_no_known_code(answer: Answer) -> Recovery:
    # An upload's own word: nobody sees anything of it, so a new one does no harm.
    may_retry = inside(answer.document, "debug_info", "retriable")
    if may_retry is False:
        return _R.NEW_SESSION
    is_transient = inside(answer.document, "error", "is_transient") is True or may_retry is True
    is_passing = is_transient or answer.is_server_error or answer.is_success
    return _R.RETRY_SAME if is_passing else _R.FIX_REQUEST


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file among the fields of a form.

    Attributes:
        name: of the file, as the platform is told.
    """

    field: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    graph: httpx.URL
    version: str

    def get(self, path: str, **params: str) -> Any:  # noqa: ANN401
        """What stands at ``path``."""
        url = self.graph.join(f"/{self.version}/{path}").copy_merge_params(params)
        return self._send(Call(name=f"Meta {_kind(path)}", method="GET", url=url)).document

    def post(self, path: str, fields: Mapping[str, str], *, commits: bool = False) -> Any:  # noqa: ANN401
        """The answer to a form that was sent to ``path``."""
        content = urlencode(fields).encode()
        return self._send(
            Call(
                name=f"Meta {_kind(path)}",
                method="POST",
                url=self.graph.join(f"/{self.version}/{path}"),
                headers={"content-type": "application/x-www-form-urlencoded"},
                body=lambda: content,
                commits=commits,
            )
        ).document

    def attach(self, path: str, fields: Mapping[str, str], file: File) -> Any:  # noqa: ANN401
        """The answer to a form with a file that was sent to ``path``."""
        url = self.graph.join(f"/{self.version}/{path}")
        files = {file.field: (file.name, file.content)}
        form = httpx.Request("POST", url, data=dict(fields), files=files)
        content = form.read()
        return self._send(
            Call(
                name=f"Meta {_kind(path)}",
                method="POST",
                url=url,
                headers={"content-type": form.headers["content-type"]},
                body=lambda: content,
            )
        ).document

    def upload(
        self, address: str, video: ApprovedVideo, place: int, keep: Callable[[], None]
    ) -> None:
        """Send all bytes from ``place`` on."""
        answer = self.caller.send(
            Call(
                name="Meta's upload",
                method="POST",
                url=httpx.URL(address),
                headers={
                    "offset": str(place),
                    "file_size": str(video.size),
                    "content-type": "application/octet-stream",
                    "content-length": str(video.size - place),
                },
                body=lambda: video.pieces(place, video.size, keep),
                scheme="OAuth",
            )
        )
        if inside(answer.document, "success") is not True:
            raise Refused("Meta's upload: it was not taken", _R.RETRY_SAME)

    def _send(self, call: Call) -> Answer:
        bucket = Bucket(
            platform="meta",
            project=self.caller.channel_id,
            name="calls",
            limit=None,
            window=Window.HOUR,
        )
        self.caller.tools.count(Use(bucket=bucket))
        return self.caller.send(call)


def _kind(path: str) -> str:
    """The last word of a path: the ones before are ids."""
    word = path.rpartition("/")[2]
    return word if word.isidentifier() else "object"
