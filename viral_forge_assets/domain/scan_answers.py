"""What of a platform's answer may be kept, and how the scan that brought it ended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from viral_forge_resources.contracts.errors import (
    BadInput,
    NoCredentials,
    NotSupported,
    OverBudget,
    QuotaSpent,
    ViralForgeError,
    printable,
)
from viral_forge_resources.contracts.keys import CandidateKey, parse_candidate_key
from viral_forge_resources.contracts.scanning import (
    Niche,
    ScannedVideo,
    ScanOutcome,
    ScanState,
    SkipCause,
    Unusable,
)
from viral_forge_resources.contracts.words import is_printable

_MISTAKE = "a mistake in the scanner"
_MOST_REASONS = 5
_MOST_COUNT = 2**63 - 1  # a database keeps no more
_LONGEST_LANGUAGE = 40
_SKIPS: tuple[tuple[type[ViralForgeError], SkipCause], ...] = (
    (NoCredentials, SkipCause.NO_CREDENTIALS),
    (QuotaSpent, SkipCause.QUOTA_SPENT),
    (OverBudget, SkipCause.QUOTA_SPENT),
    (NotSupported, SkipCause.NOT_SUPPORTED),
)
_COULD_NOT_BE_ASKED = frozenset(
    {SkipCause.NO_CREDENTIALS, SkipCause.QUOTA_SPENT, SkipCause.DISABLED}
)


@dataclass(slots=True, kw_only=True)
class Seen:
    """What a scan of one platform saw so far, each video once, and what was left out.

    Scanners are held to their contract by tests. What would cost others their rows, or break the
    database's word, is looked at again here.
    """

    niche: str
    platform: str
    videos: dict[str, ScannedVideo] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)

    def add(self, item: ScannedVideo | Unusable) -> None:
        """Keep ``item``, or count why not.

        Raises:
            ValueError: no scanner may give such a thing, whatever its platform answered.
        """
        if isinstance(item, Unusable):
            self.left_out[item.reason] += 1
            return
        self._check(item)
        reason = self._unusable(item)
        if reason is not None:
            self.left_out[reason] += 1
        else:
            self.videos.setdefault(item.platform_video_id, item)

    def _check(self, video: ScannedVideo) -> None:
        if video.platform != self.platform:
            raise ValueError(f"it gave a video of {printable(video.platform)}")
        moments = (video.seen_at, video.published_at or video.seen_at)
        if any(moment.utcoffset() is None for moment in moments):
            raise ValueError(f"it gave {printable(video.platform_video_id)} a time without a zone")

    def _unusable(self, video: ScannedVideo) -> str | None:
        key = CandidateKey(
            niche=self.niche, platform=self.platform, platform_video_id=video.platform_video_id
        )
        counts = (video.views, video.likes, video.comments, video.shares)
        try:
            parse_candidate_key(str(key))
        except BadInput:
            return "has an id that makes no partition key"
        if not video.title.strip() or not is_printable(video.title):
            return "has no printable title"
        if not all(count is None or 0 <= count <= _MOST_COUNT for count in counts):
            return "has a count that is none"
        return "has no language tag" if len(video.language or "") > _LONGEST_LANGUAGE else None

    @property
    def told(self) -> str | None:
        """What was left out, for people; None if nothing was."""
        common = self.left_out.most_common(_MOST_REASONS)
        more = len(self.left_out) - len(common)
        parts = [f"{count}: {reason}" for reason, count in common]
        parts += [f"and for {more} more reasons"] if more else []
        return f"left out {'; '.join(parts)}" if parts else None


def is_mistaken(outcome: ScanOutcome) -> bool:
    """Whether it was the scanner that failed, by a mistake of its own, and not its platform."""
    return outcome.state is ScanState.FAILED and (outcome.reason or "").startswith(_MISTAKE)


def is_mistake(error: BaseException | None) -> bool:
    """Whether a scanner raised what no scanner may: it must be mended, the platform is innocent."""
    return error is not None and not isinstance(error, ViralForgeError)


def ended(
    seen: Seen, error: BaseException | None, *, scanned_at: datetime, took_s: float
) -> ScanOutcome:
    """How the scan ended that saw ``seen`` and then raised ``error``, if it did."""
    if error is None:
        return ScanOutcome(
            niche=seen.niche,
            platform=seen.platform,
            scanned_at=scanned_at,
            state=ScanState.FOUND,
            found=len(seen.videos),
            reason=seen.told,
            took_s=took_s,
        )
    skip = next((cause for kind, cause in _SKIPS if isinstance(error, kind)), None)
    kept = f"kept {len(seen.videos)} that came before" if seen.videos else None
    words = f"{_MISTAKE}: {error}" if is_mistake(error) else str(error)
    return ScanOutcome(
        niche=seen.niche,
        platform=seen.platform,
        scanned_at=scanned_at,
        state=ScanState.SKIPPED if skip else ScanState.FAILED,
        skip=skip,
        error=None if skip else type(error).__name__,
        reason="; ".join(filter(None, [words, kept, seen.told])),
        took_s=None if skip and not seen.videos else took_s,
    )


def skipped(
    niche: str, platform: str, cause: SkipCause, *, reason: str, scanned_at: datetime
) -> ScanOutcome:
    """The outcome of a platform that was not asked."""
    return ScanOutcome(
        niche=niche,
        platform=platform,
        scanned_at=scanned_at,
        state=ScanState.SKIPPED,
        skip=cause,
        reason=reason,
    )


def not_asked(
    niche: Niche, platforms: Iterable[str], enabled: Iterable[str], *, scanned_at: datetime
) -> tuple[ScanOutcome, ...]:
    """Outcomes of the platforms that the niche leaves out or the studio has not enabled."""
    wanted, there = set(niche.policy.platforms), set(enabled)
    outcomes = []
    for platform in sorted(set(platforms) | there):
        if wanted and platform not in wanted:
            cause, reason = SkipCause.NOT_WATCHED, "the niche's policy names other platforms"
        elif platform not in there:
            cause, reason = SkipCause.DISABLED, "VIRAL_FORGE_SCANNERS does not name it"
        else:
            continue
        outcomes.append(skipped(niche.name, platform, cause, reason=reason, scanned_at=scanned_at))
    return tuple(outcomes)


def needs_stand_in(outcomes: Iterable[ScanOutcome]) -> bool:
    """Whether a platform could not be asked for want of quota, of a key or of its scanner.

    One that the niche itself leaves out is not asked by another way either, and one that is
    down, or offers no search, is no reason to take figures from elsewhere.
    """
    return any(outcome.skip in _COULD_NOT_BE_ASKED for outcome in outcomes)
