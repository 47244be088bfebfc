"""Outgoing HTTP: to checked addresses only, with refusals as errors of ours."""

import asyncio
import ipaddress
import logging
import socket
import ssl
from collections.abc import Collection, Generator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from importlib.metadata import version
from typing import Any

import httpx

from viral_forge_resources.contracts.errors import (
    BadInput,
    Permanent,
    RateLimited,
    Transient,
    Unreachable,
    ViralForgeError,
    printable,
)

MUST_BE_PUBLIC = "viral_forge.must_be_public"
"""Extension of a request that may not use the trust in its origin, such as one redirected there."""

MOST_REDIRECTS = 5
_CONNECT_TIMEOUT_S = 10.0
_MOST_DIGITS = 12
_LONGEST_WAIT_S = 7 * 24 * 3600  # more is a mistake, and might not fit a timedelta
_Found = tuple[Any, ...]  # as getaddrinfo answers
_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_REFUSALS: dict[int, tuple[type[Permanent | Transient], str]] = {
    401: (Permanent, "Give it credentials that it knows."),
    403: (Permanent, "Use an address that may be read without an account."),
    404: (BadInput, "Check the address."),
    408: (Unreachable, "It may answer later."),
    410: (BadInput, "It was taken down: choose another one."),
    412: (Unreachable, "Some sites answer so to robots: ask less often, and later."),
    425: (Unreachable, "It may answer later."),
    429: (RateLimited, "It asks us to wait."),
    451: (BadInput, "It is blocked for legal reasons: choose another one."),
}
_SERVER_ERROR = (Unreachable, "It may answer later.")
_OTHER_REFUSAL = (Permanent, "The same request would be refused again.")

_NO_ADDRESS = (
    httpx.InvalidURL,
    httpx.UnsupportedProtocol,
    httpx.TooManyRedirects,
    UnicodeError,  # a host name that only looks like an international one
)


def open_client(
    *, allow_private_addresses: bool, trusted: Collection[str] = (), timeout_s: float = 20.0
) -> httpx.Client:
    """A client that reaches public addresses only, also when it is redirected; close it.

    Proxies of the environment are not used: a proxy would resolve names where nobody checks them.

    Args:
        allow_private_addresses: reach private, loopback and reserved addresses, too.
        trusted: addresses of origins that may be private nevertheless.
        timeout_s: longest wait for the next bytes, which starts anew with every byte.
    """
    _keep_addresses_out_of_logs()
    checks = _Checks(allow_private_addresses=allow_private_addresses, trusted=trusted)
    return httpx.Client(
        transport=_CheckedTransport(checks),
        timeout=_timeout(timeout_s),
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        headers=_who_we_are(),
        trust_env=False,
    )


def open_async_client(
    *, allow_private_addresses: bool, trusted: Collection[str] = (), timeout_s: float = 20.0
) -> httpx.AsyncClient:
    """The same for asyncio, but it follows no redirect by itself and keeps no cookies.

    Args:
        allow_private_addresses: reach private, loopback and reserved addresses, too.
        trusted: addresses of origins that may be private nevertheless.
        timeout_s: longest wait for the next bytes, which starts anew with every byte.
    """
    _keep_addresses_out_of_logs()
    checks = _Checks(allow_private_addresses=allow_private_addresses, trusted=trusted)
    return httpx.AsyncClient(
        transport=_AsyncCheckedTransport(checks),
        timeout=_timeout(timeout_s),
        headers=_who_we_are(),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        trust_env=False,
    )


def open_operators_client(*, timeout_s: float = 20.0) -> httpx.Client:
    """A client for addresses that the operator set, private ones too; close it.

    It follows no redirect: what it sends is meant for that address alone.
    """
    _keep_addresses_out_of_logs()
    return httpx.Client(
        transport=httpx.HTTPTransport(verify=_authorities(), trust_env=False),
        timeout=_timeout(timeout_s),
        headers=_who_we_are(),
        trust_env=False,
    )


def _keep_addresses_out_of_logs() -> None:
    # httpx writes each whole address, and so keys and tokens of its query, into the log at INFO.
    logging.getLogger("httpx").setLevel(logging.WARNING)


@cache
def _authorities() -> ssl.SSLContext:
    """Whom we believe; reading their certificates takes 20 ms, so it is done once a process."""
    return httpx.create_ssl_context()


def _timeout(timeout_s: float) -> httpx.Timeout:
    return httpx.Timeout(timeout_s, connect=min(timeout_s, _CONNECT_TIMEOUT_S))


def _who_we_are() -> dict[str, str]:
    return {"User-Agent": f"viral-forge/{version('viral-forge')}"}


def origin(url: httpx.URL | str) -> tuple[str, str, int | None]:
    """Scheme, host and port, whether the port is written or not."""
    parsed = httpx.URL(url)
    return parsed.scheme, parsed.host, parsed.port or {"http": 80, "https": 443}.get(parsed.scheme)


def shown_address(url: httpx.URL | str) -> str:
    """The address as it may be shown: no query, fragment or user, which may hold secrets."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return str(url).partition("?")[0].partition("#")[0]
    return str(parsed.copy_with(query=None, fragment=None, userinfo=b""))


def is_public(address: str) -> bool:
    """Whether the IP address, also one wrapped in an IPv6 address, lies in the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    inner: ipaddress.IPv4Address | None = None
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF)
    checked = inner or ip
    return checked.is_global and not checked.is_multicast


def raise_for_refusal(response: httpx.Response) -> None:
    """Return if the answer is a success.

    Raises:
        ViralForgeError: what ``refusal`` says.
    """
    if not response.is_success:
        raise refusal(shown_address(response.url), response.status_code, response.headers)


def refusal(name: str, status: int, headers: Mapping[str, str]) -> ViralForgeError:
    """The error that an HTTP status stands for; header names of ``headers`` are lower case."""
    default = _SERVER_ERROR if httpx.codes.is_server_error(status) else _OTHER_REFUSAL
    kind, remedy = _REFUSALS.get(status, default)
    reason = f"was answered with {status} {httpx.codes.get_reason_phrase(status)}".rstrip()
    if issubclass(kind, BadInput):
        return kind(name, reason=reason, remedy=remedy)
    message = f"{printable(name)}: {reason}. {remedy}"
    if issubclass(kind, Transient):
        return kind(message, retry_after=retry_after(headers.get("retry-after")))
    return kind(message)


def retry_after(value: str | None) -> timedelta | None:
    """The wait that a ``Retry-After`` header asks for; None where it asks for none, or oddly."""
    if value is None:
        return None
    if value.strip().isdecimal():
        # no more digits than a number may have: int() refuses thousands of them
        return timedelta(seconds=min(int(value.strip()[:_MOST_DIGITS]), _LONGEST_WAIT_S))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(timedelta(0), aware - datetime.now(UTC)), timedelta(seconds=_LONGEST_WAIT_S))


@contextmanager
def contract_errors(name: str) -> Generator[None]:
    """Let errors of httpx inside become ours; ``name`` is what people know the address as.

    Raises:
        BadInput: no usable address, or it leads in circles.
        Unreachable: no answer, or it broke off.
    """
    try:
        yield
    except _NO_ADDRESS as error:
        raise BadInput(
            name,
            reason=f"cannot be fetched ({type(error).__name__})",
            remedy="Give a complete http or https address that leads to what is wanted.",
        ) from error
    except (httpx.TransportError, httpx.DecodingError) as error:
        raise Unreachable(
            f"{printable(name)}: gave no complete answer ({type(error).__name__}). "
            "It may answer later."
        ) from error


class _Checks:
    """Which addresses a request may be sent to, and the request pinned to one of them."""

    def __init__(self, *, allow_private_addresses: bool, trusted: Collection[str] = ()) -> None:
        self._allow_private_addresses = allow_private_addresses
        self._trusted = frozenset(map(origin, trusted))

    def host(self, request: httpx.Request) -> str:
        host = request.url.raw_host.decode("ascii")
        if request.url.scheme not in ("http", "https") or not host:
            raise httpx.UnsupportedProtocol("neither http nor https", request=request)
        return host

    def addresses(self, found: Sequence[_Found], request: httpx.Request) -> list[str]:
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        is_trusted = (
            origin(request.url) in self._trusted and MUST_BE_PUBLIC not in request.extensions
        )
        if not (self._allow_private_addresses or is_trusted or all(map(is_public, addresses))):
            raise private_address(shown_address(request.url))
        return addresses


def _pinned(request: httpx.Request, host: str, address: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": host},
    )


@contextmanager
def _resolving(request: httpx.Request) -> Generator[None]:
    try:
        yield
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError("the name cannot be resolved", request=request) from error


class _CheckedTransport(httpx.BaseTransport):
    """Connects to an address that was checked, not to a name that might resolve anew.

    Each host has its own pool: a TLS connection verified for one name never serves another name
    at the same address.
    """

    def __init__(self, checks: _Checks) -> None:
        self._checks = checks
        self._ssl_context = _authorities()
        self._pools: dict[str, httpx.HTTPTransport] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the first checked address that takes the connection."""
        host = self._checks.host(request)
        with _resolving(request):
            found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
        if host not in self._pools:
            self._pools[host] = httpx.HTTPTransport(verify=self._ssl_context, trust_env=False)
        failure: httpx.TransportError = httpx.ConnectError("no address", request=request)
        for address in self._checks.addresses(found, request):
            try:
                return self._pools[host].handle_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    def close(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            pool.close()


class _AsyncCheckedTransport(httpx.AsyncBaseTransport):
    """The same for asyncio; see ``_CheckedTransport``."""

    def __init__(self, checks: _Checks) -> None:
        self._checks = checks
        self._ssl_context = _authorities()
        self._pools: dict[str, httpx.AsyncHTTPTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request to the first checked address that takes the connection."""
        host = self._checks.host(request)
        loop = asyncio.get_running_loop()
        with _resolving(request):
            found = await loop.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
        if host not in self._pools:
            self._pools[host] = httpx.AsyncHTTPTransport(verify=self._ssl_context, trust_env=False)
        failure: httpx.TransportError = httpx.ConnectError("no address", request=request)
        for address in self._checks.addresses(found, request):
            try:
                return await self._pools[host].handle_async_request(_pinned(request, host, address))
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


def private_address(name: str) -> BadInput:
    """The error for an address that leads into a private network."""
    return BadInput(
        name,
        reason="leads to a private or reserved address",
        remedy="Give a public address, or set VIRAL_FORGE_ALLOW_PRIVATE_ADDRESSES=true "
        "if everyone who may add sources may also reach your network.",
    )
