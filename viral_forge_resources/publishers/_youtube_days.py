"""Days as YouTube counts them: in Pacific time, and told of only once they were processed."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from viral_forge_resources.contracts.publishing import Publication
from viral_forge_resources.publishers._youtube_refusals import DAY_STARTS_IN

_ZONE = ZoneInfo(DAY_STARTS_IN)


def today(now: datetime) -> date:
    """YouTube's date."""
    return now.astimezone(_ZONE).date()


def day_of(publication: Publication) -> date:
    """The day that the post went out on."""
    return today(publication.published_at or publication.planned_at)


def end_of(day: date) -> datetime:
    """The first moment after ``day``."""
    return datetime.combine(day + timedelta(days=1), time(), _ZONE).astimezone(UTC)


def is_older(publication: Publication, age: timedelta, now: datetime) -> bool:
    """Whether the post is live and that old."""
    published = publication.published_at
    return bool(publication.post_id) and published is not None and published + age <= now
