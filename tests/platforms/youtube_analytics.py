"""What YouTube tells of videos' results, with the oddities that its documents name.

Source: https://developers.google.com/youtube/analytics/reference/reports/query
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.platforms import discovery
from tests.platforms.uploads import Asked, Reply, reply

_ADDED = {
    "views",
    "engagedViews",
    "estimatedMinutesWatched",
    "shares",
    "subscribersGained",
    "subscribersLost",
}
_AVERAGED = {"averageViewDuration", "averageViewPercentage"}
_MONEY = {"estimatedRevenue"}
_CURVE = {"audienceWatchRatio"}


@dataclass(kw_only=True)
class Analytics:
    """The results of one channel.

    Attributes:
        days: of each video, its numbers by day.
        curves: of each video, its points: place and ratio.
        processed_until: the last day there are rows of; None: there is none.
        is_partner: whether it may ask for revenue; else that is refused.
        is_shut: the account gave no permission to read any of it.
    """

    days: dict[str, dict[date, dict[str, float]]] = field(default_factory=dict)
    curves: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    processed_until: date | None = None
    is_partner: bool = False
    is_shut: bool = False

    def report(self, asked: Asked) -> Reply:
        """An answer to ``reports.query``; where there is nothing, ``rows`` is left out."""
        if self.is_shut:
            return _refused(403, "insufficientPermissions", "Insufficient Permission")
        query = asked.query
        problem = discovery.query_problem("youtubeAnalytics.v2", "reports.query", query)
        metrics = query.get("metrics", "").split(",")
        if problem or query["ids"] != "channel==MINE" or not self._knows(metrics, query):
            return _refused(400, "badRequest", "The query is not supported.")
        if set(metrics) & _MONEY and not self.is_partner:
            return _refused(403, "forbidden", "Forbidden")
        start, end = (date.fromisoformat(query[name]) for name in ("startDate", "endDate"))
        rows = list(self._rows(metrics, query, start, end))
        dimension = query["dimensions"]
        # Columns come in an order of their own: only their names tell which is which.
        columns = [*reversed(metrics), dimension]
        answer: dict[str, Any] = {
            "kind": "youtubeAnalytics#resultTable",
            "columnHeaders": [{"name": name} for name in columns],
        }
        if rows:
            answer["rows"] = [[row[name] for name in columns] for row in rows]
        return reply(answer)

    def _knows(self, metrics: list[str], query: Mapping[str, str]) -> bool:
        videos = _videos(query)
        match query.get("dimensions"):
            case "elapsedVideoTimeRatio":
                return set(metrics) <= _CURVE and len(videos) == 1
            case "video":
                known = set(metrics) <= _ADDED | _AVERAGED | _MONEY
                return known and "sort" in query and int(query.get("maxResults", 0)) <= 200
            case "day":
                return set(metrics) <= _ADDED
        return False

    def _rows(
        self, metrics: list[str], query: Mapping[str, str], start: date, end: date
    ) -> list[dict[str, Any]]:
        if self.processed_until is None:
            return []
        videos, last = _videos(query) or list(self.days), min(end, self.processed_until)
        if query["dimensions"] == "elapsedVideoTimeRatio":
            points = self.curves.get(videos[0], [])
            return [{"elapsedVideoTimeRatio": at, "audienceWatchRatio": it} for at, it in points]
        of = {
            video: [row for day, row in self.days.get(video, {}).items() if start <= day <= last]
            for video in videos
        }
        if query["dimensions"] == "video":
            return [{"video": video, **_sum(rows, metrics)} for video, rows in of.items() if rows]
        known = {
            day for video in videos for day in self.days.get(video, {}) if start <= day <= last
        }
        return [{"day": f"{day}", **dict.fromkeys(metrics, 0)} for day in sorted(known)]


def _videos(query: Mapping[str, str]) -> list[str]:
    filters = dict(each.split("==") for each in query.get("filters", "").split(";") if each)
    return [each for each in filters.get("video", "").split(",") if each]


def _sum(rows: list[dict[str, float]], metrics: list[str]) -> dict[str, float]:
    return {
        name: sum(row[name] for row in rows) / (len(rows) if name in _AVERAGED else 1)
        for name in metrics
    }


def _refused(status: int, reason: str, message: str) -> Reply:
    errors = [{"message": message, "domain": "global", "reason": reason}]
    return reply({"error": {"code": status, "message": message, "errors": errors}}, status)
