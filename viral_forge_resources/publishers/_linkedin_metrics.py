"""What is read of members' posts: nothing, unless LinkedIn let the app read their analytics.

Source: https://learn.microsoft.com/linkedin/marketing/community-management/members/post-statistics
"""

from collections.abc import Sequence
from datetime import datetime

from viral_forge_resources.contracts import metrics
from viral_forge_resources.contracts.publishing import PostMetric, Publication
from viral_forge_resources.platforms.reading import inside
from viral_forge_resources.publishers._linkedin_calls import LinkedinCalls
from viral_forge_resources.publishers._numbers import Number, Read, Sheet, counted

AT_ONCE = 10
"""Posts in one reading: each is five questions."""

SCOPE = "r_member_postAnalytics"
_NOT_ALLOWED = (
    f"LinkedIn tells members' numbers only to apps with {SCOPE}, which it grants after a review:"
    " once it did, set VIRAL_FORGE_OAUTH_LINKEDIN_READS_ANALYTICS=true and connect again"
)
_LEFT_OUT = "LinkedIn's answer leaves it out"
_UNSURE = "how LinkedIn's API answers for videos of members has not been verified"

SHEET = Sheet(
    platform="linkedin",
    source="LinkedIn memberCreatorPostAnalytics",
    numbers=(
        Number(name="IMPRESSION", metric=metrics.IMPRESSIONS, meaning="times the post was shown"),
        Number(
            name="MEMBERS_REACHED", metric=metrics.REACH, meaning="members who were shown the post"
        ),
        Number(name="REACTION", metric=metrics.REACTIONS, meaning="reactions of every kind"),
        Number(name="COMMENT", metric=metrics.COMMENTS, meaning="comments"),
        Number(name="RESHARE", metric=metrics.REPOSTS, meaning="times shared again"),
    ),
    untold=(
        (metrics.VIEWS, _UNSURE),
        (metrics.WATCH_TIME, _UNSURE),
        (metrics.AUDIENCE_WATCH_RATIO, "LinkedIn's API has no retention curve"),
    ),
)


def read(
    api: LinkedinCalls, publications: Sequence[Publication], now: datetime
) -> tuple[PostMetric, ...]:
    """Every number of posts of one member.

    Raises:
        Refused: LinkedIn does not answer this.
    """
    is_allowed = SCOPE in api.caller.token().scopes

    def rows_of(publication: Publication) -> tuple[PostMetric, ...]:
        def read_one(number: Number) -> Read:
            if not is_allowed:
                return None, _NOT_ALLOWED
            told = api.analytics(str(publication.post_id), number.name)
            return counted(inside(told, "elements", 0, "count")), _LEFT_OUT

        return tuple(SHEET.rows(publication.publication_id, now, read_one))

    return tuple(row for each in publications for row in rows_of(each))
