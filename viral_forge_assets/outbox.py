"""Plans the posts of one candidate's clips: words, channels and rows of the outbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType

import sqlalchemy as sa

from viral_forge_assets.clearance import policy_of, verdict_on
from viral_forge_assets.domain.copywriting import Copy, compose_text, numbered
from viral_forge_assets.domain.disclosure import must_tell, paid_words, told
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan, words_in_clip
from viral_forge_assets.domain.publishing import plan_publications
from viral_forge_assets.partitions import known_candidate
from viral_forge_assets.queueing import deal_times
from viral_forge_resources.contracts.disclosures import Flag, disclosure_of
from viral_forge_resources.contracts.errors import BadInput, NotPermitted, Permanent
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.media import Transcript
from viral_forge_resources.contracts.publishing import (
    Channel,
    Disclosure,
    PostText,
    Publication,
    Publisher,
)
from viral_forge_resources.contracts.records import Candidate, CandidateStatus, Clip
from viral_forge_resources.contracts.scanning import NichePolicy
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import disclosure_changes as disclosure_changes_state
from viral_forge_resources.state import publications as publications_state


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPosts:
    """The candidate's outbox rows after planning.

    Attributes:
        new: how many rows were planned now.
        clips: how many clips there are.
        left_out: why a channel gets no post, by its id.
    """

    rows: tuple[Publication, ...]
    new: int
    clips: int
    left_out: Mapping[str, str] = field(default_factory=dict)


def plan_posts(
    connection: sa.Connection,
    candidate_key: str,
    *,
    transcript: Transcript,
    publishers: Mapping[str, Publisher],
    requires_approval: bool,
    plan: EditPlan | None = None,
    copies: Mapping[tuple[str, str], Copy] = MappingProxyType({}),
    title_style: TitleStyle | None = None,
) -> PlannedPosts:
    """Plan every clip of the candidate for every channel that serves its niche.

    Args:
        connection: in a transaction of the caller's.
        candidate_key: whose clips.
        transcript: of the whole source; a post tells of what is said in its clip.
        publishers: by name.
        requires_approval: whether a person says yes to each clip first.
        plan: what the clips were made by; None: a post tells of all of ``transcript``.
        copies: what models wrote, by content hash and publisher; where nothing, rules write.
        title_style: what an experiment dealt the titles of the candidate's posts to do.

    Clips that a person said no to, and those a channel may hold already, are not planned.

    Raises:
        BadInput: the niche has no channel whose publisher is enabled, or there is no clip.
        NotPermitted: the right to the material is gone, or covers none of the channels.
        Permanent: no channel's posts hold what is owed to others.
    """
    now = datetime.now(UTC)
    candidate = known_candidate(connection, candidate_key)
    channels, asleep = _channels(connection, candidate, publishers)
    clips = _clips(connection, candidate_key)
    wanted = [clip for clip in clips if not _is_rejected(connection, clip)]
    attributions = _attributions(connection, candidate, wanted, channels, now=now)

    words = _Words(
        connection=connection,
        candidate=candidate,
        policy=policy_of(connection, candidate_key),
        transcript=transcript,
        plan=plan,
        copies=copies,
        attributions=attributions,
        publishers=publishers,
        clips=len(clips),
        title_style=title_style,
    )
    new = 0
    planned, left_out = _planned(wanted, channels, words, now=now)
    for row in planned:
        new += publications_state.plan(connection, row)
        publications_state.tell(connection, row.publication_id, row.disclosure)
    for clip in wanted:
        if not requires_approval or approvals_state.current(connection, clip.content_sha256):
            publications_state.approve(connection, clip.content_sha256, now=now)
    for channel in {channel for _, channel in attributions}:
        deal_times(connection, channel, now=now)
    _forget_failure(connection, candidate, now=now)
    rows = publications_state.of_candidate(connection, candidate_key)
    return PlannedPosts(rows=rows, new=new, clips=len(clips), left_out=asleep | left_out)


def _planned(
    clips: Sequence[Clip], channels: Sequence[Channel], words: "_Words", *, now: datetime
) -> tuple[list[Publication], dict[str, str]]:
    """Rows of the posts, and why a channel gets none.

    What is owed may be too long for a platform of short posts: the others get theirs.

    Raises:
        Permanent: it is too long for all of them.
    """
    rows: list[Publication] = []
    errors: dict[str, Permanent] = {}
    for clip in clips:
        for channel in channels:
            if (clip.number, channel) not in words.attributions:
                continue
            try:
                rows += plan_publications(
                    [clip],
                    [channel],
                    text_of=words.text,
                    disclosure_of=words.disclosure,
                    due_at=now,
                    now=now,
                )
            except Permanent as error:
                errors[channel.channel_id] = error
    if errors and not rows:
        raise next(iter(errors.values()))
    return rows, {channel_id: str(error) for channel_id, error in errors.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """What the posts of a candidate say, and what they tell viewers of themselves."""

    connection: sa.Connection
    candidate: Candidate
    policy: NichePolicy
    transcript: Transcript
    plan: EditPlan | None
    copies: Mapping[tuple[str, str], Copy]
    attributions: Mapping[tuple[int, Channel], str | None]
    publishers: Mapping[str, Publisher]
    clips: int
    title_style: TitleStyle | None

    def text(self, clip: Clip, channel: Channel) -> PostText:
        limits = self.publishers[channel.publisher].limits
        made = self._made(clip)
        said = words_in_clip(self.transcript.words, made.segments) if made else None
        text = compose_text(
            title=self.candidate.title,
            niche=self.candidate.niche,
            transcript=self.transcript if said is None else replace(self.transcript, words=said),
            attribution=self.attributions[clip.number, channel],
            limits=limits,
            paid=paid_words(self.policy, is_told=Flag.PAID in self._tells(clip, channel)),
            copy=self.copies.get((clip.content_sha256, channel.publisher)),
            style=self.title_style,
        )
        return numbered(text, number=clip.number, of=self.clips, limits=limits)

    def disclosure(self, clip: Clip, channel: Channel) -> Disclosure:
        return disclosure_of(self._tells(clip, channel))

    def _tells(self, clip: Clip, channel: Channel) -> frozenset[Flag]:
        post = publications_state.publication_id(clip.content_sha256, channel.channel_id)
        changes = disclosure_changes_state.of_post(self.connection, clip.content_sha256, post)
        return told(must_tell(self._made(clip), self.policy), changes)

    def _made(self, clip: Clip) -> ClipPlan | None:
        found = self.plan.clips if self.plan else ()
        return next((each for each in found if each.number == clip.number), None)


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
) -> tuple[tuple[Channel, ...], dict[str, str]]:
    """Those that can be planned for, and why others cannot; one that sleeps stops no other."""
    channels = channels_state.serving(connection, candidate.niche)
    if not channels:
        raise BadInput(
            candidate.niche,
            reason="has no channel to post to",
            remedy=f"Add one with `viral-forge channel add {candidate.niche} NAME`.",
        )
    asleep = {each: _asleep(each) for each in channels if each.publisher not in publishers}
    if len(asleep) == len(channels):
        raise next(iter(asleep.values()))
    left_out = {channel.channel_id: str(error) for channel, error in asleep.items()}
    return tuple(each for each in channels if each not in asleep), left_out


def _asleep(channel: Channel) -> BadInput:
    return BadInput(
        channel.channel_id,
        reason=f"needs the publisher '{channel.publisher}', which is not enabled",
        remedy="Add it to VIRAL_FORGE_PUBLISHERS.",
    )


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
