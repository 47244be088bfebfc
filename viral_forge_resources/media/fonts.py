"""The fonts that captions are drawn with: DejaVu, which matplotlib carries, and one's own."""

import os
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import Any
from xml.sax.saxutils import escape

from viral_forge_resources.contracts.errors import BadInput, Misconfigured

_FAMILY = "DejaVu Sans"
_CHAIN = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf")
_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_COLOUR_TABLES = frozenset({"CBDT", "COLR", "SVG ", "sbix"})
_FONTS_CONFIG = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
{folders}
  <cachedir>{cache}</cachedir>
  <selectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/LastResort*</glob></rejectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/STIX*</glob></rejectfont>
    <rejectfont><glob>*/mpl-data/fonts/ttf/cm*</glob></rejectfont>
  </selectfont>
</fontconfig>
"""


class DejavuFonts:
    """DejaVu Sans, and behind it the fonts of a folder for scripts that it lacks."""

    def __init__(self, *, extra_folder: Path | None = None) -> None:
        self._extra_folder = extra_folder

    def family(self) -> str:
        """Name of the first font of the chain."""
        return _FAMILY

    def missing(self, text: str) -> tuple[str, ...]:
        """Characters of ``text`` that no font of the chain can draw, sorted, each once.

        Raises:
            BadInput: a file of the extra folder is no font.
        """
        drawable = _drawable_characters(self._extra_folder)
        return tuple(
            sorted(
                character
                for character in set(text)
                if ord(character) not in drawable
                and not character.isspace()
                and unicodedata.category(character) != "Cc"
            )
        )


def write_fonts_config(
    folder: Path, *, extra_folders: Sequence[Path] = (), cache: Path | None = None
) -> Path:
    """A ``fonts.conf`` in ``folder`` for the variable ``FONTCONFIG_FILE`` of a child process.

    It names DejaVu Sans and the extra folders and nothing else of this machine, so a clip looks the
    same everywhere. libass falls back from font to font only with such a file.

    Args:
        folder: made if it is not there.
        extra_folders: of fonts, searched after DejaVu Sans.
        cache: folder where fontconfig keeps what it read in the fonts; processes may share it, and
            a folder of fonts that changed is read again. None: a folder inside ``folder``.

    Raises:
        Misconfigured: ``cache`` cannot be written.
    """
    folder = folder.absolute()
    folder.mkdir(parents=True, exist_ok=True)
    if cache is not None:
        _refuse_unwritable(cache)
    # LastResort has a box for every character there is: every fallback would end in it.
    content = _FONTS_CONFIG.format(
        folders="\n".join(
            f"  <dir>{escape(str(each.absolute()))}</dir>"
            for each in (_dejavu_folder(), *extra_folders)
        ),
        cache=escape(str((cache or folder / "cache").absolute())),
    )
    target = folder / "fonts.conf"
    _write_at_once(target, content)
    return target


def _refuse_unwritable(cache: Path) -> None:
    # fontconfig would go on without a cache and read every font anew in each render.
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=cache):
            pass
    except OSError as error:
        raise Misconfigured(
            f"The folder {cache}, which keeps what is known of the fonts, cannot be written "
            f"({error.strerror}): make it a folder that this user may write."
        ) from error


def _write_at_once(target: Path, content: str) -> None:
    with NamedTemporaryFile(
        "w", encoding="utf-8", dir=target.parent, prefix=".fonts-", delete=False
    ) as file:
        file.write(content)
    Path(file.name).replace(target)


def _dejavu_folder() -> Path:
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise Misconfigured("matplotlib, whose fonts draw the captions, is not installed.")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


@lru_cache(maxsize=4)
def _drawable_characters(extra_folder: Path | None) -> frozenset[int]:
    dejavu = _dejavu_folder()
    extra = () if extra_folder is None else sorted(extra_folder.rglob("*"))
    paths = [
        *(dejavu / name for name in _CHAIN),
        *(path for path in extra if path.suffix.lower() in _SUFFIXES),
    ]
    return frozenset(code for path in paths for code in _codes(path))


def _codes(path: Path) -> Iterable[int]:
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        with path.open("rb") as file:  # fontTools leaves a broken file open
            if path.suffix.lower() in {".ttc", ".otc"}:
                return [code for font in TTCollection(file, lazy=True) for code in _codes_of(font)]
            return _codes_of(TTFont(file, lazy=True))
    except (TTLibError, OSError) as error:
        raise BadInput(
            os.fspath(path),
            reason="is no font that can be read",
            remedy="Remove it from the folder of fonts.",
        ) from error


def _codes_of(font: Any) -> list[int]:  # noqa: ANN401  fontTools carries no types
    # libass draws no colour glyphs: such a font would leave a hole.
    if not _COLOUR_TABLES.isdisjoint(font.keys()):
        return []
    return list(font.getBestCmap() or ())
