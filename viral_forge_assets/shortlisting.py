"""Chooses a niche's candidates: reads what was seen, lets it be ranked, then decides.

Three steps, because no transaction may span a network call: ``read_round`` reads, whoever ranks and
looks at thumbnails asks the network, ``decide_round`` writes.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa

from viral_forge_assets.clearance import Ledger
from viral_forge_assets.domain.experiments import explored
from viral_forge_assets.domain.finalists import Finalist, Ranker, ranked_by_score
from viral_forge_assets.domain.preselection import Outcome, Policing, Preselection, preselect
from viral_forge_assets.domain.scoring import WEIGHTS, Score, Standings
from viral_forge_assets.domain.selection import Contender, choose, finalist, key_of
from viral_forge_resources.contracts.experiments import Exploration
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Ranking
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo
from viral_forge_resources.contracts.sightings import Movement
from viral_forge_resources.contracts.thumbnails import Thumbnail, ThumbnailHasher
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import choices, experiments, score_weights, sightings, thumbnails

_RECENTLY = timedelta(days=2)  # growth is that of the last days, not of a video's whole life
_A_DAY = timedelta(days=1)
_CHOSEN = frozenset({CandidateStatus.SHORTLISTED})

_Video = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a round of choosing starts from.

    Attributes:
        seen: how many videos were considered.
        contenders: those that will be decided on, as they stand before anyone ranks them.
        policing: what may be chosen.
        outcomes: what became of the videos that will not be.
        unseen_thumbnails: addresses of the pictures that nobody looked at yet.
    """

    niche: Niche
    seen: int
    contenders: tuple[Contender, ...]
    policing: Policing
    outcomes: Counter[Outcome]
    unseen_thumbnails: tuple[str, ...]
    now: datetime

    @property
    def finalists(self) -> list[Finalist]:
        """Those that compete, for whoever ranks them."""
        return [
            finalist(each, each.score, now=self.now)
            for each in self.contenders
            if each.score is not None and each.verdict.is_allowed and not each.is_settled
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortlist:
    """What a round of choosing came to.

    Attributes:
        seen: videos that were considered.
        new: how many of those decided on were not known before.
        outcomes: how many videos came to what.
    """

    seen: int
    new: int
    decisions: tuple[Candidate, ...]
    outcomes: Counter[Outcome]

    @property
    def refused(self) -> list[Candidate]:
        """Those that may not be used, each with the reason and the remedy."""
        return [row for row in self.decisions if row.status is CandidateStatus.REFUSED]

    @property
    def best(self) -> list[Candidate]:
        """Those that were chosen, by what they are ordered by; a person's choice comes first."""
        chosen = [row for row in self.decisions if row.status is CandidateStatus.SHORTLISTED]
        return sorted(chosen, key=lambda row: -1.0 if row.ranking is None else -row.ranking.score)


def shortlist_round(
    engine: sa.Engine,
    niche: Niche,
    *,
    now: datetime,
    rank: Ranker | None = None,
    hash_thumbnails: ThumbnailHasher | None = None,
) -> Shortlist:
    """Choose candidates of the niche; rows of ``candidates`` are written.

    Args:
        engine: of the state database.
        niche: whose videos are chosen.
        now: when this is decided.
        rank: has a word in the order; without it our score alone decides.
        hash_thumbnails: looks at the finalists' pictures; without it copies are told by their
            addresses, their titles and the pictures known already.
    """
    with engine.connect() as connection:
        round_ = read_round(connection, niche, now=now)
    seen = () if hash_thumbnails is None else hash_thumbnails(round_.unseen_thumbnails)
    rankings = {} if rank is None else rank(round_.finalists)
    with engine.begin() as connection:
        return decide_round(connection, round_, rankings=rankings, seen=seen)


def choose_candidates(connection: sa.Connection, niche: Niche, *, now: datetime) -> Shortlist:
    """Decide anew on videos chosen by hand and on candidates whose rights came or went.

    Asks no network, and chooses nothing by its score: that is for the next round.
    """
    none_left = Policing(policy=replace(niche.policy, most_per_platform=0))
    round_ = _read(connection, niche, none_left, now=now)
    settled = tuple(each for each in round_.contenders if each.is_settled)
    return decide_round(connection, replace(round_, contenders=settled))


def read_round(connection: sa.Connection, niche: Niche, *, now: datetime) -> Round:
    """What was seen in the niche, scored, and the few that will be decided on. Writes nothing."""
    shortlisted = choices.newly_shortlisted(connection, niche.name, since=now - _A_DAY)
    most = niche.policy.most_per_platform
    room = {platform: most - number for platform, number in shortlisted.items()}
    return _read(connection, niche, Policing(policy=niche.policy, room=room), now=now)


def decide_round(
    connection: sa.Connection,
    round_: Round,
    *,
    rankings: Mapping[str, Ranking] | None = None,
    seen: Sequence[Thumbnail] = (),
) -> Shortlist:
    """Decide on the round's contenders; asks no network.

    What platforms and sidecars state about rights is written to the ledger. A right that was
    withdrawn since the round was read gives nothing any more.
    """
    thumbnails.record(connection, seen)
    looks = {each.url: each.perceptual_hash for each in seen}
    ledger = Ledger(connection, round_.niche, [each.video for each in round_.contenders])
    drawn = _explorations(connection, round_)
    contenders = [
        replace(
            each,
            exploration=drawn.get(each.key),
            verdict=ledger.verdict(each.video, now=round_.now),
            ranking=(rankings or {}).get(each.key, each.ranking),
            thumbnail_hash=looks.get(each.video.thumbnail_url or "") or each.thumbnail_hash,
        )
        for each in round_.contenders
    ]
    for each in contenders:
        if each.verdict.is_allowed or each.video.is_hand_picked:
            ledger.write(connection, each.video, now=round_.now)
    choice = choose(contenders, niche=round_.niche, policing=round_.policing, now=round_.now)
    decided = candidates_state.decide(connection, choice.decisions)
    chosen = {row.candidate_key for row in choice.decisions if row.status in _CHOSEN}
    experiments.record_explorations(
        connection, [each for key, each in drawn.items() if key in chosen]
    )
    return Shortlist(
        seen=round_.seen,
        new=len(decided.new),
        decisions=choice.decisions,
        outcomes=round_.outcomes + choice.outcomes,
    )


def _explorations(connection: sa.Connection, round_: Round) -> dict[str, Exploration]:
    """What the niche's experiment draws for those that compete; nothing where there is none."""
    experiment = experiments.latest(connection, round_.niche.name)
    if experiment is None:
        return {}
    competing = [each.key for each in round_.contenders if not each.is_settled]
    return explored(experiment, competing, now=round_.now)


def _read(connection: sa.Connection, niche: Niche, policing: Policing, *, now: datetime) -> Round:
    since = now - timedelta(days=niche.policy.horizon_days)
    moved = tuple(
        sightings.movements(connection, niche.name, since=since, recently=now - _RECENTLY)
    )
    before = _Before.of(connection, niche, now=now)
    policing = replace(policing, settled=before.settled)
    adopted = score_weights.adopted(connection, niche.name)
    standings = Standings(
        moved,
        now=now,
        weights=adopted.weights if adopted else WEIGHTS,
        weights_version=adopted.version if adopted else None,
    )
    selected = preselect(moved, standings, policing, now=now)
    looked_at = _looked_at(moved, selected, before)
    videos = before.videos | {
        (video.platform, video.platform_video_id): video
        for video in sightings.at_moments(
            connection, niche.name, [(*each.video, each.seen_at) for each in looked_at.values()]
        )
    }
    scores = {video: standings.score(each) for video, each in looked_at.items()}
    contenders = _contenders(connection, niche, videos, scores, before, now=now)
    return Round(
        niche=niche,
        seen=len(moved),
        contenders=contenders,
        policing=policing,
        outcomes=selected.outcomes,
        unseen_thumbnails=_unseen_thumbnails(connection, contenders, now=now),
        now=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Before:
    """What was decided before, by platform and id.

    Attributes:
        videos: those that are decided on whether they are still seen or not.
        settled: they need no choosing any more.
    """

    statuses: Mapping[_Video, CandidateStatus]
    videos: dict[_Video, ScannedVideo]
    vouched: frozenset[_Video]
    settled: frozenset[_Video]

    @classmethod
    def of(cls, connection: sa.Connection, niche: Niche, *, now: datetime) -> "_Before":
        statuses = choices.statuses(connection, niche.name)
        rows = choices.to_review(connection, niche.name)
        videos = {(row.platform, row.platform_video_id): _as_seen(row) for row in rows}
        refused = {
            video: each
            for video, each in videos.items()
            if statuses[video] is CandidateStatus.REFUSED
        }
        ledger = Ledger(connection, niche, refused.values())
        vouched = frozenset(
            video for video, each in refused.items() if ledger.is_vouched(each, now=now)
        )
        settled = vouched | {
            video for video, status in statuses.items() if status is not CandidateStatus.REFUSED
        }
        kept = {video: each for video, each in videos.items() if video in settled}
        return cls(statuses=statuses, videos=kept, vouched=vouched, settled=settled)


def _as_seen(row: Candidate) -> ScannedVideo:
    """A candidate as it was seen when it was decided on."""
    return ScannedVideo(
        platform=row.platform,
        platform_video_id=row.platform_video_id,
        locator=row.locator,
        title=row.title,
        seen_at=row.decided_at,
        author=row.author,
        page_url=row.page_url,
        subtitles=row.subtitles,
    )


def _looked_at(
    moved: Iterable[Movement], selected: Preselection, before: _Before
) -> dict[_Video, Movement]:
    again = (each for each in moved if each.is_hand_picked or each.video in before.settled)
    return {
        each.video: each
        for each in (*selected.finalists, *selected.unlicensed, *again)
        if before.statuses.get(each.video) is not CandidateStatus.RETIRED
    }


def _contenders(
    connection: sa.Connection,
    niche: Niche,
    videos: Mapping[_Video, ScannedVideo],
    scores: Mapping[_Video, Score],
    before: _Before,
    *,
    now: datetime,
) -> tuple[Contender, ...]:
    ledger = Ledger(connection, niche, videos.values())
    keys = {video: key_of(niche, each) for video, each in videos.items()}
    known = candidates_state.of_keys(connection, sorted(keys.values()))
    addresses = [each.thumbnail_url for each in videos.values() if each.thumbnail_url]
    looks = thumbnails.hashes(connection, addresses)
    contenders = [
        Contender(
            key=keys[video],
            video=each,
            verdict=ledger.verdict(each, now=now),
            score=scores.get(video),
            known=known.get(keys[video]),
            is_vouched=video in before.vouched,
            thumbnail_hash=looks.get(each.thumbnail_url or ""),
        )
        for video, each in videos.items()
    ]
    return tuple(
        each
        if each.is_settled or each.score is None
        else replace(each, ranking=ranked_by_score(finalist(each, each.score, now=now)))
        for each in contenders
    )


def _unseen_thumbnails(
    connection: sa.Connection, contenders: Iterable[Contender], *, now: datetime
) -> tuple[str, ...]:
    wanted = [
        each.video.thumbnail_url
        for each in contenders
        if each.video.thumbnail_url and each.verdict.is_allowed and not each.is_settled
    ]
    return thumbnails.unknown(connection, wanted, tried_before=now - _A_DAY)
