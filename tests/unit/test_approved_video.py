"""Whatever is sent again or skipped: the last bytes leave only if all are the approved ones."""

import hashlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viral_forge_resources.contracts.errors import Rejected
from viral_forge_resources.publishers._approved import ApprovedVideo

_SIZE = 3_300_001  # more than three pieces, and a rest
_CONTENT = Random(1).randbytes(_SIZE)  # noqa: S311  the same every time
_SHA256 = hashlib.sha256(_CONTENT).hexdigest()
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
    with ApprovedVideo(path, _SHA256) as video:
        for start, most in broken:
            _read(video, start, _SIZE, most=most)
        assert _read(video, last, _SIZE) == _CONTENT[last:]
        assert video.is_handed_over


@_quick
@given(broken=st.lists(st.tuples(_PLACES, st.integers(1, _SIZE)), max_size=4), last=_PLACES)
def test_the_last_bytes_of_another_video_never_leave(path, broken, last):
    with ApprovedVideo(path, hashlib.sha256(b"another").hexdigest()) as video:
        for start, most in broken:
            end = min(start + most, _SIZE - 1)  # everything but its last byte
            _read(video, start, end)
        with pytest.raises(Rejected):
            _read(video, last, _SIZE)
        assert not video.is_handed_over


@pytest.mark.parametrize("chunk", [1_000_000, 1_048_576, 1_500_000])
def test_chunk_by_chunk_it_is_the_same(path, chunk):
    with ApprovedVideo(path, _SHA256) as video:
        starts = range(0, _SIZE, chunk)
        sent = b"".join(_read(video, start, min(start + chunk, _SIZE)) for start in starts)
        assert sent == _CONTENT
        assert video.is_handed_over
