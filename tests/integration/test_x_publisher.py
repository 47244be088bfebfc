"""What X is told of a post, and what becomes of what it says."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.posts import post_in
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from tests.platforms.x_uploads import XUploads
from viral_forge_resources.contracts.errors import (
    AccountRestricted,
    Misconfigured,
    OutcomeUnknown,
    OverBudget,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Picture,
    Post,
    Published,
)
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.x import Settings, XPublisher


@pytest.fixture
def platform() -> XUploads:
    return XUploads()


@pytest.fixture
def tools(platform: XUploads) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened:
        yield opened


@pytest.fixture
def publisher(tools: PublishTools) -> XPublisher:
    return XPublisher(Settings(), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return post_in(tmp_path)


def test_a_post_says_what_viewers_must_be_told(publisher, platform, post):
    told = Disclosure(is_synthetic=True, is_paid=True)
    live = publisher.submit(replace(post, disclosure=told), FakeSession())
    (made,) = platform.made
    assert live == Published(post_id=made.post_id, url=f"https://x.com/i/web/status/{made.post_id}")
    assert made.body == {
        "text": "Three knots\n\nThat hold.\n\n#sailing #knots",
        "media": {"media_ids": [made.media.media_id]},
        "made_with_ai": True,
        "paid_partnership": True,
    }


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 141.0}, "140 s"),
        ({"duration_s": 0.4}, "0.5"),
        ({"picture": Picture(width_px=1, height_px=1, fps=Fraction(120))}, "60 pictures"),
        ({"text": post_text(description="\u65e5" * 140)}, "weigh"),
        ({"text": post_text(description="By A, https://example.com/a")}, "$0.20"),
    ],
)
def test_what_x_would_refuse_is_known_beforehand(publisher, platform, post, changes, problem):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


def test_a_link_is_sent_where_its_price_was_agreed_to(tools, platform, post):
    text = post_text(title="Knots", description="By A, https://example.com/a")
    paying = XPublisher(Settings(pays_for_links=True), tools)
    paying.submit(replace(post, text=text), FakeSession())
    assert "https://example.com/a" in platform.made[0].body["text"]


def test_hashtags_that_do_not_fit_are_left_out(publisher, platform, post):
    words = post_text(title="t" * 70, description="d" * 195, tags=("one", "two", "three"))
    publisher.submit(replace(post, text=words), FakeSession())
    assert platform.made[0].body["text"].endswith("\n\n#one #two")


def test_a_video_that_is_worked_on_is_waited_for_as_long_as_x_asks(publisher, platform, post):
    platform.looks_needed = 2
    session = FakeSession()
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            publisher.submit(post, session)
        assert caught.value.retry_after == timedelta(seconds=5)
        assert platform.posts() == []
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.media) == 1


def test_a_video_that_x_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "file is currently unsupported"
    with pytest.raises(Rejected, match="currently unsupported"):
        publisher.submit(post, FakeSession())
    assert platform.posts() == []


def test_a_lost_answer_is_looked_up_by_the_video(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, None, None, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    found = publisher.find(row, channel="main", saved=session.saved)
    assert found == Published(
        post_id=platform.made[0].post_id,
        url=f"https://x.com/i/web/status/{platform.made[0].post_id}",
    )


def test_what_x_shows_of_our_own_is_paid_for_by_what_it_shows(publisher, tools, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, None, None, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    publisher.find(row, channel="main", saved=session.saved)
    whose = ("own_reads", 1, 1)
    assert tools.till.taken == [whose, whose, ("own_reads", 100, 1)]
    platform.counts = {"post.public_metrics": {"like_count": 1}, "media.public_metrics": {}}
    live = replace(row, post_id=platform.made[0].post_id, channel_id="x:main")
    publisher.read((live, replace(live, publication_id="gone", post_id="404")))
    assert tools.till.taken[3:] == [("own_reads", 2, 1)]


def test_a_clear_no_of_x_costs_nothing(publisher, tools, platform, post):
    platform.faults.append(Fault.SLOW_DOWN)
    with pytest.raises(RateLimited):
        publisher.read((replace(publication(), channel_id="x:main", post_id="1"),))
    assert {took for _, _, took in tools.till.taken} == {0}


def test_over_budget_nothing_is_read_and_a_lost_post_stays_unknown(
    publisher, tools, platform, post
):
    session = FakeSession()
    platform.faults.extend([None, None, None, None, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    tools.till.is_empty = True
    asked = len(platform.calls)
    with pytest.raises(OverBudget):
        publisher.find(
            publication(content_sha256=post.content_sha256), channel="main", saved=session.saved
        )
    assert len(platform.calls) == asked


def test_a_post_that_shows_late_is_not_made_twice(publisher, platform, post):
    platform.lag, platform.stops_doubles = timedelta(minutes=5), False
    session = FakeSession()
    platform.faults.extend([None, None, None, None, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    with pytest.raises(Unreachable, match="about to show"):
        publisher.find(row, channel="main", saved=session.saved)
    platform.wait(timedelta(minutes=6))
    assert isinstance(publisher.find(row, channel="main", saved=session.saved), Published)
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.made) == 1


def test_a_post_that_x_knows_and_does_not_show_is_for_a_person(publisher, platform, post):
    platform.lag = timedelta(days=1)
    session = FakeSession()
    platform.faults.extend([None, None, None, None, Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT
    with pytest.raises(OutcomeUnknown, match="may have been made then"):
        publisher.submit(post, session)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE
    assert len(platform.made) == 1


@pytest.mark.parametrize(
    ("refusal", "error"),
    [
        ((402, "CreditsDepleted"), Misconfigured),
        ((403, "Your account is suspended"), AccountRestricted),
        ((403, "You are not allowed to create a Tweet with duplicate content."), Rejected),
        ((429, "Too Many Requests"), RateLimited),
        ((500, "Internal Server Error"), OutcomeUnknown),
    ],
)
def test_refusals_end_as_what_they_are(publisher, platform, post, refusal, error):
    platform.refuses_with = refusal
    with pytest.raises(error):
        publisher.submit(post, FakeSession())


def test_another_account_than_was_connected_gets_no_video(publisher, tools, platform, post):
    tools.accounts.opens["x:main"] = "x:other"
    with pytest.raises(ReauthorisationNeeded, match="another account"):
        publisher.submit(post, FakeSession())
    assert platform.media == []


def test_a_video_that_x_is_about_to_forget_is_sent_anew(publisher, platform, post):
    session = FakeSession()
    platform.refuses_with = (429, "Too Many Requests")
    with pytest.raises(RateLimited):
        publisher.submit(post, session)
    platform.refuses_with = None
    platform.wait(timedelta(hours=24))
    publisher.submit(post, session)
    assert len(platform.media) == 2
    assert len(platform.made) == 1


def test_a_broken_segment_is_sent_again_and_the_others_are_not(publisher, platform, post):
    clip = bytes(range(250)) * 10_000
    post.video.write_bytes(clip)
    digest = hashlib.sha256(clip).hexdigest()
    platform.faults.extend([None, None, None, Fault.CUT])
    changed: dict[str, Any] = {"content_sha256": digest}
    publisher.submit(replace(post, **changed), FakeSession())
    assert platform.calls.count("media/upload/N/append") == 3
    assert platform.posts() == [("account-main", clip)]
