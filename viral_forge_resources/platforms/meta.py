"""Asks Meta's Graph API, for Instagram and Facebook alike."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import Field, HttpUrl, SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    QuotaSpent,
    RateLimited,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.quota import Use
from viral_forge_resources.contracts.web import Pace, Web, WebAnswer, WebRequest
from viral_forge_resources.platforms.credentials import needed, variable
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.platforms.refusals import in_its_words, said

_OK = 200
_SAYS_WHY = frozenset({400, 401, 403, 404, 429})
_GENTLY = Pace(at_once=2)
_REFUSALS: Mapping[int, type[ViralForgeError]] = {
    1: Unreachable,
    2: Unreachable,
    4: RateLimited,
    10: Misconfigured,
    17: RateLimited,
    18: QuotaSpent,
    24: NotFound,
    32: RateLimited,
    102: Misconfigured,
    190: Misconfigured,
    200: Misconfigured,
    613: RateLimited,
}
"""By ``error.code``; 190 is documented, the others are what Meta is known to answer."""


class MetaSettings(BaseSettings):
    """How the Graph API is asked."""

    api_url: HttpUrl = Field(
        default=HttpUrl("https://graph.facebook.com"), description="The Graph API."
    )
    api_version: str = Field(
        default="v26.0", pattern=r"^v\d+\.\d+$", description="Version of the Graph API."
    )
    access_token: SecretStr | None = Field(
        default=None, description="Token with the permissions that Meta's review gave."
    )


@dataclass(frozen=True, slots=True)
class Graph:
    """The Graph API for the token in the settings."""

    settings: MetaSettings
    web: Web

    async def get(
        self, path: str, params: Mapping[str, str | int], *, uses: tuple[Use, ...] = ()
    ) -> tuple[str, Any]:
        """The address that answered, and its answer.

        The token goes in a header: addresses end up in logs.

        Raises:
            NoCredentials: there is no token.
            Misconfigured: Meta does not take the token for this.
        """
        (token,) = needed(self.settings, "access_token")
        address = str(self.settings.api_url).rstrip("/")
        answer = await self.web.send(
            WebRequest(
                url=f"{address}/{self.settings.api_version}/{path}",
                params=params,
                headers={"authorization": f"Bearer {token}"},
                uses=uses,
                accepts=_SAYS_WHY,
                pace=_GENTLY,
            )
        )
        if answer.status != _OK:
            raise self._refused(answer)
        return answer.name, answer.json()

    async def pages(
        self, path: str, params: Mapping[str, str | int], *, most: int
    ) -> AsyncGenerator[tuple[str, Any], None]:
        """The same, page by page. ``paging.next`` is not followed: it holds the token."""
        asked = dict(params)
        for _ in range(most):
            name, page = await self.get(path, asked)
            yield name, page
            after = inside(page, "paging", "cursors", "after")
            if not isinstance(after, str) or inside(page, "paging", "next") is None:
                return
            asked["after"] = after

    def _refused(self, answer: WebAnswer) -> ViralForgeError:
        error = inside(said(answer), "error")
        code = inside(error, "code")
        kind = _REFUSALS.get(code) if isinstance(code, int) else None
        is_ours = kind is Misconfigured
        remedy = f"Check {variable(self.settings, 'access_token')}." if is_ours else ""
        words = inside(error, "error_user_msg") or inside(error, "message")
        return in_its_words(answer, words, kind=kind, remedy=remedy)
