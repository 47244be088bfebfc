"""Access for those who only read results: what they meet changes no account's state."""

from dataclasses import dataclass
from datetime import timedelta

from viral_forge_resources.contracts.accounts import AT_LEAST, AccessToken, Accounts
from viral_forge_resources.contracts.errors import Unreachable


@dataclass(frozen=True, slots=True)
class OnlyReading:
    """Gives tokens as ``accounts`` does, and takes no refusal for the end of an access.

    Platforms refuse statistics to accounts that post without a hitch; an account that were marked
    as ended by it would wait for its owner, and with it every post.
    """

    accounts: Accounts

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        """As publishers get it."""
        return self.accounts.access_token(channel_id, at_least=at_least)

    def refused(self, channel_id: str, token: AccessToken) -> AccessToken:  # noqa: ARG002
        """No other token.

        Raises:
            Unreachable: always: the reading is put off, and the account stays as it is.
        """
        raise Unreachable(f"{channel_id}: the platform lets this token read no results for now")
