import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from viral_forge_resources.contracts.errors import (
    BadInput,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
)
from viral_forge_resources.http import (
    MUST_BE_PUBLIC,
    contract_errors,
    is_public,
    open_async_client,
    open_client,
    origin,
    raise_for_refusal,
    refusal,
    shown_address,
)


def _answer(status: int, headers: dict[str, str] | None = None) -> httpx.Response:
    request = httpx.Request("GET", "https://user:pass@example.com/v.mp4?token=s3cret#part")
    return httpx.Response(status, headers=headers, request=request)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "0.0.0.0",  # noqa: S104  an address that must be refused
        "10.1.2.3",
        "100.64.0.1",
        "169.254.169.254",
        "192.168.0.1",
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_private_addresses_are_recognised_in_every_wrapping(address):
    assert not is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_a_client_refuses_private_addresses_before_it_connects(host):
    with (
        open_client(allow_private_addresses=False) as client,
        pytest.raises(BadInput, match="private or reserved address"),
    ):
        client.get(f"http://{host}:9/latest?token=s3cret")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1"])
def test_an_asynchronous_client_refuses_them_too(host):
    async def ask() -> None:
        async with open_async_client(allow_private_addresses=False) as client:
            await client.get(f"http://{host}:9/latest?token=s3cret")

    with pytest.raises(BadInput, match="private or reserved address") as caught:
        asyncio.run(ask())
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("trusted", ["http://127.0.0.1:9", "http://127.0.0.1:9/api?x=1"])
@pytest.mark.parametrize("extensions", [{}, {MUST_BE_PUBLIC: True}])
def test_a_trusted_origin_may_be_private_unless_a_redirect_leads_there(trusted, extensions):
    async def ask() -> None:
        async with open_async_client(allow_private_addresses=False, trusted=[trusted]) as client:
            await client.get("http://127.0.0.1:9/", extensions=extensions)

    with pytest.raises(BadInput if extensions else httpx.ConnectError):
        asyncio.run(ask())


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        ("https://a.example/x", "https://a.example:443/y", True),
        ("http://a.example", "https://a.example", False),
        ("http://a.example", "http://a.example:8080", False),
        ("http://A.example", "http://a.example", True),
    ],
)
def test_an_origin_is_scheme_host_and_port(one, other, are_same):
    assert (origin(one) == origin(other)) == are_same


def test_a_name_that_does_not_exist_is_unreachable():
    with (
        open_client(allow_private_addresses=False) as client,
        pytest.raises(Unreachable, match=r"'http://name\.invalid/'"),
        contract_errors("http://name.invalid/"),
    ):
        client.get("http://name.invalid/")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, Permanent),
        (403, Permanent),
        (404, BadInput),
        (410, BadInput),
        (412, Unreachable),
        (418, Permanent),
        (429, RateLimited),
        (500, Unreachable),
        (503, Unreachable),
        (599, Unreachable),
        (302, Permanent),
    ],
)
def test_each_status_stands_for_one_error(status, kind):
    with pytest.raises(kind) as caught:
        raise_for_refusal(_answer(status))
    assert type(caught.value) is kind
    assert str(status) in str(caught.value)


def test_a_success_is_no_error():
    raise_for_refusal(_answer(206))


def test_messages_hold_no_user_query_or_fragment():
    message = str(refusal(shown_address("https://user:pass@example.com/v?t=s3cret#x"), 404, {}))
    assert "'https://example.com/v'" in message
    with pytest.raises(Unreachable) as caught:
        raise_for_refusal(_answer(500))
    for secret in ("user", "pass", "s3cret", "part"):
        assert secret not in message + str(caught.value)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("90", timedelta(seconds=90)),
        (" 0 ", timedelta(0)),
        ("9" * 5000, timedelta(days=7)),
        ("Fri, 01 Jan 9999 00:00:00 GMT", timedelta(days=7)),
        ("soon", None),
        ("Wed, 21 Oct 99999 07:28:00 GMT", None),
        (None, None),
    ],
)
def test_a_platform_says_how_long_to_wait(header, expected):
    error = refusal("x", 429, {} if header is None else {"retry-after": header})
    assert isinstance(error, Transient)
    assert error.retry_after == expected


def test_a_platform_says_by_date_how_long_to_wait():
    in_two_minutes = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    error = refusal("x", 503, {"retry-after": in_two_minutes})
    assert isinstance(error, Unreachable)
    assert error.retry_after is not None
    assert timedelta(seconds=110) < error.retry_after <= timedelta(minutes=2)


def test_a_date_in_the_past_means_now():
    error = refusal("x", 429, {"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"})
    assert isinstance(error, RateLimited)
    assert error.retry_after == timedelta(0)


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/v.mp4", "http:///v.mp4", "http://example.com:port/", "http://xn--zz/"],
)
def test_an_address_that_cannot_be_asked_is_bad_input(url):
    with (
        open_client(allow_private_addresses=False) as client,
        pytest.raises(BadInput, match="cannot be fetched"),
        contract_errors(url),
    ):
        client.get(url)


def test_a_client_says_who_it_is_and_follows_redirects():
    with open_client(allow_private_addresses=False) as client:
        assert client.headers["user-agent"].startswith("viral-forge/")
        assert client.follow_redirects
        assert client.timeout.read is not None
