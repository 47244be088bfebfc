"""Instagram: Meta's codes, and hashtags that are counted by the week."""

import pytest

from viral_forge_resources.contracts.errors import (
    Misconfigured,
    NotFound,
    Permanent,
    QuotaSpent,
    RateLimited,
    Unreachable,
)


@pytest.fixture
def ground(open_ground):
    return open_ground("instagram")


def _error(code: int, message: str = "So it is.") -> dict[str, object]:
    return {
        "error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    }


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (190, Misconfigured),
        (10, Misconfigured),
        (200, Misconfigured),
        (4, RateLimited),
        (17, RateLimited),
        (32, RateLimited),
        (18, QuotaSpent),
        (24, NotFound),
        (2, Unreachable),
        (100, Permanent),
    ],
)
def test_metas_own_code_counts(ground, says, code, kind):
    refused = ground.scan(faults={0: says(400, _error(code))})
    assert type(refused.error) is kind
    assert "So it is." in str(refused.error)
    assert "EAAB-1" not in str(refused.error)


def test_a_refused_token_is_named_by_its_variable(ground, says):
    refused = ground.scan(faults={0: says(400, _error(190, "Invalid OAuth access token data."))})
    assert "VIRAL_FORGE_SCANNER_INSTAGRAM_ACCESS_TOKEN" in str(refused.error)


def test_the_token_is_in_no_address(ground, asked_of):
    ground.scan()
    assert all("access_token" not in asked.query for asked in asked_of(ground))


def test_a_hashtag_counts_once_however_it_is_written(open_ground):
    request = {"queries": ["DIY shelf!", "#diyshelf"], "watched": ["#DiyShelf"]}
    scanned = open_ground("instagram", request=request).scan()
    scanned.whole()
    assert scanned.units == {"hashtags": 1}
    assert scanned.asked.count(0) == 1


def test_a_hashtag_too_many_is_not_asked_for_and_takes_nothing_from_the_others(open_ground):
    ground = open_ground(
        "instagram",
        settings={"hashtags_per_week": 1},
        request={"queries": ["DIY shelf!", "cats"]},
    )
    scanned = ground.scan()
    assert isinstance(scanned.error, QuotaSpent)
    assert len(scanned.videos) == 3
    assert scanned.unmatched == []


def test_a_query_in_another_script_keeps_its_letters(open_ground, asked_of):
    ground = open_ground("instagram", request={"queries": ["हिन्दी गाना", "東京 2026"]})
    ground.scan()
    assert [asked.query["q"] for asked in asked_of(ground)] == ["हिन्दीगाना", "東京2026"]


def test_the_tags_of_a_caption_end_where_its_words_do(ground):
    places = ground.recording.with_text(
        "now #diy_shelf, #हिन्दी! #diy_shelf # no", "1.data.0.caption"
    )
    assert ground.scan(places).whole()[0].tags == ("diy_shelf", "हिन्दी")
