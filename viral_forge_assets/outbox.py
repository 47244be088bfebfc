"""Plans the posts of one candidate's clips: words, channels and rows of the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from viral_forge_assets.clearance import verdict_on
from viral_forge_assets.domain.copywriting import compose_text, numbered
from viral_forge_assets.domain.publishing import plan_publications
from viral_forge_assets.partitions import known_candidate
from viral_forge_assets.queueing import deal_times
from viral_forge_resources.contracts.errors import BadInput, NotPermitted
from viral_forge_resources.contracts.media import Transcript, Word
from viral_forge_resources.contracts.publishing import Channel, PostText, Publication, Publisher
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Clip
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import publications as publications_state


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPosts:
    """The candidate's outbox rows after planning.

    Attributes:
        new: how many rows were planned now.
        clips: how many clips there are.
    """

    rows: tuple[Publication, ...]
    new: int
    clips: int


def plan_posts(
    connection: sa.Connection,
    candidate_key: str,
    *,
    transcript: Transcript,
    publishers: Mapping[str, Publisher],
    requires_approval: bool,
    said_in: Mapping[int, tuple[Word, ...]] | None = None,
) -> PlannedPosts:
    """Plan every clip of the candidate for every channel that serves its niche.

    A post tells of what is ``said_in`` its clip, by number; of all of ``transcript`` where that is
    not known.

    Clips that a person said no to, and those a channel may hold already, are not planned.

    Raises:
        BadInput: the niche has no channel, or there is no clip.
        NotPermitted: the right to the material is gone, or covers none of the channels.
    """
    now = datetime.now(UTC)
    candidate = known_candidate(connection, candidate_key)
    channels = _channels(connection, candidate, publishers)
    clips = _clips(connection, candidate_key)
    wanted = [clip for clip in clips if not _is_rejected(connection, clip)]
    attributions = _attributions(connection, candidate, wanted, channels, now=now)

    def text_of(clip: Clip, channel: Channel) -> PostText:
        limits = publishers[channel.publisher].limits
        text = compose_text(
            title=candidate.title,
            niche=candidate.niche,
            transcript=replace(
                transcript, words=(said_in or {}).get(clip.number, transcript.words)
            ),
            attribution=attributions[clip.number, channel],
            limits=limits,
        )
        return numbered(text, number=clip.number, of=len(clips), limits=limits)

    new = 0
    for clip in wanted:
        allowed = [channel for channel in channels if (clip.number, channel) in attributions]
        planned = plan_publications([clip], allowed, text_of=text_of, due_at=now, now=now)
        new += sum(publications_state.plan(connection, row) for row in planned)
    for clip in wanted:
        if not requires_approval or approvals_state.current(connection, clip.content_sha256):
            publications_state.approve(connection, clip.content_sha256, now=now)
    for channel in {channel for _, channel in attributions}:
        deal_times(connection, channel, now=now)
    _forget_failure(connection, candidate, now=now)
    rows = publications_state.of_candidate(connection, candidate_key)
    return PlannedPosts(rows=rows, new=new, clips=len(clips))


def _forget_failure(connection: sa.Connection, candidate: Candidate, *, now: datetime) -> None:
    # The remedy of a failed candidate is to launch its job again: this is where that ends well.
    if candidate.status is CandidateStatus.FAILED:
        candidates_state.set_status(
            connection,
            candidate.candidate_key,
            CandidateStatus.SHORTLISTED,
            reason="its clips were made at another try",
            now=now,
        )


def _attributions(
    connection: sa.Connection,
    candidate: Candidate,
    clips: Sequence[Clip],
    channels: tuple[Channel, ...],
    *,
    now: datetime,
) -> dict[tuple[int, Channel], str | None]:
    """What is owed beside each clip, by its number, on each channel that the rights allow."""
    verdicts = {
        (clip.number, channel): verdict_on(
            connection,
            candidate,
            now=now,
            publisher=channel.publisher,
            materials=clip.materials,
        )
        for clip in clips
        for channel in channels
    }
    allowed = {each: verdict for each, verdict in verdicts.items() if verdict.is_allowed}
    if verdicts and not allowed:
        verdict = next(iter(verdicts.values()))
        raise NotPermitted(
            f"{candidate.candidate_key} may not be posted: {verdict.reason}. {verdict.remedy}"
        )
    return {each: verdict.attribution for each, verdict in allowed.items()}


def _channels(
    connection: sa.Connection, candidate: Candidate, publishers: Mapping[str, Publisher]
) -> tuple[Channel, ...]:
    channels = channels_state.serving(connection, candidate.niche)
    if not channels:
        raise BadInput(
            candidate.niche,
            reason="has no channel to post to",
            remedy=f"Add one with `viral-forge channel add {candidate.niche} NAME`.",
        )
    for channel in channels:
        if channel.publisher not in publishers:
            raise BadInput(
                channel.channel_id,
                reason=f"needs the publisher '{channel.publisher}', which is not enabled",
                remedy="Add it to VIRAL_FORGE_PUBLISHERS.",
            )
    return channels


def _clips(connection: sa.Connection, candidate_key: str) -> tuple[Clip, ...]:
    clips = clips_state.of_candidate(connection, candidate_key)
    if not clips:
        raise BadInput(
            candidate_key,
            reason="has no clip",
            remedy="Materialize rendered_clips for this partition first, or launch candidate_job.",
        )
    return clips


def _is_rejected(connection: sa.Connection, clip: Clip) -> bool:
    decision = approvals_state.current(connection, clip.content_sha256)
    return decision is not None and not decision.is_approved
