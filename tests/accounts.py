"""Accounts for tests: the real code over a real database, against the logins' emulators."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

import viral_forge_resources.oauth
from tests.builders import niche
from tests.platforms.oauth import Emulator, OAuthPlatforms, consent, running
from tests.platforms.oauth_kinds import all_emulators, settings_for
from viral_forge_assets.console.accounts import AccountPages
from viral_forge_resources.accounts.connecting import Connected, Connector, Wanted
from viral_forge_resources.accounts.keeping import SqlAccounts
from viral_forge_resources.accounts.leaving import Leaver
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.oauth import Login, StoredAccount
from viral_forge_resources.contracts.publishing import Channel
from viral_forge_resources.plugins import open_plugin
from viral_forge_resources.state import niches, oauth_tokens
from viral_forge_resources.state.tables import oauth_tokens as oauth_tokens_table

KEY = "q9iPzCSZ8ZsUjPpQO6kUe7mWcKxvJt3nY0rGfD2bLhA="
OTHER_KEY = "Zr3vXo1nT5kYb8uQe2wRj7cMf4hLp0dSg6aVi9xKtNU="
REDIRECT = "http://127.0.0.1:53682/callback/"
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook", "threads", "x", "linkedin", "pinterest")


def channel(platform: str = "youtube", name: str = "main") -> Channel:
    return Channel(channel_id=f"{platform}:{name}", publisher=platform, name=name, niche="cooking")


def open_login(platform: str) -> Login:
    login: Login = open_plugin(viral_forge_resources.oauth, platform)
    return login


@dataclass(frozen=True, slots=True)
class Studio:
    """A studio whose accounts are at the emulators."""

    engine: sa.Engine
    platforms: OAuthPlatforms
    vault: Vault

    @property
    def accounts(self) -> SqlAccounts:
        return SqlAccounts(self.engine, self.vault, open_login)

    @property
    def connector(self) -> Connector:
        return Connector(self.engine, self.vault, open_login)

    @property
    def leaver(self) -> Leaver:
        return Leaver(self.engine, self.vault, open_login)

    def emulator(self, platform: str) -> Any:
        """The emulator of the platform; which attributes it has depends on that."""
        return self.platforms.emulators[platform]

    def begin(self, platform: str = "youtube", name: str = "main", **wanted: Any) -> str:
        """Where the person is sent."""
        begun = self.connector.begin(
            Wanted(channel=channel(platform, name), **wanted),
            redirect_uri=REDIRECT,
            now=datetime.now(UTC),
        )
        return begun.address

    def connect(
        self,
        platform: str = "youtube",
        name: str = "main",
        *,
        person: str | None = None,
        **wanted: Any,
    ) -> Connected:
        """A channel that is connected by a person who says yes."""
        returned = consent(self.begin(platform, name, **wanted), person=person)
        return self.connector.finish(returned, now=datetime.now(UTC))

    def stored(self, channel_id: str = "youtube:main") -> StoredAccount:
        with self.engine.connect() as connection:
            found = oauth_tokens.get(connection, channel_id)
        assert found is not None
        return found

    def let_pass(self, by: timedelta, channel_id: str = "youtube:main") -> None:
        """Everything about the account, here and at its platform, happened so much longer ago."""
        before = self.stored(channel_id)
        older = {
            name: getattr(before, name) - by
            for name in ("connected_at", "issued_at", "expires_at", "refresh_expires_at")
            if getattr(before, name) is not None
        }
        with self.engine.begin() as connection:
            connection.execute(
                sa.update(oauth_tokens_table)
                .where(oauth_tokens_table.c.channel_id == channel_id)
                .values(**older)
            )
        self.emulator(before.platform).offset += by


def account_pages(
    engine: sa.Engine, *, public_url: str | None = None, keys: tuple[str, ...] = (KEY,)
) -> AccountPages:
    """The console's pages of accounts."""
    return AccountPages(
        state=engine,
        connector=Connector(engine, Vault(keys), open_login),
        platforms=PLATFORMS,
        public_url=public_url,
    )


@contextmanager
def emulated(monkeypatch: Any) -> Generator[OAuthPlatforms]:
    """The platforms' logins on this machine, and the settings that lead there."""
    emulators: Mapping[str, Emulator] = all_emulators()
    for emulator in emulators.values():
        emulator.redirect_uris.add(REDIRECT)
    with running(emulators) as platforms:
        for name, value in environment(platforms.url).items():
            monkeypatch.setenv(name, value)
        yield platforms


def environment(url: str) -> dict[str, str]:
    """Settings that lead every login to the emulators at ``url``."""
    told = {f"VIRAL_FORGE_OAUTH_{name}": value for name, value in settings_for(url).items()}
    # Google's library wants https of everybody but tests.
    return told | {"OAUTHLIB_INSECURE_TRANSPORT": "1"}


def watch_cooking(engine: sa.Engine) -> None:
    with engine.begin() as connection:
        niches.save(connection, niche(), now=datetime.now(UTC))


def child_environment(**more: str) -> dict[str, str]:
    """The environment of a process that is started by a test."""
    return {**os.environ, **more}  # noqa: TID251  what the child inherits
