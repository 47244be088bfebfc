"""Keeps no tokens: says what it was told to."""

from dataclasses import dataclass, field
from datetime import timedelta

from viral_forge_resources.contracts.accounts import Refreshed


@dataclass(frozen=True, slots=True, kw_only=True)
class FakeTokenKeeper:
    """Answers every round alike."""

    outcomes: tuple[Refreshed, ...] = ()
    asked: list[timedelta] = field(default_factory=list)

    def due(self, *, ahead: timedelta) -> tuple[str, ...]:
        return tuple(outcome.channel_id for outcome in self.outcomes)

    def refresh_due(self, *, ahead: timedelta) -> tuple[Refreshed, ...]:
        self.asked.append(ahead)
        return self.outcomes
