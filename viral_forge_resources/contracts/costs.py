"""What calls to paid services cost."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEvent:
    """One paid call.

    Attributes:
        kind: what was bought: ``llm``.
        quantity: how much of ``unit`` was bought.
        usd: None where no price is set.
        is_estimate: written before the call as the most that it can cost, and not settled yet.
    """

    kind: str
    provider: str
    model: str
    at: datetime
    quantity: float
    unit: str
    usd: float | None
    is_estimate: bool
    niche: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one day (UTC) may cost; None is no limit."""

    usd: float | None
    quantity: float | None
