"""Posts that are to be seen no more: found by what they were made of, taken down, on record."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import dagster as dg
import pytest
import sqlalchemy as sa

from sensors.publications import open_takedowns_sensor
from tests import builders
from tests.builders import CHANNEL, KEY, NOW, save_publication, sha256
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.retracting import (
    Complaint,
    Reach,
    Retracting,
    confirm_by_hand,
    raise_complaint,
)
from viral_forge_assets.takedowns import takedowns
from viral_forge_resources.contracts.errors import (
    BadInput,
    NotFound,
    NotSupported,
    RateLimited,
    Unreachable,
    ViralForgeError,
)
from viral_forge_resources.contracts.publishing import Publication, PublicationState, Publisher
from viral_forge_resources.contracts.records import Material
from viral_forge_resources.contracts.retraction import Retraction, RetractionState, Takedown
from viral_forge_resources.state import (
    approvals,
    candidates,
    clips,
    publications,
    retractions,
    rights,
)

_S = PublicationState
_MINUTE = timedelta(minutes=1)


@dataclass(kw_only=True)
class RetractingPublisher(FakePublisher):
    """A platform that lets us take posts down.

    Attributes:
        refusals: one for each try to come, until they are used up.
    """

    refusals: list[ViralForgeError] = field(default_factory=list)
    taken_down: list[str] = field(default_factory=list)

    def retract(self, publication: Publication, *, channel: str) -> Takedown:
        if self.refusals:
            raise self.refusals.pop(0)
        self.taken_down.append(publication.publication_id)
        return Takedown.HIDDEN


def live(
    state: sa.Engine, key: str = KEY, *, reached: PublicationState = _S.PUBLISHED
) -> Publication:
    """A post of a clip of that candidate, made by right of the ledger."""
    platform_video_id = key.split(":")[2]
    row = save_publication(state, candidate_key=key, content_sha256=sha256(key))
    with state.begin() as connection:
        rights.append(
            connection,
            builders.rights_record(
                rights_id=f"right-{key}", platform_video_id=platform_video_id, holder="Ada"
            ),
        )
        clips.record(connection, builders.clip(candidate_key=key, content_sha256=sha256(key)))
        publications.approve(connection, row.content_sha256, now=NOW)
        if reached is not _S.APPROVED:
            assert publications.claim(
                connection, row.publication_id, claimed_by="run", lease=_MINUTE, now=NOW
            )
            publications.settle(
                connection,
                row.publication_id,
                reached,
                expected=_S.SUBMITTING,
                now=NOW,
                post_id="p1",
                post_url="https://video.example/p1",
            )
    return row


def complain(state: sa.Engine, **about: tuple[str, ...]) -> Reach:
    with state.begin() as connection:
        return raise_complaint(
            connection, Complaint(why="the author asked", asked_by="ada", **about), now=NOW
        )


def work(state: sa.Engine, publisher: Publisher, *, after: timedelta = timedelta()) -> int:
    return Retracting(
        state=state, publishers={"folder": publisher}, clock=lambda: NOW + after
    ).work()


def post_state(state: sa.Engine, row: Publication) -> PublicationState:
    with state.connect() as connection:
        found = publications.get(connection, row.publication_id)
    assert found is not None
    return found.state


def takedown_of(state: sa.Engine, row: Publication) -> Retraction:
    with state.connect() as connection:
        found = retractions.get(connection, row.publication_id)
    assert found is not None
    return found


def test_a_post_is_taken_down_by_its_platform_and_the_time_is_on_record(state):
    row, platform = live(state), RetractingPublisher()
    reach = complain(state, sources=(KEY,))
    assert [post.publication_id for post in reach.to_take_down] == [row.publication_id]
    assert work(state, platform, after=_MINUTE) == 1
    assert platform.taken_down == [row.publication_id]
    assert post_state(state, row) is _S.RETRACTED
    done = takedown_of(state, row)
    assert (done.state, done.done_at) == (RetractionState.DONE, NOW + _MINUTE)


def test_what_is_down_is_not_asked_for_again(state):
    live(state)
    platform = RetractingPublisher()
    complain(state, sources=(KEY,))
    work(state, platform)
    complain(state, sources=(KEY,))
    assert work(state, platform, after=_MINUTE) == 0
    assert len(platform.taken_down) == 1


def test_where_no_machine_can_take_it_down_a_task_with_its_address_stands(state):
    row = live(state)
    complain(state, sources=(KEY,))
    work(state, FakePublisher())
    with state.begin() as connection:
        (task,) = retractions.listed(connection, limit=10)
        assert (task.state, task.post_url) == (RetractionState.BY_HAND, "https://video.example/p1")
        confirm_by_hand(connection, row.publication_id, confirmed_by="ada", now=NOW)
    assert post_state(state, row) is _S.RETRACTED
    assert takedown_of(state, row).outcome == "ada took it down"


def test_a_platform_that_refuses_leaves_a_task_that_says_why(state):
    row = live(state)
    complain(state, sources=(KEY,))
    work(state, RetractingPublisher(refusals=[NotSupported("posts of this account stay")]))
    task = takedown_of(state, row)
    assert task.state is RetractionState.BY_HAND
    assert "posts of this account stay" in (task.outcome or "")


def test_a_platform_that_does_not_answer_is_asked_again_when_it_says(state):
    row = live(state)
    wait = timedelta(minutes=3)
    platform = RetractingPublisher(refusals=[RateLimited("slow down", retry_after=wait)])
    complain(state, sources=(KEY,))
    work(state, platform)
    assert work(state, platform, after=wait - _MINUTE) == 0
    assert work(state, platform, after=wait) == 1
    assert post_state(state, row) is _S.RETRACTED


def test_a_platform_that_never_answers_leaves_a_task_in_the_end(sqlite_state):
    row = live(sqlite_state)
    platform = RetractingPublisher(refusals=[Unreachable("no answer")] * 30)
    complain(sqlite_state, sources=(KEY,))
    tried = sum(work(sqlite_state, platform, after=timedelta(hours=hours)) for hours in range(30))
    assert tried == 20
    assert takedown_of(sqlite_state, row).state is RetractionState.BY_HAND
    assert post_state(sqlite_state, row) is _S.PUBLISHED


def test_a_post_whose_end_is_open_is_waited_for(state):
    row = live(state, reached=_S.UNKNOWN)
    complain(state, sources=(KEY,))
    work(state, RetractingPublisher())
    assert takedown_of(state, row).state is RetractionState.OPEN
    with state.begin() as connection:
        publications.settle(
            connection, row.publication_id, _S.PUBLISHED, expected=_S.UNKNOWN, now=NOW
        )
    work(state, RetractingPublisher(), after=timedelta(hours=1))
    assert post_state(state, row) is _S.RETRACTED


def test_planned_posts_of_a_source_are_withdrawn_and_its_rights_end(state):
    row = live(state, reached=_S.APPROVED)
    reach = complain(state, sources=(KEY,))
    assert (reach.frozen, reach.withdrawn, reach.to_take_down) == ((KEY,), 1, ())
    assert post_state(state, row) is _S.WITHDRAWN
    with state.connect() as connection:
        assert all(
            record.revoked_at == NOW
            for record in rights.of_video(connection, "inbox", "pasta-1a2b3c4d")
        )


def test_every_niches_posts_of_one_video_are_found(state):
    rows = [live(state, key) for key in ("cooking:inbox:soup", "home:inbox:soup")]
    reach = complain(state, sources=("home:inbox:soup",))
    assert {post.publication_id for post in reach.to_take_down} == {
        row.publication_id for row in rows
    }


def test_a_rights_holder_is_found_by_name_in_the_ledger(state):
    row = live(state)
    reach = complain(state, holders=("ADA ",))
    assert [post.publication_id for post in reach.to_take_down] == [row.publication_id]


def test_a_clip_that_holds_a_holders_music_is_found(state):
    row = live(state)
    tune = Material(role="music", platform="music", platform_video_id="tune-1", title="Tune")
    with state.begin() as connection:
        (clip,) = clips.of_candidate(connection, KEY)
        clips.record(connection, replace(clip, materials=(tune,)))
        rights.append(
            connection,
            builders.rights_record(
                rights_id="right-tune", platform="music", platform_video_id="tune-1", holder="Bob"
            ),
        )
    reach = complain(state, holders=("Bob",))
    assert [post.publication_id for post in reach.to_take_down] == [row.publication_id]
    assert reach.frozen == ()  # the candidate may be made again without the music


def test_a_clip_that_is_named_is_taken_down_and_never_approved_again(state):
    row = live(state)
    complain(state, clips=(row.content_sha256[:12],))
    work(state, RetractingPublisher())
    assert post_state(state, row) is _S.RETRACTED
    with state.connect() as connection:
        said = approvals.current(connection, row.content_sha256)
        candidate = candidates.get(connection, KEY)
    assert said is not None
    assert not said.is_approved
    assert candidate is not None
    assert candidate.status.value == "shortlisted"


def test_a_complaint_about_nothing_or_nobody_is_refused_and_changes_nothing(state):
    row = live(state)
    with pytest.raises(BadInput):
        complain(state)
    with pytest.raises(BadInput, match="Nobody"):
        complain(state, sources=(KEY,), holders=("Nobody",))
    assert post_state(state, row) is _S.PUBLISHED
    with state.begin() as connection:
        assert retractions.listed(connection, limit=10) == ()
        with pytest.raises(NotFound):
            confirm_by_hand(connection, "no-such-post", confirmed_by="ada", now=NOW)


def test_the_asset_takes_down_what_it_is_told_and_shows_it(sqlite_state):
    row, platform = live(sqlite_state), RetractingPublisher()
    made = dg.materialize(
        [takedowns],
        resources={"state": sqlite_state, "publishers": {"folder": platform}},
        run_config={
            "ops": {"publication__takedowns": {"config": {"sources": [KEY], "why": "asked"}}}
        },
    )
    (event,) = made.asset_materializations_for_node("publication__takedowns")
    assert platform.taken_down == [row.publication_id]
    assert CHANNEL in str(event.metadata["posts"].value)
    assert event.metadata["tasks"].value == 0


def test_the_sensor_asks_once_for_what_is_due(sqlite_state):
    live(sqlite_state)
    with dg.DagsterInstance.ephemeral() as instance:
        assert isinstance(_tick(instance, sqlite_state), dg.SkipReason)
        complain(sqlite_state, sources=(KEY,))
        first, again = _tick(instance, sqlite_state), _tick(instance, sqlite_state)
    assert isinstance(first, dg.SensorResult)
    assert isinstance(again, dg.SensorResult)
    keys = [[request.run_key for request in each.run_requests or ()] for each in (first, again)]
    assert keys[0] == keys[1]
    assert len(keys[0]) == 1


def _tick(instance: dg.DagsterInstance, state: sa.Engine) -> object:
    with dg.build_sensor_context(instance=instance, resources={"state": state}) as context:
        return open_takedowns_sensor(context)
