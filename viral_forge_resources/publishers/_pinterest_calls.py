"""Calls of Pinterest's API, and what its refusals mean.

Source: Pinterest's API description 5.23.0
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
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
_TOO_MANY, _FORBIDDEN, _NOT_FOUND = 429, 403, 404
_MOST_PAGES = 20
_BY_STATUS: Mapping[int, Recovery] = {
    401: _R.REFRESH_TOKEN,
    403: _R.REAUTH_USER,
    404: _R.NEW_SESSION,
    408: _R.RETRY_SAME,
    409: _R.RETRY_SAME,
    429: _R.RETRY_AFTER,
}
_POLICY = ("spam", "suspended", "blocked", "violat")


def judge(answer: Answer) -> Refused | None:
    """What an answer of the API refuses, by its status."""
    if answer.is_success:
        return None
    said = one_line(inside(answer.document, "message")) or ""
    default = _R.RETRY_SAME if answer.is_server_error else _R.FIX_REQUEST
    is_about_board = answer.status == _NOT_FOUND and "board" in said.lower()
    is_conduct = answer.status == _FORBIDDEN and any(word in said.lower() for word in _POLICY)
    return Refused(
        f"Pinterest says {answer.status}" + (f": {printable(said)}" if said else ""),
        _R.REAUTH_USER if is_about_board else _BY_STATUS.get(answer.status, default),
        retry_after=answer.wait or timedelta(minutes=1) if answer.status == _TOO_MANY else None,
        is_ours=is_about_board,
        is_policy=is_conduct,
        code=str(answer.status),
    )


def judge_upload(answer: Answer) -> Refused | None:
    """What the storage refuses: nobody saw anything of it, so another address will do."""
    if answer.is_success:
        return None
    is_passing = answer.is_server_error or answer.status == _TOO_MANY
    return Refused(
        f"Pinterest's storage answers with {answer.status}",
        _R.RETRY_SAME if is_passing else _R.NEW_SESSION,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a video is to go.

    Attributes:
        address, parameters: of the form that takes the file; secrets.
    """

    media_id: str
    address: str = field(repr=False)
    parameters: dict[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PinterestCalls:
    """The calls that posting takes, in the name of one channel."""

    caller: Caller
    origin: httpx.URL

    def require_account(self) -> None:
        """Return if the token opens the account that was connected.

        Raises:
            ReauthorisationNeeded: it opens another one.
        """
        told = self._call("GET", "user_account")
        if inside(told, "id") != self.caller.token().account_id:
            raise ReauthorisationNeeded(
                self.caller.channel_id,
                reason="its access opens another account than the one that was connected",
                remedy="Connect the account again, logged in as that account.",
            )

    def register(self) -> Place:
        """A place for a video."""
        told = self._call("POST", "media", body={"media_type": "video"})
        media_id, address = inside(told, "media_id"), inside(told, "upload_url")
        parameters = inside(told, "upload_parameters")
        if not (isinstance(media_id, str) and isinstance(address, str) and parameters):
            raise Refused("Pinterest opens an upload without saying where", _R.RETRY_SAME)
        fields = {str(name): str(value) for name, value in parameters.items()}
        return Place(media_id=media_id, address=address, parameters=fields)

    def upload(self, place: Place, video: ApprovedVideo, keep: Callable[[], None]) -> None:
        """Send the whole video."""
        form = FileForm(fields=place.parameters, file_field="file", size=video.size)
        Caller(tools=self.caller.tools, channel_id=self.caller.channel_id, judge=judge_upload).send(
            Call(
                name="Pinterest's upload",
                method="POST",
                url=httpx.URL(place.address),
                headers=form.headers,
                body=lambda: form.body(video.pieces(0, video.size, keep)),
                scheme=None,
            )
        )

    def status(self, media_id: str) -> str:
        """``registered``, ``processing``, ``succeeded`` or ``failed``."""
        return str(inside(self._call("GET", f"media/{media_id}", name="media"), "status"))

    def pin(self, body: Mapping[str, Any]) -> str | None:
        """Id of the pin that was made; None where Pinterest does not name it."""
        pin_id = inside(self._call("POST", "pins", body=body, commits=True), "id")
        return pin_id if isinstance(pin_id, str) else None

    def pins_of(self, board: str) -> Iterator[Any]:
        """Yield the pins of a board.

        Raises:
            Refused: ``RECONCILE`` where there are more than are read.
        """
        params = {"page_size": "250"}
        for _ in range(_MOST_PAGES):
            told = self._call("GET", f"boards/{board}/pins", params=params, name="board's pins")
            yield from inside(told, "items") or ()
            bookmark = inside(told, "bookmark")
            if not isinstance(bookmark, str) or not bookmark:
                return
            params = {**params, "bookmark": bookmark}
        raise Refused(f"the board {board} has too many pins to look through", _R.RECONCILE)

    def analytics(self, pin_id: str, *, start: date, end: date, names: Sequence[str]) -> Any:  # noqa: ANN401
        """What Pinterest tells of a pin between two days (UTC), both included."""
        params = {
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "metric_types": ",".join(names),
        }
        return self._call("GET", f"pins/{pin_id}/analytics", params=params, name="analytics")

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
        url, known_as = self.origin.join(f"/v5/{path}"), name or path
        bucket = Bucket(
            platform="pinterest",
            project=self.caller.channel_id,
            name=known_as[:40],
            limit=None,
            window=Window.DAY,
        )
        self.caller.tools.count(Use(bucket=bucket))
        return self.caller.send(
            Call(
                name=f"Pinterest {known_as}",
                method=method,
                url=url.copy_merge_params(params) if params else url,
                headers={} if body is None else {"content-type": "application/json"},
                body=lambda: content,
                commits=commits,
            )
        ).document
