"""What Threads is told of a post, and what becomes of what it says."""

import hashlib
import traceback
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.builders import NOW, post_text, publication
from tests.fakes.lending import FakeLending, fetched
from tests.fakes.session import FakeSession
from tests.platforms.publishing import emulated_tools
from tests.platforms.threads_uploads import ThreadsUploads
from tests.platforms.uploads import EmulatedAccounts, Fault
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    OutcomeUnknown,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import Disclosure, Lookup, Post, Published
from viral_forge_resources.publishers._lending import StorageLending
from viral_forge_resources.publishers._threads_words import counted
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.threads import Settings, ThreadsPublisher, open_plugin
from viral_forge_resources.storage.local import LocalStorage

_CLIP = bytes(range(256)) * 4
_LIVE = Published(post_id="17900001", url="https://www.threads.net/@studio/post/17900001")
_UNTIL_PUBLISH = 4  # container, status, limit, publication


@pytest.fixture
def platform() -> ThreadsUploads:
    return ThreadsUploads()


@pytest.fixture
def tools(platform: ThreadsUploads, tmp_path: Path) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened:
        yield replace(opened, lending=FakeLending(tmp_path / "lent"))


@pytest.fixture
def publisher(tools: PublishTools) -> ThreadsPublisher:
    return open_plugin(Settings(), tools)


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


def test_a_video_is_published_with_its_words(publisher, platform, post):
    assert publisher.submit(post, FakeSession()) == _LIVE
    (container,) = platform.containers
    assert container.text == "Pasta in five minutes\n\nBoil, stir, eat.\n\n#pasta"
    assert container.content == _CLIP


def test_the_video_is_lent_until_the_post_is_live_and_no_longer(
    publisher, platform, post, tmp_path
):
    platform.looks_needed, session = 1, FakeSession()
    with pytest.raises(RateLimited):
        publisher.submit(post, session)
    assert [each.read_bytes() for each in (tmp_path / "lent").iterdir()] == [_CLIP]
    publisher.submit(post, session)
    assert list((tmp_path / "lent").iterdir()) == []


def test_the_address_is_told_to_nobody_else(publisher, platform, post):
    platform.repeats_addresses, session = True, FakeSession()
    with pytest.raises(Rejected, match="an address") as caught:
        publisher.submit(post, session)
    assert "media.example" not in "".join(traceback.format_exception(caught.value))
    platform.repeats_addresses = False
    publisher.submit(post, session)
    assert "media.example" not in "".join(session.history)


def test_what_was_left_behind_is_taken_back_some_days_later(tmp_path):
    days = iter(NOW + timedelta(days=number) for number in range(4))
    storage = _LendingFolder(tmp_path / "storage")
    lending = StorageLending(storage, lambda: next(days))
    kept = []
    for name in (b"first", b"second", b"third"):
        (tmp_path / "clip.mp4").write_bytes(name)
        sha256 = hashlib.sha256(name).hexdigest()
        lending.lend(tmp_path / "clip.mp4", sha256, to=f"post-{name.decode()}")
        kept.append({storage.get_bytes(key) for key in storage.keys("")})
    assert kept == [{b"first"}, {b"first", b"second"}, {b"second", b"third"}]
    lending.take_back("post-second")
    assert [storage.get_bytes(key) for key in storage.keys("")] == [b"third"]


def test_what_one_account_has_fetched_is_still_there_for_another(tmp_path):
    """The same bytes may be on their way to two accounts at once."""
    storage = _LendingFolder(tmp_path / "storage")
    lending = StorageLending(storage, lambda: NOW)
    (tmp_path / "clip.mp4").write_bytes(b"clip")
    for post in ("one", "other"):
        lending.lend(tmp_path / "clip.mp4", hashlib.sha256(b"clip").hexdigest(), to=post)
    lending.take_back("one")
    assert [storage.get_bytes(key) for key in storage.keys("")] == [b"clip"]


def test_other_bytes_than_the_approved_ones_are_not_lent(tmp_path):
    storage = _LendingFolder(tmp_path / "storage")
    (tmp_path / "clip.mp4").write_bytes(b"rendered anew")
    with pytest.raises(Rejected):
        StorageLending(storage, lambda: NOW).lend(tmp_path / "clip.mp4", "0" * 64, to="post")
    assert list(storage.keys("")) == []


class _LendingFolder(LocalStorage):
    def lent(self, key: str, *, lasts: timedelta) -> str:
        return f"https://media.example/{key}?{lasts.total_seconds():.0f}"


def test_a_container_that_is_not_ready_is_waited_for(publisher, platform, post):
    platform.looks_needed, session = 3, FakeSession()
    for _ in range(3):
        with pytest.raises(RateLimited) as caught:
            publisher.submit(post, session)
        assert caught.value.retry_after == timedelta(seconds=30)
    assert publisher.submit(post, session) == _LIVE
    assert len(platform.containers) == 1


def test_a_storage_without_addresses_is_a_setting_to_change(tools, platform, post, tmp_path):
    lending = StorageLending(LocalStorage(tmp_path / "storage"), lambda: NOW)
    publisher = open_plugin(Settings(), replace(tools, lending=lending))
    with pytest.raises(Misconfigured, match="VIRAL_FORGE_STORAGE=s3 or oci"):
        publisher.submit(post, FakeSession())
    assert platform.containers == []


def test_a_video_that_threads_cannot_fetch_is_a_setting_to_change(publisher, platform, post):
    platform.fetch = lambda _: None
    session = FakeSession()
    for _ in range(2):  # and each time it is told anew
        with pytest.raises(Misconfigured, match="reachable"):
            publisher.submit(post, session)
    platform.fetch = fetched
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.posts()) == 1


def test_a_video_that_threads_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "INVALID_BIT_RATE"
    with pytest.raises(Rejected, match="INVALID_BIT_RATE"):
        publisher.submit(post, FakeSession())


def test_a_publication_whose_answer_was_lost_is_found_and_not_repeated(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) == _LIVE
    assert platform.calls.count("threads_publish") == 1


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


def test_a_container_that_is_gone_once_publication_was_asked_for_is_for_a_person(
    publisher, platform, post
):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    platform.forget_sessions()
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE


def test_two_posts_of_the_same_words_are_not_told_apart(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_PUBLISH - 1) + [Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    publisher.submit(post, FakeSession())
    row = publication(content_sha256=post.content_sha256)
    with pytest.raises(OutcomeUnknown, match="cannot be told"):
        publisher.find(row, channel="main", saved=session.saved)


def test_a_container_that_expired_is_made_anew(publisher, platform, post):
    session = FakeSession()
    platform.looks_needed = 1
    with pytest.raises(RateLimited):
        publisher.submit(post, session)
    platform.wait(timedelta(hours=25))
    platform.looks_needed = 0
    assert isinstance(publisher.submit(post, session), Published)
    assert len(platform.posts()) == 1


def test_the_cap_of_the_day_is_asked_for_before_publishing(publisher, platform, post):
    platform.posts_left = 0
    with pytest.raises(RateLimited, match="250 times a day"):
        publisher.submit(post, FakeSession())
    assert "threads_publish" not in platform.calls


def test_a_token_of_another_account_posts_nothing(tools, platform, post):
    accounts = EmulatedAccounts(platform)
    accounts.opens["threads:main"] = "threads:other"
    publisher = open_plugin(Settings(), replace(tools, accounts=accounts))
    with pytest.raises(ReauthorisationNeeded):
        publisher.submit(post, FakeSession())
    assert platform.containers == []


def test_viewers_are_told_of_ai_in_words_and_a_person_of_the_label(publisher, platform, post):
    told = replace(post, disclosure=Disclosure(is_synthetic=True, is_paid=True))
    live = publisher.submit(told, FakeSession())
    assert platform.containers[0].text.endswith("\n\nMade with AI.")
    assert "paid partnerships" in (live.note or "")


@pytest.mark.parametrize(
    ("text", "length"), [("abc", 3), ("äöü", 3), ("日本", 2), ("🍝", 4), ("❤️", 6), ("👩‍🍳", 11)]
)
def test_emoji_count_as_bytes_and_all_else_as_characters(text, length):
    assert counted(text) == length


def test_the_limits_of_its_fields_fill_a_post_and_no_more(publisher, post):
    limits = publisher.limits
    full = post_text(
        title="t" * limits.max_title,
        description="d" * limits.max_description,
        tags=("g" * (limits.max_tags - 1),),
    )
    told = replace(post, text=full, disclosure=Disclosure(is_synthetic=True))
    assert publisher.problems(told) == ()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 301.0}, "at most 300 s"),
        ({"text": post_text(description="d" * 500)}, "500 characters"),
        ({"text": post_text(description="🍝" * 125)}, "500 characters"),
    ],
)
def test_what_threads_would_refuse_is_known_beforehand(publisher, platform, post, changes, problem):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []
