"""Which of the videos that were looked at closely are edited, and why the others are not."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from viral_forge_assets.domain.duplicates import Comparable, Originals, comparable
from viral_forge_assets.domain.finalists import Finalist
from viral_forge_assets.domain.preselection import Outcome, Policing
from viral_forge_assets.domain.scoring import Score, age_of
from viral_forge_resources.contracts.experiments import Exploration
from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Ranking
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo

_CHOSEN = frozenset({CandidateStatus.SHORTLISTED, CandidateStatus.FAILED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contender:
    """A video that is decided on, with all that counts.

    Attributes:
        key: the candidate's partition key.
        score: None where it was not seen lately.
        ranking: what it is ordered by; None for those that need no choosing.
        known: what was decided before.
        is_vouched: a person stated the right to it after it was refused.
    """

    key: str
    video: ScannedVideo
    verdict: RightsVerdict
    score: Score | None = None
    ranking: Ranking | None = None
    known: Candidate | None = None
    is_vouched: bool = False
    thumbnail_hash: str | None = None
    exploration: Exploration | None = None

    @property
    def is_by_hand(self) -> bool:
        """A person chose it: neither score nor policy has a say."""
        return self.video.is_hand_picked or self.is_vouched

    @property
    def is_settled(self) -> bool:
        """Chosen by a person or before: only the right to it counts now."""
        was_chosen = self.known is not None and self.known.status in _CHOSEN
        return self.is_by_hand or was_chosen


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a round decided.

    Attributes:
        decisions: by key.
        outcomes: of the contenders that had to be chosen.
    """

    decisions: tuple[Candidate, ...]
    outcomes: Counter[Outcome]


def key_of(niche: Niche, video: ScannedVideo) -> str:
    """The partition key that ``video`` has as a candidate."""
    return str(
        CandidateKey(
            niche=niche.name, platform=video.platform, platform_video_id=video.platform_video_id
        )
    )


def finalist(contender: Contender, score: Score, *, now: datetime) -> Finalist:
    """The contender as whoever ranks it sees it."""
    video = contender.video
    return Finalist(
        candidate_key=contender.key,
        platform=video.platform,
        title=video.title,
        score=score,
        author=video.author,
        age=age_of(video.published_at, now=now),
        duration_s=video.duration_s,
        language=video.language,
        licence=contender.verdict.licence,
        tags=video.tags,
    )


def choose(
    contenders: Sequence[Contender], *, niche: Niche, policing: Policing, now: datetime
) -> Choice:
    """A decision on every contender that was chosen, may not be used, or was decided on before.

    Of one video on several platforms one stays: what was chosen before, then what may be used,
    then what is ranked higher. Who was chosen once is not taken back by a lower score.
    """
    round_ = _Round(contenders, niche=niche, policing=policing, now=now)
    for contender in sorted(contenders, key=_precedence):
        round_.decide(contender)
    decisions = sorted(round_.decisions, key=lambda decision: decision.candidate_key)
    return Choice(decisions=tuple(decisions), outcomes=round_.outcomes)


def _precedence(contender: Contender) -> tuple[bool, bool, bool, float, str]:
    ranking = contender.ranking
    return (
        not contender.is_settled,
        not contender.verdict.is_allowed,
        not _is_explored(contender),
        0.0 if ranking is None else -ranking.score,
        contender.key,
    )


def _is_explored(contender: Contender) -> bool:
    return contender.exploration is not None and contender.exploration.is_explored


class _Round:
    """Decides on one contender after the other, the most wanted first."""

    def __init__(
        self, contenders: Sequence[Contender], *, niche: Niche, policing: Policing, now: datetime
    ) -> None:
        self.decisions: list[Candidate] = []
        self.outcomes: Counter[Outcome] = Counter()
        self._niche, self._policing, self._now = niche, policing, now
        self._compared = {each.key: _compared(each) for each in contenders}
        self._originals = Originals(tuple(self._compared.values()), policing.policy)
        self._open = sum(each.verdict.is_allowed and not each.is_settled for each in contenders)
        self._place = 0
        self._taken: Counter[str] = Counter()

    def decide(self, contender: Contender) -> None:
        if contender.is_settled:
            self._confirm(contender)
        elif contender.verdict.is_allowed:
            self._place += 1
            self._compete(contender)
        else:
            self._refuse_for_want_of_right(contender)

    def _confirm(self, contender: Contender) -> None:
        if not contender.verdict.is_allowed:
            self._refuse(contender, contender.verdict.reason, contender.verdict.remedy)
            return
        self._originals.add(self._compared[contender.key])
        known = contender.known
        if contender.is_by_hand:
            why = "a person stated the right to it" if contender.is_vouched else "chosen by hand"
            self._shortlist(contender, why)
        elif known is not None and known.status is CandidateStatus.SHORTLISTED:
            self._shortlist(contender, known.reason)
        elif known is not None and known.rights_id != contender.verdict.rights_id:
            self._shortlist(contender, "chosen before, and there is another right to it now")

    def _compete(self, contender: Contender) -> None:
        lost = self._lost(contender)
        if lost is not None:
            outcome, why = lost
            self.outcomes[outcome] += 1
            if contender.known is not None:
                self._refuse(contender, f"it may be used, but {why}", None)
            return
        self.outcomes[Outcome.SHORTLISTED] += 1
        self._taken[contender.video.platform] += 1
        self._originals.add(self._compared[contender.key])
        self._shortlist(contender, self._why_chosen(contender))

    def _lost(self, contender: Contender) -> tuple[Outcome, str] | None:
        policy, platform = self._policing.policy, contender.video.platform
        licence = contender.verdict.licence
        if policy.licences and licence not in policy.licences:
            return Outcome.OTHER_LICENCE, f"the niche takes no {licence}"
        twin = self._originals.twin_of(self._compared[contender.key])
        if twin is not None:
            return Outcome.DUPLICATE, f"it {twin.why} as {twin.of}"
        if self._taken[platform] >= self._policing.places(platform):
            most = policy.most_per_platform
            return Outcome.NO_ROOM, f"the niche takes {most} of {platform} within 24 hours"
        return None

    def _refuse_for_want_of_right(self, contender: Contender) -> None:
        twin = self._originals.twin_of(self._compared[contender.key])
        self.outcomes[Outcome.NO_RIGHT if twin is None else Outcome.DUPLICATE] += 1
        if twin is None or contender.known is not None:
            self._refuse(contender, contender.verdict.reason, contender.verdict.remedy)

    def _why_chosen(self, contender: Contender) -> str:
        ranking = contender.ranking
        place = f"{self._place} of {self._open} that may be used"
        if contender.exploration is not None and contender.exploration.is_explored:
            chance = contender.exploration.probability
            return f"drawn with a probability of {chance:g} to come first, whatever its score"
        if ranking is None or ranking.ranked_by == "score":
            return f"our score ranks it {place}"
        return f"{ranking.ranked_by} and our score rank it {place}"

    def _shortlist(self, contender: Contender, why: str) -> None:
        self._record(contender, CandidateStatus.SHORTLISTED, why, None)

    def _refuse(self, contender: Contender, why: str, remedy: str | None) -> None:
        self._record(contender, CandidateStatus.REFUSED, why, remedy)

    def _record(
        self, contender: Contender, status: CandidateStatus, reason: str, remedy: str | None
    ) -> None:
        video, known, score = contender.video, contender.known, contender.score
        if score is None and known is not None:
            score = Score(
                value=known.score, parts=known.score_parts, weights_version=known.weights_version
            )
        ranking = contender.ranking or (known.ranking if known is not None else None)
        self.decisions.append(
            Candidate(
                candidate_key=contender.key,
                niche=self._niche.name,
                platform=video.platform,
                platform_video_id=video.platform_video_id,
                locator=video.locator,
                title=video.title,
                status=status,
                decided_at=_decided_at(known, status, now=self._now),
                reason=reason,
                remedy=remedy,
                author=video.author,
                page_url=video.page_url,
                subtitles=video.subtitles,
                score=None if score is None else score.value,
                score_parts=() if score is None else score.parts,
                weights_version=None if score is None else score.weights_version,
                ranking=None if contender.is_by_hand else ranking,
                rights_id=contender.verdict.rights_id,
            )
        )


def _decided_at(known: Candidate | None, status: CandidateStatus, *, now: datetime) -> datetime:
    """When it was chosen, however often a platform changes its title: that counts for the limit."""
    if known is not None and known.ranking is not None and known.status is status:
        return known.decided_at
    return now


def _compared(contender: Contender) -> Comparable:
    return comparable(contender.key, contender.video, thumbnail_hash=contender.thumbnail_hash)
