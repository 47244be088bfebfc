"""``viral-forge niche``: what is watched."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
import yaml

from viral_forge_assets import definitions, operating
from viral_forge_assets.commands import proposals
from viral_forge_assets.commands.terminal import say, writing
from viral_forge_assets.domain.niche_files import parse_niches
from viral_forge_assets.domain.niches import describe_niche, description_of
from viral_forge_assets.partitions import known_niche
from viral_forge_assets.watching import known_things, unwatch_niche, watch_niche
from viral_forge_resources.contracts.errors import BadInput
from viral_forge_resources.state import channels as channels_state
from viral_forge_resources.state import niches as niches_state

_Name = Annotated[str, typer.Argument(help="Name of the niche.")]

app = typer.Typer(no_args_is_help=True, help="What is watched.")


@app.command("add")
def niche_add(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits, '-' and '_'.")],
    query: Annotated[list[str] | None, typer.Option(help="What to search for.")] = None,
    recipe: Annotated[str | None, typer.Option(help="Recipe of its clips.")] = None,
    watch: Annotated[
        list[str] | None,
        typer.Option(metavar="SCANNER=THING", help="A channel, board or address to watch."),
    ] = None,
    platform: Annotated[
        list[str] | None, typer.Option(help="Scanner that watches it; none: every enabled one.")
    ] = None,
    language: Annotated[
        list[str] | None, typer.Option(help="Language that is taken, such as en; none: all.")
    ] = None,
    licence: Annotated[
        list[str] | None, typer.Option(help="SPDX id that is taken; none: all that permit the use.")
    ] = None,
    minimum_score: Annotated[
        float | None, typer.Option(help="Least score of a candidate, 0 to 1.")
    ] = None,
    most_per_platform: Annotated[
        int | None, typer.Option(help="Most new candidates of a platform within 24 hours.")
    ] = None,
    horizon_days: Annotated[
        int | None, typer.Option(help="Oldest videos that are looked for.")
    ] = None,
    translate_to: Annotated[
        str | None, typer.Option(help="Language of its clips' captions, such as es.")
    ] = None,
    *,
    not_monetised: Annotated[
        bool, typer.Option("--not-monetised", help="Its clips earn no money.")
    ] = False,
    reusable_only: Annotated[
        bool, typer.Option("--reusable-only", help="Ask for openly licensed videos alone.")
    ] = False,
    adds_trends: Annotated[
        bool, typer.Option("--adds-trends", help="What rises in it becomes a niche unasked.")
    ] = False,
) -> None:
    """Watch a niche. Its first channel is a folder; its inbox is a folder too.

    One of that name is replaced: what is not said is as usual, not as it was.
    """
    said: dict[str, object] = {
        "queries": query,
        "recipe": recipe,
        "platforms": platform,
        "languages": language,
        "licences": licence,
        "minimum_score": minimum_score,
        "most_per_platform": most_per_platform,
        "horizon_days": horizon_days,
        "translate_to": translate_to,
        "is_monetised": not not_monetised,
        "reusable_only": reusable_only,
        "adds_trends": adds_trends,
    }
    with writing() as connection:
        said["watched"] = _watched(watch or [])
        given = {key: value for key, value in said.items() if value is not None}
        known = known_things(definitions.shipped_recipes())
        watch_niche(connection, describe_niche(name, given, known=known), now=datetime.now(UTC))
    say(f"watching {name}; put videos into {operating.inbox_folder(name)}")


def _watched(pairs: list[str]) -> dict[str, list[str]]:
    watched: dict[str, list[str]] = {}
    for pair in pairs:
        scanner, is_given, thing = pair.partition("=")
        if not is_given:
            raise BadInput(
                pair,
                reason="does not say which scanner watches it",
                remedy="It reads SCANNER=THING, such as reddit=r/cooking.",
            )
        watched.setdefault(scanner.strip(), []).append(thing.strip())
    return watched


@app.command("import")
def niche_import(
    file: Annotated[Path, typer.Argument(help="YAML file, as `niche show` prints it.")],
) -> None:
    """Watch the niches of a file.

    It is the whole truth about those that it names; others are left alone. Where anything in it is
    wrong, nothing is saved.
    """
    with writing() as connection:
        known = known_things(definitions.shipped_recipes())
        niches = parse_niches(_content(file), name=str(file), known=known)
        for niche in niches:
            watch_niche(connection, niche, now=datetime.now(UTC))
    say(f"watching {', '.join(niche.name for niche in niches) or 'nothing more'}")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput(
            str(file),
            reason=f"cannot be read: {error.strerror}",
            remedy="Give the path of a YAML file.",
        ) from error


@app.command("show")
def niche_show(name: _Name) -> None:
    """Show a niche as `niche import` takes it."""
    with writing() as connection:
        niche = known_niche(connection, name)
    written = {"niches": {niche.name: description_of(niche)}}
    say(yaml.safe_dump(written, sort_keys=False, allow_unicode=True).rstrip())


@app.command("list")
def niche_list() -> None:
    """List the niches and their channels."""
    with writing() as connection:
        for niche in niches_state.all_niches(connection):
            channels = channels_state.serving(connection, niche.name)
            say(f"{niche.name}: {', '.join(channel.channel_id for channel in channels)}")


@app.command("remove")
def niche_remove(name: _Name) -> None:
    """Watch a niche no more; what was seen and made stays, and planned posts still go out."""
    with writing() as connection:
        retired = unwatch_niche(connection, name, now=datetime.now(UTC))
    say(f"{name} is watched no more; {retired} of its candidates will not be made")


app.command("trends")(proposals.show_trends)
app.command("proposals")(proposals.show_proposals)
app.command("accept")(proposals.accept)
app.command("decline")(proposals.decline)
