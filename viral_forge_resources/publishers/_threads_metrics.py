"""What is read of posts on Threads.

Source: https://developers.facebook.com/docs/threads/insights
"""

from viral_forge_resources.contracts import metrics
from viral_forge_resources.publishers._meta_insights import Absent, Told

GROUPS = (
    (
        Told(
            name="views",
            metric=metrics.VIEWS,
            meaning="times played or displayed; Meta still works on this number",
        ),
        Told(name="likes", metric=metrics.LIKES, meaning="likes of the post itself"),
        Told(name="replies", metric=metrics.COMMENTS, meaning="replies, those to replies included"),
        Told(name="reposts", metric=metrics.REPOSTS, meaning="times reposted"),
        Told(name="quotes", metric=metrics.QUOTES, meaning="times quoted"),
        Told(name="shares", metric=metrics.SHARES, meaning="times shared"),
    ),
)

ABSENT = tuple(
    Absent(metric=metric, reason="the API of Threads gives no such number")
    for metric in (metrics.WATCH_TIME, metrics.AVERAGE_VIEW_DURATION, metrics.AUDIENCE_WATCH_RATIO)
)
