"""What every publisher keeps to, plugins and the fake alike."""

from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.builders import post_text, publication, sha256
from tests.fakes.publisher import FakePublisher
from tests.fakes.session import FakeSession
from tests.grounds._kinds import ground_of, grounded
from viral_forge_resources import publishers
from viral_forge_resources.contracts.errors import Permanent, Rejected
from viral_forge_resources.contracts.publishing import (
    Lookup,
    MetricsReader,
    Post,
    Processing,
    Publication,
    Published,
    Publisher,
)

CHANNEL = "main"
_MOST_LOOKS = 10


_FAKES: dict[str, Callable[[], Publisher]] = {
    "fake": FakePublisher,
    "slow fake": lambda: FakePublisher(looks_needed=2),
    "blind fake": lambda: FakePublisher(can_look=False),
}


@pytest.fixture(params=[*_FAKES, *grounded(publishers)])
def publisher(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Publisher]:
    if request.param in _FAKES:
        yield _FAKES[request.param]()
        return
    ground = tmp_path / "ground"
    ground.mkdir()
    with ground_of(publishers, request.param).open_on_ground(ground) as opened:
        yield opened


@pytest.fixture
def planned() -> Publication:
    return publication(content_sha256=sha256("clip"))


@pytest.fixture
def post(tmp_path: Path, planned: Publication) -> Post:
    files = {"clip.mp4": "clip", "cover.jpg": "cover", "words.srt": "words"}
    (tmp_path / "mine").mkdir()
    for name, content in files.items():
        (tmp_path / "mine" / name).write_text(content)
    return Post(
        publication_id=planned.publication_id,
        channel=CHANNEL,
        content_sha256=planned.content_sha256,
        text=planned.text,
        video=tmp_path / "mine" / "clip.mp4",
        cover=tmp_path / "mine" / "cover.jpg",
        subtitles=tmp_path / "mine" / "words.srt",
        due_at=planned.due_at,
        duration_s=12.0,
    )


@pytest.fixture
def session() -> FakeSession:
    return FakeSession()


def _live(publisher: Publisher, post: Post, session: FakeSession) -> Published:
    answer = publisher.submit(post, session)
    for _ in range(_MOST_LOOKS):
        if isinstance(answer, Published):
            return answer
        answer = publisher.check(answer.receipt, channel=post.channel)
    raise AssertionError(f"still in processing after {_MOST_LOOKS} looks")


@pytest.mark.parametrize("name", grounded(publishers))
def test_a_publisher_names_its_platform_like_its_file(name, tmp_path):
    with ground_of(publishers, name).open_on_ground(tmp_path) as opened:
        assert opened.platform == name


def test_a_post_is_live_or_in_processing_when_it_was_submitted(publisher, post, session):
    assert isinstance(publisher.submit(post, session), Published | Processing)


def test_a_post_is_live_after_some_looks_and_has_an_id_and_an_address(publisher, post, session):
    live = _live(publisher, post, session)
    assert live.post_id
    assert "://" in live.url


def test_what_was_submitted_is_found(publisher, post, planned, session):
    live = _live(publisher, post, session)
    assert publisher.find(planned, channel=CHANNEL, saved=session.saved) in {
        live,
        Lookup.UNDECIDABLE,
    }


def test_what_was_never_submitted_is_not_found(publisher, planned, session):
    found = publisher.find(planned, channel=CHANNEL, saved=session.saved)
    assert found in {Lookup.ABSENT, Lookup.UNDECIDABLE}


def test_other_bytes_of_the_same_clip_are_not_taken_for_the_post(publisher, post, session):
    _live(publisher, post, session)
    other = publication(content_sha256=sha256("rendered anew"))
    assert publisher.find(other, channel=CHANNEL) in {Lookup.ABSENT, Lookup.UNDECIDABLE}


def test_a_post_on_another_channel_is_not_taken_for_the_post(publisher, post, planned, session):
    _live(publisher, post, session)
    found = publisher.find(planned, channel="other")
    assert found in {Lookup.ABSENT, Lookup.UNDECIDABLE}


def test_looking_changes_nothing(publisher, post, planned, session):
    before = publisher.find(planned, channel=CHANNEL, saved=session.saved)
    assert publisher.find(planned, channel=CHANNEL, saved=session.saved) == before
    _live(publisher, post, session)
    after = publisher.find(planned, channel=CHANNEL, saved=session.saved)
    assert publisher.find(planned, channel=CHANNEL, saved=session.saved) == after


def test_an_unknown_receipt_is_a_permanent_error(publisher):
    with pytest.raises(Permanent):
        publisher.check("no-such-receipt", channel=CHANNEL)


def test_the_files_of_a_post_are_only_read(publisher, post, session):
    _live(publisher, post, session)
    contents = sorted(file.read_text() for file in post.video.parent.iterdir())
    assert contents == ["clip", "cover", "words"]


def test_bytes_that_were_not_approved_do_not_go_out(publisher, post, planned, session):
    post.video.write_text("rendered anew")
    with pytest.raises(Rejected):
        publisher.submit(post, session)
    assert publisher.find(planned, channel=CHANNEL, saved=session.saved) in {
        Lookup.ABSENT,
        Lookup.UNDECIDABLE,
    }


def test_limits_leave_room_for_the_words_of_a_post(publisher):
    text = post_text()
    assert publisher.limits.max_title is None or publisher.limits.max_title >= len(text.title)


def test_a_publisher_that_reads_numbers_has_none_of_no_posts(publisher):
    assert not isinstance(publisher, MetricsReader) or publisher.read(()) == ()
