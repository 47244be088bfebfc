"""Whatever is sent again or skipped: the last bytes leave only if all are the approved ones."""

import hashlib
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.stamps import change, stamp_of
from viral_forge_resources.contracts.errors import Rejected
from viral_forge_resources.publishers._approved import ApprovedVideo

_SIZE = 3_300_001  # more than three pieces, and a rest
_CONTENT = Random(1).randbytes(_SIZE)  # noqa: S311  the same every time
_SHA256 = hashlib.sha256(_CONTENT).hexdigest()
_OTHER_SHA256 = hashlib.sha256(b"another").hexdigest()
_PIECE = 1 << 20
_PLACES = st.integers(0, _SIZE - 1)
_quick = settings(
    deadline=None,
    max_examples=40,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("video") / "clip.mp4"
    made.write_bytes(_CONTENT)
    return made


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy that a test may change."""
    made = tmp_path / "clip.mp4"
    made.write_bytes(_CONTENT)
    return made


def _keep() -> None:
    return


def _read(video: ApprovedVideo, start: int, end: int, *, most: int = _SIZE) -> bytes:
    """The bytes of the span; the caller breaks off after ``most`` of them."""
    sent = bytearray()
    for piece in video.pieces(start, end, _keep):
        sent += piece
        if len(sent) >= most:
            break
    return bytes(sent)


@_quick
@given(broken=st.lists(st.tuples(_PLACES, st.integers(1, _SIZE)), max_size=4), last=_PLACES)
def test_the_rest_is_given_out_wherever_sending_went_on(path, broken, last):
    with ApprovedVideo(path, _SHA256, None) as video:
        for start, most in broken:
            _read(video, start, _SIZE, most=most)
        assert _read(video, last, _SIZE) == _CONTENT[last:]
        assert video.is_handed_over


@_quick
@given(broken=st.lists(st.tuples(_PLACES, st.integers(1, _SIZE)), max_size=4), last=_PLACES)
def test_the_last_bytes_of_another_video_never_leave(path, broken, last):
    with ApprovedVideo(path, _OTHER_SHA256, None) as video:
        for start, most in broken:
            end = min(start + most, _SIZE - 1)  # everything but its last byte
            _read(video, start, end)
        with pytest.raises(Rejected):
            _read(video, last, _SIZE)
        assert not video.is_handed_over


@pytest.mark.parametrize("chunk", [1_000_000, 1_048_576, 1_500_000])
def test_chunk_by_chunk_it_is_the_same(path, chunk):
    with ApprovedVideo(path, _SHA256, None) as video:
        starts = range(0, _SIZE, chunk)
        sent = b"".join(_read(video, start, min(start + chunk, _SIZE)) for start in starts)
        assert sent == _CONTENT
        assert video.is_handed_over


@_quick
@given(broken=st.lists(st.tuples(_PLACES, st.integers(1, _SIZE)), max_size=4), last=_PLACES)
def test_a_stamped_video_is_given_out_and_not_hashed(path, broken, last):
    with ApprovedVideo(path, _OTHER_SHA256, stamp_of(path)) as video:
        for start, most in broken:
            _read(video, start, _SIZE, most=most)
        assert _read(video, last, _SIZE) == _CONTENT[last:]
        assert video.is_handed_over


def test_a_stamp_of_other_bytes_is_none(path, own):
    stamp = stamp_of(own)
    change(own, 0, b"other")
    for stamped in (path, own):
        with ApprovedVideo(stamped, _OTHER_SHA256, stamp) as video, pytest.raises(Rejected):
            _read(video, 0, _SIZE)


@pytest.mark.parametrize("is_stamped", [True, False])
@pytest.mark.parametrize("sent", [0, 1, 2, 3])
def test_a_change_while_it_is_sent_keeps_the_last_bytes_back(own, is_stamped, sent):
    with ApprovedVideo(own, _SHA256, stamp_of(own) if is_stamped else None) as video:
        pieces = video.pieces(0, _SIZE, _keep)
        assert all(next(pieces) == _CONTENT[n * _PIECE :][:_PIECE] for n in range(sent))
        change(own, sent * _PIECE + 1000, b"other")
        with pytest.raises(Rejected, match="content hash"):
            list(pieces)
        assert not video.is_handed_over


@pytest.mark.parametrize("is_stamped", [True, False])
def test_other_bytes_that_went_out_are_not_forgotten_when_the_file_is_put_back(own, is_stamped):
    with ApprovedVideo(own, _SHA256, stamp_of(own) if is_stamped else None) as video:
        pieces = video.pieces(0, _SIZE, _keep)
        next(pieces)
        change(own, _PIECE, b"other")
        assert next(pieces).startswith(b"other")
        own.write_bytes(_CONTENT)
        with pytest.raises(Rejected):
            list(pieces)


@pytest.mark.parametrize("is_stamped", [True, False])
def test_a_change_of_what_is_sent_again_is_noticed(own, is_stamped):
    with ApprovedVideo(own, _SHA256, stamp_of(own) if is_stamped else None) as video:
        _read(video, 0, _SIZE, most=2 * _PIECE)
        change(own, _PIECE // 2, b"other")
        with pytest.raises(Rejected):
            _read(video, 1000, _SIZE)
        assert not video.is_handed_over


@pytest.mark.parametrize("is_stamped", [True, False])
def test_a_file_that_is_cut_off_while_it_is_sent_is_refused(own, is_stamped):
    with ApprovedVideo(own, _SHA256, stamp_of(own) if is_stamped else None) as video:
        pieces = video.pieces(0, _SIZE, _keep)
        next(pieces)
        os.truncate(own, _SIZE - 1)
        with pytest.raises(Rejected, match="cut off"):
            list(pieces)


def _rendered_anew(path: Path) -> None:
    anew = path.with_name("anew.mp4")
    anew.write_bytes(b"rendered anew")
    anew.replace(path)


@pytest.mark.parametrize("becomes", [Path.unlink, _rendered_anew, lambda path: path.chmod(0o400)])
def test_what_leaves_the_bytes_alone_does_not_stop_them(own, becomes):
    """A clip rendered anew takes the old one's name, not its place on the disk."""
    with ApprovedVideo(own, _SHA256, stamp_of(own)) as video:
        pieces = video.pieces(0, _SIZE, _keep)
        first = next(pieces)
        becomes(own)
        assert first + b"".join(pieces) == _CONTENT
        assert video.is_handed_over
