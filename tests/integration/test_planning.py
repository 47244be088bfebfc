"""Which posts a candidate's clips come to: rows of the outbox, for every channel that serves it."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests import builders
from tests.builders import CHANNEL, KEY, NOW, save_candidate, sha256
from tests.fakes.publisher import FakePublisher
from viral_forge_assets.outbox import PlannedPosts, plan_posts
from viral_forge_resources.contracts.errors import BadInput, NotPermitted, Permanent
from viral_forge_resources.contracts.experiments import TitleStyle
from viral_forge_resources.contracts.media import Transcript, TranscriptOrigin, Word
from viral_forge_resources.contracts.publishing import PublicationState, Publisher, TextLimits
from viral_forge_resources.contracts.records import CandidateStatus
from viral_forge_resources.state import approvals, candidates, channels, clips, publications, rights

_S = PublicationState
_SILENT = Transcript(words=(), origin=TranscriptOrigin.NO_MODEL, note="no model")


@pytest.fixture
def studio(state: sa.Engine) -> sa.Engine:
    """One candidate with a right to it and one checked clip; one channel serves its niche."""
    made_studio(state)
    return state


def made_studio(state: sa.Engine, *, channel_ids: tuple[str, ...] = (CHANNEL,)) -> None:
    save_candidate(state)
    with state.begin() as connection:
        rights.append(connection, builders.rights_record())
        for channel_id in channel_ids:
            publisher, _, name = channel_id.partition(":")
            channels.save(
                connection,
                builders.channel(channel_id=channel_id, publisher=publisher, name=name),
                now=NOW,
            )
    save_clip(state)


def save_clip(state: sa.Engine, *, number: int = 1, content: str = "clip") -> None:
    with state.begin() as connection:
        clips.record(
            connection,
            builders.clip(
                number=number, content_sha256=sha256(content), checks=(builders.check_result(),)
            ),
        )


def plan(
    state: sa.Engine,
    *,
    publishers: Mapping[str, Publisher] | None = None,
    requires_approval: bool = True,
    key: str = KEY,
    transcript: Transcript = _SILENT,
    title_style: TitleStyle | None = None,
) -> PlannedPosts:
    with state.begin() as connection:
        return plan_posts(
            connection,
            key,
            transcript=transcript,
            publishers={"folder": FakePublisher()} if publishers is None else publishers,
            requires_approval=requires_approval,
            title_style=title_style,
        )


def say(state: sa.Engine, *, is_approved: bool, content: str = "clip") -> None:
    with state.begin() as connection:
        approvals.record(
            connection,
            builders.approval(content_sha256=sha256(content), is_approved=is_approved),
        )


def states(planned: PlannedPosts) -> list[PublicationState]:
    return [row.state for row in planned.rows]


def test_a_clip_is_planned_for_its_channel_and_waits_for_approval(studio):
    planned = plan(studio)

    (row,) = planned.rows
    assert (planned.new, planned.clips, row.state) == (1, 1, _S.PLANNED)
    assert (row.channel_id, row.content_sha256) == (CHANNEL, sha256("clip"))
    assert row.text.title == "Pasta in five minutes"


def test_planning_twice_gives_the_same_rows(studio):
    first = plan(studio)
    second = plan(studio)

    assert second.new == 0
    assert second.rows == first.rows


def test_every_clip_is_planned_for_every_channel_of_the_niche(sqlite_state):
    made_studio(sqlite_state, channel_ids=("folder:main", "other:second"))
    save_clip(sqlite_state, number=2, content="second")
    publishers = {"folder": FakePublisher(), "other": FakePublisher()}

    planned = plan(sqlite_state, publishers=publishers)

    assert {(row.clip_number, row.channel_id) for row in planned.rows} == {
        (1, "folder:main"),
        (1, "other:second"),
        (2, "folder:main"),
        (2, "other:second"),
    }
    assert planned.new == 4


def test_clips_that_need_no_approval_are_approved_at_once(studio):
    assert states(plan(studio, requires_approval=False)) == [_S.APPROVED]


def test_bytes_that_were_approved_before_need_no_second_yes(studio):
    say(studio, is_approved=True)

    assert states(plan(studio)) == [_S.APPROVED]


def test_a_yes_to_a_clip_is_none_to_the_clip_rendered_anew(studio):
    say(studio, is_approved=True)
    plan(studio)
    save_clip(studio, content="anew")

    planned = plan(studio)

    assert {row.content_sha256: row.state for row in planned.rows} == {
        sha256("clip"): _S.WITHDRAWN,
        sha256("anew"): _S.PLANNED,
    }


@pytest.mark.parametrize("requires_approval", [True, False])
def test_a_clip_that_a_person_said_no_to_is_not_planned(studio, requires_approval):
    say(studio, is_approved=False)

    planned = plan(studio, requires_approval=requires_approval)

    assert (planned.rows, planned.new, planned.clips) == ((), 0, 1)


def test_a_no_to_one_clip_leaves_the_other_planned(sqlite_state):
    made_studio(sqlite_state)
    save_clip(sqlite_state, number=2, content="second")
    say(sqlite_state, is_approved=False)

    assert [row.clip_number for row in plan(sqlite_state).rows] == [2]


def test_a_clip_that_may_be_live_is_not_planned_again_when_rendered_anew(studio):
    say(studio, is_approved=True)
    (row,) = plan(studio).rows
    with studio.begin() as connection:
        publications.claim(
            connection,
            row.publication_id,
            claimed_by="run-1",
            lease=timedelta(minutes=30),
            now=row.due_at,
        )
    save_clip(studio, content="anew")

    planned = plan(studio)

    assert (planned.new, states(planned)) == (0, [_S.SUBMITTING])


def test_a_niche_without_a_channel_is_told_how_to_get_one(sqlite_state):
    made_studio(sqlite_state, channel_ids=())

    with pytest.raises(BadInput, match=r"'cooking': has no channel .*viral-forge channel add"):
        plan(sqlite_state)


def test_a_channel_whose_publisher_is_not_enabled_stops_no_other(sqlite_state):
    made_studio(sqlite_state, channel_ids=("folder:main", "absent:second"))

    planned = plan(sqlite_state)

    assert [row.channel_id for row in planned.rows] == ["folder:main"]
    assert "'absent', which is not enabled" in planned.left_out["absent:second"]


def test_a_channel_whose_publisher_is_not_enabled_is_named(studio):
    with pytest.raises(BadInput, match=r"'folder:main': needs the publisher 'folder'") as told:
        plan(studio, publishers={})

    assert told.value.remedy == "Add it to VIRAL_FORGE_PUBLISHERS."


def test_nothing_is_planned_without_a_right(studio):
    with studio.begin() as connection:
        rights.revoke(connection, "right-1", now=NOW)

    with pytest.raises(NotPermitted, match=r"may not be posted: the right .* viral-forge rights"):
        plan(studio)


def test_the_attribution_that_is_owed_is_in_the_post(sqlite_state):
    made_studio(sqlite_state)
    _owe_an_attribution(sqlite_state)

    (row,) = plan(sqlite_state).rows

    assert row.text.attribution is not None
    assert "Bob" in row.text.attribution
    assert row.text.attribution in row.text.description


def _owe_an_attribution(state: sa.Engine) -> None:
    with state.begin() as connection:
        rights.revoke(connection, "right-1", now=NOW)
        owed = builders.rights_record(
            rights_id="right-2", licence="CC-BY-4.0", holder="Bob", recorded_at=NOW
        )
        rights.append(connection, owed)


def test_a_platform_too_small_for_what_is_owed_stands_in_no_others_way(sqlite_state):
    made_studio(sqlite_state, channel_ids=("folder:main", "small:second"))
    _owe_an_attribution(sqlite_state)
    small = FakePublisher(limits=TextLimits(max_description=10))

    planned = plan(sqlite_state, publishers={"folder": FakePublisher(), "small": small})

    assert [row.channel_id for row in planned.rows] == ["folder:main"]
    assert "too few for the attribution" in planned.left_out["small:second"]


def test_where_no_platform_has_room_for_what_is_owed_nothing_is_planned(sqlite_state):
    made_studio(sqlite_state)
    _owe_an_attribution(sqlite_state)
    small = FakePublisher(limits=TextLimits(max_description=10))
    with pytest.raises(Permanent, match="too few for the attribution"):
        plan(sqlite_state, publishers={"folder": small})


def test_a_candidate_without_a_clip_is_told_what_makes_one(sqlite_state):
    made_studio(sqlite_state)
    with sqlite_state.begin() as connection:
        connection.execute(sa.text("DELETE FROM clips"))

    with pytest.raises(BadInput, match=f"'{KEY}': has no clip. Materialize rendered_clips"):
        plan(sqlite_state)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("cooking:inbox:nosuch", "names no candidate"), ("cooking", "is not a candidate's partition")],
)
def test_a_partition_that_was_typed_by_hand_is_refused(sqlite_state, typed, reason):
    made_studio(sqlite_state)

    with pytest.raises(BadInput, match=reason):
        plan(sqlite_state, key=typed)


def test_a_failed_candidate_whose_clips_were_made_is_no_longer_failed(sqlite_state):
    made_studio(sqlite_state)
    with sqlite_state.begin() as connection:
        candidates.set_status(connection, KEY, CandidateStatus.FAILED, reason="why", now=NOW)

    plan(sqlite_state)

    with sqlite_state.connect() as connection:
        row = candidates.get(connection, KEY)
    assert row is not None
    assert (row.status, row.remedy) == (CandidateStatus.SHORTLISTED, None)


def _spoken(text: str) -> Transcript:
    words = tuple(
        Word(text=word, start_s=place, end_s=place + 0.5) for place, word in enumerate(text.split())
    )
    return Transcript(words=words, origin=TranscriptOrigin.SUBTITLES, language="en")


def test_a_title_does_what_was_dealt_and_another_deal_gives_no_second_post(studio):
    asked = _spoken("Boil it. Why does salt come last? Taste it now.")
    (row,) = plan(studio, transcript=asked, title_style=TitleStyle.QUESTION).rows
    assert (row.text.title, row.text.title_style) == ("Why does salt come last?", "question")
    again = plan(studio, transcript=asked, title_style=TitleStyle.QUOTE)
    assert (again.new, again.rows) == (0, (row,))


def test_where_nothing_is_asked_the_title_is_as_usual_and_says_so(studio):
    told = _spoken("Boil the water first. Then add salt to it.")
    (row,) = plan(studio, transcript=told, title_style=TitleStyle.QUESTION).rows
    assert (row.text.title, row.text.title_style) == ("Pasta in five minutes", None)
