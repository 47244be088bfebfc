"""What Instagram is told of a Reel, and what becomes of what it says."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.instagram_uploads import InstagramUploads
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import EmulatedAccounts, Fault
from viral_forge_resources.contracts.errors import (
    OutcomeUnknown,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import Disclosure, Lookup, Post, Published
from viral_forge_resources.publishers.instagram import InstagramPublisher, Settings, open_plugin

_CLIP = bytes(range(256)) * 4
_LIVE = Published(post_id="17900001", url="https://www.instagram.com/reel/17900001/")
_UNTIL_PUBLISH = 5  # container, bytes, status, limit, publication


@pytest.fixture
def platform() -> InstagramUploads:
    return InstagramUploads()


@pytest.fixture
def publisher(platform: InstagramUploads) -> Generator[InstagramPublisher]:
    with emulated_tools(platform) as tools:
        yield open_plugin(Settings(), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "clip.mp4").write_bytes(_CLIP)
    row = publication(content_sha256=hashlib.sha256(_CLIP).hexdigest())
    return Post(
        publication_id=row.publication_id,
        channel="main",
        content_sha256=row.content_sha256,
        text=row.text,
        video=tmp_path / "clip.mp4",
        cover=tmp_path / "clip.mp4",
        subtitles=None,
        due_at=row.due_at,
        duration_s=12.0,
    )


def test_a_reel_is_published_with_its_words(publisher, platform, post):
    assert publisher.submit(post, FakeSession()) == _LIVE
    (container,) = platform.containers
    assert container.caption == "Pasta in five minutes\n\nBoil, stir, eat.\n\n#pasta"


def test_viewers_are_told_of_ai_and_a_person_of_the_label(publisher, platform, post):
    told = replace(post, disclosure=Disclosure(is_synthetic=True, is_paid=True))
    live = publisher.submit(told, FakeSession())
    assert platform.containers[0].form["is_ai_generated"] == "true"
    assert "paid partnerships" in (live.note or "")
    publisher.submit(post, FakeSession())
    assert "is_ai_generated" not in platform.containers[1].form


def test_a_token_of_another_account_posts_nothing(platform, post):
    with emulated_tools(platform) as tools:
        accounts = EmulatedAccounts(platform)
        accounts.opens["instagram:main"] = "instagram:other"
        publisher = open_plugin(Settings(), replace(tools, accounts=accounts))
        with pytest.raises(ReauthorisationNeeded):
            publisher.submit(post, FakeSession())
    assert platform.containers == []


def test_a_reel_that_is_not_ready_waits_and_its_bytes_are_sent_once(publisher, platform, post):
    platform.looks_needed, session = 3, FakeSession()
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            publisher.submit(post, session)
        assert caught.value.retry_after == timedelta(minutes=1)
    assert publisher.submit(post, session) == _LIVE
    assert len(platform.containers) == 1


def test_a_publication_whose_answer_was_lost_is_found_and_not_repeated(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) == _LIVE


def test_a_publication_that_may_still_show_is_waited_for(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    with pytest.raises(Unreachable):
        publisher.find(row, channel="main", saved=session.saved)
    platform.wait(timedelta(minutes=6))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT


def test_two_reels_of_the_same_words_are_not_told_apart(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    publisher.submit(post, FakeSession())
    row = publication(content_sha256=post.content_sha256)
    with pytest.raises(OutcomeUnknown, match="cannot be told"):
        publisher.find(row, channel="main", saved=session.saved)


def test_a_container_that_died_is_made_anew(publisher, platform, post):
    session = FakeSession()
    platform.looks_needed = 1
    with pytest.raises(RateLimited):
        publisher.submit(post, session)
    platform.wait(timedelta(hours=25))
    platform.looks_needed = 0
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.posts()) == 1


def test_a_video_that_instagram_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "Error: unsupported"
    session = FakeSession()
    with pytest.raises(RateLimited):
        publisher.submit(post, session)
    with pytest.raises(Rejected, match="unsupported"):
        publisher.submit(post, session)


def test_the_cap_of_the_day_is_asked_for_before_publishing(publisher, platform, post):
    platform.posts_left = 0
    with pytest.raises(RateLimited, match="50 times a day"):
        publisher.submit(post, FakeSession())
    assert "media_publish" not in platform.calls


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 2.0}, "3 to 900 s"),
        ({"text": post_text(description="d" * 2_200)}, "2,200 characters"),
        ({"text": post_text(tags=tuple(f"t{n}" for n in range(31)))}, "30 #"),
    ],
)
def test_what_instagram_would_refuse_is_known_beforehand(
    publisher, platform, post, changes, problem
):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []
