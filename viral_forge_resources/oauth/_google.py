"""Google's own libraries, kept to what they are asked for: no secret in logs, no waiting."""

import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from viral_forge_resources.contracts.errors import Unreachable
from viral_forge_resources.contracts.oauth import Attempt
from viral_forge_resources.http import contract_errors, open_operators_client
from viral_forge_resources.oauth._asking import Asking

_TIMEOUT_S = 20.0
_TALKATIVE = ("requests_oauthlib", "oauthlib", "google.auth", "google_auth_oauthlib")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleApp:
    """A client of ours at Google."""

    client_id: str
    client_secret: str = field(repr=False)
    authorise_url: str
    token_url: str


def permission_address(app: GoogleApp, scopes: Collection[str], attempt: Attempt) -> str:
    """Where a person consents."""
    address, _ = _flow(app, scopes, attempt).authorization_url(
        access_type="offline",
        prompt="consent",
        include_granted_scopes="true",
        state=attempt.state,
    )
    return str(address)


def exchanged(app: GoogleApp, scopes: Collection[str], code: str, attempt: Attempt) -> Any:  # noqa: ANN401
    """What Google answers to ``code``.

    Raises:
        ViralForgeError: as ``Asking.document`` says.
    """
    from requests.exceptions import RequestException  # noqa: TID251  what the library raises

    asking = Asking("youtube", secrets=[code, attempt.verifier, app.client_secret])
    answers = []

    def judge(response: Any) -> Any:  # noqa: ANN401  of requests
        content, headers = response.content, response.headers
        status = response.status_code
        answers.append(asking.document(app.token_url, status, content, headers=headers))
        return response

    flow = _flow(app, scopes, attempt)
    flow.oauth2session.trust_env = False
    flow.oauth2session.register_compliance_hook("access_token_response", judge)
    try:
        # Of scopes that the person unticked oauthlib makes an error; we compare them ourselves.
        with suppress(Warning):
            flow.fetch_token(code=code, timeout=_TIMEOUT_S)
    except RequestException as error:
        raise Unreachable(f"{app.token_url}: no answer ({type(error).__name__}).") from None
    return answers[-1]


def refreshed(app: GoogleApp, refresh_token: str) -> Mapping[str, Any]:
    """What Google answers to ``refresh_token``.

    Raises:
        ViralForgeError: as ``Asking.document`` says.
    """
    from google.oauth2.credentials import Credentials

    _quieten()
    asking = Asking("youtube", secrets=[refresh_token, app.client_secret])
    answers: list[Mapping[str, Any]] = []

    def ask(*, url: str, method: str, body: bytes, headers: Mapping[str, str], **_: Any) -> Any:  # noqa: ANN401
        with contract_errors(url), open_operators_client() as client:
            response = client.request(method, url, content=body, headers=headers)
        answers.append(
            asking.document(url, response.status_code, response.content, headers=response.headers)
        )
        return _GoogleAnswer(response.status_code, dict(response.headers), response.content)

    credentials = Credentials(  # type: ignore[no-untyped-call]
        token=None,
        refresh_token=refresh_token,
        token_uri=app.token_url,
        client_id=app.client_id,
        client_secret=app.client_secret,
    )
    credentials.refresh(ask)  # type: ignore[no-untyped-call]
    return answers[-1]


@dataclass(frozen=True, slots=True)
class _GoogleAnswer:
    """An answer as ``google.auth.transport`` wants it."""

    status: int
    headers: Mapping[str, str]
    data: bytes = field(repr=False)


def _flow(app: GoogleApp, scopes: Collection[str], attempt: Attempt) -> Any:  # noqa: ANN401  untyped
    from google_auth_oauthlib.flow import Flow

    _quieten()
    client = {
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "auth_uri": app.authorise_url,
        "token_uri": app.token_url,
    }
    return Flow.from_client_config(
        {"web": client},
        scopes=list(scopes),
        redirect_uri=attempt.redirect_uri,
        code_verifier=attempt.verifier,
        autogenerate_code_verifier=False,
    )


def _quieten() -> None:
    # At DEBUG they write whole answers, tokens included, into the log.
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
