from collections.abc import Generator

import pytest

from tests.platforms import web_server as served
from tests.platforms.web_server import WebServer, answer
from viral_forge_resources.workers.parts.guard import PublicProxy


@pytest.fixture
def server() -> Generator[WebServer, None, None]:
    with served.web_server() as running:
        yield running


@pytest.fixture
def proxy(server: WebServer) -> Generator[PublicProxy, None, None]:
    """Lets ``server`` pass for a public one."""
    with PublicProxy(allowed={("127.0.0.1", server.server_port)}) as running:
        running.start()
        yield running
        running.shutdown()


def _by_curl(url: str, proxy: str) -> int:
    from curl_cffi import requests

    with requests.Session(proxy=proxy, timeout=10) as session:
        return int(session.get(url, impersonate="chrome").status_code)


def _by_primp(url: str, proxy: str) -> int:
    import primp

    return int(primp.Client(proxy=proxy, timeout=10).get(url).status_code)


def _by_ytdlp(url: str, proxy: str) -> int:
    import yt_dlp

    with yt_dlp.YoutubeDL({"quiet": True, "proxy": proxy}) as opened, opened.urlopen(url) as got:
        return int(got.status)


_LIBRARIES = pytest.mark.parametrize("ask", [_by_curl, _by_primp, _by_ytdlp])


@_LIBRARIES
def test_a_library_reaches_public_addresses_through_the_proxy(server, proxy, ask):
    assert ask(server.script("/a", answer()), proxy.url) == 200
    assert not proxy.has_refused


@_LIBRARIES
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_library_reaches_no_private_address(server, proxy, ask, host):
    with served.web_server() as hidden:
        with pytest.raises(Exception, match=r"."):
            ask(f"http://{host}:{hidden.server_port}/", proxy.url)
        assert hidden.asked == []
    assert proxy.has_refused


@_LIBRARIES
def test_a_library_is_not_redirected_to_a_private_address(server, proxy, ask):
    with served.web_server() as hidden:
        url = server.script("/a", served.redirect(hidden.script("/b", answer())))
        with pytest.raises(Exception, match=r"."):
            ask(url, proxy.url)
        assert hidden.asked == []
    assert [asked.path for asked in server.asked] == ["/a"]
    assert proxy.has_refused


def test_a_name_that_does_not_exist_is_no_refusal(proxy):
    with pytest.raises(Exception, match=r"."):
        _by_curl("http://name.invalid/", proxy.url)
    assert not proxy.has_refused
