"""The loopback platforms answer as recorded; tests that trust them rest on this."""

from io import BytesIO

import httpx
import pytest
from PIL import Image, ImageChops

from tests.platforms.answers import CUT_OFF, HUGE, SILENT
from tests.platforms.pictures import thumbnail
from tests.platforms.recorded import RecordedPlatforms
from tests.platforms.recording import Recording, load

RECORDING = Recording(
    "cats",
    {
        "exchanges": [
            {"path": "/search", "query": {"q": "cats"}, "answer": {"page": 1, "at": "{server}/a"}},
            {"path": "/search", "query": {"q": "cats", "page": 2}, "answer": {"page": 2}},
            {"method": "POST", "path": "/json", "json": {"a": {"b": 1}}, "answer": "posted"},
            {"method": "POST", "path": "/form", "form": {"a": "1"}, "text": "<x/>"},
            {"path": "/feed", "answer_headers": {"ETag": '"1"'}, "text": "feed"},
            {"path": "/turns", "answer": "first"},
            {"path": "/turns", "answer": "second"},
        ]
    },
)


@pytest.fixture
def platforms():
    with RecordedPlatforms() as running:
        yield running


@pytest.fixture
def cats(platforms):
    return platforms.mount(RECORDING)


@pytest.fixture
def client(cats):
    with httpx.Client(base_url=cats.url, trust_env=False, timeout=5) as opened:
        yield opened


def test_the_exchange_that_asks_for_most_answers(client, cats):
    first = client.get("/search", params={"q": "cats", "other": "x"}).json()
    assert first == {"page": 1, "at": f"{cats.url}/a"}
    assert client.get("/search", params={"q": "cats", "page": 2}).json() == {"page": 2}


def test_what_is_not_recorded_is_not_found_and_noted(client, cats):
    assert client.get("/search", params={"q": "dogs"}).status_code == 404
    assert client.get("/nowhere").status_code == 404
    assert [line.split(" ")[1] for line in cats.unmatched] == ["/search", "/nowhere"]


def test_bodies_are_compared_as_json_and_as_forms(client, cats):
    assert client.post("/json", json={"a": {"b": 1, "c": 2}}).json() == "posted"
    assert client.post("/json", json={"a": {"b": 2}}).status_code == 404
    assert client.post("/form", data={"a": "1", "b": "2"}).text == "<x/>"
    assert client.post("/form", data={"a": "2"}).status_code == 404


def test_equals_take_turns(client):
    assert [client.get("/turns").json() for _ in range(2)] == ["first", "second"]


def test_what_did_not_change_is_not_sent_again(client):
    tag = client.get("/feed").headers["etag"]
    again = client.get("/feed", headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")


def test_a_lenient_platform_answers_what_comes_closest(client, cats):
    cats.is_lenient = True
    assert client.get("/search", params={"q": "dogs", "page": 2}).json() == {"page": 2}


def test_media_are_served_whole_and_in_parts(client, cats, tmp_path):
    (tmp_path / "cat.mp4").write_bytes(bytes(range(100)))
    cats.offer(r"/files/.*\.mp4", tmp_path / "cat.mp4")
    assert client.get("/files/a.mp4").content == bytes(range(100))
    part = client.get("/files/b.mp4", headers={"range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/100"
    assert client.get("/files/b.mp4", headers={"range": "bytes=100-"}).status_code == 416
    assert client.head("/files/a.mp4").headers["content-length"] == "100"
    assert client.get("/other.mp4").status_code == 404


def test_thumbnails_are_pictures_that_differ():
    first, second = (Image.open(BytesIO(thumbnail(number))) for number in range(2))
    assert (first.format, first.size) == ("JPEG", (64, 36))
    assert ImageChops.difference(first, second).getbbox() is not None
    assert thumbnail(1) == thumbnail(1)


def test_a_cut_off_answer_is_shorter_than_it_says(client, cats):
    cats.faults[0] = CUT_OFF
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete"):
        client.get("/search", params={"q": "cats"})


def test_a_silent_platform_says_nothing(client, cats):
    cats.faults[0] = SILENT
    with pytest.raises(httpx.ReadTimeout):
        client.get("/search", params={"q": "cats"}, timeout=0.1)


def test_a_huge_answer_has_50_million_bytes(client, cats):
    cats.faults[0] = HUGE
    with client.stream("GET", "/search", params={"q": "cats"}) as answer:
        assert "content-length" not in answer.headers
        assert sum(map(len, answer.iter_raw())) == 50_000_002


def test_platforms_of_one_server_are_apart(platforms, client):
    other = platforms.mount(RECORDING, path="dogs", host="127.0.0.2")
    assert httpx.get(f"{other.url}/turns", trust_env=False).json() == "first"
    assert client.get("/turns").json() == "first"


def test_a_recording_with_a_word_that_means_nothing_is_refused(tmp_path):
    (tmp_path / "cats.json").write_text('{"request": {}, "exchange": []}')
    with pytest.raises(AssertionError, match=r"unknown \['exchange'\]"):
        load("cats", tmp_path)


def test_a_recording_that_is_not_there_is_named(tmp_path):
    with pytest.raises(AssertionError, match=r"write .*cats\.json"):
        load("cats", tmp_path)


@pytest.mark.parametrize("place", ["0.nothing", "4.not in it"])
def test_a_place_that_is_not_in_a_recording_is_named(place):
    with pytest.raises(AssertionError, match=f"cats: {place} is not there"):
        RECORDING.without(place)


def test_a_changed_recording_leaves_the_first_as_it_was():
    assert RECORDING.without("0.page").exchanges[0]["answer"] == {"at": "{server}/a"}
    assert RECORDING.with_text("<&>", "4.feed").exchanges[4]["text"] == "&lt;&amp;&gt;"
    assert RECORDING.exchanges[0]["answer"]["page"] == 1
