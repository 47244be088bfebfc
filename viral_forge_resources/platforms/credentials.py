"""Keys and tokens: where an operator sets them, and how an app trades them for a token."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import SecretStr
from pydantic_settings import BaseSettings

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NoCredentials,
    UnexpectedAnswer,
    printable,
)
from viral_forge_resources.contracts.web import Web, WebRequest
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.platforms.refusals import in_its_words, said

_LOGIN_REFUSED = frozenset({400, 401, 403})
_OK = 200


def variable(settings: BaseSettings, field: str) -> str:
    """The environment variable that sets ``field``."""
    return f"{settings.model_config['env_prefix']}{field}".upper()


def needed(settings: BaseSettings, *fields: str, otherwise: str = "") -> tuple[str, ...]:
    """The values of ``fields``, secrets among them in the clear.

    Args:
        settings: of the plugin.
        fields: settings without which the platform does not answer.
        otherwise: what else a person can do than set them.

    Raises:
        NoCredentials: names every one that is not set.
    """
    values = [getattr(settings, field) for field in fields]
    absent = [
        variable(settings, field) for field, value in zip(fields, values, strict=True) if not value
    ]
    if absent:
        raise NoCredentials(f"{' and '.join(absent)}: not set. {otherwise}".rstrip())
    return tuple(
        value.get_secret_value() if isinstance(value, SecretStr) else str(value) for value in values
    )


async def app_token(web: Web, request: WebRequest, *, variables: Sequence[str]) -> str:
    """The token that an app gets for its id and secret.

    Args:
        web: what asks.
        request: the login, whole.
        variables: what sets the id and the secret.

    Raises:
        Misconfigured: the platform does not know them.
    """
    answer = await web.send(replace(request, accepts=_LOGIN_REFUSED))
    if answer.status != _OK:
        document = said(answer)
        words = inside(document, "message") or inside(document, "error_description")
        remedy = f"Check {' and '.join(variables)}."
        raise in_its_words(answer, words, kind=Misconfigured, remedy=remedy)
    token = inside(answer.json(), "access_token")
    if not isinstance(token, str) or not token:
        raise UnexpectedAnswer(
            f"{printable(answer.name)}: gives no token to an app. It may have changed."
        )
    return token
