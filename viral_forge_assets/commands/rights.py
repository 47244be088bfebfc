"""``viral-forge rights``: the rights ledger."""

from datetime import UTC, datetime
from getpass import getuser
from typing import Annotated

import typer

from viral_forge_assets.clearance import Statement, record_right
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.partitions import known_candidate, known_niche
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_resources.contracts.errors import NotFound
from viral_forge_resources.state import rights as rights_state

app = typer.Typer(no_args_is_help=True, help="The rights ledger.")


@app.command("add")
def rights_add(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
    licence: Annotated[str, typer.Option(help="SPDX id, LicenseRef-Own or LicenseRef-Permission.")],
    evidence: Annotated[str, typer.Option(help="How you know.")],
    holder: Annotated[str | None, typer.Option(help="Whom an attribution names.")] = None,
) -> None:
    """State a right to a candidate's video; one that was refused for want of it is chosen again."""
    now = datetime.now(UTC)
    statement = Statement(licence=licence, evidence=evidence, stated_by=getuser(), holder=holder)
    with writing() as connection:
        row = known_candidate(connection, candidate)
        record = record_right(connection, row, statement, now=now)
        choose_candidates(connection, known_niche(connection, row.niche), now=now)
        row = known_candidate(connection, candidate)
    say(f"{record.rights_id}: {record.licence} for {candidate}, which is now {row.status}")


@app.command("revoke")
def rights_revoke(
    rights_id: Annotated[str, typer.Argument(help="Id as `rights show` prints it.")],
) -> None:
    """End a right; nothing more is made or posted under it."""
    with writing() as connection:
        if not rights_state.revoke(connection, rights_id, now=datetime.now(UTC)):
            raise NotFound(f"no right in force has the id '{rights_id}'.")
    say(f"{rights_id} is revoked")


@app.command("show")
def rights_show(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
) -> None:
    """Show what the ledger says of a candidate's video."""
    with writing() as connection:
        row = known_candidate(connection, candidate)
        records = rights_state.of_video(connection, row.platform, row.platform_video_id)
    for record in records:
        ended = f", revoked {record.revoked_at:%Y-%m-%d}" if record.revoked_at else ""
        say(
            f"{record.rights_id}: {record.licence} ({record.evidence}; {record.recorded_by}{ended})"
        )
    if not records:
        say(f"the ledger holds nothing on {candidate}")
