"""What Pinterest is told of a pin, and what becomes of what it says."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.pinterest_uploads import PinterestUploads
from tests.platforms.posts import CLIP, post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Post,
    Publication,
    Published,
)
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.pinterest import PinterestPublisher, Settings

_AT_THE_PIN = [None, None, None, None]


@pytest.fixture
def platform() -> PinterestUploads:
    return PinterestUploads()


@pytest.fixture
def tools(platform: PinterestUploads) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened:
        yield opened


@pytest.fixture
def publisher(tools: PublishTools) -> PinterestPublisher:
    return PinterestPublisher(Settings(board_id="11"), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return post_in(tmp_path)


@pytest.fixture
def row(post: Post) -> Publication:
    return replace(publication(content_sha256=post.content_sha256), text=post.text)


def test_a_pin_has_a_cover_and_says_that_it_holds_ais_work(publisher, platform, post):
    told = Disclosure(is_synthetic=True, is_paid=True)
    live = publisher.submit(replace(post, disclosure=told), FakeSession())
    (made,) = platform.made
    assert (live.post_id, live.url) == (
        made.pin_id,
        f"https://www.pinterest.com/pin/{made.pin_id}/",
    )
    assert "label on the post itself" in str(live.note)
    assert made.body == {
        "board_id": "11",
        "title": "Three knots",
        "description": "That hold.\n\n#sailing #knots\n\nMade with AI.",
        "alt_text": "Three knots",
        "media_source": {
            "source_type": "video_id",
            "media_id": made.media.media_id,
            "cover_image_key_frame_time": 1,
        },
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 3.0}, "4 to 900 s"),
        ({"text": post_text(title="t" * 101)}, "title"),
        ({"text": post_text(description="d" * 801)}, "description"),
    ],
)
def test_what_pinterest_would_refuse_is_known_beforehand(
    publisher, platform, post, changes, problem
):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


def test_a_channel_without_a_board_waits_for_a_person(tools, platform, post):
    publisher = PinterestPublisher(Settings(boards={"others": "11"}), tools)
    with pytest.raises(Misconfigured, match="PINTEREST_BOARD_ID"):
        publisher.submit(post, FakeSession())
    assert platform.calls == []


def test_a_channel_may_have_a_board_of_its_own(tools, platform, post):
    publisher = PinterestPublisher(Settings(board_id="99", boards={"main": "11"}), tools)
    publisher.submit(post, FakeSession())
    assert platform.made[0].body["board_id"] == "11"


def test_a_board_that_is_not_there_waits_for_a_person(tools, platform, post):
    publisher = PinterestPublisher(Settings(board_id="99"), tools)
    with pytest.raises(Misconfigured, match="Board not found"):
        publisher.submit(post, FakeSession())
    assert platform.made == []


def test_a_video_that_is_worked_on_is_waited_for(publisher, platform, post):
    platform.looks_needed = 2
    session = FakeSession()
    for _ in range(2):
        with pytest.raises(RateLimited):
            publisher.submit(post, session)
        assert platform.posts() == []
    assert isinstance(publisher.submit(post, session), Published)
    assert platform.calls.count("/storage/") == 1
    assert platform.posts() == [("account-main", CLIP)]


def test_a_video_that_pinterest_cannot_use_is_rejected(publisher, platform, post):
    platform.fails = True
    with pytest.raises(Rejected, match="cannot use"):
        publisher.submit(post, FakeSession())


def test_a_form_that_ended_is_asked_for_anew(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, Fault.DOWN])
    with pytest.raises(Unreachable):
        publisher.submit(post, session)
    platform.wait(timedelta(hours=2))
    with pytest.raises(Unreachable, match="403"):
        publisher.submit(post, session)
    publisher.submit(post, session)
    assert [bool(media.content) for media in platform.media] == [False, True]


def test_a_lost_answer_is_looked_up_on_the_board(publisher, platform, post, row):
    session = FakeSession()
    others = [FakeSession() for _ in range(3)]
    for number, other in enumerate(others):
        words = post_text(title=f"Knot {number}")
        publisher.submit(replace(post, text=words), other)
    platform.faults.extend([*_AT_THE_PIN, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    found = publisher.find(row, channel="main", saved=session.saved)
    assert isinstance(found, Published)
    assert found.post_id == platform.made[3].pin_id


def test_an_older_pin_with_the_same_words_is_not_taken_for_it(publisher, platform, post, row):
    publisher.submit(post, FakeSession())
    platform.wait(timedelta(days=1))
    session = FakeSession()
    platform.faults.extend([*_AT_THE_PIN, Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    with pytest.raises(Unreachable, match="about to show"):
        publisher.find(row, channel="main", saved=session.saved)
    platform.wait(timedelta(minutes=16))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT
    publisher.submit(post, session)
    assert len(platform.made) == 2


def test_two_pins_with_these_words_are_for_a_person(publisher, platform, post, row):
    session = FakeSession()
    platform.faults.extend([*_AT_THE_PIN, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    publisher.submit(post, FakeSession())
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    assert len(platform.made) == 2


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((400, "Invalid pin"), Rejected),
        ((403, "You have been blocked for spam"), AccountRestricted),
        ((403, "Not authorized to access board or Pin."), ReauthorisationNeeded),
        ((429, "Too many"), RateLimited),
        ((500, "Unexpected"), OutcomeUnknown),
    ],
)
def test_refusals_end_as_what_they_are(publisher, platform, post, refusal, error):
    platform.refuses_with = refusal
    with pytest.raises(error):
        publisher.submit(post, FakeSession())


def test_another_account_than_was_connected_gets_no_video(publisher, tools, platform, post):
    tools.accounts.opens["pinterest:main"] = "pinterest:other"
    with pytest.raises(ReauthorisationNeeded, match="another account"):
        publisher.submit(post, FakeSession())
    assert platform.media == []
