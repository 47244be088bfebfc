"""Internet Archive, Wikimedia Commons and Pexels: what is theirs alone."""

from datetime import timedelta

import pytest

from viral_forge_resources.contracts.errors import NotSupported, Permanent, RateLimited

_LAG = {
    "error": {"code": "maxlag", "info": "Waiting for db1160: 7.2 seconds lagged.", "lag": 7.2},
    "servedby": "mw1",
}


def test_commons_that_lags_is_left_alone_for_as_long_as_it_asks(open_ground, says):
    error = (
        open_ground("wikimedia_commons").scan(faults={0: says(200, _LAG, retry_after="5")}).error
    )
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(seconds=5)
    assert "7.2 seconds lagged" in str(error)


def test_commons_that_refuses_a_request_is_told_in_its_words(open_ground, says):
    refusal = {"error": {"code": "badvalue", "info": 'Unrecognized value for "gsrsort".'}}
    error = open_ground("wikimedia_commons").scan(faults={0: says(200, refusal)}).error
    assert isinstance(error, Permanent)
    assert "Unrecognized value" in str(error)


def test_commons_is_told_whom_to_write_to(open_ground, asked_of):
    ground = open_ground("wikimedia_commons", settings={"contact": "me@studio.example"})
    ground.scan(is_lenient=True)
    told = {each.headers["user-agent"] for each in asked_of(ground)}
    assert len(told) == 1
    assert told.pop().endswith("(me@studio.example)")


def test_a_category_of_commons_is_watched_as_one_phrase(open_ground, asked_of):
    request = {"queries": [], "watched": ['Cats" OR "Dogs']}
    ground = open_ground("wikimedia_commons", request=request)
    ground.scan(is_lenient=True)
    assert asked_of(ground)[0].query["gsrsearch"] == 'filetype:video incategory:"Cats OR Dogs"'


def test_an_original_of_commons_that_is_too_large_is_left_out(open_ground):
    ground = open_ground("wikimedia_commons", settings={"most_bytes": 1_000_000})
    scanned = ground.scan()
    assert [video.title for video in scanned.whole()] == ["Cats of Night (1968)", "Kitten"]
    assert [each.reason for each in scanned.unusable] == ["has no file that can be fetched"]


@pytest.mark.parametrize("status", [200, 400])
def test_the_archive_that_refuses_a_search_is_told_in_its_words(open_ground, says, status):
    fault = says(status, {"error": "[RANGE_NOT_VALID]"})
    error = open_ground("internet_archive").scan(faults={0: fault}).error
    assert isinstance(error, Permanent)
    assert "RANGE_NOT_VALID" in str(error)


def test_words_of_a_query_are_no_operators_of_the_archive(open_ground, asked_of):
    queries = {"queries": ["cats) OR (mediatype:audio"]}
    ground = open_ground("internet_archive", request=queries)
    ground.scan(is_lenient=True)
    asked = asked_of(ground)[0].query["q"]
    assert asked.startswith("mediatype:movies AND (cats or mediatype audio) AND publicdate:[")


def test_only_licensed_items_of_the_archive_are_asked_for_where_a_niche_wants_it(
    open_ground, asked_of
):
    ground = open_ground("internet_archive", request={"reusable_only": True})
    ground.scan(is_lenient=True)
    assert asked_of(ground)[0].query["q"].endswith(" AND licenseurl:*creativecommons*")


def test_an_item_that_left_the_archive_costs_no_other_video(open_ground, says):
    scanned = open_ground("internet_archive").scan(faults={2: says(200, {})})
    assert [video.title for video in scanned.whole()] == ["Home movie", "Kittens"]
    assert [each.reason for each in scanned.unusable] == ["is gone"]


def test_items_of_the_archive_that_answered_come_before_the_error(open_ground, says):
    scanned = open_ground("internet_archive").scan(faults={2: says(403, {})})
    assert [video.title for video in scanned.videos] == ["Home movie"]
    assert isinstance(scanned.error, Permanent)


def test_pexels_may_be_asked_for_every_orientation(open_ground, asked_of):
    ground = open_ground("pexels", settings={"orientation": "any"})
    ground.scan(is_lenient=True)
    assert "orientation" not in asked_of(ground)[0].query


@pytest.mark.parametrize("name", ["internet_archive", "pexels", "wikimedia_commons"])
def test_a_niche_without_queries_is_told_so(open_ground, name):
    assert isinstance(open_ground(name, request={"queries": []}).scan().error, NotSupported)
