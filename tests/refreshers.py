"""Processes that want a token at once: ``python -m tests.refreshers URL KEY CHANNEL COUNT``.

Each says the hash of its token, or its error. With a COUNT of 0 one process refreshes, says
``received`` once it has the platform's answer, and never stores it.
"""

import hashlib
import os
import sys

from tests.accounts import open_login
from viral_forge_resources.accounts.keeping import SqlAccounts
from viral_forge_resources.accounts.vault import Vault
from viral_forge_resources.contracts.errors import ViralForgeError
from viral_forge_resources.contracts.oauth import Grant, Login, Manners
from viral_forge_resources.state.engine import open_engine


class _Stopping:
    """A login that stops the process between receiving and storing."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self.manners: Manners = login.manners

    def refresh(self, account_id: str, grant: Grant) -> Grant:
        fresh = self._login.refresh(account_id, grant)
        sys.stdout.write("received\n")
        sys.stdout.flush()
        sys.stdin.read()
        return fresh


def _say(url: str, key: str, channel_id: str) -> None:
    accounts = SqlAccounts(open_engine(url), Vault([key]), open_login)
    try:
        token = accounts.access_token(channel_id)
        said = hashlib.sha256(token.value.encode()).hexdigest()
    except ViralForgeError as error:
        said = f"{type(error).__name__}: {error}"
    os.write(1, f"{said}\n".encode())


def main(url: str, key: str, channel_id: str, count: int) -> None:
    """Start ``count`` processes that begin at the same moment."""
    if count == 0:
        stopping = lambda platform: _Stopping(open_login(platform))  # noqa: E731
        SqlAccounts(open_engine(url), Vault([key]), stopping).access_token(channel_id)  # type: ignore[arg-type]
        return
    reading, writing = os.pipe()
    for _ in range(count):
        if os.fork() == 0:
            os.close(writing)
            os.read(reading, 1)  # ends once everybody is there
            _say(url, key, channel_id)
            os._exit(0)
    os.close(writing)
    for _ in range(count):
        os.wait()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
