"""What single font files can draw, and how wide."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from viral_forge_resources.contracts.errors import BadInput

_SUFFIXES = frozenset({".ttf", ".otf", ".ttc", ".otc"})
_COLLECTIONS = frozenset({".ttc", ".otc"})
_COLOUR_TABLES = frozenset({"CBDT", "COLR", "SVG ", "sbix"})
_FAMILY, _FULL_NAME, _VERSION, _TYPOGRAPHIC_FAMILY = 1, 4, 5, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class FontFace:
    """One font of a file.

    Attributes:
        name: with its version.
        families: names under which it is asked for.
        glyphs: by character code; empty for a colour font, of which libass draws nothing.
        widths: of glyphs, in heights of a row.
        row_em: height of a row, in the em that its letters are drawn in.
    """

    name: str
    families: frozenset[str]
    glyphs: Mapping[int, str]
    widths: Mapping[str, float]
    row_em: float


def font_files(folder: Path) -> list[Path]:
    """Every font file in and under ``folder``, bold ones first, in the order of their names."""
    found = [path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES]
    return sorted(found, key=lambda path: (not path.stem.lower().endswith("bold"), path))


@lru_cache(maxsize=512)
def faces_in(path: Path) -> tuple[FontFace, ...]:
    """The fonts of a file.

    Raises:
        BadInput: it is no font.
    """
    from fontTools.ttLib import TTLibError

    try:
        with path.open("rb") as file:  # fontTools leaves a broken file open
            return tuple(_face(font) for font in _fonts(file, path.suffix.lower()))
    except (TTLibError, OSError, KeyError) as error:
        raise BadInput(
            os.fspath(path),
            reason="is no font that can be read",
            remedy="Remove it from the folder of fonts.",
        ) from error


def _fonts(file: Any, suffix: str) -> Iterator[Any]:  # noqa: ANN401  fontTools carries no types
    from fontTools.ttLib import TTCollection, TTFont

    if suffix not in _COLLECTIONS:
        yield TTFont(file, lazy=True)
        return
    # The fonts of a collection are one design in several languages: the first has all letters.
    yield TTCollection(file, lazy=True).fonts[0]


def _face(font: Any) -> FontFace:  # noqa: ANN401  fontTools carries no types
    names = font["name"]
    families = {names.getDebugName(_FAMILY), names.getDebugName(_TYPOGRAPHIC_FAMILY)} - {None}
    has_colour = not _COLOUR_TABLES.isdisjoint(font.keys())
    height = _row_height(font)
    widths = {glyph: advance / height for glyph, (advance, _) in font["hmtx"].metrics.items()}
    name = names.getDebugName(_FULL_NAME) or names.getDebugName(_FAMILY)
    version = names.getDebugName(_VERSION) or ""
    return FontFace(
        name=f"{name or 'a font without a name'} {version}".strip(),
        families=frozenset(families),
        glyphs={} if has_colour else dict(font.getBestCmap() or {}),
        widths=widths,
        row_em=height / font["head"].unitsPerEm,
    )


def _row_height(font: Any) -> float:  # noqa: ANN401  fontTools carries no types
    """In the font's own units: libass makes this, not the em, as high as the font size says."""
    if "OS/2" in font:
        height = font["OS/2"].usWinAscent + font["OS/2"].usWinDescent
        if height:
            return float(height)
    return float(font["hhea"].ascent - font["hhea"].descent) or float(font["head"].unitsPerEm)
