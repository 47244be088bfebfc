"""What paid services, machines and storage cost, and what may be spent."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class CostKind(StrEnum):
    """What was bought."""

    LLM = "llm"  # questions to models, also those that are shown pictures
    VOICE = "voice"
    VIDEO = "video"
    RENDER = "render"
    TRANSCRIPTION = "transcription"
    ANALYSIS = "analysis"
    EDIT = "edit"
    CAPTIONS = "captions"
    CHECK = "check"
    STORAGE = "storage"
    API = "api"
    POST = "post"


class Unit(StrEnum):
    """What is counted."""

    TOKENS = "tokens"
    CPU_SECONDS = "cpu_s"
    GPU_SECONDS = "gpu_s"
    GB_MONTHS = "gb_months"
    API_UNITS = "api_units"
    POSTS = "posts"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostEvent:
    """One paid call, one render, or what a machine did meanwhile.

    Attributes:
        kind: what was bought, one of ``CostKind``.
        quantity: how much of ``unit`` was bought.
        usd: None where no price is set; ``reason`` says so.
        is_estimate: written before the call as the most that it can cost, and not settled yet.
        candidate_key: whose clips it was spent on; None for what a whole niche shares.
        clip_number: None for what all clips of the candidate share.
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
    candidate_key: str | None = None
    clip_number: int | None = None
    channel_id: str | None = None
    publication_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one day (UTC) may cost; None is no limit.

    Attributes:
        usd: of one kind of cost.
        quantity: of one kind of cost: what holds what has no price.
        day_usd: of every kind together.
        clip_usd: of every kind together for one clip of a candidate, however many days it takes.
    """

    usd: float | None
    quantity: float | None
    day_usd: float | None = None
    clip_usd: float | None = None

    @property
    def of_everything(self) -> "Budget":
        """Only what holds every kind of cost, without what holds one of them."""
        return replace(self, usd=None, quantity=None)


class CostLine(NamedTuple):
    """Cost events of one kind and one subject, added up; a tuple, for a studio has many.

    Attributes:
        usd: None where they have no price, for ``reason``; those with a price are another line.
    """

    niche: str | None
    candidate_key: str | None
    clip_number: int | None
    channel_id: str | None
    kind: str
    usd: float | None
    reason: str | None
