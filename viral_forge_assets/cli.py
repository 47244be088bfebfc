"""`viral-forge`: what an operator types. Each command says what it did, or why it did not."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from viral_forge_assets import operating
from viral_forge_assets.commands import (
    channels,
    clips,
    connect,
    costs,
    experiments,
    explain,
    gallery,
    keys,
    music,
    niches,
    queue,
    rights,
    scoring,
    takedowns,
)
from viral_forge_assets.commands.terminal import out, say, told_plainly, writing
from viral_forge_assets.doctor import examine
from viral_forge_assets.partitions import known_niche
from viral_forge_resources.contracts.scanning import SkipCause
from viral_forge_resources.state import candidates as candidates_state
from viral_forge_resources.state import scan_outcomes

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(niches.app, name="niche")
app.add_typer(channels.app, name="channel")
app.add_typer(queue.app, name="queue")
app.add_typer(rights.app, name="rights")
app.add_typer(keys.app, name="keys")
app.add_typer(takedowns.app, name="takedown")
app.add_typer(music.app, name="music")
app.add_typer(experiments.app, name="experiment")
app.add_typer(scoring.app, name="scoring")


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
        operating.run_demo(video, licence=licence, recipe=recipe, is_approved=yes, console=out)


@app.command()
def up() -> None:
    """Serve the Dagster UI, its daemon and the console until Ctrl-C."""
    with told_plainly():
        raise typer.Exit(operating.serve_all(out))


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
        out.print(f"{mark} {escape(finding.subject)}: {escape(finding.text)}")
    raise typer.Exit(0 if all(finding.is_good for finding in findings) else 1)


@app.command()
def inbox(niche: Annotated[str, typer.Argument(help="Name of the niche.")]) -> None:
    """Show where a niche's inbox is and what became of the videos seen in it."""
    with writing() as connection:
        known_niche(connection, niche)
        rows = candidates_state.of_niche(connection, niche)
        scans = scan_outcomes.latest(connection, niche)
    say(f"inbox of {niche}: {operating.inbox_folder(niche)}")
    for scan in scans:
        # A file that could not even become a candidate is told of here alone.
        if scan.reason and scan.skip is not SkipCause.DISABLED:
            say(f"last scan of {scan.platform}: {scan.reason}")
    for row in rows:
        say(f"{row.candidate_key}  {row.status}: {row.reason}")
        if row.remedy:
            say(f"    {row.remedy}")


app.command()(gallery.gallery)
app.command()(clips.approve)
app.command()(clips.reject)
app.command()(clips.settle)
app.command()(clips.disclose)
app.command()(connect.connect)
app.command()(costs.costs)
app.command()(explain.explain)


if __name__ == "__main__":
    app()
