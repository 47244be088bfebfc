"""What every post must pass at the moment of its effect, and the post that passes."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from viral_forge_assets.clearance import policy_of, verdict_on
from viral_forge_assets.domain.disclosure import must_tell, unnoticed, untold
from viral_forge_assets.domain.edit_plan import ClipPlan, EditPlan
from viral_forge_assets.domain.near_duplicates import likeness
from viral_forge_assets.domain.publishing import Refusal, may_post
from viral_forge_assets.provenance import load
from viral_forge_resources.contracts.disclosures import flags_of
from viral_forge_resources.contracts.errors import NotFound
from viral_forge_resources.contracts.keys import parse_candidate_key
from viral_forge_resources.contracts.publishing import (
    Channel,
    Picture,
    Post,
    Publication,
    Publisher,
)
from viral_forge_resources.contracts.records import ArtefactKind, Clip
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.hashing import HashedFile, hashed
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clip_prints as clip_prints_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import disclosure_changes as disclosure_changes_state

_ATTACHED = frozenset({ArtefactKind.COVER, ArtefactKind.SUBTITLES})
_REMEMBERED = timedelta(days=365)
"""A channel's viewers may see after a year what they saw before."""

_NO_COVER = "the clip's cover is not in storage: launch candidate_job for its candidate again"
_DRAWS_OVER = frozenset({"watermark"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Verifies and assembles posts.

    Attributes:
        requires_approval: whether silence is a no; a person's no always is one.
        hashing: tells what a file holds.
    """

    state: sa.Engine
    storage: Storage
    requires_approval: bool
    hashing: Callable[[Path], HashedFile] = hashed

    def admit(
        self, publication: Publication, publisher: Publisher, files: ExitStack, *, now: datetime
    ) -> Post | Refusal:
        """The post if everything says yes at the moment ``now``, else every reason against it."""
        clip = self._clip(publication)
        video = None if clip is None else self._video(clip, files)
        refusal = self._refusal(publication, clip, video, now=now)
        if refusal is not None or clip is None or video is None:
            return refusal or Refusal(reasons=("the clip's file is not in storage",))
        post = self._post(publication, clip, video, files)
        if post is None:
            return Refusal(reasons=(_NO_COVER,))
        problems = (
            *publisher.problems(post),
            *self._untold(publication),
            *self._repeats(publication, now=now),
        )
        return Refusal(reasons=problems) if problems else post

    def again(self, publication: Publication, files: ExitStack) -> Post | None:
        """The post as it was submitted, for what is added to it; None where its bytes are gone."""
        clip = self._clip(publication)
        video = None if clip is None else self._video(clip, files)
        if clip is None or video is None or video.sha256 != publication.content_sha256:
            return None
        return self._post(publication, clip, video, files)

    def channel(self, publication: Publication) -> Channel:
        """Where it goes.

        Raises:
            NotFound: the channel was removed.
        """
        with self.state.connect() as connection:
            channel = channels_state.get(connection, publication.channel_id)
        if channel is None:
            raise NotFound(f"channel {publication.channel_id} is not known any more")
        return channel

    def _clip(self, publication: Publication) -> Clip | None:
        with self.state.connect() as connection:
            clips = clips_state.of_candidate(connection, publication.candidate_key)
        return next((clip for clip in clips if clip.number == publication.clip_number), None)

    def _video(self, clip: Clip, files: ExitStack) -> HashedFile | None:
        """The clip as it lies in storage now: a re-render may have replaced it."""
        if self.storage.size_bytes(clip.storage_key) is None:
            return None
        return self.hashing(files.enter_context(self.storage.as_file(clip.storage_key)))

    def _refusal(
        self,
        publication: Publication,
        clip: Clip | None,
        video: HashedFile | None,
        *,
        now: datetime,
    ) -> Refusal | None:
        with self.state.connect() as connection:
            return may_post(
                publication=publication,
                stored_sha256=None if video is None else video.sha256,
                rights=_rights(connection, publication, clip, now=now),
                approval=approvals_state.current(connection, publication.content_sha256),
                requires_approval=self.requires_approval,
                clip=clip,
            )

    def _untold(self, publication: Publication) -> tuple[str, ...]:
        """What viewers must be told and are not, as recipe and niche stand now."""
        with self.state.connect() as connection:
            policy = policy_of(connection, publication.candidate_key)
            changes = disclosure_changes_state.of_post(
                connection, publication.content_sha256, publication.publication_id
            )
        required = must_tell(self._clip_plan(publication), policy)
        tells = flags_of(publication.disclosure)
        return (
            *untold(tells, required, changes),
            *unnoticed(publication.text.description, policy, tells),
        )

    def _repeats(self, publication: Publication, *, now: datetime) -> tuple[str, ...]:
        """Posts of the channel that show nearly the same."""
        with self.state.connect() as connection:
            mine = clip_prints_state.get(connection, publication.content_sha256)
            posted = clip_prints_state.posted_on(
                connection, publication.channel_id, since=now - _REMEMBERED
            )
        if mine is None:
            return ()
        return tuple(
            f"it is nearly the same as '{other.title}', which this channel has already"
            f" (post {other.publication_id}): make the clip anew with another recipe, take the"
            " older post down, or reject this clip"
            for other in posted
            if other.publication_id != publication.publication_id
            and likeness(mine, other.likeness).is_same
        )

    def _post(
        self, publication: Publication, clip: Clip, video: HashedFile, files: ExitStack
    ) -> Post | None:
        """None where the clip has no cover in storage: every render makes one."""
        attached = self._attached(publication, files)
        if ArtefactKind.COVER not in attached:
            return None
        return Post(
            publication_id=publication.publication_id,
            channel=self.channel(publication).name,
            content_sha256=publication.content_sha256,
            text=publication.text,
            video=video.path,
            stamp=video.stamp,
            cover=attached[ArtefactKind.COVER],
            subtitles=attached.get(ArtefactKind.SUBTITLES),
            due_at=publication.due_at,
            duration_s=clip.duration_s,
            disclosure=publication.disclosure,
            has_overlay=self._has_overlay(publication),
            picture=self._picture(publication),
        )

    def _attached(self, publication: Publication, files: ExitStack) -> dict[ArtefactKind, Path]:
        with self.state.connect() as connection:
            recorded = artefacts_state.of_candidate(connection, publication.candidate_key)
        return {
            artefact.kind: files.enter_context(self.storage.as_file(artefact.storage_key))
            for artefact in recorded
            if artefact.clip_number == publication.clip_number
            and artefact.kind in _ATTACHED
            and self.storage.size_bytes(artefact.storage_key) is not None
        }

    def _has_overlay(self, publication: Publication) -> bool | None:
        clip = self._clip_plan(publication)
        return None if clip is None else any(each.name in _DRAWS_OVER for each in clip.filters)

    def _picture(self, publication: Publication) -> Picture | None:
        """As it was planned: that the clip came out so is one of its checks."""
        plan, clip = self._plan(publication), self._clip_plan(publication)
        if plan is None or clip is None:
            return None
        return Picture(width_px=plan.width_px, height_px=plan.height_px, fps=clip.fps)

    def _clip_plan(self, publication: Publication) -> ClipPlan | None:
        plan, number = self._plan(publication), publication.clip_number
        clips = () if plan is None else plan.clips
        return next((clip for clip in clips if clip.number == number), None)

    def _plan(self, publication: Publication) -> EditPlan | None:
        key = parse_candidate_key(publication.candidate_key)
        document = key.storage_key("transform", "edit_plan.json")
        if self.storage.size_bytes(document) is None:
            return None
        return load(self.storage, document, EditPlan, made_by="edit_plan")


def _rights(
    connection: sa.Connection, publication: Publication, clip: Clip | None, *, now: datetime
) -> RightsVerdict:
    candidate = candidates_state.get(connection, publication.candidate_key)
    if candidate is None:
        return RightsVerdict(is_allowed=False, reason="its candidate is not known any more")
    return verdict_on(
        connection,
        candidate,
        now=now,
        publisher=publication.channel_id.partition(":")[0],
        materials=clip.materials if clip else (),
    )
