"""What publishers work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import httpx

from viral_forge_resources.contracts.accounts import Accounts
from viral_forge_resources.contracts.quota import QuotaLedger, Use


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTools:
    """Given to every publisher when it is opened.

    Attributes:
        ledger: counts calls before they are made.
        client: reaches public addresses, and those that the operator set.
        clock: the moment, aware and in UTC.
    """

    accounts: Accounts
    ledger: QuotaLedger
    client: httpx.Client
    clock: Callable[[], datetime]

    def count(self, use: Use) -> None:
        """Return once the call that is about to be made is counted.

        Raises:
            QuotaSpent: its bucket does not hold it; says when it will. Nothing may be sent.
        """
        (refusal,) = self.ledger.take_each(((use,),), now=self.clock())
        if refusal is not None:
            raise refusal
