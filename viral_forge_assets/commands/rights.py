"""``viral-forge rights``: the rights ledger."""

from datetime import UTC, datetime, timedelta
from getpass import getuser
from typing import Annotated

import typer

import viral_forge_resources.publishers
from viral_forge_assets.clearance import Statement, record_right, verdict_on
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.partitions import known_candidate, known_niche
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_assets.withdrawal import revoke_right
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.contracts.rights import RightsRecord
from viral_forge_resources.plugins import plugin_names
from viral_forge_resources.state import rights as rights_state

app = typer.Typer(no_args_is_help=True, help="The rights ledger.")


@app.command("add")
def rights_add(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
    licence: Annotated[str, typer.Option(help="SPDX id, LicenseRef-Own or LicenseRef-Permission.")],
    evidence: Annotated[str, typer.Option(help="How you know.")],
    holder: Annotated[str | None, typer.Option(help="Whom an attribution names.")] = None,
    publisher: Annotated[
        list[str] | None, typer.Option(help="Publisher that it covers; several; none: all.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day (UTC); none: for ever.")
    ] = None,
    *,
    not_commercial: Annotated[
        bool, typer.Option("--not-commercial", help="Commercial use was left out.")
    ] = False,
) -> None:
    """State a right to a candidate's video; one that was refused for want of it is chosen again."""
    now = datetime.now(UTC)
    statement = Statement(
        licence=licence,
        evidence=evidence,
        stated_by=getuser(),
        holder=holder,
        platforms=_known_publishers(publisher or []),
        is_commercial=not not_commercial,
        until=None if until is None else until.replace(tzinfo=UTC) + timedelta(days=1),
    )
    with writing() as connection:
        row = known_candidate(connection, candidate)
        record = record_right(connection, row, statement, now=now)
        choose_candidates(connection, known_niche(connection, row.niche), now=now)
        row = known_candidate(connection, candidate)
    say(f"{record.rights_id}: {record.licence} for {candidate}, which is now {row.status}")


def _known_publishers(names: list[str]) -> tuple[str, ...]:
    known = plugin_names(viral_forge_resources.publishers)
    for name in names:
        if name not in known:
            raise BadInput(
                name,
                reason="is no publisher",
                remedy=f"There are: {', '.join(known)}.",
            )
    return tuple(sorted(set(names)))


@app.command("revoke")
def rights_revoke(
    rights_id: Annotated[str, typer.Argument(help="Id as `rights show` prints it.")],
) -> None:
    """End a right for good: what it allowed freezes, and posts that are live already are listed."""
    with writing() as connection:
        withdrawal = revoke_right(connection, rights_id, now=datetime.now(UTC))
    say(f"{rights_id} is revoked")
    for candidate in withdrawal.frozen:
        say(f"{candidate.candidate_key} is frozen: nothing more is made or posted of it")
    for clip in withdrawal.clips:
        say(
            f"clip {clip.number} of {clip.candidate_key} holds it and is not posted any more;"
            " launch candidate_job for it again to make it without"
        )
    if withdrawal.withdrawn:
        say(f"{withdrawal.withdrawn} planned posts are withdrawn")
    for post in withdrawal.live:
        where = post.post_url or f"{post.state}, no address known"
        say(f"live already, take it down by hand: {post.channel_id}: {where}")


@app.command("show")
def rights_show(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
) -> None:
    """Show what the ledger says of a candidate's video, and what that comes to."""
    now = datetime.now(UTC)
    with writing() as connection:
        row = known_candidate(connection, candidate)
        records = rights_state.of_video(connection, row.platform, row.platform_video_id)
        verdict = verdict_on(connection, row, now=now)
    for record in records:
        say(_shown(record))
    if not records:
        say(f"the ledger holds nothing on {candidate}")
    say(f"{'may' if verdict.is_allowed else 'may NOT'} be used now: {verdict.reason}")
    if verdict.attribution:
        say(f"attribution owed: {verdict.attribution}")
    if verdict.remedy:
        say(f"    {verdict.remedy}")


def _shown(record: RightsRecord) -> str:
    notes = [record.evidence, record.recorded_by]
    if record.platforms:
        notes.append(f"for {', '.join(record.platforms)}")
    if not record.may_monetise:
        notes.append("without commercial use")
    if record.expires_at:
        notes.append(f"until {record.expires_at:%Y-%m-%d %H:%M} UTC")
    if record.revoked_at:
        notes.append(f"revoked {record.revoked_at:%Y-%m-%d}")
    return f"{record.rights_id}: {record.licence} ({'; '.join(notes)})"
