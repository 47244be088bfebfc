"""Insights of Meta's platforms, with their oddities: one dead name fails a whole question."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.platforms import meta_forms
from tests.platforms.uploads import Asked, Reply, reply

REELS: Mapping[str, object] = {
    "views": 1_204,
    "reach": 900,
    "likes": 80,
    "comments": 7,
    "saved": 5,
    "shares": 3,
    "total_interactions": 95,
    "ig_reels_avg_watch_time": 6_500,
    "ig_reels_video_view_total_time": 7_826_000,
    "reposts": 2,
    "reels_skip_rate": 31.5,
}
PAGES: Mapping[str, object] = {
    "blue_reels_play_count": 1_200,
    "post_impressions_unique": 800,
    "post_video_avg_time_watched": 4_250,
    "post_video_view_time": 5_100_000,
    "post_video_likes_by_reaction_type": {"REACTION_LIKE": 40, "REACTION_LOVE": 2},
    "post_video_social_actions": {"COMMENT": 5, "SHARE": 2},
}
THREADS: Mapping[str, object] = {
    "views": 300,
    "likes": 20,
    "replies": 4,
    "reposts": 3,
    "quotes": 0,
    "shares": 1,
}


@dataclass(kw_only=True)
class Insights:
    """What there is to read of every post.

    Attributes:
        values: by name; None: nothing yet, which leaves the name out of an answer.
        dead: names that were taken out: asking for one fails the whole question.
        has_too_few_viewers: nothing is shown.
        questions: names of each question that came.
    """

    values: dict[str, object]
    dead: set[str] = field(default_factory=set)
    has_too_few_viewers: bool = False
    questions: list[tuple[str, ...]] = field(default_factory=list)

    def answer(self, asked: Asked, post_id: str) -> Reply:
        """What Meta answers."""
        names = asked.query["metric"].split(",")
        self.questions.append(tuple(names))
        if wrong := [each for each in names if each in self.dead or each not in self.values]:
            message = f"(#100) metric[0] must be one of the following values: not {wrong[0]}"
            return meta_forms.error(100, message=message)
        if self.has_too_few_viewers:
            message = "(#10) Not enough viewers for the media to show insights"
            return meta_forms.error(10, 400, message=message)
        told = [
            {
                "name": name,
                "period": "lifetime",
                "values": [{"value": self.values[name]}],
                "id": f"{post_id}/insights/{name}/lifetime",
            }
            for name in names
            if self.values[name] is not None
        ]
        return reply({"data": told})
