"""`viral-forge`: what an operator types. Each command says what it did, or why it did not."""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import sqlalchemy as sa
import typer
from rich.console import Console
from rich.markup import escape

from viral_forge_assets import definitions, operating
from viral_forge_assets.approval import Decision, decide, settle_unknown
from viral_forge_assets.clearance import Statement, record_right
from viral_forge_assets.doctor import examine
from viral_forge_assets.partitions import known_candidate, known_niche
from viral_forge_assets.shortlisting import choose_candidates
from viral_forge_assets.watching import FIRST_PUBLISHER, add_channel, watch_niche
from viral_forge_resources.contracts.errors import NotFound, ViralForgeError
from viral_forge_resources.contracts.scanning import Niche
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import niches as niches_state
from viral_forge_resources.state import rights as rights_state
from viral_forge_resources.state import scan_outcomes

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
niche_app = typer.Typer(no_args_is_help=True, help="What is watched.")
channel_app = typer.Typer(no_args_is_help=True, help="Where clips go.")
rights_app = typer.Typer(no_args_is_help=True, help="The rights ledger.")
app.add_typer(niche_app, name="niche")
app.add_typer(channel_app, name="channel")
app.add_typer(rights_app, name="rights")

_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def told_plainly() -> Generator[None]:
    """Errors that we raise on purpose are told in words; all others keep their traceback."""
    try:
        yield
    except ViralForgeError as error:
        _err.print(f"[red]✗[/] {escape(str(error))}")
        raise typer.Exit(1) from error


@contextmanager
def _writing() -> Generator[sa.Connection]:
    with told_plainly():
        engine = definitions.open_state(definitions.read_settings())
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            engine.dispose()


def _say(text: str) -> None:
    _out.print(escape(text))


@app.command()
def demo(
    video: Annotated[
        Path | None, typer.Option(envvar="VIDEO", help="Your own video; else a sample is made.")
    ] = None,
    licence: Annotated[
        str, typer.Option(envvar="LICENCE", help="Your right to it, where no sidecar says so.")
    ] = "LicenseRef-Own",
    recipe: Annotated[str, typer.Option(envvar="RECIPE", help="Recipe to edit with.")] = "",
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Approve the clip and publish it.")] = False,
) -> None:
    """Run the whole chain on one video: scan, edit, check, publish to a folder, measure."""
    with told_plainly():
        operating.run_demo(video, licence=licence, recipe=recipe, is_approved=yes, console=_out)


@app.command()
def up() -> None:
    """Serve the Dagster UI, its daemon and the console until Ctrl-C."""
    with told_plainly():
        raise typer.Exit(operating.serve_all(_out))


@app.command()
def console() -> None:
    """Serve the console alone."""
    with told_plainly():
        operating.serve_console()


@app.command()
def doctor() -> None:
    """Say what works here, what does not, and what to do about it."""
    with told_plainly():
        findings = examine()
    for finding in findings:
        mark = "[green]✓[/]" if finding.is_good else "[red]✗[/]"
        _out.print(f"{mark} {escape(finding.subject)}: {escape(finding.text)}")
    raise typer.Exit(0 if all(finding.is_good for finding in findings) else 1)


@niche_app.command("add")
def niche_add(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits, '-' and '_'.")],
    query: Annotated[list[str] | None, typer.Option(help="What to search for.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Recipe of its clips.")] = None,
) -> None:
    """Watch a niche. Its first channel is a folder; its inbox is a folder too."""
    niche = Niche(name=name, queries=tuple(query or ()), recipe=recipe)
    with _writing() as connection:
        if recipe is not None and recipe not in definitions.shipped_recipes():
            known = ", ".join(definitions.shipped_recipes())
            raise NotFound(f"no recipe is named '{recipe}'. There are: {known}.")
        watch_niche(connection, niche, now=datetime.now(UTC))
    _say(f"watching {name}; put videos into {operating.inbox_folder(name)}")


@niche_app.command("list")
def niche_list() -> None:
    """List the niches and their channels."""
    with _writing() as connection:
        for niche in niches_state.all_niches(connection):
            channels = channels_state.serving(connection, niche.name)
            _say(f"{niche.name}: {', '.join(channel.channel_id for channel in channels)}")


@channel_app.command("add")
def channel_add(
    niche: Annotated[str, typer.Argument(help="Whose clips it takes.")],
    name: Annotated[str, typer.Argument(help="Name of the channel.")],
    publisher: Annotated[str, typer.Option(help="Publisher plugin.")] = FIRST_PUBLISHER,
) -> None:
    """Send a niche's clips to one more channel."""
    with _writing() as connection:
        channel = add_channel(
            connection, niche, publisher=publisher, name=name, now=datetime.now(UTC)
        )
    _say(f"{channel.channel_id} takes the clips of {niche}")


@app.command()
def inbox(niche: Annotated[str, typer.Argument(help="Name of the niche.")]) -> None:
    """Show where a niche's inbox is and what became of the videos seen in it."""
    with _writing() as connection:
        known_niche(connection, niche)
        rows = candidates_state.of_niche(connection, niche)
        scans = scan_outcomes.latest(connection, niche)
    _say(f"inbox of {niche}: {operating.inbox_folder(niche)}")
    for scan in scans:
        if scan.reason:  # a file that could not even become a candidate is told of here alone
            _say(f"last scan of {scan.platform}: {scan.reason}")
    for row in rows:
        _say(f"{row.candidate_key}  {row.status}: {row.reason}")
        if row.remedy:
            _say(f"    {row.remedy}")


@rights_app.command("add")
def rights_add(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
    licence: Annotated[str, typer.Option(help="SPDX id, LicenseRef-Own or LicenseRef-Permission.")],
    evidence: Annotated[str, typer.Option(help="How you know.")],
    holder: Annotated[str | None, typer.Option(help="Whom an attribution names.")] = None,
) -> None:
    """State a right to a candidate's video; one that was refused for want of it is chosen again."""
    now = datetime.now(UTC)
    statement = Statement(licence=licence, evidence=evidence, stated_by=getuser(), holder=holder)
    with _writing() as connection:
        row = known_candidate(connection, candidate)
        record = record_right(connection, row, statement, now=now)
        choose_candidates(connection, known_niche(connection, row.niche), now=now)
        row = known_candidate(connection, candidate)
    _say(f"{record.rights_id}: {record.licence} for {candidate}, which is now {row.status}")


@rights_app.command("revoke")
def rights_revoke(
    rights_id: Annotated[str, typer.Argument(help="Id as `rights show` prints it.")],
) -> None:
    """End a right; nothing more is made or posted under it."""
    with _writing() as connection:
        if not rights_state.revoke(connection, rights_id, now=datetime.now(UTC)):
            raise NotFound(f"no right in force has the id '{rights_id}'.")
    _say(f"{rights_id} is revoked")


@rights_app.command("show")
def rights_show(
    candidate: Annotated[str, typer.Argument(help="Partition key, niche:platform:id.")],
) -> None:
    """Show what the ledger says of a candidate's video."""
    with _writing() as connection:
        row = known_candidate(connection, candidate)
        records = rights_state.of_video(connection, row.platform, row.platform_video_id)
    for record in records:
        ended = f", revoked {record.revoked_at:%Y-%m-%d}" if record.revoked_at else ""
        _say(
            f"{record.rights_id}: {record.licence} ({record.evidence}; {record.recorded_by}{ended})"
        )
    if not records:
        _say(f"the ledger holds nothing on {candidate}")


@app.command()
def approve(
    clips: Annotated[list[str], typer.Argument(help="Content hashes, 8 digits or more.")],
    note: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
) -> None:
    """Say yes to the very bytes of clips; their posts go out when due."""
    _decide(clips, note, is_approved=True)


@app.command()
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
    with _writing() as connection:
        for prefix in clips:
            clip = decide(connection, prefix, decision)
            word = "approved" if is_approved else "rejected"
            _say(f"{word} clip {clip.number} of {clip.candidate_key}")


@app.command()
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
    with _writing() as connection:
        row = settle_unknown(
            connection, publication, live_at=live, decided_by=getuser(), now=datetime.now(UTC)
        )
    _say(f"clip {row.clip_number} of {row.candidate_key} on {row.channel_id} is {row.state} now")


if __name__ == "__main__":
    app()
