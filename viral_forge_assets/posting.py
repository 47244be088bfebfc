"""Works on one candidate's outbox rows: verify, claim, submit, settle; look where the end is open.

Every step is one conditional UPDATE, and nothing is handed to a platform twice by a machine: a row
whose answer was lost is looked up there, never repeated.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from viral_forge_assets.domain.posting_times import Fate
from viral_forge_assets.domain.publishing import (
    Refusal,
    Settlement,
    after_check,
    after_lookup,
    after_step,
    settlement,
)
from viral_forge_assets.guarding import Guard
from viral_forge_assets.halting import halt_after
from viral_forge_assets.queueing import deal_channel, turn_of
from viral_forge_assets.spending import reserve_post, settle_post
from viral_forge_resources.contracts.costs import Budget
from viral_forge_resources.contracts.errors import NotFound, Permanent, Transient, ViralForgeError
from viral_forge_resources.contracts.prices import Prices
from viral_forge_resources.contracts.publishing import (
    Lookup,
    Post,
    Processing,
    Publication,
    PublicationState,
    Published,
    Publisher,
)
from viral_forge_resources.contracts.sessions import Cipher
from viral_forge_resources.contracts.storage import Storage
from viral_forge_resources.contracts.submission import Finisher, Step, StepState
from viral_forge_resources.state import channel_halts, liveness
from viral_forge_resources.state import publications as publications_state
from viral_forge_resources.state import sessions as sessions_state
from viral_forge_resources.state import steps as steps_state

_LEASE = timedelta(minutes=30)
"""Longer than any silence of a submission: when it is over, the answer is lost."""

_MOST_CHANNELS = 20
"""Of one candidate, that are worked on at once: they wait for networks nearly all the time."""

_LOOK_AGAIN = {
    PublicationState.PROCESSING: timedelta(minutes=2),
    PublicationState.UNKNOWN: timedelta(hours=6),
}
"""How long after a look without news the next one comes."""


_MISSED = (
    "it missed its time by longer than its channel makes up for; approve the clip again to post it"
)

_NO_PRICES, _NO_LIMITS = Prices(), Budget(usd=None, quantity=None)


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poster:
    """Posts for one run.

    Attributes:
        run_id: who claims; its lock in ``liveness`` tells others whether it lives.
        cipher: what addresses of uploads are kept secret with; the folder needs none.
        prices: what platforms take for a post.
        budget: a post that might go over it is not handed over, and waits.
    """

    state: sa.Engine
    storage: Storage
    publishers: Mapping[str, Publisher]
    requires_approval: bool
    run_id: str
    cipher: Cipher | None = None
    prices: Prices = _NO_PRICES
    budget: Budget = _NO_LIMITS
    clock: Callable[[], datetime] = _now

    def work_on(self, candidate_key: str) -> tuple[Publication, ...]:
        """Take every open row of the candidate one step on; its rows afterwards.

        Channels are worked on side by side, the posts of one channel one after the other.

        Raises:
            ViralForgeError: some rows could not be worked on; all others were.
        """
        for publication in self._rows(candidate_key):
            if publication.state is PublicationState.SUBMITTING:
                self._disown_if_dead(publication)
        errors = [
            *self._side_by_side(self._work_on, self._rows(candidate_key)),
            *self._side_by_side(self._finish, self._rows(candidate_key)),
        ]
        if errors:
            raise _as_one(errors)
        return self._rows(candidate_key)

    def _side_by_side(
        self, work: Callable[[Publication], None], rows: Iterable[Publication]
    ) -> list[ViralForgeError]:
        """Why rows could not be worked on: one row's trouble is not its siblings'."""

        def one_by_one(of_channel: list[Publication]) -> list[ViralForgeError]:
            errors = []
            for row in of_channel:
                try:
                    work(row)
                except ViralForgeError as error:
                    errors.append(error)
            return errors

        by_channel = defaultdict(list)
        for row in rows:
            by_channel[row.channel_id].append(row)
        with ThreadPoolExecutor(_MOST_CHANNELS, thread_name_prefix="channel") as channels:
            ended = channels.map(one_by_one, by_channel.values())
        return [error for errors in ended for error in errors]

    def _work_on(self, publication: Publication) -> None:
        match publication.state:
            case PublicationState.APPROVED:
                self._submit(publication)
            case PublicationState.PROCESSING:
                self._check(publication)
            case PublicationState.UNKNOWN:
                self._reconcile(publication)
            case _:
                pass

    def _rows(self, candidate_key: str) -> tuple[Publication, ...]:
        with self.state.connect() as connection:
            return publications_state.of_candidate(connection, candidate_key)

    def _disown_if_dead(self, publication: Publication) -> None:
        """A row whose run died while submitting has an unknown end: it is looked up, not redone."""
        is_over = publication.lease_until is None or publication.lease_until <= self.clock()
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
        if publication.due_at > self.clock() or self._is_halted(publication):
            return
        publisher = self._publisher(publication)
        with ExitStack() as files:
            admitted = self._guard().admit(publication, publisher, files, now=self.clock())
            if isinstance(admitted, Refusal):
                withdrawn = PublicationState.WITHDRAWN
                self._settle(publication, Settlement(state=withdrawn, reason=str(admitted)))
                return
            claimed = self._claim(publication)
            if claimed is None:
                return
            decided = self._handed_over(claimed, publisher, admitted)
        self._settle(claimed, decided)

    def _handed_over(self, claimed: Publication, publisher: Publisher, post: Post) -> Settlement:
        answer: Published | Processing | ViralForgeError
        paid: int | None = None
        try:
            paid = reserve_post(
                self.state,
                claimed,
                post,
                prices=self.prices,
                budget=self.budget,
                now=self.clock(),
            )
            session = sessions_state.SqlSessionLog(
                state=self.state,
                cipher=self.cipher,
                publication=claimed,
                lease=_LEASE,
                clock=self.clock,
                saved=self._saved(claimed),
            )
            answer = publisher.submit(post, session)
        except ViralForgeError as error:
            answer = error
        settle_post(self.state, paid, answer)
        return settlement(answer, now=self.clock(), attempts=claimed.attempts)

    def _claim(self, publication: Publication) -> Publication | None:
        now = self.clock()
        with self.state.begin() as connection:
            if channel_halts.current(connection, publication.channel_id):
                return None  # it waits, however long: it does not miss its time
            turn = turn_of(connection, publication, now=now)
            if turn is Fate.GO:
                return publications_state.claim(
                    connection,
                    publication.publication_id,
                    claimed_by=self.run_id,
                    lease=_LEASE,
                    now=now,
                )
            if turn is Fate.LATER:
                deal_channel(connection, publication.channel_id, now=now)
        if turn is Fate.MISSED:
            withdrawn = PublicationState.WITHDRAWN
            self._settle(publication, Settlement(state=withdrawn, reason=_MISSED))
        return None

    def _check(self, publication: Publication) -> None:
        channel, publisher = self._guard().channel(publication), self._publisher(publication)
        answer: Published | Processing | ViralForgeError
        try:
            answer = publisher.check(publication.receipt or "", channel=channel.name)
        except ViralForgeError as error:
            answer = error
        self._settle(publication, after_check(answer, now=self.clock()))

    def _reconcile(self, publication: Publication) -> None:
        channel, publisher = self._guard().channel(publication), self._publisher(publication)
        found: Published | Processing | Lookup | ViralForgeError
        try:
            saved = self._saved(publication)
            found = publisher.find(publication, channel=channel.name, saved=saved)
        except ViralForgeError as error:
            found = error
        known_as = publication.publication_id
        self._settle(publication, after_lookup(found, publication_id=known_as, now=self.clock()))

    def _finish(self, publication: Publication) -> None:
        """Do what is to be added to a live post, one step after the other."""
        now, publisher = self.clock(), self.publishers.get(_platform(publication))
        is_live = publication.state is PublicationState.PUBLISHED
        if not is_live or not isinstance(
            publisher, Finisher
        ):  # in a dry run, or disabled: it waits
            return
        with self.state.connect() as connection:
            steps = steps_state.of_publication(connection, publication.publication_id)
        waiting = [each for each in steps if each.state is StepState.WAITING and each.due_at <= now]
        if not waiting:
            return
        with ExitStack() as files:
            post = self._guard().again(publication, files)
            for step in waiting:
                self._add(publisher, publication, step, post)

    def _add(
        self, publisher: Finisher, publication: Publication, step: Step, post: Post | None
    ) -> None:
        error: ViralForgeError | None = None
        try:
            if post is None:
                raise NotFound("the clip that was posted is not in storage any more")
            live = Published(post_id=publication.post_id or "", url=publication.post_url or "")
            publisher.finish(step.step, post, live)
        except ViralForgeError as raised:
            error = raised
        ended = after_step(error, attempts=step.attempts + 1, now=self.clock())
        with self.state.begin() as connection:
            steps_state.settle(
                connection, step, ended.state, due_at=ended.due_at, reason=ended.reason
            )

    def _saved(self, publication: Publication) -> str | None:
        with self.state.connect() as connection:
            return sessions_state.saved(connection, publication.publication_id, self.cipher)

    def _is_halted(self, publication: Publication) -> bool:
        with self.state.connect() as connection:
            return channel_halts.current(connection, publication.channel_id) is not None

    def _guard(self) -> Guard:
        return Guard(
            state=self.state, storage=self.storage, requires_approval=self.requires_approval
        )

    def _publisher(self, publication: Publication) -> Publisher:
        name = _platform(publication)
        if name not in self.publishers:
            raise NotFound(f"publisher '{name}' is not enabled; add it to VIRAL_FORGE_PUBLISHERS")
        return self.publishers[name]

    def _settle(self, publication: Publication, decided: Settlement) -> None:
        """Take the step; nothing happens if the row moved, or was claimed by another, meanwhile."""
        now = self.clock()
        stays = decided.state is publication.state
        publisher = self.publishers.get(_platform(publication))
        with self.state.begin() as connection:
            is_taken = publications_state.settle(
                connection,
                publication.publication_id,
                decided.state,
                expected=publication.state,
                now=now,
                claimed_by=publication.claimed_by,
                receipt=decided.receipt,
                post_id=decided.post_id,
                post_url=decided.post_url,
                live_at=decided.live_at,
                reason=decided.reason,
                due_at=decided.due_at or (now + _LOOK_AGAIN[publication.state] if stays else None),
            )
            if is_taken:
                halt_after(connection, publication, decided, now=now)
            if is_taken and decided.post_id and isinstance(publisher, Finisher):
                names = publisher.steps()
                steps_state.add(connection, publication.publication_id, names, now=now)


def _as_one(errors: list[ViralForgeError]) -> ViralForgeError:
    """All of them: to be tried again if that may help each of them."""
    if len(errors) == 1:
        return errors[0]
    may_help = all(isinstance(error, Transient) for error in errors)
    told = "; ".join(dict.fromkeys(str(error) for error in errors))
    return Transient(told) if may_help else Permanent(told)


def _platform(publication: Publication) -> str:
    return publication.channel_id.partition(":")[0]
