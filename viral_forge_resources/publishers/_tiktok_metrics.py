"""Results of posts on TikTok: four counts of twenty videos a call; its API tells no more.

Source: https://developers.tiktok.com/doc/tiktok-api-v2-video-query
"""

import json
from dataclasses import dataclass

import httpx

from viral_forge_resources.contracts import metrics as names
from viral_forge_resources.contracts.errors import UnexpectedAnswer
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._calling import Call, Caller
from viral_forge_resources.publishers._readings import Readings, number_in

MOST_AT_ONCE = 20
_SOURCE = "TikTok Display API v2 video/query"
_FIELDS = {
    "view_count": names.VIEWS,
    "like_count": names.LIKES,
    "comment_count": names.COMMENTS,
    "share_count": names.SHARES,
}
_NO_ID_YET = "TikTok has told no id of this post: it is moderated, or not public"
_UNLISTED = "TikTok lists no such video: it is not public, or gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class TiktokMetrics:
    """Reads one account's videos."""

    caller: Caller
    origin: httpx.URL

    def read(self, publications: tuple[Publication, ...]) -> tuple[PostMetric, ...]:
        """Rows of these posts, at most 20.

        Raises:
            Refused: TikTok does not answer this.
            QuotaSpent: nothing was asked.
        """
        as_of = self.caller.tools.clock()
        readings = Readings(platform="tiktok", source=_SOURCE, as_of=as_of)
        known = {p.publication_id: str(p.post_id) for p in publications if _has_id(p)}
        found = self._videos(sorted(known.values())) if known else {}
        return tuple(
            row
            for publication in publications
            for row in _rows(readings, publication, known, found)
        )

    def _videos(self, ids: list[str]) -> dict[str, object]:
        bucket = Bucket(
            platform="tiktok",
            project=self.caller.channel_id,
            name="video/query",
            limit=600,
            window=Window.MINUTE,
        )
        self.caller.tools.count(Use(bucket=bucket))
        content = json.dumps({"filters": {"video_ids": ids}}).encode()
        url = self.origin.join("/v2/video/query/")
        answer = self.caller.send(
            Call(
                name="TikTok video/query",
                method="POST",
                url=url.copy_merge_params({"fields": ",".join(["id", *_FIELDS])}),
                headers={"content-type": "application/json; charset=UTF-8"},
                body=lambda: content,
            )
        )
        videos = inside(answer.document, "data", "videos")
        if videos is not None and not isinstance(videos, list):
            raise UnexpectedAnswer("TikTok video/query: its answer lists no videos")
        return {str(inside(video, "id")): video for video in videos or []}


def _has_id(publication: Publication) -> bool:
    """Whether TikTok told the post's own id; until then it is known by its upload's."""
    return bool(publication.post_id) and str(publication.post_id).isdigit()


def _rows(
    readings: Readings,
    publication: Publication,
    known: dict[str, str],
    found: dict[str, object],
) -> list[PostMetric]:
    key = publication.publication_id
    video = found.get(known.get(key, ""))
    reason = None if video is not None else _UNLISTED if key in known else _NO_ID_YET
    return [
        readings.row(key, metric, number_in(inside(video, field)), reason=reason)
        for field, metric in _FIELDS.items()
    ]
