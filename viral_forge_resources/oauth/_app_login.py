"""A login whose app does all the work."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from viral_forge_resources.contracts.oauth import Account, Attempt, Grant, Manners
from viral_forge_resources.oauth._settings import AppSettings
from viral_forge_resources.platforms.credentials import needed


class App(Protocol):
    """An app of ours at a platform, with its credentials."""

    def authorisation_url(self, attempt: Attempt) -> str: ...

    def exchange(self, code: str, attempt: Attempt) -> Grant: ...

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]: ...

    def refresh(self, account_id: str, grant: Grant) -> Grant: ...

    def revoke(self, grant: Grant) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLogin:
    """``contracts.oauth.Login`` by an app that is opened once its credentials are needed.

    Attributes:
        open_app: by the app's id and secret.
    """

    manners: Manners
    settings: AppSettings
    open_app: Callable[[str, str], App]

    def authorisation_url(self, attempt: Attempt) -> str:
        """Where a person consents."""
        return self._app().authorisation_url(attempt)

    def exchange(self, code: str, attempt: Attempt) -> Grant:
        """Trade the code in."""
        return self._app().exchange(code, attempt)

    def accounts(self, grant: Grant) -> tuple[tuple[Account, Grant], ...]:
        """What the person gave: accounts or Pages, each with its own grant."""
        return self._app().accounts(grant)

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        """The account's token anew."""
        return self._app().refresh(account_id, grant)

    def revoke(self, grant: Grant) -> None:
        """Takes all that the person gave back from us.

        Raises:
            NotSupported: there is no call for that; a person ends it by hand.
        """
        self._app().revoke(grant)

    def _app(self) -> App:
        return self.open_app(*needed(self.settings, "client_id", "client_secret"))
