"""The address on this machine takes the one answer that is waited for."""

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from viral_forge_resources.accounts.loopback import listening
from viral_forge_resources.contracts.errors import Misconfigured, NotPermitted

_SOON = timedelta(seconds=20)
_STATE = "a-state-of-many-characters"


@pytest.fixture
def waiting():
    """The address, and the answer that will come."""
    with listening(0) as loopback, ThreadPoolExecutor(1) as pool:
        coming = pool.submit(loopback.wait, _STATE, most=_SOON)
        while not loopback._listener.state:
            pass
        yield loopback.redirect_uri, coming


def test_the_answer_comes_whole(waiting):
    address, coming = waiting
    page = httpx.get(f"{address}?code=c&state={_STATE}")
    assert page.status_code == 200
    assert "Go back to the terminal" in page.text
    assert coming.result() == f"{address}?code=c&state={_STATE}"


def test_it_is_on_this_machine_alone(waiting):
    address, coming = waiting
    assert urlsplit(address).hostname == "127.0.0.1"
    httpx.get(f"{address}?error=access_denied&state={_STATE}")
    assert "error=access_denied" in coming.result()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("favicon.ico", 404),
        ("callback?code=c&state=" + _STATE, 404),
        ("other/?code=c&state=" + _STATE, 404),
        ("callback/?code=c&state=forged", 400),
        ("callback/?code=c", 400),
    ],
)
def test_anything_else_is_turned_away_and_waiting_goes_on(waiting, path, status):
    address, coming = waiting
    root = address.removesuffix("callback/")
    assert httpx.get(root + path).status_code == status
    assert not coming.done()
    httpx.get(f"{address}?code=c&state={_STATE}")
    assert coming.result()


def test_the_first_answer_counts(waiting):
    address, coming = waiting
    httpx.get(f"{address}?code=first&state={_STATE}")
    assert "first" in coming.result()
    assert httpx.get(f"{address}?code=second&state={_STATE}").status_code == 400


def test_a_page_that_calls_it_by_another_name_is_turned_away(waiting):
    address, coming = waiting
    headers = {"host": "evil.example"}
    assert httpx.get(f"{address}?code=c&state={_STATE}", headers=headers).status_code == 404
    httpx.get(f"{address}?code=c&state={_STATE}")
    assert coming.result()


def test_a_browser_that_opens_connections_ahead_is_in_nobodys_way(waiting):
    address, coming = waiting
    at = urlsplit(address)
    with socket.create_connection((str(at.hostname), at.port or 0)):
        httpx.get(f"{address}?code=c&state={_STATE}")
        assert coming.result()


def test_nobody_is_waited_for_longer_than_said():
    with listening(0) as loopback, pytest.raises(NotPermitted, match="--paste"):
        loopback.wait(_STATE, most=timedelta(milliseconds=1))


def test_a_port_that_is_taken_is_told():
    with listening(0) as loopback:
        port = urlsplit(loopback.redirect_uri).port or 0
        with pytest.raises(Misconfigured, match="VIRAL_FORGE_CONNECT_PORT"), listening(port):
            pass
