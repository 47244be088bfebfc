"""Files are cut for TikTok as its guide says, whatever their size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.tiktok_uploads import is_legal_plan
from viral_forge_resources.contracts.errors import Rejected
from viral_forge_resources.publishers._tiktok_chunks import MOST_BYTES, plan_chunks

# Size, size of a chunk, how many, length of the last one; made by hand from TikTok's guide.
_VECTORS = [
    (1, 1, 1, 1),
    (3_145_728, 3_145_728, 1, 3_145_728),
    (4_999_999, 4_999_999, 1, 4_999_999),
    (5_000_000, 5_000_000, 1, 5_000_000),
    (20_000_000, 20_000_000, 1, 20_000_000),
    (63_999_999, 63_999_999, 1, 63_999_999),
    (64_000_000, 64_000_000, 1, 64_000_000),
    (64_000_001, 10_000_000, 6, 14_000_001),
    (64_999_999, 10_000_000, 6, 14_999_999),
    (128_000_000, 10_000_000, 12, 18_000_000),
    (150_000_000, 10_000_000, 15, 10_000_000),
    (287_654_321, 10_000_000, 28, 17_654_321),
    (4_294_967_296, 10_000_000, 429, 14_967_296),
]


@pytest.mark.parametrize(("size", "chunk", "count", "last"), _VECTORS)
def test_a_file_is_cut_as_the_guide_says(size, chunk, count, last):
    plan = plan_chunks(size)
    start, end = plan.ranges[-1]
    assert (plan.chunk_size, plan.count, end - start) == (chunk, count, last)


@pytest.mark.parametrize("size", [0, MOST_BYTES + 1])
def test_no_file_is_empty_or_above_four_gigabytes(size):
    with pytest.raises(Rejected):
        plan_chunks(size)


@given(st.integers(1, MOST_BYTES))
def test_any_file_is_cut_legally_and_whole(size):
    plan = plan_chunks(size)
    source = {"video_size": size, "chunk_size": plan.chunk_size, "total_chunk_count": plan.count}
    assert is_legal_plan(source)
    ends = [0, *(end for _, end in plan.ranges)]
    assert [start for start, _ in plan.ranges] == ends[:-1]
    assert ends[-1] == size


@given(st.integers(1, MOST_BYTES), st.data())
def test_an_upload_goes_on_up_to_the_end_of_a_chunk(size, data):
    plan = plan_chunks(size)
    place = data.draw(st.integers(0, size - 1))
    start, end = plan.chunk_at(place)
    assert start == place < end
    assert end in {each for _, each in plan.ranges}


def test_counting_a_rest_as_a_chunk_of_its_own_is_seen_as_illegal():
    source = {"video_size": 50_000_123, "chunk_size": 10_000_000, "total_chunk_count": 6}
    assert not is_legal_plan(source)
    assert is_legal_plan(source | {"total_chunk_count": 5})
