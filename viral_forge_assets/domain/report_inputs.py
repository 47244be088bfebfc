"""What a report is made of, as state tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from viral_forge_assets.domain.arm_posteriors import ArmPosterior
from viral_forge_assets.domain.calibration import Calibration
from viral_forge_assets.domain.growth import Reading
from viral_forge_assets.domain.money import Earned
from viral_forge_assets.domain.outlook import Outlook
from viral_forge_assets.domain.profit import Books
from viral_forge_resources.contracts.results import (
    CurvePoint,
    Measured,
    Queue,
    ReportedPost,
    Steps,
)

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An experiment as it stands.

    Attributes:
        name: as people read it: its niche.
        rewards: results that are in, of all arms.
    """

    name: str
    arms: tuple[ArmPosterior, ...]
    rewards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInputs:
    """Everything that one day's report says something of.

    Attributes:
        day: the last day (UTC) whose numbers are in it.
        posts: that are live, by moment.
        newest: of each post's numbers, by publication id and metric.
        views: every reading of views, by publication id, the oldest first.
        earned: by each live post, by publication id.
        calibrations: whether scores predicted results, by niche.
        queue: as it stands now.
    """

    day: date
    posts: Sequence[ReportedPost]
    newest: Mapping[tuple[str, str], Measured]
    views: Mapping[str, Sequence[Reading]]
    retention: Sequence[CurvePoint]
    outlook: Outlook
    tried: Sequence[Tried]
    calibrations: Mapping[str, Calibration]
    steps: Steps
    books: Books
    earned: Mapping[str, Earned]
    queue: Sequence[Queue]

    def is_recent(self, moment: datetime) -> bool:
        """Whether it lies in the last seven days of the report."""
        return self.day - moment.date() < _WEEK
