"""What rises on several platforms at once, against its own earlier level: niches to be.

Of each platform, a term's *share* is the part of all views gained per hour that videos with the
term gained. Shares are compared, not views: how much was scanned, and how busy a platform is,
falls out. A term's *rise* on a platform is

    (share in the last two days + 1 %) / (share in the seven days before + 1 %)

so that next to nothing growing to a little is no rise. A term rises where that is 2 or more; it is
a trend where it rises on two platforms, and as strong as its second-strongest rise is. For a sound
one platform is enough: few tell sounds, and an id is one platform's own.

Evidence, on each platform by itself: a keyword or a sound needs three videos by two authors, a
channel two videos, all of the last two days; and the platform must have been watched before, in at
least ten videos: else everything there would be new. Terms are looked for in each platform's
thousand fastest videos of a stretch.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import nlargest
from itertools import chain

from viral_forge_assets.domain.terms import Term, TermKind, folded, sound_of, terms
from viral_forge_resources.contracts.keys import short_hash, slug
from viral_forge_resources.contracts.scanning import Niche, NichePolicy
from viral_forge_resources.contracts.trends import Gain, NicheProposal, TrendKind

RECENT = timedelta(days=2)
EARLIER = timedelta(days=7)

_LEAST_RISE = 2.0
_UNDER = 0.01  # laid under each share
_LEAST_PLATFORMS = {TermKind.KEYWORD: 2, TermKind.CHANNEL: 2, TermKind.SOUND: 1}
_LEAST_VIDEOS = {TermKind.KEYWORD: 3, TermKind.CHANNEL: 2, TermKind.SOUND: 3}
_LEAST_AUTHORS = {TermKind.KEYWORD: 2, TermKind.CHANNEL: 1, TermKind.SOUND: 2}
_LEAST_WATCHED = 10
_LEAST_HOURS = 1.0  # counts are refreshed in steps: what was gained in minutes says nothing
_SAME = 0.5  # two terms with at least this part of their videos in common are one
_MOST = 5  # of one look at one niche
_MOST_LOOKED_AT = 1_000  # videos of a platform, the fastest: of them all, terms would fill memory
_Video = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """A term that rises.

    Attributes:
        rises: by platform, one of each site, how many times its earlier share it has; the
            strongest first.
        videos: platform and id of those that it is seen in.
    """

    kind: TermKind
    term: str
    rises: tuple[tuple[str, float], ...]
    videos: frozenset[_Video]

    @property
    def strength(self) -> float:
        """The rise that it has on as many platforms as make a trend."""
        return self.rises[_LEAST_PLATFORMS[self.kind] - 1][1]


@dataclass(frozen=True, slots=True)
class Trends:
    """What rises.

    Attributes:
        found: the strongest first.
        sounds_told_on: platforms that tell a sound of a video that was seen twice lately.
    """

    found: tuple[Trend, ...] = ()
    sounds_told_on: frozenset[str] = frozenset()


class _Seen:
    """What one platform showed of one term in one stretch of time."""

    def __init__(self) -> None:
        self.pace = 0.0
        self.videos: set[str] = set()
        self.authors: set[str] = set()


class _Stretch:
    """One platform in one stretch of time; of the terms only ``wanted``, or all."""

    def __init__(self, gains: Sequence[Gain], wanted: Container[Term] | None) -> None:
        self.pace = sum(map(_pace, gains))
        self.videos = len(gains)
        self.terms: defaultdict[Term, _Seen] = defaultdict(_Seen)
        for gain in nlargest(_MOST_LOOKED_AT, gains, key=_pace):
            author = gain.author_id or gain.author
            for term in terms(gain):
                if wanted is None or term in wanted:
                    seen = self.terms[term]
                    seen.pace += _pace(gain)
                    seen.videos.add(gain.platform_video_id)
                    seen.authors.update([author] if author else [])

    def share(self, term: Term) -> float:
        seen = self.terms.get(term)
        return seen.pace / self.pace if seen is not None and self.pace else 0.0

    def evident(self) -> list[Term]:
        """The terms that there is enough of to speak of them."""
        return [
            term
            for term, seen in self.terms.items()
            if len(seen.videos) >= _LEAST_VIDEOS[term.kind]
            and len(seen.authors) >= _LEAST_AUTHORS[term.kind]
        ]


def rising(recent: Iterable[Gain], earlier: Iterable[Gain]) -> tuple[Trend, ...]:
    """The terms that rise, the strongest first; of several names of one thing the longest.

    Args:
        recent: what videos gained in the last ``RECENT``.
        earlier: what they gained in the ``EARLIER`` before that.
    """
    now = _by_platform(recent)
    evident = {platform: stretch.evident() for platform, stretch in now.items()}
    then = _by_platform(earlier, wanted=set(chain.from_iterable(evident.values())))
    rises: defaultdict[Term, list[tuple[str, float]]] = defaultdict(list)
    for platform, found in evident.items():
        before = then.get(platform)
        if before is not None and before.videos >= _LEAST_WATCHED:
            for term in found:
                rise = (now[platform].share(term) + _UNDER) / (before.share(term) + _UNDER)
                if rise >= _LEAST_RISE:
                    rises[term].append((platform, rise))
    trends = [_trend(term, where, now) for term, where in rises.items()]
    enough = [each for each in trends if len(each.rises) >= _LEAST_PLATFORMS[each.kind]]
    return tuple(_distinct(enough))


def telling_sounds(gains: Iterable[Gain]) -> frozenset[str]:
    """The platforms of those whose sound can be told from others."""
    return frozenset(gain.platform for gain in gains if sound_of(gain) is not None)


def propose(
    trends: Iterable[Trend], *, niche: Niche, taken: Iterable[str], now: datetime
) -> tuple[NicheProposal, ...]:
    """Niches that trends of ``niche`` could become, at most five; a sound becomes none.

    ``taken`` are names and queries of niches, and names and terms of all proposals ever made.
    """
    known = {folded(text) for text in taken}
    own = set(folded(" ".join((niche.name, *niche.queries))).split())
    proposals: dict[str, NicheProposal] = {}
    for trend in trends:
        if trend.kind is TermKind.SOUND:
            continue
        name, words = _niche_name(trend.term), folded(trend.term)
        if known & {words, folded(name)} or set(words.split()) <= own or name in proposals:
            continue
        proposals[name] = NicheProposal(
            name=name,
            source_niche=niche.name,
            kind=TrendKind(trend.kind.value),
            term=trend.term,
            platforms=tuple(platform for platform, _ in trend.rises),
            evidence=_evidence(trend),
            proposed_at=now,
        )
    return tuple(proposals.values())[:_MOST]


def niche_of(proposal: NicheProposal, source: Niche | None) -> Niche:
    """The niche that an accepted proposal becomes: made and limited like the one it comes from.

    What rises in it is only proposed, whatever its source does: niches that add niches would have
    no end.
    """
    policy = source.policy if source is not None else NichePolicy()
    return Niche(
        name=proposal.name,
        queries=(proposal.term,),
        recipe=source.recipe if source is not None else None,
        policy=replace(policy, adds_trends=False),
    )


def _by_platform(
    gains: Iterable[Gain], *, wanted: Container[Term] | None = None
) -> Mapping[str, _Stretch]:
    by_platform: defaultdict[str, list[Gain]] = defaultdict(list)
    for gain in gains:
        if gain.hours >= _LEAST_HOURS:
            by_platform[gain.platform].append(gain)
    return {platform: _Stretch(found, wanted) for platform, found in by_platform.items()}


def _pace(gain: Gain) -> float:
    return gain.views / gain.hours


def _trend(term: Term, where: list[tuple[str, float]], now: Mapping[str, _Stretch]) -> Trend:
    return Trend(
        kind=term.kind,
        term=term.text,
        rises=_by_site(where),
        videos=frozenset(
            (platform, video) for platform, _ in where for video in now[platform].terms[term].videos
        ),
    )


def _by_site(where: list[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
    """The strongest rise on each site, strongest first: YouTube is one site with two scanners."""
    best: dict[str, tuple[str, float]] = {}
    for platform, rise in sorted(where, key=lambda each: (-each[1], each[0])):
        best.setdefault(platform.partition("_")[0], (platform, rise))
    return tuple(best.values())


def _distinct(trends: list[Trend]) -> Iterator[Trend]:
    """The longest name of each thing: ``air fryer`` stands for ``air`` and ``fryer`` too."""
    chosen: list[Trend] = []
    for trend in sorted(trends, key=lambda each: (-len(each.term.split()), each.term)):
        if not any(_are_same(trend, other) for other in chosen):
            chosen.append(trend)
    yield from sorted(chosen, key=lambda trend: (-trend.strength, trend.term))


def _are_same(trend: Trend, other: Trend) -> bool:
    if (trend.kind is TermKind.SOUND) != (other.kind is TermKind.SOUND):
        return False  # a sound is no name of what is shown
    shared = len(trend.videos & other.videos)
    return shared >= _SAME * len(trend.videos | other.videos)


def _evidence(trend: Trend) -> str:
    where = ", ".join(f"{rise:.1f} times its earlier share on {name}" for name, rise in trend.rises)
    return f"{len(trend.videos)} videos of the last {RECENT.days} days: {where}"


def _niche_name(term: str) -> str:
    """``term`` as a niche's name; a term that Latin letters cannot write gets one of its own."""
    plain = unicodedata.normalize("NFKD", term)
    is_latin = all(sign.isascii() or unicodedata.combining(sign) for sign in plain)
    return slug(term) if is_latin else f"trend-{short_hash(term, length=8)}"
