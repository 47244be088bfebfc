"""Which of the videos that were seen are edited."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from viral_forge_resources.contracts.keys import CandidateKey
from viral_forge_resources.contracts.records import Candidate, CandidateStatus
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.scanning import Niche, ScannedVideo


def choose(
    videos: Iterable[ScannedVideo],
    verdicts: Mapping[tuple[str, str], RightsVerdict],
    *,
    niche: Niche,
    now: datetime,
) -> tuple[Candidate, ...]:
    """A decision on every video, by platform and id: shortlisted, or refused with the reason.

    Args:
        videos: of several sightings of one video the newest counts.
        verdicts: by platform and id, one for each video.
        niche: whose candidates they become.
        now: when this is decided.
    """
    newest: dict[tuple[str, str], ScannedVideo] = {}
    for video in sorted(videos, key=lambda video: video.seen_at):
        newest[video.platform, video.platform_video_id] = video
    return tuple(
        _decide(newest[key], verdicts[key], niche=niche, now=now) for key in sorted(newest)
    )


def _decide(
    video: ScannedVideo, verdict: RightsVerdict, *, niche: Niche, now: datetime
) -> Candidate:
    status, reason, remedy = _outcome(video, verdict, niche=niche)
    key = CandidateKey(
        niche=niche.name, platform=video.platform, platform_video_id=video.platform_video_id
    )
    return Candidate(
        candidate_key=str(key),
        niche=niche.name,
        platform=video.platform,
        platform_video_id=video.platform_video_id,
        locator=video.locator,
        title=video.title,
        status=status,
        decided_at=now,
        reason=reason,
        remedy=remedy,
        author=video.author,
        page_url=video.page_url,
        subtitles=video.subtitles,
        rights_id=verdict.rights_id,
    )


def _outcome(
    video: ScannedVideo, verdict: RightsVerdict, *, niche: Niche
) -> tuple[CandidateStatus, str, str | None]:
    if not verdict.is_allowed:
        return CandidateStatus.REFUSED, verdict.reason, verdict.remedy
    if video.is_hand_picked:
        return CandidateStatus.SHORTLISTED, "chosen by hand", None
    return (
        CandidateStatus.REFUSED,
        f"videos of {video.platform} are not ranked yet, and nobody chose this one by hand",
        f"Put the video, or its address, into the inbox of {niche.name}.",
    )
