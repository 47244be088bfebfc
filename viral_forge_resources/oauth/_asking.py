"""Asks a platform's login for things; a refusal becomes an error that holds no secret."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotPermitted,
    Permanent,
    RateLimited,
    Transient,
    UnexpectedAnswer,
    Unreachable,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.oauth import Grant, GrantEnded
from viral_forge_resources.http import contract_errors, open_operators_client, refusal

_HIDDEN = "…"
_SHORTEST_SECRET = 6
_SEPARATORS = re.compile(r"[,\s]+")

_BY_WORD: Mapping[str, type[ViralForgeError]] = {
    "invalid_grant": GrantEnded,
    "access_token_invalid": GrantEnded,
    "invalid_token": GrantEnded,
    "invalid_client": Misconfigured,
    "unauthorized_client": Misconfigured,
    "invalid_client_key": Misconfigured,
    "redirect_uri_mismatch": Misconfigured,
    "access_denied": NotPermitted,
    "server_error": Unreachable,
    "temporarily_unavailable": Unreachable,
    "rate_limit_exceeded": RateLimited,
    "slow_down": RateLimited,
}
"""By ``error`` of RFC 6749, or what TikTok says in its place, also in an answer of 200."""

_BY_NUMBER: Mapping[int, type[ViralForgeError]] = {
    1: Unreachable,
    2: Unreachable,
    4: RateLimited,
    17: RateLimited,
    32: RateLimited,
    101: Misconfigured,
    190: GrantEnded,
    613: RateLimited,
}
"""By ``error.code`` of Meta; 190 is documented, the others are what Meta is known to answer."""


class Asking:
    """One conversation with one platform.

    Args:
        platform: for messages.
        secrets: appear in no error, whatever the platform quotes.
    """

    def __init__(self, platform: str, *, secrets: Iterable[str | None] = ()) -> None:
        self._platform = platform
        self._secrets = [each for each in secrets if each]

    def get(
        self, url: str, params: Mapping[str, str] | None = None, *, bearer: str | None = None
    ) -> Any:  # noqa: ANN401  whatever the platform sent
        """The JSON at ``url``."""
        return self._send("GET", url, params=params, headers=_bearer(bearer))

    def post(
        self,
        url: str,
        form: Mapping[str, str],
        *,
        basic: tuple[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Any:  # noqa: ANN401  whatever the platform sent
        """The JSON that a form is answered with."""
        return self._send("POST", url, data=form, auth=basic, params=params)

    def delete(self, url: str, *, bearer: str) -> None:
        """Delete what is at ``url``."""
        self._send("DELETE", url, headers=_bearer(bearer))

    def _send(self, method: str, url: str, **how: Any) -> Any:  # noqa: ANN401
        with contract_errors(url), open_operators_client() as client:
            response = client.request(method, url, **how)
        return self.document(url, response.status_code, response.content, headers=response.headers)

    def document(
        self, url: str, status: int, body: bytes, *, headers: Mapping[str, str] | None = None
    ) -> Any:  # noqa: ANN401  whatever the platform sent
        """The JSON of an answer.

        Raises:
            GrantEnded: the platform takes the code or token no more.
            Misconfigured: it does not know the app.
            Transient: it answers later.
            Permanent: it refuses in other words, which the error quotes.
        """
        usual = refusal(url, status, headers or {})
        if httpx.codes.is_server_error(status) or isinstance(usual, RateLimited):
            raise usual
        document = _read(body)
        problem = self._problem(document)
        if problem is not None:
            raise problem
        if httpx.codes.is_success(status):
            if document is None and body.strip():
                raise UnexpectedAnswer(f"{printable(url)}: answered with something that is no JSON")
            return document
        if status == httpx.codes.UNAUTHORIZED:
            raise GrantEnded(f"{self._platform} takes our token no more{self._quoted(document)}")
        words = self._quoted(document)
        raise (
            type(usual)(f"{usual}{words}")
            if isinstance(usual, Transient)
            else Permanent(f"{self._platform} refused: {status}{words}")
        )

    def problem(self, word: str, description: str = "") -> ViralForgeError:
        """The error that a word of RFC 6749 stands for."""
        kind = _BY_WORD.get(word, Permanent)
        remedy = f" {self._credentials()}" if kind is Misconfigured else ""
        said = f": {printable(self.scrubbed(description))}" if description else ""
        return kind(f"{self._platform} answered '{self.scrubbed(word)}'{said}.{remedy}")

    def scrubbed(self, text: str) -> str:
        """``text`` without the secrets of this conversation."""
        for secret in self._secrets:
            if len(secret) >= _SHORTEST_SECRET:
                text = text.replace(secret, _HIDDEN)
        return text

    def _problem(self, document: Any) -> ViralForgeError | None:  # noqa: ANN401
        error = document.get("error") if isinstance(document, dict) else None
        if isinstance(error, str) and error:
            return self.problem(error, str(document.get("error_description") or ""))
        if isinstance(error, dict):
            return self._of_envelope(error)
        return None

    def _of_envelope(self, error: Mapping[str, Any]) -> ViralForgeError | None:
        code, words = error.get("code"), str(error.get("message") or "")
        if code == "ok":
            return None
        if isinstance(code, str):
            return self.problem(code, words)
        if "client secret" in words.lower():
            return self.problem("invalid_client", words)
        kind = _BY_NUMBER.get(code) if isinstance(code, int) else None
        if code == httpx.codes.UNAUTHORIZED:
            kind = GrantEnded
        said = printable(self.scrubbed(words))
        return (kind or Permanent)(f"{self._platform} answered error {code}: {said}.")

    def _quoted(self, document: Any) -> str:  # noqa: ANN401
        words = ""
        if isinstance(document, dict):
            words = str(document.get("message") or document.get("error_message") or "")
        return f": {printable(self.scrubbed(words))}" if words else ""

    def _credentials(self) -> str:
        name = f"VIRAL_FORGE_OAUTH_{self._platform.upper()}"
        return f"Check {name}_CLIENT_ID, {name}_CLIENT_SECRET and the redirect URL of the app."


def _bearer(token: str | None) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}


def _read(body: bytes) -> Any:  # noqa: ANN401
    try:
        return httpx.Response(200, content=body).json()
    except ValueError:
        return None


def asked_now() -> datetime:
    """The moment from which a lifetime counts: before the question is sent."""
    return datetime.now(UTC)


def grant_in(
    document: Any,  # noqa: ANN401  whatever the platform sent
    *,
    platform: str,
    asked_at: datetime,
    scopes: Iterable[str],
    refresh_life: str = "refresh_token_expires_in",
) -> Grant:
    """What a token endpoint gave.

    Args:
        document: its answer.
        platform: for messages.
        asked_at: when it was asked.
        scopes: what was asked for: granted where the answer names none (RFC 6749, 5.1).
        refresh_life: what the platform calls the life of a refresh token.

    Raises:
        UnexpectedAnswer: it holds no token.
    """
    token = document.get("access_token") if isinstance(document, dict) else None
    if not isinstance(token, str) or not token:
        raise UnexpectedAnswer(f"{platform} answered without a token. It may have changed.")
    granted = document.get("scope")
    refresh_token = document.get("refresh_token")
    return Grant(
        access_token=token,
        issued_at=asked_at,
        expires_at=_end(asked_at, document.get("expires_in")),
        refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
        refresh_expires_at=_end(asked_at, document.get(refresh_life)),
        scopes=split_scopes(granted) if isinstance(granted, str) else frozenset(scopes),
    )


def split_scopes(text: str) -> frozenset[str]:
    """Scopes as a platform lists them, between commas or blanks."""
    return frozenset(each for each in _SEPARATORS.split(text) if each)


def _end(asked_at: datetime, seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float | str):
        return None
    try:
        return asked_at + timedelta(seconds=float(seconds))
    except (ValueError, OverflowError):
        return None
