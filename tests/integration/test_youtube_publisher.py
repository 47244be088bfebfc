"""What YouTube is told of a post, and what becomes of what it says."""

import hashlib
from collections.abc import Generator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest

from tests.builders import post_text, publication
from tests.fakes.session import FakeSession
from tests.platforms.publishing import emulated_tools
from tests.platforms.uploads import Fault
from tests.platforms.youtube_uploads import YoutubeUploads
from viral_forge_resources.contracts.counting_text import counted_tags
from viral_forge_resources.contracts.errors import (
    NotSupported,
    OutcomeUnknown,
    PolicyViolation,
    QuotaSpent,
    RateLimited,
    ReauthorisationNeeded,
    Rejected,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.publishing import Disclosure, Lookup, Post, Published
from viral_forge_resources.contracts.retraction import Takedown
from viral_forge_resources.publishers._calling import Answer
from viral_forge_resources.publishers._tools import PublishTools
from viral_forge_resources.publishers._youtube_refusals import midnight
from viral_forge_resources.publishers._youtube_upload import next_place
from viral_forge_resources.publishers.youtube import Settings, YoutubePublisher, open_plugin

_CLIP = bytes(range(256)) * 4
_LIVE = Published(post_id="video000000", url="https://www.youtube.com/shorts/video000000")


@pytest.fixture
def platform() -> YoutubeUploads:
    return YoutubeUploads()


@pytest.fixture
def tools(platform: YoutubeUploads) -> Generator[PublishTools]:
    with emulated_tools(platform) as opened:
        yield opened


@pytest.fixture
def publisher(tools: PublishTools) -> YoutubePublisher:
    return open_plugin(Settings(), tools)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    (tmp_path / "clip.mp4").write_bytes(_CLIP)
    (tmp_path / "cover.jpg").write_bytes(b"cover")
    (tmp_path / "words.srt").write_bytes(b"1\n00:00:00,000 --> 00:00:01,000\nHello\n")
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
    )


def test_what_viewers_must_be_told_is_declared_and_privacy_is_always_sent(
    publisher, platform, post
):
    told = Disclosure(is_synthetic=True, is_paid=True, is_made_for_kids=True)
    publisher.submit(replace(post, disclosure=told), FakeSession())
    resource = platform.videos[0].resource
    assert resource["paidProductPlacementDetails"] == {"hasPaidProductPlacement": True}
    status = resource["status"]
    declared = (status["containsSyntheticMedia"], status["selfDeclaredMadeForKids"])
    assert (status["privacyStatus"], *declared) == ("public", True, True)


def test_a_channel_for_children_declares_every_video(tools, platform, post):
    open_plugin(Settings(made_for_kids=True), tools).submit(post, FakeSession())
    assert platform.videos[0].resource["status"]["selfDeclaredMadeForKids"] is True


def test_a_video_may_be_made_public_by_youtube_itself_later(tools, platform, post):
    """By then all sizes of it are made, and its age counts from there."""
    at = tools.clock() + timedelta(minutes=90)
    live = open_plugin(Settings(public_after_minutes=90), tools).submit(post, FakeSession())
    status = platform.videos[0].resource["status"]
    assert status["privacyStatus"] == "private"
    assert datetime.fromisoformat(status["publishAt"]) == at
    assert isinstance(live, Published)
    assert (live.live_at, live.note) == (at, f"YouTube makes it public at {at:%F %H:%M} UTC")


def test_only_what_becomes_public_waits_for_it():
    with pytest.raises(ValueError, match="a private video is not made public"):
        Settings(privacy="private", public_after_minutes=90)


def test_a_video_less_public_than_asked_for_is_told(publisher, platform, post):
    platform.privacy = "private"
    live = publisher.submit(post, FakeSession())
    assert isinstance(live, Published)
    assert "asked for public, and the video is private" in str(live.note)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (post_text(title="t" * 101), "titles have 1 to 100 characters"),
        (post_text(title=" "), "titles have 1 to 100 characters"),
        (post_text(title="a<b"), "neither < nor >"),
        (post_text(description="d" * 5_001), "descriptions have 5,000 bytes"),
        (post_text(description="\N{GRINNING FACE}" * 1_251), "this has 5,004"),
        (post_text(tags=tuple(f"tag {number:03d}" for number in range(60))), "tags have 500"),
    ],
)
def test_what_youtube_would_refuse_is_known_beforehand(publisher, platform, post, text, problem):
    wrong = replace(post, text=text)
    assert problem in publisher.problems(wrong)[0]
    with pytest.raises(Rejected):
        publisher.submit(wrong, FakeSession())
    assert platform.calls == []


@pytest.mark.parametrize(
    "text", [post_text(title="t" * 100), post_text(description="d" * 5_000)], ids=["title", "words"]
)
def test_what_just_fits_is_taken(publisher, post, text):
    assert publisher.problems(replace(post, text=text)) == ()


def test_a_tag_with_a_blank_counts_as_if_quoted():
    assert counted_tags(("foo", "foo baz")) == 13


@pytest.mark.parametrize(
    ("header", "place"), [(None, 0), ("bytes=0-999999", 1_000_000), ("0-999999", 1_000_000)]
)
def test_an_upload_goes_on_behind_the_last_byte_that_arrived(header, place):
    headers = httpx.Headers({} if header is None else {"range": header})
    assert next_place(Answer(status=308, headers=headers, content=b"")) == place


def test_a_range_in_another_way_is_not_guessed_at():
    answer = Answer(status=308, headers=httpx.Headers({"range": "items 4"}), content=b"")
    with pytest.raises(UnexpectedAnswer):
        next_place(answer)


def test_an_upload_that_broke_off_goes_on_where_it_was(publisher, platform, post):
    session = FakeSession()
    platform.faults.extend([None, None, Fault.CUT, Fault.DOWN])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    row = publication(content_sha256=post.content_sha256)
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT
    assert publisher.submit(post, session) == _LIVE
    assert platform.calls.count("videos.insert") == 1
    assert platform.posts() == [("account-main", _CLIP)]


def test_what_arrived_though_its_answer_was_lost_is_not_sent_again(publisher, platform, post):
    platform.faults.extend([None, None, Fault.LOST])
    assert publisher.submit(post, FakeSession()) == _LIVE
    assert len(platform.videos) == 1


def test_an_upload_whose_address_is_gone_is_looked_for_before_it_is_begun_anew(
    publisher, platform, post
):
    session = FakeSession()
    row = publication(content_sha256=post.content_sha256)
    platform.faults.extend([None, None, Fault.SESSIONS_GO_AFTER])
    with pytest.raises(OutcomeUnknown):
        publisher.submit(post, session)
    assert publisher.find(row, channel="main", saved=session.saved) == _LIVE


def test_what_is_not_listed_at_once_may_still_come(publisher, platform, post):
    session = FakeSession()
    row = publication(content_sha256=post.content_sha256)
    platform.faults.extend([None, None, Fault.CUT, Fault.SESSIONS_GO])
    with pytest.raises((OutcomeUnknown, Unreachable)):
        publisher.submit(post, session)
    with pytest.raises(Unreachable, match="may not be listed yet"):
        publisher.find(row, channel="main", saved=session.saved)
    platform.wait(timedelta(minutes=11))
    assert publisher.find(row, channel="main", saved=session.saved) is Lookup.ABSENT


def test_a_token_that_ends_during_the_upload_is_replaced(publisher, platform, post):
    platform.faults.extend([None, None, Fault.CUT, Fault.TOKEN_DIES])
    assert publisher.submit(post, FakeSession()) == _LIVE


def test_another_channel_than_was_connected_gets_no_video(publisher, tools, platform, post):
    tools.accounts.opens["youtube:main"] = "youtube:other"
    with pytest.raises(ReauthorisationNeeded, match="another channel"):
        publisher.submit(post, FakeSession())
    assert "videos.insert" not in platform.calls


def test_a_spent_quota_of_the_project_waits_for_midnight_in_los_angeles(
    publisher, tools, platform, post
):
    platform.uploads_left = 0
    with pytest.raises(RateLimited) as caught:
        publisher.submit(post, FakeSession())
    assert caught.value.retry_after == midnight(tools.clock()) - tools.clock()
    assert f"{midnight(tools.clock()):%H:%M}" == "08:00"


def test_a_channel_that_uploaded_too_much_waits_a_day_of_its_own(publisher, platform, post):
    platform.channel_uploads_left = 0
    with pytest.raises(RateLimited) as caught:
        publisher.submit(post, FakeSession())
    assert caught.value.retry_after == timedelta(hours=24)


def test_our_own_count_stops_an_upload_before_it_is_asked_for(tools, platform, post):
    with pytest.raises(QuotaSpent):
        open_plugin(Settings(uploads_per_day=0), tools).submit(post, FakeSession())
    assert platform.calls == ["channels.list"]


def test_calls_are_counted_in_their_own_buckets(publisher, tools, post):
    live = publisher.submit(post, FakeSession())
    publisher.finish("captions", post, live)
    assert tools.ledger.units() == {"videos.insert": 1, "units": 401}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("duplicate", Rejected),
        ("length", Rejected),
        ("copyright", PolicyViolation),
        ("termsOfUse", PolicyViolation),
        ("uploaderAccountSuspended", PolicyViolation),
    ],
)
def test_a_video_that_youtube_ends_is_rejected_with_its_reason(
    publisher, platform, post, reason, kind
):
    platform.looks_needed, platform.ends_as = 1, reason
    answer = publisher.submit(post, FakeSession())
    with pytest.raises(Rejected, match=reason) as raised:
        publisher.check(answer.receipt, channel="main")
    assert raised.type is kind


def test_picture_and_captions_are_added_and_adding_them_twice_is_the_same(
    publisher, platform, post
):
    live = publisher.submit(post, FakeSession())
    for step in (*publisher.steps(), *publisher.steps()):
        publisher.finish(step, post, live)
    (video,) = platform.videos
    assert video.thumbnail == b"cover"
    assert [track["track"] for track in video.captions] == [post.subtitles.read_bytes()]


def test_a_picture_that_youtube_takes_and_hides_is_told(publisher, platform, post):
    platform.hides_thumbnails = True
    live = publisher.submit(post, FakeSession())
    with pytest.raises(NotSupported, match="does not show it"):
        publisher.finish("thumbnail", post, live)


def test_the_address_of_an_upload_is_in_no_error(publisher, platform, post):
    platform.faults.extend([None, None, Fault.CUT, Fault.DOWN])
    with pytest.raises(OutcomeUnknown) as caught:
        publisher.submit(post, FakeSession())
    cause: list[BaseException] = [caught.value]
    while cause[-1].__cause__ is not None:
        cause.append(cause[-1].__cause__)
    told = " ".join(f"{each!r} {each}" for each in cause)
    assert "upload_id" not in told
    assert "token-" not in told


def live(publisher: YoutubePublisher, post: Post, **changes):
    """The publication of a post that is on the platform."""
    published = publisher.submit(post, FakeSession())
    assert isinstance(published, Published)
    return publication(post_id=published.post_id, **changes)


def test_a_post_that_is_taken_down_is_private_and_keeps_what_else_was_said_of_it(
    publisher, platform, post
):
    told = Disclosure(is_synthetic=True)
    row = live(publisher, replace(post, disclosure=told))
    assert publisher.retract(row, channel="main") is Takedown.HIDDEN
    status = platform.videos[0].resource["status"]
    assert status["privacyStatus"] == "private"
    assert status["containsSyntheticMedia"] is True
    assert status["embeddable"] is True
    assert platform.videos[0].resource["snippet"]["title"] == post.text.title


def test_taking_down_once_more_changes_nothing(publisher, platform, post):
    row = live(publisher, post)
    publisher.retract(row, channel="main")
    platform.calls.clear()
    assert publisher.retract(row, channel="main") is Takedown.HIDDEN
    assert "videos.update" not in platform.calls


def test_a_video_that_would_be_shown_later_is_not(publisher, platform, post):
    row = live(publisher, post)
    platform.videos[0].resource["status"] |= {
        "privacyStatus": "private",
        "publishAt": "2030-01-01T00:00:00Z",
    }
    publisher.retract(row, channel="main")
    assert "publishAt" not in platform.videos[0].resource["status"]


def test_a_video_that_is_gone_is_down(publisher, platform, post):
    row = live(publisher, post)
    platform.videos.clear()
    assert publisher.retract(row, channel="main") is Takedown.ABSENT


def test_a_video_that_stays_public_is_not_taken_for_hidden(publisher, platform, post):
    row = live(publisher, post)
    platform.privacy = "public"
    with pytest.raises(UnexpectedAnswer, match="not private"):
        publisher.retract(row, channel="main")
