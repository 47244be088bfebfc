"""What LinkedIn is told of a post, and what becomes of what it says."""

import itertools
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.grounds.publishers.linkedin import opened
from tests.platforms.linkedin_uploads import LinkedinUploads
from tests.platforms.posts import CLIP, post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from tests.publishing_desk import DeskMaker, PublishingDesk
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
    PublicationState,
    Published,
)
from viral_forge_resources.publishers._linkedin_words import escaped
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.linkedin import LinkedinPublisher, Settings

_AT_THE_POST = [None] * 5


@pytest.fixture
def platform() -> LinkedinUploads:
    return LinkedinUploads()


@pytest.fixture
def tools(platform: LinkedinUploads) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened_tools:
        yield opened_tools


@pytest.fixture
def publisher(tools: PublishTools) -> LinkedinPublisher:
    return LinkedinPublisher(Settings(smallest_bytes=1), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return post_in(tmp_path)


@pytest.fixture
def row(post: Post) -> Publication:
    return publication(content_sha256=post.content_sha256)


def _lost(publisher: LinkedinPublisher, platform: LinkedinUploads, post: Post) -> FakeSession:
    session = FakeSession()
    platform.faults.extend([*_AT_THE_POST, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    return session


def test_a_post_is_public_and_says_that_it_holds_ais_work(publisher, platform, post):
    told = Disclosure(is_synthetic=True, is_paid=True)
    live = publisher.submit(replace(post, disclosure=told), FakeSession())
    (made,) = platform.made
    assert live.url == f"https://www.linkedin.com/feed/update/{made.urn}/"
    assert "label on the post itself" in str(live.note)
    assert made.body["commentary"] == (
        "Three knots\n\nThat hold.\n\n"
        r"{hashtag|\#|sailing} {hashtag|\#|knots}"
        "\n\nMade with AI."
    )
    assert made.body["content"] == {"media": {"title": "Three knots", "id": made.video.urn}}
    assert made.body["visibility"] == "PUBLIC"


def test_reserved_characters_do_not_cut_a_post_off(publisher, platform, post):
    text = post_text(title=r"a\b (c) [d] {e} <f>", description="@g #h *i* _j_ ~k~ |l|")
    publisher.submit(replace(post, text=text), FakeSession())
    assert platform.made[0].body["commentary"].startswith(r"a\\b \(c\) \[d\] \{e\} \<f\>")
    assert escaped("@g #h *i* _j_ ~k~ |l|") == r"\@g \#h \*i\* \_j\_ \~k\~ \|l\|"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 2.9}, "3 to 1800 s"),
        ({"text": post_text(description="(" * 1_500)}, "3,000"),
    ],
)
def test_what_linkedin_would_refuse_is_known_beforehand(
    publisher, platform, post, changes, problem
):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


def test_a_file_below_75_000_bytes_is_not_sent(tools, post):
    assert "75,000" in LinkedinPublisher(Settings(), tools).problems(post)[0]


def test_a_version_that_linkedin_let_go_names_the_setting(publisher, platform, post):
    platform.versions = ["202702"]
    with pytest.raises(Misconfigured, match="LINKEDIN_API_VERSION"):
        publisher.submit(post, FakeSession())
    assert platform.posts() == []


def test_a_version_that_ends_soon_is_told(tools, platform, post):
    platform.versions = ["202512"]
    old = LinkedinPublisher(Settings(smallest_bytes=1, api_version="202512"), tools)
    assert "ends soon" in str(old.submit(post, FakeSession()).note)


def test_a_video_that_is_worked_on_is_waited_for(publisher, platform, post):
    platform.looks_needed = 2
    session = FakeSession()
    for _ in range(2):
        with pytest.raises(RateLimited):
            publisher.submit(post, session)
        assert platform.posts() == []
    assert isinstance(publisher.submit(post, session), Published)
    assert platform.posts() == [("account-main", CLIP)]


def test_a_video_that_linkedin_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "VIDEO_TOO_SHORT"
    with pytest.raises(Rejected, match="VIDEO_TOO_SHORT"):
        publisher.submit(post, FakeSession())


def test_parts_that_arrived_are_not_sent_again(publisher, platform, post, tmp_path):
    large = replace(post_in(tmp_path, bytes(range(250)) * 10_000), text=post.text)
    session = FakeSession()
    platform.faults.extend([None, None, None, Fault.DOWN])
    with pytest.raises(Unreachable):
        publisher.submit(large, session)
    publisher.submit(large, session)
    parts = [name for name in platform.calls if name not in {"posts", "videos", "userinfo"}]
    assert parts == ["initializeUpload", "0", "0", "0", "finalizeUpload"]


def test_an_address_that_ended_is_asked_for_anew(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, Fault.DOWN])
    with pytest.raises(Unreachable):
        publisher.submit(post, session)
    platform.wait(timedelta(days=2))
    with pytest.raises(Unreachable, match="403"):
        publisher.submit(post, session)
    publisher.submit(post, session)
    assert [video.is_ended for video in platform.videos] == [False, True]


def test_where_posts_may_be_read_a_lost_answer_is_looked_up(publisher, platform, post, row):
    platform.may_read = True
    session = _lost(publisher, platform, post)
    found = publisher.find(row, channel="main", saved=session.saved)
    assert isinstance(found, Published)
    assert found.post_id == platform.made[0].urn
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.made) == 1


def test_where_posts_may_not_be_read_a_person_is_asked(publisher, platform, post, row):
    session = _lost(publisher, platform, post)
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE
    assert len(platform.made) == 1


def test_a_double_that_does_not_show_is_for_a_person(publisher, platform, post, row):
    platform.may_read = platform.stops_doubles = platform.hides = True
    session = _lost(publisher, platform, post)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT
    with pytest.raises(OutcomeUnknown, match="is a duplicate of"):
        publisher.submit(post, session)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE
    assert len(platform.made) == 1


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((403, "ACCESS_DENIED", "Your account is restricted"), AccountRestricted),
        ((403, "ACCESS_DENIED", "Not enough permissions"), ReauthorisationNeeded),
        ((422, "DUPLICATE_POST", "Content is a duplicate of urn:li:share:1"), Rejected),
        ((429, "TOO_MANY_REQUESTS", "throttled"), RateLimited),
        ((500, "INTERNAL", "Internal"), OutcomeUnknown),
    ],
)
def test_refusals_end_as_what_they_are(publisher, platform, post, refusal, error):
    platform.refuses_with = refusal
    with pytest.raises(error):
        publisher.submit(post, FakeSession())


def test_another_account_than_was_connected_gets_no_video(publisher, tools, platform, post):
    tools.accounts.opens["linkedin:main"] = "linkedin:other"
    with pytest.raises(ReauthorisationNeeded, match="another account"):
        publisher.submit(post, FakeSession())
    assert platform.videos == []


def _settled(maker: DeskMaker, faults: list[Fault | None]) -> PublishingDesk:
    platform = LinkedinUploads()
    with emulated_tools(platform) as tools:
        desk = maker.desk(platform, opened(tools))
        desk.settle(faults)
    return desk


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name.lower())
def test_an_app_that_may_not_read_posts_once_or_asks_a_person(fault, sqlite_template, tmp_path):
    maker = DeskMaker(sqlite_template, tmp_path, "linkedin")
    asked = set()
    for place in itertools.count():
        desk = _settled(maker, [None] * place + [fault])
        row = desk.row()
        if row.state is PublicationState.PUBLISHED:
            assert len(desk.platform.posts()) == 1
        else:
            assert row.state is PublicationState.UNKNOWN
            assert row.reason
            assert len(desk.platform.posts()) <= 1
            asked.add(place)
        if desk.platform.faults:
            break
    assert asked <= {len(_AT_THE_POST)}  # before that request nobody has to be asked
