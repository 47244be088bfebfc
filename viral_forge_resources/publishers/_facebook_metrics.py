"""What is read of Reels on Pages.

Source: https://developers.facebook.com/docs/graph-api/reference/video/video_insights
"""

from viral_forge_resources.contracts import metrics
from viral_forge_resources.publishers._meta_insights import Absent, Told

_A_MILLISECOND = 0.001

GROUPS = (
    (
        Told(
            name="blue_reels_play_count",
            metric=metrics.VIEWS,
            meaning="times it started to play for 1 ms or more, replays left out",
        ),
        Told(
            name="post_video_avg_time_watched",
            metric=metrics.AVERAGE_VIEW_DURATION,
            meaning="time played by plays, replays counted",
            scale=_A_MILLISECOND,
        ),
        Told(
            name="post_video_view_time",
            metric=metrics.WATCH_TIME,
            meaning="time played, replays counted",
            scale=_A_MILLISECOND,
        ),
        Told(
            name="post_video_likes_by_reaction_type",
            metric=metrics.REACTIONS,
            meaning="reactions of every kind",
            part="*",
        ),
        Told(
            name="post_video_social_actions",
            metric=metrics.COMMENTS,
            meaning="comments",
            part="COMMENT",
        ),
        Told(
            name="post_video_social_actions",
            metric=metrics.SHARES,
            meaning="times shared",
            part="SHARE",
        ),
    ),
    (
        # Meta takes numbers of impressions out of its API step by step.
        Told(
            name="post_impressions_unique",
            metric=metrics.REACH,
            meaning="people who saw it, played or not, estimated",
        ),
    ),
)

ABSENT = (
    Absent(
        metric=metrics.AUDIENCE_WATCH_RATIO,
        reason="no retention curve of Reels is documented in Facebook's API",
    ),
)
