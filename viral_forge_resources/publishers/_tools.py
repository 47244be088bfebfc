"""What publishers work with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

import httpx

from viral_forge_resources.contracts.accounts import Accounts
from viral_forge_resources.contracts.quota import QuotaLedger, Till, Use


class Lending(Protocol):
    """Lets a platform that takes no files fetch a video."""

    def lend(self, video: Path, sha256: str, *, to: str) -> str:
        """Where anybody may read these very bytes for some hours; a secret.

        Each post, named by ``to``, gets an address of its own, also of the same bytes.

        Raises:
            Rejected: the file holds other bytes.
            Misconfigured: they cannot be read from outside.
        """

    def take_back(self, to: str) -> None:
        """Nobody can read what was lent to that post any more; never lent is no error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTools:
    """Given to every publisher when it is opened.

    Attributes:
        ledger: counts calls before they are made.
        till: pays for calls that a platform charges for.
        client: reaches public addresses, and those that the operator set.
        clock: the moment, aware and in UTC.
        lending: for platforms that fetch videos.
    """

    accounts: Accounts
    ledger: QuotaLedger
    till: Till
    client: httpx.Client
    clock: Callable[[], datetime]
    lending: Lending

    def count(self, use: Use) -> None:
        """Return once the call that is about to be made is counted.

        Raises:
            QuotaSpent: its bucket does not hold it; says when it will. Nothing may be sent.
        """
        (refusal,) = self.ledger.take_each(((use,),), now=self.clock())
        if refusal is not None:
            raise refusal
