"""What a submission remembers, and how that is kept secret."""

from typing import Protocol


class SessionLog(Protocol):
    """What a submission must remember should its run die: durable, and kept as a secret."""

    @property
    def saved(self) -> str | None:
        """What ``save`` was last told, also by an earlier run; None where it never was."""

    def save(self, document: str) -> None:
        """Return when ``document`` will survive whatever happens to this process.

        Raises:
            OutcomeUnknown: the claim on the publication is another run's by now; send nothing more.
            Misconfigured: there is no key to keep secrets under.
        """

    def keep(self) -> None:
        """Hold on to the claim: called every now and then while bytes go out. Cheap.

        Raises:
            OutcomeUnknown: the claim on the publication is another run's by now; send nothing more.
        """


class Cipher(Protocol):
    """Keeps texts secret at rest."""

    def seal(self, text: str, *, bound_to: str) -> str:
        """``text``, unreadable without the key; opens for ``bound_to`` alone.

        Raises:
            Misconfigured: there is no key.
        """

    def unseal(self, sealed: str, *, bound_to: str) -> str:
        """The text that was sealed.

        Raises:
            Misconfigured: no key opens it, or it was bound to something else.
        """
