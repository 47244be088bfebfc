"""What is read of Reels on Instagram.

Names that died on 2025-04-21 are not asked for: plays, impressions, video_views,
clips_replays_count, ig_reels_aggregated_all_plays_count.

Source: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media/insights
"""

from collections.abc import Sequence
from typing import Literal

from viral_forge_resources.contracts import metrics
from viral_forge_resources.publishers._meta_insights import Absent, Told

Scale = Literal["percent", "ratio"]
_A_MILLISECOND = 0.001

_LONG_KNOWN = (
    Told(name="views", metric=metrics.VIEWS, meaning="times played or shown, ads left out"),
    Told(name="reach", metric=metrics.REACH, meaning="accounts that saw it, estimated"),
    Told(name="likes", metric=metrics.LIKES, meaning="likes, ads left out"),
    Told(name="comments", metric=metrics.COMMENTS, meaning="comments, ads left out"),
    Told(name="saved", metric=metrics.SAVES, meaning="times saved"),
    Told(name="shares", metric=metrics.SHARES, meaning="times shared"),
    Told(
        name="total_interactions",
        metric=metrics.INTERACTIONS,
        meaning="likes, saves, comments and shares, less what was taken back",
    ),
    Told(
        name="ig_reels_avg_watch_time",
        metric=metrics.AVERAGE_VIEW_DURATION,
        meaning="time played by plays, loops counted",
        scale=_A_MILLISECOND,
    ),
    Told(
        name="ig_reels_video_view_total_time",
        metric=metrics.WATCH_TIME,
        meaning="time played, replays counted",
        scale=_A_MILLISECOND,
    ),
)
_REPOSTS = Told(name="reposts", metric=metrics.REPOSTS, meaning="reposts, less those deleted")
_NO_CURVE = Absent(
    metric=metrics.AUDIENCE_WATCH_RATIO, reason="Instagram's API gives no retention curve"
)
_NO_SCALE = Absent(
    metric=metrics.SHARE_SKIPPED,
    reason="it is not certain whether Instagram counts reels_skip_rate up to 1 or up to 100;"
    " VIRAL_FORGE_PUBLISHER_INSTAGRAM_SKIP_RATE=percent or ratio reads it",
)


def groups(skip_rate: Scale | None) -> Sequence[Sequence[Told]]:
    """What is asked for; what came later is asked for by itself."""
    if skip_rate is None:
        return (_LONG_KNOWN, (_REPOSTS,))
    skipped = Told(
        name="reels_skip_rate",
        metric=metrics.SHARE_SKIPPED,
        meaning="views that skipped it within 3 s, estimated",
        scale=0.01 if skip_rate == "percent" else 1,
        most=1,
    )
    return (_LONG_KNOWN, (_REPOSTS, skipped))


def absent(skip_rate: Scale | None) -> Sequence[Absent]:
    """What is not asked for."""
    return (_NO_CURVE, _NO_SCALE) if skip_rate is None else (_NO_CURVE,)
