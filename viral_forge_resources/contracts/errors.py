"""The error tree: what an adapter may raise, and whether trying again can help.

ViralForgeError
├── Permanent             the same call would fail again; a person must change something
│   ├── BadInput          a file, address or value from outside that cannot be used
│   ├── NotPermitted      no right to it, no approval, or a check said no
│   ├── Rejected          a platform looked at a post and refused it
│   │   └── PolicyViolation  for what it holds, or for what its account did
│   ├── NotFound          the thing named does not exist
│   ├── NotSupported      the platform offers no such thing
│   └── Misconfigured     a setting is missing or contradicts another
│       └── NoCredentials no key or token was given for the platform
├── Transient             the same call may succeed later
│   ├── Unreachable       no answer, or a server error
│   ├── UnexpectedAnswer  an answer that is not what the platform documents
│   └── RateLimited       asked to wait
│       ├── QuotaSpent    our own count says that an allowance is used up
│       └── OverBudget    it might cost more than the operator allows
├── ReauthorisationNeeded the account must be connected anew; what waits for it goes on waiting
│   └── AccountRestricted the platform lets the account post no more; a person must look at it
└── OutcomeUnknown        a mutating call whose answer never came: never repeated by a machine
"""

import unicodedata
from datetime import timedelta

_LONGEST_NAME = 120


def printable(name: str) -> str:
    """``name`` on one line, quoted, safe to print: control and direction marks become escapes."""
    shown = "".join(
        character
        if unicodedata.category(character)[0] != "C"
        else character.encode("unicode_escape").decode()
        for character in name
    )
    if len(shown) > _LONGEST_NAME:
        shown = f"{shown[: _LONGEST_NAME - 20]}…{shown[-18:]}"
    return f"'{shown}'"


class ViralForgeError(Exception):
    """Anything that viral_forge raises on purpose."""


class Permanent(ViralForgeError):
    """The same call would fail again."""


class BadInput(Permanent):
    """Something from outside that cannot be used.

    Attributes:
        name: the file, address or value, as the person who gave it knows it.
        reason: what is wrong with it.
        remedy: what that person can do.
    """

    def __init__(self, name: str, *, reason: str, remedy: str) -> None:
        super().__init__(f"{printable(name)}: {reason}. {remedy}")
        self.name = name
        self.reason = reason
        self.remedy = remedy


class NotPermitted(Permanent):
    """No right to it, no approval, or a check said no."""


class Rejected(Permanent):
    """A platform looked at a post and refused it."""


class PolicyViolation(Rejected):
    """A platform speaks against what a post holds, or what its account did: a warning or a strike.

    The channel stops posting until a person has looked at it.
    """


class NotFound(Permanent):
    """The thing named does not exist."""


class NotSupported(Permanent):
    """The platform offers no such thing."""


class Misconfigured(Permanent):
    """A setting is missing or contradicts another."""


class NoCredentials(Misconfigured):
    """No key or token was given for the platform; the message names the setting."""


class Transient(ViralForgeError):
    """The same call may succeed later.

    Attributes:
        retry_after: how long the other side asked us to wait, None if it did not say.
    """

    def __init__(self, message: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unreachable(Transient):
    """No answer, or a server error."""


class UnexpectedAnswer(Transient):
    """An answer that is not what the platform documents: cut off, another form, a block page."""


class RateLimited(Transient):
    """Asked to wait."""


class QuotaSpent(RateLimited):
    """Our own count says that an allowance is used up; nothing was sent."""


class OverBudget(RateLimited):
    """It might cost more than the operator allows; nothing was bought.

    Attributes:
        estimate_usd: the most that it might cost; None where it has no price.
        retry_after: until the day's budget is a new one; None where waiting does not help.
    """

    def __init__(
        self, message: str, *, estimate_usd: float | None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message, retry_after=retry_after)
        self.estimate_usd = estimate_usd


class ReauthorisationNeeded(ViralForgeError):
    """Our access to an account has ended, and only its owner can give it anew.

    Neither permanent nor transient: nothing was sent to the platform, no post is refused by it, and
    what waits for the account may go on once a person has connected it again.

    Attributes:
        channel_id: of the account's channel.
    """

    def __init__(self, channel_id: str, *, reason: str, remedy: str) -> None:
        super().__init__(f"{channel_id}: {reason}. {remedy}")
        self.channel_id = channel_id
        self.reason = reason
        self.remedy = remedy


class AccountRestricted(ReauthorisationNeeded):
    """The platform lets the account post no more, at least for now.

    The channel stops posting until a person has looked at it; what waits is not refused.
    """


class OutcomeUnknown(ViralForgeError):
    """A mutating call whose answer never came: it may have taken effect."""
