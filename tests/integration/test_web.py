import asyncio
import gzip
import os
import resource
import sys
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.quota import FakeQuotaLedger
from tests.platforms import web_server as served
from tests.platforms.web_server import WebServer, answer
from viral_forge_resources.answers import AnswerCache, KeptAnswer
from viral_forge_resources.contracts.errors import (
    BadInput,
    Misconfigured,
    Permanent,
    QuotaSpent,
    RateLimited,
    Transient,
    UnexpectedAnswer,
    Unreachable,
)
from viral_forge_resources.contracts.quota import Bucket, Use, Window
from viral_forge_resources.contracts.web import MOST_BYTES, Pace, WebAnswer, WebRequest
from viral_forge_resources.web import open_web

_SEARCH = Bucket(platform="p", name="search", limit=2, window=Window.DAY)


@pytest.fixture
def server() -> Generator[WebServer, None, None]:
    with served.web_server() as running:
        yield running


def _send(*requests: WebRequest, **options: Any) -> list[WebAnswer]:
    """What each request is answered with, all sent at once."""

    async def sent() -> list[WebAnswer]:
        options.setdefault("ledger", FakeQuotaLedger())
        options.setdefault("allow_private_addresses", True)
        async with open_web(**options) as web:
            return await asyncio.gather(*map(web.send, requests))

    return asyncio.run(sent())


def test_an_answer_comes_whole_with_what_was_asked(server):
    url = server.script("/search", answer(200, b'{"a": [1]}', x_left="3"))
    request = WebRequest(
        url=url, params={"q": "cats & dogs", "id": ("1", "2")}, headers={"X-A": "b"}
    )
    (got,) = _send(request)
    assert got.json() == {"a": [1]}
    assert got.headers["x-left"] == "3"
    assert got.name == url
    assert server.asked[0].path == "/search?q=cats+%26+dogs&id=1&id=2"
    assert server.asked[0].headers["x-a"] == "b"
    assert server.asked[0].headers["user-agent"].startswith("viral-forge/")


def test_a_post_carries_json_or_a_form_and_a_password(server):
    url = server.script("/token", answer())
    _send(WebRequest(url=url, method="POST", form={"grant": "x y"}, basic_auth=("id", "s3cret")))
    _send(WebRequest(url=url, method="POST", json={"a": 1}))
    form, json = server.asked
    assert form.body == b"grant=x+y"
    assert form.headers["authorization"] == "Basic aWQ6czNjcmV0"
    assert json.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, Permanent), (403, Permanent), (404, BadInput), (429, RateLimited), (500, Unreachable)],
)
def test_a_refusal_is_raised_without_the_query(server, status, kind):
    url = server.script("/a", answer(status))
    with pytest.raises(kind, match=str(status)) as caught:
        _send(WebRequest(url=url, params={"key": "s3cret"}))
    assert "s3cret" not in str(caught.value)


def test_a_refusal_that_is_accepted_comes_back_with_its_words(server):
    url = server.script("/a", answer(403, b'{"reason": "quotaExceeded"}'))
    (got,) = _send(WebRequest(url=url, accepts=frozenset({403})))
    assert (got.status, got.json()) == (403, {"reason": "quotaExceeded"})


def test_a_page_for_people_is_no_json(server):
    url = server.script("/a", answer(200, b"<html>Are you a robot?", kind="text/html"))
    (got,) = _send(WebRequest(url=url))
    with pytest.raises(UnexpectedAnswer, match="Are you a robot"):
        got.json()


@pytest.mark.parametrize("fault", [answer(500), answer(503), served.hang_up(), served.cut_off()])
def test_a_get_is_tried_once_more_after_a_fault(server, fault):
    url = server.script("/a", fault, answer(200, b"[]"))
    (got,) = _send(WebRequest(url=url))
    assert got.body == b"[]"
    assert len(server.asked) == 2


@pytest.mark.parametrize("fault", [answer(500), served.hang_up()])
def test_a_post_is_never_repeated_after_a_fault(server, fault):
    url = server.script("/a", fault, answer())
    with pytest.raises(Unreachable):
        _send(WebRequest(url=url, method="POST", json={}))
    assert len(server.asked) == 1


def test_a_host_that_stays_down_is_asked_twice(server):
    url = server.script("/a", answer(502))
    with pytest.raises(Unreachable, match="502"):
        _send(WebRequest(url=url))
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_a_short_wait_is_waited_for(server, status):
    url = server.script("/a", answer(status, retry_after="1"), answer(200, b"[]"))
    (got,) = _send(WebRequest(url=url, method="POST", json={}))
    assert got.body == b"[]"
    first, second = server.asked
    assert second.at - first.at >= 1


def test_a_wait_that_is_too_long_is_left_to_others(server):
    url = server.script("/a", answer(429, retry_after="90"))
    with pytest.raises(RateLimited) as caught:
        _send(WebRequest(url=url))
    assert caught.value.retry_after == timedelta(seconds=90)
    assert len(server.asked) == 1


def test_a_host_that_keeps_asking_to_wait_is_asked_twice(server):
    url = server.script("/a", answer(429, retry_after="0"))
    with pytest.raises(RateLimited):
        _send(WebRequest(url=url))
    assert len(server.asked) == 2


def test_a_host_that_asks_to_wait_is_left_alone_by_everyone(server):
    busy = server.script("/busy", answer(429, retry_after="1"), answer())
    other = server.script("/other", answer())
    pace = Pace(apart_s=0.3)
    _send(WebRequest(url=busy, pace=pace), WebRequest(url=other, pace=pace))
    begun = server.asked[0].at
    assert [round(asked.at - begun) for asked in server.asked] == [0, 1, 1]


def test_silence_ends_at_the_time_out(server):
    url = server.script("/a", served.hang())
    begun = time.monotonic()
    with pytest.raises(Unreachable, match="ReadTimeout"):
        _send(WebRequest(url=url), timeout_s=0.3)
    assert time.monotonic() - begun < 3


def test_a_drip_ends_as_a_whole(server):
    url = server.script("/a", served.drip())
    with pytest.raises(Unreachable, match=r"took longer than 0\.9 s"):
        _send(WebRequest(url=url, params={"key": "s3cret"}), timeout_s=0.3)


def test_fifty_megabytes_are_cut_at_the_limit_and_never_held(server):
    url = server.script("/a", served.huge(50_000_000))
    unit = 1 if sys.platform == "darwin" else 1024
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    with pytest.raises(UnexpectedAnswer, match="more than 8,000,000 bytes"):
        _send(WebRequest(url=url))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    assert after - before < 3 * MOST_BYTES
    assert server.sent < 20_000_000


def test_compressed_answers_are_unpacked_as_far_as_the_limit_goes(server):
    url = server.script(
        "/a", answer(200, gzip.compress(b"[1, 2]", mtime=0), content_encoding="gzip")
    )
    bomb = gzip.compress(bytes(50_000_000), mtime=0)
    bombed = server.script("/bomb", answer(200, bomb, content_encoding="gzip"))
    (got,) = _send(WebRequest(url=url))
    assert got.json() == [1, 2]
    with pytest.raises(UnexpectedAnswer, match="more than 8,000,000 bytes"):
        _send(WebRequest(url=bombed))


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (b"no gzip", "gzip", Unreachable),
        (gzip.compress(b"[1, 2]", mtime=0)[:-9], "gzip", Unreachable),
        (b"\x0b\x02\x80[]\x03", "br", UnexpectedAnswer),
    ],
)
def test_what_cannot_be_unpacked_is_no_answer(server, body, encoding, kind):
    url = server.script("/a", answer(200, body, content_encoding=encoding))
    with pytest.raises(kind):
        _send(WebRequest(url=url))


def test_a_redirect_within_the_origin_keeps_its_headers(server):
    url = server.script("/a", served.redirect("/b"))
    server.script("/b", answer(200, b"[]"))
    options = {"allow_private_addresses": False, "trusted": [f"{server.url}/api"]}
    (got,) = _send(WebRequest(url=url, headers={"x-key": "s3cret"}), **options)
    assert got.body == b"[]"
    assert server.asked[1].headers["x-key"] == "s3cret"


def test_a_redirect_to_another_origin_takes_no_keys_along(server):
    with served.web_server() as other:
        url = server.script("/a", served.redirect(other.script("/b", answer())))
        headers = {"x-key": "s3cret", "accept": "application/json"}
        _send(WebRequest(url=url, headers=headers, basic_auth=("id", "s3cret")))
        assert "s3cret" not in str(other.asked)
        assert other.asked[0].headers["accept"] == "application/json"


def test_a_redirect_to_a_private_address_is_refused_even_to_a_trusted_one(server):
    with served.web_server() as other:
        url = server.script("/a", served.redirect(other.script("/b", answer())))
        options = {"allow_private_addresses": False, "trusted": [server.url, other.url]}
        with pytest.raises(BadInput, match="private or reserved address"):
            _send(WebRequest(url=url), **options)
        assert other.asked == []


def test_a_private_address_that_nobody_trusts_is_never_asked(server):
    url = server.script("/a", answer())
    with pytest.raises(BadInput, match="private or reserved address"):
        _send(WebRequest(url=url), allow_private_addresses=False, trusted=["http://127.0.0.1:9"])
    assert server.asked == []


def test_redirects_end_somewhere(server):
    url = server.script("/a", served.redirect("/a"))
    with pytest.raises(BadInput, match="TooManyRedirects"):
        _send(WebRequest(url=url))
    assert len(server.asked) == 6


@pytest.mark.parametrize("location", ["http://xn--zz/", "file:///etc/passwd", "http://[::1", "//"])
def test_a_redirect_to_nonsense_is_an_error_of_ours(server, location):
    with pytest.raises((BadInput, Unreachable)):
        _send(WebRequest(url=server.script("/a", served.redirect(location))))


def test_a_post_follows_no_redirect(server):
    url = server.script("/a", served.redirect("/b", 307))
    with pytest.raises(Permanent, match="307"):
        _send(WebRequest(url=url, method="POST", form={"secret": "x"}))
    assert len(server.asked) == 1


def test_every_request_that_leaves_is_counted_and_none_beyond_the_limit(server):
    ledger = FakeQuotaLedger()
    url = server.script("/a", answer(500), answer())
    request = WebRequest(url=url, uses=(Use(bucket=_SEARCH),))
    _send(request, ledger=ledger)
    assert ledger.units() == {"search": 2}
    with pytest.raises(QuotaSpent):
        _send(request, ledger=ledger)
    assert len(server.asked) == ledger.calls()["calls"] == 2


def test_a_request_that_nobody_speaks_for_is_a_call_of_its_host(server):
    ledger = FakeQuotaLedger()
    _send(WebRequest(url=server.script("/a", answer())), ledger=ledger)
    (bucket,) = ledger.used
    assert (bucket.platform, bucket.project, bucket.limit) == ("web", "127.0.0.1", None)


def test_where_a_request_is_redirected_to_is_a_call_but_takes_no_allowance_again(server):
    ledger = FakeQuotaLedger()
    server.script("/b", answer())
    url = server.script("/a", served.redirect("/b"))
    _send(WebRequest(url=url, uses=(Use(bucket=_SEARCH),)), ledger=ledger)
    assert len(server.asked) == 2
    assert (ledger.units(), ledger.calls()) == ({"search": 1}, {"calls": 2})


def test_what_is_not_modified_is_a_call_all_the_same(server, tmp_path):
    ledger = FakeQuotaLedger()
    url = server.script("/a", answer(etag="1"), answer(304))
    request = WebRequest(url=url, is_conditional=True)
    for _ in range(2):
        _send(request, ledger=ledger, cache=tmp_path)
    assert len(server.asked) == ledger.calls()["calls"] == 2


def test_scans_share_the_pace_of_a_host(server):
    url = server.script("/a", answer())
    request = WebRequest(url=url, pace=Pace(at_once=8, apart_s=0.15))
    _send(*[request] * 4)
    starts = [asked.at for asked in server.asked]
    assert starts[-1] - starts[0] >= 0.4


def test_no_more_requests_are_in_flight_than_a_host_takes(server):
    url = server.script("/a", served.hang())
    request = WebRequest(url=url, pace=Pace(at_once=2))
    with pytest.raises(Unreachable):
        _send(*[request] * 6, timeout_s=0.4)
    assert len(server.asked) == 2


def test_hosts_do_not_wait_for_each_other(server):
    with served.web_server() as other:
        slow = WebRequest(url=server.script("/a", served.hang()), pace=Pace(at_once=1))
        fast = WebRequest(url=other.script("/a", answer()), pace=Pace(at_once=1))

        async def sent() -> WebAnswer:
            async with open_web(ledger=FakeQuotaLedger(), allow_private_addresses=True) as web:
                waiting = asyncio.create_task(web.send(slow))
                got = await web.send(fast)
                waiting.cancel()
                return got

        assert asyncio.run(sent()).status == 200


def test_what_did_not_change_is_not_sent_again(server, tmp_path):
    url = server.script("/feed", answer(200, b"<feed/>", etag='"1"'), answer(304, b""))
    send = partial(_send, WebRequest(url=url, is_conditional=True), cache=tmp_path)
    (first,), (second,) = send(), send()
    assert (second.status, second.body) == (200, b"<feed/>")
    assert second.headers == first.headers
    assert server.asked[1].headers["if-none-match"] == '"1"'


def test_what_did_change_replaces_what_was_kept(server, tmp_path):
    dates = ("Wed, 18 Nov 2026 09:00:00 GMT", "Thu, 19 Nov 2026 09:00:00 GMT")
    answers = [answer(200, bytes(3), last_modified=date) for date in dates]
    url = server.script("/feed", *answers, answer(304, b""))
    send = partial(_send, WebRequest(url=url, is_conditional=True), cache=tmp_path)
    for _ in range(3):
        send()
    asked = [request.headers.get("if-modified-since") for request in server.asked]
    assert asked == [None, *dates]
    assert len(list(tmp_path.iterdir())) == 1


def test_answers_are_kept_apart_by_who_asks_and_names_hold_no_secret(server, tmp_path):
    url = server.script("/feed", answer(200, b"1", etag="a", set_cookie="session=s3cret"))
    for token in ("s3cret", "other"):
        headers = {"authorization": f"Bearer {token}"}
        _send(WebRequest(url=url, headers=headers, is_conditional=True), cache=tmp_path)
    assert [asked.headers.get("if-none-match") for asked in server.asked] == [None, None]
    for file in tmp_path.iterdir():
        assert "s3cret" not in file.name
        assert b"s3cret" not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0


def test_a_damaged_file_is_as_good_as_none(server, tmp_path):
    url = server.script("/feed", answer(200, b"<feed/>", etag="1"))
    send = partial(_send, WebRequest(url=url, is_conditional=True), cache=tmp_path)
    send()
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    (got,) = send()
    assert got.body == b"<feed/>"
    assert "if-none-match" not in server.asked[1].headers


def test_many_scans_keep_answers_in_one_folder_at_the_same_time(tmp_path):
    def keep(number: int) -> None:
        cache = AnswerCache(tmp_path, most_files=3)
        for turn in range(20):
            cache.put(f"{number} {turn}", KeptAnswer(headers={"etag": "1"}, body=b"x"))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keep, range(8)))
    assert 1 <= len(list(tmp_path.iterdir())) <= 10


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(server, tmp_path):
    (tmp_path / "file").touch()
    url = server.script("/feed", answer(200, b"<feed/>", etag="1"))
    with pytest.raises(Transient, match="folder of kept answers"):
        _send(WebRequest(url=url, is_conditional=True), cache=tmp_path / "file" / "folder")


def test_nothing_is_kept_of_answers_that_nobody_asked_to_keep(server, tmp_path):
    url = server.script("/feed", answer(200, b"<feed/>", etag="1"))
    _send(WebRequest(url=url), cache=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["line\nbreak", "schlüssel"])
def test_a_key_that_no_header_can_hold_is_a_wrong_setting(server, key):
    with pytest.raises(Misconfigured, match="Check the keys") as caught:
        _send(WebRequest(url=server.script("/a", answer()), headers={"x-key": key}))
    assert key not in str(caught.value)


@pytest.mark.parametrize("url", ["ftp://example.com/", "http:///", "nonsense"])
def test_an_address_that_cannot_be_asked_is_bad_input(url):
    with pytest.raises(BadInput, match="cannot be fetched"):
        _send(WebRequest(url=url))


def test_cookies_are_not_carried_from_one_request_to_the_next(server):
    url = server.script("/a", answer(set_cookie="session=1"))

    async def sent() -> None:
        async with open_web(ledger=FakeQuotaLedger(), trusted=[server.url]) as web:
            await web.send(WebRequest(url=url))
            await web.send(WebRequest(url=url))

    asyncio.run(sent())
    assert "cookie" not in server.asked[1].headers


def test_the_oldest_answers_go_when_there_are_too_many(tmp_path):
    cache = AnswerCache(tmp_path, most_files=2)
    for key in ("a", "b", "a", "c"):
        if cache.get(key) is None:
            cache.put(key, KeptAnswer(headers={"etag": "1"}, body=key.encode()))
        _age(tmp_path)
    assert [cache.get(key) is not None for key in ("a", "b", "c")] == [True, False, True]


def _age(folder: Path) -> None:
    for file in folder.iterdir():
        earlier = file.stat().st_mtime - 10
        os.utime(file, (earlier, earlier))
