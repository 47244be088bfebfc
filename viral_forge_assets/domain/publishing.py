"""Decisions around the outbox: what is planned, what may be posted, what an answer means."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from viral_forge_assets.domain.copywriting import clean
from viral_forge_resources.contracts.counting_text import without
from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    NotFound,
    PolicyViolation,
    Rejected,
    Transient,
    ViralForgeError,
)
from viral_forge_resources.contracts.keys import short_hash
from viral_forge_resources.contracts.publishing import (
    Approval,
    Channel,
    Disclosure,
    Lookup,
    PostText,
    Processing,
    Publication,
    PublicationState,
    Published,
)
from viral_forge_resources.contracts.records import Clip
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.submission import (
    STATES_AFTER,
    Recovery,
    StepState,
    recovery_of,
)

_FIRST_WAIT = timedelta(minutes=1)
# A platform that has been down for hours is asked four times a day.
_LONGEST_WAIT = timedelta(hours=6)


_UNTIL_A_PERSON_ACTS = timedelta(hours=1)
"""How long a post waits for its account to be connected anew before the next try."""

_NO_VIEW = timedelta(minutes=15)
"""How long after a look that got no answer the next one comes."""

_MOST_STEP_ATTEMPTS = 8
"""A cover or captions that cannot be added for a day are given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a publication may not be posted: every reason there is."""

    reasons: tuple[str, ...]

    def __str__(self) -> str:
        """All reasons in one line."""
        return "; ".join(self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What becomes of a publication; where ``state`` is the one it has, only ``reason`` is news.

    Attributes:
        due_at: when to try again; None where nothing is to be tried.
        live_at: when the platform shows the post to the public; None: it does.
        halts: the platform spoke against the channel: it posts no more until a person looked.
    """

    state: PublicationState
    reason: str | None = None
    due_at: datetime | None = None
    receipt: str | None = None
    post_id: str | None = None
    post_url: str | None = None
    live_at: datetime | None = None
    halts: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepSettlement:
    """What becomes of something that is added to a live post."""

    state: StepState
    due_at: datetime
    reason: str | None = None


def plan_publications(
    clips: Sequence[Clip],
    channels: Sequence[Channel],
    *,
    text_of: Callable[[Clip, Channel], PostText],
    disclosure_of: Callable[[Clip, Channel], Disclosure],
    due_at: datetime,
    now: datetime,
) -> tuple[Publication, ...]:
    """An outbox row for every clip on every channel, clip by clip."""
    return tuple(
        Publication(
            publication_id=short_hash(clip.content_sha256, channel.channel_id),
            candidate_key=clip.candidate_key,
            clip_number=clip.number,
            content_sha256=clip.content_sha256,
            channel_id=channel.channel_id,
            state=PublicationState.PLANNED,
            text=text_of(clip, channel),
            due_at=due_at,
            planned_at=now,
            disclosure=disclosure_of(clip, channel),
        )
        for clip in clips
        for channel in channels
    )


def may_post(
    *,
    publication: Publication,
    stored_sha256: str | None,
    rights: RightsVerdict,
    approval: Approval | None,
    requires_approval: bool,
    clip: Clip | None,
) -> Refusal | None:
    """Why these bytes may not go out now, None if they may.

    Args:
        publication: the row that was claimed.
        stored_sha256: of the bytes that would be posted, hashed now; None if there are none.
        rights: the verdict on the source as the ledger stands now.
        approval: the newest decision on ``publication.content_sha256``.
        requires_approval: whether silence is a no; a person's no always is one.
        clip: the clip as it is recorded now.
    """
    reasons = (
        *_byte_problems(publication, stored_sha256),
        *_rights_problems(publication, rights),
        *_approval_problems(publication, approval, requires_approval=requires_approval),
        *_clip_problems(publication, clip),
    )
    return Refusal(reasons=reasons) if reasons else None


def settlement(
    answer: Published | Processing | ViralForgeError, *, attempts: int, now: datetime
) -> Settlement:
    """What submitting a post came to.

    Args:
        answer: what the publisher returned or raised.
        attempts: how often it was submitted, this time included.
        now: the moment of the answer.
    """
    if isinstance(answer, Published | Processing):
        return _accepted(answer, now=now)
    recovery = recovery_of(answer)
    state = STATES_AFTER[recovery]
    if state is not PublicationState.APPROVED:
        return Settlement(state=state, reason=_said(answer), halts=_halts(answer))
    wait = _backoff(attempts)
    if recovery is Recovery.REAUTH_USER:
        wait = _UNTIL_A_PERSON_ACTS
    elif isinstance(answer, Transient) and answer.retry_after is not None:
        wait = answer.retry_after
    due_at = now + wait
    return Settlement(state=state, reason=_said(answer), due_at=due_at, halts=_halts(answer))


def after_check(answer: Published | Processing | ViralForgeError, *, now: datetime) -> Settlement:
    """What looking at an upload in processing came to."""
    if isinstance(answer, Published | Processing):
        return _accepted(answer, now=now)
    if isinstance(answer, Rejected):
        rejected = PublicationState.REJECTED
        return Settlement(state=rejected, reason=_said(answer), halts=_halts(answer))
    if isinstance(answer, NotFound):
        return Settlement(
            state=PublicationState.UNKNOWN,
            reason=f"the platform knows nothing of the upload any more: {_said(answer)}",
        )
    # Not being able to look says nothing about the post.
    wait = answer.retry_after if isinstance(answer, Transient) else None
    due_at = None if wait is None else now + wait
    return Settlement(state=PublicationState.PROCESSING, reason=_said(answer), due_at=due_at)


def after_lookup(
    found: Published | Processing | Lookup | ViralForgeError,
    *,
    publication_id: str,
    now: datetime,
) -> Settlement:
    """What looking for a post whose answer was lost came to."""
    if isinstance(found, Published | Processing):
        return _accepted(found, now=now)
    if isinstance(found, Rejected):
        rejected = PublicationState.REJECTED
        return Settlement(state=rejected, reason=_said(found), halts=_halts(found))
    if isinstance(found, ViralForgeError):
        # Not being able to look says nothing about the post.
        wait = found.retry_after if isinstance(found, Transient) else None
        return Settlement(
            state=PublicationState.UNKNOWN, reason=_said(found), due_at=now + (wait or _NO_VIEW)
        )
    if found is Lookup.ABSENT:
        return Settlement(
            state=PublicationState.APPROVED,
            reason="the platform does not have the post, so it is submitted again",
            due_at=now,
        )
    return Settlement(
        state=PublicationState.UNKNOWN,
        reason="it cannot be told whether the post is live. Look at the channel: if it is there,"
        f" type `viral-forge settle {publication_id} --live URL`; if it is not, so that it may be"
        f" posted again, `viral-forge settle {publication_id} --absent`",
    )


def after_step(error: ViralForgeError | None, *, attempts: int, now: datetime) -> StepSettlement:
    """What adding something to a live post came to; the post stays live either way.

    Args:
        error: what was raised, None where it was added.
        attempts: how often it was tried, this time included.
        now: the moment of the answer.
    """
    if error is None:
        return StepSettlement(state=StepState.DONE, due_at=now)
    recovery = recovery_of(error)
    may_help = recovery is not Recovery.FIX_REQUEST and attempts < _MOST_STEP_ATTEMPTS
    state = StepState.WAITING if may_help else StepState.FAILED
    wait = error.retry_after if isinstance(error, Transient) else None
    due_at = now + (_backoff(attempts) if wait is None else wait)
    return StepSettlement(state=state, due_at=due_at, reason=_said(error))


def _accepted(answer: Published | Processing, *, now: datetime) -> Settlement:
    if isinstance(answer, Published):
        return Settlement(
            state=PublicationState.PUBLISHED,
            post_id=answer.post_id,
            post_url=answer.url,
            live_at=answer.live_at,
            reason=answer.note,
        )
    due_at = None if answer.look_after is None else now + answer.look_after
    return Settlement(
        state=PublicationState.PROCESSING,
        receipt=answer.receipt,
        reason=answer.note,
        due_at=due_at,
    )


def _halts(error: ViralForgeError) -> bool:
    return isinstance(error, PolicyViolation | AccountRestricted)


def _backoff(attempts: int) -> timedelta:
    # Beyond ten doublings the longest wait is reached anyway, and numbers stay small.
    doublings = min(max(attempts - 1, 0), 10)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


def _said(error: ViralForgeError) -> str:
    return str(error) or type(error).__name__


def _byte_problems(publication: Publication, stored_sha256: str | None) -> Iterator[str]:
    if stored_sha256 is None:
        yield "the clip's file is not in storage"
    elif stored_sha256 != publication.content_sha256:
        yield (
            f"the stored clip ({stored_sha256[:12]}) is not the one that was planned"
            f" ({publication.content_sha256[:12]})"
        )


def _rights_problems(publication: Publication, rights: RightsVerdict) -> Iterator[str]:
    if not rights.is_allowed:
        yield f"the material may not be used: {rights.reason}"
    elif rights.attribution is not None and not _credits(publication.text, rights.attribution):
        yield f"the attribution that is owed is not in the post: {rights.attribution}"


def _credits(text: PostText, attribution: str) -> bool:
    owed = _anywhere(attribution)
    return owed in _anywhere(text.description) and owed == _anywhere(text.attribution or "")


def _anywhere(text: str) -> str:
    """``text`` whatever its platform forbids."""
    return without(clean(text), "<>")


def _approval_problems(
    publication: Publication, approval: Approval | None, *, requires_approval: bool
) -> Iterator[str]:
    if approval is None or approval.content_sha256 != publication.content_sha256:
        if requires_approval:
            yield "nobody has approved this clip"
    elif not approval.is_approved:
        yield f"{approval.decided_by} said no to this clip"


def _clip_problems(publication: Publication, clip: Clip | None) -> Iterator[str]:
    if clip is None:
        yield "no such clip is on record"
    elif clip.content_sha256 != publication.content_sha256:
        yield "the clip was rendered anew since it was planned"
    elif not clip.checks:
        yield "the clip was not checked"
    else:
        for check in clip.checks:
            if not check.passed:
                yield f"check {check.name} failed: {check.message}"
