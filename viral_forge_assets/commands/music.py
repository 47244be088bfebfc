"""``viral-forge music``: what lies in the music folder, and whether it may be used."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from viral_forge_assets.commands.terminal import say, told_plainly, writing
from viral_forge_assets.definitions import music_folder_of, read_settings
from viral_forge_assets.music import judge_music
from viral_forge_resources.media.music_folder import MusicFolder

app = typer.Typer(no_args_is_help=True, help="The music folder.")


@app.command("list")
def music_list() -> None:
    """Show every track with its licence, moods and rights id, and why the others are refused."""
    with told_plainly():
        library = MusicFolder(music_folder_of(read_settings()))
        shelf = library.shelf()
    with writing() as connection:
        judged = judge_music(connection, shelf, is_monetised=True, now=datetime.now(UTC))
    for each in judged.tracks:
        moods = f" [{', '.join(each.track.moods)}]" if each.track.moods else ""
        if each.verdict.is_allowed:
            say(f"{each.track.path.name}: {each.verdict.licence}{moods} {each.verdict.rights_id}")
    for refusal in judged.refusals:
        say(refusal)
    if not judged.tracks and not judged.problems:
        say(f"{library.folder} is empty: put sound files with sidecars there")


@app.command("compose")
def music_compose(
    seed: Annotated[int, typer.Option(min=0, help="Another seed, another piece.")] = 0,
) -> None:
    """Put a piece of our own making into the folder: soft chords, which anyone may use."""
    from viral_forge_resources.media.own_music import make_track

    with told_plainly():
        say(f"{make_track(music_folder_of(read_settings()), seed=seed)}")
