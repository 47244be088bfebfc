"""What TikTok is told of a post, and what becomes of what it says."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.publishing import emulated_tools
from tests.platforms.tiktok_uploads import TiktokUploads
from tests.platforms.uploads import Fault
from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Post,
    Processing,
    Published,
)
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers.tiktok import Settings, TiktokPublisher

_CLIP = bytes(1000)


def _direct(**changes: Any) -> Settings:
    return Settings(posts_directly=True, app_is_audited=True, **changes)


@pytest.fixture
def platform() -> TiktokUploads:
    return TiktokUploads()


@pytest.fixture
def tools(platform: TiktokUploads) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened:
        yield opened


@pytest.fixture
def publisher(tools: PublishTools) -> TiktokPublisher:
    return TiktokPublisher(_direct(), tools)


@pytest.fixture
def draft_publisher(tools: PublishTools) -> TiktokPublisher:
    return TiktokPublisher(Settings(), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "clip.mp4").write_bytes(_CLIP)
    (tmp_path / "cover.jpg").write_bytes(b"cover")
    row = publication(content_sha256=hashlib.sha256(_CLIP).hexdigest())
    return Post(
        publication_id=row.publication_id,
        channel="main",
        content_sha256=row.content_sha256,
        text=row.text,
        video=tmp_path / "clip.mp4",
        cover=tmp_path / "cover.jpg",
        subtitles=None,
        due_at=row.due_at,
        duration_s=12.0,
    )


def test_an_app_that_was_not_audited_may_not_post_directly():
    with pytest.raises(ValueError, match="needs app_is_audited"):
        Settings(posts_directly=True)


def test_a_draft_goes_into_the_inbox_and_waits_for_a_person(draft_publisher, platform, post):
    platform.is_patient = True
    answer = draft_publisher.submit(post, FakeSession())
    assert isinstance(answer, Processing)
    looked = draft_publisher.check(answer.receipt, channel="main")
    assert isinstance(looked, Processing)
    assert "inbox" in str(looked.note)
    assert looked.look_after == timedelta(hours=1)
    assert platform.uploads[0].info is None


def test_what_the_account_does_not_allow_is_switched_off(publisher, platform, post):
    platform.comment_disabled = True
    publisher.submit(replace(post, disclosure=Disclosure(is_synthetic=True)), FakeSession())
    info = platform.uploads[0].info
    assert (info["disable_comment"], info["disable_duet"], info["is_aigc"]) == (True, False, True)


def test_a_privacy_that_is_not_offered_waits_for_a_person(publisher, platform, post):
    platform.options = ["SELF_ONLY"]
    with pytest.raises(Misconfigured, match="SELF_ONLY"):
        publisher.submit(post, FakeSession())
    assert platform.uploads == []


def test_a_video_longer_than_the_account_may_post_is_refused_before_it_is_sent(
    publisher, platform, post
):
    platform.longest_s = 10
    with pytest.raises(Rejected, match="may post 10 s"):
        publisher.submit(post, FakeSession())
    assert platform.uploads == []


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"has_overlay": True}, "no watermark"),
        ({"duration_s": 601.0}, "600 s"),
        ({"text": post_text(description="\N{GRINNING FACE}" * 1_101)}, "UTF-16"),
    ],
)
def test_what_tiktok_would_refuse_is_known_beforehand(publisher, platform, post, changes, problem):
    wrong = replace(post, **changes)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


def test_characters_outside_the_first_plane_count_twice(publisher, post):
    text = post_text(title="t", description="\N{GRINNING FACE}" * 1_090, tags=())
    assert publisher.problems(replace(post, text=text)) == ()


def test_another_account_than_was_connected_gets_no_video(publisher, tools, platform, post):
    tools.accounts.opens["tiktok:main"] = "tiktok:other"
    with pytest.raises(ReauthorisationNeeded, match="another account"):
        publisher.submit(post, FakeSession())
    assert platform.uploads == []


def test_access_that_was_taken_back_says_so(publisher, tools, post):
    tools.accounts.is_revoked = True
    with pytest.raises(ReauthorisationNeeded):
        publisher.submit(post, FakeSession())


def test_a_public_post_is_published_once_its_id_is_there(publisher, platform, post):
    answer = publisher.submit(post, FakeSession())
    assert isinstance(answer, Processing)
    live = publisher.check(answer.receipt, channel="main")
    assert live == Published(
        post_id="7301234567890123000",
        url="https://www.tiktok.com/@knotlab/video/7301234567890123000",
    )


def test_a_post_that_only_its_owner_sees_has_no_address(tools, platform, post):
    private = TiktokPublisher(_direct(privacy="SELF_ONLY"), tools)
    answer = private.submit(post, FakeSession())
    assert isinstance(answer, Processing)
    live = private.check(answer.receipt, channel="main")
    assert isinstance(live, Published)
    assert (live.post_id, live.url) == ("v_pub_file~v2-1.0", "https://www.tiktok.com/@knotlab")
    assert "no address" in str(live.note)


def test_looks_get_rarer_the_longer_it_takes(publisher, platform, post):
    platform.looks_needed = 10
    answer = publisher.submit(post, FakeSession())
    waits = []
    for _ in range(4):
        platform.wait(timedelta(minutes=4))
        answer = publisher.check(answer.receipt, channel="main")
        waits.append(answer.look_after)
    assert waits == [timedelta(minutes=minutes) for minutes in (2, 4, 6, 8)]


def test_a_video_that_tiktok_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "frame_rate_check_failed"
    answer = publisher.submit(post, FakeSession())
    with pytest.raises(Rejected, match="frame_rate_check_failed"):
        publisher.check(answer.receipt, channel="main")


def test_an_upload_that_tiktok_itself_broke_is_begun_anew(publisher, platform, post):
    session = FakeSession()
    platform.fails_with = "internal"
    answer = publisher.submit(post, session)
    with pytest.raises(NotFound, match="internal"):
        publisher.check(answer.receipt, channel="main")
    row = publication(content_sha256=post.content_sha256)
    found = publisher.find(row, channel="main", saved=session.saved)
    platform.fails_with = ""
    again = publisher.submit(post, session)
    assert found is Lookup.ABSENT
    assert isinstance(publisher.check(again.receipt, channel="main"), Published)


def test_after_an_hour_an_address_is_not_used_again(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, None, Fault.CUT, Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    platform.faults.clear()
    platform.wait(timedelta(hours=2))
    publisher.submit(post, session)
    assert [upload.is_whole for upload in platform.uploads] == [False, True]


def test_a_post_too_many_waits_for_the_next_day(publisher, platform, post):
    platform.refuses_with = "spam_risk_too_many_posts"
    with pytest.raises(RateLimited) as caught:
        publisher.submit(post, FakeSession())
    assert caught.value.retry_after == timedelta(days=1)


def test_an_upload_that_another_run_took_over_sends_nothing_more(publisher, platform, post):
    class Losing(FakeSession):
        def save(self, document: str) -> None:
            super().save(document)
            self.taken_over = True

    with pytest.raises(OutcomeUnknown, match="taken over"):
        publisher.submit(post, Losing())
    assert platform.posts() == []


def test_a_file_of_300_megabytes_goes_through_in_30_chunks(tools, tmp_path, post):
    big = TiktokUploads(keeps=False)
    size = 305_000_001
    with (tmp_path / "clip.mp4").open("wb") as file:
        file.truncate(size)
    with (tmp_path / "clip.mp4").open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    with emulated_tools(big) as big_tools:
        publisher = TiktokPublisher(_direct(), big_tools)
        publisher.submit(replace(post, content_sha256=digest), FakeSession())
    assert big.calls.count("chunk") == 30
    assert big.uploads[0].is_whole
