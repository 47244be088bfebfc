"""Results of videos on YouTube: counts of now, and Analytics up to the last processed day.

Source: https://developers.google.com/youtube/analytics/reference/reports/query
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from viral_forge_resources.contracts import metrics as names
from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._calling import Call, Caller, Refused
from viral_forge_resources.publishers._readings import Readings, number_in
from viral_forge_resources.publishers._youtube_calls import Allowances
from viral_forge_resources.publishers._youtube_days import day_of, end_of, is_older, today
from viral_forge_resources.publishers._youtube_refusals import DAY_STARTS_IN

MOST_AT_ONCE = 50
_DATA, _ANALYTICS = "YouTube Data API v3 videos.list", "YouTube Analytics API v2 reports"
_COUNTS = {"viewCount": names.VIEWS, "likeCount": names.LIKES, "commentCount": names.COMMENTS}
_REPORTED = {
    "engagedViews": (names.ENGAGED_VIEWS, 1.0),
    "estimatedMinutesWatched": (names.WATCH_TIME, 60.0),
    "averageViewDuration": (names.AVERAGE_VIEW_DURATION, 1.0),
    "averageViewPercentage": (names.AVERAGE_SHARE_VIEWED, 0.01),
    "shares": (names.SHARES, 1.0),
    "subscribersGained": (names.FOLLOWERS_GAINED, 1.0),
    "subscribersLost": (names.FOLLOWERS_LOST, 1.0),
}
_MONETARY = "https://www.googleapis.com/auth/yt-analytics-monetary.readonly"
_LAGS = timedelta(hours=48)
_CURVE_FROM = timedelta(hours=72)
_LOOKS_BACK = timedelta(days=14)
_CURRENCY = "USD"
_FORBIDDEN = frozenset({"forbidden", "insufficientPermissions", "status 403"})

_GONE = "YouTube lists no such video: it was removed"
_HIDDEN = "YouTube tells no such count of this video: it is hidden, or switched off"
_NOT_PROCESSED = "YouTube has not processed the day of the post yet: that takes 48 to 72 hours"
_NO_ROW = "YouTube Analytics has no row of this video yet"
_NO_CURVE = "YouTube Analytics shows no curve: too few people watched, or it is not processed yet"
_NO_ANALYTICS = (
    "YouTube tells only counts of this channel: the permission to read its Analytics is missing"
)
_NO_SCOPE = "the account was connected without the permission to read revenue"
_NO_PARTNER = (
    "YouTube tells no revenue of this channel: it is not in the Partner Program, or the permission"
    " is missing"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class YoutubeMetrics:
    """Reads one channel's videos.

    Attributes:
        data, analytics: origins of the two APIs.
    """

    caller: Caller
    data: httpx.URL
    analytics: httpx.URL
    allowances: Allowances

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Rows of these videos, at most 50.

        Analytics is asked about those alone that are 48 hours old: before, it has nothing.

        Raises:
            Refused: YouTube does not answer this.
            QuotaSpent: nothing more was asked.
        """
        now = self.caller.tools.clock()
        rows = list(self._counts(publications, now))
        old = tuple(p for p in publications if is_older(p, _LAGS, now))
        if old:
            rows += self._reported(old, now)
        return tuple(rows)

    def _counts(self, publications: Sequence[Publication], now: datetime) -> Iterator[PostMetric]:
        ids = [str(p.post_id) for p in publications if p.post_id]
        params = {"part": "statistics", "id": ",".join(ids), "maxResults": "50"}
        document = self._ask(self.data.join("/youtube/v3/videos"), params, "videos.list")
        found = {str(inside(each, "id")): each for each in inside(document, "items") or []}
        readings = Readings(platform="youtube", source=_DATA, as_of=now)
        for publication in publications:
            video = found.get(str(publication.post_id))
            reason = _GONE if video is None else _HIDDEN
            for field, metric in _COUNTS.items():
                value = number_in(inside(video, "statistics", field))
                yield readings.row(publication.publication_id, metric, value, reason=reason)

    def _reported(
        self, publications: tuple[Publication, ...], now: datetime
    ) -> Iterator[PostMetric]:
        """Rows up to the end of the last day that YouTube has processed."""
        try:
            day = self._last_processed_day(now)
        except Refused as refused:
            if refused.code not in _FORBIDDEN:
                raise
            yield from _absent(publications, now, _NO_ANALYTICS)
            return
        if day is None:
            yield from _absent(publications, now, _NOT_PROCESSED)
            return
        as_of = end_of(day)
        processed = tuple(p for p in publications if day_of(p) <= day)
        yield from _absent([p for p in publications if day_of(p) > day], now, _NOT_PROCESSED)
        if processed:
            yield from self._totals(processed, day)
            yield from self._revenue(processed, day)
            for publication in processed:
                if is_older(publication, _CURVE_FROM, now):
                    yield from self._curve(publication, day, as_of)

    def _last_processed_day(self, now: datetime) -> date | None:
        last = today(now)
        table = self._report(
            "views", start=last - _LOOKS_BACK, end=last, dimensions="day", sort="day"
        )
        days = [str(row["day"]) for row in table]
        return date.fromisoformat(max(days)) if days else None

    def _totals(self, publications: tuple[Publication, ...], day: date) -> Iterator[PostMetric]:
        by_video = self._by_video(",".join(_REPORTED), publications, day)
        readings = Readings(platform="youtube", source=_ANALYTICS, as_of=end_of(day))
        for publication in publications:
            row = by_video.get(str(publication.post_id))
            for column, (metric, factor) in _REPORTED.items():
                value = None if row is None else number_in(row.get(column))
                scaled = None if value is None else value * factor
                reason = _NO_ROW if row is None else None
                yield readings.row(publication.publication_id, metric, scaled, reason=reason)

    def _revenue(self, publications: tuple[Publication, ...], day: date) -> Iterator[PostMetric]:
        """In a call of its own: a refusal of it takes no other number along."""
        readings = Readings(platform="youtube", source=_ANALYTICS, as_of=end_of(day))
        by_video: Mapping[str, Mapping[str, object]] = {}
        reason = _NO_ROW
        scopes = self.caller.token().scopes
        if scopes and _MONETARY not in scopes:
            reason = _NO_SCOPE
        else:
            try:
                by_video = self._by_video("estimatedRevenue", publications, day, currency=_CURRENCY)
            except Refused as refused:
                if refused.code not in _FORBIDDEN:
                    raise
                reason = _NO_PARTNER
        for publication in publications:
            row = by_video.get(str(publication.post_id))
            value = None if row is None else number_in(row.get("estimatedRevenue"))
            yield readings.row(
                publication.publication_id,
                names.ESTIMATED_REVENUE,
                value,
                reason=reason,
                unit=_CURRENCY,
            )

    def _curve(self, publication: Publication, day: date, as_of: datetime) -> Iterator[PostMetric]:
        """The points that YouTube tells, and no others: nothing between them is made up."""
        table = self._report(
            "audienceWatchRatio",
            start=day_of(publication),
            end=day,
            dimensions="elapsedVideoTimeRatio",
            filters=f"video=={publication.post_id}",
        )
        readings = Readings(platform="youtube", source=_ANALYTICS, as_of=as_of)
        key = publication.publication_id
        points = 0
        for row in table:
            position = number_in(row.get("elapsedVideoTimeRatio"))
            value = number_in(row.get("audienceWatchRatio"))
            if position is not None and 0 < position <= 1 and value is not None:
                points += 1
                yield readings.row(key, names.curve_point(position), value)
        if not points:
            yield readings.row(key, names.AUDIENCE_WATCH_RATIO, None, reason=_NO_CURVE)

    def _by_video(
        self, metrics: str, publications: tuple[Publication, ...], day: date, **more: str
    ) -> dict[str, dict[str, object]]:
        ids = ",".join(str(p.post_id) for p in publications)
        table = self._report(
            metrics,
            start=min(day_of(p) for p in publications),
            end=day,
            dimensions="video",
            filters=f"video=={ids}",
            sort=f"-{metrics.partition(',')[0]}",
            maxResults=str(MOST_AT_ONCE),
            **more,
        )
        return {str(row["video"]): row for row in table}

    def _report(
        self, metrics: str, *, start: date, end: date, **more: str
    ) -> list[dict[str, object]]:
        """Rows by the names of their columns; none where YouTube leaves them out."""
        params = {
            "ids": "channel==MINE",
            "startDate": start.isoformat(),
            "endDate": end.isoformat(),
            "metrics": metrics,
            **more,
        }
        document = self._ask(self.analytics.join("/v2/reports"), params, "reports.query")
        headers = [str(inside(each, "name")) for each in inside(document, "columnHeaders") or []]
        rows = inside(document, "rows") or []
        wanted = {*metrics.split(","), *filter(None, [more.get("dimensions")])}
        if rows and not wanted <= set(headers):
            raise UnexpectedAnswer("YouTube reports.query: its answer lacks a column")
        return [dict(zip(headers, row, strict=False)) for row in rows]

    def _ask(self, url: httpx.URL, params: Mapping[str, str], name: str) -> Any:  # noqa: ANN401  JSON
        is_data = name == "videos.list"
        bucket = Bucket(
            platform="youtube",
            project=self.allowances.project,
            name="units" if is_data else "analytics queries",
            limit=self.allowances.units if is_data else None,
            window=Window.DAY,
            zone=DAY_STARTS_IN,
        )
        self.caller.tools.count(Use(bucket=bucket))
        call = Call(name=f"YouTube {name}", method="GET", url=url.copy_merge_params(dict(params)))
        return self.caller.send(call).document


def _absent(
    publications: Sequence[Publication], now: datetime, reason: str
) -> Iterator[PostMetric]:
    readings = Readings(platform="youtube", source=_ANALYTICS, as_of=now)
    for publication in publications:
        for metric, _ in _REPORTED.values():
            yield readings.row(publication.publication_id, metric, None, reason=reason)
