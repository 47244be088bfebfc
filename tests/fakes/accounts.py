"""Access to accounts, for tests: gives what it was told to, and says what was asked of it."""

from dataclasses import dataclass, field
from datetime import timedelta

from viral_forge_resources.contracts.accounts import AT_LEAST, AccessToken
from viral_forge_resources.contracts.errors import ViralForgeError


@dataclass(slots=True, kw_only=True)
class FakeAccounts:
    """Gives each channel its tokens one after the other: the next one after each refusal.

    Attributes:
        tokens: of each channel; the last one is refused with ``error``, or given for ever.
        error: raised instead of an answer, at once where there are no tokens.
        refusals: values of the tokens that were handed back.
    """

    tokens: dict[str, list[AccessToken]] = field(default_factory=dict)
    error: ViralForgeError | None = None
    refusals: list[str] = field(default_factory=list)

    def access_token(self, channel_id: str, *, at_least: timedelta = AT_LEAST) -> AccessToken:
        return self._first(channel_id)

    def refused(self, channel_id: str, token: AccessToken) -> AccessToken:
        self.refusals.append(token.value)
        left = self.tokens.get(channel_id, [])
        if left and left[0].value == token.value and (len(left) > 1 or self.error):
            left.pop(0)
        return self._first(channel_id)

    def _first(self, channel_id: str) -> AccessToken:
        left = self.tokens.get(channel_id, [])
        if not left:
            raise self.error or KeyError(channel_id)
        return left[0]
