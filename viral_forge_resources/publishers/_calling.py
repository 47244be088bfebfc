"""Calls to a platform in the name of a channel; refusals in the classes that recovery speaks in."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from viral_forge_resources.contracts.accounts import AccessToken
from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    PolicyViolation,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Transient,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.submission import Recovery
from viral_forge_resources.http import retry_after
from viral_forge_resources.publishers._tools import PublishTools

_MOST_BYTES = 1 << 20
"""Of an answer: those of uploads are small."""

_CONNECT_AGAIN = "Connect the account again."
_LOOK_AT_IT = "Look at the account on the platform itself: it says what it holds against it."
_R = Recovery


class Refused(ViralForgeError):
    """A refusal in our classes; leaves a publisher as an error of the tree, by ``outcomes``.

    Attributes:
        is_ours: the app or a setting is at fault, not the post nor the account.
        is_policy: the platform speaks against the post's content or the account's conduct.
        code: the platform's own word for it.
    """

    def __init__(
        self,
        message: str,
        recovery: Recovery,
        *,
        retry_after: timedelta | None = None,
        is_ours: bool = False,
        is_policy: bool = False,
        code: str = "",
    ) -> None:
        super().__init__(message)
        self.recovery = recovery
        self.retry_after = retry_after
        self.is_ours = is_ours
        self.is_policy = is_policy
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A platform's whole answer.

    Attributes:
        headers: found by name in any case.
    """

    status: int
    headers: httpx.Headers
    content: bytes

    @property
    def document(self) -> Any:  # noqa: ANN401  whatever the platform sent
        """The JSON that it holds, None where it is none."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @property
    def wait(self) -> timedelta | None:
        """For how long it asks us to wait."""
        return retry_after(self.headers.get("retry-after"))

    @property
    def is_success(self) -> bool:
        """Whether its status says so."""
        return httpx.codes.is_success(self.status)

    @property
    def is_server_error(self) -> bool:
        """Whether its status says so."""
        return httpx.codes.is_server_error(self.status)


Judge = Callable[[Answer], Refused | None]
"""What a refusal is, None of an answer that is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, without the token.

    Attributes:
        name: what people know it as; no address, which may be a secret.
        body: pieces to send; read anew for each try.
        commits: it changes something that others see: where its answer is lost, nobody knows.
        scheme: how the token is given; None where the address itself opens.
    """

    name: str
    method: str
    url: httpx.URL
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Callable[[], Any] = bytes
    commits: bool = False
    scheme: str | None = "Bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Calls in the name of one channel."""

    tools: PublishTools
    channel_id: str
    judge: Judge

    def token(self) -> AccessToken:
        """A token that is good for a while."""
        return self.tools.accounts.access_token(self.channel_id)

    def send(self, call: Call) -> Answer:
        """The platform's answer; a token that it does not take any more is replaced once.

        Raises:
            Refused: in our classes.
            ReauthorisationNeeded, Transient, Misconfigured: there is no token.
        """
        if call.scheme is None:
            return self._judged(call, self._sent(call, {}))
        token = self.token()
        try:
            return self._judged(call, self._sent(call, _header(call.scheme, token)))
        except Refused as refused:
            if refused.recovery is not _R.REFRESH_TOKEN:
                raise
        token = self.tools.accounts.refused(self.channel_id, token)
        try:
            return self._judged(call, self._sent(call, _header(call.scheme, token)))
        except Refused as refused:
            if refused.recovery is not _R.REFRESH_TOKEN:
                raise
            raise Refused(str(refused), _R.REAUTH_USER) from refused

    def _sent(self, call: Call, authorization: Mapping[str, str]) -> Answer:
        request = self.tools.client.build_request(
            call.method,
            call.url,
            headers={**call.headers, **authorization},
            content=call.body(),
        )
        try:
            return _whole(
                call, self.tools.client.send(request, stream=True, follow_redirects=False)
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Refused(_silence(call, error), _R.RETRY_SAME) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            lost = _R.RECONCILE if call.commits else _R.RETRY_SAME
            raise Refused(_silence(call, error), lost) from error

    def _judged(self, call: Call, answer: Answer) -> Answer:
        refused = self.judge(answer)
        if refused is None:
            return answer
        recovery = refused.recovery
        if recovery is _R.RETRY_SAME and call.commits:
            recovery = _R.RECONCILE
        raise Refused(
            f"{call.name}: {refused}",
            recovery,
            retry_after=refused.retry_after or answer.wait,
            is_ours=refused.is_ours,
            is_policy=refused.is_policy,
            code=refused.code,
        )


def _header(scheme: str, token: AccessToken) -> dict[str, str]:
    return {"authorization": f"{scheme} {token.value}"}


def _silence(call: Call, error: httpx.HTTPError) -> str:
    return f"{call.name}: no complete answer ({type(error).__name__})"


def _whole(call: Call, response: httpx.Response) -> Answer:
    content = bytearray()
    try:
        for piece in response.iter_bytes():
            content += piece
            if len(content) > _MOST_BYTES:
                raise Refused(f"{call.name}: an endless answer", _R.RETRY_SAME)
    finally:
        response.close()
    return Answer(status=response.status_code, headers=response.headers, content=bytes(content))


@contextmanager
def outcomes(channel_id: str, *, is_reading: bool = False) -> Generator[None]:
    """Let refusals inside become errors of the tree.

    Args:
        channel_id: whose account it is about.
        is_reading: nothing was handed over: what is refused is our question, not the post.
    """
    try:
        yield
    except Refused as refused:
        raise _error(refused, channel_id, is_reading=is_reading) from refused


@contextmanager
def nothing_is_certain() -> Generator[None]:
    """Inside, where no clear answer comes the post may be there."""
    try:
        yield
    except (Refused, Transient, ReauthorisationNeeded, Misconfigured, NotFound) as error:
        raise OutcomeUnknown(f"it may have been taken: {error}") from error


def _error(refused: Refused, channel_id: str, *, is_reading: bool) -> ViralForgeError:
    message, wait = str(refused), refused.retry_after
    if refused.is_ours:
        return Misconfigured(message)
    match refused.recovery:
        case _R.REAUTH_USER | _R.REFRESH_TOKEN if refused.is_policy:
            error: ViralForgeError = AccountRestricted(
                channel_id, reason=message, remedy=_LOOK_AT_IT
            )
        case _R.REAUTH_USER | _R.REFRESH_TOKEN:
            error = ReauthorisationNeeded(channel_id, reason=message, remedy=_CONNECT_AGAIN)
        case _R.RETRY_AFTER:
            error = RateLimited(message, retry_after=wait)
        case _R.FIX_REQUEST if is_reading:
            error = UnexpectedAnswer(message)
        case _R.FIX_REQUEST:
            error = PolicyViolation(message) if refused.is_policy else Rejected(message)
        case _R.RECONCILE if not is_reading:
            error = OutcomeUnknown(message)
        case _:
            error = Unreachable(message, retry_after=wait)
    return error
