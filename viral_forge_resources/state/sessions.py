"""What submissions remember: ``publication_sessions``, sealed, written by whoever has the claim."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_resources.contracts.errors import Misconfigured, OutcomeUnknown
from viral_forge_resources.contracts.publishing import Publication
from viral_forge_resources.contracts.sessions import Cipher
from viral_forge_resources.state import publications
from viral_forge_resources.state.rows import upsert
from viral_forge_resources.state.tables import publication_sessions

_RENEWALS = 6
"""How often a lease is renewed while it runs."""


def saved(connection: sa.Connection, publication_id: str, cipher: Cipher | None) -> str | None:
    """What the publication's submission saved last; None where it saved nothing.

    Raises:
        Misconfigured: no key opens it.
    """
    is_its = publication_sessions.c.publication_id == publication_id
    sealed = connection.scalar(sa.select(publication_sessions.c.sealed).where(is_its))
    if sealed is None:
        return None
    return _needed(cipher).unseal(sealed, bound_to=publication_id)


def all_sealed(connection: sa.Connection) -> dict[str, str]:
    """What is sealed, by publication."""
    columns = (publication_sessions.c.publication_id, publication_sessions.c.sealed)
    return {row[0]: row[1] for row in connection.execute(sa.select(*columns))}


def replace_sealed(connection: sa.Connection, publication_id: str, old: str, new: str) -> bool:
    """Whether ``old`` still was what is sealed; then ``new`` is now."""
    step = sa.update(publication_sessions).where(
        publication_sessions.c.publication_id == publication_id,
        publication_sessions.c.sealed == old,
    )
    return connection.execute(step.values(sealed=new)).rowcount == 1


@dataclass(slots=True, kw_only=True)
class SqlSessionLog:
    """``contracts.sessions.SessionLog`` of one claim.

    Attributes:
        publication: as it was claimed.
        saved: what was saved last, also by an earlier run.
        lease: for how long the claim holds after each sign of life.
    """

    state: sa.Engine
    cipher: Cipher | None
    publication: Publication
    lease: timedelta
    clock: Callable[[], datetime]
    saved: str | None = None
    _kept_at: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._kept_at = self.clock()

    def save(self, document: str) -> None:
        """Return when ``document`` is in the database.

        Raises:
            OutcomeUnknown: the claim is another run's by now.
            Misconfigured: there is no key.
        """
        now = self.clock()
        key = self.publication.publication_id
        sealed = _needed(self.cipher).seal(document, bound_to=key)
        with self.state.begin() as connection:
            self._renew(connection, now)
            row = {"publication_id": key, "sealed": sealed, "saved_at": now}
            upsert(connection, publication_sessions, row)
        self.saved = document

    def keep(self) -> None:
        """Renew the lease if a part of it has gone by.

        Raises:
            OutcomeUnknown: the claim is another run's by now.
        """
        now = self.clock()
        if now - self._kept_at >= self.lease / _RENEWALS:
            with self.state.begin() as connection:
                self._renew(connection, now)

    def _renew(self, connection: sa.Connection, now: datetime) -> None:
        if not publications.renew(connection, self.publication, lease_until=now + self.lease):
            raise OutcomeUnknown("another run has taken over this submission")
        self._kept_at = now


def _needed(cipher: Cipher | None) -> Cipher:
    if cipher is None:
        raise Misconfigured("there is no key to keep the addresses of uploads secret under")
    return cipher
