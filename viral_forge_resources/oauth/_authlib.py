"""Authlib's client for platforms that keep to the standard, over our own HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

import httpx

from viral_forge_resources.contracts.oauth import Attempt, Grant, GrantEnded
from viral_forge_resources.http import contract_errors, open_operators_client
from viral_forge_resources.oauth._asking import Asking, asked_now, grant_in

Authentication = Literal["client_secret_basic", "client_secret_post", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardApp:
    """An app of ours at a platform that keeps to RFC 6749.

    Attributes:
        scopes: in one text, as the platform separates them.
        has_pkce: the platform checks RFC 7636.
        extra: form fields that its token endpoint wants besides.
    """

    platform: str
    client_id: str
    client_secret: str | None = field(repr=False)
    authorise_url: str
    token_url: str
    authentication: Authentication
    scopes: str
    has_pkce: bool
    extra: Mapping[str, str] = field(default_factory=dict)

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        client = self._client(Asking(self.platform), redirect_uri=attempt.redirect_uri)
        verifier = attempt.verifier if self.has_pkce else None
        address, _ = client.create_authorization_url(
            self.authorise_url, state=attempt.state, code_verifier=verifier
        )
        return str(address)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        asking = self._asking(code, attempt.verifier)
        proof = {"code_verifier": attempt.verifier} if self.has_pkce else {}
        asked_at = asked_now()
        client = self._client(asking, redirect_uri=attempt.redirect_uri)
        document = client.fetch_token(
            self.token_url, grant_type="authorization_code", code=code, **proof, **self.extra
        )
        return self._grant(document, asked_at)

    def refresh(self, grant: Grant) -> Grant:
        """Trade the refresh token in; the scopes stay as they were granted."""
        old = grant.refresh_token or ""
        asked_at = asked_now()
        document = self._client(self._asking(old)).refresh_token(
            self.token_url, refresh_token=old, scope=None, **self.extra
        )
        return self._grant(document, asked_at)

    def revoke(self, url: str, token: str) -> None:
        """End a token at ``url``; one that has ended already is no error."""
        try:
            self._client(self._asking(token)).revoke_token(url, token=token)
        except GrantEnded:
            return

    def _grant(self, document: Mapping[str, Any], asked_at: datetime) -> Grant:
        return grant_in(
            dict(document),
            platform=self.platform,
            asked_at=asked_at,
            scopes=self.scopes.replace(",", " ").split(),
        )

    def _asking(self, *secrets: str) -> Asking:
        return Asking(self.platform, secrets=[*secrets, self.client_secret])

    def _client(self, asking: Asking, *, redirect_uri: str | None = None) -> Any:  # noqa: ANN401
        from authlib.oauth2.client import OAuth2Client

        return OAuth2Client(
            session=_Session(asking),
            client_id=self.client_id,
            client_secret=self.client_secret,
            token_endpoint_auth_method=self.authentication,
            revocation_endpoint_auth_method=self.authentication,
            scope=self.scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )


@dataclass(frozen=True, slots=True)
class _Session:
    """What Authlib sends with: our client, which has judged each answer before Authlib sees it."""

    asking: Asking

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str],
        headers: Mapping[str, str],
        auth: Any,  # noqa: ANN401
    ) -> httpx.Response:
        """The answer to a form."""
        told = {"accept": "application/json", **headers}
        address, signed, body = auth.prepare("POST", url, told, urlencode(data))
        with contract_errors(url), open_operators_client() as client:
            response = client.post(address, content=body, headers=signed)
        self.asking.document(url, response.status_code, response.content, headers=response.headers)
        return response
