"""What Facebook is told of a Reel, and what becomes of what it says."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.facebook_uploads import FacebookUploads
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import EmulatedAccounts, Fault
from viral_forge_resources.contracts.errors import (
    OutcomeUnknown,
    QuotaSpent,
    ReauthorisationNeeded,
    Rejected,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import (
    Disclosure,
    Lookup,
    Picture,
    Post,
    Processing,
    Published,
)
from viral_forge_resources.publishers.facebook import FacebookPublisher, Settings, open_plugin

_CLIP = bytes(range(256)) * 4
_LIVE = Published(post_id="7123000000", url="https://www.facebook.com/reel/7123000000/")
_UNTIL_FINISH = 4  # video, bytes, phases, publication


@pytest.fixture
def platform() -> FacebookUploads:
    return FacebookUploads()


@pytest.fixture
def publisher(platform: FacebookUploads) -> Generator[FacebookPublisher]:
    with emulated_tools(platform) as tools:
        yield open_plugin(Settings(), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "clip.mp4").write_bytes(_CLIP)
    (tmp_path / "cover.jpg").write_bytes(b"cover")
    (tmp_path / "words.srt").write_bytes(b"words")
    row = publication(content_sha256=hashlib.sha256(_CLIP).hexdigest())
    return Post(
        publication_id=row.publication_id,
        channel="main",
        content_sha256=row.content_sha256,
        text=row.text,
        video=tmp_path / "clip.mp4",
        cover=tmp_path / "cover.jpg",
        subtitles=tmp_path / "words.srt",
        due_at=row.due_at,
        duration_s=12.0,
        picture=Picture(width_px=1080, height_px=1920, fps=Fraction(30)),
    )


def _submitted(publisher: FacebookPublisher, post: Post, session: FakeSession) -> str:
    answer = publisher.submit(post, session)
    assert isinstance(answer, Processing)
    return answer.receipt


def test_a_reel_is_published_with_its_words(publisher, platform, post):
    receipt = _submitted(publisher, post, FakeSession())
    assert publisher.check(receipt, channel="main") == _LIVE
    (video,) = platform.videos
    assert video.form["video_state"] == "PUBLISHED"
    assert video.form["description"] == "Pasta in five minutes\n\nBoil, stir, eat.\n\n#pasta"


def test_the_session_is_saved_before_a_byte_goes_out(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, Fault.DOWN])
    with pytest.raises(Unreachable):
        publisher.submit(post, session)
    assert "7123000000" in (session.saved or "")
    assert platform.videos[0].content == b""


def test_an_upload_goes_on_where_it_broke_off(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, Fault.BREAKS])
    with pytest.raises(Unreachable):
        publisher.submit(post, session)
    assert len(platform.videos[0].content) == len(_CLIP) // 2
    _submitted(publisher, post, session)
    assert platform.posts() == [("account-main", _CLIP)]


def test_a_reel_that_is_looked_at_later_is_in_processing_until_then(publisher, platform, post):
    platform.looks_needed = 2
    receipt = _submitted(publisher, post, FakeSession())
    for _ in range(2):
        assert isinstance(publisher.check(receipt, channel="main"), Processing)
    assert publisher.check(receipt, channel="main") == _LIVE


def test_a_publication_whose_answer_was_lost_is_found_and_not_repeated(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_FINISH - 1) + [Fault.LOST])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) == _LIVE
    assert publisher.submit(post, session) == _LIVE
    assert platform.calls.count("video_reels") == 2


def test_a_publication_that_may_still_show_is_waited_for(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_FINISH - 1) + [Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    with pytest.raises(Unreachable):
        publisher.find(row, channel="main", saved=session.saved)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT
    _submitted(publisher, post, session)
    assert len(platform.videos) == 1


def test_a_video_that_vanished_after_its_publication_was_asked_for_is_for_a_person(
    publisher, platform, post
):
    session = FakeSession()
    platform.faults.extend([None] * (_UNTIL_FINISH - 1) + [Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    platform.forget_sessions()
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.UNDECIDABLE


def test_a_video_that_facebook_cannot_use_is_rejected_with_its_word(publisher, platform, post):
    platform.fails_with = "unsupported codec"
    receipt = _submitted(publisher, post, FakeSession())
    with pytest.raises(Rejected, match="unsupported codec"):
        publisher.check(receipt, channel="main")


def test_a_reel_that_facebook_keeps_as_a_draft_says_so(publisher, platform, post):
    platform.keeps_as = "draft"
    receipt = _submitted(publisher, post, FakeSession())
    live = publisher.check(receipt, channel="main")
    assert isinstance(live, Published)
    assert "'draft'" in (live.note or "")


def test_the_day_of_a_page_holds_so_many_reels_and_no_more(platform, post):
    with emulated_tools(platform) as tools:
        publisher = open_plugin(Settings(reels_per_day=1), tools)
        publisher.submit(post, FakeSession())
        with pytest.raises(QuotaSpent):
            publisher.submit(post, FakeSession())
    assert len(platform.posts()) == 1


def test_a_token_of_another_page_posts_nothing(platform, post):
    with emulated_tools(platform) as tools:
        accounts = EmulatedAccounts(platform)
        accounts.opens["facebook:main"] = "facebook:other"
        publisher = open_plugin(Settings(), replace(tools, accounts=accounts))
        with pytest.raises(ReauthorisationNeeded):
            publisher.submit(post, FakeSession())
    assert platform.videos == []


def test_a_token_that_ends_amid_an_upload_is_replaced(publisher, platform, post):
    platform.faults.extend([None, Fault.TOKEN_DIES])
    _submitted(publisher, post, FakeSession())
    assert platform.posts() == [("account-main", _CLIP)]


def test_viewers_are_told_of_ai_in_words_and_a_person_of_the_label(publisher, platform, post):
    told = replace(post, disclosure=Disclosure(is_synthetic=True, is_paid=True))
    receipt = _submitted(publisher, told, FakeSession())
    assert platform.videos[0].form["description"].endswith("\n\nMade with AI.")
    live = publisher.check(receipt, channel="main")
    assert isinstance(live, Published)
    assert "paid partnerships" in (live.note or "")


def test_cover_and_subtitles_are_added_to_a_live_reel(publisher, platform, post):
    _submitted(publisher, post, FakeSession())
    for step in publisher.steps():
        publisher.finish(step, post, _LIVE)
    assert platform.videos[0].attached == {"thumbnails": b"cover", "captions": b"words"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"duration_s": 2.9}, "3 to 90 s"),
        ({"duration_s": 90.5}, "3 to 90 s"),
        ({"picture": Picture(width_px=1080, height_px=1080, fps=Fraction(30))}, "9:16"),
        ({"picture": Picture(width_px=360, height_px=640, fps=Fraction(30))}, "540 x 960"),
        ({"picture": Picture(width_px=1080, height_px=1920, fps=Fraction(15))}, "24 to 60"),
    ],
)
def test_what_facebook_would_refuse_is_known_beforehand(
    publisher, platform, post, changes, problem
):
    wrong = replace(post, **changes)
    (found,) = publisher.problems(wrong)
    assert problem in found
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


@pytest.mark.parametrize("fps", [Fraction(24_000, 1_001), Fraction(60_000, 1_001), Fraction(60)])
def test_broadcast_rates_are_taken(publisher, post, fps):
    picture = Picture(width_px=540, height_px=960, fps=fps)
    assert publisher.problems(replace(post, picture=picture)) == ()


def test_long_words_are_no_problem_of_a_reel(publisher, post):
    assert publisher.problems(replace(post, text=post_text(description="d" * 5_000))) == ()
