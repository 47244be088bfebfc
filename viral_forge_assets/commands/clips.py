"""``viral-forge approve``, ``reject``, ``settle`` and ``disclose``: what people say of posts."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.approval import Decision, decide, settle_unknown
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.disclosing import change_disclosure
from viral_forge_resources.contracts.disclosures import DisclosureChange, Flag, flags_of


def approve(
    clips: Annotated[list[str], typer.Argument(help="Content hashes, 8 digits or more.")],
    note: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
) -> None:
    """Say yes to the very bytes of clips; their posts go out when due."""
    _decide(clips, note, is_approved=True)


def reject(
    clips: Annotated[list[str], typer.Argument(help="Content hashes, 8 digits or more.")],
    note: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
) -> None:
    """Say no to clips; their open posts are withdrawn."""
    _decide(clips, note, is_approved=False)


def _decide(clips: list[str], note: str, *, is_approved: bool) -> None:
    decision = Decision(
        is_approved=is_approved,
        decided_by=getuser(),
        decided_at=datetime.now(UTC),
        note=note or None,
    )
    with writing() as connection:
        for prefix in clips:
            clip = decide(connection, prefix, decision)
            word = "approved" if is_approved else "rejected"
            say(f"{word} clip {clip.number} of {clip.candidate_key}")


def disclose(
    post: Annotated[str, typer.Argument(help="A post's id, or a clip's whole content hash.")],
    flag: Annotated[Flag, typer.Argument(help="What viewers are told of.")],
    why: Annotated[str, typer.Option(help="Why; needed where something is taken away.")] = "",
    *,
    remove: Annotated[bool, typer.Option("--remove", help="Do not tell them of it.")] = False,
) -> None:
    """Say what viewers of a post are told: AI, payment, or that it is made for children."""
    change = DisclosureChange(
        content_sha256="",
        flag=flag,
        is_told=not remove,
        decided_by=getuser(),
        decided_at=datetime.now(UTC),
        why=why or None,
    )
    with writing() as connection:
        rows = change_disclosure(connection, post, change)
    for row in rows:
        tells = ", ".join(sorted(flags_of(row.disclosure))) or "nothing"
        say(f"{row.publication_id} on {row.channel_id} tells viewers of: {tells}")


def settle(
    publication: Annotated[str, typer.Argument(help="Its id, as its reason names it.")],
    live: Annotated[str | None, typer.Option(metavar="URL", help="The post is there.")] = None,
    *,
    absent: Annotated[bool, typer.Option("--absent", help="The platform holds no such post.")] = (
        False
    ),
) -> None:
    """Say what became of a post that no machine can find out about; look at the channel first."""
    if (live is not None) == absent:
        raise typer.BadParameter("say either --live URL or --absent")
    with writing() as connection:
        row = settle_unknown(
            connection, publication, live_at=live, decided_by=getuser(), now=datetime.now(UTC)
        )
    say(f"clip {row.clip_number} of {row.candidate_key} on {row.channel_id} is {row.state} now")
