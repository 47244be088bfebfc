"""``viral-forge connect``: gives a channel its account."""

import sys
import webbrowser
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import sqlalchemy as sa
import typer

from viral_forge_assets import definitions
from viral_forge_assets.commands.terminal import say, told_plainly
from viral_forge_assets.domain.redirects import Way, way_to_terminal
from viral_forge_assets.domain.standing import missing_in_words
from viral_forge_assets.watching import wanted_channel
from viral_forge_resources.accounts.connecting import LIFE, Begun, Connected, Connector, Wanted
from viral_forge_resources.accounts.loopback import listening
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.settings import Settings


@contextmanager
def studio() -> Generator[tuple[Settings, sa.Engine]]:
    """The settings and the state, for what must not be one transaction."""
    with told_plainly():
        settings = definitions.read_settings()
        engine = definitions.open_state(settings)
        try:
            yield settings, engine
        finally:
            engine.dispose()


def connect(
    platform: Annotated[str, typer.Argument(help="Such as youtube, tiktok or instagram.")],
    channel: Annotated[str, typer.Option(help="Name of the channel, new or not.")],
    niche: Annotated[
        str | None, typer.Option(help="Whose clips it takes; needed for a new channel.")
    ] = None,
    account: Annotated[
        str | None, typer.Option(help="Id or name, where one login opens several accounts.")
    ] = None,
    *,
    paste: Annotated[
        bool, typer.Option("--paste", help="No browser reaches this machine: paste the address.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Another account than before is meant.")
    ] = False,
    opens_browser: Annotated[
        bool, typer.Option("--open", help="Open the address in this machine's browser.")
    ] = False,
) -> None:
    """Connect a channel with its account: log in at the platform, and say yes.

    The tokens that the platform gives are stored encrypted. An account that was connected before is
    connected again in the same way.
    """
    with studio() as (settings, engine):
        connector = Connector(engine, definitions.vault_of(settings), definitions.open_login)
        connector.vault.require_key()
        manners = definitions.open_login(platform).manners
        with engine.connect() as connection:
            slot = wanted_channel(connection, niche, publisher=platform, name=channel)
        public_url = str(settings.public_url) if settings.public_url else None
        way = way_to_terminal(
            platform,
            manners,
            public_url=public_url,
            port=settings.connect_port,
            is_pasting=paste,
        )
        wanted = Wanted(channel=slot, account=account, is_replacing=replace)
        done = _answered(connector, wanted, way, opens_browser=opens_browser)
    _tell(done, niche=slot.niche)
    if platform not in settings.publishers:
        say(
            f"{platform} is not enabled: until it stands in VIRAL_FORGE_PUBLISHERS, no post is"
            " planned for this channel"
        )


def _answered(connector: Connector, wanted: Wanted, way: Way, *, opens_browser: bool) -> Connected:
    if way.port is None:
        begun = connector.begin(wanted, redirect_uri=way.redirect_uri or "", now=datetime.now(UTC))
        _send(begun, opens_browser=opens_browser)
        return connector.finish(_pasted(), now=datetime.now(UTC))
    with listening(way.port) as loopback:
        begun = connector.begin(wanted, redirect_uri=loopback.redirect_uri, now=datetime.now(UTC))
        _send(begun, opens_browser=opens_browser)
        say(f"waiting at {loopback.redirect_uri} until {begun.expires_at:%H:%M} UTC")
        returned = loopback.wait(begun.state, most=LIFE)
    return connector.finish(returned, now=datetime.now(UTC))


def _send(begun: Begun, *, opens_browser: bool) -> None:
    say("open this address, log in to the channel's account, and say yes:")
    say(f"\n{begun.address}\n")
    if opens_browser:
        webbrowser.open(begun.address)


def _pasted() -> str:
    """What was pasted; it holds a code, so that it is not shown where it can be helped."""
    words = "paste the whole address that the browser ended at (it is not shown)"
    if sys.stdin.isatty():
        pasted: str = typer.prompt(words, hide_input=True)
        return pasted
    say(words)
    pasted = sys.stdin.readline()
    if not pasted:
        raise BadInput("the input", reason="has ended", remedy="Start again, and paste an address.")
    return pasted


def _tell(done: Connected, *, niche: str) -> None:
    account = done.account
    say(
        f"{done.channel_id} is connected with {account.name} ({account.account_id}) and takes the"
        f" clips of {niche}"
    )
    for line in missing_in_words(done.missing):
        say(line)
    if done.missing:
        say("connect it again, and leave every box ticked, where that is needed")
    if done.end is not None:
        say(f"access ends at {done.end:%Y-%m-%d %H:%M} UTC; nothing prolongs it but its owner")
