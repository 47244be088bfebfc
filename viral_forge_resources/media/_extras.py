"""Further inputs of a render besides its source: music, effects, masks, inserts."""

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from viral_forge_resources.media.ffmpeg import INPUT_GUARD

_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = frozenset({"source"})

_GUARD = {
    **INPUT_GUARD,
    # Single pictures, told by their content. The rest of FFmpeg's formats for pictures read as
    # many files as a pattern names.
    "format_whitelist": f"{INPUT_GUARD['format_whitelist']},png_pipe,jpeg_pipe",
}


def link_extras(folder: Path, extras: Mapping[str, Path]) -> None:
    """Make each file known to FFmpeg, which works in ``folder``, by its name.

    Raises:
        ValueError: a name is not of lower-case letters, digits and ``_``, or means another file.
    """
    for name, file in extras.items():
        if _NAME.fullmatch(name) is None or name in _TAKEN:
            raise ValueError(f"{name!r} cannot name a further input of a render")
        (folder / name).symlink_to(file.absolute())


def extra_arguments(names: Iterable[str], *, options: Sequence[str] = ()) -> list[str]:
    """FFmpeg's arguments that open the extras, to stand behind those of the source's spans."""
    guard = [part for name, value in _GUARD.items() for part in (f"-{name}", value)]
    return [part for name in sorted(names) for part in (*guard, *options, "-i", name)]


def with_numbers(graph: str, names: Iterable[str], *, first: int) -> str:
    """``graph``, in which ``[music:a]`` means an extra's sound, as FFmpeg counts its inputs.

    ``first`` is how many inputs stand before the extras.
    """
    for number, name in enumerate(sorted(names), start=first):
        graph = graph.replace(f"[{name}:", f"[{number}:")
    return graph
