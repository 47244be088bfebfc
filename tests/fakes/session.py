"""What a submission remembers, in memory."""

from dataclasses import dataclass, field

from viral_forge_resources.contracts.errors import OutcomeUnknown


@dataclass(kw_only=True)
class FakeSession:
    """``contracts.sessions.SessionLog`` of a claim that holds until it is ``taken_over``.

    Attributes:
        history: everything that was ever saved, in order.
    """

    saved: str | None = None
    taken_over: bool = False
    history: list[str] = field(default_factory=list)

    def save(self, document: str) -> None:
        self.keep()
        self.saved = document
        self.history.append(document)

    def keep(self) -> None:
        if self.taken_over:
            raise OutcomeUnknown("another run has taken over this submission")
