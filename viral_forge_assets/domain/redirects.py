"""Where a platform sends people back to after they logged in."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from viral_forge_resources.contracts.errors import Misconfigured
from viral_forge_resources.contracts.oauth import Manners

CONSOLE_PATH = "/connect/callback"
LOOPBACK_PATH = "/callback/"
_LOOPBACK = "127.0.0.1"
_USUAL_PORT = 53_682


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How an answer comes back.

    Attributes:
        redirect_uri: as the platform is told; None: the one that a listener on ``port`` has.
        port: to listen at on this machine, 0 for any; None: nobody listens, a person pastes.
    """

    redirect_uri: str | None
    port: int | None


def way_to_terminal(
    platform: str, manners: Manners, *, public_url: str | None, port: int, is_pasting: bool
) -> Way:
    """How the answer comes to who asks in a terminal.

    Args:
        platform: for messages.
        manners: of its login.
        public_url: of the console; None if it has none.
        port: to listen at; 0 for any.
        is_pasting: a person pastes the address that a browser elsewhere ended at.

    Raises:
        Misconfigured: there is none; says what to set.
    """
    fixed = manners.redirect_url
    if is_pasting:
        redirect_uri = fixed or console_redirect(manners, public_url=public_url)
        if redirect_uri is None and (port or manners.takes_any_port):
            redirect_uri = f"http://{_LOOPBACK}:{port or _USUAL_PORT}{LOOPBACK_PATH}"
        if redirect_uri is not None:
            return Way(redirect_uri=redirect_uri, port=None)
        raise _nowhere(platform)
    if fixed is not None:
        return Way(redirect_uri=None, port=_own_port(platform, fixed))
    if port or manners.takes_any_port:
        return Way(redirect_uri=None, port=port)
    raise _nowhere(platform)


def console_redirect(manners: Manners, *, public_url: str | None) -> str | None:
    """Where the console takes answers; None if browsers do not reach it."""
    if public_url is None:
        return None
    own = f"{public_url.rstrip('/')}{CONSOLE_PATH}"
    return own if manners.redirect_url in {None, own} else None


def _own_port(platform: str, redirect_url: str) -> int:
    """The port of this machine that a registered address names."""
    at = urlsplit(redirect_url)
    is_ours = at.scheme == "http" and at.hostname == _LOOPBACK and at.path == LOOPBACK_PATH
    if not is_ours or not at.port or at.query:
        raise Misconfigured(
            f"{platform} sends people back to {redirect_url}, where this command cannot listen:"
            " connect with --paste, or in the console."
        )
    return at.port


def _nowhere(platform: str) -> Misconfigured:
    name = f"VIRAL_FORGE_OAUTH_{platform.upper()}_REDIRECT_URL"
    return Misconfigured(
        f"{platform} sends people back only to an address that is registered for the app. Set"
        f" VIRAL_FORGE_CONNECT_PORT and register http://{_LOOPBACK}:PORT{LOOPBACK_PATH}; or set"
        f" VIRAL_FORGE_PUBLIC_URL and register it with {CONSOLE_PATH} at its end; or set {name} to"
        " what is registered, and use --paste."
    )
