"""Works on one candidate's outbox rows: verify, claim, submit, settle; look where the end is open.

Every step is one conditional UPDATE, and nothing is handed to a platform twice by a machine: a row
whose answer was lost is looked up there, never repeated.
"""

import hashlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from viral_forge_assets.clearance import verdict_on
from viral_forge_assets.domain.publishing import (
    Refusal,
    Settlement,
    after_check,
    after_lookup,
    may_post,
    settlement,
)
from viral_forge_resources.contracts.errors import NotFound, ViralForgeError
from viral_forge_resources.contracts.publishing import (
    Channel,
    Post,
    Processing,
    Publication,
    PublicationState,
    Published,
    Publisher,
)
from viral_forge_resources.contracts.records import ArtefactKind, Clip
from viral_forge_resources.contracts.rights import RightsVerdict
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.state import approvals as approvals_state
from viral_forge_resources.state import artefacts as artefacts_state
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import clips as clips_state
from viral_forge_resources.state import liveness
from viral_forge_resources.state import publications as publications_state

_LEASE = timedelta(minutes=30)
"""Longer than any submission: when it is over, the answer is lost."""

_LOOK_AGAIN = {
    PublicationState.PROCESSING: timedelta(minutes=2),
    PublicationState.UNKNOWN: timedelta(hours=6),
}
"""How long after a look without news the next one comes."""

_NO_VIEW = timedelta(minutes=15)
"""How long after a look that got no answer the next one comes."""

_ATTACHED = frozenset({ArtefactKind.COVER, ArtefactKind.SUBTITLES})


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Posts for one run.

    Attributes:
        run_id: who claims; its lock in ``liveness`` tells others whether it lives.
    """

    state: sa.Engine
    storage: Storage
    publishers: Mapping[str, Publisher]
    requires_approval: bool
    run_id: str

    def work_on(self, candidate_key: str) -> tuple[Publication, ...]:
        """Take every open row of the candidate one step on; its rows afterwards."""
        for publication in self._rows(candidate_key):
            if publication.state is PublicationState.SUBMITTING:
                self._disown_if_dead(publication)
        for publication in self._rows(candidate_key):
            match publication.state:
                case PublicationState.APPROVED:
                    self._submit(publication)
                case PublicationState.PROCESSING:
                    self._check(publication)
                case PublicationState.UNKNOWN:
                    self._reconcile(publication)
                case _:
                    pass
        return self._rows(candidate_key)

    def _rows(self, candidate_key: str) -> tuple[Publication, ...]:
        with self.state.connect() as connection:
            return publications_state.of_candidate(connection, candidate_key)

    def _disown_if_dead(self, publication: Publication) -> None:
        """A row whose run died while submitting has an unknown end: it is looked up, not redone."""
        now = datetime.now(UTC)
        is_over = publication.lease_until is None or publication.lease_until <= now
        claimed_by = publication.claimed_by
        if is_over or claimed_by is None or not liveness.is_held(self.state, claimed_by):
            self._settle(
                publication,
                Settlement(
                    state=PublicationState.UNKNOWN,
                    reason="the run that was submitting it ended without an answer",
                ),
            )

    def _submit(self, publication: Publication) -> None:
        if publication.due_at > datetime.now(UTC):
            return
        publisher = self._publisher(publication)
        with ExitStack() as files:
            post, refusal = self._guarded(publication, files)
            if post is None:
                self._withdraw(publication, refusal)
                return
            claimed = self._claim(publication)
            if claimed is None:
                return
            answer: Published | Processing | ViralForgeError
            try:
                answer = publisher.submit(post)
            except ViralForgeError as error:
                answer = error
        decided = settlement(answer, now=datetime.now(UTC), attempts=claimed.attempts)
        self._settle(claimed, decided)

    def _claim(self, publication: Publication) -> Publication | None:
        with self.state.begin() as connection:
            return publications_state.claim(
                connection,
                publication.publication_id,
                claimed_by=self.run_id,
                lease=_LEASE,
                now=datetime.now(UTC),
            )

    def _guarded(self, publication: Publication, files: ExitStack) -> tuple[Post | None, str]:
        """The post if every guard says yes at this moment, else None and why not."""
        video = self._video(publication, files)
        refusal = self._refusal(publication, video)
        if refusal is not None or video is None:
            return None, str(refusal)
        attached = self._attached(publication, files)
        return Post(
            publication_id=publication.publication_id,
            channel=self._channel(publication).name,
            content_sha256=publication.content_sha256,
            text=publication.text,
            video=video,
            cover=attached[ArtefactKind.COVER],
            subtitles=attached.get(ArtefactKind.SUBTITLES),
            due_at=publication.due_at,
        ), ""

    def _video(self, publication: Publication, files: ExitStack) -> Path | None:
        """The clip as it lies in storage now: a re-render may have replaced it."""
        with self.state.connect() as connection:
            clip = _clip(connection, publication)
        if clip is None or self.storage.size_bytes(clip.storage_key) is None:
            return None
        return files.enter_context(self.storage.as_file(clip.storage_key))

    def _refusal(self, publication: Publication, video: Path | None) -> Refusal | None:
        stored_sha256 = None if video is None else _sha256(video)
        with self.state.connect() as connection:
            return may_post(
                publication=publication,
                stored_sha256=stored_sha256,
                rights=_rights(connection, publication),
                approval=approvals_state.current(connection, publication.content_sha256),
                requires_approval=self.requires_approval,
                clip=_clip(connection, publication),
            )

    def _attached(self, publication: Publication, files: ExitStack) -> dict[ArtefactKind, Path]:
        with self.state.connect() as connection:
            recorded = artefacts_state.of_candidate(connection, publication.candidate_key)
        return {
            artefact.kind: files.enter_context(self.storage.as_file(artefact.storage_key))
            for artefact in recorded
            if artefact.clip_number == publication.clip_number and artefact.kind in _ATTACHED
        }

    def _check(self, publication: Publication) -> None:
        publisher = self._publisher(publication)
        answer: Published | Processing | ViralForgeError
        try:
            answer = publisher.check(publication.receipt or "")
        except ViralForgeError as error:
            answer = error
        self._settle(publication, after_check(answer))

    def _reconcile(self, publication: Publication) -> None:
        channel, publisher = self._channel(publication), self._publisher(publication)
        now = datetime.now(UTC)
        try:
            found = publisher.find(publication, channel=channel.name)
            decided = after_lookup(found, publication_id=publication.publication_id, now=now)
        except ViralForgeError as error:
            # Not being able to look says nothing about the post.
            decided = Settlement(state=publication.state, reason=str(error), due_at=now + _NO_VIEW)
        self._settle(publication, decided)

    def _channel(self, publication: Publication) -> Channel:
        with self.state.connect() as connection:
            channel = channels_state.get(connection, publication.channel_id)
        if channel is None:
            raise NotFound(f"channel {publication.channel_id} is not known any more")
        return channel

    def _publisher(self, publication: Publication) -> Publisher:
        name = publication.channel_id.partition(":")[0]
        if name not in self.publishers:
            raise NotFound(f"publisher '{name}' is not enabled; add it to VIRAL_FORGE_PUBLISHERS")
        return self.publishers[name]

    def _withdraw(self, publication: Publication, reason: str) -> None:
        self._settle(publication, Settlement(state=PublicationState.WITHDRAWN, reason=reason))

    def _settle(self, publication: Publication, decided: Settlement) -> None:
        """Take the step; nothing happens if the row moved, or was claimed by another, meanwhile."""
        now = datetime.now(UTC)
        stays = decided.state is publication.state
        with self.state.begin() as connection:
            publications_state.settle(
                connection,
                publication.publication_id,
                decided.state,
                expected=publication.state,
                now=now,
                claimed_by=publication.claimed_by,
                receipt=decided.receipt,
                post_id=decided.post_id,
                post_url=decided.post_url,
                reason=decided.reason,
                due_at=decided.due_at or (now + _LOOK_AGAIN[publication.state] if stays else None),
            )


def _clip(connection: sa.Connection, publication: Publication) -> Clip | None:
    clips = clips_state.of_candidate(connection, publication.candidate_key)
    return next((clip for clip in clips if clip.number == publication.clip_number), None)


def _rights(connection: sa.Connection, publication: Publication) -> RightsVerdict:
    candidate = candidates_state.get(connection, publication.candidate_key)
    if candidate is None:
        return RightsVerdict(is_allowed=False, reason="its candidate is not known any more")
    publisher = publication.channel_id.partition(":")[0]
    clip = _clip(connection, publication)
    return verdict_on(
        connection,
        candidate,
        now=datetime.now(UTC),
        publisher=publisher,
        materials=clip.materials if clip else (),
    )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
